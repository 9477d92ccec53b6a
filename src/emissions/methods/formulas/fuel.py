"""Fuel combustion: carbon in the fuel, factors per energy content."""

from __future__ import annotations

from typing import Any

from emissions.methods.formula import formula

CO2_PER_C = 44 / 12
"""Mass of CO2 per mass of carbon (IPCC 2006 Vol. 2 Ch. 1, section 1.4.1.1)."""


@formula(
    per=("mass", "volume"),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 2 Ch. 2 eq. 2.2 with Ch. 1 section 1.4"),
    net_calorific_value="TJ/{per}",
    carbon_content="t/TJ",
    oxidation_factor="1",
)
def fuel_carbon(net_calorific_value: Any, carbon_content: Any, oxidation_factor: Any) -> Any:
    """CO2 of the carbon oxidised: NCV x carbon content x oxidation x 44/12."""
    return net_calorific_value * carbon_content * oxidation_factor * CO2_PER_C


@formula(
    per=("energy",),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 2 Ch. 2 eq. 2.2 with Ch. 1 section 1.4"),
    carbon_content="t/TJ",
    oxidation_factor="1",
)
def fuel_carbon_per_energy(carbon_content: Any, oxidation_factor: Any) -> Any:
    """CO2 of the carbon oxidised, fuel given in energy: carbon content x oxidation x 44/12."""
    return carbon_content * oxidation_factor * CO2_PER_C


@formula(
    per=("mass", "volume"),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 2 Ch. 1 section 1.4: carbon contained in a fuel"),
    net_calorific_value="TJ/{per}",
    carbon_content="t/TJ",
)
def fuel_carbon_contained(net_calorific_value: Any, carbon_content: Any) -> Any:
    """CO2 that the carbon contained in a fuel would make: NCV x carbon content x 44/12."""
    return net_calorific_value * carbon_content * CO2_PER_C


@formula(
    per=("energy",),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 2 Ch. 1 section 1.4: carbon contained in a fuel"),
    carbon_content="t/TJ",
)
def fuel_carbon_contained_per_energy(carbon_content: Any) -> Any:
    """CO2 that the carbon contained in a fuel would make, fuel given in energy."""
    return carbon_content * CO2_PER_C


@formula(
    per=("mass", "volume"),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 2 Ch. 2 eq. 2.1: emission = fuel x NCV x factor per energy"),
    net_calorific_value="TJ/{per}",
    energy_emission_factor="t/TJ",
)
def energy_factor(net_calorific_value: Any, energy_emission_factor: Any) -> Any:
    """Factor per energy, fuel given in mass or volume: NCV x factor."""
    return net_calorific_value * energy_emission_factor


@formula(
    per=("mass", "volume"),
    returns="t/{per}",
    reference=("emep_eea_2023", "tables that give black carbon as a share of PM2.5"),
    net_calorific_value="TJ/{per}",
    pm25_factor="t/TJ",
    share="1",
)
def energy_factor_share(net_calorific_value: Any, pm25_factor: Any, share: Any) -> Any:
    """Black carbon as a share of a PM2.5 factor per energy: NCV x factor x share."""
    return net_calorific_value * pm25_factor * share


@formula(
    per=("energy",),
    returns="t/{per}",
    reference=("emep_eea_2023", "tables that give black carbon as a share of PM2.5"),
    pm25_factor="t/TJ",
    share="1",
)
def energy_factor_share_per_energy(pm25_factor: Any, share: Any) -> Any:
    """Black carbon as a share of a PM2.5 factor per energy, fuel given in energy."""
    return pm25_factor * share


@formula(
    per=("mass", "volume"),
    returns="t/{per}",
    reference=(
        "ipcc_2006",
        "Vol. 2 Ch. 2 eq. 2.2 with Ch. 1 section 1.4; Ch. 2, CO2 capture: produced less captured",
    ),
    net_calorific_value="TJ/{per}",
    carbon_content="t/TJ",
    oxidation_factor="1",
    removal="1",
)
def fuel_carbon_not_captured(net_calorific_value: Any, carbon_content: Any, oxidation_factor: Any, removal: Any) -> Any:
    """CO2 of the carbon oxidised that is not captured: NCV x carbon content x oxidation x 44/12 x (1 - removal)."""
    return net_calorific_value * carbon_content * oxidation_factor * CO2_PER_C * (1 - removal)


@formula(
    per=("energy",),
    returns="t/{per}",
    reference=(
        "ipcc_2006",
        "Vol. 2 Ch. 2 eq. 2.2 with Ch. 1 section 1.4; Ch. 2, CO2 capture: produced less captured",
    ),
    carbon_content="t/TJ",
    oxidation_factor="1",
    removal="1",
)
def fuel_carbon_not_captured_per_energy(carbon_content: Any, oxidation_factor: Any, removal: Any) -> Any:
    """CO2 of the carbon oxidised that is not captured, fuel given in energy."""
    return carbon_content * oxidation_factor * CO2_PER_C * (1 - removal)


@formula(
    per=("mass", "volume"),
    returns="t/{per}",
    reference=(
        "ipcc_2006",
        "Vol. 2 Ch. 2 eq. 2.2 with Ch. 1 section 1.4; Ch. 2, CO2 capture: produced less captured",
    ),
    net_calorific_value="TJ/{per}",
    carbon_content="t/TJ",
    oxidation_factor="1",
    removal="1",
)
def fuel_carbon_captured(net_calorific_value: Any, carbon_content: Any, oxidation_factor: Any, removal: Any) -> Any:
    """CO2 captured of the carbon oxidised: NCV x carbon content x oxidation x 44/12 x removal."""
    return net_calorific_value * carbon_content * oxidation_factor * CO2_PER_C * removal


@formula(
    per=("energy",),
    returns="t/{per}",
    reference=(
        "ipcc_2006",
        "Vol. 2 Ch. 2 eq. 2.2 with Ch. 1 section 1.4; Ch. 2, CO2 capture: produced less captured",
    ),
    carbon_content="t/TJ",
    oxidation_factor="1",
    removal="1",
)
def fuel_carbon_captured_per_energy(carbon_content: Any, oxidation_factor: Any, removal: Any) -> Any:
    """CO2 captured of the carbon oxidised, fuel given in energy."""
    return carbon_content * oxidation_factor * CO2_PER_C * removal

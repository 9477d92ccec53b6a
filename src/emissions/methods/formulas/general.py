"""Formulas that any activity can use: an emission factor as it is, with removal, with a share."""

from __future__ import annotations

from typing import Any

from emissions.methods.formula import formula


@formula(
    per=("mass", "volume", "energy", "distance", "count", "area"),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 1 Ch. 1, eq. of section 1.2: emissions = activity data x emission factor"),
    emission_factor="t/{per}",
)
def direct(emission_factor: Any) -> Any:
    """Emission factor as it stands."""
    return emission_factor


@formula(
    per=("mass", "volume", "energy", "count"),
    returns="t/{per}",
    reference=("tcses_144_2024", "clause on controlled sources: E = A x EF x (1 - removal)"),
    emission_factor="t/{per}",
    removal="1",
)
def controlled(emission_factor: Any, removal: Any) -> Any:
    """Emission factor before control, less what the devices remove."""
    return emission_factor * (1 - removal)


@formula(
    per=("mass", "volume", "energy"),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 2 Ch. 2, CO2 capture: produced less captured"),
    emission_factor="t/{per}",
    removal="1",
)
def captured(emission_factor: Any, removal: Any) -> Any:
    """What the devices capture of an emission factor before control."""
    return emission_factor * removal


@formula(
    per=("mass", "volume", "energy"),
    returns="t/{per}",
    reference=("tcses_144_2024", "clause on particles: fine and coarse fractions are removed differently"),
    pm25_factor="t/{per}",
    pm10_factor="t/{per}",
    removal_fine="1",
    removal_coarse="1",
)
def controlled_coarse(pm25_factor: Any, pm10_factor: Any, removal_fine: Any, removal_coarse: Any) -> Any:
    """PM10 after control: the fine part and the part between 2.5 and 10 micrometres, each with its removal."""
    return pm25_factor * (1 - removal_fine) + (pm10_factor - pm25_factor) * (1 - removal_coarse)


@formula(
    per=("mass", "volume", "energy", "distance"),
    returns="t/{per}",
    reference=("emep_eea_2023", "tables that give black carbon as a share of PM2.5"),
    pm25_factor="t/{per}",
    share="1",
)
def share_of_pm25(pm25_factor: Any, share: Any) -> Any:
    """Black or organic carbon as a share of PM2.5."""
    return pm25_factor * share

"""The equations of the methods on plain numbers, with the unit of each argument, written down a second time."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

Equation = tuple[str, dict[str, str], Callable[..., float]]
"""Unit of the result, argument -> unit, function. ``{per}`` is the base unit of the activity."""

CARBON = 44.0 / 12.0
EF, RATIO, NCV = "t/{per}", "1", "TJ/{per}"

_CORRECTIONS = (
    "speed", "temperature", "humidity", "temperature_humidity", "altitude", "load", "deterioration", "sulphur",
)  # fmt: skip
_EXHAUST = {"emission_factor": EF} | {f"{name}_correction": RATIO for name in _CORRECTIONS}
_COAL = {"ash_content": RATIO, "bottom_ash_share": RATIO, "pm25_share": RATIO}

EQUATIONS: dict[str, Equation] = {
    "direct": (EF, {"emission_factor": EF}, lambda emission_factor: emission_factor),
    "controlled": (
        EF, {"emission_factor": EF, "removal": RATIO}, lambda emission_factor, removal: emission_factor * (1 - removal),
    ),
    "controlled_coarse": (
        EF, {"pm25_factor": EF, "pm10_factor": EF, "removal_fine": RATIO, "removal_coarse": RATIO},
        lambda pm25_factor, pm10_factor, removal_fine, removal_coarse: pm25_factor * (1 - removal_fine)
        + (pm10_factor - pm25_factor) * (1 - removal_coarse),
    ),
    "share_of_pm25": (EF, {"pm25_factor": EF, "share": RATIO}, lambda pm25_factor, share: pm25_factor * share),
    "fuel_carbon": (
        EF, {"net_calorific_value": NCV, "carbon_content": "t/TJ", "oxidation_factor": RATIO},
        lambda net_calorific_value, carbon_content, oxidation_factor: CARBON
        * (net_calorific_value * carbon_content) * oxidation_factor,
    ),
    "fuel_carbon_per_energy": (
        EF, {"carbon_content": "t/TJ", "oxidation_factor": RATIO},
        lambda carbon_content, oxidation_factor: CARBON * carbon_content * oxidation_factor,
    ),
    "fuel_carbon_not_captured": (
        EF, {"net_calorific_value": NCV, "carbon_content": "t/TJ", "oxidation_factor": RATIO, "removal": RATIO},
        lambda net_calorific_value, carbon_content, oxidation_factor, removal: (1 - removal) * CARBON
        * (net_calorific_value * carbon_content) * oxidation_factor,
    ),
    "fuel_carbon_not_captured_per_energy": (
        EF, {"carbon_content": "t/TJ", "oxidation_factor": RATIO, "removal": RATIO},
        lambda carbon_content, oxidation_factor, removal: (1 - removal) * CARBON * carbon_content * oxidation_factor,
    ),
    "fuel_carbon_captured": (
        EF, {"net_calorific_value": NCV, "carbon_content": "t/TJ", "oxidation_factor": RATIO, "removal": RATIO},
        lambda net_calorific_value, carbon_content, oxidation_factor, removal: removal * CARBON
        * (net_calorific_value * carbon_content) * oxidation_factor,
    ),
    "fuel_carbon_captured_per_energy": (
        EF, {"carbon_content": "t/TJ", "oxidation_factor": RATIO, "removal": RATIO},
        lambda carbon_content, oxidation_factor, removal: removal * CARBON * carbon_content * oxidation_factor,
    ),
    "captured": (
        EF, {"emission_factor": EF, "removal": RATIO}, lambda emission_factor, removal: removal * emission_factor,
    ),
    "clinker_not_captured": (
        EF, {"emission_factor": EF, "kiln_dust_correction": RATIO, "removal": RATIO},
        lambda emission_factor, kiln_dust_correction, removal: (1 - removal) * (emission_factor * kiln_dust_correction),
    ),
    "clinker_captured": (
        EF, {"emission_factor": EF, "kiln_dust_correction": RATIO, "removal": RATIO},
        lambda emission_factor, kiln_dust_correction, removal: removal * (emission_factor * kiln_dust_correction),
    ),
    "fuel_carbon_contained": (
        EF, {"net_calorific_value": NCV, "carbon_content": "t/TJ"},
        lambda net_calorific_value, carbon_content: CARBON * net_calorific_value * carbon_content,
    ),
    "fuel_carbon_contained_per_energy": (
        EF, {"carbon_content": "t/TJ"}, lambda carbon_content: CARBON * carbon_content,
    ),
    "energy_factor": (
        EF, {"net_calorific_value": NCV, "energy_emission_factor": "t/TJ"},
        lambda net_calorific_value, energy_emission_factor: net_calorific_value * energy_emission_factor,
    ),
    "energy_factor_share": (
        EF, {"net_calorific_value": NCV, "pm25_factor": "t/TJ", "share": RATIO},
        lambda net_calorific_value, pm25_factor, share: net_calorific_value * pm25_factor * share,
    ),
    "energy_factor_share_per_energy": (
        EF, {"pm25_factor": "t/TJ", "share": RATIO}, lambda pm25_factor, share: pm25_factor * share,
    ),
    "sulphur_balance": (
        EF, {"sulphur_content": RATIO, "sulphur_retention": RATIO, "removal": RATIO},
        lambda sulphur_content, sulphur_retention, removal: 2 * sulphur_content * (1 - sulphur_retention)
        * (1 - removal),
    ),
    "ash_balance_fine": (
        EF, _COAL | {"removal": RATIO},
        lambda ash_content, bottom_ash_share, pm25_share, removal: ash_content * (1 - bottom_ash_share) * pm25_share
        * (1 - removal),
    ),
    "ash_balance_coarse": (
        EF, _COAL | {"pm10_share": RATIO, "removal_fine": RATIO, "removal_coarse": RATIO},
        lambda ash_content, bottom_ash_share, pm25_share, pm10_share, removal_fine, removal_coarse: ash_content
        * (1 - bottom_ash_share)
        * (pm25_share * (1 - removal_fine) + (pm10_share - pm25_share) * (1 - removal_coarse)),
    ),
    "ash_balance_share": (
        EF, _COAL | {"share": RATIO, "removal": RATIO},
        lambda ash_content, bottom_ash_share, pm25_share, share, removal: ash_content * (1 - bottom_ash_share)
        * pm25_share * share * (1 - removal),
    ),
    "limestone_scrubbing": (
        EF, {"sulphur_content": RATIO, "sulphur_retention": RATIO, "removal": RATIO},
        lambda sulphur_content, sulphur_retention, removal: 44.0 / 64.0 * 2 * sulphur_content
        * (1 - sulphur_retention) * removal,
    ),
    "coal_mine_methane": (
        EF, {"volume_emission_factor": "m^3/{per}", "density": "t/m^3"},
        lambda volume_emission_factor, density: volume_emission_factor * density,
    ),
    "recovered_methane": (EF, {"density": "t/m^3"}, lambda density: density),
    "running_exhaust": (EF, _EXHAUST, lambda **given: prod(given.values())),
    "running_exhaust_share": (EF, _EXHAUST | {"share": RATIO}, lambda **given: prod(given.values())),
    "running_loss": (
        "g/{per}", {"hourly_evaporation": "g/h", "mean_speed": "km/h"},
        lambda hourly_evaporation, mean_speed: hourly_evaporation / mean_speed,
    ),
    "daily_loss": (
        "t/({per}*a)", {"daily_evaporation": "t/({per}*a)"}, lambda daily_evaporation: daily_evaporation,
    ),
    "clinker": (
        EF, {"emission_factor": EF, "kiln_dust_correction": RATIO},
        lambda emission_factor, kiln_dust_correction: emission_factor * kiln_dust_correction,
    ),
    "glass": (
        EF, {"emission_factor": EF, "cullet_ratio": RATIO},
        lambda emission_factor, cullet_ratio: emission_factor * (1 - cullet_ratio),
    ),
    "anode_effect_cf4": (
        "kg/{per}", {"slope_coefficient": "(kg/t)/(min/d)", "anode_effect_minutes": "min/d"},
        lambda slope_coefficient, anode_effect_minutes: slope_coefficient * anode_effect_minutes,
    ),
    "anode_effect_c2f6": (
        "kg/{per}",
        {"slope_coefficient": "(kg/t)/(min/d)", "anode_effect_minutes": "min/d", "weight_fraction": RATIO},
        lambda slope_coefficient, anode_effect_minutes, weight_fraction: slope_coefficient * anode_effect_minutes
        * weight_fraction,
    ),
}  # fmt: skip

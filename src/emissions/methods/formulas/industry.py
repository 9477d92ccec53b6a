"""Industrial processes."""

from __future__ import annotations

from typing import Any

from emissions.methods.formula import formula


@formula(
    per=("mass",),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 3 Ch. 2 eq. 2.2 and 2.4: clinker x factor x cement kiln dust correction"),
    emission_factor="t/{per}",
    kiln_dust_correction="1",
)
def clinker(emission_factor: Any, kiln_dust_correction: Any) -> Any:
    """CO2 of clinker with the carbonate lost as kiln dust."""
    return emission_factor * kiln_dust_correction


@formula(
    per=("mass",),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 3 Ch. 2 eq. 2.2 and 2.4; Vol. 2 Ch. 2, CO2 capture: produced less captured"),
    emission_factor="t/{per}",
    kiln_dust_correction="1",
    removal="1",
)
def clinker_not_captured(emission_factor: Any, kiln_dust_correction: Any, removal: Any) -> Any:
    """CO2 of clinker with the carbonate lost as kiln dust that is not captured."""
    return emission_factor * kiln_dust_correction * (1 - removal)


@formula(
    per=("mass",),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 3 Ch. 2 eq. 2.2 and 2.4; Vol. 2 Ch. 2, CO2 capture: produced less captured"),
    emission_factor="t/{per}",
    kiln_dust_correction="1",
    removal="1",
)
def clinker_captured(emission_factor: Any, kiln_dust_correction: Any, removal: Any) -> Any:
    """CO2 of clinker that is captured."""
    return emission_factor * kiln_dust_correction * removal


@formula(
    per=("mass",),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 3 Ch. 2 eq. 2.10: glass x factor x (1 - cullet ratio)"),
    emission_factor="t/{per}",
    cullet_ratio="1",
)
def glass(emission_factor: Any, cullet_ratio: Any) -> Any:
    """CO2 of glass melted from raw material; cullet brings no carbonate."""
    return emission_factor * (1 - cullet_ratio)


@formula(
    per=("mass",),
    returns="kg/{per}",
    reference=("ipcc_2006", "Vol. 3 Ch. 4 eq. 4.26: CF4 = slope x anode-effect minutes per cell-day x metal"),
    slope_coefficient="(kg/t)/(min/d)",
    anode_effect_minutes="min/d",
)
def anode_effect_cf4(slope_coefficient: Any, anode_effect_minutes: Any) -> Any:
    """CF4 per mass of aluminium: slope x anode-effect minutes per cell-day."""
    return slope_coefficient * anode_effect_minutes


@formula(
    per=("mass",),
    returns="kg/{per}",
    reference=("ipcc_2006", "Vol. 3 Ch. 4 eq. 4.26: C2F6 = CF4 x weight fraction C2F6/CF4"),
    slope_coefficient="(kg/t)/(min/d)",
    anode_effect_minutes="min/d",
    weight_fraction="1",
)
def anode_effect_c2f6(slope_coefficient: Any, anode_effect_minutes: Any, weight_fraction: Any) -> Any:
    """C2F6 per mass of aluminium: CF4 x weight fraction."""
    return slope_coefficient * anode_effect_minutes * weight_fraction

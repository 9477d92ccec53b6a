"""All formulas, listed explicitly."""

from emissions.methods.formula import Formula
from emissions.methods.formulas import combustion, fuel, general, industry, mining, road

FORMULAS: dict[str, Formula] = {
    one.name: one
    for one in (
        general.direct,
        general.controlled,
        general.controlled_coarse,
        general.captured,
        general.share_of_pm25,
        fuel.fuel_carbon,
        fuel.fuel_carbon_per_energy,
        fuel.fuel_carbon_not_captured,
        fuel.fuel_carbon_not_captured_per_energy,
        fuel.fuel_carbon_captured,
        fuel.fuel_carbon_captured_per_energy,
        fuel.fuel_carbon_contained,
        fuel.fuel_carbon_contained_per_energy,
        fuel.energy_factor,
        fuel.energy_factor_share,
        fuel.energy_factor_share_per_energy,
        combustion.sulphur_balance,
        combustion.ash_balance_fine,
        combustion.ash_balance_coarse,
        combustion.ash_balance_share,
        combustion.limestone_scrubbing,
        mining.coal_mine_methane,
        mining.recovered_methane,
        road.running_exhaust,
        road.running_exhaust_share,
        road.running_loss,
        road.daily_loss,
        industry.clinker,
        industry.clinker_not_captured,
        industry.clinker_captured,
        industry.glass,
        industry.anode_effect_cf4,
        industry.anode_effect_c2f6,
    )
}
"""Name -> formula."""

__all__ = ["FORMULAS"]

"""Air pollutants of coal by mass balance of sulphur and ash."""

from __future__ import annotations

from typing import Any

from emissions.methods.formula import formula

SO2_PER_S = 2.0
"""Mass of SO2 per mass of sulphur, as T/CSES 144-2024 writes it (EF = 2 x S x (1 - sr))."""

CO2_PER_SO2 = 44 / 64
"""Mass of CO2 set free from limestone per mass of SO2 bound (CaCO3 + SO2 -> CaSO3 + CO2, molar masses)."""


@formula(
    per=("mass",),
    returns="t/{per}",
    reference=("tcses_144_2024", "Annex C: EF = 2 x S x (1 - sr), with removal"),
    sulphur_content="1",
    sulphur_retention="1",
    removal="1",
)
def sulphur_balance(sulphur_content: Any, sulphur_retention: Any, removal: Any) -> Any:
    """SO2 per mass of fuel burnt: 2 x S x (1 - retention) x (1 - removal)."""
    return sulphur_content * SO2_PER_S * (1 - sulphur_retention) * (1 - removal)


@formula(
    per=("mass",),
    returns="t/{per}",
    reference=("tcses_144_2024", "Annex C: EF = Aar x (1 - ar) x f, with removal"),
    ash_content="1",
    bottom_ash_share="1",
    pm25_share="1",
    removal="1",
)
def ash_balance_fine(ash_content: Any, bottom_ash_share: Any, pm25_share: Any, removal: Any) -> Any:
    """PM2.5 per mass of fuel burnt: ash x (1 - bottom ash) x share x (1 - removal)."""
    return ash_content * (1 - bottom_ash_share) * pm25_share * (1 - removal)


@formula(
    per=("mass",),
    returns="t/{per}",
    reference=(
        "tcses_144_2024",
        "Annex C and removal of the fractions below 2.5 and from 2.5 to 10 micrometres",
    ),
    ash_content="1",
    bottom_ash_share="1",
    pm25_share="1",
    pm10_share="1",
    removal_fine="1",
    removal_coarse="1",
)
def ash_balance_coarse(
    ash_content: Any,
    bottom_ash_share: Any,
    pm25_share: Any,
    pm10_share: Any,
    removal_fine: Any,
    removal_coarse: Any,
) -> Any:
    """PM10 per mass of fuel burnt: the fine and the coarse fraction, each with its removal."""
    return (
        ash_content
        * (1 - bottom_ash_share)
        * (pm25_share * (1 - removal_fine) + (pm10_share - pm25_share) * (1 - removal_coarse))
    )


@formula(
    per=("mass",),
    returns="t/{per}",
    reference=(
        "tcses_144_2024",
        "Annex C Table C.2: BC and OC as shares of PM2.5 before control, with removal",
    ),
    ash_content="1",
    bottom_ash_share="1",
    pm25_share="1",
    share="1",
    removal="1",
)
def ash_balance_share(ash_content: Any, bottom_ash_share: Any, pm25_share: Any, share: Any, removal: Any) -> Any:
    """Black or organic carbon per mass of fuel burnt: PM2.5 before control x share x (1 - removal)."""
    return ash_content * (1 - bottom_ash_share) * pm25_share * share * (1 - removal)


@formula(
    per=("mass",),
    returns="t/{per}",
    reference=(
        "ipcc_2006",
        "Vol. 3 Ch. 2 section 2.5: carbonates in flue-gas desulphurisation; molar masses",
    ),
    sulphur_content="1",
    sulphur_retention="1",
    removal="1",
)
def limestone_scrubbing(sulphur_content: Any, sulphur_retention: Any, removal: Any) -> Any:
    """CO2 from the limestone that binds the SO2 removed: 44/64 per mass of SO2."""
    return sulphur_content * SO2_PER_S * (1 - sulphur_retention) * removal * CO2_PER_SO2

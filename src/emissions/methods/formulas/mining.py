"""Coal mining."""

from __future__ import annotations

from typing import Any

from emissions.methods.formula import formula


@formula(
    per=("mass",),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 2 Ch. 4 eq. 4.1.3 and 4.1.7: CH4 = raw coal x volume factor x density"),
    volume_emission_factor="m^3/{per}",
    density="t/m^3",
)
def coal_mine_methane(volume_emission_factor: Any, density: Any) -> Any:
    """CH4 per mass of coal: volume factor x density of methane."""
    return volume_emission_factor * density


@formula(
    per=("volume",),
    returns="t/{per}",
    reference=("ipcc_2006", "Vol. 2 Ch. 4 eq. 4.1.1: CH4 recovered and utilised or flared is taken off"),
    density="t/m^3",
)
def recovered_methane(density: Any) -> Any:
    """CH4 per volume of pure methane recovered; the volume is negative in the activity data."""
    return density

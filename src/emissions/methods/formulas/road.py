"""Road vehicles: exhaust with the corrections of the Chinese guide, black carbon, evaporation."""

from __future__ import annotations

from typing import Any

from emissions.methods.formula import formula


@formula(
    per=("distance",),
    returns="t/{per}",
    reference=("mee_2014_road_guide", "baseline factor x speed, environment, load, deterioration, sulphur"),
    emission_factor="t/{per}",
    speed_correction="1",
    temperature_correction="1",
    humidity_correction="1",
    temperature_humidity_correction="1",
    altitude_correction="1",
    load_correction="1",
    deterioration_correction="1",
    sulphur_correction="1",
)
def running_exhaust(
    *,
    emission_factor: Any,
    speed_correction: Any,
    temperature_correction: Any,
    humidity_correction: Any,
    temperature_humidity_correction: Any,
    altitude_correction: Any,
    load_correction: Any,
    deterioration_correction: Any,
    sulphur_correction: Any,
) -> Any:
    """Exhaust per vehicle-kilometre: baseline factor x corrections for the conditions of driving."""
    return (
        emission_factor
        * (speed_correction * altitude_correction)
        * (temperature_correction * humidity_correction * temperature_humidity_correction)
        * (load_correction * deterioration_correction * sulphur_correction)
    )


@formula(
    per=("distance",),
    returns="t/{per}",
    reference=("mee_2014_road_guide", "corrected PM2.5 factor; BC share of PM2.5 of EMEP/EEA 1.A.3.b"),
    emission_factor="t/{per}",
    speed_correction="1",
    temperature_correction="1",
    humidity_correction="1",
    temperature_humidity_correction="1",
    altitude_correction="1",
    load_correction="1",
    deterioration_correction="1",
    sulphur_correction="1",
    share="1",
)
def running_exhaust_share(
    *,
    emission_factor: Any,
    speed_correction: Any,
    temperature_correction: Any,
    humidity_correction: Any,
    temperature_humidity_correction: Any,
    altitude_correction: Any,
    load_correction: Any,
    deterioration_correction: Any,
    sulphur_correction: Any,
    share: Any,
) -> Any:
    """Part of the exhaust PM2.5 per vehicle-kilometre: corrected PM2.5 factor x share."""
    return (
        emission_factor
        * (speed_correction * altitude_correction)
        * (temperature_correction * humidity_correction * temperature_humidity_correction)
        * (load_correction * deterioration_correction * sulphur_correction)
        * share
    )


@formula(
    per=("distance",),
    returns="g/{per}",
    reference=("mee_2014_road_guide", "evaporation while driving: rate per hour x distance / mean speed"),
    hourly_evaporation="g/h",
    mean_speed="km/h",
)
def running_loss(hourly_evaporation: Any, mean_speed: Any) -> Any:
    """Evaporation per vehicle-kilometre: rate per hour of driving / mean speed."""
    return hourly_evaporation / mean_speed


@formula(
    per=("count",),
    returns="t/({per}*a)",
    reference=("emep_eea_2023", "1.A.3.b.v: vehicles x evaporation per vehicle and day x days of the year"),
    daily_evaporation="t/({per}*a)",
)
def daily_loss(daily_evaporation: Any) -> Any:
    """Evaporation per vehicle present through the year: the rate per vehicle and day, taken per year."""
    return daily_evaporation

"""Values of a card's arguments: devices in series, measured values, bundles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emissions.errors import AmbiguousFactor
from emissions.factors import load_factors
from reference.workbench import activity_table, card, chosen_factor, factor, library, line, run, write_library

CONTROLLED = card(
    "controlled",
    formula="controlled",
    substances=["NOx", "SO2"],
    parameters={
        "emission_factor": {"basis": ["before_control"]},
        "removal": {"parameter": "removal_efficiency", "combine": "series"},
    },
)
RAW = {"basis": "before_control", "substance": ""}


def removal(device: str, value: float, unit: str = "1", **fields: Any) -> dict[str, str]:
    fields = {"substance": "", "control": device, **fields}
    return factor(f"rem-{device}-{value}", value, unit, parameter="removal_efficiency", **fields)


ROWS = (
    factor("raw", 10.0, "kg/t", **RAW),
    removal("scr", 60.0, "percent"),
    removal("sncr", 0.4),
    removal("low_nox_burner", 0.3),
    removal("low_nox_burner_plus_scr", 0.65),
    removal("fgd_ammonia", 0.9),
)


def implied(tmp_path: Path, control: str, substance: str = "NOx", rows: Any = ROWS, **item: Any) -> Any:
    result = run(activity_table({"control": control, **item}), library(tmp_path, *rows), CONTROLLED)
    return line(result, substance)


# ---------------------------------------------------------------- devices in series


@pytest.mark.parametrize(
    ("control", "substance", "passing"),
    [
        ("none", "NOx", 1.0),
        ("scr", "NOx", 0.4),
        ("scr+sncr", "NOx", 0.4 * 0.6),
        ("fgd_ammonia+scr", "NOx", 0.4),
        ("fgd_ammonia+scr", "SO2", 0.1),
        ("fgd_ammonia", "NOx", 1.0),
        ("low_nox_burner", "NOx", 0.7),
        ("low_nox_burner+scr", "NOx", 0.35),
        ("low_nox_burner_plus_scr", "NOx", 0.35),
    ],
)
def test_devices_that_act_on_the_substance_stand_in_series(
    tmp_path: Path, control: str, substance: str, passing: float
) -> None:
    found = implied(tmp_path, control, substance)
    assert found["status"] == "ok"
    assert found["ief"] == pytest.approx(0.01 * passing, rel=1e-14)


def test_a_control_that_is_not_stated_is_not_taken_for_none(tmp_path: Path) -> None:
    found = implied(tmp_path, "")
    assert (found["status"], found["reason"]) == ("NE", "control_not_stated")


def test_a_substance_that_no_device_removes_needs_no_stated_control(tmp_path: Path) -> None:
    one = CONTROLLED.model_copy(update={"substances": ("CH4",)})
    found = line(run(activity_table({}), library(tmp_path, *ROWS), one), "CH4")
    assert (found["status"], found["ief"]) == ("ok", 0.01)


@pytest.mark.parametrize(
    ("stream", "control", "passing"),
    [
        ("combustion", "fabric_filter", 0.1), ("stack", "fabric_filter", 0.1), ("fugitive", "fabric_filter", 1.0),
        ("fugitive", "fugitive_dust_general_control", 0.5), ("combustion", "fugitive_dust_general_control", 1.0),
        ("fugitive", "fabric_filter+fugitive_dust_general_control", 0.5),
    ],
)  # fmt: skip
def test_a_device_acts_on_the_streams_it_treats(tmp_path: Path, stream: str, control: str, passing: float) -> None:
    one = CONTROLLED.model_copy(update={"substances": ("PM10",), "stream": stream})
    rows = (*ROWS, removal("fabric_filter", 0.9), removal("fugitive_dust_general_control", 0.5))
    found = line(run(activity_table({"control": control}), library(tmp_path, *rows), one), "PM10", stream=stream)
    assert found["ief"] == pytest.approx(0.01 * passing, rel=1e-14)


def test_a_device_without_a_removal_efficiency_is_a_gap_that_names_it(tmp_path: Path) -> None:
    found = implied(tmp_path, "denox_other+scr")
    assert (found["status"], found["reason"]) == ("NE", "no_removal:denox_other")


@pytest.mark.parametrize(
    ("rates", "passing"),
    [
        ({"collection_efficiency": 0.9}, 1 - 0.6 * 0.9),
        ({"operating_rate": 0.8}, 1 - 0.6 * 0.8),
        ({"collection_efficiency": 0.9, "operating_rate": 0.8}, 1 - 0.6 * 0.9 * 0.8),
        ({"operating_rate": 0.0}, 1.0),
    ],
)
def test_a_device_removes_efficiency_x_collection_x_operating_rate(
    tmp_path: Path, rates: dict[str, float], passing: float
) -> None:
    table = activity_table({}, strata=[{"control": "scr", "share": 1.0, **rates}])
    found = line(run(table, library(tmp_path, *ROWS), CONTROLLED), "NOx")
    assert found["ief"] == pytest.approx(0.01 * passing, rel=1e-14)


def test_rates_hold_for_each_device_of_a_series(tmp_path: Path) -> None:
    table = activity_table({}, strata=[{"control": "scr+sncr", "share": 1.0, "operating_rate": 0.5}])
    found = line(run(table, library(tmp_path, *ROWS), CONTROLLED), "NOx")
    assert found["ief"] == pytest.approx(0.01 * 0.7 * 0.8, rel=1e-14)


def test_a_removal_row_with_conditions_of_its_own_serves_where_they_are_met(tmp_path: Path) -> None:
    rows = (*ROWS, removal("scr", 0.8, technology="boiler"), removal("scr", 0.85, region="150000"))
    assert implied(tmp_path, "scr", rows=rows, region="130000")["ief"] == pytest.approx(0.004, rel=1e-14)
    assert implied(tmp_path, "scr", rows=rows)["ief"] == pytest.approx(0.0015, rel=1e-14)
    assert implied(tmp_path, "scr", rows=rows, technology="gas_boiler")["ief"] == pytest.approx(0.002, rel=1e-14)


def test_a_removal_measured_for_a_plant_takes_the_place_of_the_series(tmp_path: Path) -> None:
    measured = [{"parameter": "removal_efficiency", "value": 95.0, "unit": "percent", "substance": "NOx"}]
    table = activity_table({"control": "fgd_ammonia+scr"}, measured=measured)
    result = run(table, library(tmp_path, *ROWS), CONTROLLED)
    assert line(result, "NOx")["ief"] == pytest.approx(0.01 * 0.05, rel=1e-13)
    assert line(result, "SO2")["ief"] == pytest.approx(0.01 * 0.1, rel=1e-13)
    number = line(result, "NOx").name
    used = result.matches[(result.matches["line"] == number) & (result.matches["argument"] == "removal")]
    assert used["origin"].tolist() == [1]


# ---------------------------------------------------------------- measured values

PLAIN = card("plain")


def test_a_measured_value_beats_every_published_row(tmp_path: Path) -> None:
    measured = [{"parameter": "emission_factor", "value": 1500.0, "unit": "kg/t", "substance": "CO2"}]
    result = run(activity_table({}, measured=measured), library(tmp_path, factor("a", 2.0, "t/t")), PLAIN)
    assert (line(result)["ief"], line(result)["tier"]) == (1.5, "measured")
    assert result.matches["origin"].tolist() == [1]


@pytest.mark.parametrize(
    "measured",
    [
        {"substance": "SO2"},
        {"unit": "t/TJ"},
        {"activity": "anthracite"},
        {"parameter": "energy_emission_factor", "unit": "t/TJ"},
    ],
)
def test_a_measured_value_of_something_else_does_not_serve(tmp_path: Path, measured: dict[str, str]) -> None:
    given = {"parameter": "emission_factor", "value": 1.5, "unit": "t/t", **measured}
    result = run(activity_table({}, measured=[given]), library(tmp_path, factor("a", 2.0, "t/t")), PLAIN)
    assert line(result)["ief"] == 2.0


def test_a_measured_value_of_the_substance_beats_one_without(tmp_path: Path) -> None:
    measured = [
        {"parameter": "emission_factor", "value": 1.5, "unit": "t/t", "substance": "CO2", "activity": "fuels"},
        {"parameter": "emission_factor", "value": 1.1, "unit": "t/t", "activity": "lignite"},
    ]
    result = run(activity_table({}, measured=measured), library(tmp_path, factor("a", 2.0, "t/t")), PLAIN)
    assert line(result)["ief"] == 1.5


def test_an_argument_that_must_be_measured_or_published_is(tmp_path: Path) -> None:
    factors = library(tmp_path, factor("a", 2.0, "t/t"))
    measured = [{"parameter": "emission_factor", "value": 1.5, "unit": "t/t"}]
    published = card("published", parameters={"emission_factor": {"origin": "published"}})
    own = card("own", parameters={"emission_factor": {"origin": "measured"}})
    assert line(run(activity_table({}, measured=measured), factors, published))["ief"] == 2.0
    assert line(run(activity_table({}, measured=measured), factors, own))["ief"] == 1.5
    gap = line(run(activity_table({}), factors, own))
    assert (gap["status"], gap["reason"]) == ("NE", "measured_missing:emission_factor")


# ---------------------------------------------------------------- bundles

FUEL = card(
    "fuel",
    formula="fuel_carbon",
    parameters={"net_calorific_value": {}, "carbon_content": {}, "oxidation_factor": {}},
)
CO2_PER_C = 44 / 12


def ncv(identity: str, value: float, bundle: str = "b", **fields: Any) -> dict[str, str]:
    fields = {"substance": "", **fields}
    return factor(identity, value, "GJ/t", parameter="net_calorific_value", bundle=bundle, **fields)


def carbon(identity: str, value: float, bundle: str = "b", **fields: Any) -> dict[str, str]:
    fields = {"substance": "", **fields}
    return factor(identity, value, "kg/GJ", parameter="carbon_content", bundle=bundle, **fields)


def oxidation(identity: str, value: float, bundle: str = "b", **fields: Any) -> dict[str, str]:
    fields = {"substance": "", **fields}
    return factor(identity, value, "1", parameter="oxidation_factor", bundle=bundle, **fields)


def test_parameters_of_a_bundle_multiply(tmp_path: Path) -> None:
    rows = (ncv("n", 12.0), carbon("c", 28.0), oxidation("o", 0.98))
    result = run(activity_table({}), library(tmp_path, *rows), FUEL)
    assert line(result)["ief"] == pytest.approx(0.012 * 28.0 * 0.98 * CO2_PER_C, rel=1e-14)
    assert chosen_factor(result) == ["c", "n", "o"]


def two_packages(tmp_path: Path, one: list[dict[str, str]], two: list[dict[str, str]], **chosen: Any) -> Any:
    return load_factors("small", root=write_library(tmp_path, {"one": one, "two": two}, **chosen))


def test_a_bundle_is_never_put_together_from_two_packages(tmp_path: Path) -> None:
    one = [ncv("n1", 12.0), carbon("c1", 28.0)]
    two = [ncv("n2", 13.0), carbon("c2", 27.0), oxidation("o2", 0.99)]
    result = run(activity_table({}), two_packages(tmp_path, one, two), FUEL)
    assert chosen_factor(result) == ["c2", "n2", "o2"]


def test_without_a_whole_bundle_in_any_package_there_is_a_gap(tmp_path: Path) -> None:
    one = [ncv("n1", 12.0), carbon("c1", 28.0)]
    two = [ncv("n2", 13.0), oxidation("o2", 0.99)]
    found = line(run(activity_table({}), two_packages(tmp_path, one, two), FUEL))
    assert found["status"] == "NE"
    assert found["reason"] == "no_bundle:net_calorific_value+carbon_content+oxidation_factor"


def test_a_bundle_is_never_put_together_from_two_families(tmp_path: Path) -> None:
    one = [ncv("n1", 12.0, "x"), carbon("c1", 28.0, "y"), oxidation("o1", 0.98, "x")]
    two = [ncv("n2", 13.0), carbon("c2", 27.0), oxidation("o2", 0.99)]
    result = run(activity_table({}), two_packages(tmp_path, one, two), FUEL)
    assert chosen_factor(result) == ["c2", "n2", "o2"]


def test_a_parameter_without_a_family_goes_with_any(tmp_path: Path) -> None:
    rows = (ncv("n", 12.0, "x"), carbon("c", 28.0, "x"), oxidation("o", 0.98, ""))
    assert chosen_factor(run(activity_table({}), library(tmp_path, *rows), FUEL)) == ["c", "n", "o"]


def test_a_measured_part_goes_with_the_rest_of_one_package(tmp_path: Path) -> None:
    one = [carbon("c1", 28.0)]
    two = [carbon("c2", 27.0), oxidation("o2", 0.99)]
    measured = [{"parameter": "net_calorific_value", "value": 20.0, "unit": "GJ/t"}]
    result = run(activity_table({}, measured=measured), two_packages(tmp_path, one, two), FUEL)
    assert line(result)["ief"] == pytest.approx(0.02 * 27.0 * 0.99 * CO2_PER_C, rel=1e-14)
    assert chosen_factor(result) == ["c2", "o2"]


def test_a_measured_part_does_not_tie_the_published_row_it_replaces(tmp_path: Path) -> None:
    rows = (ncv("n1", 12.0), ncv("n2", 13.0), carbon("c", 28.0), oxidation("o", 0.98))
    measured = [{"parameter": "net_calorific_value", "value": 20.0, "unit": "GJ/t"}]
    result = run(activity_table({}, measured=measured), library(tmp_path, *rows), FUEL)
    assert chosen_factor(result) == ["c", "o"]


def test_a_bundle_that_is_measured_whole_needs_no_package(tmp_path: Path) -> None:
    measured = [
        {"parameter": "net_calorific_value", "value": 20.0, "unit": "GJ/t"},
        {"parameter": "carbon_content", "value": 25.0, "unit": "t/TJ"},
        {"parameter": "oxidation_factor", "value": 99.0, "unit": "percent"},
    ]
    result = run(activity_table({}, measured=measured), library(tmp_path, factor("a", 1.0, "t/t")), FUEL)
    assert line(result)["ief"] == pytest.approx(0.02 * 25.0 * 0.99 * CO2_PER_C, rel=1e-14)
    assert line(result)["tier"] == "measured"


@pytest.mark.parametrize("first", ["IPCC2006:1A1ai", "IPCC2006:1A2a"])
def test_the_order_of_packages_for_a_bundle_is_that_of_the_own_category(tmp_path: Path, first: str) -> None:
    one = [ncv("n1", 12.0), carbon("c1", 28.0), oxidation("o1", 0.98)]
    two = [ncv("n2", 13.0), carbon("c2", 27.0), oxidation("o2", 0.99)]
    prefer = [{"categories": ["IPCC2006:1A2"], "order": ["two", "one"]}, {"order": ["one", "two"]}]
    categories = sorted(["IPCC2006:1A1ai", "IPCC2006:1A2a"], key=lambda name: name != first)
    table = activity_table(*({"category": name} for name in categories))
    result = run(table, two_packages(tmp_path, one, two, prefer=prefer), FUEL)
    chosen = {name: chosen_factor(result, key=key) for key, name in enumerate(categories)}
    assert chosen == {"IPCC2006:1A1ai": ["c1", "n1", "o1"], "IPCC2006:1A2a": ["c2", "n2", "o2"]}


def test_a_tie_inside_a_bundle_is_an_error(tmp_path: Path) -> None:
    rows = (ncv("n1", 12.0), ncv("n2", 13.0), carbon("c", 28.0), oxidation("o", 0.98))
    with pytest.raises(AmbiguousFactor) as caught:
        run(activity_table({}), library(tmp_path, *rows), FUEL)
    (problem,) = caught.value.problems
    assert problem.allowed == "n1, n2"

"""The registry of units: what differs from pint's own, conversions, the units of the vocabulary."""

from __future__ import annotations

import pytest

from emissions.errors import UnknownUnit
from emissions.units import BASE_UNITS, convertible, per, registry, scale
from emissions.vocabulary import load_vocabulary

WORDS = load_vocabulary()

REFERENCE = {
    "mass": "t", "energy": "TJ", "volume": "m^3", "distance": "km", "count": "unit", "area": "ha", "ratio": "1",
    "mass_ratio": "1", "concentration": "kg/m^3", "density": "kg/m^3", "volume_per_mass": "m^3/t",
    "energy_per_mass": "GJ/t", "energy_per_volume": "GJ/m^3", "mass_per_energy": "t/TJ", "mass_per_volume": "kg/m^3",
    "mass_per_area": "kg/ha", "mass_per_distance": "kg/km", "mass_per_count": "kg/unit", "mass_rate": "t/a",
    "mass_per_year": "t/a", "volume_per_year": "m^3/a", "mass_flow": "t/h", "volume_flow": "m^3/h", "power": "MW",
    "time": "h", "accounting_time": "a", "length": "km", "speed": "km/h", "distance_per_year": "km/a",
    "distance_rate": "km/a", "temperature": "degC", "population": "person", "money": "CNY",
}  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "target", "factor"),
    [
        ("kt", "t", 1e3), ("Mt", "t", 1e6), ("Gg", "t", 1e3), ("Mg", "t", 1.0), ("kg", "t", 1e-3), ("1e4 t", "t", 1e4),
        ("tce", "GJ", 29.3076), ("kgce", "MJ", 29.3076), ("1e4*tce", "TJ", 293.076),
        ("kWh", "MJ", 3.6), ("TWh", "PJ", 3.6), ("GJ", "TJ", 1e-3), ("kJ/kg", "GJ/t", 1e-3), ("MJ/m^3", "TJ/m^3", 1e-6),
        ("kg/GJ", "t/TJ", 1.0), ("g/km", "t/km", 1e-6), ("t/MWh", "t/TJ", 1e3 / 3.6), ("t/GJ", "t/TJ", 1e3),
        ("percent", "1", 0.01), ("permille", "1", 1e-3), ("ppm", "1", 1e-6), ("mg/kg", "1", 1e-6),
        ("g/(unit*d)", "t/(unit*a)", 365e-6), ("km^2", "ha", 100.0), ("ha/15", "m^2", 1e4 / 15), ("L", "m^3", 1e-3),
        ("(kg/t)/(min/d)", "(kg/t)/(min/d)", 1.0), ("km/h", "km/h", 1.0), ("1", "percent", 100.0), ("t", "1e4 t", 1e-4),
    ],
)  # fmt: skip
def test_a_unit_converts_to_another(unit: str, target: str, factor: float) -> None:
    assert scale(unit, target) == pytest.approx(factor, rel=1e-14)


def test_kt_is_a_mass_and_no_speed() -> None:
    assert scale("kt", "kg") == 1e6
    assert not convertible("kt", "km/h")
    assert not convertible("kt", "m/s")


@pytest.mark.parametrize(
    ("unit", "target"),
    [
        ("t", "TJ"), ("t", "m^3"), ("a", "h"), ("d", "h"), ("km/a", "km/h"), ("unit", "1"), ("unit", "person"),
        ("CNY", "1"), ("t/(unit*a)", "t/unit"), ("degC", "1"), ("m^2", "m^3"), ("t", "feather"), ("feather", "t"),
        ("knot", "km/h"), ("", "t"), ("t t", "t"), ("t/", "t"), ("/t", "t"), ("(t", "t"), ("mile", "km"), ("lb", "t"),
    ],
)  # fmt: skip
def test_what_is_no_unit_or_of_another_dimension_is_refused(unit: str, target: str) -> None:
    assert not convertible(unit, target)
    with pytest.raises(UnknownUnit):
        scale(unit, target)


def test_a_year_of_accounting_has_365_days_and_is_no_time_of_the_clock() -> None:
    assert scale("a", "d") == pytest.approx(365, rel=1e-14)
    assert not convertible("a", "s")


@pytest.mark.parametrize(
    ("unit", "dimension", "text"),
    [
        ("GJ/{per}", "mass", "GJ/(t)"), ("t/{per}", "volume", "t/(m^3)"), ("t/({per}*a)", "count", "t/((unit)*a)"),
        ("t/TJ", "mass", "t/TJ"), ("t/{per}", "energy", "t/(TJ)"),
    ],
)  # fmt: skip
def test_the_base_unit_of_a_dimension_is_put_in(unit: str, dimension: str, text: str) -> None:
    assert per(unit, dimension) == text
    assert convertible(text, text)


def test_base_units_have_their_dimension_each_its_own() -> None:
    for dimension, unit in BASE_UNITS.items():
        assert [other for other, known in BASE_UNITS.items() if convertible(unit, known)] == [dimension]


def test_there_is_one_registry_and_pint_s_own_is_left_alone() -> None:
    import pint

    assert registry() is registry()
    assert pint.UnitRegistry().Quantity(1, "kt").to("m/s").magnitude == pytest.approx(0.5144, rel=1e-3)


# ---------------------------------------------------------------- units of the vocabulary


@pytest.mark.parametrize("name", WORDS.units)
def test_a_unit_of_the_vocabulary_has_the_dimension_it_says(name: str) -> None:
    word = WORDS.units[name]
    assert word.dimension in REFERENCE, f"no reference unit for the dimension {word.dimension}"
    assert convertible(word.expression, REFERENCE[word.dimension])


@pytest.mark.parametrize("name", WORDS.units)
def test_a_unit_word_that_pint_can_read_means_what_its_expression_says(name: str) -> None:
    text = name.replace(" ", "*")
    if convertible(text, WORDS.units[name].expression):
        assert scale(text, WORDS.units[name].expression) == pytest.approx(1, rel=1e-14)
    else:
        assert name in {"mu", "1e4 mu", "1e8 mu", "gce/kWh"} or "Nm^3" in name or "/1e" in name


def test_aliases_that_are_themselves_expressions_mean_the_same() -> None:
    from emissions.vocabulary.tables import items, read_table

    wrong = {}
    for row in read_table("units"):
        for alias in items(row["aliases"]):
            text = alias.replace(" ", "*", 1) if alias[0].isdigit() else alias
            if alias.isascii() and convertible(text, row["expression"]):
                factor = scale(text, row["expression"])
                if factor != pytest.approx(1, rel=1e-12):
                    wrong[alias] = (row["unit"], factor)
    assert wrong == {}


CHINESE = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "亿": 1e8, "百亿": 1e10}


def test_chinese_multiples_mean_what_they_say() -> None:
    """万吨 is 10 000 of 吨: each spelling that begins with a multiple is that multiple of the rest."""
    spellings = WORDS.aliases["units"]
    wrong, checked = {}, 0
    for text, name in spellings.items():
        for multiple in sorted(CHINESE, key=len, reverse=True):
            rest = text.removeprefix(multiple)
            if rest != text and rest in spellings:
                checked += 1
                factor = scale(WORDS.units[name].expression, WORDS.units[spellings[rest]].expression)
                if factor != pytest.approx(CHINESE[multiple], rel=1e-12):
                    wrong[text] = (name, spellings[rest], factor)
                break
    assert wrong == {}
    assert checked > 100


@pytest.mark.parametrize("name", WORDS.parameters)
def test_the_unit_of_a_parameter_can_be_read(name: str) -> None:
    unit = WORDS.parameters[name]["unit"]
    for dimension in BASE_UNITS if "{per}" in unit else ["mass"]:
        assert convertible(per(unit, dimension), per(unit, dimension))

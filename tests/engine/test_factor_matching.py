"""How a factor row fits a key, column by column."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emissions.factors.match import NO, control_ranks, devices_on, inside, interval_ranks, split_control, word_ranks
from emissions.vocabulary import load_vocabulary

WORDS = load_vocabulary()


@pytest.mark.parametrize(
    ("interval", "within", "without"),
    [
        ("[100,300)", [100, 299.999, 200], [99.999, 300, -100]),
        ("(100,300]", [100.001, 300], [100, 300.001]),
        ("[100,300]", [100, 300], [99, 301]),
        ("(100,300)", [100.5, 299.5], [100, 300]),
        ("(-inf,5]", [-1e9, 0, 5], [5.0001, math.inf]),
        ("[5,inf)", [5, 1e12], [4.9999]),
        (" [ -5 , 5 ) ", [-5, 0], [5]),
        ("[1.5e2,2e2)", [150, 199], [200]),
        ("80", [80.0], [79.999, 80.001]),
        ("-10", [-10], [10]),
    ],
)
def test_a_number_lies_in_an_interval(interval: str, within: list[float], without: list[float]) -> None:
    assert inside(np.array(within, dtype=float), interval).all()
    assert not inside(np.array(without, dtype=float), interval).any()
    assert not inside(np.array([math.nan]), interval).any()


@pytest.mark.parametrize("text", ["[1,2", "1,2", "low", "[1,2,3]", "[a,b]", "[1;2]"])
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        inside(np.array([1.0]), text)


def test_a_number_that_is_not_stated_fits_only_rows_that_state_none() -> None:
    ranks = interval_ranks([math.nan, "", None, 50.0], ["[0,100)", "", "[100,200)"], 16)
    assert (ranks[:3, 0] == NO).all()
    assert (ranks[:, 1] == 16).all()
    assert (ranks[3] != NO).tolist() == [True, True, False]


def test_half_open_bands_that_meet_hold_every_number_once() -> None:
    bands = ["(-inf,0)", "[0,30)", "[30,60)", "[60,inf)"]
    numbers = np.array([-1e6, -1e-9, 0, 29.999, 30, 59.9, 60, 1e6])
    assert (sum(inside(numbers, band).astype(int) for band in bands) == 1).all()


def test_words_above_fit_by_their_rank_and_blank_fits_last() -> None:
    ancestors = {"gas_boiler": {"gas_boiler": 0, "boiler": 1}, "kiln": {"kiln": 0}}
    ranks = word_ranks(["gas_boiler", "kiln"], ["boiler", "", "gas_boiler", "other"], ancestors, 16)
    assert ranks.tolist() == [[1, 16, 0, NO], [NO, 16, NO, NO]]


def test_a_key_without_a_word_fits_only_rows_without_one() -> None:
    assert word_ranks([""], ["boiler", ""], {}, 16).tolist() == [[NO, 16]]


# ---------------------------------------------------------------- devices


@pytest.mark.parametrize(
    ("control", "devices"),
    [
        ("scr+fabric_filter", ("fabric_filter", "scr")),
        ("fabric_filter + scr", ("fabric_filter", "scr")),
        ("scr", ("scr",)),
        ("none", ()),
        ("", ()),
        ("none+scr", ("scr",)),
        ("scr+scr", ("scr",)),
    ],
)
def test_a_control_text_is_split_into_its_devices(control: str, devices: tuple[str, ...]) -> None:
    assert split_control(control) == devices


@pytest.mark.parametrize(
    ("control", "substance", "devices"),
    [
        ("", "SO2", None),
        ("  ", "SO2", None),
        ("none", "SO2", ()),
        ("scr", "SO2", ()),
        ("scr", "NOx", ("scr",)),
        ("fabric_filter+fgd_wet_limestone_gypsum+scr", "SO2", ("fgd_wet_limestone_gypsum",)),
        (
            "fabric_filter+fgd_wet_limestone_gypsum+scr",
            "PM2.5",
            ("fabric_filter", "fgd_wet_limestone_gypsum"),
        ),
        ("low_nox_burner+scr", "NOx", ("low_nox_burner_plus_scr",)),
        ("esp+low_nox_burner+sncr", "NOx", ("low_nox_burner_plus_sncr",)),
        ("low_nox_burner_plus_scr", "NOx", ("low_nox_burner_plus_scr",)),
        ("low_nox_burner_plus_scr", "SO2", ()),
        ("fabric_filter", "CO2", ()),
    ],
)
def test_devices_that_act_on_a_substance(control: str, substance: str, devices: tuple[str, ...] | None) -> None:
    assert devices_on(control, substance, WORDS) == devices


@pytest.mark.parametrize(
    ("key", "word", "substance", "fits"),
    [
        ("", "", "NOx", True),
        ("", "scr", "NOx", False),
        ("", "none", "NOx", False),
        ("none", "", "NOx", True),
        ("none", "none", "NOx", True),
        ("none", "scr", "NOx", False),
        ("scr", "none", "NOx", False),
        ("fabric_filter", "none", "NOx", True),
        ("scr", "scr", "NOx", True),
        ("fabric_filter+scr", "scr", "NOx", True),
        ("low_nox_burner+scr", "low_nox_burner_plus_scr", "NOx", True),
        ("low_nox_burner+scr", "low_nox_burner+scr", "NOx", True),
        ("low_nox_burner_plus_scr", "low_nox_burner+scr", "NOx", True),
        ("low_nox_burner+scr", "scr", "NOx", False),
        ("scr", "fabric_filter+scr", "NOx", True),
        ("esp+fgd_ammonia", "esp", "PM10", False),
        ("esp+fgd_ammonia", "esp+fgd_ammonia", "PM10", True),
    ],
)
def test_a_factor_published_for_devices_fits_exactly_those(key: str, word: str, substance: str, *, fits: bool) -> None:
    assert bool(control_ranks([key], [word], substance, WORDS)[0, 0] != NO) is fits

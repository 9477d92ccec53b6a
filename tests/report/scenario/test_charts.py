"""Charts: every line, peak and plateau is where the numbers say."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from math import isfinite
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from emissions.report.scenario.braille import print_chart
from emissions.report.scenario.compare_terminal import picture
from emissions.report.scenario.outcome import Outcome
from emissions.report.scenario.picture import Line, Picture, picture_of_run, value_ticks, year_ticks
from emissions.report.scenario.svg import draw_svg
from emissions.report.words import Words
from emissions.scenario.outcome.compare import Comparison

SVG = "{http://www.w3.org/2000/svg}"
UP = Line("rises <fast>", (2020, 2025, 2030), (100.0, 150.0, 200.0))
FLAT = Line("stays", (2020, 2025, 2030), (150.0, 151.0, 149.0), peak=(2025, 151.0), plateau=(2020, 2030))
BOTH = Picture("two & more", "Mt", 2020, (UP, FLAT))


def printed(shown: Picture, width: int = 80, encoding: str = "utf-8") -> list[str]:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    print_chart(shown, Console(file=stream, width=width, no_color=True))
    stream.seek(0)
    return stream.read().splitlines()


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  our own text


def columns_with_dots(line: str) -> list[int]:
    return [place for place, letter in enumerate(line) if 0x2800 < ord(letter) <= 0x28FF or letter == "●"]


def test_a_rising_line_climbs_from_the_lower_left_to_the_upper_right() -> None:
    rows = printed(Picture("up", "Mt", 2020, (UP,)))
    drawn = [columns_with_dots(row) for row in rows if "│" in row or "┤" in row]
    filled = [row for row in drawn if row]
    first, last = filled[0], filled[-1]
    assert min(first) > max(last)
    assert all(row for row in drawn[drawn.index(first) : drawn.index(last)])


def test_lines_are_named_at_their_ends_and_in_the_legend() -> None:
    rows = printed(BOTH)
    ends = [row[-1] for row in rows if row.endswith(("A", "B"))]
    assert ends == ["A", "B"]
    assert any("A" in row and "rises <fast>" in row for row in rows)
    assert any("B" in row and "stays" in row and "● 2025" in row for row in rows)
    assert sum("●" in row for row in rows) == 2


def test_lines_differ_without_colour() -> None:
    samples = [row.split()[1] for row in printed(BOTH)[-3:] if row.strip()]
    assert len(set(samples)) == 2


def test_no_chart_where_it_cannot_be_shown() -> None:
    assert printed(BOTH, width=20) == []
    assert printed(BOTH, encoding="ascii") == []
    assert printed(Picture("nothing", "Mt", 2020, ())) == []


def test_the_drawing_holds_the_numbers() -> None:
    tree = parsed(draw_svg(BOTH, Words("en")))
    texts = [one.text for one in tree.iter(f"{SVG}text")]
    assert {
        "two & more",
        "Mt",
        "rises <fast>",
        "2020",
        "2030",
        "base year 2020",
        "highest in 2025 · 2020-2030 within ±2 %",
    } <= {*texts}
    paths = [one for one in tree.iter(f"{SVG}path") if one.get("class") == "line"]
    assert len(paths) == 2
    ys = [float(point.split()[1]) for point in str(paths[0].get("d"))[1:].split("L")]
    assert ys[0] > ys[1] > ys[2]
    assert ys[0] - ys[1] == pytest.approx(ys[1] - ys[2], abs=0.2)
    assert paths[0].get("stroke-dasharray") != paths[1].get("stroke-dasharray")


def test_the_plateau_is_as_wide_and_high_as_its_definition() -> None:
    tree = parsed(draw_svg(BOTH, Words("zh")))
    (box,) = [one for one in tree.iter(f"{SVG}rect") if one.get("class") == "plateau"]
    line = next(one for one in tree.iter(f"{SVG}path") if one.get("class") == "line")
    points = [tuple(map(float, point.split())) for point in str(line.get("d"))[1:].split("L")]
    per_unit = (points[0][1] - points[-1][1]) / 100.0
    assert float(box.get("x", 0)) == pytest.approx(points[0][0])
    assert float(box.get("width", 0)) == pytest.approx(points[-1][0] - points[0][0])
    assert float(box.get("height", 0)) == pytest.approx(2 * 0.02 * 151.0 * per_unit, abs=0.2)


def test_draws_are_a_band(drawn: Outcome) -> None:
    shown = picture_of_run(drawn, Words("en"))
    co2 = shown.lines[0]
    assert all(low <= value <= high for low, value, high in zip(co2.low, co2.values, co2.high, strict=True))
    tree = parsed(draw_svg(shown, Words("en")))
    assert [one.get("class") for one in tree.iter(f"{SVG}path")].count("draws") == 1


def test_paths_of_a_run(result: Outcome) -> None:
    shown = picture_of_run(result, Words("zh"))
    assert [line.label for line in shown.lines] == ["二氧化碳（属地）", "温室气体（属地）"]
    co2 = result.projection.indicator("co2")
    assert shown.lines[0].values == pytest.approx([100 * value for value in co2])
    assert shown.lines[0].peak == (2024, pytest.approx(100 * co2.loc[2024]))


def test_a_rising_path_has_no_peak_to_mark(pair: Comparison) -> None:
    rising = pair.peaks.assign(verdict="rising")
    assert picture(pair, Words("en")).lines[0].peak is not None
    assert all(line.peak is None for line in picture(replace(pair, peaks=rising), Words("en")).lines)


@pytest.mark.parametrize("values", [[3.0, 3.0], [0.0], [-5.0, 5.0], [1e-7, 2e-7], [999.0, 1001.0], [float("nan")]])
def test_ticks_enclose_the_values_and_are_evenly_apart(values: list[float]) -> None:
    ticks = value_ticks(values, 5)
    known = [value for value in values if isfinite(value)] or [0.0]
    assert ticks[0] <= min(known) <= max(known) <= ticks[-1]
    assert len({round(second - first, 9) for first, second in pairwise(ticks)}) == 1
    assert 3 <= len(ticks) <= 12


def test_year_ticks_are_few() -> None:
    assert year_ticks(2020, 2060, 5) == [2020, 2030, 2040, 2050, 2060]
    assert year_ticks(2021, 2024, 8) == [2021, 2022, 2023, 2024]

"""The summary on the terminal, the reports of problems and of traces: width, colour, language."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import get_args

import pytest
from rich.cells import cell_len

from emissions.engine import Run
from emissions.errors import Problem
from emissions.inventory import explain
from emissions.report.console import console
from emissions.report.explanation import explanations_json, print_explanations
from emissions.report.numbers import Scale, decimals, figure, mass, share
from emissions.report.problems import print_problems, problems_json
from emissions.report.terminal import bar, print_summary
from emissions.vocabulary import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)


def shown(run: Run, language: Language = "zh", *, width: int = 120, colour: bool = False) -> str:
    out = io.StringIO()
    print_summary(run, console(out, width=width, colour=colour), language)
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_fits_the_width(run: Run, language: Language, width: int) -> None:
    lines = shown(run, language, width=width).splitlines()
    assert max(cell_len(line) for line in lines) <= width


def test_the_summary_says_what_an_officer_asks(run: Run) -> None:
    text = shown(run)
    for part in ("鄂尔多斯市 2020–2021 排放清单", "cn-2026.1", "AR5GWP100", "CO2e", "温室气体 2021", "大气污染物 2021",
                 "最大的排放源", "覆盖情况", "未估算", "缺少收到基灰分"):  # fmt: skip
        assert part in text


def test_the_summary_in_english_has_no_chinese_but_names(run: Run) -> None:
    text = shown(run, "en")
    assert "Emission inventory: Ordos 2020–2021" in text
    assert not [line for line in text.splitlines() if any("\u4e00" <= letter <= "\u9fff" for letter in line)]


def test_years_are_not_added_up(run: Run) -> None:
    assert "2020" in shown(run).split("温室气体 2021")[0]
    assert "2021" in shown(run).split("温室气体 2021")[0]


def test_without_a_terminal_there_is_no_colour(run: Run) -> None:
    assert "\x1b" not in shown(run)
    assert "\x1b[" in shown(run, colour=True)


def test_no_color_is_respected(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = io.StringIO()
    print_problems([Problem("unknown_unit", found="kx")], console(out, width=80), "en")
    assert "\x1b[3" not in out.getvalue()


def test_markup_and_control_letters_of_the_data_are_shown_as_they_are() -> None:
    out = io.StringIO()
    print_problems([Problem("unknown_unit", sheet="[red]s", found="a\x1b[31mb")], console(out, width=80), "en")
    assert "[red]s" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_problems_are_grouped_counted_and_told_once() -> None:
    problems = [
        Problem("unknown_unit", file="a.xlsx", sheet="能源", cell="D9", found="kx", nearest="kg"),
        Problem("unknown_unit", file="a.xlsx", sheet="车辆", cell="D3", found="ky"),
        Problem("unknown_unit", file="a.xlsx", sheet="能源", cell="D7", found="kz"),
        Problem("unknown_unit", file="a.xlsx", sheet="能源", cell="D7", found="kz"),
        Problem("sheet_skipped", level="info", file="a.xlsx", sheet="说明"),
    ]
    out = io.StringIO()
    print_problems(problems, console(out, width=100), "zh")
    text = out.getvalue()
    assert text.index("能源") < text.index("D7") < text.index("D9") < text.index("车辆")
    assert text.count("kz") == 1
    assert "是否为“kg”？" in text
    assert text.rstrip().endswith("3 个错误、1 条说明")
    found = json.loads(problems_json(problems, "en", rows=0))
    assert found["errors"] == 3
    assert found["problems"][0] | {"found": "kz", "cell": "D7", "place": "a.xlsx 能源!D7"} == found["problems"][0]
    assert 'unknown unit "kz"' in found["problems"][0]["text"]


# ---------------------------------------------------------------- traces


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_trace_tells_cell_formula_factor_and_the_beaten(run: Run, language: Language) -> None:
    found = explain(run, category="IPCC2006:1A1ai", substance="SO2", year=2020)
    out = io.StringIO()
    print_explanations(found, console(out, width=110), language)
    text = out.getvalue()
    for part in ("数据!F2", "实测参数!B2", "120 万吨", "甲电厂", "=1+1", "0.006", "tcses", "coal_so2_sulphur"):
        assert part in text
    assert ("落选：" if language == "zh" else "beaten:") in text
    assert max(cell_len(line) for line in text.splitlines()) <= 110


@pytest.mark.parametrize(("language", "why"), [("zh", "缺少收到基灰分"), ("en", "no value of: ash content")])
def test_a_trace_of_a_gap_says_what_is_missing(run: Run, language: Language, why: str) -> None:
    out = io.StringIO()
    print_explanations(explain(run, category="IPCC2006:1A1ai", substance="PM2.5"), console(out, width=110), language)
    assert why in out.getvalue()


def test_a_measured_value_stands_as_printed_before_it_is_converted(run: Run) -> None:
    out = io.StringIO()
    own = explain(run, category="IPCC2006:1A1ai", substance="SO2", year=2020)
    found = [one for one in own if any(each.origin == "measured" for each in one.arguments)][:1]
    print_explanations(found, console(out, width=110), "en")
    assert "0.6 %  = 0.006" in out.getvalue()
    assert "实测参数!B2" in out.getvalue()
    printed = replace(found[0].arguments[0], origin="measured", printed="0.5 t/(t)", value=0.5, unit="t/(t)")
    for text, said in (("0.5 t/(t)", False), ("500 kg/t", True)):
        out = io.StringIO()
        told = replace(found[0], arguments=(replace(printed, printed=text),))
        print_explanations([told], console(out, width=110), "en")
        assert ("= 0.5 t/t" in out.getvalue()) == said


def test_a_trace_as_json_has_null_for_what_is_no_number(run: Run) -> None:
    found = explain(run, category="IPCC2006:1A1ai", substance="PM2.5")
    told = json.loads(explanations_json(found, "en"))["explanations"]
    gap = next(one for one in told if one["status"] == "NE")
    assert gap["emission"] is None
    assert gap["reason_text"] == "no value of: ash content"


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (6.888e8, "68,880 万吨", "688.8 Mt"),
        (809863.0, "80.99 万吨", "809.9 kt"),
        (1236.5, "1,236 吨", "1,236 t"),
        (0.0, "0 吨", "0 t"),
    ],
)
def test_masses(value: float, zh: str, en: str) -> None:
    assert (mass(value, "zh"), mass(value, "en")) == (zh, en)


def test_small_numbers_of_a_column_are_not_shown_as_nothing() -> None:
    scale = Scale.of([1e9, 1.0], "en")
    assert scale.show(1.0) == "<1"
    assert scale.show(-1.0) == ">-1"
    assert scale.show(float("nan")) == "–"


def test_figures() -> None:
    assert (decimals(0.012), share(0.123), figure(float("nan")), figure(1234567.0)) == (5, "12.3 %", "–", "1,234,567")


def test_bars() -> None:
    assert (bar(1.0).plain, bar(0.0).plain, len(bar(0.5).plain)) == ("█" * 12, "", 6)


def test_gaps_of_one_source_are_one_problem() -> None:
    facts = {"category": "IPCC2006:1A1ai", "activity": "lignite", "reason": "no_factor:ash_content"}
    out = io.StringIO()
    print_problems(
        [Problem("gap", found=name, facts=facts) for name in ("PM10", "PM2.5")], console(out, width=100), "zh"
    )
    assert "1A1ai 电力生产 褐煤：PM10 PM2.5 未估算，缺少收到基灰分" in out.getvalue()


def test_a_flood_of_problems_is_cut_and_counted() -> None:
    out = io.StringIO()
    problems = [Problem("unknown_unit", sheet="s", row=number, found="kx") for number in range(500)]
    print_problems(problems, console(out, width=100), "en")
    assert len(out.getvalue().splitlines()) < 220
    assert "300 more" in out.getvalue()
    assert "500 errors" in out.getvalue()

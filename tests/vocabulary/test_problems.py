"""The text of a problem in words of the vocabulary, in the language asked for."""

from __future__ import annotations

import pytest

from emissions.errors import Problem
from emissions.vocabulary import describe


@pytest.mark.parametrize(
    ("problem", "english", "chinese"),
    [
        (
            Problem("ambiguous_share", found="raw_coal", allowed="a, b", facts={"kind": "lignite"}),
            "two published shares of lignite in raw coal fit equally well; give the factor set a rule; candidates: a, b",
            "原煤的品种“褐煤”有两行同样合适的构成，无法取舍；请补充因子集的优先规则；候选：a, b",
        ),
        (
            Problem("nothing_to_explain", allowed="IPCC2006:2A1, IPCC2006:1A1ai",
                    facts={"category": "IPCC2006:2A2", "substance": "CH4"}),
            "the result has no methane of 2A2 Lime Production; it has: 2A1 Cement Production, 1A1ai Electricity Generation",
            "结果中没有2A2 石灰生产的甲烷；结果中有：2A1 水泥生产, 1A1ai 电力生产",
        ),
        (Problem("unknown_set", found="x", allowed="y"), 'there is no factor set "x"; allowed: y', None),
        (
            Problem("strata_twice", found="fabric_filter+scr", facts={"other": "C2"}),
            ("the control stratum fabric filter+selective catalytic reduction (SCR) is for the same rows as C2; delete one, "
             "or say which rows each is for"),
            None,
        ),
        (
            Problem("rows_without_lines", found="raw_coal", facts={"use": "own_use", "quantity": "3", "unit": "m^3", "years": "2020"}),
            "raw coal (use, 3 m³ in 2020) has no method and is not expected to be reported; it is not counted",
            None,
        ),
        (
            Problem("part_above_whole", found="BC", facts={
                "category": "IPCC2006:1A1ai", "activity": "raw_coal", "region": "150600", "year": "2020",
                "part_emission": "2", "whole": "PM2.5", "whole_emission": "1", "keys": "1"}),
            ("1A1ai Electricity Generation raw coal (Ordos 2020): BC of 2 t is more than PM2.5 of 1 t, which holds it; "
             "check the measured values and factors"),
            ("1A1ai 电力生产 原煤（鄂尔多斯市 2020 年）：BC 为 2 t，大于包含它的 PM2.5（1 t）；请核对实测参数和因子"),
        ),
    ],
    ids=lambda value: value.code if isinstance(value, Problem) else "",
)  # fmt: skip
def test_words_are_labels_and_what_may_stand_is_introduced_as_its_entry_says(
    problem: Problem, english: str, chinese: str | None
) -> None:
    assert describe(problem, "en") == english
    if chinese is not None:
        assert describe(problem, "zh") == chinese


def test_a_text_that_is_no_word_stays() -> None:
    assert describe(Problem("measured_twice", found="x", facts={"other": "C2"}), "zh").startswith("实测参数“x”")

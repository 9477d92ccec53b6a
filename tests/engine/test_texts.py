"""The texts of what the engine refuses, word for word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emissions.errors import ProblemsError
from emissions.vocabulary import describe
from reference.workbench import activity_table, card, factor, library, run

ROW = factor("a", 1.0, "t/t")


def two_factors(root: Path) -> Any:
    return run(activity_table({}), library(root, ROW, factor("b", 2.0, "t/t")), card("one"))


def two_cards(root: Path) -> Any:
    return run(activity_table({}), library(root, ROW), card("one"), card("two"))


def two_measured(root: Path) -> Any:
    twice = [{"parameter": "sulphur_content", "value": value, "unit": "1"} for value in (0.01, 0.02)]
    return run(activity_table({}, measured=twice), library(root, ROW), card("one"))


def two_groups_of_strata(root: Path) -> Any:
    strata = [
        {"control": "scr", "share": 1.0, "region": "150600"},
        {"control": "none", "share": 1.0, "activity": "lignite"},
    ]
    return run(activity_table({}, strata=strata), library(root, ROW), card("one"))


def strata_of_less_than_all(root: Path) -> Any:
    return run(activity_table({}, strata=[{"control": "scr", "share": 0.9}]), library(root, ROW), card("one"))


def a_gap(root: Path) -> Any:
    one = card("one", activities=["calcium_carbide"], categories=["IPCC2006:2"], uses=["production"], stream="process",
               substances=["CO2", "PM10", "PM2.5"])  # fmt: skip
    item = {"activity": "calcium_carbide", "category": "IPCC2006:2B5", "use": "production"}
    rows = [factor(name, 1.0, "t/t", substance=name) for name in ("CO2", "PM10")]
    return run(activity_table(item), library(root, *rows), one, strict=True)


@pytest.mark.parametrize(
    ("refused", "english", "chinese"),
    [
        (
            two_factors,
            (
                "two factor rows fit emission factor of carbon dioxide for lignite in 1A1ai Electricity Generation equally well; "
                "state the condition that tells them apart, or give the factor set a rule; candidates: a, b"
            ),
            (
                "1A1ai 电力生产的褐煤：二氧化碳的排放因子有两行同样合适的因子，无法取舍；"
                "请写明区分它们的条件，或补充因子集的优先规则；候选：a, b"
            ),
        ),
        (
            two_cards,
            (
                "several methods give carbon dioxide (combustion) of lignite in 1A1ai Electricity Generation and the factor set "
                "gives one no place; give their order in methods of the factor set; candidates: one, two"
            ),
            (
                "1A1ai 电力生产的褐煤有多个方法可算二氧化碳（燃烧），因子集没有规定“one”的先后；"
                "请在因子集的 methods 中写明顺序；候选：one, two"
            ),
        ),
        (
            two_measured,
            (
                "side!C3: the measured value of sulphur content is for the same rows as side!C2; delete one, or say which "
                "rows each is for"
            ),
            "side!C3: 实测参数“收到基硫分”与 side!C2 针对同样的对象，无法取舍；请删除一个，或写明各自适用的范围",
        ),
        (
            two_groups_of_strata,
            "side!C3: the control stratum no control device is for the same rows as side!C2; delete one, or say which rows each is for",
            "side!C3: 控制分层“无控制”与 side!C2 针对同样的对象，无法取舍；请删除一组，或写明各自适用的范围",
        ),
        (
            strata_of_less_than_all,
            (
                "side!C2: the shares in side!C2 sum to 0.9 and must sum to 1 (100 %); they are for: everything. Correct them; "
                'the part without a device is a row of its own (control "none"), and rows for something else name their '
                "region, category or activity"
            ),
            (
                "side!C2: side!C2 的占比之和为 0.9，应为 1（100 %）（适用对象：全部）；请更正占比，"
                "无控制措施的部分也单列一行（填“无”），针对其他对象的行请写明其地区、类别或活动"
            ),
        ),
        (
            a_gap,
            "2B5 Carbide Production calcium carbide: PM2.5 was not estimated, no value of: emission factor",
            "2B5 碳化物（电石）生产 电石：PM2.5 未估算，缺少排放因子",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_refused_is_said_in_both_languages(
    tmp_path: Path, refused: Callable[[Path], Any], english: str, chinese: str
) -> None:
    with pytest.raises(ProblemsError) as caught:
        refused(tmp_path)
    (problem,) = caught.value.problems
    assert describe(problem, "en") == english
    assert describe(problem, "zh") == chinese

"""What several tests of activity data need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from emissions.activity import read_activity
from emissions.errors import Problem, ProblemsError

HEADINGS = ("地区", "年份", "行业", "能源品种", "用途", "数量", "单位", "企业名称")
GOOD = ("内蒙古", 2020, "造纸和纸制品业", "原煤", "燃烧", 12.5, "万吨", "甲厂")


def refused(*paths: Path, **options: Any) -> list[Problem]:
    """Return the problems with which a reading is refused."""
    with pytest.raises(ProblemsError) as caught:
        read_activity(*paths, **options)
    return list(caught.value.problems)


def codes(problems: Sequence[Problem], level: str = "error") -> list[str]:
    """Return the codes of the problems of one level."""
    return [problem.code for problem in problems if problem.level == level]

"""The commands about scenarios as a person or a script meets them: exit codes, texts, files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cli.support import emissions
from report.scenario.files import write_files
from scenario.stories import GOOD

ENERGY = """schema: scenario/1
id: city-energy
title: energy
region: "150600"
base: {year: 2020, boundary: energy_balance, activity: base.csv}
horizon: {from: 2020, to: 2026}
drivers:
  gdp_growth: {unit: percent/year, points: {2021: 5, 2026: 5}, source: assumption, why: a test}
levers:
  energy_total_base: {unit: Mtce, points: {2020: 5.8}, source: assumption, why: a test}
  energy_intensity_rate: {unit: percent/year, points: {2021: -3, 2026: -3}, source: assumption, why: a test}
  coal_share: {unit: percent, points: {2020: 80, 2026: 76}, source: assumption, why: a test}
  nonfossil_share: {unit: percent, points: {2020: 5, 2026: 9}, source: assumption, why: a test}
targets: []
solve:
  - lever: levers.coal_share
    scale_after: 2020
    until: {indicator: coal_consumption, comparator: "<=", value: 4.7}
    bounds: {low: 0.8, high: 1.0}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_files(tmp_path_factory.mktemp("scenarios"))
    (folder / "energy.yaml").write_text(ENERGY, encoding="utf-8")
    bad = (folder / "city.yaml").read_text(encoding="utf-8").replace("points", "pionts").replace("id: city", "id: bad")
    (folder / "bad.yaml").write_text(bad, encoding="utf-8")
    return folder


# ---------------------------------------------------------------- new, check


def test_a_new_file_passes_the_check_but_for_its_activity_data(tmp_path: Path) -> None:
    made = emissions(
        "scenario", "new", "mine.yaml", "--region", "鄂尔多斯市", "--year", 2020, "--to", 2030, cwd=tmp_path
    )
    assert made.returncode == 0
    assert "mine.yaml" in made.stdout
    assert "base.activity" in made.stdout
    checked = emissions("scenario", "check", "mine.yaml", "--json", cwd=tmp_path)
    assert [one["code"] for one in json.loads(checked.stdout)["problems"]] == ["base_activity_missing"]
    before = (tmp_path / "mine.yaml").read_bytes()
    again = emissions("scenario", "new", "mine.yaml", "--region", "150600", "--year", 2020, "--to", 2030, cwd=tmp_path)
    assert again.returncode == 2
    assert (tmp_path / "mine.yaml").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_a_new_file_with_its_workbook_passes_the_check(tmp_path: Path) -> None:
    named = ("--activity", "examples/2020.xlsx")
    made = emissions(
        "scenario", "new", "mine.yaml", "--region", "150000", "--year", 2020, "--to", 2030, *named, cwd=tmp_path
    )
    assert "base.activity" not in made.stdout
    checked = emissions("scenario", "check", "mine.yaml", "--json", cwd=tmp_path)
    assert (checked.returncode, json.loads(checked.stdout)["problems"]) == (0, [])


def test_check_tells_all_problems_with_their_line(place: Path) -> None:
    done = emissions("scenario", "check", "bad.yaml", "city.yaml", cwd=place, language="en")
    assert done.returncode == 2
    assert "bad.yaml" in done.stdout
    assert "pionts" in done.stdout
    assert "points" in done.stdout
    assert "no errors: City: the plan (city)" in done.stdout
    found = json.loads(emissions("scenario", "check", "bad.yaml", "--json", cwd=place).stdout)
    assert found["errors"] >= 2
    assert all(one["row"] for one in found["problems"])


@pytest.mark.parametrize("command", [("check", "--json"), ("run", "--json")])
def test_a_missing_base_file_is_told_with_all_other_problems(place: Path, command: tuple[str, ...]) -> None:
    text = (place / "bad.yaml").read_text(encoding="utf-8")
    text = text.replace("base.csv", "gone.csv").replace("id: bad", "id: worse")
    (place / "worse.yaml").write_text(text, encoding="utf-8")
    done = emissions("scenario", *command, "worse.yaml", cwd=place)
    assert done.returncode == 2
    problems = json.loads(done.stdout)["problems"]
    (absent,) = [one for one in problems if one["code"] == "base_activity_not_there"]
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "gone.csv" in one)
    assert (absent["found"], absent["row"]) == ("gone.csv", line)
    assert {"pionts"} < {one["found"] for one in problems}


def test_the_missing_base_file_of_one_scenario_is_told_with_the_problems_of_another(place: Path) -> None:
    text = (place / "city.yaml").read_text(encoding="utf-8")
    text = text.replace("base.csv", "gone.csv").replace("id: city", "id: lonely")
    (place / "lonely.yaml").write_text(text, encoding="utf-8")
    done = emissions("scenario", "compare", "lonely.yaml", "bad.yaml", cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert "gone.csv" in done.stderr
    assert "pionts" in done.stderr


def test_what_is_doubtful_is_told_beside_a_missing_base_file(tmp_path: Path) -> None:
    text = GOOD.replace("activity: examples/2020.xlsx", "activity: gone.xlsx").replace("2035: 60}", "2035: 67.5}")
    (tmp_path / "doubtful.yaml").write_text(text, encoding="utf-8")
    found = json.loads(emissions("scenario", "check", "doubtful.yaml", "--json", cwd=tmp_path).stdout)
    assert {"base_activity_not_there", "lint_rest_small"} <= {one["code"] for one in found["problems"]}
    assert found["scenarios"] == []


def test_check_of_a_good_file(place: Path) -> None:
    done = emissions("scenario", "check", "faster.yaml", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    assert "没有错误：小城 更快 (city-faster)（措施 2 项，目标 2，2020–2032 年）" in done.stdout


# ---------------------------------------------------------------- run


def test_run_prints_and_writes(place: Path) -> None:
    done = emissions("scenario", "run", "city.yaml", "-o", "out", "--runs", 10, "-s", "SO2", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("小城 规划", "2024 年达峰", "随机模拟（10 次，种子 1）", "已写入 out"):
        assert part in done.stdout
    assert "NMVOC" not in done.stdout.split("说明与提醒", maxsplit=1)[0]
    assert {path.name for path in (place / "out").iterdir()} == {
        "scenario.xlsx",
        "csv",
        "iamc.csv",
        "paths.svg",
        "result",
    }
    manifest = json.loads((place / "out" / "result" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == "emissions scenario run city.yaml -o out --runs 10 -s SO2"


def test_a_number_of_a_scenario_can_be_traced(place: Path) -> None:
    assert emissions("scenario", "run", "city.yaml", "-o", "traced", cwd=place).returncode == 0
    done = emissions("explain", "traced", "--category", "1A1ai", "--substance", "CO2", cwd=place)
    assert done.returncode == 0
    assert "褐煤" in done.stdout
    assert "base.csv" in done.stdout


def test_the_same_seed_gives_the_same_bytes(place: Path) -> None:
    first, second, other = (
        emissions("scenario", "run", "city.yaml", "--json", "--runs", 8, "--seed", seed, cwd=place).stdout
        for seed in (5, 5, 6)
    )
    assert first == second
    assert first != other
    assert json.loads(first)["draws"]["seed"] == 5


def test_strict_is_about_missed_targets(place: Path) -> None:
    assert emissions("scenario", "run", "city.yaml", "--strict", cwd=place).returncode == 0
    late = (place / "city.yaml").read_text(encoding="utf-8").replace("2032", "2040").replace("2025: -3", "2025: 3")
    (place / "late.yaml").write_text(late.replace("id: city", "id: late").replace("-3}", "3}"), encoding="utf-8")
    assert emissions("scenario", "run", "late.yaml", cwd=place).returncode == 0
    assert emissions("scenario", "run", "late.yaml", "--strict", cwd=place).returncode == 1
    assert emissions("scenario", "gap", "late.yaml", "--strict", cwd=place).returncode == 1


def test_other_factors(place: Path) -> None:
    found = emissions("scenario", "run", "city.yaml", "--json", "--factors", "ipcc-2006.1", cwd=place)
    assert json.loads(found.stdout)["factors"] == "ipcc-2006.1"


# ---------------------------------------------------------------- the others


def test_compare_prints_and_writes(place: Path) -> None:
    done = emissions("scenario", "compare", "city.yaml", "faster.yaml", "-o", "both", cwd=place, language="en")
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("Scenarios side by side", "City: faster", "cap of clinker", "Written to both"):
        assert part in done.stdout
    assert (place / "both" / "scenarios.xlsx").is_file()
    found = json.loads(emissions("scenario", "compare", "city.yaml", "faster.yaml", "--json", cwd=place).stdout)
    assert {row["scenario"] for row in found["levels"]} == {"city", "city-faster"}


def test_gap_lists_the_targets_of_each_file(place: Path) -> None:
    done = emissions("scenario", "gap", "city.yaml", "faster.yaml", cwd=place, language="en")
    assert done.stdout.count("gaps to the targets") == 2
    assert "no target is missed" in done.stdout


def test_solve_meets_what_is_asked_and_writes_a_scenario_that_does(place: Path) -> None:
    done = emissions("scenario", "solve", "energy.yaml", "-o", "solved.yaml", "--json", cwd=place)
    assert done.returncode == 0
    (answer,) = json.loads(done.stdout)["solutions"]
    assert answer["reachable"] is True
    assert answer["achieved"] == pytest.approx(4.7, abs=1e-4)
    again = json.loads(emissions("scenario", "run", "solved.yaml", "--json", cwd=place).stdout)
    coal = {row["year"]: row["value"] for row in again["paths"] if row["indicator"] == "coal_consumption"}
    assert coal[2026] <= 4.7 + 1e-6


def test_solve_by_options(place: Path) -> None:
    options = ("--lever", "coal_share", "--indicator", "coal_consumption", "--after", 2020, "--low", 0.99, "--high", 1)
    done = emissions("scenario", "solve", "energy.yaml", *options, "--value", 1, "--strict", cwd=place, language="en")
    assert done.returncode == 1
    assert "not reachable with share of coal in 2026" in done.stdout
    part = emissions("scenario", "solve", "energy.yaml", *options, cwd=place, language="en")
    assert part.returncode == 2
    assert "--value is missing" in part.stderr


def test_decompose_years_and_scenarios(place: Path) -> None:
    years = emissions("scenario", "decompose", "energy.yaml", "--from", 2021, "--to", 2025, "--json", cwd=place)
    found = json.loads(years.stdout)
    assert (found["first"]["year"], found["second"]["year"]) == (2021, 2025)
    assert sum(row["additive"] for row in found["effects"]) == pytest.approx(found["after"] - found["before"])
    two = emissions("scenario", "decompose", "city.yaml", "faster.yaml", "--year", 2030, cwd=place, language="en")
    assert "city 2030 -> city-faster 2030" in two.stdout
    assert emissions("scenario", "decompose", "city.yaml", "--year", 2030, cwd=place).returncode == 2
    late = emissions("scenario", "decompose", "city.yaml", "--to", 2099, cwd=place, language="en")
    assert late.returncode == 2
    assert "2099 is not a year of the scenario" in late.stderr


def test_targets_from_what_was_observed(place: Path) -> None:
    done = emissions("scenario", "targets", "--region", "150000", "--ex-post", cwd=place, language="en")
    assert done.returncode == 0
    assert "from observed values" in done.stdout
    assert "“能源消费总量达到2.71亿吨标准煤" in done.stdout
    assert "≤-15.5 %" in done.stdout
    found = json.loads(
        emissions("scenario", "targets", "--region", "鄂尔多斯市", "--year", 2023, "--json", cwd=place).stdout
    )
    assert {row["region"] for row in found["targets"]} == {"150600"}


def test_targets_from_a_scenario_a_result_and_a_workbook(place: Path) -> None:
    scenario = emissions("scenario", "targets", "city.yaml", cwd=place, language="en")
    assert "from the scenario city" in scenario.stdout
    assert "or-co2-peak" in scenario.stdout
    assert emissions("inventory", "base.csv", "-o", "stored", "--format", "csv", cwd=place).returncode == 0
    for given in ("stored", "base.csv"):
        done = emissions("scenario", "targets", given, cwd=place, language="en")
        assert done.returncode == 0
        assert f"from the inventory {given}" in done.stdout
        assert "Ordos" in done.stdout


def test_export_to_standard_output_and_to_a_file(place: Path) -> None:
    done = emissions("scenario", "export", "city.yaml", "faster.yaml", "--model", "mine", cwd=place)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["scenario"] for row in rows} == {"city", "city-faster"}
    assert {row["model"] for row in rows} == {"mine"}
    saved = emissions("scenario", "export", "city.yaml", "faster.yaml", "--model", "mine", "-o", "a.csv", cwd=place)
    assert saved.returncode == 0
    assert (place / "a.csv").read_text(encoding="utf-8") == done.stdout


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("run", "nm-s1-curent"), 2, "nm-s1-current"),
        (("run", "nowhere.yaml"), 2, "nowhere.yaml"),
        (("compare", "city.yaml"), 2, "至少需要两个情景"),
        (("run", "bad.yaml"), 2, "pionts"),
        (("run", "city.yaml", "-s", "helium"), 2, "helium"),
        (("solve", "city.yaml"), 2, "solve"),
        (("targets",), 2, "--region"),
        (("targets", "--region", "火星"), 2, "火星"),
        (("run", "city.yaml", "-o", "."), 2, "不是本程序的结果文件夹"),
        (("export", "city.yaml", "--format", "dbf"), 2, "iamc"),
        (("fly",), 2, "fly"),
    ],
)
def test_problems_are_told_without_a_traceback(place: Path, arguments: tuple[str, ...], code: int, text: str) -> None:
    done = emissions("scenario", *arguments, cwd=place)
    assert done.returncode == code
    assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["nm-s1-current", "hm-s1-plan"])
def test_a_shipped_scenario_runs_by_its_id_anywhere(tmp_path: Path, name: str) -> None:
    done = emissions("scenario", "run", name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"({name})" in done.stdout
    assert list(tmp_path.iterdir()) == []

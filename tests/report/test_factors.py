"""Looking at factors: packages, rows, conflicts, differences of sets, checks of a package."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

from emissions.engine import Run
from emissions.errors import ResultError
from emissions.factors import FactorLibrary, load_factors
from emissions.factors.common_unit import common_unit
from emissions.factors.package_check import check_package
from emissions.report.console import console
from emissions.report.library_tables import (
    cards_using,
    conflicts,
    find_row,
    package_table,
    rivals,
    search_rows,
    set_difference,
    uses,
)
from emissions.report.library_terminal import print_row
from emissions.report.words import Words

NCV = "cn-provincial-guide-2025-ncv-bituminous-coal"


@pytest.fixture
def package(root: Path, tmp_path: Path) -> Path:
    """Return a copy of a small package under its own name."""
    return Path(
        shutil.copytree(
            root / "factors" / "packages" / "cn_guide_coal" / "2014.1", tmp_path / "cn_guide_coal" / "2014.1"
        )
    )


def edited(package: Path, old: str, new: str) -> set[str]:
    """Return the codes of the problems after a change of the table of factors."""
    path = package / "factors.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return {problem.code for problem in check_package(package)[0]} - {"package_changed"}


# ---------------------------------------------------------------- the library


def test_packages_with_grades_and_titles(library: FactorLibrary) -> None:
    table = package_table(library)
    assert list(table["package"]) == [pin.package for pin in library.set.packages]
    assert (table[["A", "B", "C"]].sum(axis=1) == table["rows"]).all()
    assert (table["title_zh"] != "").all()


def test_a_row_with_its_cards_and_rivals(library: FactorLibrary) -> None:
    number = find_row(library, NCV)
    row = library.rows.iloc[number].to_dict()
    assert "fuel_co2" in {card.id for card in cards_using(row)}
    assert "running_exhaust" not in {card.formula for card in cards_using(row)}
    others = rivals(library, number)
    assert NCV not in set(others["factor_id"])
    assert set(others["activity"]) == {"bituminous_coal"}
    out = io.StringIO()
    print_row(library, number, console(out, width=100), Words("zh"))
    assert "低位发热量" in out.getvalue()
    assert "= 0.01957 TJ/t" in out.getvalue()


def test_an_unknown_factor_names_a_near_one(library: FactorLibrary) -> None:
    with pytest.raises(ResultError) as error:
        find_row(library, "cn-provincial-guide-2025-ncv-bituminous-cole")
    assert error.value.problems[0].nearest == NCV


@pytest.mark.parametrize("words", [["烟煤", "发热量", "省级"], ["bituminous", "net calorific", "provincial"]])
def test_search_in_both_languages(library: FactorLibrary, words: list[str]) -> None:
    assert NCV in set(search_rows(library, words)["factor_id"])


def test_conflicts_are_between_packages_and_beyond_the_bound(library: FactorLibrary) -> None:
    found = conflicts(library, parameter="net_calorific_value", beyond=0.05)
    assert len(found)
    assert (found["package_1"] != found["package_2"]).all()
    assert (found["difference"] > 0.05).all()
    assert set(found["parameter"]) == {"net_calorific_value"}
    assert found["difference"].is_monotonic_decreasing
    assert {0.01957, 0.023204} <= set(
        found[found["activity"] == "bituminous_coal"][["value_1", "value_2"]].to_numpy().ravel().round(6)
    )


def test_common_units() -> None:
    assert common_unit("GJ/t", "net_calorific_value") == ("TJ/t", pytest.approx(0.001))
    assert common_unit("percent", "oxidation_factor") == ("1", 0.01)
    assert common_unit("no_such_unit", "oxidation_factor") == ("no_such_unit", 1.0)


def test_uses_of_a_factor_in_a_result(run: Run) -> None:
    found = uses(run, find_row(run.library, NCV))
    assert set(found["activity"].astype(str)) == {"bituminous_coal"}
    assert "CO2" in set(found["substance"])


def test_difference_of_two_sets(library: FactorLibrary) -> None:
    other = load_factors("ipcc-2006.1")
    table = set_difference(library, other)
    assert set(table[table["package"] == "cn_provincial_guide_2025"]["change"]) == {"removed"}
    assert "ipcc_2006" not in set(table["package"])
    assert set_difference(library, library).empty


# ---------------------------------------------------------------- checks of a package


def test_a_sealed_package_has_no_problems(package: Path) -> None:
    problems, rows = check_package(package)
    assert problems == []
    assert rows == 4


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (",surface_coal_mining,", ",surface_cole_mining,", "factor_word"),
        (",1.34,kg/t,", ",1.34,kx/t,", "factor_unit"),
        (",1.34,kg/t,", ",x,kg/t,", "factor_number"),
        (",1.34,kg/t,", ",,kg/t,", "factor_blank"),
        (",CN,", ",Chyna,", "factor_word"),
        (",C,kg", ",D,kg", "factor_word"),
        ("mine_gas_class,", "mine_gas_klass,", "package_column_unknown"),
        (",bundle,", ",bundel,", "package_column"),
        (",cn_guide_coal,", ",no_source,", "factor_source"),
        ("IPCC2006,1B1aii1", "IPCC2006,9Z", "factor_word"),
    ],
)
def test_what_is_wrong_with_a_row_is_found(package: Path, old: str, new: str, code: str) -> None:
    assert code in edited(package, old, new)


def test_a_word_comes_with_the_nearest(package: Path) -> None:
    edited(package, ",surface_coal_mining,", ",surface_coal_minning,")
    found = next(problem for problem in check_package(package)[0] if problem.code == "factor_word")
    assert (found.file, found.row, found.nearest) == ("factors.csv", 2, "surface_coal_mining")


def test_a_repeated_row_is_a_tie_and_a_repeated_id(package: Path) -> None:
    path = package / "factors.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    assert "factor_id_twice" in {problem.code for problem in check_package(package)[0]}
    path.write_text("\n".join([*lines, lines[1].replace("cn-guide", "another", 1)]) + "\n", encoding="utf-8")
    assert "factor_tie" in {problem.code for problem in check_package(package)[0]}


def test_the_folder_is_checked(package: Path, tmp_path: Path) -> None:
    assert {problem.code for problem in check_package(tmp_path / "none")[0]} == {"package_descriptor_missing"}
    (package / "more.csv").write_text("factor_id\n", encoding="utf-8")
    assert "package_table_unlisted" in {problem.code for problem in check_package(package)[0]}
    (package / "more.csv").unlink()
    (package / "sources.csv").unlink()
    assert "package_table_missing" in {problem.code for problem in check_package(package)[0]}
    described = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    (package / "datapackage.json").write_text(json.dumps({**described, "version": "9", "title": ""}), encoding="utf-8")
    assert {"package_folder_name", "package_descriptor_field"} <= {
        problem.code for problem in check_package(package)[0]
    }
    (package / "datapackage.json").write_text("{", encoding="utf-8")
    assert {problem.code for problem in check_package(package)[0]} == {"package_descriptor_unreadable"}

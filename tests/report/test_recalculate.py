"""A result under other factors is what an inventory of the same files under them is."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import emissions
from emissions.activity import ActivityTable
from emissions.engine import Run, calculate
from emissions.errors import GapsNotAllowed, PackageError, Problem, ResultError
from emissions.factors import FactorLibrary, load_factors
from emissions.report.recalculate import recalculate
from emissions.report.store import load, load_given, save


def test_other_factors_give_what_the_inventory_gives(stored: Path, given: ActivityTable) -> None:
    again = recalculate(stored, "ipcc-2006.1", gwp="AR6GWP100")
    direct = calculate(given, load_factors("ipcc-2006.1"), gwp="AR6GWP100")
    pd.testing.assert_frame_equal(again.lines, direct.lines)
    assert again.notes == direct.notes
    assert {**again.manifest, "inputs": dict(again.manifest["inputs"])} == direct.manifest
    assert again.activity.rows_read == direct.activity.rows_read


def test_set_and_metric_are_those_of_the_result_unless_said(stored: Path, run: Run) -> None:
    again = recalculate(stored)
    pd.testing.assert_frame_equal(again.lines, run.lines)
    assert (again.gwp, again.library.set.name) == (run.gwp, run.library.set.name)
    assert recalculate(stored, gwp="AR6GWP100").gwp == "AR6GWP100"
    assert recalculate(stored, load_factors("ipcc-2006.1")).gwp == run.gwp


def test_the_input_files_are_not_read(stored: Path, tmp_path: Path) -> None:
    # the workbook lies in a folder that the result does not know: its name alone is stored
    kept = Path(shutil.copytree(stored, tmp_path / "alone"))
    assert len(recalculate(kept, "ipcc-2006.1").lines)


def test_a_recalculated_result_is_stored_like_any_other(stored: Path, tmp_path: Path) -> None:
    again = recalculate(stored, "ipcc-2006.1")
    place = save(again, tmp_path / "again", formats=("csv",))
    pd.testing.assert_frame_equal(load(place).lines, again.lines)
    pd.testing.assert_frame_equal(recalculate(place).lines, again.lines)


def test_notes_on_what_was_read_are_kept_apart_from_those_on_the_calculation(
    given: ActivityTable, library: FactorLibrary, tmp_path: Path
) -> None:
    said = Problem("assumed", level="info", found="read", facts={"rows": "1"})
    coal = given.rows[given.rows["activity"].astype(str) == "bituminous_coal"]
    raw = coal.assign(activity="raw_coal", activity_id=coal["activity_id"] + "x")
    noted = replace(given, rows=pd.concat([given.rows, raw], ignore_index=True), notes=(said,))
    run = calculate(noted, library)
    assert len(run.notes) > 1
    place = save(run, tmp_path / "noted", formats=())
    assert load_given(place).notes == (said,)
    assert recalculate(place).notes == run.notes
    back = load(place)
    assert back.notes == run.notes
    assert back.given is not None
    assert back.given.notes == (said,)


def test_a_result_without_its_activity_says_what_to_do(stored: Path, tmp_path: Path) -> None:
    kept = Path(shutil.copytree(stored, tmp_path / "thin"))
    (kept / "result" / "given.parquet").unlink()
    with pytest.raises(ResultError) as error:
        recalculate(kept, "ipcc-2006.1")
    (problem,) = error.value.problems
    assert problem.code == "result_without_activity"
    assert problem.facts["command"] == "emissions inventory city.xlsx"


def test_what_is_asked_for_wrongly_is_refused(stored: Path, tmp_path: Path) -> None:
    for wrong, options in ((PackageError, {"factors": "no-set"}), (ResultError, {"gwp": "AR9"})):
        with pytest.raises(wrong):
            recalculate(stored, **options)
    with pytest.raises(ResultError):
        recalculate(tmp_path)
    with pytest.raises(GapsNotAllowed):
        recalculate(stored, strict=True)


def test_damaged_activity_data_are_named(stored: Path, tmp_path: Path) -> None:
    kept = Path(shutil.copytree(stored, tmp_path / "hurt"))
    (kept / "result" / "given.parquet").write_bytes(b"no table")
    with pytest.raises(ResultError) as error:
        recalculate(kept)
    assert error.value.problems[0].code == "result_damaged"


def test_it_is_public() -> None:
    assert emissions.recalculate is recalculate
    assert emissions.load_given is load_given
    assert json.dumps(sorted(emissions.__all__)) == json.dumps(emissions.__all__)

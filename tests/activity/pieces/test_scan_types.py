"""Years and regions of any type, in pieces of any size, with bad rows: the sums are those of the rows one by one."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from emissions.activity import ActivityTable, scan_activity

REGIONS = (150_600, 150_602, 150_625, 150_700)
SIZES = {"t": 1.0, "kt": 1e3, "万吨": 1e4}
KEY = ["region", "year", "category", "activity"]
YEARS = ("int16", "int32", "int64", "uint16", "uint32", "uint64", "float64", "text")
BAD = (np.nan, -1.0, np.inf)


def column_of(numbers: np.ndarray, kind: str) -> pa.Array:
    """Return numbers as a column of a type, or as texts."""
    return pa.array([str(one) for one in numbers]) if kind == "text" else pa.array(numbers.astype(kind))


def rows_of(draw: np.random.Generator, size: int, *, one_year: bool, bad: bool) -> pd.DataFrame:
    """Return rows of activity data."""
    quantity = draw.lognormal(3, 3, size)
    if bad:
        quantity[draw.integers(0, size, 1 + size // 50)] = draw.choice(BAD)
    return pd.DataFrame(
        {
            "region": draw.choice(REGIONS, size),
            "year": np.full(size, 2020) if one_year else draw.integers(2005, 2024, size),
            "category": draw.choice(["IPCC2006:1A1ai", "IPCC2006:1A2"], size),
            "activity": draw.choice(["raw_coal", "diesel"], size),
            "quantity": quantity,
            "unit": draw.choice([*SIZES], size),
        }
    )


def scanned(path: Path, *, compiled: bool) -> ActivityTable:
    """Read a file with one way of adding."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("emissions.activity.pieces.scan.worthwhile", lambda _: compiled)
        return scan_activity(path).read(threads=2)


@settings(derandomize=True, deadline=None, max_examples=30, database=None)
@given(
    year=st.sampled_from(YEARS),
    region=st.sampled_from(["text", "int32", "int64"]),
    size=st.sampled_from([1, 70, 5_000]),
    piece=st.sampled_from([700, 1 << 20]),
    seed=st.integers(0, 99),
    one_year=st.booleans(),
    bad=st.booleans(),
)
def test_columns_of_any_type_give_the_sums_of_their_rows(
    year: str, region: str, size: int, piece: int, seed: int, one_year: bool, bad: bool
) -> None:
    rows = rows_of(np.random.default_rng(seed), size, one_year=one_year, bad=bad)
    good = rows[np.isfinite(rows["quantity"]) & (rows["quantity"] >= 0)]
    if good.empty:
        return
    columns = {name: pa.array(rows[name]) for name in rows}
    columns |= {
        "year": column_of(rows["year"].to_numpy(), year),
        "region": column_of(rows["region"].to_numpy(), region),
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        parquet.write_table(pa.table(columns), path, row_group_size=piece)
        found = [scanned(path, compiled=each) for each in ((False, True) if find_spec("numba") else (False,))]
    for one in found:
        pd.testing.assert_frame_equal(one.rows, found[0].rows, check_exact=True)
        pd.testing.assert_frame_equal(one.refused, found[0].refused)
    assert (found[0].rows_read, len(found[0].refused)) == (size, size - len(good))
    expected = good.assign(quantity=good["quantity"] * good["unit"].map(SIZES), region=good["region"].astype(str))
    sums = found[0].rows.astype(dict.fromkeys(["region", "category", "activity"], str)).groupby(KEY)["quantity"].sum()
    pd.testing.assert_series_equal(
        sums, expected.groupby(KEY)["quantity"].sum(), check_index_type=False, rtol=1e-12, atol=0
    )

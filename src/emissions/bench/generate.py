"""Made-up activity data of any size: seeded, written row group by row group, in constant memory."""

from __future__ import annotations

import io
import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ResultError
from emissions.vocabulary import load_vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 1_048_576
"""Rows of a row group: what pyarrow writes where nothing is said."""

FUELS = (
    *("diesel", "coke", "lpg", "fuel_oil", "kerosene", "gasoline", "crude_oil", "petroleum_coke", "lignite"),
    *("anthracite", "bituminous_coal", "cleaned_coal", "coking_coal", "sub_bituminous_coal", "other_washed_coal"),
    *("coal_slime", "briquettes", "patent_fuel", "peat", "coal_tar", "naphtha", "refinery_gas", "lng", "bitumen"),
    *("white_spirit", "shale_oil", "orimulsion", "ethane", "lubricants", "jet_kerosene"),
)
CATEGORIES = (
    *("1A1ai", "1A1aiii", "1A2a", "1A2c", "1A2e", "1A2f", "1A2m", "1A4a", "1A4b", "1A4ci", "1A1b", "1A1ci"),
    *("1A2b", "1A2d", "1A2g", "1A2h", "1A2i", "1A2j", "1A2k", "1A2l"),
)
UNITS = {"t": 1.0, "kt": 1e3, "1e4 t": 1e4}
"""Unit of the rows -> t."""
SUBSTANCES = ("CO2", "CH4", "N2O", "SO2", "NOx", "NMVOC", "CO", "PM10", "PM2.5", "BC")
"""Substances whose totals all sides compute."""
KEY = ("region", "year", "category", "activity")
COLUMNS = (*KEY, "quantity", "unit")
FIRST_REGION, LAST_YEAR = "150602", 2020
_FEW, _MANY = (2, 10, 10), (10, 20, 30)
"""Years, categories and fuels of the small and of the large table of cells."""
_MARGIN = 1.05
"""Share of disk asked for beyond what the sample says."""


@dataclass(frozen=True)
class Shape:
    """What the rows are spread over; the number of cells is the product.

    Examples
    --------
    >>> shape_of(1_800).cells, shape_of(660_000).cells
    (1800, 660000)
    """

    regions: tuple[str, ...]
    years: tuple[int, ...]
    categories: tuple[str, ...]
    fuels: tuple[str, ...]

    @property
    def cells(self) -> int:
        """Number of combinations of region, year, category and fuel."""
        return len(self.regions) * len(self.years) * len(self.categories) * len(self.fuels)


def shape_of(cells: int) -> Shape:
    """Return a shape with at least ``cells`` cells: few years, categories and fuels up to 9 regions, many beyond."""
    known = sorted(name for name in load_vocabulary().regions if len(name) == 6 and name.isdigit())
    own = known[known.index(FIRST_REGION) :] + known[: known.index(FIRST_REGION)]
    years, categories, fuels = _FEW if cells <= 9 * math.prod(_FEW) else _MANY
    regions = math.ceil(cells / (years * categories * fuels))
    if not 1 <= regions <= len(own):
        bound = len(own) * math.prod(_MANY)
        raise ResultError([Problem("bench_cells", found=f"{cells}", allowed=f"1 - {bound}")])
    return Shape(
        tuple(own[:regions]),
        tuple(range(LAST_YEAR - years + 1, LAST_YEAR + 1)),
        tuple(f"IPCC2006:{code}" for code in CATEGORIES[:categories]),
        FUELS[:fuels],
    )


def write_rows(path: Path, rows: int, shape: Shape, seed: int, group: int = GROUP, *, named: bool = False) -> None:
    """Write a Parquet file of made-up rows, the same bytes for the same arguments.

    Parameters
    ----------
    rows
        Number of rows; only one row group is in memory at a time.
    group
        Rows of a row group.
    named
        Give each row a name of its own, in a column ``facility``.

    Raises
    ------
    ResultError
        The disk has not enough room.
    """
    from pyarrow import parquet

    check_room(path.parent, disk_needed(rows, shape, seed, group, named=named))
    with parquet.ParquetWriter(path, _table(1, 0, shape, seed, named=named).schema) as writer:
        for table in _tables(rows, shape, seed, group, named=named):
            writer.write_table(table, row_group_size=group)


def disk_needed(rows: int, shape: Shape, seed: int, group: int = GROUP, *, named: bool = False) -> int:
    """Return the bytes a file of rows will take, from one row group written to memory."""
    from pyarrow import parquet

    sample = min(rows, group)
    held = io.BytesIO()
    parquet.write_table(_table(sample, 0, shape, seed, named=named), held)
    return math.ceil(len(held.getvalue()) / max(1, sample) * rows * _MARGIN)


def check_room(folder: Path, needed: int) -> None:
    """Raise where a disk has less room than is needed."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        facts = {"needed": f"{needed / 2**30:.1f}", "free": f"{free / 2**30:.1f}"}
        raise ResultError([Problem("bench_no_room", found=str(folder), facts=facts)])


def _tables(rows: int, shape: Shape, seed: int, group: int, *, named: bool) -> Iterator[pa.Table]:
    for number, start in enumerate(range(0, rows, group)):
        yield _table(min(group, rows - start), number, shape, seed, named=named)


def _table(rows: int, number: int, shape: Shape, seed: int, *, named: bool = False) -> pa.Table:
    """Return one row group; each has a random stream of its own."""
    import pyarrow as pa

    draw = np.random.default_rng([seed, number])

    def words(known: tuple[str, ...]) -> pa.Array:
        codes: npt.NDArray[np.int32] = draw.integers(0, len(known), rows, dtype=np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(known))

    table = pa.table(
        {
            "region": words(shape.regions),
            "year": pa.array(draw.integers(shape.years[0], shape.years[-1] + 1, rows, dtype=np.int64)),
            "category": words(shape.categories),
            "activity": words(shape.fuels),
            "quantity": pa.array(draw.lognormal(3, 1, rows)),
            "unit": words(tuple(UNITS)),
        }
    )
    if not named:
        return table
    names = pa.array(np.char.mod(f"{number:x}-%x", np.arange(rows)))
    return table.append_column("facility", names)

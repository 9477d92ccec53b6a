"""The column of quantities of a piece: numbers, and what stands in their place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from emissions.activity.cells import read_quantity

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
"""A text that is a number and nothing else."""
MISSING = "no_quantity"
"""Kind of a row that states no quantity."""


@dataclass(frozen=True)
class Column:
    """Quantities of rows.

    Attributes
    ----------
    values
        Numbers, 0 where there is none.
    usable
        Which rows have a number or a notation key; None where all have.
    notation, notation_codes
        Notation keys that occur, and for each row 0 for none or one more than the place of its key.
    kinds, kind_codes
        Codes of what is wrong, and for each row 0 for nothing or one more than the place of its kind.
    units, unit_codes
        Units that stand behind numbers, and for each row 0 for none or one more than the place of its unit.
    """

    values: npt.NDArray[np.float64]
    usable: npt.NDArray[np.bool_] | None = None
    notation: tuple[str, ...] = ()
    notation_codes: npt.NDArray[np.int32] | None = None
    kinds: tuple[str, ...] = ()
    kind_codes: npt.NDArray[np.int32] | None = None
    units: tuple[str, ...] = ()
    unit_codes: npt.NDArray[np.int32] | None = None

    def without(self, rows: npt.NDArray[np.bool_], kind: str) -> Column:
        """Return the quantities with some rows as not usable for a reason; what is wrong before stays the reason."""
        codes = np.zeros(len(rows), dtype=np.int32) if self.kind_codes is None else self.kind_codes.copy()
        rows = rows & (codes == 0)
        if not rows.any():
            return self
        codes[rows] = len(self.kinds) + 1
        return replace(self, usable=codes == 0, kinds=(*self.kinds, kind), kind_codes=codes)

    def notation_code(self, rows: int) -> npt.NDArray[np.int32]:
        """Return the number of each row's notation key, 0 for none."""
        return np.zeros(rows, dtype=np.int32) if self.notation_codes is None else self.notation_codes


def quantities_of(column: Any, decimal_comma: str) -> Column:
    """Return the quantities of a column of pyarrow.

    Parameters
    ----------
    column
        Numbers, or texts as people write them.
    decimal_comma
        How ``1,5`` is read (:class:`emissions.activity.given.Given`).
    """
    import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _of_texts(column.cast(kind), decimal_comma)
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)):
        return _of_texts(column.cast(pa.string()), decimal_comma, wrong=_WRONG.get(str(kind), "not_a_number"))
    if kind != pa.float64() or kind is not column.type:
        column = column.cast(pa.float64(), safe=False)
    if not column.null_count:
        return Column(column.to_numpy())
    missing = np.asarray(column.is_null())
    codes = missing.astype(np.int32)
    return Column(np.where(missing, 0.0, column.to_numpy()), ~missing, kinds=(MISSING,), kind_codes=codes)


_WRONG = {"bool": "truth_value_as_quantity", "date32[day]": "date_as_quantity"}


def _of_texts(column: Any, decimal_comma: str, *, wrong: str = "") -> Column:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    plain = np.asarray(compute.match_substring_regex(column, _NUMBER).fill_null(False))
    if wrong:
        plain[:] = False
    values = np.zeros(len(column))
    values[plain] = compute.cast(column.filter(pa.array(plain)), pa.float64()).to_numpy()
    other = np.flatnonzero(~plain)
    if not len(other):
        return Column(values)
    texts = compute.dictionary_encode(column.take(pa.array(other)).fill_null(""))
    codes = texts.indices.to_numpy()
    words = texts.dictionary.to_pylist()
    readings = [read_quantity(word, from_text_file=True, decimal_comma=decimal_comma) for word in words]
    kinds: dict[str, int] = {}
    notation: dict[str, int] = {}
    units: dict[str, int] = {}
    kind_of, notation_of, unit_of = (np.zeros(len(words), dtype=np.int32) for _ in range(3))
    value_of = np.zeros(len(words))
    for number, reading in enumerate(readings):
        problem = reading.problem or (MISSING if reading.blank else "")
        problem = wrong if wrong and not reading.blank else problem
        if problem:
            kind_of[number] = kinds.setdefault(problem, len(kinds)) + 1
        elif reading.notation:
            notation_of[number] = notation.setdefault(reading.notation, len(notation)) + 1
        else:
            value_of[number] = reading.value
            if reading.unit:
                unit_of[number] = units.setdefault(reading.unit, len(units)) + 1
    values[other] = value_of[codes]
    spread = np.zeros((3, len(column)), dtype=np.int32)
    spread[:, other] = np.stack([notation_of, kind_of, unit_of])[:, codes]
    usable = spread[1] == 0 if kinds else None
    return Column(
        values, usable, tuple(notation), spread[0], tuple(kinds), spread[1], tuple(units), spread[2] if units else None
    )

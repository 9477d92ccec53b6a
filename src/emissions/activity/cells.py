"""What one cell says: a number, a share, a year, a text, or nothing.

Text is read where it has one reading and refused where it has two. Every function works on one distinct
cell value; callers map columns through the distinct values, not row by row.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from emissions.activity.workbook import Cell

NOTATION_KEYS = ("NE", "NO", "NA", "IE", "C")
"""Not estimated, not occurring, not applicable, included elsewhere, confidential."""
FIRST_YEAR, LAST_YEAR = 1950, 2100
"""Years outside are taken for a slip of the pen."""

_DASHES = frozenset("-‐‑‒–—―−－﹣")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<digits>\d[\d,'’ ]*(?:\.\d*)?|\.\d+)(?P<power>[eE][+-]?\d+)?\s*(?P<rest>.*)", re.DOTALL
)
_GROUPED = re.compile(r"\d{1,3}(?:[,'’ ]\d{3})+(?:\.\d+)?$")
_PLAIN = re.compile(r"(?:\d+\.?\d*|\.\d+)$")
_YEAR = re.compile(r"(\d{4})(?:\.0+)?\s*年?度?$")


class Reading(NamedTuple):
    """What a quantity cell says.

    Attributes
    ----------
    value
        The number, NaN if there is none.
    unit
        Text that stood behind the number.
    notation
        Notation key that stands instead of a number.
    problem
        Code of what is wrong, blank if nothing is.
    said
        Code of what is worth saying about the reading, blank if nothing is.
    blank
        The cell states nothing.
    """

    value: float = math.nan
    unit: str = ""
    notation: str = ""
    problem: str = ""
    said: str = ""
    blank: bool = False


BLANK = Reading(blank=True)


def text_of(cell: Cell) -> str:
    """Return a cell as stripped text; whole numbers without decimals.

    Examples
    --------
    >>> text_of(150100.0), text_of("  a "), text_of(None)
    ('150100', 'a', '')
    """
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell states nothing: empty, spaces, or only dashes.

    Examples
    --------
    >>> is_blank("—"), is_blank(" "), is_blank(0)
    (True, True, False)
    """
    if not isinstance(cell, str):
        return cell is None
    return not cell[:1].isalnum() and all(letter in _DASHES or letter.isspace() for letter in cell)


def read_quantity(cell: Cell, *, from_text_file: bool = False, decimal_comma: str = "refuse") -> Reading:
    """Read the cell of a quantity.

    Parameters
    ----------
    cell
        As the reader of the file gave it.
    from_text_file
        All cells are text: a plain number as text is then nothing to speak of.
    decimal_comma
        What ``1,5`` means: ``refuse`` (it has two readings), ``decimal`` or ``thousands``.

    Examples
    --------
    >>> read_quantity("1,234.5").value, read_quantity("12.3 万吨").unit, read_quantity("1,5").problem
    (1234.5, '万吨', 'number_ambiguous')
    """
    if isinstance(cell, bool):
        return Reading(problem="truth_value_as_quantity")
    if isinstance(cell, int | float):
        return Reading(float(cell)) if math.isfinite(cell) else Reading(problem="not_finite")
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        return Reading(problem="date_as_quantity")
    if is_blank(cell):
        return BLANK
    return _read_text(str(cell), from_text_file, decimal_comma)


@lru_cache(maxsize=65_536)
def _read_text(text: str, from_text_file: bool, decimal_comma: str) -> Reading:
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    if plain.upper() in NOTATION_KEYS:
        return Reading(notation=plain.upper())
    if plain.startswith("#"):
        return Reading(problem="error_value")
    if plain.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        return Reading(problem="not_finite")
    reading = _read_number(plain, decimal_comma)
    as_written = from_text_file and not reading.unit and plain == text.strip() and "," not in text
    return reading._replace(said="" if as_written or reading.problem else "number_as_text")


def _read_number(plain: str, decimal_comma: str) -> Reading:
    """Read half-width text as a number and what stands behind it."""
    match = _NUMBER.fullmatch(plain)
    rest = match["rest"].strip() if match else ""
    if match is None or rest[:1].isdigit() or (rest and rest[0] in ".,-~/"):
        return Reading(problem="not_a_number")
    digits = _ungrouped(match["digits"].strip(), decimal_comma)
    if digits is None:
        return Reading(problem="number_ambiguous")
    value = float(f"{match['sign']}{digits}{match['power'] or ''}")
    return Reading(value, unit=rest) if math.isfinite(value) else Reading(problem="not_finite")


def _ungrouped(digits: str, decimal_comma: str) -> str | None:
    """Return the digits without thousands separators, None where the marks have two readings."""
    if _PLAIN.fullmatch(digits):
        return digits
    if _GROUPED.fullmatch(digits):
        return re.sub(r"[,'’ ]", "", digits)
    if re.fullmatch(r"\d+,\d+", digits):
        if decimal_comma == "decimal":
            return digits.replace(",", ".")
        if decimal_comma == "thousands":
            return digits.replace(",", "")
    return None


def read_share(cell: Cell, *, percent_column: bool) -> Reading:
    """Read the cell of a share; the value is a fraction.

    ``0.85`` and ``85 %`` are clear anywhere. A number above 1 without a percent sign is clear only in a
    column whose heading or unit says percent; in such a column a number up to 1 is doubtful and said.

    Examples
    --------
    >>> read_share("85%", percent_column=False).value, read_share(85, percent_column=False).problem
    (0.85, 'percent_or_fraction')
    """
    reading = read_quantity(cell)
    if reading.blank or reading.problem or reading.notation:
        return reading
    if reading.unit == "%":
        return Reading(reading.value / 100.0)
    if reading.unit:
        return Reading(problem="not_a_number")
    if percent_column:
        return Reading(reading.value / 100.0, said="small_percent" if 0 < abs(reading.value) <= 1 else "")
    if abs(reading.value) > 1:
        return Reading(problem="percent_or_fraction")
    return Reading(reading.value)


def read_year(cell: Cell) -> int | None:
    """Return a year, None where the cell holds none.

    Examples
    --------
    >>> read_year(2020.0), read_year("2020年"), read_year("20-21")
    (2020, 2020, None)
    """
    match = _YEAR.fullmatch(unicodedata.normalize("NFKC", text_of(cell)))
    return int(match[1]) if match else None


def column_letters(number: int) -> str:
    """Return the letters of a one-based column.

    Examples
    --------
    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

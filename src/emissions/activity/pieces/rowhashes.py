"""Hashes of the texts of columns, 128 bits each, made from the bytes of whole columns at once.

The same text has the same hash however a column holds it: as text, as codes of a dictionary, as numbers. Texts are
taken in words of eight bytes; each word goes into two sums of 64 bits that are mixed by finalisers with full avalanche:
that of SplitMix64 (variant 13 of D. Stafford, Better Bit Mixing, 2011) and that of MurmurHash3 (A. Appleby). The
length goes in first. Both finalisers are bijections: texts of the same length up to eight bytes never share a hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from emissions.activity.cells import text_of
from emissions.activity.pieces.accumulate import bounds
from emissions.activity.pieces.kernel import coded_column

Hashes = npt.NDArray[np.uint64]
Stated = npt.NDArray[np.bool_]

_BLOCK = 1 << 14
"""Rows mixed together: what they need stays in the cache of a processor."""
_FEW = 1 << 16
"""Range of whole numbers whose texts are hashed once a number."""
_BYTES = 8
_SHORTEST = (1e-4, 1e10)
"""Size of numbers with a fraction that pyarrow writes as Python does, without an exponent."""
_WHOLE = 2.0**63
_MASKS = np.array([(1 << (8 * count)) - 1 for count in range(_BYTES + 1)], dtype=np.uint64)
"""Keeps the first bytes of a word."""
_SPACE = "".join(filter(str.isspace, map(chr, range(0x110000))))


@dataclass(frozen=True)
class _Mixer:
    """A finaliser of 64 bits: shift, multiply, shift, multiply, shift."""

    shifts: tuple[int, int, int]
    factors: tuple[int, int]

    def __call__(self, sums: Hashes) -> None:
        """Mix sums in place."""
        room = np.empty_like(sums)
        for shift, factor in zip(self.shifts, (*self.factors, None), strict=True):
            np.right_shift(sums, np.uint64(shift), out=room)
            sums ^= room
            if factor is not None:
                sums *= np.uint64(factor)


_FIRST = _Mixer((30, 27, 31), (0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_SECOND = _Mixer((33, 33, 33), (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53))


@dataclass(frozen=True)
class Pair:
    """Two hashes a row."""

    one: Hashes
    two: Hashes

    def take(self, rows: Any) -> Pair:
        """Return the hashes of some rows."""
        return Pair(self.one[rows], self.two[rows])

    def mix(self, one: Hashes, two: Hashes) -> None:
        """Take one more word of each row in."""
        self.one.__ixor__(one)
        self.two.__iadd__(two)
        _FIRST(self.one)
        _SECOND(self.two)


def blanks(rows: int) -> tuple[Pair, Stated]:
    """Return the hashes of a column of blanks, and that none is stated."""
    pair = _zeros(1)
    pair.mix(*(np.zeros(1, dtype=np.uint64),) * 2)
    return pair.take(np.zeros(rows, dtype=np.int64)), np.zeros(rows, dtype=bool)


def mixed(columns: Sequence[Pair]) -> Pair:
    """Return one pair a row, made from those of several columns in order; one column keeps its own."""
    if len(columns) == 1:
        return columns[0]
    sums = _zeros(len(columns[0].one))
    for column in columns:
        for mine, own in zip(_blocks(sums), _blocks(column), strict=True):
            mine.mix(own.one, own.two)
    return sums


def _zeros(rows: int) -> Pair:
    return Pair(np.zeros(rows, dtype=np.uint64), np.zeros(rows, dtype=np.uint64))


def _blocks(pair: Pair) -> Iterator[Pair]:
    """Yield views of :data:`_BLOCK` rows."""
    for low in range(0, len(pair.one), _BLOCK):
        yield pair.take(slice(low, low + _BLOCK))


def column_hashes(column: Any) -> tuple[Pair, Stated]:
    """Return the hashes of the texts of a column of pyarrow, and which of them are not blank.

    A text is stripped; a number is as :func:`emissions.activity.cells.text_of` writes it; a null is blank.
    """
    parts = [_array_hashes(chunk) for chunk in column.chunks if len(chunk)]
    if len(parts) == 1:
        return parts[0]
    none = np.empty(0, dtype=np.uint64)
    return (
        Pair(*(np.concatenate([none, *(getattr(part, name) for part, _ in parts)]) for name in ("one", "two"))),
        np.concatenate([np.empty(0, dtype=bool), *(stated for _, stated in parts)]),
    )


def _array_hashes(array: Any) -> tuple[Pair, Stated]:
    import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it

    for fits, way in (
        (pa.types.is_dictionary, _of_codes),
        (pa.types.is_string, text_hashes),
        (pa.types.is_large_string, text_hashes),
        (pa.types.is_integer, _of_integers),
        (pa.types.is_floating, _of_floats),
    ):
        if fits(array.type):
            found: tuple[Pair, Stated] = way(array)
            return found
    coded = coded_column(pa.chunked_array([array]))
    pair, stated = text_hashes(pa.array(coded.words, pa.string()))
    return pair.take(coded.codes), stated[coded.codes]


def _of_codes(array: Any) -> tuple[Pair, Stated]:
    import pyarrow as pa  # noqa: PLC0415

    words = array.dictionary
    codes = array.indices
    if codes.null_count:  # a null is one word more
        codes = codes.cast(pa.int64()).fill_null(len(words))
        words = pa.concat_arrays([words, pa.nulls(1, words.type)])
    pair, stated = _array_hashes(words)
    places = codes.to_numpy(zero_copy_only=False)
    return pair.take(places), stated[places]


def _of_integers(array: Any) -> tuple[Pair, Stated]:
    import pyarrow as pa  # noqa: PLC0415

    if not array.null_count:
        plain = array.to_numpy()
        low, high = map(int, bounds(plain))
        if high - low < _FEW and high < _WHOLE:
            pair, stated = text_hashes(pa.array(list(map(str, range(low, high + 1))), pa.string()))
            places = plain.astype(np.int64) - low
            return pair.take(places), stated[places]
    return text_hashes(array.cast(pa.string()))


def _of_floats(array: Any) -> tuple[Pair, Stated]:
    """Hash numbers as they would stand in a text: whole ones without decimals, others with the fewest digits."""
    import pyarrow as pa  # noqa: PLC0415

    array = array.cast(pa.float64())
    values = array.to_numpy(zero_copy_only=False)
    size = np.abs(values)
    whole = (values == np.floor(values)) & (size < _WHOLE)
    plain = ~whole & (size >= _SHORTEST[0]) & (size < _SHORTEST[1])
    pair = _zeros(len(values))
    stated = np.zeros(len(values), dtype=bool)
    ways: tuple[tuple[Stated, Callable[[npt.NDArray[np.float64]], Any]], ...] = (
        (whole, lambda some: pa.array(some.astype(np.int64)).cast(pa.string())),
        (plain, lambda some: pa.array(some).cast(pa.string())),
        (~(whole | plain), lambda some: pa.array([text_of(value) for value in some.tolist()], pa.string())),
    )
    for which, texts in ways:
        if which.any():
            some, stated[which] = text_hashes(texts(values[which]))
            pair.one[which], pair.two[which] = some.one, some.two
    return pair, stated


def text_hashes(texts: Any) -> tuple[Pair, Stated]:
    """Return the hashes of the stripped texts of an array of pyarrow, and which of them are not blank.

    Examples
    --------
    >>> import pyarrow as pa
    >>> pair, stated = text_hashes(pa.array(["厂1", " 厂1 ", "厂2", ""]))
    >>> bool(pair.one[0] == pair.one[1]), bool(pair.one[0] == pair.one[2]), stated.tolist()
    (True, False, [True, True, True, False])
    """
    from pyarrow import compute  # noqa: PLC0415

    if texts.null_count:
        texts = texts.fill_null("")
    texts = compute.utf8_trim(texts, characters=_SPACE)
    kind = np.int32 if str(texts.type) == "string" else np.int64
    places = np.frombuffer(texts.buffers()[1], dtype=kind)[texts.offset : texts.offset + len(texts) + 1]
    content = texts.buffers()[2]
    known = np.frombuffer(content, dtype=np.uint8) if content is not None else np.empty(0, dtype=np.uint8)
    padded = np.zeros(int(places[-1]) + _BYTES, dtype=np.uint8)
    padded[: places[-1]] = known[: places[-1]]
    words: Hashes = np.ndarray((len(padded) - _BYTES + 1,), dtype=np.uint64, buffer=padded.data, strides=(1,))
    pair = _zeros(len(texts))
    for number, block in enumerate(_blocks(pair)):
        start = places[number * _BLOCK : (number + 1) * _BLOCK + 1].astype(np.int64)
        _mix_texts(block, words, start[:-1], np.diff(start))
    return pair, np.diff(places) > 0


def _mix_texts(sums: Pair, words: Hashes, start: npt.NDArray[np.int64], length: npt.NDArray[np.int64]) -> None:
    """Mix the words of texts into sums, a word of every text at a time."""
    size = length.astype(np.uint64)
    sums.mix(size, size)
    shortest, longest = int(length.min()), int(length.max())
    for done in range(0, longest, _BYTES):
        if shortest >= done + _BYTES:
            word = words[start + done]
            sums.mix(word, word)
        elif shortest > done:
            word = words[start + done] & _MASKS[np.minimum(length - done, _BYTES)]
            sums.mix(word, word)
        else:
            rows = np.flatnonzero(length > done)
            word = words[start[rows] + done] & _MASKS[np.minimum(length[rows] - done, _BYTES)]
            some = sums.take(rows)
            some.mix(word, word)
            sums.one[rows], sums.two[rows] = some.one, some.two

"""Answers to requests: kept once for all keys that are alike, looked up for any key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emissions.factors.match import NO, Codes
from emissions.factors.request import Matched, Request


class Answers:
    """What was answered, one element a request and class of keys; requests that were taken up together share classes.

    Parameters
    ----------
    size
        Number of keys.
    """

    def __init__(self, size: int) -> None:
        self.number: dict[Request, int] = {}
        self._begin = np.empty(0, dtype=np.int64)
        self._classes = np.empty(0, dtype=np.int64)
        self._of_key = np.empty((0, size), dtype=np.int64)
        self._all = _nothing(0)

    def take_up(self, requests: Sequence[Request], of_key: Codes, classes: int) -> Matched:
        """Return the room for the answers to new requests, request after request, nothing found yet.

        Parameters
        ----------
        of_key
            Class of each key.
        classes
            How many there are.
        """
        first, before = len(self.number), len(self._all.row)
        self.number |= {request: first + number for number, request in enumerate(requests)}
        self._begin = np.append(self._begin, before + classes * np.arange(len(requests)))
        self._classes = np.append(self._classes, np.full(len(requests), len(self._of_key)))
        self._of_key = np.vstack([self._of_key, of_key])
        room, old = _nothing(before + classes * len(requests)), self._all
        for new, known in ((room.row, old.row), (room.rival, old.rival), (room.earlier, old.earlier)):
            new[:before] = known
        room.value[:before] = old.value
        self._all = room
        return Matched(room.row[before:], room.rival[before:], room.value[before:], room.earlier[before:])

    def at(self, number: Codes | np.int64, keys: Codes) -> Matched:
        """Return the answers for some keys, each to the request of a number (one for all, or one a key)."""
        place = self._begin[number] + self._of_key[self._classes[number], keys]
        found = self._all
        return Matched(found.row[place], found.rival[place], found.value[place], found.earlier[place])


def _nothing(size: int) -> Matched:
    none = np.full(size, NO, dtype=np.int64)
    return Matched(none, none.copy(), np.full(size, np.nan), np.zeros(size, dtype=bool))

"""A cluster of ``dask.distributed`` as what reads pieces of files; nothing of it is imported here.

Its futures carry our sums: neighbours are added where they are, in the tree that threads use, and only the last sum
comes back. A worker that is lost is no matter: its pieces are read again, and the tree is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from emissions.activity.pieces.part import FAN, Part, PieceFacts, fold

Item = TypeVar("Item")
Result = TypeVar("Result")


def is_client(executor: object) -> bool:
    """Tell whether an executor is a client of ``dask.distributed``."""
    return any(
        each.__name__ == "Client" and each.__module__.partition(".")[0] == "distributed"
        for each in type(executor).__mro__
    )


def results_in_order(client: Any, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield the results of a function in the order of its arguments."""
    futures = client.map(function, items, pure=False)
    while futures:
        yield futures.pop(0).result()


def summed_on_cluster(
    client: Any, function: Callable[[Item], Part], items: Sequence[Item], tell: Callable[[PieceFacts, Item], None]
) -> Part | None:
    """Return the sum of the parts of all items; each level of the tree adds :data:`FAN` neighbours.

    Parameters
    ----------
    tell
        Is called with what is known of each piece as it is read, in order.
    """
    level = client.map(function, items, pure=False)
    facts = client.map(_facts, level, pure=False)
    while len(level) > 1:
        level = [client.submit(fold, level[low : low + FAN], pure=False) for low in range(0, len(level), FAN)]
    for one, item in zip(facts, items, strict=True):
        tell(one.result(), item)
    total: Part | None = level[0].result() if level else None
    return total


def _facts(part: Part) -> PieceFacts:
    return part.facts[0]

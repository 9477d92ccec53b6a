"""What reads pieces of files: threads of this process, or anything that maps a function over them in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor as FutureExecutor
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from emissions.activity.pieces.cluster import is_client, results_in_order, summed_on_cluster
from emissions.activity.pieces.part import Part, PieceFacts, Tree

Item = TypeVar("Item")
Result = TypeVar("Result")

BATCH = 32
"""So many pieces at once are given to an executor that can only map."""


class Executor(Protocol):
    """Anything that maps a function over arguments and gives the results in their order."""

    def map(self, function: Callable[..., Any], /, *arguments: Iterable[Any]) -> Iterable[Any]:
        """Return the results in the order of the arguments."""


def threads_of(asked: int | None) -> int:
    """Return how many threads read: as many as there are processors if it is not said."""
    return asked or os.cpu_count() or 1


def in_order(
    function: Callable[[Item], Result], items: Sequence[Item], executor: Executor | None, threads: int | None
) -> Iterator[Result]:
    """Yield the results in order; only a few are under way or waiting at any time.

    Parameters
    ----------
    function
        Is sent to where the executor works.
    items
        Its arguments.
    executor
        None: threads of this process.
    threads
        How many; as many as there are processors if not given.
    """
    if is_client(executor):
        yield from results_in_order(executor, function, items)
    elif executor is None:
        count = max(1, min(threads_of(threads), len(items)))
        with ThreadPoolExecutor(max_workers=count) as pool:
            yield from _windowed(function, items, pool, count + 1)
    elif isinstance(executor, FutureExecutor):
        count = int(getattr(executor, "_max_workers", os.cpu_count() or 1))
        yield from _windowed(function, items, executor, count + 2)
    else:
        for low in range(0, len(items), BATCH):
            yield from executor.map(function, items[low : low + BATCH])


def _windowed(
    function: Callable[[Item], Result], items: Sequence[Item], executor: FutureExecutor, window: int
) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    left = iter(items)
    try:
        for item in left:
            waiting.append(executor.submit(function, item))
            if len(waiting) >= window:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def summed(
    function: Callable[[Item], Part],
    items: Sequence[Item],
    executor: Executor | None,
    threads: int | None,
    tell: Callable[[PieceFacts, Item], None],
) -> Part | None:
    """Return the sum of the parts of all items, added in one tree whatever the executor; None where there is none.

    Parameters
    ----------
    tell
        Is called with what is known of each piece as it is read, in order.
    """
    if is_client(executor):
        return summed_on_cluster(executor, function, items, tell)
    tree = Tree()
    for part, item in zip(in_order(function, items, executor, threads), items, strict=True):
        tell(part.facts[0], item)
        tree.add(part)
    return tree.total()

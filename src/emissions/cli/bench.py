"""``emissions bench``: how fast it is here, stage by stage, and beside other tools."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress

if TYPE_CHECKING:
    from emissions.bench import Figures, Plan


class _Rows(click.ParamType[int]):
    """A number of rows, such as 1e6."""

    name = "ROWS"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        try:
            number = float(str(value))
        except ValueError:
            number = 0.0
        if not (1 <= number < 1e12 and number == int(number)):
            self.fail(f"{value} (1e6, 1000000)", param, ctx)
        return int(number)


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        sizes: tuple[int, ...],
        cells: int,
        peers: bool,
        duplicates: bool,
        threads: int | None,
        repeats: int,
        seed: int,
        kernel: str | None,
        out: Path | None,
        keep: Path | None,
        as_markdown: bool,
    ) -> int:
        from emissions.bench import Plan
        from emissions.bench.machine import cores

        plans = [
            Plan(size, cells, peers, duplicates, threads or cores(), repeats, seed, kernel or "")
            for size in sizes or (1_000_000,)
        ]
        return bench(session, plans, out, keep, as_markdown=as_markdown)

    positive = click.IntRange(min=1)
    return make(
        "bench",
        session,
        callback,
        [
            option(session, "--size", "sizes", text="bench_size", type=_Rows(), multiple=True),
            option(session, "--cells", text="bench_cells", type=_Rows(), default=1_800, show_default=True),
            option(session, "--peers", text="bench_peers", is_flag=True),
            option(session, "--duplicates", text="bench_duplicates", is_flag=True),
            option(session, "--threads", text="threads", type=positive),
            option(session, "--repeats", text="bench_repeats", type=positive, default=5, show_default=True),
            option(session, "--seed", text="bench_seed", type=click.IntRange(min=0), default=2026, show_default=True),
            option(session, "--kernel", text="bench_kernel", type=click.Choice(["numpy", "numba"])),
            option(session, "--json", "out", text="bench_json", type=click.Path(path_type=Path), metavar="FILE"),
            option(session, "--keep", text="bench_keep", type=click.Path(path_type=Path), metavar="DIR"),
            option(session, "--markdown", "as_markdown", text="bench_markdown", is_flag=True),
        ],
    )


def bench(session: Session, plans: list[Plan], out: Path | None, keep: Path | None, *, as_markdown: bool) -> int:
    """Measure and print; return the exit code."""
    with _folder(keep) as folder:
        for plan in plans:
            _say_room(session, plan, folder)
        with progress(session) as doing:
            from emissions.bench import measure

            runs = [measure(plan, folder, doing) for plan in plans]
    if out is not None:
        records = [run.record() for run in runs]
        out.write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _print(session, runs, as_markdown=as_markdown)
    if keep is not None:
        from emissions.vocabulary import message

        click.echo(message("bench.kept", session.language, folder=keep), err=True)
    return 0


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Give the folder to keep, or one that goes when the block ends."""
    import tempfile

    if keep is None:
        with tempfile.TemporaryDirectory(prefix="emissions-bench-") as folder:
            yield Path(folder)
        return
    keep.mkdir(parents=True, exist_ok=True)
    yield keep


def _say_room(session: Session, plan: Plan, folder: Path) -> None:
    """Say on standard error how much disk the data need; refuse where it has not enough."""
    import shutil

    from emissions.bench.generate import check_room, disk_needed, shape_of
    from emissions.bench.rounds import ROW_BYTES
    from emissions.bench.tables import bytes_text
    from emissions.vocabulary import message

    kinds = (False, True) if plan.duplicates else (False,)
    needed = sum(disk_needed(plan.rows, shape_of(plan.cells), plan.seed, named=named) for named in kinds)
    needed += plan.rows * ROW_BYTES if plan.by_row else 0
    free = bytes_text(shutil.disk_usage(folder).free)
    said = message("bench.needed", session.language, needed=bytes_text(needed), free=free, folder=folder)
    click.echo(said, err=True)
    check_room(folder, needed)


def _print(session: Session, runs: list[Figures], *, as_markdown: bool) -> None:
    from emissions.bench.tables import machine_text, markdown, print_figures, versions_text
    from emissions.report.console import console, text

    if as_markdown:
        click.echo(markdown(runs, session.language), nl=False)
        return
    screen = console()
    screen.print(text(machine_text(runs[0], session.language)))
    screen.print(text(versions_text(runs[0]), "quiet"))
    print_figures(runs, screen, session.language)

"""``python -m benchmarks [--smoke] [--json FILE] [NAME ...]``: run the benchmarks and print the ratios."""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks import city, million, scenarios, startup
from benchmarks.registry import Benchmark, run

BENCHMARKS: tuple[Benchmark, ...] = (
    startup.HELP,
    city.CITY,
    million.MILLION,
    scenarios.SCENARIOS,
    scenarios.DRAWS,
)
LIBRARIES = ("numpy", "pandas", "pint", "pyarrow", "python-calamine", "xlsxwriter", "click")


def main() -> None:
    """Run what is asked for; a target that is missed is said, not asserted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="benchmarks to run; all of them if none is named")
    parser.add_argument("--smoke", action="store_true", help="small sizes, one pair each: does it run at all?")
    parser.add_argument("--repeats", type=int, default=5, help="pairs of each benchmark")
    parser.add_argument("--json", type=Path, help="write the figures to a file as well")
    options = parser.parse_args()
    chosen = [one for one in BENCHMARKS if not options.names or one.name in options.names]
    print(
        f"{platform.machine()}, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    )
    results = {}
    for benchmark in chosen:
        with tempfile.TemporaryDirectory() as folder:
            figures = run(benchmark, Path(folder), repeats=1 if options.smoke else options.repeats, smoke=options.smoke)
        word = ">=" if benchmark.at_least else "<="
        met = figures.ratio >= benchmark.target if benchmark.at_least else figures.ratio <= benchmark.target
        note = "" if options.smoke else (" met" if met else " MISSED")
        print(
            f"{benchmark.name}: {benchmark.what}\n  ours {statistics.median(figures.ours):.3f} s, "
            f"other {statistics.median(figures.theirs):.3f} s, ratio {figures.ratio:.2f} "
            f"(target {word} {benchmark.target:g}{note})"
        )
        results[benchmark.name] = {
            "ours": figures.ours,
            "other": figures.theirs,
            "ratio": figures.ratio,
            "target": benchmark.target,
        }
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

"""The difference of two results by cause, for the terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from emissions.engine import Run
from emissions.inventory import compare, gwp_values
from emissions.report.console import text
from emissions.report.explanation import finite
from emissions.report.numbers import Scale, share
from emissions.report.words import Words
from emissions.vocabulary import Language, load_vocabulary

_CAUSES = ("quantity", "factor", "method", "scope")
_NUMBERS = ["first", "second", "difference", *_CAUSES]
_ROWS = 15
_TABLES = {"activity": "activities", "region": "regions", "use": "uses"}


def differences(first: Run, second: Run, substances: Sequence[str], by: Sequence[str]) -> pd.DataFrame:
    """Return the differences of some substances by cause: ``substance`` beside the columns of ``compare``.

    The cause that is the quantity stands in ``quantity``.
    """
    parts = []
    for substance in substances:
        part = compare(first, second, substance, by=by)
        if "quantity" not in part:
            part = part.rename(columns={"activity": "quantity"})
        parts.append(part.assign(substance=substance))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def shared_substances(first: Run, second: Run) -> list[str]:
    """Return the substances of either result in the order of the vocabulary."""
    present = set(first.counted["substance"].astype(str)) | set(second.counted["substance"].astype(str))
    return [name for name in load_vocabulary().substances if name in present]


def print_comparison(table: pd.DataFrame, by: Sequence[str], console: Console, language: Language, metric: str) -> None:
    """Print the difference of each substance by cause, and the cells that differ most."""
    words = Words(language)
    console.print()
    causes = table.groupby("substance", sort=False)[_NUMBERS].sum()
    _print_substances(causes, console, words)
    if not len(table) or not np.any(np.abs(table["difference"]) > 0):
        console.print(text(words.text("compare.same"), "good"))
        return
    weighed, unit = _weighed(table, metric)
    chosen = weighed.groupby(list(by), sort=False, observed=True, dropna=False)[_NUMBERS].sum().reset_index()
    largest = chosen.loc[chosen["difference"].abs().sort_values(ascending=False, kind="stable").index].head(_ROWS)
    largest = largest[largest["difference"] != 0]
    _print_cells(largest, by, unit, console, words)


def comparison_json(table: pd.DataFrame, by: Sequence[str]) -> str:
    """Return the differences as JSON."""
    columns = ["substance", *by, "first", "second", *_CAUSES, "difference"]
    return json.dumps(
        finite({"differences": table[columns].to_dict("records")}), ensure_ascii=False, indent=1, default=str
    )


def _weighed(table: pd.DataFrame, metric: str) -> tuple[pd.DataFrame, str]:
    """Return the rows in CO2 equivalents where there are several greenhouse gases, else of the first substance."""
    names = list(dict.fromkeys(table["substance"]))
    gwp = gwp_values(metric, [name for name in names if load_vocabulary().substances[name]["group"] == "ghg"])
    if len(names) == 1 or not gwp:
        return table[table["substance"] == names[0]], names[0]
    gases = table[table["substance"].isin(gwp)]
    weights = gases["substance"].map(gwp).to_numpy(dtype=np.float64)
    weighed = gases.assign(**{name: gases[name] * weights for name in _NUMBERS})
    by = [name for name in table.columns if name not in {*_NUMBERS, "substance"}]
    return weighed.groupby(by, sort=False, observed=True, dropna=False)[
        _NUMBERS
    ].sum().reset_index(), f"CO2e ({metric})"


def _print_substances(causes: pd.DataFrame, console: Console, words: Words) -> None:
    table = Table(
        box=box.SIMPLE_HEAD,
        title=words.text("compare.title"),
        title_style="heading",
        title_justify="left",
        pad_edge=False,
    )
    table.add_column(words.text("heading.substance"))
    for name in ("first", "second", "difference"):
        table.add_column(words.text(f"heading.{name}"), justify="right", no_wrap=True)
    table.add_column("%", justify="right", no_wrap=True)
    for name in _CAUSES:
        table.add_column(words.named("cause", name), justify="right", no_wrap=True)
    table.add_column("")
    for substance, row in causes.iterrows():
        scale = Scale.of([row["first"], row["second"]], words.language)
        relative = share(row["difference"] / row["first"]) if row["first"] else "–"
        cells = [scale.show(float(row[name])) for name in ("first", "second", "difference")]
        table.add_row(
            text(substance),
            *map(text, cells),
            text(relative),
            *(text(_shown(row[name], scale)) for name in _CAUSES),
            text(scale.unit, "quiet"),
        )
    console.print(table)


def _print_cells(largest: pd.DataFrame, by: Sequence[str], unit: str, console: Console, words: Words) -> None:
    scale = Scale.of([*largest["difference"], *largest["first"]], words.language)
    table = Table(
        box=box.SIMPLE_HEAD,
        title=words.text("compare.largest", unit=unit, scale=scale.unit),
        title_style="heading",
        title_justify="left",
        pad_edge=False,
    )
    for name in by:
        table.add_column(
            words.text(f"heading.{name}")
            if name not in load_vocabulary().conditions
            else words.label("conditions", name)
        )
    for name in ("first", "second", "difference"):
        table.add_column(words.text(f"heading.{name}"), justify="right", no_wrap=True)
    for name in _CAUSES:
        table.add_column(words.named("cause", name), justify="right", no_wrap=True)
    for row in largest.to_dict("records"):
        cells = [text(_named(name, str(row[name]), words)) for name in by]
        cells += [text(scale.show(float(row[name]))) for name in ("first", "second", "difference")]
        table.add_row(*cells, *(text(_shown(row[name], scale)) for name in _CAUSES))
    console.print(table)


def _shown(value: float, scale: Scale) -> str:
    return scale.show(float(value)) if value else ""


def _named(column: str, value: str, words: Words) -> str:
    if column == "category":
        return words.category(value)
    return words.label(_TABLES.get(column, column), value)

"""Set the example inventory of Inner Mongolia 2020 against that of CEADs, and say where the difference comes from.

Writes ``docs/background/ceads-2020.md``. The CEADs case (inputs, factors, emissions by sector and fuel) is no part of
the repository and is given as a folder::

    python docs/scripts/compare_ceads.py CASE_FOLDER

Per fuel and group of sectors the emission is counted quantity x factor on both sides. The difference is taken apart in
steps whose effects sum to it exactly: quantities first (at the factor of CEADs), factors last (at our quantity). The
factor of coal is taken apart further, by logarithmic means, into calorific value and carbon content x oxidation.
"""  # noqa: INP001

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from emissions.activity import ActivityTable, read_activity
from emissions.engine import Run, calculate
from emissions.factors import load_factors
from emissions.vocabulary import Language, label, load_vocabulary

ROOT = Path(__file__).resolve().parents[2]
WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
FACTOR_SET = "cn-2026.1"
MT = 1e6
PLANTS, INDUSTRY, POWER_SECTOR = "power_and_heat", "industry", 39
OF_PLANTS = ("Thermal Power", "Heating Supply")
RAW_COAL_OF_YEARBOOK = "cesy-ncv-raw-coal"
SHOWN = 0.005 * MT
"""Effects below this print as zero."""

Effect = tuple[str, str, str, float]


@dataclass(frozen=True)
class Comparison:
    """Both totals and the effects between them, in t of CO2.

    Attributes
    ----------
    ours, ceads
        Fuel -> CO2 of energy.
    effects
        fuel, sector, cause, effect: the effects sum to the difference of the totals.
    """

    ours: pd.Series[float]
    ceads: pd.Series[float]
    effects: pd.DataFrame

    @property
    def difference(self) -> float:
        """Our total less that of CEADs."""
        return float(self.ours.sum() - self.ceads.sum())


def compare(case: Path, workbook: Path) -> Comparison:
    """Return the comparison of a workbook under the factor set with a CEADs case."""
    read = read_activity(workbook)
    run = calculate(read, load_factors(FACTOR_SET))
    rows = our_rows(read, run)
    burnt = rows["use"].eq("combustion")
    other = rows[~burnt & rows["status"].eq("ok")].groupby("fuel")["emission"].sum()
    table = our_sums(rows[burnt]).join(ceads_sums(case), how="outer").fillna(0.0).reset_index()
    values = calorific_values(run, case)
    effects = [effect for _, row in table.iterrows() for effect in effects_of(row, values)]
    effects += [(str(fuel), "", "not_fuel_burnt", float(emission)) for fuel, emission in other.items() if emission]
    ours = pd.concat([table.groupby("fuel")["emission"].sum(), other])
    ceads = table.groupby("fuel")["ceads_emission"].sum()
    columns = ["fuel", "sector", "cause", "effect"]
    return Comparison(ours[ours != 0], ceads[ceads != 0], pd.DataFrame(effects, columns=columns))


def our_rows(read: ActivityTable, run: Run) -> pd.DataFrame:
    """Return the activity rows of energy with status, factor and emission of their CO2.

    A row that was netted or split still has the cell it was read from: ``fuel`` and ``gross`` are of that cell.
    """
    energy = set(load_vocabulary().category_graph.descendants("IPCC2006:1"))
    counts = run.lines["category"].isin(energy) & run.lines["memo"].eq("")
    lines = run.lines[run.lines["substance"].eq("CO2") & counts]
    rows = run.activity.rows.assign(key=run.key_of_row).merge(lines[["key", "status", "ief"]], on="key")
    cells = read.rows[["sheet", "cell", "activity", "quantity"]].astype({"activity": str})
    rows = rows.merge(cells.rename(columns={"activity": "fuel", "quantity": "gross"}), on=["sheet", "cell"])
    return rows.assign(emission=rows["quantity"] * rows["ief"], sector=rows["branch"].astype(str))


def our_sums(rows: pd.DataFrame) -> pd.DataFrame:
    """Return fuel and sector -> gross, quantities by status, emission, factor of bituminous coal."""
    by = [rows["fuel"], rows["sector"]]
    quantity, status = rows["quantity"], rows["status"]
    named = {"ok": "counted", "IE": "elsewhere", "NE": "not_estimated", "NA": "not_burnt"}
    sums = {name: quantity.where(status.eq(word), 0.0).groupby(by).sum() for word, name in named.items()}
    cells = rows.drop_duplicates(["sheet", "cell"])
    sums["gross"] = cells["gross"].groupby([cells["fuel"], cells["sector"]]).sum()
    sums["emission"] = rows["emission"].where(status.eq("ok"), 0.0).groupby(by).sum()
    sums["bituminous"] = rows["ief"].where(rows["activity"].eq("bituminous_coal")).groupby(by).mean()
    return pd.DataFrame(sums)


def ceads_sums(case: Path) -> pd.DataFrame:
    """Return fuel and sector -> ceads_gross, ceads_counted (t or m3) and ceads_emission (t).

    What CEADs counts is its published emission divided by its factor.
    """
    energy = pd.read_csv(case / "inputs_energy.csv")
    energy = energy[energy["fuel"].isin(WORDS["fuels"])]
    energy = energy.assign(quantity=energy["value"] * energy["unit"].map(WORDS["units"]))
    final = energy[energy["row_type"] == "final_consumption"].assign(plants=False)
    plants = energy[energy["row_type"].eq("transformation") & energy["label"].isin(OF_PLANTS)]
    plants = plants.groupby("fuel", as_index=False)["quantity"].sum().assign(sector_no=POWER_SECTOR, plants=True)
    used = pd.concat([final, plants])[["fuel", "sector_no", "quantity", "plants"]].astype({"sector_no": int})
    factors = pd.read_csv(case / "factors.csv")
    factors["factor"] *= MT / 100 / factors["activity_unit"].map(WORDS["units"])
    published = pd.read_csv(case / "expected_by_sector_fuel.csv")
    for right in (factors[["fuel", "sector_no", "factor"]], published[["fuel", "sector_no", "MtCO2"]]):
        used = used.merge(right, on=["fuel", "sector_no"], how="left").fillna(0.0)
    whole = used.groupby(["fuel", "sector_no"])["quantity"].transform("sum")
    used["published"] = used["MtCO2"] * MT * used["quantity"] / whole
    used["counted"] = (used["published"] / used["factor"]).where(used["factor"] > 0, 0.0)
    used["sector"] = used["sector_no"].map(WORDS["sectors"]).fillna(INDUSTRY)
    used["sector"] = used["sector"].where(~used["plants"].astype(bool), PLANTS)
    used["fuel"] = used["fuel"].map(WORDS["fuels"])
    names = {"quantity": "ceads_gross", "counted": "ceads_counted", "published": "ceads_emission"}
    sums: pd.DataFrame = used.rename(columns=names).groupby(["fuel", "sector"])[list(names.values())].sum()
    return sums


def calorific_values(run: Run, case: Path) -> dict[str, tuple[float, float]]:
    """Return coal -> (our calorific value, that of CEADs) in TJ/t, raw coal as bituminous coal.

    The coal factors of CEADs are to one another as calorific values, and that of raw coal is the yearbook's.
    """
    factors = pd.read_csv(case / "factors.csv").set_index(["sector_no", "fuel"])["factor"]
    row = np.flatnonzero(run.library.column["factor_id"] == RAW_COAL_OF_YEARBOOK)
    raw = float(run.library.rows["value"].iloc[row[0]]) * float(run.library.scales(row, "TJ/t")[0])
    of_co2 = np.flatnonzero(run.lines["substance"].eq("CO2"))
    matches = run.matches[run.matches["argument"].eq("net_calorific_value")]
    matches = matches[matches["line"].isin(of_co2)]
    keys = run.lines["key"].to_numpy(dtype=np.int64)[matches["line"]]
    used = dict(zip(run.keys["activity"].astype(str).to_numpy()[keys], matches["value"], strict=True))
    found = {}
    for coal in WORDS["coals"]:
        own = used.get("bituminous_coal" if coal == "Raw_Coal" else WORDS["fuels"][coal])
        if own is not None:
            ratio = float(factors[POWER_SECTOR, coal]) / float(factors[POWER_SECTOR, "Raw_Coal"])
            found[WORDS["fuels"][coal]] = float(own), raw * ratio
    return found


def effects_of(row: pd.Series[Any], values: Mapping[str, tuple[float, float]]) -> list[Effect]:
    """Return the effects between CEADs and us for one fuel and sector; they sum to the difference."""
    fuel, sector, counted = str(row["fuel"]), str(row["sector"]), float(row["counted"])
    ours = float(row["emission"]) / counted if counted else 0.0
    ceads_counted = float(row["ceads_counted"])
    theirs = float(row["ceads_emission"]) / ceads_counted if ceads_counted else 0.0
    apart = {name: float(row[name]) for name in ("elsewhere", "not_estimated", "not_burnt")}
    netted = float(row["gross"]) - counted - sum(apart.values())
    left_out = float(row["ceads_gross"]) - ceads_counted
    quantities = {"activity": float(row["gross"]) - float(row["ceads_gross"])}
    quantities |= {"feedstock" if theirs else "ceads_leaves_out": left_out - netted}
    quantities |= {name: -quantity for name, quantity in apart.items()}
    effects = {cause: quantity * (theirs or ours) for cause, quantity in quantities.items()}
    if ours and theirs:
        parts = factor_parts(fuel, ours, theirs, float(row["bituminous"]), values)
        effects |= {cause: counted * part for cause, part in parts.items()}
    return [(fuel, sector, cause, effect) for cause, effect in effects.items() if effect]


def factor_parts(
    fuel: str,
    ours: float,
    theirs: float,
    bituminous: float,
    values: Mapping[str, tuple[float, float]],
) -> dict[str, float]:
    """Return the difference of two factors by cause; ``bituminous`` is 0 where the fuel is not raw coal."""
    if fuel not in values:
        return {"factor": ours - theirs}
    whole = bituminous or ours
    own, other = values[fuel]
    mean = (whole - theirs) / np.log(whole / theirs) if whole != theirs else theirs
    by_value = float(mean * np.log(own / other))
    rest = whole - theirs - by_value
    return {"coal_types": ours - whole, "calorific_value": by_value, "carbon_and_oxidation": rest}


def page(comparison: Comparison) -> str:
    """Return the page in both languages."""
    totals = {
        "set": FACTOR_SET,
        "ours": comparison.ours.sum() / MT,
        "ceads": comparison.ceads.sum() / MT,
        "difference": comparison.difference / MT,
    }
    lines = ["<!-- Made by docs/scripts/compare_ceads.py; do not edit. -->"]
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        lines += [f"# {WORDS['title'][language]}", "", WORDS["lead"][language].format(**totals), ""]
        lines += [WORDS["factors"][language], "", *cause_table(comparison, language), ""]
        lines += [*fuel_table(comparison, language), "", *(f"- {each[language]}" for each in WORDS["reading"]), ""]
        lines += [f"{WORDS['rounding'][language]}{'：' if language == 'zh' else ': '}{WORDS['papers']}", ""]
    return "\n".join(lines)


def cause_table(comparison: Comparison, language: Language) -> list[str]:
    """Return the effects by cause as lines of a table."""
    by_cause = comparison.effects.groupby("cause")["effect"].sum()
    lines = [_line(WORDS["headings"]["cause"][language]), "|---|---|---:|"]
    lines += [_line(["", "CEADs", f"{comparison.ceads.sum() / MT:.2f}"])]
    for cause, words in WORDS["causes"].items():
        if cause in by_cause:
            lines += [_line([words["kind"][language], words["text"][language], f"{by_cause[cause] / MT:+.2f}"])]
    own = WORDS["headings"]["fuel"][language][2]
    return [*lines, _line(["", own, f"{comparison.ours.sum() / MT:.2f}"])]


def fuel_table(comparison: Comparison, language: Language) -> list[str]:
    """Return the effects by fuel and cause as lines of a table; causes without effect have no column."""
    parts = comparison.effects.groupby(["fuel", "cause"])["effect"].sum().unstack().fillna(0.0)
    causes = [cause for cause in WORDS["causes"] if cause in parts and (parts[cause].abs() >= SHOWN).any()]
    totals = pd.DataFrame({"ceads": comparison.ceads, "ours": comparison.ours}).fillna(0.0)
    headings = [*WORDS["headings"]["fuel"][language], *(WORDS["causes"][cause]["text"][language] for cause in causes)]
    lines = [_line(headings), "|---|" + "---:|" * (len(headings) - 1)]
    for fuel in totals.sum(axis=1).sort_values(ascending=False, kind="stable").index:
        ceads, ours = (float(totals[name][fuel]) for name in ("ceads", "ours"))
        effects = [float(parts[cause].get(fuel, 0.0)) for cause in causes]
        numbers = [f"{ceads / MT:.2f}", f"{ours / MT:.2f}", f"{(ours - ceads) / MT:+.2f}"]
        numbers += [f"{effect / MT:+.2f}" if abs(effect) >= SHOWN else "" for effect in effects]
        lines += [_line([label("activities", str(fuel), language), *numbers])]
    return lines


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    made = page(compare(Path(sys.argv[1]), ROOT / "examples" / "2020.xlsx"))
    (ROOT / "docs" / "background" / "ceads-2020.md").write_text(made, encoding="utf-8")

"""Set the example inventory of Inner Mongolia 2020 against the CEADs inventory, and say where the difference comes from.

Writes ``docs/background/ceads-2020.md``; the CEADs case (inputs, factors, emissions by sector and fuel) is not part of the
repository and is given as a folder::

    python docs/scripts/compare_ceads.py CASE_FOLDER

Per fuel and group of sectors the emission is counted quantity x factor on both sides. The difference is taken apart in
steps whose effects sum to it exactly: quantities first (at the CEADs factor), factors last (at our quantity). The factor of
coal is taken apart further, by logarithmic means, into calorific value and carbon content with oxidation.
"""  # noqa: INP001

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from emissions.activity import ActivityTable, read_activity
from emissions.engine import Run, calculate
from emissions.factors import load_factors
from emissions.vocabulary import label, load_vocabulary

ROOT = Path(__file__).resolve().parents[2]
FACTOR_SET = "cn-2026.1"
MT = 1e6

FUELS = {
    "Raw_Coal": "raw_coal", "Cleaned_Coal": "cleaned_coal", "Other_Washed_Coal": "other_washed_coal", "Briquettes": "briquettes",
    "Coke": "coke", "Coke_Oven_Gas": "coke_oven_gas", "Other_Gas": "other_gas", "Other_Coking_Products": "other_coking_products",
    "Crude_Oil": "crude_oil", "Gasoline": "gasoline", "Kerosene": "kerosene", "Diesel_Oil": "diesel", "Fuel_Oil": "fuel_oil",
    "LPG": "lpg", "Refinery_Gas": "refinery_gas", "Other_Petroleum_Products": "other_petroleum_products",
    "Natural_Gas": "natural_gas",
}
"""Fuel of CEADs -> our word."""
UNITS = {"10^4 ton": 1e4, "10^8 cu.m": 1e8}
"""Unit of a CEADs quantity -> number of t or m3."""
PLANTS, INDUSTRY = "power_and_heat", "industry"
SECTORS = {1: "agriculture", 42: "construction", 43: "transport_storage_and_post", 44: "wholesale_retail_and_catering",
           45: "other_services", 46: "urban_households", 47: "rural_households"}
"""Number of a CEADs sector -> branch; the sectors 2 to 41 are industry."""
POWER_SECTOR = 39
COALS = ("Raw_Coal", "Cleaned_Coal", "Other_Washed_Coal", "Briquettes")
OF_PLANTS = ("Thermal Power", "Heating Supply")

CAUSES = {
    "activity": ("活动", "activity", "数量（两边同出一张平衡表）", "quantities (both come from one balance)"),
    "feedstock": ("方法", "method", "原料用能的扣减（超出化工行业的部分也从工业扣减）",
                  "netting of raw material (also what exceeds the chemical branches is taken from industry)"),
    "elsewhere": ("方法", "method", "列入他处（IE）", "counted elsewhere (IE)"),
    "not_estimated": ("范围", "scope", "没有估算（NE）", "not estimated (NE)"),
    "ceads_leaves_out": ("范围", "scope", "CEADs不计的终端消费（其他石油制品）", "final consumption that CEADs leaves out (other petroleum products)"),
    "not_fuel_burnt": ("范围", "scope", "燃料燃烧以外的能源活动（CEADs没有）", "energy activities other than fuel burnt (not in CEADs)"),
    "coal_types": ("因子", "factor", "原煤按产量分为烟煤和褐煤", "raw coal taken as bituminous coal and lignite by output"),
    "calorific_value": ("因子", "factor", "煤的低位发热量", "calorific value of coal"),
    "carbon_and_oxidation": ("因子", "factor", "煤的单位热值含碳量和氧化率", "carbon content and oxidation of coal"),
    "factor": ("因子", "factor", "其他燃料的因子（CEADs只有乘积）", "factor of other fuels (of CEADs only the product is known)"),
}
"""Cause -> kind and text, Chinese and English each."""


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

    ours: pd.Series
    ceads: pd.Series
    effects: pd.DataFrame

    @property
    def difference(self) -> float:
        """Our total less that of CEADs."""
        return float(self.ours.sum() - self.ceads.sum())


def compare(case: Path, workbook: Path) -> Comparison:
    """Return the comparison of a workbook under the factor set with a CEADs case."""
    read = read_activity(workbook)
    run = calculate(read, load_factors(FACTOR_SET))
    ours, other = our_rows(read, run)
    table = sums_of(ours).join(ceads_sums(case), how="outer").fillna(0.0).reset_index()
    table = table[(table["emission"] != 0) | (table["ceads_emission"] != 0) | (table["gross"] != table["ceads_gross"])]
    values = calorific_values(run, case)
    effects = [effect for row in table.to_dict("records") for effect in effects_of(row, values)]
    effects += [(str(row["fuel"]), "", "not_fuel_burnt", float(row["emission"])) for row in other.to_dict("records")]
    ours_by_fuel = pd.concat([table.groupby("fuel")["emission"].sum(), other.groupby("fuel")["emission"].sum()])
    return Comparison(
        ours_by_fuel[ours_by_fuel != 0], table.groupby("fuel")["ceads_emission"].sum().loc[lambda of: of != 0],
        pd.DataFrame(effects, columns=["fuel", "sector", "cause", "effect"]),
    )


def our_rows(read: ActivityTable, run: Run) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of fuel burnt with their CO2, and the CO2 of other energy activities by activity.

    A row that was netted or split still has the cell it was read from: ``fuel`` and ``gross`` are of that cell.
    """
    energy = {word for word in load_vocabulary().category_graph.descendants("IPCC2006:1")}
    lines = run.lines[run.lines["substance"].eq("CO2") & run.lines["category"].isin(energy) & run.lines["memo"].eq("")]
    rows = run.activity.rows.assign(key=run.key_of_row).merge(lines[["key", "status", "ief"]], on="key")
    cells = read.rows.set_index(["sheet", "cell"])[["activity", "quantity"]]
    printed = cells.rename(columns={"activity": "fuel", "quantity": "gross"}).reset_index()
    rows = rows.merge(printed, on=["sheet", "cell"]).assign(emission=lambda table: table["quantity"] * table["ief"])
    burnt = rows["use"].eq("combustion")
    other = rows[~burnt & rows["status"].eq("ok")]
    return rows[burnt], other.groupby("fuel", as_index=False)["emission"].sum()


def sums_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return fuel and sector -> gross, counted, elsewhere, not_estimated, emission and bituminous (factor of that coal)."""
    sector = rows["branch"].astype(str)
    rows = rows.assign(fuel=rows["fuel"].astype(str), sector=sector, bituminous=rows["ief"].where(rows["activity"].eq("bituminous_coal")))
    by = ["fuel", "sector"]
    sums = pd.DataFrame({
        "gross": rows.drop_duplicates(["sheet", "cell"]).groupby(by)["gross"].sum(),
        "emission": rows["emission"].where(rows["status"].eq("ok"), 0.0).groupby([rows[name] for name in by]).sum(),
        "bituminous": rows.groupby(by)["bituminous"].mean(),
    })
    for name, status in (("counted", "ok"), ("elsewhere", "IE"), ("not_estimated", "NE")):
        sums[name] = rows["quantity"].where(rows["status"].eq(status), 0.0).groupby([rows[name] for name in by]).sum()
    return sums


def ceads_sums(case: Path) -> pd.DataFrame:
    """Return fuel and sector -> ceads_gross, ceads_counted, ceads_emission in t or m3 and t."""
    energy = pd.read_csv(case / "inputs_energy.csv")
    energy = energy[energy["fuel"].isin(FUELS)].assign(quantity=lambda table: table["value"] * table["unit"].map(UNITS))
    final = energy[energy["row_type"] == "final_consumption"].astype({"sector_no": int}).assign(plants=0.0)
    plants = energy[energy["row_type"].eq("transformation") & energy["label"].isin(OF_PLANTS)]
    plants = plants.groupby("fuel", as_index=False)["quantity"].sum().assign(sector_no=POWER_SECTOR, plants=1.0)
    used = pd.concat([final, plants])[["fuel", "sector_no", "quantity", "plants"]]
    factors = pd.read_csv(case / "factors.csv")
    factors = factors.assign(factor=factors["factor"] * MT / 100 / factors["activity_unit"].map(UNITS))[["fuel", "sector_no", "factor"]]
    published = pd.read_csv(case / "expected_by_sector_fuel.csv")
    published = published.assign(published=published["MtCO2"] * MT)[["fuel", "sector_no", "published"]]
    used = used.merge(factors, on=["fuel", "sector_no"], how="left").merge(published, on=["fuel", "sector_no"], how="left")
    used["published"] = used["published"].fillna(0.0)
    whole = used.groupby(["fuel", "sector_no"])["quantity"].transform("sum")
    used["published"] *= (used["quantity"] / whole).where(whole > 0, 0.0)
    used["counted"] = (used["published"] / used["factor"]).where(used["factor"] > 0, 0.0)
    used["sector"] = [PLANTS if plants else SECTORS.get(number, INDUSTRY)
                      for number, plants in zip(used["sector_no"], used["plants"], strict=True)]
    used["fuel"] = used["fuel"].map(FUELS)
    sums = used.groupby(["fuel", "sector"])[["quantity", "counted", "published"]].sum()
    return sums.set_axis(["ceads_gross", "ceads_counted", "ceads_emission"], axis=1)


def calorific_values(run: Run, case: Path) -> dict[str, tuple[float, float]]:
    """Return coal -> (our calorific value, that of CEADs), raw coal as bituminous coal.

    The factors of CEADs differ among coals by their calorific values alone, and that of raw coal is the one of the energy
    statistical yearbook: so the yearbook's value and the ratios of the factors give the others.
    """
    factors = pd.read_csv(case / "factors.csv").set_index(["sector_no", "fuel"])["factor"]
    row = np.flatnonzero(run.library.column["factor_id"] == "cesy-ncv-raw-coal")
    raw = float(run.library.rows["value"].iloc[row[0]] * run.library.scales(row, "TJ/t")[0])
    of_line = run.matches[run.matches["argument"].eq("net_calorific_value")].merge(
        run.lines.assign(line=np.arange(len(run.lines))).loc[lambda table: table["substance"].eq("CO2"), ["line", "key"]], on="line")
    of_line = of_line.assign(activity=run.keys["activity"].astype(str).to_numpy()[of_line["key"]])
    ours = of_line.drop_duplicates("activity").set_index("activity")["value"]
    found = {}
    for coal in COALS:
        own = "bituminous_coal" if coal == "Raw_Coal" else FUELS[coal]
        if own in ours.index:
            found[FUELS[coal]] = float(ours[own]), raw * float(factors[POWER_SECTOR, coal] / factors[POWER_SECTOR, "Raw_Coal"])
    return found


def effects_of(row: dict[str, object], values: dict[str, tuple[float, float]]) -> list[tuple[str, str, str, float]]:
    """Return the effects between CEADs and us for one fuel and sector; they sum to the difference of the emissions."""
    number = {name: float(value) for name, value in row.items() if isinstance(value, int | float)}
    fuel, sector, counted = str(row["fuel"]), str(row["sector"]), number["counted"]
    ours = number["emission"] / counted if counted else 0.0
    theirs = number["ceads_emission"] / number["ceads_counted"] if number["ceads_counted"] else 0.0
    factor = theirs or ours
    netted = number["gross"] - counted - number["elsewhere"] - number["not_estimated"]
    left_out = number["ceads_gross"] - number["ceads_counted"]
    quantities = {
        "activity": number["gross"] - number["ceads_gross"],
        "feedstock" if theirs else "ceads_leaves_out": left_out - netted,
        "elsewhere": -number["elsewhere"],
        "not_estimated": -number["not_estimated"],
    }
    effects = [(fuel, sector, cause, quantity * factor) for cause, quantity in quantities.items()]
    if ours and theirs:
        effects += [(fuel, sector, cause, counted * part) for cause, part in factor_parts(fuel, ours, theirs, number, values).items()]
    return [effect for effect in effects if effect[-1]]


def factor_parts(
    fuel: str, ours: float, theirs: float, number: dict[str, float], values: dict[str, tuple[float, float]],
) -> dict[str, float]:
    """Return the difference of two factors by cause."""
    if fuel not in values:
        return {"factor": ours - theirs}
    as_one = number["bituminous"] if number["bituminous"] > 0 else ours
    own, other = values[fuel]
    mean = (as_one - theirs) / np.log(as_one / theirs) if as_one != theirs else theirs
    by_value = float(mean * np.log(own / other))
    return {"coal_types": ours - as_one, "calorific_value": by_value, "carbon_and_oxidation": as_one - theirs - by_value}


def page(comparison: Comparison) -> str:
    """Return the page: both languages, the same tables."""
    ours, theirs, difference = (value / MT for value in (comparison.ours.sum(), comparison.ceads.sum(), comparison.difference))
    return "\n".join([
        "<!-- Made by docs/scripts/compare_ceads.py; do not edit. -->",
        "# 与CEADs对比：内蒙古2020年能源活动二氧化碳",
        "",
        f"`examples/2020.xlsx`在因子集`{FACTOR_SET}`下的能源活动二氧化碳为{ours:.2f} Mt，CEADs省级清单（47个部门×17种化石燃料，不含水泥过程排放）为"
        f"{theirs:.2f} Mt，相差{difference:+.2f} Mt。差值按原因逐项分解，各项之和等于差值，没有“其他”一项。",
        "",
        "CEADs不公开各部门的因子表，这里用的是由其排放和活动数据反推的因子；煤类因子之比等于热值之比，原煤热值取能源统计年鉴附录的数，"
        "因此煤的因子差可以再分为热值和“含碳量×氧化率”两部分，其他燃料只知道乘积。",
        "",
        *cause_table(comparison, "zh"), "", *fuel_table(comparison, "zh"), "",
        "数字为四舍五入后的百万吨。CEADs数据仅作对比引用：Shan等（2018，Scientific Data 5:170201；2020，Scientific Data 7:54），Guan等（2021，Earth's Future 9）。",
        "",
        "# Against CEADs: CO2 of energy, Inner Mongolia 2020",
        "",
        f"`examples/2020.xlsx` under the factor set `{FACTOR_SET}` gives {ours:.2f} Mt of CO2 from energy, the provincial inventory of CEADs "
        f"(47 sectors x 17 fossil fuels, without the process emissions of cement) {theirs:.2f} Mt: a difference of {difference:+.2f} Mt. "
        "It is taken apart by cause; the parts sum to the difference and there is no part named other.",
        "",
        "CEADs does not publish its factors by sector; those used here are implied by its emissions and activity data. Its coal factors differ "
        "by calorific value alone and that of raw coal is printed in the energy statistical yearbook, so the difference of a coal factor "
        "divides into calorific value and carbon content x oxidation; of other fuels only the product is known.",
        "",
        *cause_table(comparison, "en"), "", *fuel_table(comparison, "en"), "",
        "Figures are rounded, in Mt. CEADs is quoted for comparison only: Shan et al. (2018, Scientific Data 5:170201; 2020, Scientific Data 7:54), "
        "Guan et al. (2021, Earth's Future 9).",
        "",
    ])


def cause_table(comparison: Comparison, language: str) -> list[str]:
    """Return the effects by cause as lines of a table."""
    by_cause = comparison.effects.groupby("cause")["effect"].sum()
    start, end = ("CEADs", "本清单") if language == "zh" else ("CEADs", "this inventory")
    head = ["| 类别 | 原因 | Mt CO2 |" if language == "zh" else "| kind | cause | Mt CO2 |", "|---|---|---:|"]
    side = 0 if language == "zh" else 1
    body = [f"| {text[side]} | {text[side + 2]} | {by_cause.get(cause, 0.0) / MT:+.2f} |" for cause, text in CAUSES.items()]
    return [*head, f"| | {start} | {comparison.ceads.sum() / MT:.2f} |", *body, f"| | {end} | {comparison.ours.sum() / MT:.2f} |"]


def fuel_table(comparison: Comparison, language: str) -> list[str]:
    """Return the effects by fuel and cause as lines of a table; causes without effect have no column."""
    parts = comparison.effects.pivot_table(index="fuel", columns="cause", values="effect", aggfunc="sum", fill_value=0.0)
    causes = [cause for cause in CAUSES if cause in parts and parts[cause].abs().max() / MT >= 0.005]
    order = (comparison.ours.reindex(parts.index, fill_value=0.0) + comparison.ceads.reindex(parts.index, fill_value=0.0))
    side = 2 if language == "zh" else 3
    first = ["燃料", "CEADs", "本清单", "差值"] if language == "zh" else ["fuel", "CEADs", "this inventory", "difference"]
    lines = ["| " + " | ".join([*first, *(CAUSES[cause][side] for cause in causes)]) + " |", "|---|" + "---:|" * (3 + len(causes))]
    for fuel in order.sort_values(ascending=False, kind="stable").index:
        ours, theirs = comparison.ours.get(fuel, 0.0), comparison.ceads.get(fuel, 0.0)
        cells = [f"{theirs / MT:.2f}", f"{ours / MT:.2f}", f"{(ours - theirs) / MT:+.2f}",
                 *(f"{parts.at[fuel, cause] / MT:+.2f}" if abs(parts.at[fuel, cause]) / MT >= 0.005 else "" for cause in causes)]
        lines.append(f"| {label('activities', fuel, 'zh' if language == 'zh' else 'en')} | " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    (ROOT / "docs" / "background" / "ceads-2020.md").write_text(
        page(compare(Path(sys.argv[1]), ROOT / "examples" / "2020.xlsx")), encoding="utf-8")

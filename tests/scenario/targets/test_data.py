"""The tables of targets: the gathered ones unchanged, every quote verbatim, every indicator described."""

from __future__ import annotations

import shutil
import tomllib
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from emissions.errors import ScenarioError
from emissions.scenario.targets.conflicts import conflicts
from emissions.scenario.targets.data import (
    Kind,
    Reading,
    data_root,
    load_indicators,
    load_targets,
    read_rows,
    targets_of,
)
from emissions.scenario.targets.status import why_not
from emissions.vocabulary import describe, load_vocabulary

TARGETS = {one.id: one for one in load_targets()}
INDICATORS = load_indicators()


@pytest.mark.parametrize("name", ["targets.csv", "targets_external.csv", "baselines.csv"])
def test_the_gathered_tables_are_shipped_unchanged(name: str, root: Path, shared: Path) -> None:
    assert (root / "scenarios" / "targets" / name).read_bytes() == (shared / "data" / name).read_bytes()
    assert (data_root() / name).read_bytes() == (shared / "data" / name).read_bytes()


def test_the_tables_go_into_the_wheel(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included["scenarios"] == "emissions/data/scenarios"


def test_every_quote_stands_verbatim_in_its_document(shared: Path) -> None:
    rows = read_rows("targets")
    texts = {name: (shared / "plans" / name).read_text(encoding="utf-8") for name in {row["plan_file"] for row in rows}}
    assert len(texts) == 5
    assert [row["id"] for row in rows if not row["quote_zh"] or row["quote_zh"] not in texts[row["plan_file"]]] == []
    assert [one.id for one in TARGETS.values() if not one.document] == []


def test_the_titles_of_the_plans_stand_in_them(shared: Path) -> None:
    for row in read_rows("documents"):
        text = (shared / "plans" / row["plan_file"]).read_text(encoding="utf-8")
        assert row["title_zh"] in text
        assert row["title_en"]


def test_there_are_168_and_24_targets_as_counted() -> None:
    assert len(TARGETS) == 168 + 24
    assert len(read_rows("targets")) == 168
    assert Counter(one.binding for one in TARGETS.values()) == {
        "plan": 109, "unknown": 35, "": 24, "binding": 19, "expected": 5,
    }  # fmt: skip
    reasons = Counter(why.code for one in TARGETS.values() if (why := why_not(one)))
    assert reasons["target_reason.superior_body"] == 14
    assert sum(one.reading == "words" for one in TARGETS.values()) == 2


# ---------------------------------------------------------------- indicators


def test_every_indicator_of_the_targets_is_described_once() -> None:
    rows = [row["indicator"] for row in read_rows("indicators")]
    assert len(rows) == len(set(rows)) == 121
    assert set(rows) == {one.indicator.name for one in TARGETS.values()}


def test_an_indicator_has_a_source_or_a_reason_and_words_that_are_known() -> None:
    for one in INDICATORS.values():
        assert one.label_zh
        assert one.label_en
        assert bool(one.source) != bool(one.reason_zh), one.name
        assert bool(one.reason_zh) == bool(one.reason_en), one.name
        assert one.kind in get_args(Kind), one.name
        assert one.boundary in {"", "energy_balance", "territorial"}, one.name
        assert one.better in {"", "higher", "lower"}, one.name
        assert one.source.partition(":")[0] in {"", "indicator", "change", "emission_change", "peak"}, one.name
        assert (one.tolerance is None) == (one.tolerance_unit == ""), one.name
        assert one.tolerance_unit in {"", "points", "percent"}, one.name


def test_emissions_are_those_of_substances() -> None:
    named = [one.source.partition(":")[2] for one in INDICATORS.values() if one.source.startswith("emission_change")]
    assert set(named) == {"NOx", "NMVOC"}
    assert set(named) <= set(load_vocabulary().substances)


def test_about_has_a_margin_wherever_it_is_evaluated() -> None:
    about = [one for one in TARGETS.values() if one.comparator == "~" and why_not(one) is None]
    assert len(about) > 10
    assert [one.id for one in about if one.indicator.tolerance is None] == []
    margins = {(one.indicator.kind, one.indicator.tolerance, one.indicator.tolerance_unit) for one in about}
    assert margins == {
        ("share", 2.0, "points"), ("share", 5.0, "points"), ("capacity", 5.0, "percent"), ("rate", 5.0, "percent"),
        ("stock", 5.0, "percent"),
    }  # fmt: skip
    assert {one.value for one in about if one.indicator.kind == "share" and one.indicator.tolerance == 5.0} == {0.0}


def test_what_energy_and_carbon_are_held_against_is_the_energy_balance() -> None:
    named = {name for name, one in INDICATORS.items() if one.boundary == "energy_balance" and one.source}
    assert named == {
        "energy_consumption_total", "coal_share_of_energy", "nonfossil_share_of_energy", "power_coal_share_of_coal",
        "coal_consumption_change", "energy_intensity_change", "co2_intensity_change", "co2_intensity_change_13fyp",
    }  # fmt: skip


def test_a_reading_is_of_a_target_and_says_why() -> None:
    for row in read_rows("readings"):
        assert row["id"] in TARGETS
        assert row["reading"] in get_args(Reading)
        assert row["reason_zh"]
        assert row["reason_en"]


def test_a_part_of_a_region_is_read_only_from_its_own_measure() -> None:
    assert TARGETS["nm-wuhai-clean-heating-rural-2025"].source == (
        "indicator:clean_heating_rate@nm-wuhai-clean-heating-rural-2025"
    )
    assert TARGETS["nm-clean-heating-2025"].source == "indicator:clean_heating_rate"
    assert TARGETS["nm-wuhai-voc-2025"].source == ""
    assert TARGETS["or-co2-peak-industries"].source == ""
    sub = [one for one in TARGETS.values() if any(word in one.scope for word in ("Wuhai", "Hohhot"))]
    assert len(sub) > 8
    assert [one.id for one in sub if one.reading != "part"] == []


# ---------------------------------------------------------------- asking


def test_targets_by_id_and_by_region() -> None:
    assert [one.id for one in targets_of(["hm-co2-peak", "or-co2-peak"], "150600")] == ["hm-co2-peak", "or-co2-peak"]
    assert targets_of("hm-co2-peak", "150103") == targets_of(["hm-co2-peak"], "150103")
    every = targets_of("all_of_region", "150103")
    assert targets_of(("all_of_region",), "150103") == every
    assert {one.region for one in every} == {"150103"}
    assert len(every) == sum(row["region_code"] == "150103" for row in read_rows("targets")) > 10


def test_all_unknown_ids_are_named_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        targets_of(["nm-one", "nm-coal-share-2025", "nm-two"], "150000")
    assert [problem.found for problem in caught.value.problems] == ["nm-one", "nm-two"]
    assert "nm-one" in describe(caught.value.problems[0], "zh")


def test_a_target_of_an_unknown_indicator_or_document_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "targets"
    shutil.copytree(data_root(), folder)
    for name, old, new in (
        ("indicators.csv", "coal_share_of_energy,", "coal_part_of_energy,"),
        ("documents.csv", "004_", "005_"),
    ):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_targets(folder)
    words = {problem.facts["word"] for problem in caught.value.problems}
    assert words == {"coal_share_of_energy", "004_c3fb80a6f71efc14.txt"}
    assert len(caught.value.problems) == 4 + 5


def test_before_a_year_is_told_from_in_a_year() -> None:
    assert [one.id for one in TARGETS.values() if one.is_before] == ["or-co2-peak", "mz-co2-peak"]


# ---------------------------------------------------------------- conflicts


def test_documents_that_contradict_each_other_are_listed() -> None:
    table = conflicts(TARGETS.values())
    pairs = [tuple(part["id"]) for _, part in table[table["found_by"] == "values"].groupby(["region", "indicator"])]
    assert sorted(pairs) == [
        ("nm-ext-energy-intensity-2025", "nm-ext-energy-intensity-2025b"),
        ("nm-ext-new-energy-capacity-2025", "nm-ext-new-energy-capacity-2025b"),
        ("or-energy-intensity-2025", "or-ext-energy-intensity-2025"),
    ]
    assert table.set_index("id")["target_value"]["or-ext-energy-intensity-2025"] == -16.5
    assert table.loc[table["found_by"] == "note", "id"].tolist() == ["nm-ext-coal-retrofit-2025"]


def test_equal_values_parts_of_a_region_and_past_values_are_no_conflict() -> None:
    none = ["nm-nonfossil-share-2025", "nm-ext-nonfossil-2025", "nm-clean-heating-2025",
            "nm-wuhai-clean-heating-rural-2025", "nm-energy-total-2020", "nm-ext-13fyp-energy-cap",
            "nm-carbon-intensity-13fyp"]  # fmt: skip
    assert conflicts(TARGETS[one] for one in none).empty

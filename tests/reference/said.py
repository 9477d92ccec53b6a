"""What the engine and the twin say, in one form that can be compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from reference.twin import Place, Twin

if TYPE_CHECKING:
    from emissions.engine import Run

Said = dict[str, dict[tuple[str, str], tuple[Any, ...]]]
"""Key -> (substance, stream) -> status, category, card, implied factor, factor rows, emission; gaps have no stream."""


def said_by_twin(places: Sequence[Place], own: Twin) -> Said:
    found: Said = {}
    for place in places:
        lines = found.setdefault(own.signature(place.key), {})
        for line in place.lines:
            if line.card and not math.isnan(line.implied):
                numbers = (line.status, line.category, line.card, line.implied, line.factors, line.emission, line.memo)
                lines[line.substance, line.stream] = numbers
            else:
                lines[line.substance, ""] = (line.status, place.key["category"])
    return found


def said_by_engine(result: Run, own: Twin) -> Said:
    keys = result.keys.astype({name: object for name in result.keys if result.keys[name].dtype == "category"})
    measured = [
        [str(result.activity.measured["measured_id"].iloc[row]) for _, row in one] for one in result.measured_sets
    ]
    signatures = [
        own.signature(
            key
            | {"measured": [{"measured_id": one} for one in measured[key["measured"]]] if key["measured"] >= 0 else []}
        )
        for key in keys.to_dict("records")
    ]
    assert len(set(signatures)) == len(signatures)
    ids = result.library.rows["factor_id"].to_numpy()
    published = result.matches[result.matches["origin"] == 0]
    factors: dict[int, list[str]] = {}
    for number, row in zip(published["line"], published["row"], strict=True):
        factors.setdefault(int(number), []).append(str(ids[int(row)]))
    found: Said = {signature: {} for signature in signatures}
    for number, line in enumerate(result.lines.to_dict("records")):
        lines = found[signatures[line["key"]]]
        if math.isnan(line["ief"]):
            lines[line["substance"], ""] = (line["status"], line["category"])
            continue
        lines[line["substance"], line["stream"]] = (
            line["status"], line["category"], line["card"], line["ief"], tuple(sorted(factors.get(number, []))),
            line["emission"], line["memo"],
        )  # fmt: skip
    return found


def assert_same(engine: Said, reference: Said) -> None:
    assert engine.keys() == reference.keys()
    for signature, lines in reference.items():
        own = engine[signature]
        assert own.keys() == lines.keys(), signature
        for line, numbers in lines.items():
            texts = [[one for one in side if not isinstance(one, float)] for side in (own[line], numbers)]
            assert texts[0] == texts[1], (signature, line)
            floats = [[one for one in side if isinstance(one, float)] for side in (own[line], numbers)]
            assert floats[0] == pytest.approx(floats[1], rel=1e-12, abs=0), (signature, line)

"""The lines of two results side by side: what is the same source in both."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine import Run
from emissions.engine.keys import RATE_COLUMNS

_WIDE = ("region", "year", "category", "use", "dimension")
_SOURCE = (*_WIDE, "activity", "control", *RATE_COLUMNS)
_NO_KEY = frozenset({"measured", "notation"})
_LEVELS = ("measured", "key", "stated", "source")
Texts = dict[str, npt.NDArray[np.object_]]
"""What lines are matched by, at each level one text a key."""
_SUMMED = ["emission_1", "emission_2", "quantity_1", "quantity_2"]


def key_texts(first: Run, second: Run) -> tuple[Texts, Texts]:
    """Return what the keys of two results are matched by; made once for all substances."""
    both = {str(name) for name in first.keys.columns} & {str(name) for name in second.keys.columns}
    assumed = {name for run in (first, second) for rule in run.library.set.assume for name in rule.conditions}
    stated = tuple(sorted(both - assumed - _NO_KEY))
    return _texts_of(first, stated), _texts_of(second, stated)


def _texts_of(run: Run, stated: tuple[str, ...]) -> Texts:
    whole = _texts(run.keys, [str(name) for name in run.keys.columns if name not in _NO_KEY])
    ids = run.activity.measured["measured_id"].astype(str).tolist() if len(run.measured_sets) else []
    sets = ["|".join(sorted(ids[row] for _, row in one)) for one in run.measured_sets] + [""]
    measured = np.array([f"|{sets[one]}" for one in run.keys["measured"].to_numpy(dtype=np.int64)], dtype=object)
    return {
        "measured": whole + measured,
        "key": whole,
        "stated": _texts(run.keys, stated),
        "source": _texts(run.keys, _SOURCE),
        "wide": _texts(run.keys, _WIDE),
    }


def paired_lines(first: Run, second: Run, substance: str, texts: tuple[Texts, Texts]) -> pd.DataFrame:
    """Return the counted lines of a substance in two results, one row a source that both have.

    Lines are of one source where their keys agree whole, or but for measured values, or but for what a set assumes or
    has no factors by, or but for all conditions, as long as there is one such line on either side. What is left, such
    as raw coal that only one set splits into kinds of coal, is one row for all lines of the same region, year,
    category, use and dimension.

    Parameters
    ----------
    texts
        :func:`key_texts` of the two results.

    Returns
    -------
    pandas.DataFrame
        line, key, card, quantity (base unit), emission (t) and ief, each with ``_1`` and ``_2``. ``line``, ``key`` and
        ``ief`` are NaN where a row is several lines; ``card`` then joins their methods, and ``made_of`` says what the
        lines are: ``column=word`` where they are not all alike, several columns joined by ``|``, several kinds of
        lines by `` + ``. ``card`` is missing on the side that has no such source.
    """
    one, two = _lines(first, substance, "1", texts[0]), _lines(second, substance, "2", texts[1])
    found = []
    for level in _LEVELS:
        columns = [level, "stream"]
        unique = [side[~side.duplicated(columns, keep=False)] for side in (one, two)]
        others = [name for name in (*_LEVELS, "wide") if name != level]
        pairs = unique[0].merge(unique[1].drop(columns=others), on=columns)
        found.append(pairs.drop(columns=[*_LEVELS, "wide", "stream"]).assign(made_of_1="", made_of_2=""))
        one = one[~one["line_1"].isin(pairs["line_1"])]
        two = two[~two["line_2"].isin(pairs["line_2"])]
    filled = [part for part in (*found, _together(pd.concat([one, two], ignore_index=True))) if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else found[0]


def _lines(run: Run, substance: str, side: str, texts: Texts) -> pd.DataFrame:
    """Return the lines of one result, with what each level goes by."""
    lines = run.counted[run.counted["substance"] == substance]
    key = lines["key"].to_numpy(dtype=np.int64)
    frame = lines[["card", "quantity", "emission", "ief"]].assign(line=lines.index, key=key)
    frame = frame.rename(columns={name: f"{name}_{side}" for name in frame})
    named = {name: text[key] for name, text in texts.items()}
    return frame.assign(**named, stream=lines["stream"].astype(str)).reset_index(drop=True)


def _together(lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines of either result without a counterpart, together by what their keys have in common."""
    lines = _with_what_differs(lines.reset_index(drop=True))
    groups = lines.groupby(["wide", "stream"], sort=True)
    cards = {f"card_{side}": groups[f"card_{side}"].agg(_joined) for side in "12"}
    made_of = {f"made_of_{side}": groups[f"made_of_{side}"].agg(_kinds) for side in "12"}
    blank = dict.fromkeys(("line_1", "line_2", "ief_1", "ief_2", "key_1", "key_2"), np.nan)
    named = {name: texts.where(texts != "") for name, texts in cards.items()}
    return groups[_SUMMED].sum().assign(**named, **made_of, **blank).reset_index(drop=True)


def _with_what_differs(lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines with ``made_of`` on their side: what the key states that not all keys of its group do."""
    found = np.full(len(lines), "", dtype=object)
    for group in lines.groupby(["wide", "stream"]).indices.values():
        stated = [set(filter(None, text.split("|"))) for text in lines["measured"].iloc[group]]
        common = set.intersection(*stated)
        found[group] = ["|".join(sorted(parts - common, key=_activity_first)) for parts in stated]
    return lines.assign(**{f"made_of_{side}": np.where(lines[f"line_{side}"].notna(), found, "") for side in "12"})


def _activity_first(part: str) -> tuple[bool, str]:
    return not part.startswith("activity="), part


def _kinds(made_of: pd.Series) -> str:
    return " + ".join(sorted(set(made_of) - {""}))


def _joined(cards: pd.Series) -> str:
    return "+".join(sorted(set(cards.dropna())))


def _texts(keys: pd.DataFrame, columns: tuple[str, ...] | list[str]) -> npt.NDArray[np.object_]:
    """Return what each key states in some columns as one text."""
    text = np.full(len(keys), "", dtype=object)
    for name in sorted(columns):
        codes, values = pd.factorize(keys[name].astype(object), use_na_sentinel=False)
        stated = ["" if pd.isna(value) or value == "" else f"|{name}={value}" for value in values]
        if any(stated):
            text = text + np.array(stated, dtype=object)[codes]
    return text

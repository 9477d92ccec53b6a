"""Sheet layouts as data: how a sheet is recognised, where its headings are, what its columns and rows mean.

A layout is a YAML file of the folder ``layouts``; a new layout needs no Python. ``headings.yaml`` holds the
words that head a column in Chinese and English.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from emissions.activity.defaults import default_problems
from emissions.activity.raw import Content
from emissions.errors import VocabularyError

Treatment = Literal["activity", "total", "of_which", "supply", "skip"]
"""What a row of a matrix is: activity data, a sum of other rows, a part of another row that is already
counted, the supply side of a balance, or nothing that counts."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(_Frozen):
    """Name of a layout for people."""

    zh: str
    en: str


class Named(_Frozen):
    """Region and year in a text: a pattern with the groups ``region`` and ``year``, either may be absent."""

    pattern: str


class TableLayout(_Frozen):
    """A sheet with one heading a column and one data row a line.

    Attributes
    ----------
    order
        Layouts are tried in this order; the first that fits is taken.
    sheets
        Words of the sheet name; a sheet with one of these names has this layout.
    needs
        Columns without which a sheet is not of this layout.
    required
        Columns that must be there once the layout is taken.
    headings
        Column -> heading words that count in this layout before the general ones.
    stand_in
        Column -> column that takes its place where it is absent.
    defaults
        Column of the activity table -> value where a row states none
        (:func:`emissions.activity.defaults.with_defaults`).
    """

    kind: Literal["table"]
    layout: str
    order: int
    title: Title
    content: Content
    sheets: tuple[str, ...] = ()
    needs: tuple[str, ...]
    required: tuple[str, ...]
    headings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    stand_in: dict[str, str] = Field(default_factory=dict)
    defaults: dict[str, Annotated[str, BeforeValidator(str)]] = Field(default_factory=dict)


class MatrixRow(_Frozen):
    """What a row of a matrix means.

    Attributes
    ----------
    labels
        Texts of its first cell, in Chinese or English.
    groups, of
        Groups of parts this row belongs to; groups whose sum this row prints (a total). A total with a use
        is activity data itself in a sheet that prints none of its parts.
    use, negative_use
        Use of an input (or of any cell) and of an output of a transformation; the quantity is positive either way.
    printed
        ``negative`` or ``either`` where the sign of the print says only which way something moved.
    category, category_by_activity
        Category; by activity (or group of activities) where it depends on it.
    only
        Activities for which the row counts; elsewhere it is supply.
    """

    labels: tuple[str, ...]
    treatment: Treatment = "activity"
    groups: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    use: str = ""
    negative_use: str = ""
    printed: Literal["positive", "negative", "either"] = "positive"
    category: str = ""
    category_by_activity: dict[str, str] = Field(default_factory=dict)
    conditions: dict[str, str] = Field(default_factory=dict)
    only: tuple[str, ...] = ()


class BranchRows(_Frozen):
    """Rows whose label is a branch of the vocabulary: they need no line of their own in a layout.

    Their category is that of the branch, unless ``category_by_activity`` of the branch names one for the
    activity or a group it belongs to.
    """

    groups: tuple[str, ...]
    use: str
    category_by_activity: dict[str, dict[str, str]] = Field(default_factory=dict)


class TotalColumn(_Frozen):
    """A column that prints the sum of the columns of a group of activities."""

    labels: tuple[str, ...]
    of: str = ""


class MatrixLayout(_Frozen):
    """A sheet with activities across and rows of a balance down.

    Attributes
    ----------
    named
        Patterns for region and year in the sheet name or in a cell above the headings.
    inputs_are
        Sign with which inputs of a transformation are printed.
    memo
        Activities that are not burnt -> their use where a row says combustion.
    """

    kind: Literal["matrix"]
    layout: str
    order: int
    title: Title
    named: tuple[Named, ...] = ()
    inputs_are: Literal["positive", "negative"]
    memo: dict[str, str] = Field(default_factory=dict)
    total_columns: tuple[TotalColumn, ...] = ()
    branches: BranchRows
    rows: tuple[MatrixRow, ...]


class IgnoredLayout(_Frozen):
    """Sheets that hold no data: notes, guides, lists; ``said`` tells whether skipping them is worth a note."""

    kind: Literal["ignored"]
    layout: str
    order: int
    title: Title
    sheets: tuple[str, ...]
    said: bool


Layout = Annotated[TableLayout | MatrixLayout | IgnoredLayout, Field(discriminator="kind")]
_ADAPTER: TypeAdapter[TableLayout | MatrixLayout | IgnoredLayout] = TypeAdapter(Layout)


@cache
def load_layouts() -> tuple[TableLayout | MatrixLayout | IgnoredLayout, ...]:
    """Return all layouts in the order in which they are tried.

    Raises
    ------
    VocabularyError
        With every default of a layout whose column or value is not known.
    """
    folder = files("emissions.activity") / "layouts"
    parts = [part for part in folder.iterdir() if part.name.endswith(".yaml")]
    return read_layouts({part.name: part.read_text(encoding="utf-8") for part in parts})


def read_layouts(texts: Mapping[str, str]) -> tuple[TableLayout | MatrixLayout | IgnoredLayout, ...]:
    """Return the layouts of YAML texts by file name, as :func:`load_layouts` does for those of the package."""
    found = {name: _ADAPTER.validate_python(yaml.safe_load(text)) for name, text in sorted(texts.items())}
    problems = [
        problem
        for name, layout in found.items()
        if isinstance(layout, TableLayout)
        for problem in default_problems(layout.defaults, layout.content, name)
    ]
    if problems:
        raise VocabularyError(problems)
    return tuple(sorted(found.values(), key=lambda layout: (layout.order, layout.layout)))


class Headings(_Frozen):
    """Heading words of columns, and words that stand in cells of a table and are not data.

    Attributes
    ----------
    columns
        Column -> heading words.
    conditions
        Condition -> heading words beside its labels in the vocabulary.
    totals
        Words that mark a row as a sum of other rows.
    examples
        Words that mark a row as an example.
    """

    columns: dict[str, tuple[str, ...]]
    conditions: dict[str, tuple[str, ...]]
    totals: tuple[str, ...]
    examples: tuple[str, ...]


@cache
def load_headings() -> Headings:
    """Return the heading words."""
    text = (files("emissions.activity") / "headings.yaml").read_text(encoding="utf-8")
    return Headings.model_validate(yaml.safe_load(text))

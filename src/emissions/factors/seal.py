"""Sealing a factor package: the descriptor gets the schema, size and hash of every table in the folder.

What a person writes in ``datapackage.json`` (name, version, title, licence note, sources, titles of tables)
is kept. What follows from the tables (fields, bytes, hash) is written anew, so that a table that was
changed after the sealing can be told.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from emissions.errors import PackageError, Problem

DESCRIPTOR = "datapackage.json"

Fields = list[dict[str, Any]]

_COLUMNS: dict[str, tuple[str, str, str]] = {
    "factor_id": ("string", "因子编号", "factor id"),
    "scheme": ("string", "分类体系", "scheme of the category"),
    "category": ("string", "类别", "category"),
    "activity": ("string", "活动", "activity"),
    "substance": ("string", "物质", "substance"),
    "stream": ("string", "排放环节", "stream"),
    "parameter": ("string", "参数", "parameter"),
    "value": ("number", "数值", "value"),
    "unit": ("string", "单位", "unit"),
    "expressed_as": ("string", "以何种物质计", "expressed as"),
    "low": ("number", "下限", "lower bound"),
    "high": ("number", "上限", "upper bound"),
    "confidence": ("string", "置信水平", "confidence"),
    "tier": ("string", "方法层级", "tier"),
    "basis": ("string", "控制前后", "before or after control"),
    "control": ("string", "控制设施", "control"),
    "region": ("string", "地区", "region"),
    "valid_from": ("integer", "适用起始年", "first year it is for"),
    "valid_to": ("integer", "适用终止年", "last year it is for"),
    "bundle": ("string", "参数组", "bundle"),
    "source": ("string", "来源", "source"),
    "locator": ("string", "出处", "place in the source"),
    "grade": ("string", "证据等级", "grade of evidence"),
    "note": ("string", "备注", "note"),
    "printed": ("string", "原文数字", "number as printed"),
    "reason": ("string", "未采用原因", "reason for leaving it out"),
    "source_id": ("string", "来源编号", "source id"),
    "title": ("string", "题名", "title"),
    "publisher": ("string", "发布者", "publisher"),
    "year": ("string", "年份", "year"),
    "document_number": ("string", "文号", "document number"),
    "url": ("string", "网址", "address"),
    "language": ("string", "语种", "language"),
}

_CONSTRAINTS: dict[str, dict[str, Any]] = {
    "factor_id": {"required": True, "unique": True},
    "parameter": {"required": True},
    "value": {"required": True},
    "unit": {"required": True},
    "basis": {"enum": ["before_control", "after_control", "as_published"]},
    "source": {"required": True},
    "locator": {"required": True},
    "grade": {"required": True, "enum": ["A", "B", "C"]},
    "reason": {"required": True},
    "source_id": {"required": True, "unique": True},
}

_KEYS = ("factor_id", "source_id")


def seal(folder: Path, titles: Mapping[str, tuple[str, str]] | None = None) -> None:
    """Rewrite the resources of ``datapackage.json`` from the CSV files that lie in the folder.

    Parameters
    ----------
    folder
        Folder of one version of a package.
    titles
        Chinese and English titles of further columns, such as the conditions of the vocabulary. A column
        without a title keeps the one the descriptor has.

    Raises
    ------
    PackageError
        If the descriptor is missing or is not JSON, a table has no header or a column twice, or a row has another
        number of fields than there are columns.
    """
    path = folder / DESCRIPTOR
    written = _read_descriptor(path)
    contents = {table.name: table.read_bytes() for table in sorted(folder.glob("*.csv"))}
    text = json.dumps(sealed(written, contents, titles or {}), ensure_ascii=False, indent=2)
    part = path.with_suffix(".part")
    part.write_text(f"{text}\n", encoding="utf-8")
    part.replace(path)


def sealed(
    written: Mapping[str, Any], contents: Mapping[str, bytes], titles: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    """Return the descriptor with one resource a table, in the order of the file names.

    Parameters
    ----------
    written
        The descriptor as it stands; everything but what follows from the tables is kept.
    contents
        File name -> content of each table.
    titles
        Chinese and English titles of columns beyond the contract.

    Raises
    ------
    PackageError
        With every table that has no header or a column twice, and every row of another number of fields.
    """
    problems = [
        Problem("package_header", file=name, found=", ".join(header(content)))
        for name, content in contents.items()
        if not _is_header(header(content))
    ]
    problems += [problem for name, content in contents.items() for problem in _torn_rows(name, content)]
    if problems:
        raise PackageError(problems)
    kept = {entry.get("path", ""): entry for entry in written.get("resources", [])}
    refer = any("source_id" in header(content) for content in contents.values())
    resources = [resource(name, contents[name], kept.get(name, {}), titles, refer=refer) for name in sorted(contents)]
    return {**written, "profile": "tabular-data-package", "resources": resources}


def resource(
    name: str,
    content: bytes,
    kept: Mapping[str, Any],
    titles: Mapping[str, tuple[str, str]],
    *,
    refer: bool,
) -> dict[str, Any]:
    r"""Return the resource of one table.

    Parameters
    ----------
    name
        File name; the resource is named by its stem, a table of factors begins with ``factors``.
    content
        The file, byte by byte.
    kept
        The resource as the descriptor has it: title, description and titles of fields are kept.
    titles
        Chinese and English titles of columns beyond the contract.
    refer
        Whether ``source`` refers to the table ``sources``.

    Examples
    --------
    >>> made = resource("excluded.csv", b"factor_id,reason\n", {}, {}, refer=False)
    >>> made["name"], made["bytes"], [field["name"] for field in made["schema"]["fields"]]
    ('excluded', 17, ['factor_id', 'reason'])
    """
    columns = header(content)
    return {
        **kept,
        "name": Path(name).stem.lower(),
        "path": name,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": digest(content),
        "schema": _schema(columns, kept.get("schema", {}), titles, refer=refer),
    }


def digest(content: bytes) -> str:
    """Return the hash of a table as the descriptor holds it.

    Examples
    --------
    >>> digest(b"")[:18]
    'sha256:e3b0c44298f'
    """
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def header(content: bytes) -> list[str]:
    r"""Return the column names of a CSV file.

    Examples
    --------
    >>> header("factor_id,value\na,1\n".encode())
    ['factor_id', 'value']
    """
    return next(csv.reader(io.StringIO(content.decode("utf-8"))), [])


def _torn_rows(name: str, content: bytes) -> list[Problem]:
    rows = csv.reader(io.StringIO(content.decode("utf-8")))
    width = len(next(rows, []))
    return [
        Problem("package_row_fields", file=name, row=rows.line_num, found=str(len(row)), allowed=str(width))
        for row in rows
        if row and len(row) != width
    ]


def _is_header(columns: Sequence[str]) -> bool:
    return bool(columns) and all(columns) and len(set(columns)) == len(columns)


def _read_descriptor(path: Path) -> dict[str, Any]:
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PackageError([Problem("package_descriptor_missing", file=str(path))]) from error
    except ValueError as error:
        raise _unreadable(path, str(error)) from error
    if not isinstance(written, dict):
        raise _unreadable(path, type(written).__name__)
    return written


def _unreadable(path: Path, found: str) -> PackageError:
    return PackageError([Problem("package_descriptor_unreadable", file=str(path), found=found)])


def _schema(
    columns: Sequence[str],
    kept: Mapping[str, Any],
    titles: Mapping[str, tuple[str, str]],
    *,
    refer: bool,
) -> dict[str, Any]:
    earlier = {entry["name"]: entry for entry in kept.get("fields", [])}
    schema: dict[str, Any] = {"fields": _fields(columns, earlier, titles), "missingValues": [""]}
    key = next((name for name in _KEYS if name in columns), None)
    if key is not None:
        schema["primaryKey"] = [key]
    if refer and "source" in columns:
        reference = {"resource": "sources", "fields": ["source_id"]}
        schema["foreignKeys"] = [{"fields": ["source"], "reference": reference}]
    return schema


def _fields(
    columns: Sequence[str], earlier: Mapping[str, Mapping[str, Any]], titles: Mapping[str, tuple[str, str]]
) -> Fields:
    fields: Fields = []
    for name in columns:
        entry: dict[str, Any] = {**earlier.get(name, {}), "name": name}
        known = _COLUMNS.get(name) or (("string", *titles[name]) if name in titles else None)
        if known is not None:
            entry |= {"type": known[0], "title": known[1], "title_en": known[2]}
        entry.setdefault("type", "string")
        entry.setdefault("title", name)
        if name in _CONSTRAINTS:
            entry["constraints"] = _CONSTRAINTS[name]
        fields.append(entry)
    return fields

"""The expression of a method's formula, as a spreadsheet formula and as text to read."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache

from emissions.methods import Formula
from emissions.methods.formula import Function

_SIGNS: dict[type[ast.operator], tuple[str, str, int]] = {
    ast.Add: ("+", " + ", 1),
    ast.Sub: ("-", " − ", 1),
    ast.Mult: ("*", " × ", 2),
    ast.Div: ("/", " / ", 2),
    ast.Pow: ("^", "^", 4),
}
"""Operator -> sign in a cell, sign to read, binding strength."""


def cell_formula(formula: Formula, names: Mapping[str, str]) -> str | None:
    """Return the expression with every argument replaced by a cell or term; None where a spreadsheet cannot say it.

    Parameters
    ----------
    names
        Argument -> text in its place, which must bind at least like a product.

    Examples
    --------
    >>> from emissions.methods import FORMULAS
    >>> cell_formula(FORMULAS["controlled"], {"emission_factor": "A1", "removal": "B1"})
    'A1*(1-B1)'
    """
    return _written(formula, names, reading=False)


def readable(formula: Formula, names: Mapping[str, str]) -> str:
    """Return the expression with the names of the arguments for reading; its source where it has other parts.

    Examples
    --------
    >>> from emissions.methods import FORMULAS
    >>> readable(FORMULAS["controlled"], {"emission_factor": "factor", "removal": "removal"})
    'factor × (1 − removal)'
    """
    return _written(formula, names, reading=True) or formula.expression


def _written(formula: Formula, names: Mapping[str, str], *, reading: bool) -> str | None:
    tree = _tree(formula)
    if tree is None:
        return None
    try:
        return _text(tree, {**_constants(formula), **names}, 0, reading=reading)
    except (KeyError, TypeError):
        return None


@cache
def _tree_of(function_given: Function) -> ast.expr | None:
    function = ast.parse(textwrap.dedent(inspect.getsource(function_given))).body[0]
    if not isinstance(function, ast.FunctionDef):
        return None
    known: dict[str, ast.expr] = {}
    for statement in function.body:
        if isinstance(statement, ast.Return) and statement.value is not None:
            return _put_in(statement.value, known)
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            known[statement.targets[0].id] = _put_in(statement.value, known)
    return None


def _tree(formula: Formula) -> ast.expr | None:
    return _tree_of(formula.function)


def _put_in(expression: ast.expr, known: Mapping[str, ast.expr]) -> ast.expr:
    """Return an expression with the names of intermediate results replaced by what they are."""

    class _Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return known.get(node.id, node)

    put: ast.expr = _Put().visit(expression)
    return put


def _constants(formula: Formula) -> dict[str, str]:
    found = formula.function.__globals__
    names = {node.id for node in ast.walk(_tree(formula) or ast.Constant(0)) if isinstance(node, ast.Name)}
    return {name: f"{float(found[name])!r}" for name in names if isinstance(found.get(name), int | float)}


def _text(node: ast.expr, names: Mapping[str, str], strength: int, *, reading: bool) -> str:
    if isinstance(node, ast.Name):
        text = names[node.id]
        return f"{float(text):.6g}" if reading and _is_number(text) else text
    if isinstance(node, ast.Constant):
        return f"{node.value:.6g}" if isinstance(node.value, float) and reading else f"{node.value!r}"
    if isinstance(node, ast.BinOp):
        sign, shown, own = _SIGNS[type(node.op)]
        left = _text(node.left, names, own, reading=reading)
        right = _text(node.right, names, own + 1, reading=reading)
        text = f"{left}{shown if reading else sign}{right}"
        return f"({text})" if own < strength else text
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return f"(-{_text(node.operand, names, 3, reading=reading)})"
    raise TypeError(type(node).__name__)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

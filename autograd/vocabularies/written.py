"""Written: what the words that are written once (`special.words`) mean on numbers and in kernels, printed from them.

For numbers a word becomes a function of Python, in which `where` is `a if condition else b` and computes but one of
both. It is printed when it is called first: most programs need few of them.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import cache

from ..core import floats
from ..special.numbers import NUMBERS
from ..special.words import WORDS
from . import text
from .printed import printed


@cache
def source_of(name: str) -> str:
    """A word as a function of numbers, in the words of a vocabulary."""
    _, *inputs = inspect.signature(WORDS[name]).parameters
    lines, (result,) = text.program([WORDS[name](text.words, *map(text.Text, inputs))])
    return "\n    ".join([f"def {name}({', '.join(inputs)}):", *lines, f"return {result}"])


def on_floats() -> None:
    """Makes the words functions of `core.floats`; what that has already stays."""
    for name in WORDS:
        if not hasattr(floats, name):
            setattr(floats, name, NUMBERS.get(name) or _when_called(name))


def _when_called(name: str) -> Callable[..., float]:
    made: list[Callable[..., float]] = []

    def word(*inputs: float) -> float:
        if not made:
            made.append(_function(name))
            setattr(floats, name, made[0])
        return made[0](*inputs)

    return word


def _function(name: str) -> Callable[..., float]:
    tree = _Python().visit(ast.parse(source_of(name)))
    source = ast.unparse(ast.fix_missing_locations(tree))
    now = getattr(floats, name)
    made = printed(name, source + "\n", vars(floats))
    setattr(floats, name, now)  # and not what the source defines, which may be for a test
    return made


class _Python(ast.NodeTransformer):
    """Calls of words as what Python has for them."""

    def __init__(self) -> None:
        self._names = 0

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        assert isinstance(node.func, ast.Name)
        name, inputs = node.func.id, node.args
        if name == "where":
            return ast.IfExp(_condition(inputs[0]), inputs[1], inputs[2])
        if name == "polynomial":
            return self._horner(*inputs)
        if name == "square" and isinstance(inputs[0], ast.Name):
            return ast.BinOp(inputs[0], ast.Mult(), inputs[0])
        return node

    def _horner(self, x: ast.expr, *terms: ast.expr) -> ast.expr:
        self._names += 1
        name = f"x_{self._names}"
        inner = terms[-1]
        for k, term in enumerate(reversed(terms[:-1]), 2):
            at = ast.Name(name, ast.Load()) if k < len(terms) else ast.NamedExpr(ast.Name(name, ast.Store()), x)
            inner = ast.BinOp(term, ast.Add(), ast.BinOp(at, ast.Mult(), inner))
        return inner


def _condition(node: ast.expr) -> ast.expr:
    """What is true where the number is not 0."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("less", "equal"):
        symbol = ast.Lt() if node.func.id == "less" else ast.Eq()
        return ast.Compare(node.args[0], [symbol], [node.args[1]])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        sides = [_condition(node.left), _condition(node.right)]
        if all(isinstance(side, ast.Compare | ast.BoolOp) for side in sides):
            return ast.BoolOp(ast.And(), sides)
    return node

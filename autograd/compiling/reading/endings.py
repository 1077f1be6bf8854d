"""Endings: a `return` in a branch, written as a branch whose other arm is the rest of the function.

    if x < 0:             if x < 0:
        return a              return a
    y = x * x             else:
    return y                  y = x * x
                              return y

So both arms end alike, and what is returned is a number like one that both assign. A `continue` in the body of a loop
is the same with the rest of that body. Where one arm returns in part, the rest stands in both, if it is short.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import Any

_SHORT = 60  # nodes of the syntax tree that may stand twice
End = Any  # ast.Return, ast.Continue, or ast.Break beside it


def structured(body: Sequence[ast.stmt], end: End) -> tuple[list[ast.stmt], int]:
    """Statements at the end of a function, or of the body of a loop, and where the branch is that all ways end in.

    -1: there is none.
    """
    for k, node in enumerate(body):
        if isinstance(node, ast.If) and may_end([node], end):
            made = _tail([node, *body[k + 1 :]], end)
            if made is None:
                return list(body), -1
            return [*body[:k], *made], k
    return list(body), -1


def may_end(body: Sequence[ast.stmt], end: End) -> bool:
    """Whether it ends somewhere in branches; loops in it have ends of their own."""
    return any(
        isinstance(node, end) or (isinstance(node, ast.If) and (may_end(node.body, end) or may_end(node.orelse, end)))
        for node in body
    )


def always_ends(body: Sequence[ast.stmt], end: End) -> bool:
    """Whether every way through it ends in it."""
    return any(
        isinstance(node, end | ast.Raise)
        or (isinstance(node, ast.If) and always_ends(node.body, end) and always_ends(node.orelse, end))
        for node in body
    )


def _tail(body: Sequence[ast.stmt], end: End) -> list[ast.stmt] | None:
    """The same with every `If` that may end as the last statement; None where too much would stand twice."""
    for k, node in enumerate(body):
        if isinstance(node, end):
            return list(body[: k + 1])
        if isinstance(node, ast.If) and may_end([node], end):
            rest = body[k + 1 :]
            first, second = always_ends(node.body, end), always_ends(node.orelse, end)
            if rest and not first and not second and sum(1 for x in rest for _ in ast.walk(x)) > _SHORT:
                return None
            twice = not (first or second)
            then = _tail([*node.body, *(() if first else rest)], end)
            other = _tail([*node.orelse, *(() if second else copy.deepcopy(rest) if twice else rest)], end)
            if then is None or other is None:
                return None
            made = ast.copy_location(ast.If(node.test, then or [ast.copy_location(ast.Pass(), node)], other), node)
            return [*body[:k], made]
    return list(body)

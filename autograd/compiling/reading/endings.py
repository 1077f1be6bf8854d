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

from .templates import at

_SHORT = 60  # nodes of the syntax tree that may stand twice
RESULT = "_autograd_result"  # the name of what is returned
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


def without_ends(node: ast.If, end: End, left: str = "") -> ast.If:
    """Its arms with a name for what they return, or for that they leave a loop, and without `continue`."""
    node.body, node.orelse = (without_end(arm, end, node, left) for arm in (node.body, node.orelse))
    return node


def without_end(arm: list[ast.stmt], end: End, place: ast.stmt, left: str = "") -> list[ast.stmt]:
    last = arm[-1] if arm else None
    rest = arm[:-1]
    is_return = end is ast.Return
    ends = may_end([last], ast.Break | ast.Continue if left else end) if last is not None else False
    if isinstance(last, ast.If) and (is_return or ends):
        return [*rest, without_ends(last, end, left)] if ends else [*arm, _result(place, None)]
    if isinstance(last, ast.Break) and left:
        return [*rest, at(last, ast.Assign([ast.Name(left, ast.Store())], ast.Constant(True)))]
    if isinstance(last, ast.Return) and is_return:
        return [*rest, _result(last, last.value)]
    if isinstance(last, ast.Continue) and not is_return:
        return rest or [at(last, ast.Pass())]
    return [*arm, _result(place, None)] if is_return else arm


def _result(place: ast.stmt, value: ast.expr | None) -> Any:
    return at(place, ast.Assign([ast.Name(RESULT, ast.Store())], value or ast.Constant(None)))

"""Functions printed from a row: the partials by some of its inputs, and its second partials.

A row gives all its partials at once. Printed through the text vocabulary, those by constants drop out (no logarithm
for x ** 2), and a partial, being an expression, can be differentiated once more by the rules of the same table.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import inf, nan
from typing import Any

from ..core import floats
from ..core.ops import TABLE, Op
from ..vocabularies import functions
from ..vocabularies.printed import printed
from ..vocabularies.text import Text, program, words

Active = tuple[bool, ...]  # for each input of a row, whether it can have a gradient


@cache
def partials_by(op: Op, active: Active) -> Callable[..., tuple[Any, ...]]:
    """The function `(*inputs, y) -> partials` on Values, by the active inputs alone."""
    names, slopes = _names(op, active)
    return _compiled([*names, "y"], [slope for slope, wanted in zip(slopes, active) if wanted], functions)


@cache
def second_partials_by(
    op: Op, active: Active, vocabulary: Any = floats
) -> tuple[list[tuple[int, int]], Callable[..., tuple[Any, ...]]]:
    """The pairs i <= j of active inputs whose second partial is not 0 everywhere, and `(*inputs, y) ->` those."""
    names, slopes = _names(op, active, op.curved)
    pairs, seconds = [], []
    for j, name in enumerate(names):
        for i in range(j + 1):
            if active[i] and active[j]:
                second = tangent(slopes[i], {name: 1.0, "y": slopes[j]})
                if not (isinstance(second, float) and second == 0.0):
                    pairs.append((i, j))
                    seconds.append(second)
    return pairs, _compiled([*names, "y"], seconds, vocabulary)


def has_rows(op: Op) -> bool:
    """Whether every word in its partials is a row, so that they can be differentiated as expressions."""
    every = (True,) * len(op.groups)
    waiting, seen = _names(op, every)[1] + _names(op, every, op.curved)[1], {"+", "-", "*", "neg", *TABLE}
    while waiting:
        expression = waiting.pop()
        if isinstance(expression, Text) and expression.arguments is not None:
            if expression.head not in seen:
                return False
            waiting.extend(expression.arguments)
    return True


def _names(op: Op, active: Active, curved: Callable[..., tuple[Any, ...]] | None = None) -> tuple[list[str], list[Any]]:
    names = [f"x{k}" for k in range(len(active))]
    return names, list((curved or op.partials)(words, *map(Text, names), Text("y")))


def _compiled(names: list[str], outputs: list[Any], vocabulary: Any) -> Callable[..., Any]:
    before, results = program(outputs, "t", "m.")
    body = [*before, f"return ({''.join(f'{result}, ' for result in results)})"]
    source = "\n    ".join([f"def printed({', '.join(names)}):", *body])
    return printed("printed", source, {"m": vocabulary, "inf": inf, "nan": nan})


# Differentiation of an expression.


def tangent(expression: Any, tangents: dict[str, Any]) -> Any:
    """The derivative of an expression, given those of its names (0 unless given)."""
    if not isinstance(expression, Text):
        return 0.0
    head, arguments = expression.head, expression.arguments
    if arguments is None:
        return tangents.get(head, 0.0)
    if head == "where":
        condition, a, b = arguments
        a, b = tangent(a, tangents), tangent(b, tangents)
        return 0.0 if _is(a, 0.0) and _is(b, 0.0) else words.where(condition, a, b)
    if head == "neg":
        return _minus(tangent(arguments[0], tangents))
    if head == "*":
        a, b = arguments
        return _plus(_times(b, tangent(a, tangents)), _times(a, tangent(b, tangents)))
    if head in "+-":
        a, b = (tangent(argument, tangents) for argument in arguments)
        return _plus(a, b if head == "+" else _minus(b))
    result: Any = 0.0
    slopes = (TABLE[head].curved or TABLE[head].partials)(words, *arguments, expression)
    for argument, slope in zip(arguments, slopes, strict=True):
        result = _plus(result, _times(slope, tangent(argument, tangents)))
    return result


def _is(x: Any, number: float) -> bool:
    return isinstance(x, int | float) and x == number


def _plus(a: Any, b: Any) -> Any:
    return b if _is(a, 0.0) else a if _is(b, 0.0) else a + b


def _minus(a: Any) -> Any:
    return -a


def _times(slope: Any, tangent: Any) -> Any:
    """The product; as in sweeps, a slope of exactly 0 passes nothing on."""
    if _is(slope, 0.0) or _is(tangent, 0.0):
        return 0.0
    if _is(slope, 1.0) or _is(tangent, 1.0):
        return tangent if _is(slope, 1.0) else slope
    return words.gate(slope, tangent) if isinstance(slope, Text) and isinstance(tangent, Text) else slope * tangent

"""What a Value is called in pictures, and what it is to their reader: an input, a weight, a bias, a result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..core.value import UNSET, Value
from .lettering import clean, figure

NOT_YET = "·"  # a gradient that no sweep has reached, which is not 0

_WEIGHT = re.compile(r"(?i)(?:w|weight|ω|slope)(?:[\d_.,\[\]₀-₉′' ]|$)")
_BIAS = re.compile(r"(?i)(?:b|β)(?:[\d_.,\[\]₀-₉′' ]|$)|bias|offset")


def kinds(values: Iterable[Value], roots: Iterable[Value]) -> Callable[[Value], str]:
    """The function that says of each Value of a graph what it is.

    A leaf of a scope, or one named like a weight, is a weight. One named b is a bias where there are weights; among a
    and c it is an input as they are.
    """
    ends = {id(root) for root in roots}
    weighted = any(value.scope or _WEIGHT.match(value.label) for value in values if value.is_leaf)

    def kind_of(value: Value) -> str:
        if value.is_constant:
            return "constant"
        if not value.is_leaf:
            return "result" if id(value) in ends else "operation"
        if weighted and _BIAS.match(value.label):
            return "bias"
        return "weight" if value.scope or _WEIGHT.match(value.label) else "input"

    return kind_of


def symbol_of(value: Value) -> str:
    """The symbol of the operation it came from, or ""."""
    return clean(value.op.symbol) if value.op is not None else ""


def grad_figure(value: Value) -> str:
    """The gradient as a figure, or a dot where no sweep has been."""
    return NOT_YET if value.grad is UNSET else figure(value.grad)


def grad_in_full(value: Value) -> str:
    """The gradient with all its digits, or "none yet"."""
    return "none yet" if value.grad is UNSET else repr(value.grad)


def tip(value: Value) -> str:
    """What a pointer resting on the box reads: the formula, the exact numbers, where it was computed."""
    known = [name(value), expression(value), repr(value.data)]
    grad = "a constant" if value.is_constant else f"gradient: {grad_in_full(value)}"
    lines = [" = ".join(filter(None, known)), grad]
    if value.op is not None:
        lines.append(f"{value.op.name}: {value.op.says}")
    if value.scope:
        lines.append(f"in {clean(value.scope)}")
    return "\n".join(lines)


def expression(value: Value) -> str:
    """The operation written out with the names of its inputs: `w1 × x1`, `σ(z)`."""
    if value.op is None:
        return ""
    names = [name(x) or (figure(x.data) if x.is_leaf else f"({symbol_of(x)})") for x in value.inputs]
    symbol = symbol_of(value)
    if len(names) == 2 and not symbol.isalpha():
        return f"{names[0]} {symbol} {names[1]}"
    if len(names) > 6:
        names[5:] = [f"… {len(names) - 5} more"]
    return f"{symbol}({', '.join(names)})"


def name(value: Value) -> str:
    """Its label, fit to be drawn."""
    return clean(value.label)

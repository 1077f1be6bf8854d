"""Slips: wrong formulas that people write for the backward of an operation, and what they show to be misunderstood."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class At:
    """One operand of one operation at one point: what a formula for its gradient may be made of."""

    x: float  # the operand itself
    other: float  # the other operand, or the exponent
    y: float  # the result
    up: float  # the gradient of the result
    partial: float  # the right local derivative
    others: float  # that of the other operand


@dataclass(frozen=True)
class Slip:
    """A kind of misconception, the sentence that tells of it, and the gradient that it leads to."""

    kind: str
    says: str
    gives: Callable[[At], float]


# In this order: the first that explains every number measured is the one named.
GENERAL = (
    Slip("forgotten operand", "its {place} gets no gradient at all", lambda at: 0.0),
    Slip("wrong sign", "the gradient of its {place} has the wrong sign", lambda at: -at.up * at.partial),
    Slip(
        "missing chain factor",
        "its {place} gets the local derivative alone: multiply it by the gradient of the result, out.grad",
        lambda at: at.partial,
    ),
    Slip(
        "missing chain factor",
        "the gradient of its {place} is the local derivative times out.data, where out.grad belongs",
        lambda at: at.y * at.partial,
    ),
    Slip(
        "swapped operands",
        "its {place} gets the derivative that belongs to the other operand",
        lambda at: at.up * at.others,
    ),
    Slip(
        "missing local derivative",
        "its {place} gets out.grad as it is: multiply it by the local derivative",
        lambda at: at.up,
    ),
    Slip("counted twice", "its {place} gets its gradient twice", lambda at: 2 * at.up * at.partial),
    Slip(
        "missing chain factor",
        "the local derivative and out.grad are added in its {place}, where they must be multiplied",
        lambda at: at.up + at.partial,
    ),
    Slip(
        "swapped operands",
        "its {place} gets what belongs to the other operand as well: has one name been typed for both?",
        lambda at: at.up * (at.partial + at.others),
    ),
    Slip(
        "missing chain factor",
        "the gradient of its {place} has out.grad in it twice",
        lambda at: at.up * at.up * at.partial,
    ),
    Slip("wrong sign", "its {place} gets its gradient without the sign", lambda at: abs(at.up * at.partial)),
)


def _formula(kind: str, formula: str, gives: Callable[[At], float]) -> Slip:
    return Slip(kind, f"the derivative by its {{place}} is computed as {formula}", lambda at: at.up * gives(at))


def _power(formula: str, gives: Callable[[float, float], float]) -> Slip:
    return _formula("pow", formula, lambda at: gives(at.x, at.other))


_RELU_ALL = Slip("relu", "its gradient goes through whatever the sign of the number was", lambda at: at.up)

SPECIAL: dict[str, tuple[Slip, ...]] = {
    "mul": (
        _formula("formula", "the result", lambda at: at.y),
        _formula("formula", "the sum of both operands", lambda at: at.x + at.other),
    ),
    "div": (
        _formula("div", "x / y", lambda at: at.other / at.x),
        _formula("div", "−x / y", lambda at: -at.other / at.x),
        _formula("div", "x / y², where the minus is missing", lambda at: at.other / at.x**2),
        _formula("div", "−1 / y²", lambda at: -1 / at.x**2),
        _formula("div", "1 / y²", lambda at: 1 / at.x**2),
        _formula("div", "1 / y", lambda at: 1 / at.x),
        _formula("div", "−x", lambda at: -at.other),
        _formula("div", "x", lambda at: at.other),
        _formula("div", "y, where 1 / y is right", lambda at: at.other),
        _formula("div", "1 / x", lambda at: 1 / at.x),
    ),
    "pow": (
        _power("n·xⁿ: the exponent must become one less", lambda x, n: n * x**n),
        _power("xⁿ⁻¹: the factor n is missing", lambda x, n: x ** (n - 1)),
        _power("(n−1)·xⁿ⁻¹: the factor is n, not n−1", lambda x, n: (n - 1) * x ** (n - 1)),
        _power("(n−1)·xⁿ: factor and exponent are exchanged", lambda x, n: (n - 1) * x**n),
        _power("n·x, which is right for squares alone", lambda x, n: n * x),
        _power("2·x, which is right for squares alone", lambda x, n: 2 * x),
        _power("xⁿ: the result itself", lambda x, n: x**n),
        _power("n·xⁿ⁺¹: the exponent must become one less, not one more", lambda x, n: n * x ** (n + 1)),
        _power("n", lambda x, n: n),
        _power("(n·x)ⁿ⁻¹: the factor n stands inside the power", lambda x, n: (n * x) ** (n - 1)),
        _power("n·|x|ⁿ⁻¹: a power of the absolute value", lambda x, n: n * abs(x) ** (n - 1)),
        _power("xⁿ·log x, which is the derivative by the exponent", lambda x, n: x**n * math.log(x)),
    ),
    "relu": (
        _RELU_ALL,
        _formula("relu", "1 where the number is negative, and 0 where it is positive", lambda at: float(at.x < 0)),
        _formula("relu", "the result, where it should be 1 or 0", lambda at: at.y),
        _formula("relu", "−1 where the number is negative, where it should be 0", lambda at: math.copysign(1, at.x)),
        Slip("relu", "it looks at the sign of out.grad, not of its number", lambda at: at.up * (at.up > 0)),
        Slip("relu", "it lets no negative out.grad through", lambda at: at.up * (at.up > 0 and at.x > 0)),
    ),
    "tanh": (
        _formula("formula", "1 − x²: square the result, not the number", lambda at: 1 - at.x**2),
        _formula("formula", "1 − tanh(tanh x)²: the result is tanh x already", lambda at: 1 - math.tanh(at.y) ** 2),
        _formula("formula", "1 − tanh x: its square is missing", lambda at: 1 - at.y),
        _formula("formula", "1 + tanh² x", lambda at: 1 + at.y**2),
        _formula("formula", "tanh² x", lambda at: at.y**2),
        _formula("formula", "tanh² x − 1", lambda at: at.y**2 - 1),
        _formula("formula", "y·(1 − y), which is the derivative of the sigmoid", lambda at: at.y * (1 - at.y)),
    ),
    "sigmoid": (
        _formula("formula", "1 − y", lambda at: 1 - at.y),
        _formula("formula", "y", lambda at: at.y),
        _formula("formula", "y·(1 + y)", lambda at: at.y * (1 + at.y)),
        _formula("formula", "x·(1 − x): take the result, not the number", lambda at: at.x * (1 - at.x)),
        _formula("formula", "1 − y², which is the derivative of tanh", lambda at: 1 - at.y**2),
    ),
    "exp": (
        _formula("formula", "x", lambda at: at.x),
        _formula("formula", "x·eˣ: the exponent does not come down", lambda at: at.x * at.y),
        _formula("formula", "x·eˣ⁻¹, as if it were a power of x", lambda at: at.x * math.exp(at.x - 1)),
        _formula("formula", "e to the power of the result", lambda at: math.exp(at.y)),
    ),
    "log": (
        _formula("formula", "1 / log x: divide by the number, not by the result", lambda at: 1 / at.y),
        _formula("formula", "log x", lambda at: at.y),
        _formula("formula", "x", lambda at: at.x),
        _formula("formula", "1 / x²", lambda at: 1 / at.x**2),
        _formula("log base", "1 / (x·ln 10): that is the logarithm to base 10", lambda at: 1 / (at.x * math.log(10))),
    ),
    "sqrt": (
        _formula("formula", "1 / √x: the factor ½ is missing", lambda at: 1 / at.y),
        _formula("formula", "½·√x", lambda at: at.y / 2),
        _formula("formula", "1 / (2x)", lambda at: 1 / (2 * at.x)),
    ),
    "sin": (
        _formula("formula", "sin x", lambda at: at.y),
        _formula("radians", "cos of degrees", lambda at: math.cos(math.radians(at.x))),
    ),
    "cos": (_formula("formula", "cos x", lambda at: at.y),),
}

# Where both the sign and the operand may explain a number, these stand before the general ones.
FIRST = {"relu": (_RELU_ALL,), "pow": SPECIAL["pow"], "div": ()}


def explaining(operation: str, points: Sequence[At], got: Sequence[float]) -> Slip | None:
    """The first slip that explains all that was measured, if one does."""
    for slip in _candidates(operation):
        if all(_gives(slip, at, g) for at, g in zip(points, got)):
            return slip
    return None


def _candidates(operation: str) -> Iterator[Slip]:
    yield from FIRST.get(operation, ())
    yield from GENERAL
    yield from SPECIAL.get(operation, ())


def _gives(slip: Slip, at: At, got: float) -> bool:
    try:
        return near(slip.gives(at), got)
    except (ValueError, OverflowError, ZeroDivisionError, TypeError):  # a complex power is compared by no one
        return False


def near(one: float, other: float) -> bool:
    """Whether two numbers are the same to what single precision has."""
    return one == other or (one != one and other != other) or abs(one - other) <= 1e-4 * max(abs(one), abs(other), 1e-2)

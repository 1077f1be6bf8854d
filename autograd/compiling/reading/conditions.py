"""Conditions: what a branch asks, as a number that a program computes: 1.0 where it is so, else 0.0.

Each can also be looked at, as Python does: then its comparisons are recorded, and the program holds only where they
come out the same. No gradient passes through a condition, so its number has no history.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ...core.value import Bare, Value
from ...interop.masks import ROWS
from ..calls.argument import Argument, Derived
from ..graph.carried import Carried
from ..graph.graph import COMPARE
from .chosen import Chosen, Mixed

_NAMES = dict(zip(COMPARE, ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"), strict=True))
_PLAIN = (float, int, bool)
_FOLLOWED = frozenset((Value, Bare, Argument, Derived, Chosen, Mixed, Carried))
_EXACT = 2**53  # whole numbers up to here are floats


class Asked:
    """Something asked of Values."""

    outcome: bool  # the answer for the numbers it was recorded with

    def look(self) -> bool:
        """The answer, for which the program holds from now on."""
        raise NotImplementedError

    @cached_property
    def number(self) -> Any:
        """1.0 or 0.0, as it comes out at each call."""
        made = self._number()
        return made.detach() if isinstance(made, Value) else made

    def _number(self) -> Any:
        raise NotImplementedError

    def __bool__(self) -> bool:
        return self.look()


class Compared(Asked):
    """A comparison of two numbers, one of which is a Value or follows one."""

    def __init__(self, symbol: str, a: Any, b: Any) -> None:
        self.symbol, self.a, self.b = symbol, a, b
        self.outcome = bool(COMPARE[symbol](number_of(a), number_of(b)))

    def look(self) -> bool:
        return bool(COMPARE[self.symbol](self.a, self.b))

    def _number(self) -> Any:
        return ROWS[_NAMES[self.symbol]](self.a, self.b)


class Opposite(Asked):
    """`not` of another."""

    def __init__(self, of: Asked) -> None:
        self.of, self.outcome = of, not of.outcome

    def look(self) -> bool:
        return not self.of.look()

    def _number(self) -> Any:
        return 1.0 - self.of.number


class Every(Asked):
    """Several together: `and`."""

    def __init__(self, of: Sequence[Asked]) -> None:
        self.of, self.outcome = of, all(x.outcome for x in of)

    def look(self) -> bool:
        return all(x.look() for x in self.of)

    def _number(self) -> Any:
        return _product([x.number for x in self.of])


class Some(Asked):
    """One of several: `or`."""

    def __init__(self, of: Sequence[Asked]) -> None:
        self.of, self.outcome = of, any(x.outcome for x in of)

    def look(self) -> bool:
        return any(x.look() for x in self.of)

    def _number(self) -> Any:
        return 1.0 - _product([1.0 - x.number for x in self.of])


def _product(numbers: Sequence[Any]) -> Any:
    return math.prod(numbers[1:], start=numbers[0])


def asked(x: Any) -> Any:
    """What `if x:` asks of a number that a program computes; anything else as it is."""
    return Compared("!=", x, 0.0) if is_followed(x) else x


def compared(symbol: str, a: Any, b: Any) -> Any:
    """What `a < b` and the like ask of such numbers; of others, what Python says."""
    if (is_followed(a) and is_number(b)) or (is_followed(b) and is_number(a)):
        return Compared(symbol, a, b)
    return COMPARE[symbol](a, b)


def is_followed(x: Any) -> bool:
    """Whether a number may be another one at another call."""
    return type(x) in _FOLLOWED  # a class of the user's may compare in its own way


def number_of(x: Any) -> Any:
    """The number itself, which nobody is told of."""
    return x._data if isinstance(x, Value) else x._constant._data if type(x) is Carried else x


def is_number(x: Any) -> bool:
    """Whether something is compared as a float is."""
    kind = type(x)
    if kind is int:
        return bool(abs(x) <= _EXACT)
    return is_followed(x) or kind in _PLAIN

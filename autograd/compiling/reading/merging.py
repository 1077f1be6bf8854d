"""Merging: two things that an arm each has left under a name, as the one that later code reads."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.ops import TABLE
from ...core.value import Value
from ...vocabularies import functions
from ..calls.argument import Argument, Derived
from ..graph.carried import Carried
from .chosen import Chosen, Mixed, become
from .conditions import Asked

_EXACT = 2**53
_PLAIN = (int, float, bool)
_where: Any = functions.where
_NEUTRAL = {"add": -0.0, "sub": 0.0}
_functions = {row: getattr(functions, row) for row in _NEUTRAL}


class Unchosen(BaseException):
    """This branch is to be taken as Python takes it, because of what the message says. No Exception: see `Undone`."""


class Merger:
    """Chooses numbers by a condition; `made` has what came of which two, and whether both may be whole numbers."""

    def __init__(self, asked: Asked, asker: str) -> None:
        self.asked, self.asker = asked, asker
        self.made: list[tuple[Value, tuple[Any, Any], bool]] = []

    def merge(self, name: str, a: Any, b: Any, is_made: bool = False) -> Any:
        """What stands for `a` where the condition holds, and else for `b`; lists only where each arm made its own."""
        if a is b:
            return a
        kinds = kind_of(a), kind_of(b)
        if all(kinds):
            return self._number(name, a, b, kinds)
        if type(a) is type(b):
            if type(a) is str:
                if a == b:
                    return a
                raise Unchosen(f"{name} is a text that differs by the arm")
            if type(a) is dict and is_made and [*a] == [*b]:
                return {key: self.merge(name, a[key], b[key], is_made) for key in a}
            if type(a) is tuple or (type(a) is list and is_made):
                if len(a) == len(b):
                    return type(a)([self.merge(name, x, y, is_made) for x, y in zip(a, b, strict=True)])
                raise Unchosen(f"{name} has {len(a)} items in one arm and {len(b)} in the other")
            if type(a) is list:
                raise Unchosen(f"{name} is a list that may be known by another name too; make it a tuple")
        raise Unchosen(f"{name} is {_said(a)} in one arm and {_said(b)} in the other")

    def _number(self, name: str, a: Any, b: Any, kinds: tuple[str, str]) -> Any:
        if type(a) is type(b) and type(a) in _PLAIN and a == b and repr(a) == repr(b):
            return a
        if any(kind == "whole" and abs(x) > _EXACT for kind, x in zip(kinds, (a, b), strict=True)):
            raise Unchosen(f"{name} is a whole number that no float is")
        both = {*kinds}
        made = self._together(a, b)
        if made is None:
            made = _where(self.asked.number, a, b)
        is_mixed = len(both) > 1 or not both <= {"value", "argument"}
        if not isinstance(made, Value):
            if both != {"float"}:
                raise Unchosen(f"{name} is {_said(a)} in one arm and {_said(b)} in the other")
            return made  # it follows numbers that are read, and says that it is a float
        if both <= {"argument", "float"} and type(made) is Derived:
            self.made.append((made, (a, b), False))
            return made
        if is_mixed and self.asker and not name.startswith("_autograd"):
            raise Unchosen(
                f"{name} is {_said(a)} in one arm and {_said(b)} in the other, and {self.asker} asks for types; "
                "make it one kind in both, as in Value(0.0)"
            )
        become(made, Mixed if is_mixed else Chosen)
        self.made.append((made, (a, b), both <= {"whole", "truth", "mixed"}))
        return made

    def _together(self, a: Any, b: Any) -> Any:
        """Where both are a sum with one part in common, or one is that part: it, and a choice of the rest.

        The same in IEEE arithmetic, since x + -0.0 and x - 0.0 are x; and sums of choices are packed as sums. The
        partials of a sum are 1, so that adjoints meet as they would have. Those of a product are not: nan times 0 is
        nan, where in the function itself two adjoints may have cancelled before.
        """
        if not (isinstance(a, Value) and isinstance(b, Value)):
            return None
        for row, neutral in _NEUTRAL.items():
            for base in (b, a, a._a):
                if base is not None and base._serial:
                    rests = _rest(a, base, row, neutral), _rest(b, base, row, neutral)
                    if rests[0] is not None and rests[1] is not None:
                        return _functions[row](base, _where(self.asked.number, *rests))
        return None


def kind_of(x: Any) -> str:
    """What kind of number something is in a call of the function itself; "" for none."""
    kind = type(x)
    if kind is Mixed:
        return "mixed"
    if kind is Argument or kind is Derived:
        return "argument"
    if isinstance(x, Value):
        return "value"
    if kind is float or kind is Carried or kind is np.float64:
        return "float"
    return "whole" if kind is int else "truth" if kind is bool else ""


def _said(x: Any) -> str:
    kind = kind_of(x)
    if kind in ("whole", "truth"):
        return f"the whole number {x}" if kind == "whole" else repr(x)
    known = {"value": "a Value", "argument": "a number", "float": "a float", "mixed": "a number"}
    return known.get(kind) or ("None" if x is None else f"a {type(x).__name__}")


def _rest(x: Value, base: Value, row: str, neutral: float) -> Any:
    """What is added to `base` in `x`, or taken from it; None where `x` is something else."""
    if x is base:
        return neutral
    if x.op is not TABLE[row]:
        return None
    return x._b if x._a is base else x._a if x._b is base and row != "sub" else None

"""Repetition: how many turns of `autograd.repeat` a recording can do without, since they would be like those before.

The operations of the turns are compared as in `shortening`. But what follows is not run at all, so that nothing else
may differ from turn to turn either: a turn asks for its number, a local variable counts, a list grows, something
outside changes.
"""

from __future__ import annotations

import dis
import math
import operator
from collections.abc import Callable
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ...core.value import Value
from .carried import Carried
from .shortening import KEPT, NODES, Shortening

_SIMPLE = (int, float, bool, complex, str, bytes, type(None), range, type, np.generic)
_FIXED = (FunctionType, BuiltinFunctionType, ModuleType, np.ufunc)  # what is not looked into
_DEEPEST = 6
_GATHERS = ("LIST_APPEND", "SET_ADD", "MAP_ADD", "YIELD_VALUE", "STORE_GLOBAL", "DELETE_GLOBAL")


class Turn:
    """The number of a turn, which notes that it was asked for."""

    __slots__ = ("_number", "_seen")

    def __init__(self, number: int, seen: Turns) -> None:
        self._number, self._seen = number, seen

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return int  # for isinstance

    def __index__(self) -> int:
        self._seen.is_asked = True
        return self._number

    __int__ = __trunc__ = __hash__ = __index__

    def __bool__(self) -> bool:
        return bool(self.__index__())

    def __float__(self) -> float:
        return float(self.__index__())

    def __repr__(self) -> str:
        return repr(self.__index__())

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(self.__index__(), spec)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__index__(), name)


def _unary(function: Callable[..., Any]) -> Any:
    return lambda self, *more: function(self.__index__(), *more)


def _operator(function: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """The methods of an operator: the number of the turn on the left of it, and on the right."""

    def left(self: Turn, other: Any) -> Any:
        return function(self.__index__(), other.__index__() if type(other) is Turn else other)

    def right(self: Turn, other: Any) -> Any:
        return function(other, self.__index__())

    return left, right


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and_", "or_", "xor"):
    for _method, _made in zip(("__{}__", "__r{}__"), _operator(getattr(operator, _name)), strict=True):
        setattr(Turn, _method.format(_name.rstrip("_")), _made)
for _method, _made in zip(("__divmod__", "__rdivmod__"), _operator(divmod), strict=True):
    setattr(Turn, _method, _made)
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Turn, f"__{_name}__", _operator(getattr(operator, _name))[0])
for _function in (operator.neg, operator.pos, operator.abs, operator.invert, math.floor, math.ceil, round):
    setattr(Turn, f"__{_function.__name__}__", _unary(_function))


class Turns:
    """The turns of one such loop so far; of one over rows, these are what its turns are given."""

    def __init__(self, rows: list[Any] | None) -> None:
        self.rows = rows
        self.is_asked = False  # whether a turn asked for its number
        self.given: Any = None  # what the last turn was given
        self.first = 0  # the line of the last operation of the first turn
        self.ends: list[int] = []  # how many operations there were after each turn
        self.states: list[Any] = []  # what the local variables were after the last two
        self.was_quiet = False
        self.tries_at = 2

    def begin(self, given: Any) -> Turn | None:
        """What the next turn is given in place of its number."""
        made = Turn(given, self) if self.rows is None and not self.is_asked else None
        self.given = given if made is None else made
        return made

    def left_out(
        self, shortening: Shortening, frame: FrameType, ended: int, left: int, is_quiet: Callable[[], bool]
    ) -> int:
        """How many of the turns that are left need not run now, when so many have ended."""
        nodes = shortening.nodes
        self.ends.append(len(nodes))
        if self.is_asked or not nodes:
            return 0
        self.first = self.first or nodes[-1]._serial
        if len(self.ends) < self.tries_at:
            return 0
        self.states = [*self.states[-1:], _State(self.first, nodes[-1]._serial).of_locals(frame, self.given)]
        was_quiet, self.was_quiet = self.was_quiet, is_quiet()  # twice: what counts may be where it was once
        if len(self.ends) == self.tries_at:
            return 0
        period = self.ends[-1] - self.ends[-2]
        kept = max(KEPT, -(-NODES // max(period, 1)))
        if len(self.ends) <= 2 * kept + 1:
            self.tries_at = 2 * kept + 1
            return 0  # too few yet
        self.tries_at = 2 * len(self.ends)  # where they are not alike yet
        is_same = self.states[0] is not None and self.states[0] == self.states[1] and was_quiet and self.was_quiet
        even = np.diff(self.ends[-2 * kept - 1 :]) == period
        if not (is_same and period and even.all()):
            return 0
        count = left - kept  # the last turns run
        rows = [] if self.rows is None else self.rows[ended - 2 * kept : ended + count]
        if count <= 0 or not shortening.leave_out(self.ends[-1 - 2 * kept], period, count, _arguments(rows)):
            return 0
        self.tries_at = ended + left
        return count


def _arguments(rows: list[Any]) -> list[list[Value]]:
    """The Values in each row, one after the other; none where something else is among them."""
    found = []
    for row in rows:
        waiting, mine = [row], list[Value]()
        while waiting:
            one = waiting.pop()
            if isinstance(one, Value):
                mine.append(one)
            elif type(one) in (list, tuple):
                waiting += one
            else:
                return []
        found.append(mine)
    return found


class _UnknownError(Exception):
    """Something that may be another one without looking so."""


class _State:
    """What is equal for two turns that later ones could not tell apart; Values count from the end of the turn."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last

    def of_locals(self, frame: FrameType, given: Any) -> Any:
        """The local variables of a function without those that each turn sets; None where they cannot be compared."""
        own, names = variables(frame.f_code, frame.f_lasti), frame.f_locals
        parts = given if len(own) != 1 and type(given) in (list, tuple) else [given]
        if not own or len(own) != len(parts) or any(names.get(k) is not x for k, x in zip(own, parts, strict=True)):
            return None
        try:
            return {name: self._of(x, 0) for name, x in names.items() if name not in own}
        except _UnknownError:
            return None

    def _of(self, x: Any, depth: int) -> Any:
        kind = type(x)
        if kind is Carried or kind is Turn or depth > _DEEPEST:
            raise _UnknownError
        if isinstance(x, Value):
            since = x._serial - self.last if x._serial >= self.first else None
            return (since,) if since is not None else ("constant", repr(x._data)) if not x._serial else id(x)
        if isinstance(x, _SIMPLE):
            return kind, repr(x)
        if kind in (list, tuple):
            return kind, tuple(self._of(one, depth + 1) for one in x)
        if kind is dict:
            return kind, tuple((self._of(key, depth + 1), self._of(one, depth + 1)) for key, one in x.items())
        if isinstance(x, np.ndarray):
            if x.dtype.kind == "O":
                return kind, x.shape, tuple(self._of(one, depth + 1) for one in x.flat)
            return kind, x.shape, x.dtype.str, x.tobytes()
        if isinstance(x, _FIXED):
            return id(x)
        if isinstance(x, MethodType):
            return id(x.__func__), self._of(x.__self__, depth + 1)
        if hasattr(x, "__dict__") and not hasattr(x, "__next__") and not hasattr(kind, "__slots__"):
            return id(x), self._of(vars(x), depth + 1)
        raise _UnknownError


def variables(code: CodeType, at: int) -> list[str]:
    """The variables that get what the turn is given, in a loop that is asking for it at this instruction.

    None where it is no loop, or one that puts its turns together, as a list is made in brackets.
    """
    instructions = [one for one in dis.get_instructions(code) if one.offset >= at]
    if len(instructions) < 2 or instructions[0].offset != at or instructions[0].opname != "FOR_ITER":
        return []
    inside, end = 0, instructions[0].argval
    for one in instructions[1:]:
        if one.offset >= end:
            break
        if one.opname == "FOR_ITER":
            inside = max(inside, one.argval)  # of a loop in it
        elif one.offset >= inside and one.opname in _GATHERS:
            return []
    unpacks = instructions[1].opname == "UNPACK_SEQUENCE"
    count, found = instructions[1].argval if unpacks else 1, list[str]()
    for one in instructions[1 + unpacks :]:
        if len(found) >= count or not one.opname.startswith(("STORE_FAST", "STORE_NAME")):
            break
        found += one.argval if isinstance(one.argval, tuple) else [one.argval]
    return found[:count] if len(found) >= count else []

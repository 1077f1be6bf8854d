"""Argument: a number among the arguments while a function is recorded, which answers what a plain number would.

Whoever records the function is asked first: where a plain number is needed, the recording starts again; see `static`.
"""

from __future__ import annotations

import abc
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

from ...callers import is_own
from ...core.value import Value
from ...core.watching import Watcher, tell, watching_here
from .flattening import KINDS, NUMBERS, WHOLE
from .static import Name, PlainNeededError

PICK = "autograd.pick(values, index) chooses by a number"


class Origin(NamedTuple):
    """Where one of the arguments' numbers comes from."""

    name: Name  # of its argument
    mode: int  # in which that is arranged
    is_own: bool  # whether each sample has its own
    kind: type  # of number; those without samples are known from KINDS on only


class Asking(Watcher):
    """A watcher of a recording who knows where its arguments come from, if `origin` says it of each number."""

    def __init__(self, origin: Callable[[int], Origin] | None = None, values: Sequence[Value] = ()) -> None:
        self.origin = origin
        self.values = values  # of the arguments
        self.needs: dict[Name, int] = {}
        self._index: dict[int, int] = {}

    def need(self, x: Value, mode: int) -> None:
        """Starts again if one of the arguments that `x` comes from is not in that mode; those of samples never are."""
        for one in self._origins(x):
            if not one.is_own and one.mode < mode:
                self.needs[one.name] = max(mode, self.needs.get(one.name, NUMBERS))
        if self.needs:
            raise PlainNeededError(self.needs)

    def kind(self, x: Value) -> type:
        """The class that the number has in a call of the function itself."""
        origins = self._origins(x)
        if isinstance(x, Derived):
            if any(one.kind is not float for one in origins):
                self.refuse(x)
            return int if x.op is not None and x.op.name in _ROUNDING else float
        return origins[0].kind if origins else float

    def refuse(self, x: Value) -> None:
        """Raises where a plain number is needed of a sample's own whole number."""
        for one in self._origins(x):
            if one.is_own and one.kind is not float:
                raise TypeError(
                    f"the batch argument {one.name!r} is an index or a count, and each sample has its own: "
                    f"{PICK}, or pass one sample at a time to a function compiled without batch"
                )

    def _origins(self, x: Value) -> list[Origin]:
        """Where those of the arguments' numbers come from that it was computed from."""
        assert self.origin is not None
        if not self._index:
            self._index = {id(value): k for k, value in enumerate(self.values)}
        found, waiting, seen = [], [x], {id(x)}
        while waiting:
            one = waiting.pop()
            place = self._index.get(id(one))
            if place is not None:
                found.append(self.origin(place))
            elif isinstance(one, Derived):
                new = [y for y in one.inputs if id(y) not in seen]
                seen.update(map(id, new))
                waiting += new
        return found


_ROUNDING = ("floor", "ceil", "trunc", "round")


def _asking() -> Asking | None:
    """Who records here, if somebody does."""
    for watcher in reversed(watching_here()):
        if isinstance(watcher, Asking) and watcher.origin is not None:
            return watcher
    return None


class Argument(Value):
    """A number among the arguments, while a function is recorded.

    What a plain number would answer, it answers, and the program holds for such numbers only: for a text or a key, for
    this number; for `int`, for those between the same whole numbers.
    """

    __slots__ = ()

    @property  # type: ignore[misc]  # isinstance asks for it; the type itself stays what it is
    def __class__(self) -> type:
        asking = _asking()
        if asking is None or asked_by_this_package():
            return type(self)
        asking.need(self, WHOLE if isinstance(self, Derived) else KINDS)
        return asking.kind(self)

    def __index__(self) -> int:
        kind = self._kind(is_index=True)
        if kind is not int:
            raise TypeError(
                f"'{'Value' if kind is None else kind.__name__}' object cannot be interpreted as an integer: pass a "
                f"whole number, which is then a constant, as all is that static= names; {PICK}"
            )
        return int(self._held())

    def __int__(self) -> int:
        if self._kind(is_index=True) in (None, Value):
            return super().__int__()  # type: ignore[misc, no-any-return]  # it raises, and types do not show it
        whole = int(self._data)
        for symbol, bound in _BOUNDS[(whole > 0) - (whole < 0)]:
            tell("compare", self, symbol, whole + bound, True)
        return whole

    def __float__(self) -> NoReturn:
        self._kind()
        raise super().__float__()  # type: ignore[misc]  # it raises by itself, and types do not show it

    __complex__ = __float__

    def __hash__(self) -> int:
        if asked_by_this_package() or self._kind() in (None, Value):
            return object.__hash__(self)
        return hash(self._held())

    def __str__(self) -> str:
        return self.__format__("")

    def __repr__(self) -> str:
        kind = self._kind()
        return super().__repr__() if kind in (None, Value) else repr(kind(self._signed()))

    def as_given(self) -> Any:
        """The number of which a text is made, where it is one in a call of the function itself."""
        kind = self._kind()
        return self if kind in (None, Value) else kind(self._signed())

    def __format__(self, spec: str) -> str:
        kind = self._kind()
        return super().__format__(spec) if kind in (None, Value) else format(kind(self._signed()), spec)

    def __copy__(self) -> Value:
        return self

    def __deepcopy__(self, memo: Any) -> Value:
        return self

    def _kind(self, is_index: bool = False) -> Any:
        """What the number is in a call of the function itself, or None where no function is being recorded."""
        asking = _asking()
        if asking is None:
            return None
        asking.need(self, WHOLE)
        if is_index:
            asking.refuse(self)
        return asking.kind(self)

    def _held(self) -> float:
        """The number; the program holds for this one alone."""
        x = self._data
        tell("compare", self, "==" if x == x else "!=", x if x == x else self, True)
        return x

    def _signed(self) -> float:
        """The same, where 0.0 and -0.0 are two."""
        x = self._held()
        if x == 0.0:
            inverse = 1.0 / self
            tell("compare", inverse, ">" if inverse._data > 0 else "<", 0.0, True)
        return x


class Derived(Argument):
    """What was computed from arguments alone, and would be a plain number in a call of the function itself."""

    __slots__ = ()


# For a whole number, how the numbers compare that `int` makes it of.
_BOUNDS = {1: ((">=", 0.0), ("<", 1.0)), 0: ((">", -1.0), ("<", 1.0)), -1: ((">", -1.0), ("<=", 0.0))}

for _class in (Argument, Derived):
    _class.__module__, _class.__name__, _class.__qualname__ = "autograd", "Value", "Value"


def derive(node: Value) -> None:
    """Notes of a new node that it was computed from arguments alone, if it was."""
    a, b = node._a, node._b
    if a is None:
        inputs = node._many[0]
        if any(map(_is_argument, inputs)) and all(_is_argument(x) or not x._serial for x in inputs):
            node.__class__ = Derived
    elif type(a) is Value and a._serial:
        return  # as most are; the rest of this would take three times as long
    elif (_is_argument(a) and (b is None or not b._serial or _is_argument(b))) or (
        not a._serial and b is not None and _is_argument(b)
    ):
        node.__class__ = Derived


def _is_argument(x: Value) -> bool:
    kind = type(x)
    return kind is Argument or kind is Derived


def asked_by_this_package() -> bool:
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename == abc.__file__:
        frame = frame.f_back
    return is_own(frame.f_code)

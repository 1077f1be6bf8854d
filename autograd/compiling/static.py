"""Static: which arguments' plain numbers are part of what a program is recorded for, and the Values that find it out.

Numbers among the arguments are recorded as Values. Where a function needs a plain number of one, as an index, a count,
a key, a text, the recording starts again, and the whole numbers of that argument are then as they are: each call finds
its program by them. Where it asks what kind of number it was given, the kinds are.
"""

from __future__ import annotations

import abc
import inspect
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..callers import is_own
from ..core.value import Value
from ..core.watching import Watcher, tell, watching_here
from .flattening import ALL, KINDS, NUMBERS, WHOLE, Shape, is_constant_number

if TYPE_CHECKING:
    from .arguments import Arguments

Name = int | str  # of an argument: its position, or the name it is given by

PICK = "autograd.pick(values, index) chooses by a number"


class Static:
    """For each argument, how much of its numbers is part of its shape; the modes are those of `arguments`."""

    def __init__(self, function: Any = None, named: Name | Iterable[Name] = ()) -> None:
        try:
            parameters = [*inspect.signature(function).parameters.values()]
        except (TypeError, ValueError):
            parameters = []
        kinds = {one.kind for one in parameters}
        self.names = [one.name for one in parameters]
        self.sorts = bool(parameters) and inspect.Parameter.VAR_KEYWORD not in kinds  # else their order is seen
        self.modes: dict[Name, int] = {}
        self.need(dict.fromkeys(positions_and_names(function, named, "static"), ALL))

    def need(self, modes: dict[Name, int]) -> None:
        """Makes more of these arguments part of their shapes: each under its position and its name."""
        for name, mode in modes.items():
            for one in (name, *self._other(name)):
                self.modes[one] = max(mode, self.modes.get(one, NUMBERS))

    def bound(self) -> Static:
        """The same for a method, whose first argument is there already."""
        made = Static()
        made.names, made.sorts = self.names[1:], self.sorts
        made.modes = {one - 1 if isinstance(one, int) else one: mode for one, mode in self.modes.items() if one != 0}
        return made

    def _other(self, name: Name) -> list[Name]:
        if isinstance(name, str):
            return [self.names.index(name)] if name in self.names else []
        return [self.names[name]] if name < len(self.names) else []


def positions_and_names(function: Callable[..., Any], asked: Name | Iterable[Name], option: str) -> frozenset[Name]:
    """Arguments that an option names, each by its position and its name where the function's signature says both."""
    found: set[Name] = {asked} if isinstance(asked, int | str) else set(asked)
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    for one in list(found):
        if isinstance(one, str) and names and one not in names:
            raise ValueError(f"{option} names the argument {one!r}, but the function has {', '.join(names)}")
        if isinstance(one, int) and not 0 <= one < (len(names) or one + 1):
            raise ValueError(f"{option} names the argument at position {one}, but the function has {len(names)}")
        if names:
            found |= {names.index(one) if isinstance(one, str) else names[one]}
    return frozenset(found)


def mode_of(shape: Shape) -> int:
    """The mode in which an argument of that shape was arranged."""
    kind = shape[0]
    if kind in ("same", "fixed"):
        is_float = np.dtype(shape[2]).kind == "f" if kind == "fixed" else isinstance(shape[1], float)
        return ALL if is_float else WHOLE if kind == "fixed" or is_constant_number(shape[1]) else NUMBERS
    if kind in ("number", "array", "lists"):
        return KINDS if len(shape) == (2 if kind == "number" else 3) else NUMBERS
    return max(map(mode_of, shape[-1]), default=NUMBERS)


class PlainNeededError(BaseException):
    """These arguments are needed in other modes. No Exception, because the function may catch those."""

    def __init__(self, modes: dict[Name, int]) -> None:
        super().__init__(modes)
        self.modes = modes


class Asking(Watcher):
    """A watcher of a recording who knows where its arguments come from."""

    def __init__(self, given: Arguments | None = None, values: Sequence[Value] = ()) -> None:
        self.given = given
        self.values = values  # of the arguments
        self.needs: dict[Name, int] = {}
        self._index: dict[int, int] = {}

    def need(self, x: Value, mode: int) -> None:
        """Starts again if one of the arguments that `x` comes from is not in that mode; those of samples never are."""
        assert self.given is not None
        for place in self.places(x):
            k, is_own, _ = self.given.leaf(place)
            name = self.given.name(k)
            if not is_own and self.given.static.modes.get(name, NUMBERS) < mode:
                self.needs[name] = max(mode, self.needs.get(name, NUMBERS))
        if self.needs:
            raise PlainNeededError(self.needs)

    def kind(self, x: Value) -> type:
        """The class that the number has in a call of the function itself."""
        assert self.given is not None
        if isinstance(x, Derived):
            if any(self.given.leaf(place)[2] is not float for place in self.places(x)):
                self.refuse(x)
            return int if x.op is not None and x.op.name in _ROUNDING else float
        place = self._place(x)
        return float if place is None else self.given.leaf(place)[2]

    def refuse(self, x: Value) -> None:
        """Raises where a plain number is needed of a sample's own whole number."""
        assert self.given is not None
        for place in self.places(x):
            k, is_own, kind = self.given.leaf(place)
            if is_own and kind is not float:
                raise TypeError(
                    f"the batch argument {self.given.name(k)!r} is an index or a count, and each sample has its own: "
                    f"{PICK}, or pass one sample at a time to a function compiled without batch"
                )

    def places(self, x: Value) -> list[int]:
        """Which of the arguments' numbers it comes from."""
        found, waiting, seen = [], [x], {id(x)}
        while waiting:
            one = waiting.pop()
            place = self._place(one)
            if place is not None:
                found.append(place)
            elif isinstance(one, Derived):
                new = [y for y in one.inputs if id(y) not in seen]
                seen.update(map(id, new))
                waiting += new
        return found

    def _place(self, x: Value) -> int | None:
        if not self._index:
            self._index = {id(value): k for k, value in enumerate(self.values)}
        return self._index.get(id(x))


_ROUNDING = ("floor", "ceil", "trunc", "round")


def _asking() -> Asking | None:
    """Who records here, if somebody does."""
    for watcher in reversed(watching_here()):
        if isinstance(watcher, Asking) and watcher.given is not None:
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
        if asking is None or _asked_by_this_package():
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

    def __int__(self) -> int:  # type: ignore[override]  # a number with a gradient has none
        if self._kind(is_index=True) in (None, Value):
            return super().__int__()
        whole = int(self._data)
        for symbol, bound in _BOUNDS[(whole > 0) - (whole < 0)]:
            tell("compare", self, symbol, whole + bound, True)
        return whole

    def __float__(self) -> NoReturn:
        self._kind()
        super().__float__()

    __complex__ = __float__

    def __hash__(self) -> int:
        if _asked_by_this_package() or self._kind() in (None, Value):
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
    elif (_is_argument(a) and (b is None or not b._serial or _is_argument(b))) or (
        not a._serial and b is not None and _is_argument(b)
    ):
        node.__class__ = Derived


def _is_argument(x: Value) -> bool:
    kind = type(x)
    return kind is Argument or kind is Derived


def _asked_by_this_package() -> bool:
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename == abc.__file__:
        frame = frame.f_back
    return is_own(frame.f_code)

"""Value: a number that remembers the operation and the inputs it came from.

Three kinds. A Value made by hand is a leaf: an input or a parameter, it collects gradients. The result of an operation
keeps its inputs and the local partials, which is all that `backward` needs. A constant is a number met in a formula
(the 2 in `2 * x`) or a result cut off from its history: it has no line on the tape and no gradient.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from . import sweep
from .numeric import Number, is_number, number, short
from .ops import Op
from .watching import serials, tell, watchers, watching_here


def _comparison(symbol: str, outcome: Callable[[Any, Any], bool]) -> Callable[[Value, Value | Number], bool]:
    """A comparison reads the numbers; whoever watches (an open tape) is shown how it came out."""

    def compare(self: Value, other: Any) -> Any:
        a, b = self._data, other._data if isinstance(other, Value) else other
        if type(b) is not float:
            if hasattr(b, "__array_ufunc__") or (symbol in ("==", "!=") and not is_number(b)):
                return NotImplemented  # an array compares each of its elements; what is no number equals none
            if not is_number(b):
                number(b)  # says what is wrong with it
        found = outcome(a, b)
        if watchers:
            for watcher in watching_here():
                watcher.compare(self, symbol, other, found)
        return found

    return compare


if TYPE_CHECKING:
    from .methods import Methods  # what others add: `record` a method for each row, `modes` the scope

    _Operations = Methods["Value"]
else:
    _Operations = object

# The grad of a Value that no sweep has reached: 0.0 like any other, and told apart by identity.
UNSET = float("0.0")


class Value(_Operations):
    """A number that can be differentiated: an input or a parameter.

    Arithmetic, comparisons and every operation of the table work on it, alone or mixed with numbers; results record
    where they came from. `data` is the number, `grad` the derivative that `backward` added up, `label` a name for
    pictures. Equality compares numbers; the hash is the object's, so a Value can be a dictionary's key.

    >>> x = Value(3.0, label="x")
    >>> y = x * x + 2
    >>> y.backward()
    >>> y.data, x.grad
    (11.0, 6.0)

    Raises:
        TypeError: `data` is not a real number, or `label` not a string.
        ValueError: `data` is beyond the range of a float.
    """

    # Two inputs and their partials have slots of their own, because a tuple more for each node would be one more
    # object for Python's cyclic collector to visit: with it on, recording takes 22 ms in place of 65 (moons step).
    __slots__ = ("__weakref__", "_a", "_b", "_da", "_data", "_db", "_grad", "_many", "_notes", "_serial", "op")

    _data: float
    _grad: float
    _notes: dict[str, Any]  # label and what else is known about it; absent until something is
    op: Op | None  # None for a leaf
    _serial: int  # see `line`
    _a: Value | None  # the first input; None for a leaf, and where there are more than two
    _b: Value | None  # the second input, if there is one
    _da: float  # the partial by a
    _db: float  # the partial by b
    _many: tuple[tuple[Value, ...], tuple[float, ...]]  # inputs and partials, where `_a` is None

    def __init__(self, data: Number, label: str = "") -> None:
        if type(data) is float:
            self._data = data
        elif watchers and (known := tell("known", data)) is not None:
            self._data = known._data
            tell("made_of", self, known)
        else:
            self._data = number(data)
        self._grad = UNSET
        self._a = self._b = self.op = None
        self._serial = next(serials)
        if label:
            self.label = label
        if type(self) is Value:
            # one class for leaves and results: with two, Python looks for an overriding __rmul__ at every product
            self.__class__ = Bare

    @property
    def data(self) -> float:
        """The number. Writing it on a leaf is how a step is taken; results recorded before do not change."""
        if watchers and (found := tell("read", self)) is not None:
            return found  # type: ignore[no-any-return]
        return self._data

    @data.setter
    def data(self, data: Number) -> None:
        if watchers:
            tell("touched", self, "writes {}.data")
        if not self._serial:
            self._refuse("keeps its number")
        self._data = data if type(data) is float else number(data)

    @property
    def grad(self) -> float:
        """The derivative of the last `backward` root by this Value; on a leaf, the sum over all since `zero_grad`."""
        if watchers:
            tell("touched", self, "reads {}.grad")
        return self._grad if self._serial else UNSET  # what a sweep leaves on a constant means nothing

    @grad.setter
    def grad(self, grad: Number | None) -> None:
        if watchers:
            tell("touched", self, "writes {}.grad")
        if not self._serial:
            self._refuse("has no gradient")
        self._grad = UNSET if grad is None else number(grad) or UNSET

    def _refuse(self, what: str) -> NoReturn:
        raise ValueError(f"a constant ({self._data!r}) {what}; make a leaf of it with Value({self._data!r})")

    @property
    def label(self) -> str:
        """The name shown in pictures and tables, or ""."""
        return str(self.notes.get("label", ""))

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(f"a label is a string, not {short(label)}; write label={str(label)!r}")
        self.note("label", label)

    @property
    def notes(self) -> dict[str, Any]:
        """What is known about this Value besides its number: its label, its scope."""
        return getattr(self, "_notes", {})

    def note(self, key: str, text: Any) -> None:
        """Writes down something about this Value."""
        self._notes = {**self.notes, key: text}
        if watchers:
            tell("named", self)

    @property
    def inputs(self) -> tuple[Value, ...]:
        """The Values this one was computed from, in order; `x * x` has two equal inputs, a leaf none."""
        if self._a is None:
            return () if self.op is None else self._many[0]
        return (self._a,) if self._b is None else (self._a, self._b)

    @property
    def partials(self) -> tuple[float, ...]:
        """The derivative of this Value by each input, at the numbers it was recorded with; 0 for a constant."""
        if watchers:
            for x in self.inputs:
                float(x.data)  # they are what the numbers of the inputs make them
        return self._slopes()

    def _slopes(self) -> tuple[float, ...]:
        if self._a is None:
            return () if self.op is None else self._many[1]
        return (self._da,) if self._b is None else (self._da, self._db)

    @property
    def line(self) -> int:
        """Its place in the order of recording, which is a topological order; 0 for a constant."""
        return self._serial

    @property
    def is_leaf(self) -> bool:
        """Whether it is not the result of a recorded operation."""
        return self.op is None

    @property
    def is_constant(self) -> bool:
        """Whether it is a number without a gradient: met in a formula, detached, or computed under `no_grad`."""
        return not self._serial

    def backward(self, seed: Number = 1.0) -> None:
        """Adds `seed` times the derivative of this Value to the `grad` of every leaf it depends on.

        The derivative is that of the computation as it was recorded. Results in between restart from 0 each time.

        Raises:
            ValueError: this Value depends on no leaf.
        """
        sweep.backward([self], [number(seed)])

    def zero_grad(self) -> None:
        """Forgets the derivative added up so far."""
        if watchers:
            tell("touched", self, "clears {}.grad")
        self._grad = UNSET

    def detach(self) -> Value:
        """The same number without its history: a constant."""
        made = new_constant(self._data)
        if watchers:
            tell("cut_off", made, self)
        return made

    __eq__ = _comparison("==", operator.eq)  # type: ignore[assignment]
    __ne__ = _comparison("!=", operator.ne)  # type: ignore[assignment]
    __lt__ = _comparison("<", operator.lt)
    __le__ = _comparison("<=", operator.le)
    __gt__ = _comparison(">", operator.gt)
    __ge__ = _comparison(">=", operator.ge)
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return bool(self != 0.0)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self.data!r}, grad={self.grad!r}{label})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    if not TYPE_CHECKING:  # for which float(x) and math.exp(x) are errors too

        def __float__(self) -> NoReturn:
            raise TypeError(
                "a Value does not turn into a plain number by itself, because its gradient would be lost; use a "
                "function of autograd in place of one of math, as in autograd.exp(x), or take the number with x.data"
            )

        __int__ = __complex__ = __float__


class Bare(Value):  # made without running Python code, in 56 ns against 122 ns: the functions that record fill it in
    __doc__ = Value.__doc__
    __slots__ = ()
    __init__ = object.__init__


for _class in (Value, Bare):
    _class.__module__, _class.__name__, _class.__qualname__ = "autograd", "Value", "Value"


def new_constant(data: float) -> Value:
    """A constant of its own."""
    made: Value = Bare()
    made._data = data
    made._grad = UNSET
    made._a = made._b = made.op = None
    made._serial = 0
    return made


# A program meets few numbers many times. Kept small: the numbers of a data set pass through, the 2 in `2 * x` stays.
_constants: dict[float, Value] = {}


def constant(x: Number) -> Value:
    """The number `x` as a node of the graph; equal numbers are the same node."""
    if watchers and type(x) is not float and (known := tell("known", x)) is not None:
        return known  # type: ignore[no-any-return]
    data = x if type(x) is float else number(x)
    made = _constants.get(data)
    if made is None:
        made = new_constant(data)
        if data:  # 0.0 and -0.0 are equal keys and different numbers
            if len(_constants) >= 1024:
                _constants.clear()
            _constants[data] = made
    return made

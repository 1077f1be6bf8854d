"""What micrograd's readers know a Value by: `_prev`, `_op`, `_backward`, and attributes of their own.

A Value has slots and no dictionary, which would make recording 4 % slower. So the attributes are those that optimisers
written by hand use, kept with the label; Values of a subclass of one's own take any.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from ..core.sweep import sweep
from ..core.value import Value
from ..core.watching import tell, watchers
from .numbers import NUMPY_NAMES

# Attributes for the user: of optimisers written by hand, and a name.
KEPT = (
    "name",
    "m",
    "v",
    "t",
    "s",
    "lr",
    "state",
    "cache",
    "momentum",
    "velocity",
    "exp_avg",
    "exp_avg_sq",
)
# micrograd's symbols, where the table's are others.
_SYMBOLS = {"sub": "-", "mul": "*", "div": "/", "mod": "%", "square": "**2", "reciprocal": "**-1"}


class Kept:
    """An attribute that a Value has once it was set; copies and pickles keep it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, value: Value | None, owner: Any = None) -> Any:
        if value is None:
            return self
        if watchers:
            tell("touched", value, f"reads {{}}.{self.name}")
        if self.name not in value.notes:
            raise AttributeError(f"this Value has no {self.name!r} yet; set it first, as in value.{self.name} = 0.0")
        return value.notes[self.name]

    def __set__(self, value: Value, thing: Any) -> None:
        if watchers:
            tell("touched", value, f"writes {{}}.{self.name}")
        value.note(self.name, thing)


def _prev(value: Value) -> set[Value]:
    """The Values that this one was computed from, as a set; `inputs` has them in order."""
    return set(value.inputs)


def _op(value: Value) -> str:
    """The symbol of the operation, "" for a leaf; `op` has its row."""
    if value.op is None:
        return ""
    if value.op.name == "pow" and value.inputs[1].is_constant:
        return f"**{value.inputs[1].data:g}"
    return _SYMBOLS.get(value.op.name, value.op.symbol)


def _backward(value: Value) -> Callable[[], None]:
    """What passes this Value's `grad` on to its inputs, each times its partial; nothing of a leaf."""
    return partial(sweep, () if value.op is None else (value,))


def _refuse(value: Value, thing: Any) -> NoReturn:
    raise AttributeError(
        "the inputs of a Value and its way back are recorded by the operation that made it; define an operation of "
        "your own with autograd.primitive, which takes the function and its partials"
    )


def _dir(value: Value) -> list[str]:
    """What is public, in the names of the table: not NumPy's names, nor attributes that were never set."""
    hidden = {*NUMPY_NAMES, *KEPT}.difference(value.notes)
    known = (name for name in object.__dir__(value) if name not in hidden)
    return [name for name in known if not name.startswith("_") or name.endswith("__")]


for _name in KEPT:
    setattr(Value, _name, Kept(_name))
for _read in (_prev, _op, _backward):
    setattr(Value, _read.__name__, property(_read, _refuse))
Value.__dir__ = _dir  # type: ignore[assignment]  # it has a Value

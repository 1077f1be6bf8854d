"""Freezing: parameters that training leaves as they are, while gradients go through them as before.

The mark is on the Value, so it holds for every module and every optimiser that has it, and is copied with the model.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from autograd import Value

from ..arguments.keywords import named

_numbers = count(1)
_latest = 0


@named
def freeze(parameters: Iterable[Value], frozen: bool = True) -> None:
    """Keeps the parameters from being trained; or lets them, with `frozen=False`.

    >>> w = Value(1.0)
    >>> freeze([w])
    >>> is_frozen(w)
    True
    """
    global _latest
    if callable(getattr(parameters, "parameters", None)):
        raise TypeError(f"freeze takes the parameters of {parameters!r}; write freeze(model.parameters())")
    given = list(parameters)
    for parameter in given:
        if not isinstance(parameter, Value):
            raise TypeError(f"a parameter must be a Value, got {parameter!r}; freeze takes a list of them")
    for parameter in given:
        parameter.note("frozen", frozen)
    _latest = next(_numbers)


def is_frozen(parameter: Value) -> bool:
    """Whether training leaves the parameter as it is."""
    return bool(parameter.notes.get("frozen", False))


def latest_change() -> int:
    """A number that is another one after each change: an optimiser looks at its parameters again only then."""
    return _latest

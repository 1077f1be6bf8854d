"""What the words of the table mean on Values: every row as a function that records, and as a method of Value.

    >>> from autograd import Value, exp
    >>> x = Value(0.0)
    >>> y = exp(2 * x)
    >>> y.backward()
    >>> x.grad
    2.0

On plain numbers the same functions return plain numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .. import special  # whose rows join the table
from ..core.ops import ROWS, Op
from ..core.record import OPERATORS, teach
from . import recorders, written


def define(op: Op) -> Callable[..., Any]:
    """Makes the function of a row, here and as a method of Value."""
    made = recorders.recorder(op)
    globals()[op.name] = made
    teach(op, made, recorders.operators(op) if op.name in OPERATORS else ())
    return made


def _when_called(op: Op) -> Callable[..., Any]:
    """A method that makes the function when it is called first: a program needs few, and to print one takes 0.4 ms."""
    return lambda *inputs, **options: define(op)(*inputs, **options)


written.on_floats()
_made = {row.name: define(row) for row in ROWS if row.name not in special.OWN}
for _row in special.OWN.values():
    teach(_row, _when_called(_row))


def __getattr__(operation: str) -> Any:
    """The function of a row that has not been asked for yet."""
    if operation in special.OWN:
        return define(special.OWN[operation])
    raise AttributeError(f"there is no operation {operation!r} in the table")


def each(f: Callable[..., Any], *groups: Sequence[Any]) -> list[Any]:
    """`f` of each value of a group: the word with which rows speak of every input of an n-ary operation."""
    return list(map(f, *groups))


def softmax(xs: Iterable[Any]) -> list[Any]:
    """The values as probabilities: exp(x) of each, divided by their sum; shifted, so that none overflows."""
    return [_made["exp"](x) for x in log_softmax(xs)]


def log_softmax(xs: Iterable[Any]) -> list[Any]:
    """The logarithms of the softmax: x - logsumexp(xs) of each."""
    xs = list(xs)
    total = _made["logsumexp"](xs)
    return [x - total for x in xs]

"""Record: what it means to apply an operation to Values, in plain Python.

A row says what an operation gives, and its partials; `apply` asks the row and remembers both in a new Value. There is
no more to recording. The functions that a program calls are printed from the rows to do the same 5 to 20 times as fast
(see `vocabularies.recorders`); a test holds them to this.

    >>> x = Value(3.0)
    >>> y = apply(TABLE["mul"], x, apply(TABLE["add"], x, 2.0))
    >>> y.data, y.partials, y.inputs[1].partials
    (15.0, (5.0, 3.0), (1.0, 0.0))
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from . import floats
from .numeric import number
from .ops import TABLE, Op
from .value import UNSET, Bare, Value, constant
from .watching import serials, tell, watch, watchers


def apply(op: Op, *inputs: Any, **options: Any) -> Any:
    """What an operation gives of Values and numbers, as a Value that remembers it; of numbers alone, a number.

    It is called with the row's own names and defaults; the values of a single group may also be given one by one.
    """
    read = checked(op, inputs, options)
    given = op.joined(read)
    if not any(isinstance(x, Value) for x in given):
        found = tell("computed", op, *read) if watchers else None
        return float(op.forward(floats, *op.split([number(x) for x in given]))) if found is None else found
    nodes = [x if isinstance(x, Value) else constant(x) for x in given]
    data = op.split([x._data for x in nodes])
    result = op.forward(floats, *data)
    partials = op.joined(op.partials(floats, *data, result))
    if op.groups == (False, False):
        # by a number there is none beside a Value: the log(x) of x ** 2.0 is nothing to spend time on
        partials = [partial if isinstance(x, Value) else 0.0 for x, partial in zip(given, partials, strict=True)]
    return recorded(op, result, nodes, partials)


def recorded(op: Op, data: float, inputs: Sequence[Value], partials: Sequence[float]) -> Value:
    """A new Value that came about so, shown to those who watch."""
    node: Value = Bare()
    node._data = data
    node._grad = UNSET
    node.op = op
    node._a = node._b = None
    node._many = tuple(inputs), tuple(partials)
    node._serial = next(serials)
    if watchers:
        watch(node)
    return node


def group(xs: Any) -> Sequence[Any]:
    """The values of a group, given as any iterable, or the only one itself."""
    if isinstance(xs, list | tuple):
        return xs
    try:
        return (xs,) if isinstance(xs, Value) else list(xs)
    except TypeError:
        return (xs,)


def checked(op: Op, inputs: Sequence[Any], options: dict[str, Any]) -> list[Any]:
    """The inputs as the row reads them, groups as sequences: equally long, and not empty where that has no meaning."""
    if op.groups == (True,) and len(inputs) > 1:
        inputs = [inputs]
    if options or len(inputs) != len(op.groups):
        bound = inspect.Signature(op.parameters).bind(*inputs, **options)
        bound.apply_defaults()
        inputs = bound.args
    read = [group(x) if many else x for x, many in zip(inputs, op.groups, strict=True)]
    sizes = [len(x) for x, many in zip(read, op.groups, strict=True) if many]
    if len({*sizes}) > 1:
        raise ValueError(f"{op} pairs the values up, but got {sizes[0]} and {sizes[1]} of them; give as many of each")
    least = max(domain.least or 0 for domain in op.domain)
    if sizes and sizes[0] < least:
        raise ValueError(f"{op} of no values; give at least {least}")
    return read


def is_foreign(x: Any) -> bool:
    """Whether `x`, beside an operator, is of a type that may know better than `constant` what to do."""
    kind = type(x)
    if kind.__module__ == "builtins" or isinstance(x, Value):
        return False
    # an array applies the operator to each of its elements
    return hasattr(kind, "__array_ufunc__") or (hasattr(kind, "__radd__") and not hasattr(kind, "__float__"))


# The functions of the rows, and how Python calls them: `a + b`, `-x`, `round(x)`, `x.tanh()`.

OPERATORS = {"div": "truediv", **{name: name for name in ("add", "sub", "mul", "floordiv", "mod", "pow")}}
PROTOCOLS = ("neg", "pos", "abs", "round", "floor", "ceil", "trunc")


def function(op: Op) -> Callable[..., Any]:
    """The function of a row, and a method of Value."""
    return lambda *inputs, **options: apply(op, *inputs, **options)


def operators(op: Op) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What Python calls for a binary operator: with a Value on the left, and with something else left of a Value."""

    def left(a: Any, b: Any) -> Any:
        return NotImplemented if is_foreign(b) else apply(op, a, b)

    def right(b: Any, a: Any) -> Any:
        if op.name == "add" and type(a) is int and a == 0:
            return b  # Python's sum([...]) starts from it
        return NotImplemented if is_foreign(a) else apply(op, a, b)

    return left, right


def teach(op: Op, function: Callable[..., Any], operators: Sequence[Callable[..., Any]] = ()) -> None:
    """Makes the functions of a row methods of Value."""
    setattr(Value, op.name, function)
    if op.name in PROTOCOLS:
        setattr(Value, f"__{op.name}__", function)
    for side, operator in zip(("", "r"), operators, strict=False):
        setattr(Value, f"__{side}{OPERATORS[op.name]}__", operator)


for _row in TABLE.values():
    teach(_row, function(_row), operators(_row) if _row.name in OPERATORS else ())
setattr(Value, "__divmod__", lambda a, b: (a // b, a % b))  # noqa: B010
setattr(Value, "__rdivmod__", lambda b, a: (a // b, a % b))  # noqa: B010

"""The functions that record: each printed from its row, compiled once, and run on every operation.

A function for all rows would call the row twice and loop over the inputs. Printed through the `text` vocabulary, the
row's arithmetic stands in the function itself: recording `a * b` takes 170 ns; by calls of the row, without a loop, it
took 280 ns, and with a loop over any number of inputs 870 ns.
`inspect.getsource(autograd.tanh)` shows one; tracebacks do too.
"""

from __future__ import annotations

import linecache
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..core import floats
from ..core.numeric import number
from ..core.ops import Op
from ..core.value import UNSET, Bare, Value, constant
from ..core.watching import serials, watch, watch_numbers, watchers
from . import text


def recorder(op: Op) -> Callable[..., Any]:
    """The function that computes `op` on Values and numbers and records it; on numbers alone it only computes."""
    if any(op.groups):
        return _compiled(op, op.name, _of_groups(op))
    if len(op.parameters) == 1:
        return _compiled(op, op.name, _of_one(op))
    if len(op.parameters) == 2:
        return _compiled(op, op.name, _of_two(op))
    return _compiled(op, op.name, _of_several(op))


def operators(op: Op, name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The methods `__name__` and `__rname__` of a binary operator: a Value on the left, and a number left of one."""
    a, b = (parameter.name for parameter in op.parameters)
    left = [
        f"def __{name}__({a}, {b}):",
        f"    if isinstance({b}, Value):",
        *_indented(_recording(op)),
        *_recording(op, constant=b, convert="operand"),
    ]
    # Python's sum([...]) starts from the integer 0, and there is nothing to record in adding that
    from_zero = [f"    if {a} == 0 and type({a}) is int:", f"        return {b}"] if name == "add" else []
    right = [f"def __r{name}__({b}, {a}):", *from_zero, *_recording(op, constant=a, convert="operand")]
    return _compiled(op, f"__{name}__", left), _compiled(op, f"__r{name}__", right)


# Source. `x` is the Value, `x_` its number, as in the rows' own names.


def _of_one(op: Op) -> list[str]:
    x = op.parameters[0].name
    return [
        f"def {op.name}({x}):",
        f"    if not isinstance({x}, Value):",
        *_indented(_indented(_plain([x], f"forward(floats, {_number(x)})"))),
        *_recording(op),
    ]


def _of_two(op: Op) -> list[str]:
    a, b = (parameter.name for parameter in op.parameters)
    return [
        f"def {op.name}{_signature(op)}:",
        f"    if isinstance({a}, Value):",
        f"        if isinstance({b}, Value):",
        *_indented(_indented(_recording(op))),
        *_indented(_recording(op, constant=b)),
        f"    if isinstance({b}, Value):",
        *_indented(_recording(op, constant=a)),
        *_indented(_plain([a, b], f"forward(floats, {_number(a)}, {_number(b)})")),
    ]


def _of_several(op: Op) -> list[str]:
    names = [parameter.name for parameter in op.parameters]
    return [
        f"def {op.name}{_signature(op)}:",
        f"    if not ({' or '.join(f'isinstance({x}, Value)' for x in names)}):",
        *_indented(_indented(_plain(names, f"forward(floats, {', '.join(map(_number, names))})"))),
        *(f"    {x} = {x} if isinstance({x}, Value) else constant({x})" for x in names),
        *_recording(op),
    ]


def _plain(names: Sequence[str], result: str) -> list[str]:
    """Lines that return what numbers alone give."""
    return [
        f"if watchers and (found := watch_numbers(op, {', '.join(names)})) is not None:",
        "    return found",
        f"return {result}",
    ]


def _number(x: str) -> str:
    return f"{x} if type({x}) is float else number({x})"


def _recording(op: Op, constant: str = "", convert: str = "constant") -> list[str]:
    """Lines that compute, record and return the node; `constant` names the input that is a number, if one is."""
    names = [parameter.name for parameter in op.parameters]
    data = [text.Text(f"{x}_") for x in names]
    before, (value,) = text.program([op.forward(text.words, *data)], "s", "floats.")
    partials = list(op.partials(text.words, *data, text.Text("result")))
    if constant:
        partials[names.index(constant)] = 0.0
    after, slopes = text.program(partials, "t", "floats.")
    needed = any("result" in line for line in [*after, *slopes])
    return _indented(
        [
            *([f"{constant} = {convert}({constant})"] if constant else []),
            *([f"if {constant} is NotImplemented:", f"    return {constant}"] if convert == "operand" else []),
            *(f"{x}_ = {x}._data" for x in names),
            *before,
            "node = Bare()",
            f"node._data = {'result = ' if needed else ''}{value}",
            *after,
            *_inputs(names, slopes),
            *_RECORD,
        ]
    )


def _inputs(names: Sequence[str], slopes: Sequence[str]) -> list[str]:
    if len(names) > 2:
        return ["node._a = node._b = None", f"node._many = ({', '.join(names)}), ({', '.join(slopes)})"]
    if len(names) == 1:
        return [f"node._a = {names[0]}", "node._b = None", f"node._da = {slopes[0]}"]
    return [f"node._a = {names[0]}", f"node._b = {names[1]}", f"node._da = {slopes[0]}", f"node._db = {slopes[1]}"]


_RECORD = [
    "node._grad = UNSET",
    "node.op = op",
    "node._serial = next(serials)",
    "if watchers:",
    "    watch(node)",
    "return node",
]


def _of_groups(op: Op) -> list[str]:
    names = [parameter.name for parameter in op.parameters]
    groups = [x for x, many in zip(names, op.groups, strict=True) if many]
    scalars = [x for x, many in zip(names, op.groups, strict=True) if not many]
    least = max(domain.least or 0 for domain in op.domain)

    def each(group: str, scalar: str) -> str:
        return ", ".join(group.format(x) if x in groups else scalar.format(x) for x in names)

    data = each("{}_", "{}_")
    read = [f"{x}_ = [x._data for x in {x}]" for x in groups]
    is_recorded = [f"{x}_recorded" for x in scalars] + [f"any([isinstance(x, Value) for x in {x}])" for x in groups]
    rest = "" if len(names) > 1 else ", rest"
    body = [line for x in groups for line in (f"if type({x}) is not list:", f"    {x} = group({x}{rest})")]
    for x in groups[1:]:
        body += [f"if len({groups[0]}) != len({x}):", f"    unequal('{op.name}', {groups[0]}, {x})"]
    if least:
        body += [f"if not {groups[0]}:", f"    raise ValueError('{op.name} of no values; give at least {least}')"]
    elif not scalars:
        body += [f"if not {groups[0]}:", f"    return float(forward(floats, {each('()', '')}))"]
    for x in scalars:
        body += [f"{x}_recorded = isinstance({x}, Value)", f"if not {x}_recorded:", f"    {x} = constant({x})"]
    body += [
        *(f"{x}_ = {x}._data" for x in scalars),
        "try:",
        *_indented(read),
        "except AttributeError:",  # some are numbers
        f"    if not ({' or '.join(is_recorded)}):",
        *_indented(_indented(_plain(names, f"float(forward(floats, {each('numbers({})', '{}_')}))"))),
        *(f"    {x} = [x if isinstance(x, Value) else constant(x) for x in {x}]" for x in groups),
        *_indented(read),
        "node = Bare()",
        f"node._data = result = forward(floats, {data})",
        f"{each('d{}', 'd{}')}, = partials(floats, {data}, result)",
        "node._a = node._b = None",
        f"node._many = ({each('*{}', '{}')},), ({each('*d{}', 'd{}')},)",
        *_RECORD,
    ]
    signature = _signature(op) if len(names) > 1 else f"({names[0]}, *rest)"
    return [f"def {op.name}{signature}:", *_indented(body)]


def _signature(op: Op) -> str:
    return "(" + ", ".join(x.name if x.default is x.empty else f"{x.name}={x.default!r}" for x in op.parameters) + ")"


def _indented(source: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in source]


def _compiled(op: Op, name: str, source: list[str]) -> Callable[..., Any]:
    says = op.says
    if re.match("[a-z]{2,} ", says):  # a sentence; a formula keeps its case, `a + b`
        says = f"{says[0].upper()}{says[1:]}{'.' * (says[-1] != '.')}"
    code = "\n".join([source[0], f'    """{says}"""', *source[1:], ""])
    file = f"<autograd row {op.name}: {name}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {**_NAMES, "op": op, "forward": op.forward, "partials": op.partials}
    exec(compile(code, file, "exec"), namespace)
    made: Callable[..., Any] = namespace[name]
    made.__module__ = "autograd"
    return made


# What the printed functions call.


def operand(x: Any) -> Any:
    """The other side of an operator as a constant, or NotImplemented if it is of a type that may know better."""
    kind = type(x)
    if hasattr(kind, "__array_ufunc__") and not isinstance(x, np.generic):
        return NotImplemented  # an array: it applies the operator to each of its elements
    if kind.__module__ != "builtins" and hasattr(kind, "__radd__") and not hasattr(kind, "__float__"):
        return NotImplemented
    return constant(x)


def group(xs: Any, rest: tuple[Any, ...] = ()) -> Sequence[Any]:
    """The values given: one iterable, or one by one."""
    if isinstance(xs, Value) or rest:
        return (xs, *rest)
    if isinstance(xs, list | tuple):
        return xs
    try:
        return list(xs)
    except TypeError:
        return (xs,)


def numbers(xs: Iterable[Any]) -> list[float]:
    """Plain numbers as floats."""
    return [number(x) for x in xs]


def unequal(name: str, xs: Sequence[Any], ys: Sequence[Any]) -> None:
    """Says that two groups must have one length."""
    raise ValueError(f"{name} pairs the values up, but got {len(xs)} and {len(ys)} of them; give as many of each")


_NAMES = {
    "Bare": Bare,
    "UNSET": UNSET,
    "Value": Value,
    "constant": constant,
    "floats": floats,
    "group": group,
    "serials": serials,
    "number": number,
    "numbers": numbers,
    "operand": operand,
    "unequal": unequal,
    "watch": watch,
    "watch_numbers": watch_numbers,
    "watchers": watchers,
    "inf": math.inf,
    "nan": math.nan,
}

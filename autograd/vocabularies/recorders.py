"""The functions that record: each printed from its row, compiled once, and run on every operation.

They do what `core.record.apply` does for all rows by calling the row and looping over the inputs. Printed through the
`text` vocabulary, the row's arithmetic stands in the function itself: recording `a * b` takes 170 ns; by calls of the
row, without a loop, it took 280 ns, and with a loop over any number of inputs 870 ns.
`inspect.getsource(autograd.tanh)` shows one; tracebacks do too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..core import floats
from ..core.numeric import number
from ..core.ops import Op
from ..core.record import OPERATORS, checked, group, is_foreign
from ..core.value import UNSET, Bare, Value, constant
from ..core.watching import serials, tell, watch, watchers
from . import text
from .printed import printed


def recorder(op: Op) -> Callable[..., Any]:
    """The function that computes `op` on Values and numbers and records it; on numbers alone it only computes."""
    if any(op.groups):
        return _compiled(op, op.name, _of_groups(op))
    if len(op.parameters) == 1:
        return _compiled(op, op.name, _of_one(op))
    if len(op.parameters) == 2:
        return _compiled(op, op.name, _of_two(op))
    return _compiled(op, op.name, _of_several(op))


def operators(op: Op) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The methods `__name__` and `__rname__` of a binary operator: a Value on the left, and a number left of one."""
    name = OPERATORS[op.name]
    a, b = (parameter.name for parameter in op.parameters)
    left = [
        f"def __{name}__({a}, {b}):",
        f"    if isinstance({b}, Value):",
        *_indented(_recording(op)),
        *_foreign(b),
        *_recording(op, constant=b),
    ]
    # Python's sum([...]) starts from the integer 0, and there is nothing to record in adding that
    from_zero = [f"    if {a} == 0 and type({a}) is int:", f"        return {b}"] if name == "add" else []
    right = [f"def __r{name}__({b}, {a}):", *from_zero, *_foreign(a), *_recording(op, constant=a)]
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
        f"if watchers and (found := tell('computed', op, {', '.join(names)})) is not None:",
        "    return found",
        f"return {result}",
    ]


def _foreign(x: str) -> list[str]:
    return [f"    if type({x}) is not float and is_foreign({x}):", "        return NotImplemented"]


def _number(x: str) -> str:
    return f"{x} if type({x}) is float else number({x})"


def _recording(op: Op, constant: str = "") -> list[str]:
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
            *([f"{constant} = constant({constant})"] if constant else []),
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
    if len(names) == 1:
        x = names[0]
        body = [f"if rest or type({x}) is not list:", f"    {x} = ({x}, *rest) if rest else group({x})"]
    else:
        body = [line for x in groups for line in (f"if type({x}) is not list:", f"    {x} = group({x})")]
    for x in groups[1:]:
        body += [f"if len({groups[0]}) != len({x}):", f"    checked(op, ({', '.join(names)}), {{}})  # raises"]
    if least:
        body += [f"if not {groups[0]}:", f"    checked(op, ({', '.join(names)},), {{}})  # raises"]
    elif not scalars:
        body += [f"if not {groups[0]}:", f"    return float(forward(floats, {each('()', '')}))"]
    for x in scalars:
        body += [f"{x}_recorded = isinstance({x}, Value)", f"if not {x}_recorded:", f"    {x} = constant({x})"]
        if not least:
            empty = _plain(names, f"float(forward(floats, {each('()', '{}._data')}))")
            body += [f"    if not {groups[0]}:", *_indented(_indented(empty))]
    body += [
        *(f"{x}_ = {x}._data" for x in scalars),
        "try:",
        *_indented(read),
        "except AttributeError:",  # some are numbers
        f"    if not ({' or '.join(is_recorded)}):",
        *_indented(_indented(_plain(names, f"float(forward(floats, {each('[*map(number, {})]', '{}_')}))"))),
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
    names = {**_NAMES, "op": op, "forward": op.forward, "partials": op.partials}
    made = printed(name, "\n".join([source[0], f'    """{says}"""', *source[1:], ""]), names)
    made.__module__ = "autograd"
    return made


_NAMES = {
    "Bare": Bare,
    "UNSET": UNSET,
    "Value": Value,
    "checked": checked,
    "constant": constant,
    "floats": floats,
    "group": group,
    "is_foreign": is_foreign,
    "serials": serials,
    "number": number,
    "tell": tell,
    "watch": watch,
    "watchers": watchers,
    "inf": math.inf,
    "nan": math.nan,
}

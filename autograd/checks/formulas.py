"""derivative_table: the table of operations as formulas, printed from the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..core.ops import TABLE, Op, row
from ..vocabularies.text import Text, program, words


def derivative_table(*names: str) -> None:
    """Prints what each operation (or each of those named) computes, and its partials; `y` is the result.

    >>> from autograd import derivative_table
    >>> derivative_table("mul", "tanh")
    mul(a, b): a * b
        y      = a * b
        dy/da  = b
        dy/db  = a
    tanh(x): the hyperbolic tangent of x
        y      = tanh(x)
        dy/dx  = square(div(1.0, cosh(x)))

    Raises:
        ValueError: there is no operation of that name.
    """
    for op in [row(name) for name in names] or TABLE.values():
        print("\n".join(_formulas(op)))


def _formulas(op: Op) -> Iterator[str]:
    names = [parameter.name for parameter in op.parameters]
    y = "y" if "y" not in names else "z"
    each: list[Any] = [[f"{x[:-1]}1", f"{x[:-1]}2"] if many else x for x, many in zip(names, op.groups, strict=True)]
    flat = op.joined(each)
    inputs = op.split([Text(x) for x in flat])
    shown = [", ".join([*x, "..."]) if many else x for x, many in zip(each, op.groups, strict=True)]
    yield f"{op}({', '.join(shown)}): {op.says}"
    yield from _lines([y], [op.forward(words, *inputs)])
    yield from _lines([f"d{y}/d{x}" for x in flat], op.joined(op.partials(words, *inputs, Text(y))))


def _lines(names: list[str], expressions: list[object]) -> Iterator[str]:
    parts, formulas = program(expressions)
    for line in [*parts, *(f"{name} = {formula}" for name, formula in zip(names, formulas, strict=True))]:
        name, formula = line.replace(", )", ")").split(" = ", 1)
        yield f"    {name:6} = {formula}"

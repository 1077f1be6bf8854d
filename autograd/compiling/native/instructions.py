"""Instructions: the types that a kernel computes with, and what it calls by a name that is an instruction or a few."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

FLOAT, INT, BYTE = ir.DoubleType(), ir.IntType(64), ir.IntType(8)
SUMS = ("reassoc", "contract")  # sums of products may be taken in any order, and fused


@dataclass(frozen=True)
class Pointer:
    """The address of numbers of one type."""

    value: Any
    of: Any


def is_vector(value: Any) -> bool:
    """Whether a value is many numbers."""
    return isinstance(value.type, ir.VectorType)


def element(value: Any) -> Any:
    """The type of a number, or of the numbers of a vector."""
    return value.type.element if is_vector(value) else value.type


def like(value: Any, kind: Any) -> Any:
    """The type of as many numbers of another kind."""
    return ir.VectorType(kind, value.type.count) if is_vector(value) else kind


def splat(builder: ir.IRBuilder, number: Any, count: int) -> Any:
    """A vector of the same number; of one number it is the number itself."""
    if count == 1:
        return number
    kind = ir.VectorType(number.type, count)
    nothing = ir.Constant(kind, ir.Undefined)
    single = builder.insert_element(nothing, number, INT(0))
    return builder.shuffle_vector(single, nothing, ir.Constant(ir.VectorType(ir.IntType(32), count), [0] * count))


def polynomial(builder: ir.IRBuilder, x: Any, *terms: Any) -> Any:
    """c0 + c1 x + c2 x^2 ... by pairs (Estrin's scheme), whose steps wait for each other less than Horner's."""
    while len(terms) > 1:
        pairs = [foreign(builder, "llvm", "fmuladd", high, x, low) for low, high in zip(terms[::2], terms[1::2])]
        terms = (*pairs, *terms[2 * len(pairs) :])
        x = builder.fmul(x, x)
    return terms[0]


def spread(builder: ir.IRBuilder, *values: Any) -> list[Any]:
    """Values with all of them vectors, if one is."""
    count = next((x.type.count for x in values if is_vector(x)), 1)
    return [x if is_vector(x) else splat(builder, x, count) for x in values]


def foreign(builder: ir.IRBuilder, whose: str, name: str, *given: Any) -> Any:
    """A call of LLVM's own function of floats, which may be one instruction, or of C's, which has no effects."""
    inputs = spread(builder, *given)
    one = inputs[0].type
    kind = ir.FunctionType(one, [one] * len(inputs))
    if whose == "llvm":
        full = f"llvm.{name}.{f'v{one.count}' if is_vector(inputs[0]) else ''}f64"
        return builder.call(builder.module.globals.get(full) or ir.Function(builder.module, kind, full), inputs)
    if is_vector(inputs[0]):
        found = ir.Constant(one, ir.Undefined)
        for k in range(one.count):
            result = foreign(builder, whose, name, *(builder.extract_element(x, INT(k)) for x in inputs))
            found = builder.insert_element(found, result, INT(k))
        return found
    made = builder.module.globals.get(name)
    if made is None:
        made = ir.Function(builder.module, kind, name)
        made.attributes.add("nounwind")
        made.attributes.add("readnone")
    return builder.call(made, inputs)


INSTRUCTIONS: dict[str, Callable[..., Any]] = {
    "plus": lambda builder, a, b: builder.fadd(a, b, flags=SUMS),  # of sums over lanes
    "min": lambda builder, a, b: builder.select(builder.icmp_signed("<", a, b), a, b),
    "max": lambda builder, a, b: builder.select(builder.icmp_signed(">", a, b), a, b),
    "int": lambda builder, x: builder.fptosi(x, like(x, INT)),
    "bits": lambda builder, x: builder.bitcast(x, like(x, INT)),
    "number": lambda builder, x: builder.bitcast(x, like(x, FLOAT)),  # that has these bits
    "splat": lambda builder, x, count: splat(builder, x, count.constant),
    "polynomial": polynomial,
}

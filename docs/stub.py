"""`make stub`: prints the types of every row, as a function and as a method of Value, for editors and type checkers.

The functions stand between two marks in `autograd/__init__.pyi`, whose other lines are written by hand; the methods
are `autograd/core/methods.pyi`. tests/test_types.py compares both with what is printed here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import fill, indent

import autograd
from autograd.core.ops import ROWS, Op
from autograd.core.record import OPERATORS, PROTOCOLS
from autograd.interop import micrograd

PACKAGE = Path(__file__).parent.parent / "autograd"
FUNCTIONS, METHODS = PACKAGE / "__init__.pyi", PACKAGE / "core" / "methods.pyi"
MARK = "# what stands below this line is written by `make stub`\n"
WIDTH = 120

HEAD = '''"""What others add to Value, for type checkers: the methods of the rows, scopes, what micrograd's users know.

`make stub` writes this file.
"""

# fmt: off
from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

class Ratio(Protocol):
    """A float, and what else is a ratio: a Fraction, a Decimal, a floating-point scalar of NumPy."""

    def as_integer_ratio(self) -> tuple[int, int]: ...

class Whole(Protocol):
    """An int, and what else is whole: an integer scalar of NumPy."""

    @property
    def numerator(self) -> Any: ...

Number: TypeAlias = float | Ratio | Whole

V = TypeVar("V")  # Value, which this file does not import: value.py imports this one

class Methods(Generic[V]):
    scope: str
    def within(self, scope: str) -> None: """Puts a result that has just been recorded into a scope."""
    def __divmod__(self, other: V | Number) -> tuple[V, V]: ...
    def __rdivmod__(self, other: Number) -> tuple[V, V]: ...
'''
# What an input of a row may be: one number, or a group of them. "some" has a Value among it for sure.
KINDS = {
    ("some", False): "Value",
    ("plain", False): "Number",
    ("any", False): "Value | Number",
    ("some", True): "Iterable[Value] | Value",
    ("plain", True): "Iterable[Number] | Number",
    ("any", True): "Iterable[Value | Number] | Value | Number",
}


def functions() -> str:
    """Each row as a function: its types by what it is given, and what it computes."""
    names = fill(", ".join(f'"{name}"' for name in autograd.__all__), WIDTH - 4)
    lines = [line for op in ROWS for line in _function(op)]
    return "\n".join(["", "__all__ = [", indent(names, "    "), "]", "", *lines, ""])


def methods() -> str:
    """The methods that rows, Python's operators and micrograd's names make."""
    lines = [line for op in ROWS for line in _method(op)]
    for read in (micrograd._prev, micrograd._op, micrograd._backward):
        result = inspect.signature(read).return_annotation.replace("Value", "V")
        lines += ["@property", *_definition(read.__name__, ["self"], result, read)]
    lines += [f"{name}: Any" for name in micrograd.KEPT]
    return HEAD + "".join(f"    {line}\n" for line in lines)


def _function(op: Op) -> Iterator[str]:
    """A Value in any place gives a Value; numbers alone give a float; of a mixed group it is not known."""
    made, count = getattr(autograd, op.name), len(op.parameters)
    ways = [(["some" if k == place else "any" for k in range(count)], "Value") for place in range(count)]
    ways.append((["plain"] * count, "float"))
    if any(op.groups):
        ways.append((["any"] * count, "Value | Any"))
    for kinds, result in ways:
        for keyword in (False, True)[: 1 + _has_gap(op, kinds)]:
            yield "@overload"
            yield from _definition(op.name, _parameters(op, kinds, keyword), result, made)
            made = None  # said once


def _parameters(op: Op, kinds: list[str], keyword: bool = False) -> list[str]:
    """The inputs with their types; those before the Value that must be there can be left out with `keyword`."""
    must, found = kinds.index("some") if "some" in kinds else -1, []
    for k, (x, kind, many) in enumerate(zip(op.parameters, kinds, op.groups, strict=True)):
        optional = x.default is not x.empty and (k > must or (keyword and k < must))
        found += ["*"] if keyword and k == must else []
        found.append(f"{x.name}: {KINDS[kind, many]}{' = ...' if optional else ''}")
    return [*found, "*rest: Value | Number"] if op.groups == (True,) else found


def _has_gap(op: Op, kinds: list[str]) -> bool:
    return "some" in kinds and any(x.default is not x.empty for x in op.parameters[: kinds.index("some")])


def _method(op: Op) -> Iterator[str]:
    made = getattr(autograd, op.name)
    _, *rest = (x.replace("Value", "V") for x in _parameters(op, ["any"] * len(op.parameters)))
    yield from _definition(op.name, ["self", *rest], "V", made)
    if op.name in OPERATORS:
        for name in (f"__{OPERATORS[op.name]}__", f"__r{OPERATORS[op.name]}__"):
            yield from _definition(name, ["self", "other: V | Number"], "V", made)
    if op.name in PROTOCOLS:
        yield from _definition(f"__{op.name}__", ["self", *rest], "V", made)


def _definition(name: str, parameters: list[str], result: str, made: Callable[..., object] | None) -> list[str]:
    line = f"def {name}({', '.join(parameters)}) -> {result}:"
    if made is None:
        return [f"{line} ..."]
    says = f'"""{inspect.getdoc(made)}"""'
    return [f"{line} {says}"] if len(line) + len(says) < WIDTH - 4 else [line, f"    {says}"]


def written() -> dict[Path, str]:
    """The two files as they should be."""
    by_hand = FUNCTIONS.read_text(encoding="utf-8").partition(MARK)[0]
    return {FUNCTIONS: by_hand + MARK + functions(), METHODS: methods()}


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
        print(path)

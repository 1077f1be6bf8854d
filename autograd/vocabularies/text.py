"""What the words of the table mean on source text: a row evaluated here prints itself.

An expression is a small graph. `program` prints it as Python, with a line of its own for each part used twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

_BINDING = {"+": 1, "-": 1, "*": 2, "neg": 3}
_ATOM = 4


@dataclass(frozen=True, eq=False)
class Text:
    """An expression: a name or a number (no arguments), `+ - * neg`, or a call of a word."""

    head: str
    arguments: tuple[Any, ...] | None = None

    def __add__(self, other: Any) -> Text:
        return Text("+", (self, other))

    def __radd__(self, other: Any) -> Text:
        return Text("+", (other, self))

    def __sub__(self, other: Any) -> Text:
        return Text("-", (self, other))

    def __rsub__(self, other: Any) -> Text:
        return Text("-", (other, self))

    def __mul__(self, other: Any) -> Text:
        return Text("*", (self, other))

    def __rmul__(self, other: Any) -> Text:
        return Text("*", (other, self))

    def __neg__(self) -> Text:
        return Text("neg", (self,))

    def __pos__(self) -> Text:
        return self

    def __str__(self) -> str:
        return program([self])[1][0]


class Words:
    """The vocabulary: every word prints itself as a call."""

    def __getattr__(self, word: str) -> Callable[..., Text]:
        return lambda *arguments: Text(word, arguments)

    def pow_less(self, a: Any, b: Any) -> Any:
        if isinstance(b, float) and (b - 1.0) + 1.0 == b and b - (b - 1.0) == 1.0:
            return self.pow(a, b - 1.0)
        return Text("pow_less", (a, b))

    def each(self, f: Callable[..., Any], *groups: Sequence[Any]) -> list[Any]:
        return list(map(f, *groups))


words = Words()


def program(outputs: Sequence[Any], part: str = "t", prefix: str = "") -> tuple[list[str], list[str]]:
    """The lines to run first (`t1 = ...`), and one expression for each output; `prefix` stands before each word.

    Equal parts are found by numbering them from the leaves up, so the same part written twice is computed once.
    """
    numbers: dict[Any, int] = {}
    parts: list[tuple[str, tuple[int, ...] | None]] = []
    uses: list[int] = []
    known: dict[int, int] = {}  # by identity: what is in many expressions is looked at once

    def number(x: Any) -> int:
        found = known.get(id(x))
        if found is None:
            found = known[id(x)] = entered(x)
        return found

    def entered(x: Any) -> int:
        if isinstance(x, list | tuple):
            key: tuple[str, Any] = ("(", tuple(number(item) for item in x))
        elif not isinstance(x, Text):
            key = (repr(float(x)), None)
        elif x.arguments is None:
            key = (x.head, None)
        else:
            key = (x.head, tuple(number(argument) for argument in x.arguments))
        if key not in numbers:
            numbers[key] = len(parts)
            parts.append(key)
            uses.append(0)
            for argument in key[1] or ():
                uses[argument] += 1
        return numbers[key]

    roots = [number(output) for output in outputs]
    for root in roots:
        uses[root] += 1

    lines: list[str] = []
    shown: list[tuple[str, int]] = []  # each part's source and how tightly it binds
    for (head, arguments), used in zip(parts, uses, strict=True):
        source, binding = _show(head, prefix, [shown[k] for k in arguments] if arguments is not None else None)
        if used > 1 and arguments:
            lines.append(f"{part}{len(lines) + 1} = {source}")
            source, binding = f"{part}{len(lines)}", _ATOM
        shown.append((source, binding))
    return lines, [shown[root][0] for root in roots]


def _show(head: str, prefix: str, arguments: list[tuple[str, int]] | None) -> tuple[str, int]:
    if arguments is None:
        return head, _BINDING["neg"] if head.startswith("-") else _ATOM
    if head == "(":
        return f"({''.join(source + ', ' for source, _ in arguments)})", _ATOM
    if head not in _BINDING:
        return f"{prefix}{head}({', '.join(source for source, _ in arguments)})", _ATOM
    level = _BINDING[head]
    # floating-point sums and products are not associative: a right operand of equal binding keeps its brackets
    sources = [
        source if binding > level or (binding == level and place == 0) else f"({source})"
        for place, (source, binding) in enumerate(arguments)
    ]
    return (f"-{sources[0]}" if head == "neg" else f"{sources[0]} {head} {sources[1]}"), level

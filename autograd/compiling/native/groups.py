"""Groups: what the words of the table mean to a kernel that is being printed, also on many numbers at once.

A small group is written out, so that it runs on all lanes at once: a sum as additions, the largest as a chain of
`maximum`. A large one stays in memory as a `Many`, and the words are loops over it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from ...vocabularies import text
from ...vocabularies.lines import Lines
from ...vocabularies.text import Text
from ..python.lines import Words, shown
from .library import known
from .unprintable import UnprintableError

WRITTEN_OUT = 32  # numbers of a group


@dataclass(frozen=True, eq=False)
class Many(Sequence[Any]):
    """`size` numbers in memory, the first at the address `at` and the others `step` apart."""

    at: str
    step: int
    size: int
    array: str = "p"

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, k: Any) -> Any:
        return Text(f"{self.array}[{self.at} + {self.step * range(self.size)[k]}]")

    def __iter__(self) -> Iterator[Any]:
        raise UnprintableError("a loop over many numbers would be written out")

    @property
    def inputs(self) -> str:
        """What the words on groups take."""
        return f"{self.array}, {self.at}, {self.step}, {self.size}"

    def item(self) -> Text:
        """The one that a loop over `k` has come to."""
        return Text(f"{self.array}[{self.at} + {self.step} * k]")


def _no_room(count: int) -> int:
    raise UnprintableError(f"a group of {count} numbers is not written out")


class Vocabulary(Words):
    """Words that print themselves; loops over large groups are added to `lines` where they are needed first."""

    def __init__(self, lines: Lines, scratch: Callable[[int], int] = _no_room) -> None:
        self._known, self._lines, self._scratch = frozenset(known()), lines, scratch
        self._names = 0

    def __getattr__(self, word: str) -> Callable[..., Text]:
        if word not in self._known:
            raise UnprintableError(f"no kernel knows the word {word}")
        return super().__getattr__(word)

    def _named(self, expression: str) -> Text:
        self._names += 1
        self._lines.add(f"r{self._names} = {expression}")
        return Text(f"r{self._names}")

    def each(self, f: Callable[..., Any], *groups: Any) -> Any:
        if not isinstance(groups[0], Many):
            return list(map(f, *groups))
        count = len(groups[0])
        made = Many(str(self._scratch(count)), 1, count)
        with self._lines.below(f"for k in range({count}):"):
            before, (expression,) = text.program([f(*(group.item() for group in groups))], "e")
            self._lines.add(*before, f"p[{made.at} + k] = {expression}")
        return made

    def sum(self, xs: Any) -> Any:
        if isinstance(xs, Many):
            return self._named(f"sum_of({xs.inputs})")
        return reduce(lambda a, b: a + b, xs) if len(xs) else 0.0

    def prod(self, xs: Any) -> Any:
        if isinstance(xs, Many):
            return self._named(f"prod_of({xs.inputs})")
        return reduce(lambda a, b: a * b, xs) if len(xs) else 1.0

    def max(self, xs: Any) -> Any:
        return self._named(f"max_of({xs.inputs})") if isinstance(xs, Many) else reduce(self.maximum, xs)

    def min(self, xs: Any) -> Any:
        return self._named(f"min_of({xs.inputs})") if isinstance(xs, Many) else reduce(self.minimum, xs)

    def norm(self, xs: Any) -> Any:
        if not len(xs):
            return 0.0
        top = self.max(self.each(self.abs, xs))  # scaled by it, no square overflows or vanishes
        length = top * self.sqrt(self.sum(self.each(lambda x: self.square(self.safe_div(x, top)), xs)))
        infinite = self.max(self.each(lambda x: self.equal(self.abs(x), math.inf), xs))
        return self.where(infinite, math.inf, length)

    def logsumexp(self, xs: Any) -> Any:
        top = self.max(xs)
        shift = self.where(self.equal(top - top, 0.0), top, 0.0)
        return shift + self.log(self.sum(self.each(lambda x: self.exp(x - shift), xs)))

    def pick(self, xs: Any, index: Any) -> Any:
        name, at = self._named(shown(index)), len(xs)
        self._lines.add(f"bad = plus(bad, outside({name}, {float(at)}))")
        if isinstance(xs, Many):
            return self._named(f"{xs.array}[{xs.at} + {xs.step} * within({name}, {at})]")
        chosen = xs[-1]
        for k in range(at - 2, -1, -1):
            chosen = self.where(self.equal(name, float(k)), xs[k], chosen)
        return chosen


def item_of(parts: Any) -> Any:
    """The one of a large group of partials that a loop over `k` has come to, where they differ by numbers alone."""
    if isinstance(parts, Many):
        return parts.item()
    first, second = parts[0], parts[1]
    if isinstance(first, Text):
        if all(part is first for part in parts):
            return first
        if any(not isinstance(part, Text) or part.head != first.head for part in parts) or first.arguments is None:
            raise UnprintableError("the partials of a large group differ")
        return Text(first.head, tuple(map(item_of, zip(*(part.arguments for part in parts), strict=True))))
    if any(isinstance(part, Text) for part in parts):
        raise UnprintableError("the partials of a large group differ")
    if all(part == first for part in parts):
        return first
    if any(part != first + k * (second - first) for k, part in enumerate(parts)):
        raise UnprintableError("the partials of a large group differ")
    return Text(f"({first!r} + {second - first!r} * k)")

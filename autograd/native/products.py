"""Products: sums of products as loops, in blocks that stay in registers.

z[c, u, v] = sum over t of x[c, u, t] * y[c, v, t], where each of the three may differ from lane to lane. A processor
multiplies and adds several neighbours at once, so one loop runs innermost over what lies side by side in z and in one
factor: the lanes, or u, or v. The other factor stands still meanwhile, `_ROWS` rows and `_TERMS` terms of it at a time.
Where z is a sum over lanes, or nothing lies side by side, it is the sum itself that runs innermost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from .lines import Lines
from .memory import Index, View

_ROWS = 4
_TERMS = 8
_WHOLE = 16  # terms that are written out in one go
_LONG = 4  # neighbours that are worth a loop of their own


@dataclass(frozen=True)
class Factor:
    """An array whose axes go by letters."""

    view: View
    letters: str

    def number(self, index: dict[str, Index]) -> str:
        return self.view.number(*(index[letter] for letter in self.letters))

    def step(self, letter: str) -> int | None:
        return self.view.step(self.letters.index(letter))


class Product:
    """Prints the body of one function of the arrays `z`, `x`, `y` and `b`, the bias."""

    def __init__(
        self,
        lanes: int,
        sizes: dict[str, int],
        z: Factor,
        x: Factor,
        y: Factor,
        bias: Factor | None,
        adds: bool,
        scratch: Any,
    ) -> None:
        self.lines = Lines(1)
        self.lanes, self.sizes, self.scratch = lanes, sizes, scratch
        self.z, self.bias, self.adds = z, bias, adds
        (u,), (v,), (t,) = (
            set(x.letters) & set(z.letters) - set(y.letters),
            set(y.letters) & set(z.letters) - set(x.letters),
            set(x.letters) - set(z.letters),
        )
        self.t = t
        if z.view.lanes:
            still, running = ((u, x), (v, y)) if y.view.lanes else ((v, y), (u, x))
            self._blocked(*still, *running, "n")
        elif x.view.lanes or y.view.lanes:
            self._reduced(u, x, v, y)
        else:
            self._without_lanes(u, x, v, y)

    def _without_lanes(self, u: str, x: Factor, v: str, y: Factor) -> None:
        for still, running in (((u, x), (v, y)), ((v, y), (u, x))):
            letter, factor = running
            if self.sizes[letter] >= _LONG and self.z.step(letter) == 1 and factor.step(letter) == 1:
                return self._blocked(*still, *running, letter)
        for still, running in (((u, x), (v, y)), ((v, y), (u, x))):
            letter, factor = running
            if self.sizes[letter] >= _LONG <= self.sizes[still[0]] and self.z.step(letter) == 1:
                return self._blocked(*still, *running, letter, packs=True)
        if self.sizes[self.t] >= _LONG:
            return self._reduced(u, x, v, y)
        if self.sizes[u] > self.sizes[v]:
            return self._blocked(v, y, u, x, u)
        return self._blocked(u, x, v, y, v)

    # Something lies side by side.

    def _blocked(self, s: str, still: Factor, r: str, running: Factor, inner: str, packs: bool = False) -> None:
        with self.lines.loop("c", self.sizes["c"]) as c:
            index: dict[str, Index] = {"c": c}
            if packs:
                running = self._packed(running, r, index)
            outer = inner == "n"
            with ExitStack() as stack:
                index[r] = stack.enter_context(self.lines.loop(r, self.sizes[r])) if outer else r
                for rows, start in self._parts(s, _ROWS):
                    self._terms(s, still, running, dict(index), inner, rows, start)

    def _parts(self, letter: str, most: int) -> Iterator[tuple[int, Index]]:
        """The axis in parts of so many, in a loop, then what is left."""
        size = self.sizes[letter]
        whole = size - size % most
        if whole:
            with self.lines.loop(letter, whole, step=most) as start:
                yield most, start
        if size % most:
            yield size % most, whole

    def _terms(
        self, s: str, still: Factor, running: Factor, index: dict[str, Index], inner: str, rows: int, start: Index
    ) -> None:
        size = self.sizes[self.t]
        chunk = size if size <= _WHOLE else _TERMS
        self._chunk(s, still, running, index, inner, rows, start, 0, chunk, self.adds)
        whole = size - size % chunk
        if whole > chunk:
            with self.lines.loop(self.t, whole, chunk, chunk) as t:
                self._chunk(s, still, running, index, inner, rows, start, t, chunk, True)
        if size > whole:
            self._chunk(s, still, running, index, inner, rows, start, whole, size - whole, True)

    def _chunk(
        self,
        s: str,
        still: Factor,
        running: Factor,
        index: dict[str, Index],
        inner: str,
        rows: int,
        start: Index,
        first: Index,
        terms: int,
        adds: bool,
    ) -> None:
        add = self.lines.add
        at = [{**index, s: _sum(start, a)} for a in range(rows)]
        held = not still.view.lanes
        if held:
            for a in range(rows):
                for k in range(terms):
                    add(f"w{a}_{k} = {still.number({**at[a], self.t: _sum(first, k)})}")
        before = [""] * rows
        if not adds and self.bias is not None:
            before = [self.bias.number(place) for place in at]
            if inner == "n" and not self.bias.view.lanes:
                add(*(f"b{a} = {number}" for a, number in enumerate(before)))
                before = [f"b{a}" for a in range(rows)]
        with self._inner(inner):
            for k in range(terms):
                add(f"x{k} = {running.number({**index, self.t: _sum(first, k)})}")
            for a in range(rows):
                target = self.z.number(at[a])
                factors = [
                    f"w{a}_{k}" if held else still.number({**at[a], self.t: _sum(first, k)}) for k in range(terms)
                ]
                products = [f"{w} * x{k}" for k, w in enumerate(factors)]
                add(f"{target} = {' + '.join([*([target] if adds else [before[a]] if before[a] else []), *products])}")

    @contextmanager
    def _inner(self, inner: str) -> Iterator[None]:
        with self.lines.below(f"for {inner} in range({self.lanes if inner == 'n' else self.sizes[inner]}):"):
            yield

    def _packed(self, factor: Factor, letter: str, index: dict[str, Index]) -> Factor:
        """A copy of a factor in which neighbours along the axis lie side by side."""
        size, terms = self.sizes[letter], self.sizes[self.t]
        at = self.scratch(size * terms)
        copy = Factor(View("p", at, (1, size), False), letter + self.t)
        with self.lines.loop(self.t, terms) as t, self.lines.loop(letter, size) as k:
            here = {**index, letter: k, self.t: t}
            self.lines.add(f"{copy.number(here)} = {factor.number(here)}")
        return copy

    # The sum runs innermost.

    def _reduced(self, u: str, x: Factor, v: str, y: Factor) -> None:
        if self.sizes[u] > self.sizes[v]:
            u, x, v, y = v, y, u, x
        lanes = x.view.lanes or y.view.lanes
        with self.lines.loop("c", self.sizes["c"]) as c:
            for left, i in self._parts(u, 2):
                for right, j in self._parts(v, _ROWS):
                    self._sums({"c": c}, (u, x, i, left), (v, y, j, right), lanes)

    def _sums(self, index: dict[str, Index], one: Any, other: Any, lanes: bool) -> None:
        add = self.lines.add
        (u, x, i, left), (v, y, j, right) = one, other
        add(" = ".join(f"s{a}_{b}" for a in range(left) for b in range(right)) + " = 0.0")
        with ExitStack() as stack:
            if lanes:
                t = stack.enter_context(self.lines.loop(self.t, self.sizes[self.t]))
                stack.enter_context(self._inner("n"))
            else:
                t = self.t
                stack.enter_context(self._inner(self.t))
            for a in range(left):
                add(f"x{a} = {x.number({**index, u: _sum(i, a), self.t: t})}")
            for b in range(right):
                add(f"y{b} = {y.number({**index, v: _sum(j, b), self.t: t})}")
            add(*(f"s{a}_{b} += x{a} * y{b}" for a in range(left) for b in range(right)))
        for a in range(left):
            for b in range(right):
                place = {**index, u: _sum(i, a), v: _sum(j, b)}
                target = self.z.number(place)
                first = target if self.adds else self.bias.number(place) if self.bias else ""
                add(f"{target} = {f'{first} + ' if first else ''}s{a}_{b}")


def _sum(index: Index, number: int) -> Index:
    return index + number if isinstance(index, int) else index if number == 0 else f"{index} + {number}"


def function(name: str, product: Product) -> str:
    """The text of the function."""
    return "\n".join([f"def {name}(p, w, d, z, x, y, b):", *product.lines.lines, ""])


def moved(factor: Factor, name: str) -> tuple[Factor, str]:
    """The factor with a pointer of that name for where it begins, and that pointer."""
    view, pointer = factor.view.moved(name)
    return replace(factor, view=view), pointer

"""Matmul: sums of products as loops, in blocks that stay in registers.

z[c, u, v] = sum over t of x[c, u, t] * y[c, v, t], where each of the three may differ from lane to lane. A processor
multiplies and adds several neighbours at once (`width` of them), so vectors are taken along what lies side by side in z
and in one factor, which is said to run: the lanes, or u, or v. Of the other factor one number at a time is multiplied
with such a vector. Sums for several rows of it and two vectors are kept in registers over all terms. Where z is a sum
over lanes, a factor is turned first, so that the terms are the lanes; where nothing lies side by side, the sum itself
runs innermost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from ...vocabularies.lines import Index, Lines
from .memory import View

_LONG = 4  # neighbours that are worth a loop of their own
_FEW = 8  # rows that are written out


@dataclass(frozen=True)
class Factor:
    """An array whose axes go by letters."""

    view: View
    letters: str

    def number(self, index: dict[str, Index], width: int = 1) -> str:
        """The element at this index, of the lane `index["n"]`, or so many neighbours from there on."""
        return self.view.number(*(index[x] for x in self.letters), lane=index.get("n", "n"), width=width)

    def step(self, letter: str) -> int | None:
        return self.view.step(self.letters.index(letter))


class Product:
    """Prints the body of one function of the arrays `z`, `x`, `y` and `b`, the bias."""

    def __init__(
        self,
        lanes: int,
        width: int,
        sizes: dict[str, int],
        z: Factor,
        x: Factor,
        y: Factor,
        bias: Factor | None,
        adds: bool,
        scratch: Any,
    ) -> None:
        self.lines = Lines(1)
        self.lanes, self.sizes, self.scratch = lanes, {**sizes, "n": lanes}, scratch
        self.width, self.rows = width, 8 if width == 8 else 4  # as many sums as there are registers for
        self.z, self.bias, self.adds = z, bias, adds
        (u,), (v,), (t,) = (
            set(x.letters) & set(z.letters) - set(y.letters),
            set(y.letters) & set(z.letters) - set(x.letters),
            set(x.letters) - set(z.letters),
        )
        self.t = t
        if z.view.lanes:
            still, running = ((u, x), (v, y)) if y.view.lanes else ((v, y), (u, x))
            self._blocked(*still, *running, "n", t)
        elif x.view.lanes and y.view.lanes and sizes[t] == 1:
            self._over_lanes(u, x, v, y)
        elif x.view.lanes or y.view.lanes:
            self._reduced(u, x, v, y)
        else:
            self._without_lanes(u, x, v, y)

    def _without_lanes(self, u: str, x: Factor, v: str, y: Factor) -> None:
        sides = (((u, x), (v, y)), ((v, y), (u, x)))
        for still, (letter, factor) in sides:
            if self.sizes[letter] >= _LONG and self.z.step(letter) == 1 and factor.step(letter) == 1:
                return self._blocked(*still, letter, factor, letter, self.t)
        for still, (letter, factor) in sides:
            if self.sizes[letter] >= _LONG <= self.sizes[still[0]] and self.z.step(letter) == 1:
                return self._blocked(*still, letter, factor, letter, self.t, turns=True)
        if self.sizes[self.t] >= _LONG:
            return self._reduced(u, x, v, y)
        if self.sizes[u] > self.sizes[v]:
            u, x, v, y = v, y, u, x
        if self.sizes[self.t] == 1:
            return self._outer(u, x, v, y)
        self.width = 1
        return self._blocked(u, x, v, y, v, self.t)

    def _over_lanes(self, u: str, x: Factor, v: str, y: Factor) -> None:
        for still, (letter, factor) in (((u, x), (v, y)), ((v, y), (u, x))):
            if self.sizes[letter] >= _LONG <= self.sizes[still[0]] and self.z.step(letter) == 1:
                return self._blocked(*still, letter, factor, letter, "n", turns=True)
        return self._reduced(u, x, v, y)

    # Something lies side by side.

    def _blocked(self, s: str, still: Factor, r: str, running: Factor, inner: str, t: str, turns: bool = False) -> None:
        """Vectors along `inner`: the axis `r` of the factor that runs, or the lanes. The terms are those of `t`."""
        self._put_bias(inner)
        with self.lines.loop("c", self.sizes["c"]) as c, ExitStack() as stack:
            index: dict[str, Index] = {"c": c, self.t: 0}
            if turns:
                running = self._turned(running, r, t, index)
            if inner == "n":
                index[r] = stack.enter_context(self.lines.loop(r, self.sizes[r]))
            for rows, start in self._parts(s, self.rows):
                for width, vectors, first in self._vectors(inner):
                    self._sums_of_vectors((s, still, rows, start), running, index, (inner, width, vectors, first), t)

    def _parts(self, letter: str, most: int) -> Iterator[tuple[int, Index]]:
        """The axis in parts of so many, in a loop, then what is left."""
        size = self.sizes[letter]
        whole = size - size % most
        if whole:
            with self.lines.loop(letter, whole, step=most) as start:
                yield most, start
        if size % most:
            yield size % most, whole

    def _vectors(self, letter: str) -> Iterator[tuple[int, int, Index]]:
        """The axis in pairs of vectors, then a vector that is left, then shorter ones."""
        size, done, width = self.sizes[letter], 0, self.width
        while done < size:
            vectors = 2 if size - done >= 2 * width else 1
            if size - done < width:
                width //= 2
                continue
            stop = size - (size - done) % (vectors * width)
            with self.lines.loop(letter, stop, done, vectors * width) as first:
                yield width, vectors, first
            done = stop

    def _sums_of_vectors(
        self, one: tuple[Any, ...], running: Factor, index: dict[str, Index], along: tuple[Any, ...], t: str
    ) -> None:
        add = self.lines.add
        (s, still, rows, start), (inner, width, vectors, first) = one, along
        at = [{**index, s: _sum(start, a)} for a in range(rows)]
        steps = [_sum(first, width * k) for k in range(vectors)]
        sums = [(a, k, f"s{a}_{k}") for a in range(rows) for k in range(vectors)]
        for a, k, name in sums:
            here = {**at[a], inner: steps[k]}
            add(f"{name} = {self._bias(here, inner, width)}")
        with self.lines.loop(t, self.sizes[t]) as term:
            for k in range(vectors):
                add(f"x{k} = {running.number({**index, inner: steps[k], t: term}, width)}")
            varies = still.view.lanes and inner == "n"
            for a in range(rows):
                if not varies:
                    add(f"w{a} = {still.number({**at[a], t: term})}")
            for a, k, name in sums:
                factor = still.number({**at[a], inner: steps[k], t: term}, width) if varies else f"w{a}"
                add(f"{name} = {name} + {factor} * x{k}")
        for a, k, name in sums:
            target = self.z.number({**at[a], inner: steps[k]}, width)
            add(f"{target} = {f'{target} + {name}' if self.adds else name}")  # one by one: rows may have one place

    def _bias(self, index: dict[str, Index], inner: str, width: int) -> str:
        """What the sums of a vector begin with."""
        if self.bias is None:
            return f"splat(0.0, {width})"
        if self._is_vector(self.bias, inner):
            return self.bias.number(index, width)
        return f"splat({self.bias.number(index)}, {width})"

    def _is_vector(self, factor: Factor, inner: str) -> bool:
        return factor.view.lanes if inner == "n" else factor.step(inner) == 1

    def _put_bias(self, inner: str) -> None:
        """Begins all sums with the bias, where that is neither side by side nor the same for a vector."""
        bias = self.bias
        if bias is None or inner == "n" or self._is_vector(bias, inner) or bias.step(inner) == 0:
            return
        with ExitStack() as stack:
            index = {x: stack.enter_context(self.lines.loop(x, self.sizes[x])) for x in self.z.letters}
            self.lines.add(f"{self.z.number(index)} = {bias.number(index)}")
        self.bias, self.adds = None, True

    def _turned(self, factor: Factor, letter: str, t: str, index: dict[str, Index]) -> Factor:
        """A copy of a factor in which neighbours along the axis lie side by side."""
        size, terms = self.sizes[letter], self.sizes[t]
        copy = Factor(View("p", self.scratch(size * terms), (1, size), False), letter + t)
        with self.lines.loop(letter, size) as k, self.lines.loop(t, terms) as term:
            here = {**index, letter: k, t: term}
            self.lines.add(f"{copy.number(here)} = {factor.number(here)}")
        return copy

    def _outer(self, s: str, still: Factor, r: str, running: Factor) -> None:
        """Products of two numbers: a loop along the longer axis, in which LLVM puts together what lies apart."""
        with self.lines.loop("c", self.sizes["c"]) as c, ExitStack() as stack:
            rows: Sequence[Index] = range(self.sizes[s])
            if len(rows) > _FEW:
                rows = [stack.enter_context(self.lines.loop(s, len(rows)))]
            column = stack.enter_context(self.lines.loop(r, self.sizes[r]))
            for row in rows:
                index = {"c": c, s: row, r: column, self.t: 0}
                target = self.z.number(index)
                first = target if self.adds else self.bias.number(index) if self.bias else ""
                product = f"{still.number(index)} * {running.number(index)}"
                self.lines.add(f"{target} = {f'{first} + ' if first else ''}{product}")

    # The sum runs innermost.

    def _reduced(self, u: str, x: Factor, v: str, y: Factor) -> None:
        if self.sizes[u] > self.sizes[v]:
            u, x, v, y = v, y, u, x
        lanes = x.view.lanes or y.view.lanes
        with self.lines.loop("c", self.sizes["c"]) as c:
            for left, i in self._parts(u, 2):
                for right, j in self._parts(v, 4):
                    self._sums({"c": c}, (u, x, i, left), (v, y, j, right), lanes)

    def _sums(self, index: dict[str, Index], one: Any, other: Any, lanes: bool) -> None:
        add = self.lines.add
        (u, x, i, left), (v, y, j, right) = one, other
        add(" = ".join(f"s{a}_{b}" for a in range(left) for b in range(right)) + " = 0.0")
        with ExitStack() as stack:
            if lanes:
                t = stack.enter_context(self.lines.loop(self.t, self.sizes[self.t]))
                stack.enter_context(self.lines.below(f"for n in range({self.lanes}):"))
            else:
                t = self.t
                stack.enter_context(self.lines.below(f"for {t} in range({self.sizes[t]}):"))
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

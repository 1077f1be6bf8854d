"""explain: where a gradient comes from, path by path, in words and as a picture."""

from __future__ import annotations

from functools import cached_property
from math import fsum, isfinite
from typing import Any

from ..core.value import Value
from .drawing import graph_of, painted
from .lettering import clean, figure
from .naming import expression, kinds, symbol_of
from .paths import Path, largest
from .picture import Picture
from .select import ancestors
from .steps import adjoints


class Explanation:
    """A gradient as the sum of what arrives along each path, largest first.

    `gradient` is the derivative of `value` by `wrt`; `paths` are the largest contributions, each a `Path`; `others`
    more paths, or fewer, contribute `rest` together. `picture` points the listed paths out in the graph.
    """

    def __init__(self, value: Value, wrt: Value, gradient: float, paths: list[Path], ways: float) -> None:
        self.value = value
        self.wrt = wrt
        self.gradient = gradient
        self.paths = paths
        self.others = ways - len(paths)
        self.rest = gradient - fsum(path.contribution for path in paths) if _finite(paths) and self.others else 0.0

    def __str__(self) -> str:
        what = f"∂{_name(self.value)}/∂{_name(self.wrt)} = {figure(self.gradient)}"
        if not self.paths and not self.others:
            return f"{what}: {_name(self.value)} does not depend on {_name(self.wrt)}"
        ways = self.others + len(self.paths)
        lines = [f"{what}, by {_many(ways)} path{'' if ways == 1 else 's'}"]
        lines += [f"{figure(path.contribution):>10}  {_route(path)}" for path in self.paths]
        if self.others:
            lines.append(
                f"{figure(self.rest):>10}  by {_many(self.others)} other path{'' if self.others == 1 else 's'}"
            )
        return "\n".join(lines)

    __repr__ = __str__

    @cached_property
    def picture(self) -> Picture:
        """The graph with the listed paths pointed out."""
        on: set[object] = {id(self.value), id(self.wrt)}
        for path in self.paths:
            on.update(map(id, path.nodes))
            on.update((id(node), place) for node, place in zip(path.nodes[1:], path.places, strict=True))
        graph = graph_of([self.value], 80, "auto", on=on)
        graph.notice = "; ".join(filter(None, [str(self).split("\n")[0], graph.notice]))
        return painted(graph)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {**self.picture._repr_mimebundle_(), "text/plain": str(self)}


def explain(value: Value, wrt: Value, *, most: int = 10) -> Explanation:
    """Shows along which paths the derivative of `value` by `wrt` arrives: the `most` largest contributions.

    A path contributes the product of the partials on its way, and the gradient is the sum over all paths. No `grad` is
    read or changed.

    >>> from autograd import Value, explain
    >>> x = Value(3.0, label="x")
    >>> y = x * x + 5 * x
    >>> y.label = "y"
    >>> print(explain(y, x))
    ∂y/∂x = 11, by 3 paths
             5  x —×5→ 5 × x —×1→ y
             3  x —×3→ x × x —×1→ y
             3  x —×3→ x × x —×1→ y

    Raises:
        TypeError: one of the two is not a Value.
        ValueError: `wrt` is a constant, or `most` is less than 1.
    """
    for what, given in (("value", value), ("wrt", wrt)):
        if not isinstance(given, Value):
            raise TypeError(f"explain takes two Values; {what} is {given!r} ({type(given).__name__})")
    if wrt.is_constant:
        raise ValueError(f"{wrt!r} is a constant and has no gradient; explain one with respect to a Value(...)")
    if not isinstance(most, int) or most < 1:
        raise ValueError(f"most must be a whole number of paths, 1 or more, got {most!r}")
    values, _ = ancestors([value])
    paths, ways = largest(value, wrt, values, most)
    return Explanation(value, wrt, adjoints(value, values).get(id(wrt), 0.0), paths, ways)


def _finite(paths: list[Path]) -> bool:
    return all(isfinite(path.contribution) for path in paths)


def _many(ways: float) -> str:
    return f"{ways:,.0f}" if ways < 1e6 else f"about {figure(ways)}" if isfinite(ways) else "more than 1e308"


def _name(value: Value) -> str:
    """What the first line calls a Value: its label, else what it is."""
    if value.label:
        return clean(value.label)
    what = f"({kinds([value], [value])(value)} {figure(value.data)}"
    return f"{what} of {clean(value.scope)})" if value.scope else f"{what})"


def _route(path: Path) -> str:
    """The way in one line, its middle left out where it is long."""
    steps = [f"—×{figure(d)}→ {_step(node)}" for node, d in zip(path.nodes[1:], path.partials, strict=True)]
    if len(steps) > 9:
        steps[4:-4] = [f"… {len(steps) - 8:,} steps …"]
    return " ".join([clean(path.nodes[0].label) or figure(path.nodes[0].data), *steps])


def _step(value: Value) -> str:
    """What a route calls a Value: its label, its formula if that is short and all named, or its symbol."""
    words = clean(value.label) or expression(value)
    return words if len(words) <= 20 and "(" not in words else symbol_of(value)

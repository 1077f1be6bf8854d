"""The steps of a computation and of the sweep back over it, each with what it writes and what is to be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..core.value import Value
from .boxes import Diagram
from .lettering import clean, figure, figure_exactly
from .naming import expression, symbol_of

_MOST_LINES = 8  # of a caption


@dataclass(frozen=True)
class Step:
    """What a step shows: the boxes and wires it is about, the numbers it writes, and its caption."""

    phase: str  # "start", "forward" or "backward"
    on: list[str]
    sets: list[tuple[str, str, str, str]]  # box, "data" or "grad", text, exact number
    says: list[str]

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)


def adjoints(root: Value, values: Sequence[Value]) -> dict[int, float]:
    """The derivative of `root` by each of its ancestors (earliest first), by id; no `.grad` is read or written."""
    found = {id(value): 0.0 for value in values}
    found[id(root)] = 1.0
    for node in reversed(values):
        for x, _, product in contributions(node, found[id(node)]):
            found[id(x)] += product
    return found


def contributions(node: Value, adjoint: float) -> list[tuple[Value, float, float]]:
    """The inputs that can have a gradient, each with its partial and with what the node passes on to it.

    A node whose own adjoint is exactly 0 passes nothing on.
    """
    if not adjoint:
        return []
    pairs = zip(node.inputs, node.partials, strict=True)
    return [(x, partial, adjoint * partial) for x, partial in pairs if not x.is_constant]


def steps(root: Value, values: Sequence[Value], graph: Diagram) -> list[Step]:
    """All steps: the given numbers, then every operation drawn, then the sweep back over them.

    `values` are all ancestors of `root`, of which `graph` may draw the last ones.
    """
    return _Script(root, values, graph).steps()


class _Script:
    def __init__(self, root: Value, values: Sequence[Value], graph: Diagram) -> None:
        self.root = root
        self.values = values
        self.graph = graph
        self.keys = {place: graph.boxes[k].key for place, k in graph.at.items()}
        self.total = adjoints(root, values)
        self.drawn = [value for value in values if id(value) in self.keys]
        self.run = [value for value in self.drawn if value.inputs and not graph.boxes[graph.at[id(value)]].cut]
        self.wires: dict[int, list[str]] = {}
        for k, wire in enumerate(graph.wires):
            self.wires.setdefault(wire.target, []).append(f"w{k}")
        self.sums = dict.fromkeys(self.keys, 0.0)  # what each adjoint has come to
        self.sums[id(root)] = 1.0

    def steps(self) -> list[Step]:
        forward = [Step("forward", self._on(x), [self._data(x)], [_formula(x)]) for x in self.run]
        backward = [self._back(node) for node in reversed(self.run)]
        return [self._start(), *forward, self._seed(), *backward, *self._rest()]

    def _start(self) -> Step:
        computed = {id(value) for value in self.run}
        given = [self._data(value) for value in self.drawn if id(value) not in computed]
        for box in self.graph.boxes:
            if box.kind in ("constant", "group"):
                given.append((box.key, "data", box.rows[0].text, box.rows[0].text))
        return Step("start", [], given, ["The inputs and weights have their numbers. Each step computes one box."])

    def _seed(self) -> Step:
        called = name(self.root)
        says = f"grad({called}) = 1: by how much {called} grows when it grows by 1 itself"
        return Step("backward", [self.keys[id(self.root)]], [self._grad(self.root)], [says])

    def _back(self, node: Value) -> Step:
        """What a node passes on to its inputs, and what their adjoints have come to."""
        adjoint = self.total[id(node)]
        passed = contributions(node, adjoint)
        sets, says = [], []
        for x, partial, product in passed:
            if id(x) in self.keys:  # and is not one of many inputs drawn together
                self.sums[id(x)] += product
                sets.append(self._grad(x))
                numbers = f"{figure(adjoint)} × {figure(partial)} = {figure(product)}"
                says.append(f"grad({name(x)}) += {numbers}, sum so far {figure(self.sums[id(x)])}")
        if not passed:
            sets = [self._grad(x) for x in node.inputs if id(x) in self.keys]
            says = [f"grad({name(node)}) is 0, so nothing is passed on"]
        if len(says) > _MOST_LINES:
            says[_MOST_LINES - 1 :] = [f"… and {len(says) - _MOST_LINES + 1} more inputs, in the same way"]
        return Step("backward", self._on(node), sets, [f"{name(node)}:", *says] if len(says) > 1 else says)

    def _rest(self) -> list[Step]:
        """One step for the part of the graph that is not drawn, if there is one."""
        hidden = sum(bool(value.inputs) for value in self.values) - len(self.run)
        if not hidden:
            return []
        self.sums.update((place, self.total[place]) for place in self.keys)
        says = f"The sweep goes on over {hidden:,} earlier operations, not drawn here."
        return [Step("backward", [], [self._grad(value) for value in self.drawn], [says])]

    def _on(self, value: Value) -> list[str]:
        return [self.keys[id(value)], *self.wires.get(self.graph.at[id(value)], [])]

    def _data(self, value: Value) -> tuple[str, str, str, str]:
        return self.keys[id(value)], "data", figure(value.data), repr(value.data)

    def _grad(self, value: Value) -> tuple[str, str, str, str]:
        grad = self.sums[id(value)]
        return self.keys[id(value)], "grad", figure(grad), repr(grad)


def name(value: Value) -> str:
    """What a caption calls a Value: its label, or its formula."""
    words = clean(value.label) or expression(value) or figure_exactly(value.data)
    return words if len(words) <= 32 else words[:31] + "…"


def _formula(value: Value) -> str:
    """The operation with the numbers it read: `z = −0.6 + 0.3 = −0.3`."""
    numbers = [figure_exactly(x.data) if x.is_constant else figure(x.data) for x in value.inputs]
    numbers[6:] = [f"… {len(numbers) - 6} more"] if len(numbers) > 6 else []
    symbol = symbol_of(value)
    binary = len(numbers) == 2 and not symbol.isalpha()
    read = f"{numbers[0]} {symbol} {numbers[1]}" if binary else f"{symbol}({', '.join(numbers)})"
    return f"{name(value)} = {read} = {figure(value.data)}"

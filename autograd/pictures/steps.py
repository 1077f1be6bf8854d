"""The steps of a computation and of the sweep back over it, each with what it writes and what is to be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..value import Value
from .graph import Graph
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
        for x, product in contributions(node, found[id(node)]):
            found[id(x)] += product
    return found


def contributions(node: Value, adjoint: float) -> list[tuple[Value, float]]:
    """What a node passes on to each input that can have a gradient: nothing, where its own adjoint is exactly 0."""
    if not adjoint:
        return []
    pairs = zip(node.inputs, node.partials, strict=True)
    return [(x, adjoint * partial) for x, partial in pairs if not x.is_constant]


def steps(root: Value, values: Sequence[Value], graph: Graph) -> list[Step]:
    """All steps: the given numbers, then every operation drawn, then the sweep back over them.

    `values` are all ancestors of `root`, of which `graph` may draw the last ones.
    """
    total = adjoints(root, values)
    keys = {key: graph.boxes[k].key for key, k in graph.at.items()}
    wires = {target: [] for target in range(len(graph.boxes))}  # type: dict[int, list[str]]
    for k, wire in enumerate(graph.wires):
        wires[wire.target].append(f"w{k}")
    drawn = [value for value in values if id(value) in keys]
    run = [value for value in drawn if value.inputs and not graph.boxes[graph.at[id(value)]].cut]

    def on(value: Value) -> list[str]:
        return [keys[id(value)], *wires[graph.at[id(value)]]]

    made = {id(value) for value in run}
    given = [_data(value, keys[id(value)]) for value in drawn if id(value) not in made]
    numbers = [
        (box.key, "data", box.rows[0].text, box.rows[0].text)
        for box in graph.boxes
        if box.kind in ("constant", "group")
    ]
    start = Step(
        "start", [], given + numbers, ["The inputs and weights have their numbers. Each step computes one box."]
    )
    forward = [Step("forward", on(value), [_data(value, keys[id(value)])], [_formula(value)]) for value in run]
    seed = Step(
        "backward",
        [keys[id(root)]],
        [_grad(keys[id(root)], 1.0)],
        [f"grad({name(root)}) = 1: by how much {name(root)} grows when it grows by 1 itself"],
    )
    return [start, *forward, seed, *_sweep(values, run, keys, on, total, root)]


def _sweep(
    values: Sequence[Value],
    run: Sequence[Value],
    keys: Mapping[int, str],
    on: Any,
    total: Mapping[int, float],
    root: Value,
) -> list[Step]:
    """The steps back, and one for the rest of the sweep if part of the graph is not drawn."""
    sums = dict.fromkeys(keys, 0.0)
    sums[id(root)] = 1.0
    taken = []
    for node in reversed(run):
        sets, says = [], []
        adjoint = total[id(node)]
        passed = contributions(node, adjoint)
        slopes = [d for x, d in zip(node.inputs, node.partials, strict=True) if not x.is_constant]
        for (x, product), partial in zip(passed, slopes, strict=False):
            if id(x) not in keys:
                continue  # one of many inputs, drawn together
            sums[id(x)] += product
            sets.append(_grad(keys[id(x)], sums[id(x)]))
            numbers = f"{figure(adjoint)} × {figure(partial)} = {figure(product)}"
            says.append(f"grad({name(x)}) += {numbers}, sum so far {figure(sums[id(x)])}")
        if not passed:
            says = [f"grad({name(node)}) is 0, so nothing is passed on"]
            sets = [_grad(keys[id(x)], sums[id(x)]) for x in node.inputs if id(x) in keys]
        if len(says) > _MOST_LINES:
            says[_MOST_LINES - 1 :] = [f"… and {len(says) - _MOST_LINES + 1} more inputs, in the same way"]
        taken.append(Step("backward", on(node), sets, [f"{name(node)}:", *says] if len(says) > 1 else says))
    hidden = sum(bool(value.inputs) for value in values) - len(run)
    if hidden:
        rest = [_grad(key, total[place]) for place, key in keys.items()]
        taken.append(
            Step("backward", [], rest, [f"The sweep goes on over {hidden:,} earlier operations, not drawn here."])
        )
    return taken


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


def _data(value: Value, key: str) -> tuple[str, str, str, str]:
    return key, "data", figure(value.data), repr(value.data)


def _grad(key: str, grad: float) -> tuple[str, str, str, str]:
    return key, "grad", figure(grad), repr(grad)

"""What is to be drawn: boxes and the wires between them, made of Values, before any place or colour is chosen."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ..core.value import UNSET, Value
from .lettering import counted, figure, figure_exactly
from .naming import NOT_YET, grad_figure, kinds, name, symbol_of, tip


@dataclass(frozen=True)
class Row:
    """A line of a box: what it is ("data", "grad" or "count"), its name and its text."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True)
class Box:
    """A Value, or several drawn as one."""

    key: str
    kind: str  # "input", "weight", "bias", "constant", "operation", "result" or "group"
    title: str
    symbol: str  # what stands in a circle
    role: str
    rows: tuple[Row, ...]
    tip: str
    cut: bool = False  # it has inputs that are not drawn
    on: bool = False  # it is one of those pointed out


@dataclass(frozen=True)
class Wire:
    """An input of a box: from one box to a place among the inputs of another."""

    source: int
    target: int
    place: int
    label: str = ""  # the local partial
    value: str = ""  # the number that flows forward
    grad: str = ""  # the part of the gradient that flows back
    tip: str = ""
    on: bool = False


@dataclass
class Diagram:
    """Boxes, the wires between them, and what the picture must say about itself."""

    boxes: list[Box] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    notice: str = ""
    size: int = 0  # how many Values it stands for
    at: dict[int, int] = field(default_factory=dict)  # by id of a Value: the box that is its own


def box(value: Value, key: str, kind: str, cut: bool = False, on: bool = False) -> Box:
    """The box of one Value."""
    symbol = symbol_of(value)
    label = name(value)
    exact = figure_exactly(value.data) if value.is_constant else figure(value.data)
    rows = [Row("data", "data", exact)]
    if not value.is_constant:
        rows.append(Row("grad", "grad", grad_figure(value)))
    return Box(
        key=key,
        kind=kind,
        title=" = ".join(filter(None, [label, symbol])) or "",
        symbol=symbol or label,
        role={"operation": "", "constant": "const"}.get(kind, kind) if kind != "result" or not label else "",
        rows=tuple(rows),
        tip=tip(value),
        cut=cut,
        on=on,
    )


def wire(x: Value, node: Value, place: int, source: int, target: int, on: bool = False) -> Wire:
    """The wire from an input to the node computed from it."""
    value = figure(x.data)
    if x.is_constant:
        return Wire(source, target, place, value=value, tip="a constant: no gradient flows here", on=on)
    partial = node.partials[place]
    flow = NOT_YET if node.grad is UNSET else figure(node.grad * partial if node.grad else 0.0)
    says = f"∂{name(node)}/∂{name(x)} = {partial!r}"
    return Wire(source, target, place, f"×{figure(partial)}", value, flow, says.replace("-", "−"), on)


def of_values(
    values: Sequence[Value],
    roots: Sequence[Value],
    cut: Collection[int] = (),
    on: Collection[object] = (),
    widest: int = sys.maxsize,
) -> Diagram:
    """A box for each Value (earliest first), and one for each use of a constant, so that its wire stays short.

    Inputs of the Values whose ids are in `cut` are not drawn, and beyond the `widest` first inputs of one Value the
    rest are one box. `on` has the ids of Values, and the (id, place) of inputs, to point out.
    """
    graph = Diagram(size=len(values))
    at = graph.at
    kind_of = kinds(values, roots)

    def add(new: Box) -> int:
        graph.boxes.append(new)
        return len(graph.boxes) - 1

    def one(value: Value, hidden: bool = False) -> int:
        return add(box(value, f"v{len(graph.boxes)}", kind_of(value), hidden, id(value) in on))

    for value in values:
        hidden = id(value) in cut
        inputs = () if hidden else value.inputs
        sources = [one(x) if x.is_constant else at[id(x)] for x in inputs[:widest]]
        rest = len(inputs) - len(sources)
        others = add(_others(rest, f"v{len(graph.boxes)}")) if rest else 0
        at[id(value)] = target = one(value, hidden and bool(value.inputs))
        for place, (x, source) in enumerate(zip(inputs, sources, strict=False)):
            graph.wires.append(wire(x, value, place, source, target, (id(value), place) in on))
        if rest:
            graph.wires.append(Wire(others, target, len(sources), tip=counted(rest, "more input")))
    return graph


def _others(rest: int, key: str) -> Box:
    title = f"… {rest:,} more"
    return Box(key, "group", title, "…", "", (Row("count", "inputs", f"{rest:,}"),), f"{title} inputs")

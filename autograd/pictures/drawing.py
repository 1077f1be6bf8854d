"""draw: the computation graph of a Value as a picture."""

from __future__ import annotations

import reprlib
from collections.abc import Collection, Sequence
from typing import Any

from ..core.value import Value
from . import svg
from .boxes import Diagram, of_values
from .card import Cards
from .circuit import Circuit
from .collapse import grouped, levels
from .drawers import drawer_of, drawn
from .layout import layout
from .lettering import counted
from .picture import Picture
from .plan import Link
from .select import ancestors, boxes_needed, last

STYLES: dict[str, type[Cards] | type[Circuit]] = {"card": Cards, "wire": Circuit}
MOST = 1000  # boxes: more are neither laid out in reasonable time nor read


def draw(
    what: Any,
    *,
    max_nodes: int = 80,
    collapse: str | None = "auto",
    depth: int | None = None,
    style: str = "card",
    inputs: Sequence[Any] | None = None,
    gradients: bool = False,
) -> Picture:
    """The computation graph of a Value, or of several, as a picture; or the blocks of a program, or a network.

    It has at most `max_nodes` boxes. More Values than that are collapsed: a box for each scope, and one for parts that
    repeat. `collapse="layer"` asks for a box for each scope named so, and `collapse=None` for single Values: the last
    ones, if not all fit. `depth` stops that many steps before the result. `style="wire"` draws circles, and the numbers
    on the wires between them.

    Other packages draw what they know: once nn is imported, of a model made of layers of neurons, units are circles and
    weights are lines, the wider the larger. With `inputs` each unit shows its output, else its bias; with
    `gradients=True` lines show the gradients of the weights.

    >>> from autograd import Value, draw
    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> draw((w * x).tanh())
    <Picture of 4 values; .save("graph.svg") writes it>

    Raises:
        TypeError: `what` is neither a Value, nor a list of Values, nor a model.
        ValueError: an option is out of its range, or no scope is named as `collapse` says.
    """
    draws = None if isinstance(what, Value | list | tuple) else drawer_of(what)
    if draws is not None:
        return draws(what, inputs, gradients)
    if hasattr(what, "diagram"):  # a compiled program
        check(max_nodes, style=style)
        return painted(what.diagram(max_nodes), style)
    roots = _roots(what)
    if inputs is not None or gradients:
        raise TypeError("inputs and gradients are for drawing a model; a Value shows the numbers it was computed with")
    check(max_nodes, collapse, depth, style)
    return painted(graph_of(roots, max_nodes, collapse, depth), style)


def _roots(what: Any) -> list[Value]:
    roots = [what] if isinstance(what, Value) else list(what) if isinstance(what, list | tuple) else []
    odd = next((root for root in roots if not isinstance(root, Value)), what if not roots else None)
    if not roots or odd is not None:
        given = f"{reprlib.repr(odd)} ({type(odd).__name__})"
        known = ["a Value", "a list of Values", *drawn()]
        remedy = "" if drawn() else "; a model is drawn by the package that knows models: `import nn`"
        raise TypeError(f"draw takes {', '.join(known[:-1])} or {known[-1]}, not {given}{remedy}")
    return roots


def check(max_nodes: int, collapse: str | None = None, depth: int | None = None, style: str = "card") -> None:
    """Refuses options out of their range."""
    if not isinstance(max_nodes, int) or not 1 <= max_nodes <= MOST:
        raise ValueError(f"max_nodes must be a whole number from 1 to {MOST}, got {max_nodes!r}; more cannot be read")
    if depth is not None and (not isinstance(depth, int) or depth < 0):
        raise ValueError(f"depth must be a whole number of steps, 0 or more, got {depth!r}")
    if collapse is not None and (not isinstance(collapse, str) or not collapse):
        raise ValueError(f'collapse must be "auto", the name of a scope as in "layer", or None, got {collapse!r}')
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(map(repr, STYLES))}, got {style!r}")


def graph_of(
    roots: Sequence[Value],
    max_nodes: int,
    collapse: str | None = None,
    depth: int | None = None,
    on: Collection[object] = (),
) -> Diagram:
    """The boxes to draw: every Value if they fit, else fewer boxes, in the finest of the ways that fits."""
    values, cut = ancestors(roots, depth)
    deep = f"; not drawn: what lies more than {counted(depth, 'step')} back" if depth is not None and cut else ""
    fits = boxes_needed(values, cut, max_nodes) <= max_nodes
    if fits and collapse in ("auto", None):
        graph = of_values(values, roots, cut, on)
        graph.notice = deep[2:].capitalize()
        return graph
    if collapse is not None:
        for way, scope, numbered in levels(values, None if collapse == "auto" else collapse):
            found = grouped(values, roots, max_nodes, scope, numbered, cut, on)
            if found is not None:
                ways = "; ".join(filter(None, [way, "repeated parts drawn once"]))
                found.notice = f"{counted(found.size, 'value')} in {counted(len(found.boxes), 'box')}: {ways}{deep}"
                return found
    kept, cut, widest = last(values, max_nodes, cut)
    graph = of_values(kept, roots, cut, on, widest)
    graph.size = len(values)
    shown = f"The last {len(kept):,} of {counted(len(values), 'value')}"
    remedy = "a larger max_nodes draws more" if collapse is None else "name parts with scope(...) to see them all"
    graph.notice = f"{shown}; {remedy}{deep}"
    return graph


def painted(graph: Diagram, style: str = "card") -> Picture:
    """A graph laid out and painted."""
    painter = STYLES[style](graph)
    footprints = [painter.footprint(k) for k in range(len(graph.boxes))]
    plan = layout(footprints, [Link(wire.source, wire.target, wire.place) for wire in graph.wires])
    left = min([painter.left(plan), *(x for curve in plan.curves for x, _ in curve)])
    says = counted(graph.size, "value")
    drawing = painter.paint(plan)
    return Picture(
        svg.document(drawing, plan.width - left, plan.height, f"Computation graph of {says}", graph.notice, left),
        says,
        graph,
    )

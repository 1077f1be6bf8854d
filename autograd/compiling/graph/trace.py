"""Trace: runs a function once on Values and keeps what it did as a `Graph`.

The Values are gone when the graph is made. What the function reached without being given it, a model's weights, are
parameters. A Value that the function itself makes starts every call with the same number, and is a constant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from ...core.value import Value
from ...core.watching import serials
from ...trees import Tree
from ..calls.argument import Argument, Origin
from ..calls.results import flatten_result
from .carried import as_constant
from .finite import with_products
from .graph import Graph
from .numbering import numbered
from .shortening import MissingTurnError
from .tracer import Tracer


@dataclass(eq=False)
class Seen:
    """What a run was like, beside what it computed."""

    codes: dict[int, CodeType] = field(default_factory=dict)  # functions that compared Values, and that called those
    comparing: dict[int, CodeType] = field(default_factory=dict)  # those that compared
    count: int = 0  # operations
    outputs: list[Any] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)  # of the outputs


def trace(
    run: Callable[[], Any],
    arguments: Sequence[Value],
    batched: Sequence[bool],
    *,
    origin: Callable[[int], Origin] | None = None,
    is_again: bool = False,
    is_whole: bool = True,
    is_quiet: Callable[[], bool] = lambda: True,
    effects: list[str] | None = None,
    seen: Seen | None = None,
) -> tuple[Graph, Tree, list[Value]]:
    """The graph of one run, the tree of its result, and the parameters it reached, in the order they were made.

    The arguments were made one after the other; `origin` says where each comes from. The graph may hold for as long as
    no nan comes of it, if the run can be traced again; see `finite`. `effects` gets what no program does: Values
    written, gradients read; `seen`, what the run was like.

    Unless it is to be whole, the graph of a long run may leave out turns that are alike, and those of `repeat` need not
    all run where the function `is_quiet`: it has had no effects so far.

    Raises:
        MissingTurnError: the graph leaves out what it needs, and must be whole.
        PlainNeededError: the function needs plain numbers of some arguments.
    """
    tracer, outputs = Tracer(origin, arguments, is_whole=is_whole), list[Any]()
    tracer.is_quiet = is_quiet
    tree: Tree = ()
    try:
        tree = tracer.run(run, outputs)
    except Exception:
        if not tracer.reads:
            raise
    if tracer.is_in_doubt() or not tree:  # perhaps it saw that a number was not quite a float
        plain, numbers = Tracer(origin, arguments, is_carrying=False), list[Any]()
        as_plain = plain.run(run, numbers)
        if (tree, *map(_shown, outputs)) != (as_plain, *map(_shown, numbers)):
            tracer, tree, outputs = plain, as_plain, numbers
    if tracer.effects and tracer.shortening.missing:
        raise MissingTurnError
    if effects is not None:
        effects += dict.fromkeys(tracer.effects)
    holds = is_again and tracer.is_finite(outputs)
    if seen is not None:
        seen.codes, seen.comparing = tracer.codes, tracer.comparing
        seen.count, seen.outputs = len(tracer.nodes), list(outputs)
        seen.numbers = [as_constant(x)._data for x in outputs]
    graph, parameters = numbered(tracer, outputs, arguments, list(batched))
    for one in parameters:
        if type(one) is Argument:
            raise ValueError(
                "the function reads what it kept from an argument of an earlier call (in a cache, in an attribute), "
                "and a program would keep it for ever; pass it as an argument and return it, or keep nothing"
            )
    return with_products(graph) if holds and not graph.gaps else graph, tree, parameters


def trace_of(
    nodes: Sequence[Value], compared: Sequence[tuple[Any, str, Any, bool]], result: Any
) -> tuple[Graph, Tree, list[Value]]:
    """The same of what a tape recorded before: every leaf that its operations read is a parameter.

    `compared` has the two sides of each comparison, its symbol between them, and how it came out.
    """
    tracer = Tracer()
    tracer.keeps_leaves = True
    tracer.nodes = list(nodes)
    tracer.noted = [node for node in nodes if node.notes]
    tracer.compared = [(*one, "on the tape") for one in compared]
    outputs: list[Any] = []
    tree = flatten_result(result, outputs)
    tracer.mark = nodes[0]._serial - 1 if nodes else next(serials)
    graph, parameters = numbered(tracer, outputs, [], [])
    return graph, tree, parameters


def _shown(x: Any) -> str:
    """A number that came out, to be compared; of an operation of NumPy it may differ in the last digits."""
    return f"{as_constant(x)._data:.12g}"

"""Trace: runs a function once on Values and keeps what it did as a `Graph`.

The Values are gone when the graph is made. What the function reached without being given it, a model's weights, are
parameters. A Value that the function itself makes starts every call with the same number, and is a constant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..recording import Watcher, caller, lines, watching_alone
from ..tape import Tape
from ..value import Value, new_constant
from .arguments import Shape, flatten
from .finite import with_products
from .graph import CODE_OF, DETACH, OPS, Graph
from .numbering import numbered

_GATES = OPS[CODE_OF["gate"]], OPS[CODE_OF["beside"]]


def trace(
    run: Callable[[], Any], arguments: Sequence[Value], wide: Sequence[bool], is_again: bool = False
) -> tuple[Graph, Shape, list[Value]]:
    """The graph of one run, the shape of its result, and the parameters it reached, in the order they were made.

    The arguments were made one after the other. The graph may hold for as long as no nan comes of it, if the run can
    be traced again; see `finite`.
    """
    recorder = Recorder()
    mark = next(lines)  # whatever the function makes has a later line
    with watching_alone(recorder):
        result = run()
    outputs: list[Any] = []
    shape = flatten(result, outputs)
    del result
    holds = is_again and recorder.is_finite(outputs)
    graph, parameters = numbered(recorder, mark, outputs, arguments, list(wide))
    return with_products(graph) if holds else graph, shape, parameters


def trace_of(tape: Tape, result: Any) -> tuple[Graph, Shape, list[Value]]:
    """The same of a tape that was recorded before: every leaf that its operations read is a parameter."""
    recorder = Recorder()
    recorder.keeps_leaves = True
    recorder.nodes = list(tape.nodes)
    recorder.noted = [node for node in tape.nodes if node.notes]
    recorder.compared = [(x.left, x.symbol, x.right, x.outcome, "on the tape") for x in tape.guards]
    outputs: list[Any] = []
    shape = flatten(result, outputs)
    mark = tape.nodes[0].line - 1 if tape.nodes else next(lines)
    graph, parameters = numbered(recorder, mark, outputs, [], [])
    return graph, shape, parameters


class Recorder(Watcher):
    """Sees every operation, also those whose results keep no history, and every comparison."""

    replays = may_replay = True

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.compared: list[tuple[Any, str, Any, bool, str]] = []
        self.noted: list[Value] = []  # those with a label or a scope
        self.detached: dict[int, tuple[Value, Value]] = {}  # by identity: results without history, and their stand-ins
        self.keeps_leaves = False  # whether leaves that were made meanwhile are parameters, and no constants

    def record(self, node: Value) -> None:
        if node.op is not None:
            self.nodes.append(node)

    def cut_off(self, node: Value, source: Value) -> None:
        if source is node:  # it is about to lose its inputs
            source = self._stand_in(node.op, node.inputs)
        self.detached[id(node)] = node, self._stand_in(OPS[DETACH], (source,))

    def follows(self, value: Value) -> bool:
        return id(value) in self.detached

    def named(self, value: Value) -> None:
        self.noted.append(value)

    def compare(self, left: Any, symbol: str, right: Any, outcome: bool) -> None:
        self.compared.append((left, symbol, right, outcome, _place()))

    def is_finite(self, outputs: Sequence[Any]) -> bool:
        """Whether no gate met inf or nan, and nothing came out as one."""
        read = [x for node in self.nodes if node.op in _GATES for x in node.inputs]
        return all(math.isfinite(x._data if isinstance(x, Value) else x) for x in (*read, *outputs))

    def _stand_in(self, op: Any, inputs: tuple[Value, ...]) -> Value:
        """A node with a line, for one that has none."""
        made = new_constant(math.nan)
        made.op, made.many, made.line = op, (inputs, ()), next(lines)
        self.nodes.append(made)
        return made


def _place() -> str:
    file, line = caller()
    return f"{Path(file).name}:{line}"

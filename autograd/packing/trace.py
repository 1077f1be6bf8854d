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
from .graph import DETACH, OPS, Graph
from .numbering import numbered


def trace(run: Callable[[], Any], arguments: Sequence[Value], wide: Sequence[bool]) -> tuple[Graph, Shape, list[Value]]:
    """The graph of one run, the shape of its result, and the parameters it reached, in the order they were made.

    The arguments were made one after the other.
    """
    recorder = Recorder()
    mark = next(lines)  # whatever the function makes has a later line
    outputs: list[Any] = []
    with watching_alone(recorder):  # to the end: a mask among the results is looked at when they are flattened
        shape = flatten(run(), outputs)
    graph, parameters = numbered(recorder, mark, outputs, arguments, list(wide))
    return graph, shape, parameters


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

    takes_masks = True

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

    def named(self, value: Value) -> None:
        self.noted.append(value)

    def compare(self, left: Any, symbol: str, right: Any, outcome: bool) -> None:
        self.compared.append((left, symbol, right, outcome, _place()))

    def _stand_in(self, op: Any, inputs: tuple[Value, ...]) -> Value:
        """A node with a line, for one that has none."""
        made = new_constant(math.nan)
        made.op, made.many, made.line = op, (inputs, ()), next(lines)
        self.nodes.append(made)
        return made


def _place() -> str:
    file, line = caller()
    return f"{Path(file).name}:{line}"

"""Trace: runs a function once on Values and keeps what it did as a `Graph`.

The Values are gone when the graph is made. What the function reached without being given it, a model's weights, are
parameters. A Value that the function itself makes starts every call with the same number, and is a constant.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ..numeric import number
from ..recording import Watcher, caller, lines, watching_alone
from ..tape import Tape
from ..value import Value
from .arguments import Shape, flatten
from .graph import DETACH, Check, Graph, code_of


def trace(run: Callable[[], Any], arguments: Sequence[Value], wide: Sequence[bool]) -> tuple[Graph, Shape, list[Value]]:
    """The graph of one run, the shape of its result, and the parameters it reached, in the order they were made."""
    recorder = Recorder()
    mark = next(lines)  # whatever the function makes has a later line
    with watching_alone(recorder):
        result = run()
    outputs: list[Any] = []
    shape = flatten(result, outputs)
    del result
    graph, parameters = _graph(recorder, mark, outputs, arguments, list(wide))
    return graph, shape, parameters


def trace_of(tape: Tape, result: Any) -> tuple[Graph, Shape, list[Value]]:
    """The same of a tape that was recorded before: every leaf that its operations read is a parameter."""
    recorder = Recorder()
    recorder.nodes = list(tape.nodes)
    recorder.compared = [(x.left, x.symbol, x.right, x.outcome, "on the tape") for x in tape.guards]
    outputs: list[Any] = []
    shape = flatten(result, outputs)
    mark = tape.nodes[0].line - 1 if tape.nodes else next(lines)
    graph, parameters = _graph(recorder, mark, outputs, [], [], leaves_are_parameters=True)
    return graph, shape, parameters


class Recorder(Watcher):
    """Sees every operation, also those whose results keep no history, and every comparison."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.compared: list[tuple[Any, str, Any, bool, str]] = []

    def record(self, node: Value) -> None:
        if node.op is not None:
            self.nodes.append(node)

    def cut_off(self, node: Value, source: Value) -> None:
        self.nodes.append(_Cut(node, source.op, source.inputs) if source is node else _Cut(node, None, (source,)))

    def compare(self, left: Any, symbol: str, right: Any, outcome: bool) -> None:
        self.compared.append((left, symbol, right, outcome, _place()))


class _Cut:
    """A result without history: computed like any other, its gradient stops here."""

    __slots__ = ("inputs", "node", "op")

    def __init__(self, node: Value, op: Any, inputs: tuple[Value, ...]) -> None:
        self.node, self.op, self.inputs = node, op, inputs


def _graph(
    recorder: Recorder,
    mark: int,
    outputs: list[Any],
    arguments: Sequence[Value],
    wide: list[bool],
    leaves_are_parameters: bool = False,
) -> tuple[Graph, list[Value]]:
    nodes = recorder.nodes
    recorded = bytearray(next(lines) - mark)
    node: Any
    for node in nodes:
        if type(node) is not _Cut:
            recorded[node.line - mark] = 1

    def is_leaf(x: Value) -> bool:
        return x.op is None or x.line < mark or not recorded[x.line - mark]

    roots = [*outputs, *(x for left, _, right, _, _ in recorder.compared for x in (left, right))]
    inside = {id(x.node) for x in nodes if type(x) is _Cut}
    leaves = {id(x): x for node in nodes for x in node.inputs if is_leaf(x) and id(x) not in inside}
    leaves |= {id(x): x for x in roots if isinstance(x, Value) and is_leaf(x) and id(x) not in inside}
    place = {id(x): k for k, x in enumerate(arguments)}
    parameters = sorted(
        (
            x
            for key, x in leaves.items()
            if x.line and key not in place and (x.line < mark or x.op is not None or leaves_are_parameters)
        ),
        key=lambda x: (x.op is not None, x.line),
    )
    constants: dict[tuple[float, float], int] = {}

    def constant(data: float) -> int:
        return constants.setdefault((data, math.copysign(1.0, data)), len(constants))

    known = {id(x) for x in parameters} | place.keys()
    of = {key: constant(x._data) for key, x in leaves.items() if key not in known}
    plain = {id(x): constant(number(x)) for x in roots if not isinstance(x, Value)}
    first = len(constants)
    of |= {id(x): first + k for k, x in enumerate(parameters)}
    first += len(parameters)
    of |= {key: first + k for key, k in place.items()}
    first += len(arguments)

    # flat arrays, and a result found by its line counted from the mark: tuples and a dictionary would take four times
    # the memory while the Values are still there
    by_line = array("i", bytes(4 * (next(lines) - mark)))
    codes, sizes, flat = array("h"), array("i"), array("i")
    scopes: dict[int, str] = {}
    labels = {of[id(x)]: x.label for x in parameters if x.label}

    def append(code: int, inputs: Iterable[int]) -> int:
        before = len(flat)
        flat.extend(inputs)
        codes.append(code)
        sizes.append(len(flat) - before)
        return first + len(codes) - 1

    def numbers(inputs: Iterable[Value]) -> list[int]:
        return [of[id(x)] if is_leaf(x) else by_line[x.line - mark] for x in inputs]

    for node in nodes:
        inputs = numbers(node.inputs)
        if type(node) is _Cut:
            of[id(node.node)] = append(DETACH, inputs if node.op is None else [append(code_of(node.op), inputs)])
            continue
        this = by_line[node.line - mark] = append(code_of(node.op), inputs)
        if hasattr(node, "_notes"):
            for name, names in ((node.scope, scopes), (node.label, labels)):
                if name:
                    names[this] = name

    ends = [numbers([x])[0] if isinstance(x, Value) else plain[id(x)] for x in roots]
    checks = [
        Check(ends[len(outputs) + 2 * k], symbol, ends[len(outputs) + 2 * k + 1], outcome, where)
        for k, (_, symbol, _, outcome, where) in enumerate(recorder.compared)
    ]
    results = ends[: len(outputs)]
    del roots, leaves
    node = None
    for kept in (nodes, outputs, recorder.compared):  # the Values go before the tuples come
        kept.clear()
    following = iter(flat)
    made = [(code, *islice(following, size)) for code, size in zip(codes, sizes, strict=True)]
    return Graph([x for x, _ in constants], len(parameters), wide, made, results, checks, scopes, labels), parameters


def _place() -> str:
    file, line = caller()
    return f"{Path(file).name}:{line}"

"""Interpreter: a graph node by node, each by its row of the table. Slow, always right, and for graphs of any depth.

With `m = floats` for one set of numbers, with `m = arrays` for a batch. It runs chains that are too long to print, and
whatever meets inf or nan on the way back in a program that is printed as plain Python.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ...core import floats
from ...core.ops import Op
from ...vocabularies import arrays
from ..graph.graph import COMPARE, OPS, Graph
from ..graph.nodes import Node
from ..numpy import runtime
from ..numpy.blocks import Floats, Ran


class _ArrayWords:
    """The vocabulary `arrays`, with indices looked at as carefully as in `floats`."""

    def __getattr__(self, word: str) -> Any:
        return getattr(runtime if word == "pick" else arrays, word)


class Interpreter:
    """Runs a graph without preparing anything."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def _nodes(self) -> list[Node]:
        return [*self.graph.nodes]

    def loops(self) -> str | None:
        """What becomes machine code: nothing."""
        return None

    def run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float) -> Ran:
        """Runs the graph; see `Program.run`."""
        with np.errstate(all="ignore"):
            return self._run(shared, own, wanted, weight)

    def _run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float) -> Ran:
        graph = self.graph
        samples = 1 if own is None else own.shape[1]
        words: Any = floats if own is None else _ArrayWords()
        numbers = np.concatenate(shared)
        rows = iter(numbers.tolist() if own is None else list(numbers))
        columns = iter(() if own is None else own)
        values: list[Any] = [*graph.constants, *(next(rows) for _ in range(graph.parameters))]
        values += [next(columns) if batched else next(rows) for batched in graph.batched]
        for node in self._nodes:
            op = OPS[node[0]]
            values.append(op.forward(words, *_arguments(op, node, values, words)))
        outputs = np.empty((len(graph.outputs), samples))
        for k, x in enumerate(graph.outputs):
            outputs[k] = values[x]
        failed = np.zeros((len(graph.checks), samples), bool)
        for k, check in enumerate(graph.checks):
            failed[k] = np.asarray(COMPARE[check.symbol](values[check.left], values[check.right])) != check.outcome
        adjoints = self._swept(words, values, wanted, weight, samples) if wanted else [0.0] * graph.leaves
        by_leaf = adjoints[graph.first_parameter : graph.leaves]
        batched = [False] * graph.parameters + graph.batched
        d_shared = [np.sum(np.broadcast_to(x, samples)) for x, has in zip(by_leaf, batched, strict=True) if not has]
        d_own = [np.broadcast_to(x, samples) for x, has in zip(by_leaf, batched, strict=True) if has]
        return outputs, failed, np.array(d_shared, float), np.array(d_own, float).reshape(len(d_own), samples)

    def _swept(self, words: Any, values: list[Any], wanted: bytes, weight: float, samples: int) -> list[Any]:
        """The adjoint of every node; a number stands for as many samples as there are."""
        graph, nodes, needs = self.graph, self._nodes, self.graph.needs(wanted).tolist()
        adjoints: list[Any] = [0.0] * len(values)
        adjoints[graph.outputs[0]] = weight if words is floats else np.full(samples, weight)
        for k in range(len(values) - 1, graph.leaves - 1, -1):
            g = adjoints[k]
            if not needs[k] or not (g if words is floats else np.any(g)):
                continue
            node = nodes[k - graph.leaves]
            op = OPS[node[0]]
            partials = op.partials(words, *_arguments(op, node, values, words), values[k])
            for x, slope in zip(node[1:], op.joined(partials), strict=True):
                if needs[x]:
                    if op.name == "where":  # what was not taken gets nothing, though it were inf
                        adjoints[x] = adjoints[x] + words.gate(slope, g)
                        continue
                    adjoints[x] = adjoints[x] + (g * slope if words is floats else arrays.gate(g, slope))
        return adjoints


def _arguments(op: Op, node: Node, values: list[Any], words: Any) -> list[Any]:
    """What a node reads, as its row takes it; in a batch, what is read in groups has as many samples throughout."""
    inputs = [values[x] for x in node[1:]]
    return op.split(inputs if words is floats or True not in op.groups else np.broadcast_arrays(*inputs))

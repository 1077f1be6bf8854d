"""Interpreter: a graph of any size, node by node, as `python.interpreter` goes, in machine code.

    run(p, a, q, first, count, root, sweeps, weight) -> 0.0

`p` has the numbers of leaves and nodes, `a` their adjoints, and `q` four integers for each node: which operation it is,
and what it reads. The text has the operations alone that the graph has, whatever their order and their number, so that
it is compiled at once, and for all such graphs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from ...vocabularies import text
from ...vocabularies.lines import Lines
from ...vocabularies.text import Text
from ..graph.graph import COMPARE, DETACH, OPS, Graph, by_kind
from ..graph.longhand import in_longhand
from ..graph.nodes import Integers
from ..numpy.blocks import Floats, Ran
from ..python.interpreter import Interpreter
from ..python.lines import chained
from .groups import Vocabulary
from .kernel import kernel
from .memory import aligned
from .trial import Trial
from .unprintable import UnprintableError

_MOST = 3  # inputs of a node
_PRICE = 80_000  # of machine code, in nodes; a run of one in Python costs 1


class NativeInterpreter(Interpreter):
    """Runs as machine code after a trial; a batch, and operations that it does not know, run as Python."""

    def __init__(self, graph: Graph, at_once: bool = True) -> None:
        super().__init__(graph)
        self.trial = Trial(_PRICE, at_once)
        self._mine = threading.local()

    def run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float) -> Ran:
        """Runs the graph; see `Program.run`."""
        if own is not None or self.trial.counts(len(self.graph.nodes)) or self._kernel is None:
            return super().run(shared, own, wanted, weight)
        graph = self._pairs
        first, last = graph.first_parameter, graph.leaves
        p, a = self._memory(len(graph))
        p[first:last] = np.concatenate(shared)
        root = graph.outputs[0] if wanted else 0
        self._kernel(p, a, self._flat, last, len(graph.nodes), root, int(bool(wanted)), weight)
        failed = np.zeros((len(graph.checks), 1), bool)
        for compare, places, left, right, outcomes in self._comparisons:
            failed[places, 0] = compare(p[left], p[right]) != outcomes
        d = np.where(np.frombuffer(wanted, bool), a[first:last], 0.0) if wanted else np.zeros(last - first)
        return p[graph.outputs].reshape(-1, 1), failed, d, np.zeros((0, 1))

    def loops(self) -> str | None:
        """The interpreter."""
        try:
            return self._text()
        except UnprintableError:
            return None

    @cached_property
    def _kernel(self) -> Callable[..., float] | None:
        try:
            return kernel(self._text(), "ddqiiiif")
        except UnprintableError:
            return None

    @cached_property
    def _comparisons(self) -> list[Any]:
        """Those of one kind together: how they compare, which they are, what with what, and how it came out."""
        found = []
        for symbol, places in by_kind(self.graph.checks, lambda check: check.symbol).items():
            checks = [self._pairs.checks[k] for k in places]
            left, right = (np.array([getattr(check, side) for check in checks]) for side in ("left", "right"))
            found.append((COMPARE[symbol], places, left, right, np.array([check.outcome for check in checks])))
        return found

    def _memory(self, size: int) -> tuple[Any, Any]:
        mine = self._mine.__dict__
        if not mine:
            mine["p"], mine["a"] = aligned(size), aligned(size)
            mine["p"][: len(self.graph.constants)] = self.graph.constants
        return mine["p"], mine["a"]

    # The table.

    @cached_property
    def _pairs(self) -> Graph:
        """The graph with sums of two terms alone."""
        return in_longhand(self.graph, 0)

    @cached_property
    def _codes(self) -> list[int]:
        """The operations, in the order in which the text has them."""
        codes = np.flatnonzero(np.bincount(self._pairs.nodes.codes)).tolist()
        return sorted(codes, key=lambda code: OPS[code].name)

    @cached_property
    def _flat(self) -> Integers:
        """The table as the kernel reads it."""
        nodes = self._pairs.nodes
        place = np.zeros(1 + max(self._codes), np.int64)
        place[self._codes] = np.arange(len(self._codes))
        table = np.zeros((len(nodes), 1 + _MOST), np.int64)
        table[:, 0] = place[nodes.codes]
        table[nodes.readers, 1 + np.arange(len(nodes.inputs)) - nodes.starts[nodes.readers]] = nodes.inputs
        return table.reshape(-1)

    # The text.

    def _text(self) -> str:
        lines = Lines()
        add = lines.add
        with lines.below("def run(p, a, q, first, count, root, sweeps, weight):"):
            with lines.below("for k in range(count):"):
                self._read(lines)
                for place, code in enumerate(self._codes):
                    with lines.below(f"if code == {place}:"):
                        self._forward(lines, code)
            with lines.below("if sweeps == 1:"):
                with lines.below("for k in range(first + count):"):
                    add("a[k] = 0.0")
                add("a[root] = weight")
                with lines.below("for r in range(count):"):
                    add("k = count - 1 - r", "g = a[first + k]")
                    with lines.below("if g != 0.0:"):  # an adjoint of exactly 0 passes nothing on
                        self._read(lines)
                        add("y = p[first + k]")
                        for place, code in enumerate(self._codes):
                            with lines.below(f"if code == {place}:"):
                                self._reverse(lines, code)
            add("return 0.0")
        return "\n".join([*lines.lines, ""])

    def _read(self, lines: Lines) -> None:
        lines.add("code = q[4 * k]")
        for place in range(max(len(OPS[code].groups) for code in self._codes)):
            lines.add(f"i{place} = q[4 * k + {1 + place}]", f"x{place} = p[i{place}]")

    def _forward(self, lines: Lines, code: int) -> None:
        op = OPS[code]
        value = op.forward(Vocabulary(lines), *_inputs(code))
        before, (expression,) = text.program([value])
        lines.add(*before, f"p[first + k] = {expression}")

    def _reverse(self, lines: Lines, code: int) -> None:
        if code == DETACH:
            return lines.add("pass")
        slopes = OPS[code].partials(Vocabulary(lines), *_inputs(code), Text("y"))
        if OPS[code].name == "where":  # what was not taken gets nothing, though it were inf
            passed = [Text("gate", (slope, Text("g"))) if isinstance(slope, Text) else slope for slope in slopes]
        else:
            passed = [chained(Text("g"), slope) for slope in slopes]
        before, terms = text.program(passed)
        lines.add(*before, *(f"a[i{place}] = a[i{place}] + {term}" for place, term in enumerate(terms)))


def _inputs(code: int) -> list[Text]:
    groups = OPS[code].groups
    if any(groups) or len(groups) > _MOST:
        raise UnprintableError(f"{OPS[code].name} takes any number of inputs")
    return [Text(f"x{place}") for place in range(len(groups))]

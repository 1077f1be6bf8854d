"""Looped: a looped graph as machine code, made of the very lines that Python would run.

run(m, a, q, weight) -> 0.0, or nan where Python must run the lines
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from ...vocabularies.lines import Lines
from ..graph.graph import Check, Graph
from ..loops.looped import Looped
from ..loops.python import PythonLoops
from ..loops.writing import Writing
from ..numpy.blocks import Floats, Ran
from .kernel import kernel
from .lanes import LANES, Lanes
from .lines import NativeWords
from .memory import aligned
from .trial import Trial
from .unprintable import UnprintableError

_MOST_LINES = 40_000  # LLVM takes about 0.1 ms for each
_PRICE, _PRICE_OF_ONE = 40_000, 500  # of machine code, and of a line in it; a run of an operation in Python costs 1


# What a kernel takes, alone and for a batch.
_ALONE, _BATCH = "ddqf", "ddqddddddif"
_HEAD = (
    "def run(m, a, q, weight):",
    "def run(m, a, q, w, b, own, d_own, outputs, failed, samples, weight):",
)


class NativeLoops(PythonLoops):
    """Runs as machine code after a trial; what that does not know, or a nan on the way back, runs as Python."""

    def __init__(self, looped: Looped, graph: Graph, at_once: bool = True) -> None:
        super().__init__(looped, graph)
        self._kernels: dict[tuple[bytes, bool], tuple[Any, Writing] | None] = {}
        self._mine = threading.local()
        self.trial = Trial(_PRICE + _PRICE_OF_ONE * looped.size, at_once)

    def run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float) -> Ran:
        """Runs the program; see `Program.run`."""
        if self.trial.counts(self.looped.operations, (wanted, own is not None)):
            return super().run(shared, own, wanted, weight)
        if own is not None:
            return self._run_batch(shared, own, wanted, weight) or super().run(shared, own, wanted, weight)
        made = self._kernel(wanted)
        if made is None:
            return super().run(shared, own, wanted, weight)
        looped, (call, writing) = self.looped, made
        m, a, q = self._memory((wanted, False), writing)
        first, last = looped.first_parameter, looped.leaves
        m[first:last] = shared[0] if len(shared) == 1 else np.concatenate(shared)
        m[writing.failed :] = 0.0
        if wanted:
            a.fill(0.0)
        if call(m, a, q, weight) != 0.0:
            return super().run(shared, own, wanted, weight)
        d = a[first:last].copy()
        if np.isnan(d).any():
            return self.node_by_node(shared, own, wanted, weight)
        failed = np.zeros((len(self.graph.checks), 1), bool)
        failed[looped.of_checks, 0] = m[writing.failed :]
        return m[writing.results : writing.failed].reshape(-1, 1).copy(), failed, d, np.zeros((0, 1))

    def _run_batch(self, shared: list[Floats], own: Floats, wanted: bytes, weight: float) -> Ran | None:
        """The same for a batch; None where Python must run it."""
        made = self._kernel(wanted, is_batch=True)
        if made is None:
            return None
        looped, samples, (call, writing) = self.looped, own.shape[1], made
        m, a, q, w, b = self._memory((wanted, True), writing)
        first, last = looped.first_parameter, looped.leaves
        assert isinstance(writing, Lanes)
        is_own = writing.level.own[first:last]
        m[first:last][~is_own] = np.concatenate(shared)
        m[writing.failed :] = 0.0
        b.fill(0.0)
        own = np.ascontiguousarray(own, float)
        outputs = np.empty((len(looped.outputs), samples))
        outputs[:] = m[writing.results : writing.failed, np.newaxis]
        turned = np.zeros((len(looped.checks), samples))
        d_own = np.zeros((len(own), samples))
        if call(m, a, q, w, b, own, d_own, outputs, turned, samples, weight) != 0.0:
            return None
        shared_results = ~writing.level.own[looped.outputs]
        outputs[shared_results] = m[writing.level.address[looped.outputs]][shared_results, np.newaxis]
        turned[~np.array(writing.own_checks, bool)] = m[writing.failed :][
            ~np.array(writing.own_checks, bool), np.newaxis
        ]
        failed = np.zeros((len(self.graph.checks), samples), bool)
        failed[looped.of_checks] = turned
        d = b.reshape(-1, LANES)[first:last][~is_own].sum(axis=1)
        if wanted and (np.isnan(d).any() or np.isnan(d_own).any()):
            return self.node_by_node(shared, own, wanted, weight)
        return outputs, failed, d, d_own

    def loops(self) -> str | None:
        """The lines, with those of the way back where there is one result."""
        try:
            return self._native_text(self.looped.every_leaf if len(self.looped.outputs) == 1 else b"")[0]
        except UnprintableError:
            return None

    def _kernel(self, wanted: bytes, is_batch: bool = False) -> tuple[Any, Writing] | None:
        key = wanted, is_batch
        if key not in self._kernels:
            try:
                source, writing = self._native_text(wanted, is_batch)
                self._kernels[key] = kernel(source, _BATCH if is_batch else _ALONE), writing
            except UnprintableError:
                self._kernels[key] = None
        return self._kernels[key]

    def _native_text(self, wanted: bytes, is_batch: bool = False) -> tuple[str, Writing]:
        lines = Lines()
        writing = (Lanes if is_batch else Writing)(self.looped, NativeWords, lines, _check)
        with lines.below(_HEAD[is_batch]):
            lines.add("bad = 0.0")
            writing.write(wanted)
            lines.add("return bad")
        if len(lines.lines) > _MOST_LINES:
            raise UnprintableError("the lines would take too long to compile")
        return "\n".join([*lines.lines, ""]), writing

    def _memory(self, key: Any, writing: Writing) -> tuple[Any, ...]:
        """The arrays of this thread: `m`, `a` and `q`, and for a batch `w` and `b`."""
        mine = self._mine.__dict__
        if key not in mine:
            size, is_batch = writing.memory.size, isinstance(writing, Lanes)
            sizes = (size, 1, LANES * size, LANES * size) if is_batch else (size, size)
            m, a, *more = map(aligned, sizes)
            for one in (m, a, *more):
                one.fill(0.0)
            m[[*writing.memory.numbers]] = [*writing.memory.numbers.values()]
            mine[key] = m, a, np.array(writing.memory.table or [0], np.int64), *more
        return mine[key]  # type: ignore[no-any-return]


def _check(cell: str, check: Check, left: str, right: str) -> str:
    turned = ("0.0", "1.0") if check.outcome else ("1.0", "0.0")
    return f"{cell} = {cell} + ({turned[0]} if {left} {check.printed} {right} else {turned[1]})"

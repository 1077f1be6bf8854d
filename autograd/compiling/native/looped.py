"""Looped: a looped graph as machine code, made of the very lines that Python would run.

run(m, a, q, weight) -> 0.0, or nan where Python must run the lines
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from ...vocabularies.lines import Lines
from ..graph.graph import Check, Graph
from ..loops.alone import Alone
from ..loops.looped import Looped
from ..loops.python import PythonLoops
from ..numpy.blocks import Floats, Ran
from .kernel import kernel
from .lanes import LANES, Lanes
from .lines import NativeWords
from .memory import aligned
from .trial import Trial
from .unprintable import UnprintableError

_MOST_LINES = 40_000  # LLVM takes about 0.1 ms for each
_PRICE, _PRICE_OF_ONE = 40_000, 500  # of machine code, and of a line in it; a run of an operation in Python costs 1


Made = tuple[Any, Alone | Lanes]
Key = tuple[bytes, bool, bool]  # the leaves whose derivatives are wanted, whether of a batch, whether gated
# What a kernel takes, alone and for a batch.
_TAKES = "ddqf", "ddqddddddif"
_HEADS = (
    "def run(m, a, q, weight):",
    "def run(m, a, q, w, b, own, d_own, outputs, failed, samples, weight):",
)


class NativeLoops(PythonLoops):
    """Runs as machine code after a trial; what that does not know, or a nan on the way back, runs as Python."""

    def __init__(self, looped: Looped, graph: Graph, at_once: bool = True) -> None:
        super().__init__(looped, graph)
        self._lines = None  # there is machine code before that
        self._kernels: dict[Key, Made | None] = {}
        self._mine = threading.local()
        self.trial = Trial(_PRICE + _PRICE_OF_ONE * looped.size, at_once)

    def _run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float, is_gated: bool) -> Ran:
        key = wanted, own is not None, is_gated
        is_in_trial = self.trial.counts(self.looped.operations, key)
        found = None
        if not is_in_trial and (made := self._kernel(key)) is not None:
            found = (
                self._run_alone(shared, made, key, weight)
                if own is None
                else self._run_batch(shared, np.ascontiguousarray(own, float), made, key, weight)
            )
        return super()._run(shared, own, wanted, weight, is_gated) if found is None else found

    def _run_alone(self, shared: list[Floats], made: Made, key: Key, weight: float) -> Ran | None:
        """Runs the machine code; None where Python must run the lines."""
        looped, (call, writing) = self.looped, made
        m, a, q = self._memory(key, writing)
        first, last = looped.first_parameter, looped.leaves
        m[first:last] = shared[0] if len(shared) == 1 else np.concatenate(shared)
        m[writing.failed :] = 0.0
        if key[0]:
            a.fill(0.0)
        if call(m, a, q, weight) != 0.0:
            return None
        failed = np.zeros((len(self.graph.checks), 1), bool)
        failed[looped.of_checks, 0] = m[writing.failed :]
        return m[writing.results : writing.failed].reshape(-1, 1).copy(), failed, a[first:last].copy(), np.zeros((0, 1))

    def _run_batch(self, shared: list[Floats], own: Floats, made: Made, key: Key, weight: float) -> Ran | None:
        """The same for a batch."""
        looped, samples, (call, writing) = self.looped, own.shape[1], made
        assert isinstance(writing, Lanes)
        memory = self._memory(key, writing)
        m, b = memory[0], memory[-1]
        leaves = slice(looped.first_parameter, looped.leaves)
        is_own = writing.level.own[leaves]
        m[leaves][~is_own] = np.concatenate(shared)
        m[writing.failed :] = 0.0
        b.fill(0.0)
        outputs, turned = np.empty((len(looped.outputs), samples)), np.zeros((len(looped.checks), samples))
        d_own = np.zeros((len(own), samples))
        if call(*memory, own, d_own, outputs, turned, samples, weight) != 0.0:
            return None
        is_shared = ~writing.level.own[looped.outputs]
        outputs[is_shared] = m[writing.level.address[looped.outputs][is_shared], np.newaxis]
        is_shared = ~np.array(writing.own_checks, bool)
        turned[is_shared] = m[writing.failed :][is_shared, np.newaxis]
        failed = np.zeros((len(self.graph.checks), samples), bool)
        failed[looped.of_checks] = turned
        with np.errstate(all="ignore"):  # infinities of both signs make nan
            d_shared = b.reshape(-1, LANES)[leaves][~is_own].sum(axis=1)
        return outputs, failed, d_shared, d_own

    def loops(self) -> str | None:
        """The lines, with those of the way back where there is one result."""
        try:
            wanted = self.looped.every_leaf if len(self.looped.outputs) == 1 else b""
            return self._native_text((wanted, any(self.looped.batched), False))[0]
        except UnprintableError:
            return None

    def _kernel(self, key: Key) -> Made | None:
        if key not in self._kernels:
            try:
                source, writing = self._native_text(key)
                self._kernels[key] = kernel(source, _TAKES[key[1]]), writing
            except UnprintableError:
                self._kernels[key] = None
        return self._kernels[key]

    def _native_text(self, key: Key) -> tuple[str, Alone | Lanes]:
        wanted, is_batch, is_gated = key
        lines = Lines()
        writing = (Lanes if is_batch else Alone)(self.looped, NativeWords, lines, _check, is_gated)
        with lines.below(_HEADS[is_batch]):
            lines.add("bad = 0.0")
            writing.write(wanted)
            lines.add("return bad")
        if len(lines.lines) > _MOST_LINES:
            raise UnprintableError("the lines would take too long to compile")
        return "\n".join([*lines.lines, ""]), writing

    def _memory(self, key: Key, writing: Alone | Lanes) -> tuple[Any, ...]:
        """The arrays of this thread: `m`, `a` and `q`, and for a batch `w` and `b`."""
        mine: dict[Any, Any] = self._mine.__dict__
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

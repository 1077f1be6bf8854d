"""Loops: a looped graph as a Python function with loops, printed from the rows; of a batch, all samples at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...core import floats
from ...vocabularies import arrays
from ...vocabularies.lines import Lines
from ...vocabularies.printed import printed
from ..graph.graph import Check, Graph
from ..numpy import runtime
from ..numpy.blocks import Floats, Ran
from ..python.lines import MOST_INPUTS, PythonLines, words
from .alone import Alone
from .looped import Looped

_MOST_LINES, _WORN = 12_000, 1_000  # operations that are worth a line each, and after how many runs


class PythonLoops:
    """Runs a looped graph as plain Python: on floats, or on rows of a number for each sample.

    A short one that runs again and again has a line for each operation in the end: that takes 75 us an operation to
    prepare, and half the time to run.
    """

    def __init__(self, looped: Looped, graph: Graph) -> None:
        self.looped, self.graph = looped, graph
        is_short = not graph.gaps and len(graph.nodes) <= _MOST_LINES and graph.nodes.sizes.max(initial=0) < MOST_INPUTS
        self._lines, self._runs = PythonLines(graph) if is_short else None, 0
        self._functions: dict[tuple[bytes, bool, bool], tuple[Callable[..., Any], Alone]] = {}

    def run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float) -> Ran:
        """Runs the program; see `Program.run`."""
        if self._lines is not None and own is None and weight == 1.0:
            self._runs += 1
            if self._runs > _WORN:
                return self._lines.run(shared, own, wanted, weight)
        found = self._run(shared, own, wanted, weight, is_gated=False)
        # an adjoint of exactly 0 passes nothing on; plain products pass 0 * inf, and then a nan arrives
        if wanted and has_nan(found):
            found = self._run(shared, own, wanted, weight, is_gated=True)
        return found

    def _run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float, is_gated: bool) -> Ran:
        looped = self.looped
        key = wanted, own is not None, is_gated
        if key not in self._functions:
            self._functions[key] = self._function(*key)
        function, writing = self._functions[key]
        m: list[Any] = [0.0] * writing.memory.size
        for at, number in writing.memory.numbers.items():
            m[at] = number
        numbers = iter(np.concatenate(shared).tolist())
        columns = iter(() if own is None else own)
        batched = [False] * looped.parameters + looped.batched
        m[looped.first_parameter : looped.leaves] = [next(columns) if one else next(numbers) for one in batched]
        m[writing.failed : writing.failed + len(looped.checks)] = [False] * len(looped.checks)
        a: list[Any] = [0.0] * writing.memory.size
        with np.errstate(all="ignore"):
            function(m, a, writing.memory.table, weight)
        samples = 1 if own is None else own.shape[1]
        outputs = _rows(m, writing.results, len(looped.outputs), samples)
        failed = np.zeros((len(self.graph.checks), samples), bool)
        failed[looped.of_checks] = _rows(m, writing.failed, len(looped.checks), samples)
        slopes = a[looped.first_parameter : looped.leaves]
        if own is None:
            return outputs, failed, np.array(slopes, float), np.zeros((0, 1))
        with np.errstate(all="ignore"):  # infinities of both signs make nan
            sums = [np.sum(np.broadcast_to(x, samples)) for x, one in zip(slopes, batched) if not one]
        d_shared = np.array(sums, float)
        d_own = np.array([np.broadcast_to(x, samples) for x, one in zip(slopes, batched) if one], float)
        return outputs, failed, d_shared, d_own.reshape(len(d_own), samples)

    def loops(self) -> str | None:
        """What becomes machine code: nothing."""
        return None

    def _function(self, wanted: bytes, is_batch: bool, is_gated: bool) -> tuple[Callable[..., Any], Alone]:
        source, writing = self._text(wanted, is_gated)
        return printed("program", source, _array_words() if is_batch else dict(vars(floats))), writing

    def _text(self, wanted: bytes, is_gated: bool = False) -> tuple[str, Alone]:
        lines = Lines()
        writing = Alone(self.looped, lambda lines: words, lines, _check, is_gated)
        with lines.below("def program(m, a, q, weight):"):
            writing.write(wanted)
        return "\n".join([*lines.lines, ""]), writing

    def source(self, wanted: bytes = b"") -> str:
        """Python; the words that it calls are those of `autograd.core.floats`."""
        return self._text(wanted)[0]


def has_nan(ran: Ran) -> bool:
    """Whether a derivative is nan."""
    return bool(np.isnan(ran[2]).any() or np.isnan(ran[3]).any())


def _rows(m: list[Any], at: int, count: int, samples: int) -> Floats:
    found = np.empty((count, samples))
    for k in range(count):
        found[k] = m[at + k]
    return found


def _check(cell: str, check: Check, left: str, right: str) -> str:
    return f"{cell} = {cell} | (({left} {check.printed} {right}) != {check.outcome})"


def _array_words() -> dict[str, Any]:
    """The words on arrays; those on groups take arrays and single numbers together."""
    found = {**vars(arrays), "inf": math.inf, "nan": math.nan}  # as numbers are printed
    for name in ("sum", "prod", "dot", "max", "min", "norm", "logsumexp"):
        found[name] = _together(found[name])
    found["pick"] = _together(runtime.pick)
    return found


def _together(word: Callable[..., Any]) -> Callable[..., Any]:
    def on_groups(*groups: Any) -> Any:
        each = [group if isinstance(group, tuple) else (group,) for group in groups]
        shape = np.broadcast_shapes(*(np.shape(x) for group in each for x in group))
        wide = [[np.broadcast_to(x, shape) for x in group] for group in each]
        return word(*(x if isinstance(group, tuple) else x[0] for group, x in zip(groups, wide, strict=True)))

    return on_groups

"""Kernel: many steps of training in machine code: gather a batch, its gradient, the optimiser's rule, over and over.

The contract is that of `descent`. What a kernel cannot do, a sample that takes another way through the function,
an index that is none, ends it before that step, as a number that is not finite does. By then it has changed what it was
given; so it works on copies, and where it ended early the steps before are made once more.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ...vocabularies.lines import Lines
from ..native.blocks import NativeBlocks
from ..native.kernel import kernel
from ..native.memory import aligned
from ..native.source import Source
from ..native.unprintable import UnprintableError
from ..packing.pack import Packed
from .rules import Printed

_TAKES = "dqdiqiidddddddii"
_NONE = np.zeros(0)
_NAMES = "p, q, rows, known, order, count, size, data, gradient, memory"
_SETTINGS = "rates, numbers, frozen, losses, done, steps"


class DescentSource(Source):
    """The text of a kernel that makes steps.

    `there` says, for each parameter of the program, which of the optimiser's it is, or -1; there are `count` of those.
    """

    def __init__(
        self, packed: Packed, lanes: int, rule: Printed, there: Any, count: int, is_mean: bool, has_frozen: bool
    ) -> None:
        self._rule, self._there, self._count = rule, there, count
        self._is_mean, self._has_frozen = is_mean, has_frozen
        self.given_size = packed.graph.parameters + sum(not batched for batched in packed.graph.batched)
        # whether the program reads the very array that the optimiser changes
        self.is_same = self.given_size == count and bool((there == np.arange(count)).all())
        wanted = (there >= 0).tobytes() + bytes(len(packed.graph.batched))
        super().__init__(packed, lanes, wanted)

    def _run(self) -> str:
        return f"def run({_NAMES}, {_SETTINGS}):"

    def _assembled(self) -> list[str]:
        self.given = self.memory.take(self.given_size)  # where what all samples are given is written before a call
        shared, own, sweep = self._parts(2)
        lines = self.lines = Lines(1)
        if self.is_same:
            lines.add("w = data", "d = gradient")
        else:
            lines.add(f"w = p + {self.given}", f"d = p + {self.memory.take(self.given_size)}")
        with lines.below("for k in range(count):"), lines.below("if (order[k] < 0) | (order[k] >= known):"):
            lines.add("return -1.0")
        with lines.below("for s in range(steps):"):
            lines.add("samples = min(size, count - s * size)")
            lines.add(f"weight = {'1.0 / samples' if self._is_mean else '1.0'}")
            lines.add("bad = 0.0", "total = 0.0")
            if not self.is_same:
                self._each("w[j] = data[i]")
            lines.lines += shared
            with lines.below(f"for t in range(0, samples, {self.lanes}):"):
                lines.lines += own
            lines.lines += sweep
            self._update()
        lines.add("return steps")
        return lines.lines

    def _load(self) -> None:
        add, leaves, lanes = self.lines.add, self.own_leaves, self.lanes
        if lanes == 1:
            add(f"at = {leaves} * order[s * size + t]")
            with self.lines.below(f"for r in range({leaves}):"):
                add(f"p[{self.memory.own} + r] = rows[at + r]")
            return
        add(f"m = min({lanes}, samples - t)")
        with self.lines.below(f"for n in range({lanes}):"):  # behind the last sample, copies that count for nothing
            add(f"at = {leaves} * order[s * size + t + min(n, m - 1)]")
            with self.lines.below(f"for r in range({leaves}):"):
                add(f"p[{self.memory.own} + {lanes} * r + n] = rows[at + r]")

    def _store(self) -> None:
        _, at = self._place(self.packed.graph.outputs[0])
        _, count = self._samples
        with self.lines.below(f"for n in range({count}):"):
            self.lines.add(f"total = total + p[{at} + n]")

    def _compared(self, outcome: str, place: str) -> list[str]:
        return [f"bad = bad if {outcome} else nan"]

    def _watch(self) -> None:
        """The rule looks at all numbers anyway."""

    def _runs(self) -> list[tuple[int, int, int]]:
        """The parameters in runs: of the program, of the optimiser, and how many lie side by side in both."""
        here = np.flatnonzero(self._there >= 0)
        cuts = np.flatnonzero((np.diff(here) != 1) | (np.diff(self._there[here]) != 1)) + 1
        return [(int(run[0]), int(self._there[run[0]]), len(run)) for run in np.split(here, cuts) if len(run)]

    def _each(self, line: str) -> None:
        """A line for each parameter, the number `j` of the program and `i` of the optimiser."""
        runs, add = self._runs(), self.lines.add
        if len(runs) <= 4:
            for here, there, size in runs:
                with self.lines.below(f"for k in range({size}):"):
                    add(f"i = {there} + k", f"j = {here} + k", line)
            return
        places = np.flatnonzero(self._there >= 0)
        table = self.memory.table(np.stack([places, self._there[places]], axis=1))
        with self.lines.below(f"for k in range({table}, {table + 2 * len(places)}, 2):"):
            add("j = q[k]", "i = q[k + 1]", line)

    def _update(self) -> None:
        lines, rule, count = self.lines, self._rule, self._count
        add = lines.add
        if not self.is_same:
            with lines.below(f"for i in range({count}):"):
                add("gradient[i] = 0.0")
            self._each("gradient[i] = d[j]")
        # what is not finite leaves its mark in a sum; one that overflows ends the steps too, and is made alone
        add(f"loss = total{' / samples' if self._is_mean else ''}", "bad = bad + loss")
        add("rate = rates[s]", "step = 0.0 + (done + s)")
        add(*(f"number{k} = numbers[{k}]" for k in range(len(rule.numbers))), *map(_plain, rule.once))
        memories = len(rule.results) - 1
        with lines.below(f"for i in range({count}):"):
            add("x = data[i]", "g = gradient[i]", *(f"m{k} = memory[{k * count} + i]" for k in range(memories)))
            if self._has_frozen:
                add("g = where(frozen[i], 0.0, g)")
            add(*map(_plain, rule.each))
            for k, (name, result) in enumerate(zip(["x", *(f"m{k}" for k in range(memories))], rule.results)):
                add(f"n{k} = {_plain(result)}")
                if self._has_frozen:
                    add(f"n{k} = where(frozen[i], {name}, n{k})")
            add("data[i] = n0", *(f"memory[{k * count} + i] = n{k + 1}" for k in range(memories)))
            add(f"bad = plus(bad, g + {' + '.join(f'n{k}' for k in range(len(rule.results)))})")
        with lines.below("if bad - bad != 0.0:"):
            add("return s")
        add("losses[s] = loss")


def _plain(line: str) -> str:
    """Numbers by names of their own: what is read from an array could have been written to meanwhile."""
    return re.sub(r"numbers\[(\d+)\]", r"number\1", line)


def _floats(frozen: Any, count: int) -> Any:
    return np.array(np.broadcast_to(frozen, count), float)


class DescentKernel:
    """A program and a rule, compiled together for each number of lanes when that is first asked for.

    The program has one result for each sample: see `has_loss`.
    """

    def __init__(
        self, native: NativeBlocks, rule: Printed, there: Any, count: int, is_mean: bool, has_frozen: bool
    ) -> None:
        self._native, self._rest = native, (rule, there, count, is_mean, has_frozen)
        self._made: dict[int, _Made | None] = {}
        self._rows: tuple[Any, Any] = None, None

    def run(
        self,
        made: _Made,
        shared: list[Any],
        own: Any,
        order: Any,
        size: int,
        state: tuple[Any, Any, Any],
        settings: tuple[Any, ...],
        done: int,
    ) -> tuple[list[float], Any, Any]:
        """The losses of the steps made, the next data and the next memory; the gradient is changed in place.

        `shared` holds the program's parameters and shared arguments, `own` a column for each sample. The steps are made
        from `state`: data, gradient, and memory, a row for each kind. `settings` are those of the rule now: the rates
        of the steps, its numbers, and which parameters are frozen or None. `done` steps were made before.

        Raises:
            IndexError: the order names a sample that is none.
        """
        if self._rows[0] is not own:
            self._rows = own, np.ascontiguousarray(own.T, float)
        source, call, p, q = made
        rows, order = self._rows[1], order.astype(np.int64, copy=False)
        if not source.is_same:
            p[source.given : source.given + source.given_size] = np.concatenate(shared)
        (data, gradient, memory), (rates, numbers, frozen) = state, settings
        steps = min(-(-len(order) // size), len(rates))
        losses = np.empty(steps)
        rule = rates, np.array(numbers, float), _NONE if frozen is None else _floats(frozen, len(data)), losses, done
        while True:
            now = data.copy(), gradient, memory.copy()
            until = int(call(p, q, rows, len(rows), order, len(order), size, *now, *rule, steps))
            if until == steps:
                break
            if until < 0:
                raise IndexError(f"the order names a sample that is none of {len(rows)}; it was changed meanwhile")
            steps = until
        return losses[:steps].tolist(), now[0], now[2]

    def trial(self, samples: int) -> int:
        """How many steps of so many samples are made before there is a kernel."""
        return self._native.steps_of_trial(samples)

    def kernel(self, size: int, samples: int) -> _Made | None:
        """The kernel for batches of this size among so many samples; None where it cannot be printed."""
        lanes = self._native.lanes(min(size, samples))
        if lanes not in self._made:
            packed = self._native.packed
            try:
                source = DescentSource(packed, lanes, *self._rest)
            except UnprintableError:
                self._made[lanes] = None
            else:
                p = aligned(source.memory.size)
                p[: len(packed.graph.constants)] = packed.graph.constants
                self._made[lanes] = source, kernel(str(source), _TAKES), p, source.memory.q
        return self._made[lanes]


_Made = tuple[DescentSource, Any, Any, Any]  # the source, what it was compiled to, its memory and table


def has_loss(packed: Packed) -> bool:
    """Whether there is one result, of each sample, which steps can be made by."""
    graph = packed.graph
    return any(graph.batched) and len(graph.outputs) == 1 and bool(packed.batched[graph.outputs[0]])

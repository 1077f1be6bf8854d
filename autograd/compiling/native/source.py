"""Source: a packed graph as one function of loops over its blocks, tile by tile of samples, printed from the rows.

    run(p, q, w, d, own, outputs, failed, d_own, samples, weight) -> 0.0, or nan where NumPy must run the program

`p` is the memory, with the constants in their places (see `memory` for `w`, `d` and `q` too); `own` has a row for each
number of a sample and a column for each sample. In a tile the samples lie side by side, and it is run forward and in
reverse before the next tile begins: all that passes between two blocks stays in the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...vocabularies.lines import Index, Lines
from ..graph.graph import by_kind
from ..packing.operands import Operand
from ..packing.pack import Packed
from ..packing.way_back import Stage
from .memory import summed, times
from .reverse import Reverse
from .unprintable import UnprintableError

_MOST_LINES = 8000  # LLVM takes about 0.5 ms for each
_PART = 100  # lines of one function


class Source(Reverse):
    """The text of a kernel for tiles of so many lanes; `wanted` are the leaves whose derivatives it computes."""

    def __init__(self, packed: Packed, lanes: int, wanted: bytes) -> None:
        super().__init__(packed, lanes, wanted)
        self.own_leaves = int(packed.batched[: packed.graph.leaves].sum())
        self.is_batch = bool(packed.batched.any())
        self.lines.lines = self._assembled()
        self._bound()

    def _assembled(self) -> list[str]:
        """The lines of the function `run`."""
        shared, own, sweep = self._parts(1)
        loop = [f"    for t in range(0, samples, {self.lanes}):"] if own else []
        return ["    bad = 0.0", *shared, *loop, *own, *sweep, "    return bad"]

    def _parts(self, depth: int) -> tuple[list[str], list[str], list[str]]:
        """Lines for what all samples share, then for a tile of samples, then for the way back through the first."""
        packed, graph = self.packed, self.packed.graph
        has_batched_root = bool(graph.outputs) and bool(packed.batched[graph.outputs[0]])
        shared = self.lines = Lines(depth)
        self._in_parts(self.forward, [block for block in packed.blocks if not block.batched])
        own = self.lines = Lines(depth + 1)
        if self.is_batch:
            self._load()
            self._in_parts(self.forward, [block for block in packed.blocks if block.batched])
            self._store()
            self._check()
            if self.stages and has_batched_root:
                self._sweep_own(self.stages)
        sweep = self.lines = Lines(depth)
        if not self.is_batch:
            self._store()
            self._check()
        if self.stages:
            self._sweep_shared(self.stages, has_batched_root)
        before = self.lines = Lines(depth)
        first, last = self.memory.given
        if self.memory.copies[False]:
            with before.below(f"for k in range({last - first}):"):
                before.add(f"p[{self.memory.shared + first} + k] = w[k]")
        if self.stages:
            self.clear(self.stages, False)
        return [*before.lines, *shared.lines], own.lines, sweep.lines

    def _in_parts(self, show: Callable[[Any], None], blocks: Sequence[Any]) -> None:
        """Prints blocks or steps; many become a function of their own: LLVM takes time as the square of its size."""
        lines = self.lines.lines
        first = len(lines)
        for block in blocks:
            show(block)
            if len(lines) - first > _PART:
                body = [line[4 * (self.lines.depth - 1) :] for line in lines[first:]]
                name = self.functions.name(
                    "\n".join(["def part(p, q, w, d):", "    bad = 0.0", *body, "    return bad"])
                )
                lines[first:] = ["    " * self.lines.depth + f"bad = plus(bad, {name}(p, q, w, d))"]
                first = len(lines)
                self._bound()

    def _bound(self) -> None:
        if len(self.lines.lines) + self.functions.size > _MOST_LINES:
            raise UnprintableError("the kernel would take too long to compile")

    def __str__(self) -> str:
        run = "\n".join([self._run(), *self.lines.lines, ""])
        return "\n\n".join([*self.functions.texts, run])

    def _run(self) -> str:
        return "def run(p, q, w, d, own, outputs, failed, d_own, samples, weight):"

    # What goes in, and what comes out.

    def _load(self) -> None:
        add = self.lines.add
        at = self.memory.own
        if self.lanes == 1:
            with self.lines.below(f"for r in range({self.own_leaves}):"):
                add(f"p[{at} + r] = own[r * samples + t]")
            return
        add(f"m = min({self.lanes}, samples - t)")
        with self.lines.below(f"for r in range({self.own_leaves}):"):
            with self.lines.below("for n in range(m):"):
                add(f"p[{at} + {self.lanes} * r + n] = own[r * samples + t + n]")
            # behind the last sample, copies of it that count for nothing
            with self.lines.below(f"for n in range(m, {self.lanes}):"):
                add(f"p[{at} + {self.lanes} * r + n] = own[r * samples + t + m - 1]")

    def _place(self, node: int) -> tuple[bool, int]:
        batched = bool(self.packed.batched[node])
        if self.memory.is_given(batched, self.packed.position[node]):
            self.memory.copies[False] = True
        return batched, int(self.memory.address(batched, False, int(self.packed.position[node])))

    @property
    def _samples(self) -> tuple[str, str]:
        """The number of a lane's sample, and how many lanes there are."""
        return ("t + n", "m") if self.is_batch and self.lanes > 1 else ("t", "1") if self.is_batch else ("0", "1")

    def _store(self) -> None:
        """The results of each sample, as rows of an array."""
        places = [self._place(x) for x in self.packed.graph.outputs]
        if not places:
            return
        unit = [self.lanes > 1 and batched for batched, _ in places]
        if len(places) > 1:
            table = self.memory.table(np.array([at for _, at in places]))
            kinds = self.memory.table(np.array(unit))
        first, count = self._samples
        with self.lines.loop("r", len(places)) as r:
            at: Index = places[0][1] if len(places) == 1 else f"q[{summed(table, r)}]"
            kind = int(unit[0]) if len(places) == 1 else f"q[{summed(kinds, r)}]"
            with self.lines.below(f"for n in range({count}):"):
                source = summed(at, times("n", kind) if isinstance(kind, int) else f"n * {kind}")
                target = f"{r} * samples + {first}" if r != 0 else first
                self.lines.add(f"outputs[{target}] = p[{source}]")

    def _check(self) -> None:
        """For each comparison and sample, whether it came out otherwise than recorded."""
        first, count = self._samples
        checks, many = self.packed.graph.checks, self.lanes > 1
        for symbol, numbers in by_kind(checks, lambda check: check.printed).items():
            rows = []
            for k in numbers:
                sides = [(at, batched and many) for batched, at in map(self._place, (checks[k].left, checks[k].right))]
                rows.append((*sides[0], *sides[1], checks[k].outcome, k))
            table = self.memory.table(np.array(rows, np.int64))
            each_check = f"for r in range({table}, {table + 6 * len(rows)}, 6):"
            with self.lines.below(each_check), self.lines.below(f"for n in range({count}):"):
                compared = f"p[q[r] + n * q[r + 1]] {symbol} p[q[r + 2] + n * q[r + 3]]"
                place = f"q[r + 5] * samples + {first}"
                self.lines.add(*self._compared(f"({compared}) == (q[r + 4] == 1)", place))

    def _compared(self, outcome: str, place: str) -> list[str]:
        """What a comparison of one sample does."""
        return [f"failed[{place}] = 0 if {outcome} else 1"]

    # The way back.

    def _sweep_own(self, stages: tuple[Stage, Stage]) -> None:
        at = self.memory.address(True, True, int(self.packed.position[self.packed.graph.outputs[0]]))
        self.clear(stages, True)
        if self.lanes == 1:
            self.lines.add(f"p[{at}] = weight")
        else:
            with self.lines.below(f"for n in range({self.lanes}):"):
                self.lines.add(f"p[{at} + n] = weight if n < m else 0.0")
        self._in_parts(self.reverse, stages[True].steps)
        if len(stages[True].leaves):
            with self.lines.below(f"for r in range({self.own_leaves}):"):
                first, count = self._samples
                with self.lines.below(f"for n in range({count}):"):
                    self.lines.add(
                        f"g = p[{self.memory.d_own} + {self.lanes} * r + n]",
                        f"d_own[r * samples + {first}] = g",
                        "bad = plus(bad, nan if g != g else 0.0)",
                    )

    def _sweep_shared(self, stages: tuple[Stage, Stage], has_batched_root: bool) -> None:
        if not has_batched_root:
            root = Operand(self.packed.position[self.packed.graph.outputs[:1]], False)
            self.lines.add(f"{self.memory.view(root, adjoint=True).number(0)} = weight * samples")
        self._in_parts(self.reverse, stages[False].steps)
        first, last = self.memory.given
        if self.memory.copies[True]:
            with self.lines.below(f"for k in range({last - first}):"):
                self.lines.add(f"d[k] = d[k] + p[{self.memory.d_shared + first} + k]")
        self._watch()

    def _watch(self) -> None:
        """Where 0 met inf on the way, a nan arrives."""
        first, last = self.memory.given
        with self.lines.below(f"for k in range({last - first}):"):
            self.lines.add("bad = plus(bad, nan if d[k] != d[k] else 0.0)")

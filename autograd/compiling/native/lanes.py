"""Lanes: a looped graph as machine code for a batch: eight samples at once, tile after tile, each number a vector.

    run(m, a, q, w, b, own, d_own, outputs, failed, samples, weight) -> 0.0, or nan where Python must run it

What all samples share lies in `m`; what each sample of a tile has of its own lies in `w`, with eight numbers at each
address. All adjoints lie in `b`, eight at each address too: what comes back to what is shared is added up lane by lane,
and over the lanes in the end.
"""

from __future__ import annotations

import numpy as np

from ..graph.graph import LIFT
from ..graph.nodes import Flags
from ..loops.layout import Place
from ..loops.writing import Back, Forward, Writing
from .unprintable import UnprintableError

LANES = 8


class Lanes(Writing):
    """The lines of `run` for a batch."""

    has_names = False

    def own_numbers(self) -> Flags:
        """For each number, whether each sample has its own."""
        looped = self.looped
        batched = np.array([False] * looped.first_argument + looped.batched, bool)
        return looped.depending(batched, {LIFT: True}, is_whole=True)

    def number(self, place: Place, index: str, further: str = "") -> str:
        """The cell of a number in turn `index`: of an own one, those of all lanes."""
        address = place.address(index, further)
        return _lanes("w", address) if place.is_own else f"m[{address}]"

    def adjoint(self, place: Place, index: str, further: str = "") -> str:
        """The cells of its adjoints."""
        return _lanes("b", place.address(index, further))

    def write(self, wanted: bytes) -> None:
        """Adds the lines; see `Writing.write`. What comes to shared leaves is left in `b`, lane by lane."""
        if self.memory.is_mixed:
            raise UnprintableError("turns read now what all samples share, now what each has of its own")
        looped, level, add = self.looped, self.level, self.lines.add
        own = [turns for turns in level.turns if turns.is_own]
        shared = [turns for turns in level.turns if not turns.is_own]
        root = level.place(looped.outputs[0]) if looped.outputs else None
        needs, touched = self.needs(wanted) if wanted else None, {looped.loop_of(x) for x in looped.outputs[:1]}
        forward = Forward(self, self.cells_of_checks())
        forward.write(level, shared)
        with self.lines.below(f"for t in range(0, samples, {LANES}):"):
            add(f"c = min({LANES}, samples - t)")
            # the last tile repeats its last sample
            self._rows(self.own_leaves, "for n in range(8):", "w[{at} + n] = own[{row} + t + min(n, c - 1)]")
            self._clear("w", [(self.failed, self.failed + len(looped.checks))])
            forward.write(level, own)
            results = {k: int(level.address[x]) for k, x in enumerate(looped.outputs) if level.own[x]}
            self._rows(results, "for n in range(c):", "outputs[{row} + t + n] = w[{at} + n]")
            checks = {k: self.failed + k for k, is_own in enumerate(self.own_checks) if is_own}
            self._rows(checks, "for n in range(c):", "failed[{row} + t + n] = w[{at} + n]")
            if needs is not None and root is not None and root.is_own:
                self._clear("b", self._own_cells())
                with self.lines.below(f"for n in range({LANES}):"):
                    add(f"b[{LANES * root.at} + n] = weight if n < c else 0.0")
                Back(self).write(level, own, needs, touched)
                self._rows(self.own_leaves, "for n in range(c):", "d_own[{row} + t + n] = b[{at} + n]")
        if needs is not None and root is not None:
            if not root.is_own:
                add(f"b[{LANES * root.at}] = b[{LANES * root.at}] + weight * samples")
            Back(self).write(level, shared, needs, touched)

    @property
    def own_leaves(self) -> dict[int, int]:
        """By their rows, where the leaves lie that each sample has of its own."""
        return dict(enumerate(np.flatnonzero(self.level.own[: self.looped.leaves]).tolist()))

    @property
    def own_checks(self) -> list[bool]:
        """For each check, whether each sample has its own."""
        level = self.level
        return [turns.is_own for turns in level.turns for _ in turns.loop.body.checks]

    def _own_cells(self) -> list[tuple[int, int]]:
        """Addresses from here to there that have to do with samples."""
        level = self.level
        found = [(at, at + 1) for at in self.own_leaves.values()]
        for turns in level.turns:
            if turns.is_own:
                found += [(one.at, one.at + one.back + turns.loop.turns) for one in turns.columns]
        return found

    def _clear(self, array: str, cells: list[tuple[int, int]]) -> None:
        for first, last in cells:
            with self.lines.below(f"for k in range({first}, {last}):"):
                self.lines.add(f"{_lanes(array, 'k')} = 0.0")

    def _rows(self, rows: dict[int, int], lanes: str, form: str) -> None:
        """The same line for each row of samples and the address that belongs to it; runs of them as loops."""
        each = [*rows.items()]
        while each:
            (row, at), count = each[0], 1
            while count < len(each) and each[count] == (row + count, at + count):
                count += 1
            each = each[count:]
            with self.lines.below(f"for k in range({count}):"), self.lines.below(lanes):
                self.lines.add(form.format(row=f"(k + {row}) * samples", at=f"{LANES} * (k + {at})"))


def _lanes(array: str, address: str) -> str:
    return f"{array}[{LANES} * ({address}) : {LANES} * ({address}) + {LANES}]"

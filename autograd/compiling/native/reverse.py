"""Reverse: the adjoints of blocks as loops, each element by its row's partials.

Each number of an adjoint is first put there and then added to; what is never put there is set to 0 before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...vocabularies import text
from ...vocabularies.text import Text
from ..graph.graph import DETACH, OPS
from ..numpy.source import describe, needs
from ..packing.operands import Operand, Positions
from ..packing.pack import Block, Packed, ProductBlock
from ..python.lines import chained
from .forward import Forward
from .groups import WRITTEN_OUT, item_of
from .matmul import Factor
from .memory import Index


class Reverse(Forward):
    """Prints the way back too, for the derivatives by the leaves that are `wanted`."""

    def __init__(self, packed: Packed, lanes: int, wanted: bytes) -> None:
        super().__init__(packed, lanes)
        self.leaves = np.zeros(packed.graph.leaves, bool)
        if wanted:
            self.leaves[packed.graph.first_parameter :] = np.frombuffer(wanted, bool)
        self._needs = needs(packed, self.leaves)
        self.ready = (np.zeros(packed.shared_size, bool), np.zeros(packed.own_size, bool))
        self._zero = (np.zeros(packed.shared_size, bool), np.zeros(packed.own_size, bool))

    def _wants(self, operand: Operand) -> bool:
        return operand.numbers is None and bool(self._needs[operand.batched][operand.positions].any())

    def reverse(self, block: Block) -> None:
        """The loops that pass the adjoint of a block on."""
        at, size = block.at, block.nodes.size
        if not (self._needs[block.batched][at : at + size].any() and self.ready[block.batched][at : at + size].any()):
            return
        self.make_ready(block.batched, block.out.positions.reshape(-1))
        self.lines.add(f"# back through {describe(block)}")
        if isinstance(block, ProductBlock):
            self._reverse_product(block)
        elif block.code != DETACH:
            self._reverse_row(block, block.operands, None)

    def _reverse_product(self, block: Block) -> None:
        view = self.memory.view
        first, second = block.operands[:2]
        g = Factor(view(block.out, adjoint=True), "cij")
        sides = [(first, second, "cik", "cjk"), (second, first, "cjk", "cik")]
        if block.shape[1:] == (1, 1) and len(block.operands) == 2 and _are_same(first, second):
            del sides[1]  # sums of squares: once with 2 g
            with self.lines.loop("c", block.shape[0]) as c, self.in_lanes(block):
                number = g.number({"c": c, "i": 0, "j": 0})
                self.lines.add(f"{number} = 2.0 * {number}")
        for operand, other, mine, theirs in sides:
            if self._wants(operand):
                adds = self._arrives(block, operand)
                self.product(
                    block, Factor(view(operand, adjoint=True), mine), g, Factor(view(other), theirs), None, adds
                )
        if len(block.operands) > 2 and self._wants(block.operands[2]):
            self._reverse_row(block, block.operands[2:], [1.0])

    def _reverse_row(self, block: Block, operands: Sequence[Operand], partials: Sequence[Any] | None) -> None:
        """Adds the adjoint of each result, times the partial, to the adjoint of what it was computed from."""
        wanted = [operand if self._wants(operand) else None for operand in operands]
        if not any(wanted):
            return
        together = [operand for operand in wanted if operand]
        adds = [operand is not None and self._arrives(block, operand, together) for operand in wanted]
        lines = self.lines
        with lines.loops("i", block.shape) as index:
            load = self.inputs(block, index) if partials is None else None
            g, y = (self.memory.view(block.out, adjoint).number(*index) for adjoint in (True, False))
            before = len(lines.lines)
            with self.in_lanes(block):
                inputs = load() if load else []
                lines.add(f"g = {g}")
                slopes = partials
                if slopes is None:
                    lines.add(f"y = {y}")
                    slopes = OPS[block.code].partials(self.words(), *inputs, Text("y"))
                targets = [
                    target
                    for operand, slope, adding in zip(wanted, slopes, adds, strict=True)
                    if operand
                    for target in self._targets(block, operand, index, slope, adding)
                ]
                sums = self._deliver(block, targets)
            depth = "    " * lines.depth
            lines.lines[before:before] = [f"{depth}s{k} = 0.0" for k in range(len(sums))]
            lines.add(*(f"{target} += s{k}" for k, target in enumerate(sums)))

    def _targets(
        self, block: Block, operand: Operand, index: list[Index], slope: Any, adding: bool
    ) -> list[tuple[str, Any, bool, bool]]:
        """Where a partial goes: the number, the partial, whether each lane has a number, whether it is added to."""
        view = self.memory.view(operand, adjoint=True)
        if operand.positions.ndim == len(block.shape):
            return [(view.number(*index), slope, view.lanes, adding)]
        if not _is_large(operand, block):
            return [(view.number(k, *index), one, view.lanes, adding) for k, one in enumerate(slope)]
        with self.lines.below(f"for k in range({len(operand.positions)}):"):
            before, (term,) = text.program([chained(Text("g"), item_of(slope))], "e")
            target = view.number("k", *index)
            self.lines.add(*before, f"{target} = {target} + {term}")
        return []

    def _deliver(self, block: Block, targets: list[tuple[str, Any, bool, bool]]) -> list[str]:
        """Lines for these targets; returns those for which the sums over the lanes `s0`, `s1`, ... are meant."""
        before, terms = text.program([chained(Text("g"), slope) for _, slope, _, _ in targets])
        self.lines.add(*before)
        sums: list[str] = []
        for (target, _, lanes, adding), term in zip(targets, terms, strict=True):
            if block.batched and self.lanes > 1 and not lanes:
                self.lines.add(f"s{len(sums)} = plus(s{len(sums)}, {term})")
                sums.append(target)
            else:
                self.lines.add(f"{target} = {target} + {term}" if adding else f"{target} = {term}")
        return sums

    def _arrives(self, block: Block, operand: Operand, together: Sequence[Operand] = ()) -> bool:
        """Whether something is there to be added to; else this is the first to come, and is just put there.

        What arrives in the same loop counts as there: its turn may come before.
        """
        positions, ready = operand.positions.reshape(-1), self.ready[operand.batched]
        others = [x.positions.reshape(-1) for x in together if x is not operand and x.batched == operand.batched]
        given = self.memory.is_given(operand.batched, positions)
        is_first = (
            (operand.batched == block.batched or self.lanes == 1)  # else each sample adds its own
            and not _is_large(operand, block)
            and not ready[positions].any()
            and not operand.is_repeated
            and given.any() == given.all()  # else part of it is in `p`
            and not any(np.isin(positions, other).any() for other in others)
        )
        if not is_first:
            self.make_ready(operand.batched, positions)
        ready[positions] = True
        return not is_first

    def make_ready(self, batched: bool, positions: Positions) -> None:
        """Sets to 0 at the start what nothing has been put into yet."""
        new = positions[~self.ready[batched][positions]]
        self.ready[batched][new] = self._zero[batched][new] = True

    def clear(self, batched: bool) -> None:
        """Lines that set to 0 what is added to before anything is put there."""
        memory = self.memory
        first, last = memory.given
        if self.memory.copies[True] and not batched:
            self._zeros("p", memory.d_shared + np.arange(first, last))
        places = np.flatnonzero(self._zero[batched])
        given = memory.is_given(batched, places)
        self._zeros("d", places[given] - first)
        self._zeros("p", memory.address(batched, True, places[~given]), memory.lanes if batched else 1)

    def _zeros(self, array: str, addresses: Positions, unit: int = 1) -> None:
        """Loops that set so many numbers from each of these addresses on to 0, and some between them."""
        if not len(addresses):
            return
        runs = np.split(addresses, np.flatnonzero(np.diff(addresses) > 8 * unit) + 1)
        for run in runs if len(runs) <= 16 else [addresses]:
            with self.lines.below(f"for i in range({run[0]}, {run[-1] + unit}):"):
                self.lines.add(f"{array}[i] = 0.0")


def _is_large(operand: Operand, block: Block) -> bool:
    """Whether it is a group that is not written out."""
    return operand.positions.ndim > len(block.shape) and len(operand.positions) > WRITTEN_OUT


def _are_same(a: Operand, b: Operand) -> bool:
    """Whether both are the same numbers of the workspace."""
    return (
        a.batched == b.batched and a.numbers is None and b.numbers is None and np.array_equal(a.positions, b.positions)
    )

"""Reverse: the adjoints of blocks as loops, each element by its row's partials."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...vocabularies import text
from ...vocabularies.lines import Index
from ...vocabularies.text import Text
from ..graph.graph import OPS
from ..packing.operands import Operand, Positions
from ..packing.pack import Block, Packed, ProductBlock, describe
from ..packing.way_back import Arrival, Stage, Step, way_back
from ..python.lines import chained
from .forward import Forward
from .groups import WRITTEN_OUT, item_of
from .matmul import Factor


class Reverse(Forward):
    """Prints the way back too, for the derivatives by the leaves that are `wanted`."""

    def __init__(self, packed: Packed, lanes: int, wanted: bytes) -> None:
        super().__init__(packed, lanes)
        self.stages = way_back(packed, wanted, _turns, self._puts) if wanted else None

    def _puts(self, block: Block, operand: Operand) -> bool:
        given = self.memory.is_given(operand.batched, operand.positions)
        return (
            (operand.batched == block.batched or self.lanes == 1)  # else each sample adds its own
            and not _is_large(operand, block)
            and not operand.is_repeated
            and given.any() == given.all()  # else part of it is in `p`
        )

    def reverse(self, step: Step) -> None:
        """The loops that pass the adjoints of a block on."""
        self.lines.add(f"# back through {describe(step.block)}")
        if isinstance(step.block, ProductBlock):
            self._reverse_product(step)
        else:
            self._reverse_row(step.block, step.arrivals)

    def _reverse_product(self, step: Step) -> None:
        view, block = self.memory.view, step.block
        first, second = block.operands[:2]
        g = Factor(view(block.out, adjoint=True), "cij")
        if step.is_doubled:
            with self.lines.loop("c", block.shape[0]) as c, self.in_lanes(block):
                number = g.number({"c": c, "i": 0, "j": 0})
                self.lines.add(f"{number} = 2.0 * {number}")
        sides = (second, "cik", "cjk"), (first, "cjk", "cik")
        for arrival in step.arrivals:
            if arrival.place == 2:
                self._reverse_row(block, [arrival], is_bias=True)
                continue
            other, mine, theirs = sides[arrival.place]
            z = Factor(view(arrival.operand, adjoint=True), mine)
            self.product(block, z, g, Factor(view(other), theirs), None, not arrival.is_first)

    def _reverse_row(self, block: Block, arrivals: list[Arrival], is_bias: bool = False) -> None:
        """Adds the adjoint of each result, times the partial, to the adjoint of what it was computed from."""
        if not arrivals:
            return
        lines = self.lines
        with lines.loops("i", block.shape) as index:
            load = None if is_bias else self.inputs(block, index)
            g, y = (self.memory.view(block.out, adjoint).number(*index) for adjoint in (True, False))
            before = len(lines.lines)
            with self.in_lanes(block):
                inputs = load() if load else []
                lines.add(f"g = {g}")
                slopes: Any = {2: 1.0}
                if not is_bias:
                    lines.add(f"y = {y}")
                    slopes = OPS[block.code].partials(self.words(), *inputs, Text("y"))
                targets = [x for one in arrivals for x in self._targets(block, one, index, slopes[one.place])]
                sums = self._deliver(block, targets)
            depth = "    " * lines.depth
            lines.lines[before:before] = [f"{depth}s{k} = 0.0" for k in range(len(sums))]
            lines.add(*(f"{target} += s{k}" for k, target in enumerate(sums)))

    def _targets(
        self, block: Block, arrival: Arrival, index: list[Index], slope: Any
    ) -> list[tuple[str, Any, bool, bool]]:
        """Where a partial goes: the number, the partial, whether each lane has a number, whether it is added to."""
        operand, adds = arrival.operand, not arrival.is_first
        view = self.memory.view(operand, adjoint=True)
        if operand.positions.ndim == len(block.shape):
            return [(view.number(*index), slope, view.lanes, adds)]
        if not _is_large(operand, block):
            return [(view.number(k, *index), one, view.lanes, adds) for k, one in enumerate(slope)]
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
        for (target, _, lanes, adds), term in zip(targets, terms, strict=True):
            if block.batched and self.lanes > 1 and not lanes:
                self.lines.add(f"s{len(sums)} = plus(s{len(sums)}, {term})")
                sums.append(target)
            else:
                self.lines.add(f"{target} = {target} + {term}" if adds else f"{target} = {term}")
        return sums

    def clear(self, stages: tuple[Stage, Stage], batched: bool) -> None:
        """Lines that set to 0 what is added to before anything is put there."""
        memory = self.memory
        first, last = memory.given
        if memory.copies[True] and not batched:
            self._zeros("p", memory.d_shared + np.arange(first, last))
        places = np.sort(np.concatenate([stage.zeros[batched] for stage in stages]))
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


def _turns(block: Block) -> list[tuple[int, ...]]:
    """All operands of a row in one loop, those of products one by one."""
    places = range(len(block.operands))
    return [(place,) for place in places] if isinstance(block, ProductBlock) else [tuple(places)]


def _is_large(operand: Operand, block: Block) -> bool:
    """Whether it is a group that is not written out."""
    return operand.positions.ndim > len(block.shape) and len(operand.positions) > WRITTEN_OUT

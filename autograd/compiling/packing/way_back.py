"""The way back: which blocks pass adjoints on, to which operands, and what is set to 0 before; forms only print it.

An adjoint is first put where its number is read from, and what comes later is added. Where nothing is put, because
several come at once or nothing comes at all, there is a 0 from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .operands import Operand, Positions
from .pack import Block, Packed, ProductBlock


@dataclass(frozen=True, eq=False)
class Arrival:
    """What comes to an operand of a block: the adjoints of the results, each times a partial."""

    operand: Operand
    place: int  # among the operands of the block
    is_first: bool  # nothing is there yet: it is put there, not added


@dataclass(frozen=True, eq=False)
class Step:
    """A block passes its adjoints on, to one operand after the other."""

    block: Block
    arrivals: list[Arrival]
    is_doubled: bool  # of a sum of squares the first factors get all, with twice the adjoints


@dataclass(frozen=True, eq=False)
class Stage:
    """The way back through the blocks of one part of the workspace."""

    steps: list[Step]
    zeros: tuple[Positions, Positions]  # what is set to 0 before: of what all samples share, and of each sample's own
    leaves: Positions  # in this part, those by which derivatives are wanted


# In which turns a form passes on what the operands of a block get: places that get it in the same loop stand together.
Turns = Callable[[Block], Sequence[Sequence[int]]]
# Whether a form can put what comes to an operand: each number is then there once, complete when it comes.
Puts = Callable[[Block, Operand], bool]


def way_back(packed: Packed, wanted: bytes, turns: Turns, puts: Puts) -> tuple[Stage, Stage]:
    """The stages of the way from the first result to the `wanted` leaves: what all samples share comes last.

    As elsewhere, the stage of what samples share is the first of the pair.
    """
    planner = _Planner(packed, wanted, turns, puts)
    own = planner.stage(True)
    return planner.stage(False), own


class _Planner:
    def __init__(self, packed: Packed, wanted: bytes, turns: Turns, puts: Puts) -> None:
        self.packed, self.turns, self.puts = packed, turns, puts
        graph, root = packed.graph, packed.graph.outputs[0]
        needed = graph.needs(wanted)
        self.leaves = needed[: graph.leaves]
        self.needs = self._flags()  # for each part and position, whether it depends on a wanted leaf
        for batched, needs in enumerate(self.needs):
            nodes = np.flatnonzero(packed.batched == batched)
            needs[packed.position[nodes]] = needed[nodes]
        self.ready = self._flags()  # whether an adjoint, or a 0, is there
        self.ready[bool(packed.batched[root])][packed.position[root]] = True
        self.zeros = self._flags()

    def _flags(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        return np.zeros(self.packed.shared_size, bool), np.zeros(self.packed.own_size, bool)

    def stage(self, batched: bool) -> Stage:
        self.zeros = self._flags()
        blocks = [block for block in reversed(self.packed.blocks) if block.batched == batched]
        steps = [step for step in map(self._step, blocks) if step]
        leaves = np.flatnonzero(self.leaves & (self.packed.batched[: len(self.leaves)] == batched))
        places = self.packed.position[leaves]
        self._make_ready(batched, places)
        return Stage(steps, (np.flatnonzero(self.zeros[False]), np.flatnonzero(self.zeros[True])), places)

    def _step(self, block: Block) -> Step | None:
        out = np.arange(block.at, block.at + block.nodes.size)
        if not (self.needs[block.batched][out].any() and self.ready[block.batched][out].any()):
            return None
        self._make_ready(block.batched, out)
        turns = self.turns(block)
        # what comes after the factors still reads the adjoints as they are
        is_doubled = isinstance(block, ProductBlock) and _is_square(block) and turns[-1] == (1,)
        arrivals = [x for turn in (turns[:-1] if is_doubled else turns) for x in self._arrive(block, turn)]
        return Step(block, arrivals, is_doubled)

    def _arrive(self, block: Block, turn: Sequence[int]) -> list[Arrival]:
        found: list[Arrival] = []
        wants = [(place, block.operands[place]) for place in turn if self._wants(block.operands[place])]
        for place, operand in wants:
            ready, positions = self.ready[operand.batched], operand.positions.reshape(-1)
            others = [x.positions for other, x in wants if other != place and x.batched == operand.batched]
            is_first = (
                not ready[positions].any()
                and not any(np.isin(positions, other).any() for other in others)
                and self.puts(block, operand)
            )
            if not is_first:
                self._make_ready(operand.batched, positions)
            ready[positions] = True
            found.append(Arrival(operand, place, is_first))
        return found

    def _wants(self, operand: Operand) -> bool:
        return operand.numbers is None and bool(self.needs[operand.batched][operand.positions].any())

    def _make_ready(self, batched: bool, positions: Positions) -> None:
        new = positions[~self.ready[batched][positions]]
        self.ready[batched][new] = self.zeros[batched][new] = True


def _is_square(block: Block) -> bool:
    """Whether each result is a sum of squares: a matrix times itself has other products beside its diagonal."""
    first, second = block.operands[:2]
    return (
        block.shape[1:] == (1, 1)
        and first.batched == second.batched
        and np.array_equal(first.positions, second.positions)
    )

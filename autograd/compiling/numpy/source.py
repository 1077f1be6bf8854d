"""Source: a packed graph as a NumPy program, forward and in reverse. What is printed is what runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...vocabularies import arrays
from ..graph.graph import DETACH, OPS
from ..packing.operands import Operand, Positions, is_repeated
from ..packing.pack import Block, Packed, ProductBlock
from . import calls
from .calls import Call, Verbatim, call, stacked, summed
from .contraction import Contraction
from .names import ADJOINTS, Printer
from .writer import spelled


class Forward(Printer):
    """Prints the program that computes every node."""

    def __init__(self, packed: Packed) -> None:
        super().__init__(packed)
        for number, block in enumerate(packed.blocks):
            self.writer.lines.append(f"# {number}: {describe(block)}")
            if isinstance(block, ProductBlock):
                self._product(block)
            else:
                inputs = [self.input(block, operand) for operand in block.operands]
                self.writer.write(OPS[block.code].forward(calls.words, *inputs), self.array(block.out).head)
            self.code.forward[block.batched].extend(self.take_lines())
        self.finish()

    def _product(self, block: Block) -> None:
        axes = Contraction(self, block)
        rows, columns = (self.array(operand) for operand in block.operands[:2])
        out = self.array(block.out)
        self.writer.write(axes.product(rows, "cik", columns, "cjk", "cij", block.batched), axes.lettered(out, "cij")[0])
        for operand in block.operands[2:]:
            self.writer.lines.append(f"np.add({out.head}, {spelled(self.input(block, operand))}, out={out.head})")


class Reverse(Printer):
    """Prints the program that passes the adjoint of the one result on to the leaves that are `wanted`.

    Each position of the workspace is first assigned and then added to; what is never assigned is set to 0 before. In a
    `gated` program an adjoint that is exactly 0 passes nothing on, also where it meets inf or nan.
    """

    def __init__(self, packed: Packed, forward: Forward, wanted: NDArray[np.bool_], gated: bool, suffix: str) -> None:
        super().__init__(packed, suffix, forward)
        self.gated = gated
        self.needs = needs(packed, wanted)
        self.ready = (np.zeros(packed.shared_size, bool), np.zeros(packed.own_size, bool))
        root = packed.graph.outputs[0]
        self.ready[bool(packed.batched[root])][packed.position[root]] = True
        for part in (True, False):
            self._zero = (np.zeros(packed.shared_size, bool), np.zeros(packed.own_size, bool))
            for block in reversed(packed.blocks):
                if block.batched == part:
                    self._block(block)
            if not part:
                for batched in (False, True):
                    leaves = np.flatnonzero(wanted & (packed.batched[: len(wanted)] == batched))
                    self._make_ready(batched, packed.position[leaves])
            self.code.reverse[part].extend([*self._zeros(), *self.take_lines()])
        self.finish()

    def _block(self, block: Block) -> None:
        at, size = block.at, block.nodes.size
        if not (self.needs[block.batched][at : at + size].any() and self.ready[block.batched][at : at + size].any()):
            return
        self._make_ready(block.batched, block.out.positions.reshape(-1))
        g = self.adjoint(block.out)
        if isinstance(block, ProductBlock):
            self._product(block, g)
            return
        inputs = [self.input(block, operand) for operand in block.operands]
        partials = OPS[block.code].partials(calls.words, *inputs, self.array(block.out))
        for operand, partial in zip(block.operands, partials, strict=True):
            if not self._wants(operand) or block.code == DETACH:
                continue
            whole = stacked(partial, _table_over(self, block)) if isinstance(partial, list) else partial
            if whole is not None:
                self._deliver(operand, self._times(g, whole))
                continue
            for k, x in enumerate(partial):
                self._deliver(operand.item(k), self._times(g, x))

    def _product(self, block: Block, g: Call) -> None:
        axes = Contraction(self, block)
        rows, columns = (self.array(operand) for operand in block.operands[:2])
        first, second = block.operands[:2]
        is_square = np.array_equal(first.positions, second.positions) and first.batched == second.batched
        for operand in block.operands[2:]:
            if self._wants(operand):
                self._deliver(operand, g)
        if is_square:  # then both factors give the same, and g, which is not read again, is the smaller array
            self.writer.lines.append(f"np.multiply({g.head}, 2.0, out={g.head})")
        for operand, other, letters, result in ((first, columns, "cjk", "cik"), (second, rows, "cik", "cjk")):
            if self._wants(operand) and not (is_square and operand is second):
                product = axes.product(g, "cij", other, letters, result, operand.batched, self.gated)
                self._deliver(Operand(operand.positions.reshape(product.shape), operand.batched), product)

    def adjoint(self, operand: Operand) -> Call:
        name = self.view(ADJOINTS[operand.batched], operand.positions)
        return Call(str(name), operand.positions.shape, "samples" if operand.batched else "")

    def _wants(self, operand: Operand) -> bool:
        return operand.numbers is None and bool(self.needs[operand.batched][operand.positions].any())

    def _times(self, g: Call, partial: Any) -> Call:
        is_plain = not self.gated or (not isinstance(partial, Call) and math.isfinite(partial))
        return call("np.multiply", g, partial) if is_plain else arrays.gate(g, partial)

    def _deliver(self, operand: Operand, g: Call) -> None:
        """Adds `g` to the adjoint of an operand, summed over the axes in which it repeats, and over the samples."""
        positions, steps = operand.positions, operand.strides
        repeats = [axis for axis, step in enumerate(steps or ()) if step == 0 and positions.shape[axis] > 1]
        inner = positions[tuple(0 if axis in repeats else slice(None) for axis in range(positions.ndim))]
        scatters = steps is None or is_repeated(inner)
        if scatters:
            repeats, inner = [], positions
        if (repeats or scatters) and g.shape != positions.shape:
            sizes = ", ".join(map(str, [*positions.shape, *([g.axis] if g.axis else [])]))
            g = Call("np.broadcast_to", positions.shape, g.axis, (g, Verbatim(f"({sizes},)")))
        if g.axis and not operand.batched:
            g = summed(g, (*repeats, positions.ndim))
        elif repeats:
            g = summed(g, tuple(repeats))
        self._arrive(operand.batched, inner, g, scatters)

    def _arrive(self, batched: bool, positions: Positions, g: Call, scatters: bool) -> None:
        part, is_new = ADJOINTS[batched], not self.ready[batched][positions].any()
        flat = positions.reshape(-1)
        order = np.argsort(flat, kind="stable")
        starts = np.flatnonzero(np.diff(flat[order], prepend=-1))
        places = flat[order[starts]]
        is_new = is_new and len(places) == positions.size
        if not is_new:
            self._make_ready(batched, places)
        self.ready[batched][places] = True
        if not scatters:
            target = str(self.view(part, positions))
            if is_new:
                self.writer.write(g, target)
            else:
                name, taken = self.writer.name(g)
                self.writer.lines.append(f"np.add({target}, {name}, out={target})")
                self.writer.release(taken)
            return
        name, taken = self.writer.name(g)
        if len(places) == positions.size:
            index = self.table("i", positions)
            self.writer.lines.append(f"{part}[{index}] {'=' if is_new else '+='} {name}")
        else:
            tables = ", ".join(self.table("i", x) for x in (order, starts, places))
            self.writer.lines.append(f"scatter({part}, {tables}, {name})")
        self.writer.release(taken)

    def _make_ready(self, batched: bool, positions: Positions) -> None:
        """Sets to 0 at the start what nothing has been assigned to yet."""
        new = positions[~self.ready[batched][positions]]
        self.ready[batched][new] = self._zero[batched][new] = True

    def _zeros(self) -> list[str]:
        lines = []
        for batched in (False, True):
            places = np.flatnonzero(self._zero[batched])
            if len(places):
                runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
                if len(runs) > 4:
                    lines.append(f"{ADJOINTS[batched]}[{self.table('i', places)}] = 0.0")
                else:
                    lines += [f"{ADJOINTS[batched]}[{run[0]}:{run[-1] + 1}] = 0.0" for run in runs]
        return lines


def _table_over(printer: Printer, block: Block) -> Callable[[list[float]], Call]:
    """Makes arrays of numbers, one for each input of a group, that broadcast against a block."""

    def table(numbers: list[float]) -> Call:
        shape = (len(numbers), *(1 for _ in block.shape))
        name = printer.table("c", np.array(numbers).reshape(*shape, *([1] if block.batched else [])))
        return Call(name, shape, "1" if block.batched else "")

    return table


def needs(packed: Packed, wanted: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For the two parts of the workspace, whether the number at a position depends on a wanted leaf."""
    needs = packed.graph.depending(wanted, {DETACH: False})
    at = (np.zeros(packed.shared_size, bool), np.zeros(packed.own_size, bool))
    for batched in (False, True):
        nodes = np.flatnonzero(packed.batched == batched)
        at[batched][packed.position[nodes]] = needs[nodes]
    return at


def describe(block: Block) -> str:
    """What a block computes."""
    inner = f" of {block.operands[0].positions.shape[-1]} terms" if isinstance(block, ProductBlock) else ""
    sizes = " x ".join(str(size) for size in block.shape if size > 1) or "1"
    return f"{OPS[block.code].name}{inner}: {sizes}{' for each sample' if block.batched else ''}"

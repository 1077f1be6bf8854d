"""Source: a packed graph as a NumPy program, forward and in reverse. What is printed is what runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...vocabularies import arrays
from ..graph.graph import OPS
from ..packing.operands import Operand
from ..packing.pack import Block, Packed, ProductBlock, describe
from ..packing.way_back import Stage, Step, way_back
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

    In a `gated` program an adjoint that is exactly 0 passes nothing on, also where it meets inf or nan.
    """

    def __init__(self, packed: Packed, forward: Forward, wanted: bytes, gated: bool, suffix: str) -> None:
        super().__init__(packed, suffix, forward)
        self.gated = gated
        stages = way_back(packed, wanted, _turns, lambda block, operand: not operand.folded[1].is_repeated)
        for batched in (True, False):
            for step in stages[batched].steps:
                self._pass_on(step)
            self.code.reverse[batched].extend([*self._zeros(stages[batched]), *self.take_lines()])
        self.finish()

    def _pass_on(self, step: Step) -> None:
        block, g = step.block, self.adjoint(step.block.out)
        if isinstance(block, ProductBlock):
            self._product(step, g)
            return
        inputs = [self.input(block, operand) for operand in block.operands]
        partials = OPS[block.code].partials(calls.words, *inputs, self.array(block.out))
        for arrival in step.arrivals:
            operand, partial = arrival.operand, partials[arrival.place]
            whole = stacked(partial, _table_over(self, block)) if isinstance(partial, list) else partial
            if whole is not None:
                times = self._chosen if OPS[block.code].name == "where" else self._times
                self._deliver(operand, times(g, whole), arrival.is_first)
                continue
            is_one = 0 in operand.folded[0]  # the whole group is one number
            for k, x in enumerate(partial):
                self._deliver(operand.item(k), self._times(g, x), arrival.is_first and not (is_one and k))

    def _product(self, step: Step, g: Call) -> None:
        axes = Contraction(self, step.block)
        rows, columns = (self.array(operand) for operand in step.block.operands[:2])
        sides = (columns, "cjk", "cik"), (rows, "cik", "cjk")
        for arrival in step.arrivals:
            operand = arrival.operand
            if arrival.place == 2:
                self._deliver(operand, g, arrival.is_first)
                continue
            if step.is_doubled:  # g, which is not read again, is smaller than the product
                self.writer.lines.append(f"np.multiply({g.head}, 2.0, out={g.head})")
            product = axes.product(g, "cij", *sides[arrival.place], operand.batched, self.gated)
            whole = Operand(operand.positions.reshape(product.shape), operand.batched)
            self._deliver(whole, product, arrival.is_first)

    def adjoint(self, operand: Operand) -> Call:
        name = self.view(ADJOINTS[operand.batched], operand.positions)
        return Call(str(name), operand.positions.shape, "samples" if operand.batched else "")

    def _times(self, g: Call, partial: Any) -> Call:
        is_plain = not self.gated or (not isinstance(partial, Call) and math.isfinite(partial))
        return call("np.multiply", g, partial) if is_plain else arrays.gate(g, partial)

    def _chosen(self, g: Call, partial: Any) -> Call:
        """Nor does an adjoint, if it is inf, come to the branch that was not taken."""
        return arrays.gate(partial, g) if self.gated and isinstance(partial, Call) else self._times(g, partial)

    def _deliver(self, operand: Operand, g: Call, is_first: bool) -> None:
        """Adds `g` to the adjoint of an operand, summed over the axes in which it repeats, and over the samples."""
        positions, (repeats, once) = operand.positions, operand.folded
        scatters = once.strides is None or once.is_repeated
        if (repeats or scatters) and g.shape != positions.shape:
            sizes = ", ".join(map(str, [*positions.shape, *([g.axis] if g.axis else [])]))
            g = Call("np.broadcast_to", positions.shape, g.axis, (g, Verbatim(f"({sizes},)")))
        if g.axis and not operand.batched:
            g = summed(g, (*repeats, positions.ndim))
        elif repeats:
            g = summed(g, repeats)
        part, add = ADJOINTS[operand.batched], self.writer.lines.append
        if is_first and not scatters:
            return self.writer.write(g, str(self.view(part, once.positions)))
        target = "" if scatters else str(self.view(part, once.positions))
        name, taken = self.writer.name(g)
        if not scatters:
            add(f"np.add({target}, {name}, out={target})")
        elif not once.is_repeated:
            add(f"{part}[{self.table('at', once.positions)}] {'=' if is_first else '+='} {name}")
        else:
            flat = once.positions.reshape(-1)
            order = np.argsort(flat, kind="stable")
            starts = np.flatnonzero(np.diff(flat[order], prepend=-1))
            tables = ", ".join(self.table("at", x) for x in (order, starts, flat[order[starts]]))
            add(f"scatter({part}, {tables}, {name})")
        return self.writer.release(taken)

    def _zeros(self, stage: Stage) -> list[str]:
        lines = []
        for part, places in zip(ADJOINTS, stage.zeros, strict=True):
            if len(places):
                runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
                if len(runs) > 4:
                    lines.append(f"{part}[{self.table('at', places)}] = 0.0")
                else:
                    lines += [f"{part}[{run[0]}:{run[-1] + 1}] = 0.0" for run in runs]
        return lines


def _turns(block: Block) -> list[tuple[int, ...]]:
    """The bias of products first: it gets their adjoints as they are."""
    places = range(len(block.operands))
    return [(place,) for place in ([*places[2:], 0, 1] if isinstance(block, ProductBlock) else places)]


def _table_over(printer: Printer, block: Block) -> Callable[[list[float]], Call]:
    """Makes arrays of numbers, one for each input of a group, that broadcast against a block."""

    def table(numbers: list[float]) -> Call:
        shape = (len(numbers), *(1 for _ in block.shape))
        name = printer.table("c", np.array(numbers).reshape(*shape, *([1] if block.batched else [])))
        return Call(name, shape, "1" if block.batched else "")

    return table

"""Names: what the arrays are called that the lines of a program work on.

The program works in two arrays: `shared` holds the numbers that all samples have in common, `own` those of each sample
(and their adjoints are in `d_shared` and `d_own`). Everything else it names is a view of them or made beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..packing.operands import Operand, Positions, strides
from ..packing.pack import Block, Packed
from .calls import Call
from .writer import Writer

PARTS = ("shared", "own")
ADJOINTS = ("d_shared", "d_own")


@dataclass
class Code:
    """Lines of Python, by what they are for, and the arrays of numbers that they name."""

    setup: list[str] = field(default_factory=list)
    forward: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))  # shared first, then of samples
    reverse: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))  # shared last
    data: dict[str, NDArray[Any]] = field(default_factory=dict)


class Printer:
    """Names for the arrays that lines work on. `known` is a program printed before, whose names stay known."""

    def __init__(self, packed: Packed, suffix: str = "", known: Printer | None = None) -> None:
        self.packed, self.suffix = packed, suffix
        self.code = Code()
        self.writer = Writer(suffix)
        self.known: dict[Any, str] = dict(known.known) if known else {}

    def named(self, letter: str, source: str) -> str:
        """The name of what `source` makes before the program runs; the same source is made once."""
        if source not in self.known:
            self.known[source] = f"{letter}{len(self.known) + 1}{self.suffix}"
            self.code.setup.append(f"{self.known[source]} = {source}")
        return self.known[source]

    def table(self, letter: str, numbers: NDArray[Any]) -> str:
        """The name of an array of numbers that belongs to the program."""
        key = (letter, numbers.shape, numbers.tobytes())
        if key not in self.known:
            self.known[key] = f"{letter}{len(self.known) + 1}{self.suffix}"
            self.code.data[self.known[key]] = np.ascontiguousarray(numbers)
        return self.known[key]

    def view(self, array: str, positions: Positions) -> str | None:
        """The name of a view of `array`, or None where the positions follow no pattern."""
        steps = strides(positions)
        if steps is None:
            return None
        return self.named("v", f"view({array}, {int(positions.flat[0])}, {positions.shape}, {steps})")

    def array(self, operand: Operand) -> Call:
        """The numbers of an operand, with an axis of samples behind if each has its own."""
        axis = "samples" if operand.batched else ""
        if operand.numbers is not None:
            name = self.table("c", operand.numbers)
        else:
            part = PARTS[operand.batched]
            name = self.view(part, operand.positions) or self._gathered(part, operand)
        return Call(name, operand.positions.shape, axis)

    def _gathered(self, part: str, operand: Operand) -> str:
        index = self.table("at", operand.positions)
        if ("gathered", part, index) not in self.known:
            name = self.known["gathered", part, index] = f"x{len(self.known) + 1}{self.suffix}"
            self.code.setup.append(f"{name} = {empty(operand.positions.shape, 'samples' if operand.batched else '')}")
            self.writer.lines.append(f"np.take({part}, {index}, axis=0, out={name}, mode='clip')")
        return self.known["gathered", part, index]

    def input(self, block: Block, operand: Operand) -> Any:
        """An operand as a row reads it: a number where it is one constant, and with an axis for samples in a batch."""
        if operand.literal is not None and operand.positions.ndim == len(block.shape):
            return operand.literal
        array = self.array(operand)
        if block.batched and not operand.batched:
            return Call(self.named("v", f"{array.head}[..., None]"), array.shape, "1")
        return array

    def finish(self) -> Code:
        """All that was printed."""
        for name, (shape, axis, kind) in self.writer.buffers.items():
            self.code.setup.append(f"{name} = {empty(shape, axis, kind)}")
        return self.code

    def take_lines(self) -> list[str]:
        """The lines written since the last time."""
        lines, self.writer.lines = self.writer.lines, []
        return lines


def empty(shape: tuple[int, ...], axis: str, kind: str = "dtype") -> str:
    """An array to write into."""
    sizes = [*map(str, shape), *([axis] if axis else [])]
    return f"np.empty(({', '.join(sizes)}{',' if len(sizes) == 1 else ''}), {kind})"

"""Contraction: the products of a block as `np.matmul` where they are matrix products, else as `np.einsum`.

Letters name axes, as in `np.einsum`: result[c, i, j] = sum over k of rows[c, i, k] * columns[c, j, k], and n are the
samples. Where the last two letters of a result come from different factors it is a matrix product, and the letters
before them are a stack.
"""

from __future__ import annotations

from typing import Any

from ..packing.pack import Block
from .calls import OUTER, Call, Verbatim, summed
from .names import Printer


class Contraction:
    """The products of one block, forward and reverse."""

    def __init__(self, printer: Printer, block: Block) -> None:
        self.printer, self.batched = printer, block.batched
        c, i, j = block.shape
        self.sizes = {"c": c, "i": i, "j": j, "k": block.operands[0].positions.shape[-1]}
        self.dots = i == j == 1 < c
        # axes of length 1 that no matrix needs
        self.dropped = "ij" if self.dots else ("c" if c == 1 else "") + ("i" if i == 1 and block.batched else "")

    def lettered(self, x: Call, letters: str) -> tuple[str, str]:
        """The name and the letters of `x` without the axes that no matrix needs."""
        index = ", ".join("0" if letter in self.dropped else ":" for letter in letters)
        kept = "".join(letter for letter in letters if letter not in self.dropped) + "n" * bool(x.axis)
        return (self.printer.named("v", f"{x.head}[{index}]") if "0" in index else x.head), kept

    def product(self, x: Call, xs: str, y: Call, ys: str, zs: str, batched: bool, gated: bool = False) -> Call:
        """x[xs] * y[ys] summed over the letters that are not in zs; where gated, a 0 in x passes nothing on."""
        left, xs = self.lettered(x, xs)
        right, ys = self.lettered(y, ys)
        zs = "".join(letter for letter in zs if letter not in self.dropped) + "n" * batched
        over = sorted({letter for letter in xs + ys if letter not in zs})
        if gated:
            return self._call("gated", zs, f"{xs},{ys}->{zs}", left, right)
        outer, row, column = zs[:-2], zs[-2:-1], zs[-1:]
        if row in ys and column in xs:
            left, xs, right, ys = right, ys, left, xs
        crosses = row and row in xs and row not in ys and column in ys and column not in xs
        if self.dots or not crosses or not over:
            return self._call("np.einsum", zs, f"{xs},{ys}->{zs}", left, right)
        inner = over[-1]  # n if it is summed over
        stack = outer + "".join(over[:-1])
        product = self._call(
            OUTER if inner == "n" or self.sizes[inner] == 1 else "np.matmul",
            stack + row + column,
            Verbatim(self._arranged(left, xs, stack, row + inner)),
            Verbatim(self._arranged(right, ys, stack, inner + column)),
        )
        return summed(product, tuple(range(len(outer), len(stack)))) if len(over) > 1 else product

    def _call(self, head: str, letters: str, *arguments: Any) -> Call:
        shape = tuple(self.sizes[letter] for letter in letters if letter != "n")
        named = tuple(x if k == 0 and head in ("np.einsum", "gated") else Verbatim(x) for k, x in enumerate(arguments))
        return Call(head, shape, "samples" if "n" in letters else "", named)

    def _arranged(self, name: str, letters: str, stack: str, matrix: str) -> str:
        """The array with the axes of the stack first, of length 1 where it has none of its own, then the matrix."""
        kept = [letter for letter in stack if letter in letters]
        order = [letters.index(letter) for letter in (*kept, *matrix)]
        source = name if order == sorted(order) else f"{name}.transpose({', '.join(map(str, order))})"
        if len(kept) < len(stack):
            source += f"[{', '.join(':' if letter in letters else 'None' for letter in stack)}]"
        return name if source == name else self.printer.named("v", source)

"""Forward: blocks as loops, each element by its row's formula; samples in lanes innermost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...vocabularies import text
from ...vocabularies.lines import Index, Lines
from ...vocabularies.text import Text
from ..graph.graph import CODE_OF, OPS
from ..packing.operands import Operand
from ..packing.pack import Block, Packed, ProductBlock, describe
from .groups import WRITTEN_OUT, Many, Vocabulary
from .kernel import width
from .matmul import Factor, Product, function, moved
from .memory import Memory, View, summed

_SUM = CODE_OF["sum"]


@dataclass
class Functions:
    """The functions that a kernel calls, each text once."""

    names: dict[str, str] = field(default_factory=dict)

    def name(self, body: str) -> str:
        """The name of the function of this text, `def product(...` or the like: that with a number behind it."""
        kind = body[len("def ") : body.index("(")]
        return self.names.setdefault(body, f"{kind}_{len(self.names) + 1}")

    @property
    def texts(self) -> list[str]:
        """All of them, each by its name."""
        return [f"def {name}{body[body.index('(') :]}" for body, name in self.names.items()]

    @property
    def size(self) -> int:
        return sum(body.count("\n") for body in self.names)


class Forward:
    """Prints blocks into `lines`, for tiles of so many lanes."""

    def __init__(self, packed: Packed, lanes: int) -> None:
        self.packed, self.lanes = packed, lanes
        self.memory = Memory(packed, lanes)
        self.functions = Functions()
        self.lines = Lines(1)
        self._width = width()

    def forward(self, block: Block) -> None:
        """The loops that compute a block."""
        self.lines.add(f"# {describe(block)}")
        view = self.memory.view
        if isinstance(block, ProductBlock):
            rows, columns = (Factor(view(x), letters) for x, letters in zip(block.operands, ("cik", "cjk")))
            bias = Factor(view(block.operands[2]), "cij") if len(block.operands) > 2 else None
            self.product(block, Factor(view(block.out), "cij"), rows, columns, bias, False)
            return
        out = view(block.out)
        if block.code == _SUM and out.lanes and len(block.operands[0].positions) > WRITTEN_OUT:
            return self._sum(block, out)
        with self.lines.loops("i", block.shape) as index:
            load = self.inputs(block, index)
            with self.in_lanes(block):
                inputs = load()
                value = OPS[block.code].forward(self.words(), *inputs)
                before, (expression,) = text.program([value])
                self.lines.add(*before, f"{out.number(*index)} = {expression}")

    def product(self, block: Block, z: Factor, x: Factor, y: Factor, bias: Factor | None, adds: bool) -> None:
        """The call of a function that computes sums of products, and puts them into z or adds them to it."""
        c, i, j = block.shape
        sizes = {"c": c, "i": i, "j": j, "k": block.operands[0].positions.shape[-1]}
        (z, z_at), (x, x_at), (y, y_at) = moved(z, "z"), moved(x, "x"), moved(y, "y")
        bias, b_at = moved(bias, "b") if bias is not None else (None, "p")
        product = Product(self.lanes, self._width, sizes, z, x, y, bias, adds, self.memory.scratch)
        name = self.functions.name(function("product", product))
        self.lines.add(f"{name}(p, w, d, {z_at}, {x_at}, {y_at}, {b_at})")

    def _sum(self, block: Block, out: View) -> None:
        """A large group term by term, in all lanes at once: within a lane each addition waits for the one before."""
        terms = self.memory.view(block.operands[0])
        with self.lines.loops("i", block.shape) as index:
            total = out.number(*index)
            with self.in_lanes(block):
                self.lines.add(f"{total} = {terms.number(0, *index)}")
            with self.lines.below(f"for k in range(1, {len(block.operands[0].positions)}):"), self.in_lanes(block):
                self.lines.add(f"{total} = {total} + {terms.number('k', *index)}")

    def in_lanes(self, block: Block) -> Any:
        """The loop over the lanes, if the block has them."""
        if block.batched and self.lanes > 1:
            return self.lines.below(f"for n in range({self.lanes}):")
        return self.lines.loop("n", 1)

    def words(self) -> Vocabulary:
        """What the rows are written in."""
        return Vocabulary(self.lines, self.memory.take)

    def inputs(self, block: Block, index: list[Index]) -> Any:
        """Lines that read what all lanes share; the result, called inside their loop, reads the rest."""
        inside: list[str] = []
        names: list[Any] = []

        def read(operand: Operand, name: str) -> Any:
            if operand.literal is not None:
                return operand.literal
            view = self.memory.view(operand)
            (inside.append if view.lanes else self.lines.add)(f"{name} = {view.number(*index)}")
            return Text(name)

        many: list[tuple[int, Operand]] = []
        for a, operand in enumerate(block.operands):
            if operand.positions.ndim == len(block.shape):
                names.append(read(operand, f"x{a}"))
            elif len(operand.positions) <= WRITTEN_OUT:
                names.append([read(operand.item(k), f"x{a}_{k}") for k in range(len(operand.positions))])
            else:
                names.append(None)
                many.append((a, operand))

        def load() -> list[Any]:
            self.lines.add(*inside)
            for a, operand in many:
                names[a] = self._many(operand, index, f"g{a}")
            return names

        return load

    def _many(self, operand: Operand, index: list[Index], name: str) -> Many:
        view, count = self.memory.view(operand), len(operand.positions)
        lane = ["n"] if view.lanes else []
        step = view.step(0)
        if step is not None:
            self.lines.add(f"{name} = {summed(view.address(0, *index), *lane)}")
            return Many(name, step, count, view.array)
        at = self.memory.take(count)
        with self.lines.below(f"for k in range({count}):"):
            self.lines.add(f"p[{at} + k] = {view.number('k', *index)}")
        return Many(str(at), 1, count)

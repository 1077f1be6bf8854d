"""Source: a packed graph as one function of loops over its blocks, tile by tile of samples, printed from the rows.

    run(p, q, w, d, own, outputs, failed, d_own, samples, weight) -> 0.0, or nan where NumPy must run the program

`p` is the memory, with the constants in their places (see `memory` for `w`, `d` and `q` too); `own` has a row for each
number of a sample and a column for each sample. In a tile the samples lie side by side, forward and
reverse, before the next tile begins: all that passes between two blocks stays in the cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import text
from ..packing.graph import CODE_OF, DETACH, OPS
from ..packing.pack import Block, Packed, ProductBlock
from ..packing.source import describe, needs
from ..packing.views import Operand, Positions
from ..text import Text
from .assembly import known, width
from .groups import WRITTEN_OUT, Many, Vocabulary, item_of
from .lines import Lines, UnprintableError
from .memory import Index, Memory, summed, times
from .products import Factor, Product, function, moved

_MOST_LINES = 6000  # LLVM takes about 1 ms for each
_LINEAR = CODE_OF["linear"]


@dataclass
class Functions:
    """The functions that a kernel calls, each text once."""

    names: dict[str, str] = field(default_factory=dict)

    def name(self, body: str) -> str:
        """The name of the function of this body."""
        return self.names.setdefault(body, f"product_{len(self.names) + 1}")

    @property
    def size(self) -> int:
        return sum(body.count("\n") for body in self.names)


class Source:
    """The text of a kernel for tiles of so many lanes; `wanted` are the leaves whose derivatives it computes."""

    def __init__(self, packed: Packed, lanes: int, wanted: bytes) -> None:
        self.packed, self.known, self.width = packed, frozenset(known()), width()
        self.memory = Memory(packed, lanes)
        self.functions = Functions()
        graph = packed.graph
        wide = packed.wide[: graph.leaves]
        self.own_leaves = int(wide.sum())
        self.lines = Lines(1)
        self.lanes = lanes
        self.is_batch = bool(packed.wide.any())
        self._sweeps = bool(wanted)
        self._zero: tuple[list[Positions], list[Positions]] = ([], [])
        self._ready = (np.zeros(packed.shared_size, bool), np.zeros(packed.own_size, bool))
        if wanted:
            leaves = np.zeros(graph.leaves, bool)
            leaves[graph.first_parameter :] = np.frombuffer(wanted, bool)
            self._needs = needs(packed, leaves)
            self._leaves = leaves
        self.lines.lines = self._assembled()
        if len(self.lines.lines) + self.functions.size > _MOST_LINES:
            raise UnprintableError("the kernel would take too long to compile")

    def _assembled(self) -> list[str]:
        """The lines of the function `run`."""
        shared, own, sweep = self._parts(1)
        loop = Lines(1)
        loop.add(f"for t in range(0, samples, {self.lanes}):")
        return ["    bad = 0.0", *shared, *([*loop.lines, *own] if own else []), *sweep, "    return bad"]

    def _parts(self, depth: int) -> tuple[list[str], list[str], list[str]]:
        """Lines for what all samples share, then for a tile of samples, then for the way back through the first."""
        packed, graph = self.packed, self.packed.graph
        has_wide_root = bool(graph.outputs) and bool(packed.wide[graph.outputs[0]])
        shared = self.lines = Lines(depth)
        for block in packed.blocks:
            if not block.wide:
                self._forward(block)
        own = self.lines = Lines(depth + 1)
        if self.is_batch:
            self._load()
            for block in packed.blocks:
                if block.wide:
                    self._forward(block)
            self._store()
            self._check()
            if self._sweeps and has_wide_root:
                self._sweep_own()
        sweep = self.lines = Lines(depth)
        if not self.is_batch:
            self._store()
            self._check()
        if self._sweeps:
            self._sweep_shared(has_wide_root)
        before = self.lines = Lines(depth)
        first, last = self.memory.given
        if self.memory.copies[False]:
            with before.below(f"for k in range({last - first}):"):
                before.add(f"p[{self.memory.shared + first} + k] = w[k]")
        self._clear(False)
        return [*before.lines, *shared.lines], own.lines, sweep.lines

    def __str__(self) -> str:
        functions = [body.replace("def product(", f"def {name}(", 1) for body, name in self.functions.names.items()]
        run = "\n".join([self._run(), *self.lines.lines, ""])
        return "\n\n".join([*functions, run])

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
            with self.lines.below(
                f"for n in range(m, {self.lanes}):"
            ):  # copies of the last sample, which count for nothing
                add(f"p[{at} + {self.lanes} * r + n] = own[r * samples + t + m - 1]")

    def _place(self, node: int) -> tuple[bool, int]:
        wide = bool(self.packed.wide[node])
        if self.memory.is_given(wide, self.packed.position[node]):
            self.memory.copies[False] = True
        return wide, int(self.memory.address(wide, False, int(self.packed.position[node])))

    @property
    def _samples(self) -> tuple[str, str]:
        """The number of a lane's sample, and how many lanes there are."""
        return ("t + n", "m") if self.is_batch and self.lanes > 1 else ("t", "1") if self.is_batch else ("0", "1")

    def _store(self) -> None:
        """The results of each sample, as rows of an array."""
        places = [self._place(x) for x in self.packed.graph.outputs]
        if not places:
            return
        unit = [self.lanes > 1 and wide for wide, _ in places]
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
        kinds: dict[str, list[int]] = {}
        for k, check in enumerate(self.packed.graph.checks):
            kinds.setdefault(check.symbol, []).append(k)
        for symbol, numbers in kinds.items():
            checks = [self.packed.graph.checks[k] for k in numbers]
            rows = []
            for k, check in zip(numbers, checks, strict=True):
                (left_wide, left), (right_wide, right) = self._place(check.left), self._place(check.right)
                many = self.lanes > 1
                rows.append((left, int(left_wide and many), right, int(right_wide and many), int(check.outcome), k))
            table = self.memory.table(np.array(rows))
            each_check = f"for r in range({table}, {table + 6 * len(rows)}, 6):"
            with self.lines.below(each_check), self.lines.below(f"for n in range({count}):"):
                sides = f"p[q[r] + n * q[r + 1]] {symbol} p[q[r + 2] + n * q[r + 3]]"
                place = f"q[r + 5] * samples + {first}"
                self.lines.add(*self._compared(f"({sides}) == (q[r + 4] == 1)", place))

    def _compared(self, outcome: str, place: str) -> list[str]:
        """What a comparison of one sample does."""
        return [f"failed[{place}] = 0 if {outcome} else 1"]

    # Blocks forward.

    def _forward(self, block: Block) -> None:
        self.lines.add(f"# {describe(block)}")
        view = self.memory.view
        if isinstance(block, ProductBlock):
            rows, columns = (Factor(view(x), letters) for x, letters in zip(block.operands, ("cik", "cjk")))
            bias = Factor(view(block.operands[2]), "cij") if len(block.operands) > 2 else None
            self._product(block, Factor(view(block.out), "cij"), rows, columns, bias, False)
            return
        out = view(block.out)
        with self.lines.loops("i", block.shape) as index:
            load = self._inputs(block, index)
            with self._lanes(block):
                inputs = load()
                value = OPS[block.code].forward(self._words(), *inputs)
                before, (expression,) = text.program([value])
                self.lines.add(*before, f"{out.number(*index)} = {expression}")

    def _product(self, block: Block, z: Factor, x: Factor, y: Factor, bias: Factor | None, adds: bool) -> None:
        c, i, j = block.shape
        sizes = {"c": c, "i": i, "j": j, "k": block.operands[0].positions.shape[-1]}
        (z, z_at), (x, x_at), (y, y_at) = moved(z, "z"), moved(x, "x"), moved(y, "y")
        bias, b_at = moved(bias, "b") if bias is not None else (None, "p")
        product = Product(self.lanes, self.width, sizes, z, x, y, bias, adds, self.memory.scratch)
        name = self.functions.name(function("product", product))
        self.lines.add(f"{name}(p, w, d, {z_at}, {x_at}, {y_at}, {b_at})")

    def _lanes(self, block: Block) -> Any:
        if block.wide and self.lanes > 1:
            return self.lines.below(f"for n in range({self.lanes}):")
        return self.lines.loop("n", 1)

    def _words(self) -> Vocabulary:
        return Vocabulary(self.known, self.lines, self.memory.take)

    def _inputs(self, block: Block, index: list[Index]) -> Any:
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

    # Blocks in reverse.

    def _sweep_own(self) -> None:
        graph = self.packed.graph
        at = self.memory.address(True, True, int(self.packed.position[graph.outputs[0]]))
        self._ready[True][self.packed.position[graph.outputs[0]]] = True
        forward, self.lines = self.lines, Lines(self.lines.depth)
        for block in reversed(self.packed.blocks):
            if block.wide:
                self._reverse(block)
        wide = np.flatnonzero(self._leaves & self.packed.wide[: graph.leaves])
        self._make_ready(True, self.packed.position[wide])
        reverse, self.lines = self.lines, forward
        self._clear(True)
        if self.lanes == 1:
            self.lines.add(f"p[{at}] = weight")
        else:
            with self.lines.below(f"for n in range({self.lanes}):"):
                self.lines.add(f"p[{at} + n] = weight if n < m else 0.0")
        self.lines.lines += reverse.lines
        if len(wide):
            with self.lines.below(f"for r in range({self.own_leaves}):"):
                first, count = self._samples
                with self.lines.below(f"for n in range({count}):"):
                    self.lines.add(
                        f"g = p[{self.memory.d_own} + {self.lanes} * r + n]",
                        f"d_own[r * samples + {first}] = g",
                        "bad = plus(bad, nan if g != g else 0.0)",
                    )

    def _sweep_shared(self, has_wide_root: bool) -> None:
        graph = self.packed.graph
        reached = self._ready[False]
        if not has_wide_root:
            at = self.packed.position[graph.outputs[0]]
            reached[at] = True
            root = Operand(np.array([at]), False)
            self.lines.add(f"{self.memory.view(root, adjoint=True).number(0)} = weight * samples")
        for block in reversed(self.packed.blocks):
            if not block.wide:
                self._reverse(block)
        leaves = np.flatnonzero(self._leaves & ~self.packed.wide[: graph.leaves])
        self._make_ready(False, self.packed.position[leaves])
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

    def _wants(self, operand: Operand) -> bool:
        return operand.numbers is None and bool(self._needs[operand.wide][operand.positions].any())

    def _reverse(self, block: Block) -> None:
        at, size = block.at, block.nodes.size
        if not (self._needs[block.wide][at : at + size].any() and self._ready[block.wide][at : at + size].any()):
            return
        self._make_ready(block.wide, block.out.positions.reshape(-1))
        self.lines.add(f"# back through {describe(block)}")
        if isinstance(block, ProductBlock):
            self._reverse_product(block)
        elif block.code != DETACH:
            self._reverse_row(block, block.operands, None)

    def _reverse_product(self, block: Block) -> None:
        view = self.memory.view
        first, second = block.operands[:2]
        g = Factor(view(block.out, adjoint=True), "cij")
        for operand, other, mine, theirs in ((first, second, "cik", "cjk"), (second, first, "cjk", "cik")):
            if self._wants(operand):
                adds = self._arrives(block, operand)
                self._product(
                    block, Factor(view(operand, adjoint=True), mine), g, Factor(view(other), theirs), None, adds
                )
        if len(block.operands) > 2 and self._wants(block.operands[2]):
            self._reverse_row(block, block.operands[2:], [1.0])

    def _reverse_row(self, block: Block, operands: Any, partials: Any) -> None:
        """Adds the adjoint of each result, times the partial, to the adjoint of what it was computed from."""
        out, lines = block.out, self.lines
        wanted = [self._wants(operand) for operand in operands]
        if not any(wanted):
            return
        together = [operand for has, operand in zip(wanted, operands, strict=True) if has]
        adds = [has and self._arrives(block, x, together) for has, x in zip(wanted, operands, strict=True)]
        with lines.loops("i", block.shape) as index:
            load = self._inputs(block, index) if partials is None else None
            g, y = (self.memory.view(out, adjoint).number(*index) for adjoint in (True, False))
            sums: list[tuple[str, str]] = []
            before = len(lines.lines)
            with self._lanes(block):
                inputs = load() if load else []
                lines.add(f"g = {g}")
                if load:
                    lines.add(f"y = {y}")
                    partials = OPS[block.code].partials(self._words(), *inputs, Text("y"))
                    # groups of the same numbers; what is a row of 1.0 and -1.0 needs no y
                targets: list[tuple[str, Any, bool, Any]] = []
                for a, (operand, part, has) in enumerate(zip(operands, partials, wanted, strict=True)):
                    if not has:
                        continue
                    view = self.memory.view(operand, adjoint=True)
                    if operand.positions.ndim == len(block.shape):
                        targets.append((view.number(*index), part, view.lanes, adds[a]))
                    elif len(operand.positions) <= WRITTEN_OUT:
                        for k, one in enumerate(part):
                            if operand.item(k).numbers is None or operand.item(k).literal is None:
                                targets.append((view.number(k, *index), one, view.lanes, adds[a]))
                    else:
                        self._add_many(block, view, index, part, sums, len(operand.positions))
                before_lines, terms = text.program([_times(Text("g"), part) for _, part, _, _ in targets])
                lines.add(*before_lines)
                summed_up: list[str] = []
                for (target, _, lanes, adding), term in zip(targets, terms, strict=True):
                    if block.wide and self.lanes > 1 and not lanes:
                        name = f"s{len(summed_up)}"
                        summed_up.append(f"{target} += {name}")
                        lines.add(f"{name} = plus({name}, {term})")
                    else:
                        lines.add(f"{target} = {target} + {term}" if adding else f"{target} = {term}")
            if summed_up:
                depth = "    " * lines.depth
                lines.lines[before:before] = [f"{depth}s{k} = 0.0" for k in range(len(summed_up))]
                lines.add(*summed_up)

    def _add_many(self, block: Block, view: Any, index: list[Index], part: Any, sums: Any, count: int) -> None:
        with self.lines.below(f"for k in range({count}):"):
            before, (term,) = text.program([_times(Text("g"), item_of(part))], "e")
            target = view.number("k", *index)
            self.lines.add(*before, f"{target} = {target} + {term}")

    def _arrives(self, block: Block, operand: Operand, together: Sequence[Operand] = ()) -> bool:
        """Whether something is there to be added to; else this is the first to come, and is just put there.

        What arrives in the same loop counts as there: its turn may come before.
        """
        positions, ready = operand.positions.reshape(-1), self._ready[operand.wide]
        others = [x.positions.reshape(-1) for x in together if x is not operand and x.wide == operand.wide]
        is_first = (
            operand.wide == block.wide
            and not _is_large(operand, block)
            and not ready[positions].any()
            and not operand.is_repeated
            and self.memory.is_given(operand.wide, positions).all()
            == self.memory.is_given(operand.wide, positions).any()
            and not any(np.isin(positions, other).any() for other in others)
        )
        if not is_first:
            self._make_ready(operand.wide, positions)
        ready[positions] = True
        return not is_first

    def _make_ready(self, wide: bool, positions: Positions) -> None:
        """Sets to 0 at the start what nothing has been put into yet."""
        new = np.unique(positions[~self._ready[wide][positions]])
        if len(new):
            self._ready[wide][new] = True
            self._zero[wide].append(new)

    def _clear(self, wide: bool) -> None:
        memory = self.memory
        first, last = memory.given
        if self.memory.copies[True] and not wide:
            self._zeros("p", memory.d_shared + np.arange(first, last))
        if self._zero[wide]:
            places = np.unique(np.concatenate(self._zero[wide]))
            given = memory.is_given(wide, places)
            self._zeros("d", places[given] - first)
            self._zeros("p", memory.address(wide, True, places[~given]), memory.lanes if wide else 1)

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


def _times(g: Text, partial: Any) -> Any:
    if not isinstance(partial, Text) and abs(partial) == 1.0:
        return g if partial > 0 else -g
    return g * partial

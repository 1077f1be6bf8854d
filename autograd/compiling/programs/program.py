"""Program: a graph ready to run without the function that it was recorded from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...trees import NUMBER, Tree
from ..calls.arguments import Arguments, Layout, given
from ..calls.flattening import split
from ..calls.results import is_one_number, pair_of
from ..calls.static import Name, Static, mode_of
from ..graph import saving
from ..graph.graph import Graph
from ..loops.python import PythonLoops
from ..loops.unrolled import unrolled
from ..numpy.blocks import Blocks, Floats, Ran
from ..packing.pack import Packed
from ..python.lines import PythonLines
from . import listing
from .forms import choose, is_native_blocks, name_of
from .loop_listing import diagram_of_loops, table_of_loops

if TYPE_CHECKING:
    from ...pictures.boxes import Diagram
    from ..native.blocks import NativeBlocks


class GuardError(ValueError):
    """A comparison came out otherwise than when the program was recorded, and nothing may be recorded."""


class Program:
    """A recorded function, simplified, in the form in which it runs fastest.

    `form` says which: "blocks" of NumPy calls; "straight" lines of Python, where there is nothing to pack; "loops" of
    them, where turns are alike; or "rows", one after the other, for chains too long to print.
    """

    def __init__(
        self,
        graph: Graph,
        dtype: Any = float,
        layout: Layout | None = None,
        result: Tree = NUMBER,
        has_aux: bool = False,
        native: bool | None = None,
        threads: int = 1,
    ) -> None:
        self.graph, self.dtype = graph, np.dtype(dtype)
        self.layout, self.result = layout or Layout(), result  # how arguments and the result are arranged
        self.has_aux = has_aux  # whether the result is a pair, of which the first is differentiated
        self.parameters: Floats = np.zeros(graph.parameters)  # what the parameters were last
        self.branches: list[str] = []  # which became choices, and which are looked at; see `reading`
        self.runs = choose(graph, self.dtype, native, threads)
        self.packed: Packed | None = self.runs.packed if isinstance(self.runs, Blocks) else None
        self.native: NativeBlocks | None = self.runs if is_native_blocks(self.runs) else None

    @property
    def form(self) -> str:
        """In which form it runs: "blocks", "straight", "loops" or "rows"."""
        return name_of(self.runs)

    def follow(self, steps: Callable[[], int] | None) -> None:
        """Has steps of a training count for machine code in place of runs: one that is resumed has made the steps."""
        if hasattr(self.runs, "trial"):
            self.runs.trial.steps = steps

    def __call__(self, *args: Any, parameters: Any = None, **options: Any) -> Any:
        """The result, with these numbers for the parameters, or with those they had last.

        Raises:
            GuardError: a comparison comes out otherwise than when the program was recorded.
            ValueError: the arguments are arranged in another way, or there is another number of parameters.
        """
        outputs, call = self._ran(args, options, parameters, b"")[0::2]
        results = [split(self.result, column) for column in outputs[0].T]
        return results[0] if call.own is None else results

    def value_and_gradients(
        self, *args: Any, parameters: Any = None, **options: Any
    ) -> tuple[float, Floats, list[Any]]:
        """The value, its gradient by the parameters, and by each argument; of a batch those of the sum over samples."""
        if not is_one_number(pair_of(self.result)[0] if self.has_aux else self.result):
            raise ValueError("the gradient is that of one number, and the program has several results or none")
        (outputs, _, d_shared, d_own), _, call = self._ran(args, options, parameters, self.graph.every_leaf)
        known = self.graph.parameters
        gradients = [call.layout.arranged(k, d_shared[known:], d_own) for k in range(len(self.layout.trees))]
        return float(outputs[0].sum()), d_shared[:known], gradients

    def _ran(self, args: Any, options: Any, parameters: Any, wanted: bytes) -> tuple[Ran, bytes, Arguments]:
        mine, (batch, static) = self.layout, self._reading
        options = {name: options[name] for name in mine.names} if {*options} == {*mine.names} else options
        call = given(batch, args, options, static)
        if call.layout != mine:
            these = call.layout.trees
            raise ValueError(f"the program was recorded for arguments {mine.trees}, and these are {these}")
        numbers = np.asarray(self.parameters if parameters is None else parameters, float).reshape(-1)
        if len(numbers) != self.graph.parameters:
            raise ValueError(f"the program has {self.graph.parameters} parameters, but {len(numbers)} are given")
        ran = self.run([numbers, *call.chunks], call.own, wanted)
        if ran[1].any():
            check = self.graph.checks[int(np.argmax(ran[1].any(axis=1)))]
            raise GuardError(f"{check} came out otherwise; only the function itself can record that case")
        return ran, wanted, call

    @cached_property
    def _reading(self) -> tuple[frozenset[Name], Static]:
        """How calls are read: which arguments have samples, and which numbers of the others are constants."""
        mine, static = self.layout, Static()
        names: list[Name] = [*range(len(mine.trees) - len(mine.names)), *mine.names]
        static.need(dict(zip(names, map(mode_of, mine.trees), strict=True)))
        return frozenset(name for name, has_samples in zip(names, mine.batched, strict=True) if has_samples), static

    def save(self, path: Any) -> None:
        """Writes the program, with the numbers its parameters had last, to a plain JSON file."""
        mine = self.layout
        signature = {
            "names": list(mine.names),
            "shapes": [saving.plain(tree) for tree in mine.trees],
            "wide": list(mine.batched),
            "result": saving.plain(self.result),
            "has_aux": self.has_aux,
        }
        graph = self.graph
        if isinstance(self.runs, PythonLoops) and graph.gaps:
            graph, _ = unrolled(self.runs.looped)
        saving.write(path, graph, self.dtype, signature, self.parameters.tolist())

    @classmethod
    def load(cls, path: Any) -> Program:
        """The program in a file that `save` wrote.

        Raises:
            ValueError: it is no such file, is damaged, or needs a primitive that is not defined.
        """
        graph, dtype, signature, parameters = saving.load(path)
        names, shapes, batched = (tuple(signature[name]) for name in ("names", "shapes", "wide"))
        made = cls(graph, dtype, Layout(names, shapes, batched), signature["result"], signature["has_aux"])
        made.parameters = np.array(parameters, float)
        return made

    @property
    def source(self) -> str:
        """The program as Python. Blocks need NumPy alone, and lines call the words of `autograd.core.floats`."""
        wanted = bytes([1] * self.graph.parameters) + bytes([not self.graph.parameters] * len(self.graph.batched))
        if isinstance(self.runs, Blocks):
            return listing.source(self.runs, wanted)
        if isinstance(self.runs, PythonLines | PythonLoops):
            return self.runs.source(wanted if len(self.graph.outputs) == 1 else b"")
        return (
            f"# {len(self.graph.nodes):,} operations that depend on each other run one after the other, by their rows"
        )

    @property
    def loops(self) -> str:
        """The program as the loops and lines that become machine code, where llvmlite is installed.

        Raises:
            ValueError: it does not become machine code, or has more in it than such loops can say.
        """
        loops = self.runs.loops()
        if loops is None:
            raise ValueError(f"this program runs in {self.form}, and not as machine code; its source says how")
        return loops

    def diagram(self, max_nodes: int) -> Diagram:
        """The blocks and what they read as boxes and wires, for `draw`."""
        from .diagram import diagram

        if isinstance(self.runs, PythonLoops):
            return diagram_of_loops(self.runs.looped, max_nodes)
        return diagram(self.graph, self.packed, max_nodes)

    def __str__(self) -> str:
        graph, packed, runs = self.graph, self.packed, self.runs
        known = f"{self._operations:,} operations, {graph.parameters:,} parameters, {len(graph.batched):,} arguments"
        branches = "".join(f"\n{line}" for line in self.branches)
        if isinstance(runs, PythonLoops):
            return f"{known}, in loops\n{table_of_loops(runs.looped)}{branches}"
        if packed is None:
            return f"{known}, in {self.form}{branches}"
        return f"{known}, in {len(packed.blocks)} blocks\n{listing.table(packed)}{branches}"

    def __repr__(self) -> str:
        return f"<Program of {self._operations:,} operations in {self.form}>"

    @property
    def _operations(self) -> int:
        """How many operations one run makes."""
        return self.runs.looped.operations if isinstance(self.runs, PythonLoops) else len(self.graph.nodes)

    def run(self, shared: list[Floats], own: Floats | None = None, wanted: bytes = b"", weight: float = 1.0) -> Ran:
        """Results, which checks failed, and the derivatives by the shared and by each sample's own leaves.

        `shared` holds the parameters and those arguments that all samples share, in one array or several; `own` has a
        column for each sample. `wanted` has a byte for each parameter and argument, 1 where the derivative is wanted.
        The derivative is that of the one result, times `weight`, summed over the samples. All have a column for each
        sample but the third.
        """
        return self.runs.run(shared, own, wanted, weight)

"""Program: a graph ready to run without the function that it was recorded from."""

from __future__ import annotations

from typing import Any

import numpy as np

from .blocks import Blocks, Floats, Ran
from .graph import Graph
from .pack import Packed, levels, pack
from .rows import Rows
from .straight import MOST_INPUTS, Straight
from .sums import gather_sums

# What decides between the forms: a NumPy call takes about as long as this many operations in plain Python.
_WORTH = 20
_MOST_LINES = 5000  # Python takes 15 us to compile a line
_MOST_BLOCKS = 20000  # a block takes about 1 ms to pack, print and prepare


class Program:
    """A recorded function, simplified, in the form in which it runs fastest.

    `form` says which: "blocks" of NumPy calls; "straight" lines of Python, where there is nothing to pack; or "rows",
    one after the other, for chains too long to print.
    """

    def __init__(self, graph: Graph, dtype: Any = float) -> None:
        self.graph, self.dtype = graph, np.dtype(dtype)
        self.packed: Packed | None = None
        self.form = "straight" if self._is_straight(None) else "blocks"
        if self.form == "blocks":
            gathered = gather_sums(graph)
            groups = levels(gathered)
            if self._is_straight(len(groups)):
                self.form = "straight"
            elif len(groups) > _MOST_BLOCKS:
                self.form = "rows"
            else:
                self.packed = pack(gathered, groups)
        self.runs: Blocks | Straight | Rows = (
            Blocks(self.packed, dtype)
            if self.packed is not None
            else Straight(graph)
            if self.form == "straight"
            else Rows(graph)
        )

    def _is_straight(self, blocks: int | None) -> bool:
        """Whether lines of Python are quicker; known at once for a graph with fewer operations than a call is worth."""
        nodes = self.graph.nodes
        if any(self.graph.wide) or self.dtype != np.float64 or len(nodes) > _MOST_LINES:
            return False
        if max(map(len, nodes), default=0) > MOST_INPUTS:
            return False
        return len(nodes) <= _WORTH * (1 if blocks is None else blocks)

    def run(self, shared: Floats, own: Floats | None = None, wanted: bytes = b"", weight: float = 1.0) -> Ran:
        """Results, which checks failed, and the derivatives by the shared and by each sample's own leaves.

        `shared` holds the parameters and those arguments that all samples share; `own` has a column for each sample.
        `wanted` has a byte for each parameter and argument, 1 where the derivative is wanted. The derivative is that of
        the one result, times `weight`, summed over the samples. All have a column for each sample but the third.
        """
        with np.errstate(all="ignore"):
            return self.runs.run(shared, own, wanted, weight)

"""Forms: in which a program runs: lines of Python, with loops or without, NumPy calls, row by row, or machine code of
each; sizes decide.

Machine code is imported where a program is to have it, and not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from ..graph.graph import Graph
from ..graph.shortening import MissingTurnError
from ..graph.sums import gather_sums
from ..loops.fold import is_deep, loops_of
from ..loops.looped import Looped
from ..loops.python import PythonLoops
from ..native import is_insisted_on, is_native
from ..numpy.blocks import Blocks
from ..packing.pack import levels, pack
from ..python.interpreter import Interpreter
from ..python.lines import MOST_INPUTS, PythonLines

if TYPE_CHECKING:
    from ..native.blocks import NativeBlocks

Form = Blocks | PythonLines | PythonLoops | Interpreter

_WORTH = 20  # a NumPy call takes about as long as this many operations in plain Python
_MOST_LINES = 50_000  # operations, of some 3 lines each; Python takes 25 us to compile a line
_MOST_STRAIGHT, _MOST_LEAVES, _MOST_LOOPS = 12_000, 250, 300  # operations, arguments and blocks for machine code
_INTERPRETED = 500  # operations by an interpreter in machine code that take at most as long as a NumPy call
_MOST_BLOCKS = 20000  # a block takes about 1 ms to pack, print and prepare


def choose(graph: Graph, dtype: Any = float, native: bool | None = None, threads: int = 1) -> Form:
    """What runs a graph, in the form that is quickest."""
    nodes, has_samples = graph.nodes, any(graph.batched)
    is_machine, at_once = np.dtype(dtype) == np.float64 and is_native(native), is_insisted_on(native)
    can_be_straight = (
        not has_samples
        and np.dtype(dtype) == np.float64
        and len(nodes) <= _MOST_LINES
        and nodes.sizes.max(initial=0) < MOST_INPUTS
    )
    if graph.gaps and np.dtype(dtype) != np.float64:
        raise MissingTurnError
    if can_be_straight and len(nodes) <= _WORTH:  # as much as one call is worth
        return _lines(graph, is_machine, at_once)
    is_double = np.dtype(dtype) == np.float64
    if graph.gaps or (is_double and is_deep(graph, _MOST_LOOPS)):
        found = loops_of(graph)
        if found is not None:
            return _loops(found, graph, is_machine, at_once)
    gathered = gather_sums(graph)
    groups = levels(gathered)
    is_straight = can_be_straight and len(nodes) <= _WORTH * len(groups)
    if is_machine and not has_samples:
        if is_straight and len(nodes) <= _MOST_STRAIGHT and graph.leaves - graph.first_parameter <= _MOST_LEAVES:
            return _lines(graph, is_machine, at_once)
        if len(groups) > _MOST_LOOPS and len(nodes) <= _INTERPRETED * len(groups):
            from ..native.interpreter import NativeInterpreter

            rows = NativeInterpreter(graph, at_once)
            if rows.loops() is not None:
                return rows
        is_straight = is_straight and len(groups) > _MOST_LOOPS
    if is_straight:
        return _lines(graph, is_machine, at_once)
    if len(groups) > _MOST_BLOCKS:
        return Interpreter(graph)
    packed = pack(gathered, groups)
    if not is_machine:
        return Blocks(packed, dtype)
    from ..native.blocks import NativeBlocks

    return NativeBlocks(packed, threads, at_once)


def _loops(looped: Looped, graph: Graph, is_machine: bool, at_once: bool) -> PythonLoops:
    if not is_machine:
        return PythonLoops(looped, graph)
    from ..native.looped import NativeLoops

    return NativeLoops(looped, graph, at_once)


def _lines(graph: Graph, is_machine: bool, at_once: bool) -> PythonLines:
    if not is_machine:
        return PythonLines(graph)
    from ..native.lines import NativeLines

    return NativeLines(graph, at_once)


def is_native_blocks(form: Form) -> TypeGuard[NativeBlocks]:
    """Whether blocks become machine code."""
    return isinstance(form, Blocks) and type(form) is not Blocks


def name_of(form: Form) -> str:
    """What a form is called: "blocks", "straight" (lines), "loops" or "rows"."""
    if isinstance(form, PythonLoops):
        return "loops"
    return "straight" if isinstance(form, PythonLines) else "rows" if isinstance(form, Interpreter) else "blocks"

"""Blocks: a packed graph at work, in memory that is made once for each thread and size of batch."""

from __future__ import annotations

import threading
from functools import cached_property
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...vocabularies import arrays
from ...vocabularies.printed import code_of
from ..graph.graph import COMPARE, Graph, by_kind
from ..packing.pack import Packed
from . import runtime
from .names import Code
from .source import Forward, Reverse

Floats = NDArray[np.floating[Any]]
Ran = tuple[Floats, NDArray[np.bool_], Floats, Floats]  # results, failed checks, derivatives by shared and own leaves

_CACHE = 2**23  # bytes that the numbers of one tile may take; 2**20 and less cost more than they save
_SIZES = 4  # batch sizes whose workspaces a thread keeps


class Blocks:
    """Runs on plain arrays: parameters, arguments, and for a batch those of each sample, one sample a column."""

    def __init__(self, packed: Packed, dtype: Any) -> None:
        self.packed, self.dtype = packed, np.dtype(dtype)
        self.graph = graph = packed.graph
        self._reverses: dict[tuple[bytes, bool], tuple[str, Code, tuple[CodeType, CodeType]]] = {}
        self._by_own: dict[bytes, bool] = {}
        self._local = threading.local()
        self._most: int = max(32, _CACHE // (2 * self.dtype.itemsize * max(1, packed.own_size)))  # samples in a tile
        batched = self.packed.batched[graph.first_argument : graph.leaves]
        self._shared_leaves = len(graph.constants), graph.leaves - int(batched.sum())
        self._own_leaves = int(batched.sum())
        # rows of results that all samples share and their positions, then those of each sample's own
        roots = np.array(graph.outputs, np.int64)
        rows = [np.flatnonzero(self.packed.batched[roots] == batched) for batched in (False, True)]
        self._outputs = [(_run_of(mine), _run_of(self.packed.position[roots[mine]])) for mine in rows]
        self._has_shared, self._has_own = (len(mine) > 0 for mine in rows)
        # the first result is the one that is differentiated
        self._root = int(self.packed.position[roots[0]]) if len(roots) else -1
        self._is_own_root = bool(len(roots) and self.packed.batched[roots[0]])
        self._checks = _checks(self.packed, graph)

    @cached_property
    def forward(self) -> Forward:
        """The program forward, printed when it is first asked for."""
        return Forward(self.packed)

    @cached_property
    def _forward_code(self) -> tuple[CodeType, CodeType]:
        return _functions(self.forward.code, "forward")

    def loops(self) -> str | None:
        """What becomes machine code: nothing."""
        return None

    # Running.

    def run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float) -> Ran:
        """Runs the program; see `Program.run`."""
        with np.errstate(all="ignore"):
            results = self._run(shared, own, wanted, weight, gated=False)
            # an adjoint of exactly 0 passes nothing on; plain products pass 0 * inf, and then a nan arrives
            if wanted and (_has_nan(results[2]) or (self._wants_own(wanted) and _has_nan(results[3]))):
                results = self._run(shared, own, wanted, weight, gated=True)
        return results

    def _run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float, gated: bool) -> Ran:
        samples = 1 if own is None else own.shape[1]
        tile = samples if samples <= self._most else self._tile(samples)
        space = self._workspace(tile)
        flat = space["shared"]
        first, last = self._shared_leaves
        at = first
        for chunk in shared:
            flat[at : at + len(chunk)] = chunk
            at += len(chunk)
        space["forward_shared"]()
        outputs = np.empty((len(self.graph.outputs), samples), self.dtype)
        failed = np.zeros((len(self.graph.checks), samples), bool)
        d_own = np.zeros((self._own_leaves, samples), self.dtype)
        if self._has_shared:
            rows, places = self._outputs[False]
            outputs[rows] = flat[places, np.newaxis]
        rows, places = self._outputs[True]
        sweep = self._reverse(space, wanted, gated) if wanted else ""
        by_own = wanted and self._wants_own(wanted)
        total: Any = None
        if own is not None:
            for start in range(0, samples, tile):
                stop = min(start + tile, samples)
                here = space
                if stop - start != tile:
                    here = self._workspace(stop - start)
                    here["shared"][:] = flat
                    if wanted:
                        self._reverse(here, wanted, gated)
                here["own"][: self._own_leaves] = own[:, start:stop]
                here["forward_own"]()
                if self._has_own:
                    outputs[rows, start:stop] = here["own"][places]
                self._check(here, failed[:, start:stop])
                if wanted and self._is_own_root:
                    here["d_own"][self._root] = weight
                    here[sweep + "_own"]()
                    if by_own:
                        d_own[:, start:stop] = here["d_own"][: self._own_leaves]
                    if samples > tile:
                        total = here["d_shared"].copy() if total is None else np.add(total, here["d_shared"], out=total)
        else:
            self._check(space, failed)
        if not wanted:
            return outputs, failed, np.zeros(last - first), d_own
        d_flat = space["d_shared"]
        if total is not None:
            d_flat[:] = total
        if not self._is_own_root:
            d_flat[self._root] = weight * samples
        space[sweep + "_shared"]()
        return outputs, failed, d_flat[first:last].copy(), d_own

    def _wants_own(self, wanted: bytes) -> bool:
        """Whether a derivative by a sample's own numbers is wanted."""
        if wanted not in self._by_own:
            leaves = np.frombuffer(wanted, bool)[self.graph.parameters :]
            self._by_own[wanted] = bool(leaves[np.array(self.graph.batched, bool)].any())
        return self._by_own[wanted]

    def _check(self, space: dict[str, Any], failed: NDArray[np.bool_]) -> None:
        for compare, places, (left, is_left_batched), (right, is_right_batched), outcomes in self._checks:
            a = space["own"][left] if is_left_batched else space["shared"][left, np.newaxis]
            b = space["own"][right] if is_right_batched else space["shared"][right, np.newaxis]
            failed[places] = compare(a, b) != outcomes

    def _tile(self, samples: int) -> int:
        """How many samples run at a time: about as many as the cache holds, and all tiles alike."""
        tiles = max(1, round(samples / self._most))
        return -(-samples // tiles)

    # The workspace.

    def _workspace(self, samples: int) -> dict[str, Any]:
        kept: dict[int, dict[str, Any]] = self._local.__dict__.setdefault("spaces", {})
        space = kept.pop(samples, None)
        if space is None:
            space = self._new_workspace(samples)
            while len(kept) >= _SIZES:
                kept.pop(next(iter(kept)))
        kept[samples] = space  # the last used is the last to go
        return space

    def _new_workspace(self, samples: int) -> dict[str, Any]:
        sizes = self.packed.shared_size, self.packed.own_size
        space: dict[str, Any] = vars(arrays) | vars(runtime)  # the words, and `pick` as a program needs it
        space |= {"np": np, "samples": samples, "dtype": self.dtype}
        for prefix in ("", "d_"):
            space[f"{prefix}shared"] = np.zeros(sizes[0], self.dtype)
            space[f"{prefix}own"] = np.zeros((sizes[1], samples), self.dtype)
        space["shared"][: len(self.graph.constants)] = self.graph.constants
        self._add(space, self.forward.code, self._forward_code)
        return space

    def _add(self, space: dict[str, Any], code: Code, functions: tuple[CodeType, CodeType]) -> None:
        for name, table in code.data.items():
            space[name] = table.astype(self.dtype) if table.dtype.kind == "f" else table
        for part in functions:
            exec(part, space)

    def _reverse(self, space: dict[str, Any], wanted: bytes, gated: bool) -> str:
        """The name of the functions of a reverse program, which are added to the workspace when missing."""
        name, code, functions = self.reverse(wanted, gated)
        if f"{name}_shared" not in space:
            self._add(space, code, functions)
        return name

    def reverse(self, wanted: bytes, gated: bool = False) -> tuple[str, Code, tuple[CodeType, CodeType]]:
        """A reverse program: its name, its lines, and those compiled; printed when first asked for."""
        if (wanted, gated) not in self._reverses:
            suffix = f"r{len(self._reverses) or ''}"
            name = f"reverse_{suffix}"
            code = Reverse(self.packed, self.forward, wanted, gated, suffix).code
            self._reverses[wanted, gated] = name, code, _functions(code, name)
        return self._reverses[wanted, gated]


def _functions(code: Code, name: str) -> tuple[CodeType, CodeType]:
    """The views, then the two functions of a program."""
    parts = code.forward if name == "forward" else code.reverse
    text = [*(function_text(f"{name}_{part}", lines) for part, lines in zip(("shared", "own"), parts, strict=True))]
    return code_of(f"views of {name}", "\n".join(code.setup)), code_of(f"blocks of {name}", "\n".join(text))


def function_text(name: str, lines: list[str]) -> str:
    """A function of these lines; comments alone are no body."""
    return "\n".join([f"def {name}():", *(f"    {line}" for line in lines or ["pass"]), "    return", ""])


def _has_nan(x: Any) -> bool:
    squares = np.vdot(x, x)  # its sum could be nan without one: inf - inf
    return bool(squares != squares)


def _run_of(places: Any) -> Any:
    """A slice in place of a run of numbers: reading by an array of them takes a microsecond more."""
    if len(places) and np.array_equal(places, np.arange(places[0], places[0] + len(places))):
        return slice(int(places[0]), int(places[-1]) + 1)
    return places


def _checks(packed: Packed, graph: Graph) -> list[Any]:
    """The comparisons, those of one kind together."""
    batched = packed.batched
    kinds = by_kind(graph.checks, lambda x: (x.symbol, bool(batched[x.left]), bool(batched[x.right])))
    found = []
    for (symbol, is_left_batched, is_right_batched), places in kinds.items():
        checks = [graph.checks[k] for k in places]
        left = _run_of(packed.position[[check.left for check in checks]])
        right = _run_of(packed.position[[check.right for check in checks]])
        outcomes = np.array([[check.outcome] for check in checks])
        found.append(
            (COMPARE[symbol], _run_of(np.array(places)), (left, is_left_batched), (right, is_right_batched), outcomes)
        )
    return found

"""Run: a packed graph as machine code, in memory that is made once for each thread and kernel."""

from __future__ import annotations

import ctypes
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..packing.blocks import Blocks, Floats, Ran
from ..packing.pack import Packed
from ..packing.rules import Printed
from .epochs import Steps
from .kernel import kernel
from .lines import UnprintableError
from .memory import aligned
from .source import Source

_TAKES = "dqddddbdif"  # the arguments of a kernel
_LARGE = (
    2**17
)  # bytes of the numbers of one tile that are too many for the processor's first cache but good for its second


@dataclass(frozen=True, eq=False)
class Kernel:
    """A compiled source."""

    source: Source
    call: Any
    q: Any
    given: int  # how many numbers all samples share
    is_whole: bool  # whether it computes all derivatives
    has_own: bool  # whether it computes derivatives by what each sample has of its own


class Native(Blocks):
    """Runs as loops compiled by numba; what cannot be printed, or meets nan on the way back, runs as NumPy calls."""

    def __init__(self, packed: Packed, threads: int = 1) -> None:
        super().__init__(packed, np.dtype(float))
        self.threads = threads
        self._kernels: dict[tuple[int, bytes], Kernel | None] = {}
        self._memories = threading.local()
        self._compiling = threading.Lock()
        self._checked = len(self.graph.checks)
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float) -> Ran:
        """Runs the program; see `Program.run`."""
        if self._pool is None or own is None or own.shape[1] < 2 * self.threads:
            return self._ran(shared, own, wanted, weight)
        cuts = np.linspace(0, own.shape[1], self.threads + 1).astype(int)
        parts = [own[:, a:b] for a, b in pairwise(cuts)]
        self.kernel(self.lanes(parts[0].shape[1]), wanted)
        ran = list(self._pool.map(lambda part: self._ran(shared, part, wanted, weight), parts))
        outputs, failed, _, d_own = (
            np.concatenate(x, axis=1) if x[0].ndim > 1 else None for x in zip(*ran, strict=True)
        )
        return outputs, failed, sum(one[2] for one in ran), d_own  # type: ignore[return-value]

    def _ran(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float) -> Ran:
        samples = 1 if own is None else own.shape[1]
        made = self.kernel(self.lanes(samples), wanted)
        if made is None:
            return super().run(shared, own, wanted, weight)
        w = shared[0] if len(shared) == 1 else np.concatenate(shared)
        if not (w.flags.c_contiguous and w.dtype == np.float64):
            w = np.ascontiguousarray(w, float)
        d = (np.empty if made.is_whole else np.zeros)(made.given)
        outputs = np.empty((len(self.graph.outputs), samples))
        failed = np.empty((self._checked, samples), bool)
        d_own = np.zeros((self._own_leaves, samples)) if made.has_own or own is None else own
        if own is None:
            own = d_own
        elif not (own.flags.c_contiguous and own.dtype == np.float64):
            own = np.ascontiguousarray(own, float)
        status = made.call(
            *self._memory(made),
            _address(w),
            _address(d) if made.given else 0,
            _address(own) if self._own_leaves else 0,
            _address(outputs),
            _address(failed) if self._checked else 0,
            _address(d_own) if self._own_leaves else 0,
            samples,
            weight,
        )
        # nan: an index that is none, or an adjoint of exactly 0 that met inf, which NumPy's program passes over
        if status != 0.0:
            return super().run(shared, own if self._own_leaves else None, wanted, weight)
        if d_own is own:
            d_own = np.zeros(own.shape)
        return outputs, failed, d, d_own

    def steps(self, rule: Printed, there: Any, count: int, is_mean: bool, has_frozen: bool) -> Steps | None:
        """What makes many steps by a rule in one call; see `epochs`. None where that cannot be printed."""
        graph = self.graph
        if not self._own_leaves or len(graph.outputs) != 1 or not self.packed.wide[graph.outputs[0]]:
            return None
        return Steps(self, rule, there, count, is_mean, has_frozen)

    def lanes(self, samples: int) -> int:
        """How many samples a tile holds."""
        if samples == 1:
            return 1
        if samples <= 16:
            return 8 if samples <= 8 else 16
        return 32 if samples <= 32 or 16 * 64 * self.packed.own_size > _LARGE else 64

    def kernel(self, lanes: int, wanted: bytes) -> Kernel | None:
        """The kernel for tiles of so many samples; None where it cannot be printed."""
        if (lanes, wanted) not in self._kernels:
            with self._compiling:
                if (lanes, wanted) not in self._kernels:
                    try:
                        made = self._made(Source(self.packed, lanes, wanted), wanted)
                    except UnprintableError:
                        made = None
                    self._kernels[lanes, wanted] = made
        return self._kernels[lanes, wanted]

    def _made(self, source: Source, wanted: bytes) -> Kernel:
        first, last = source.memory.given
        marks = np.frombuffer(wanted, bool)
        wide = np.array([*[False] * self.graph.parameters, *self.graph.wide])
        given, own = (marks[~wide], marks[wide]) if wanted else (marks, marks)
        whole = bool(wanted) and bool(given.all())
        return Kernel(source, kernel(str(source), _TAKES), source.memory.q, last - first, whole, bool(own.any()))

    def _memory(self, made: Kernel) -> tuple[int, int]:
        """The addresses of this thread's memory for a kernel, and of the table."""
        kept: dict[Kernel, Any] = self._memories.__dict__.setdefault("kept", {})
        found = kept.get(made)
        if found is None:
            p = aligned(made.source.memory.size)
            p[: len(self.graph.constants)] = self.graph.constants
            found = kept[made] = (_address(p), _address(made.q)), p
        addresses: tuple[int, int] = found[0]
        return addresses


_byte = ctypes.c_char.from_buffer


def _address(array: Any) -> int:
    try:
        return ctypes.addressof(_byte(array))  # four times as quick as array.ctypes.data
    except (TypeError, ValueError):  # it is read-only, or empty
        return int(array.__array_interface__["data"][0])

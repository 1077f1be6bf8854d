"""Blocks: a packed graph as machine code, in memory that is made once for each thread and kernel."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from ..numpy.blocks import Blocks, Floats, Ran
from ..packing.pack import Packed
from .kernel import kernel
from .memory import aligned
from .source import Source
from .trial import Trial
from .unprintable import UnprintableError

_TAKES = "dqddddbdif"  # the arguments of a kernel
_LARGE = 2**17  # bytes of a tile's numbers that are too many for the processor's first cache
_NOTHING, _NOTHING_FAILED = np.zeros((0, 1)), np.zeros((0, 1), bool)  # where a call has none
_MOST = 64  # numbers of samples that a thread remembers
_PRICE, _PRICE_OF_ONE = 1250, 190  # of machine code, and of a block in it; a run of that by NumPy costs 1
_ELEMENTS = 10_000  # inputs of operations that take NumPy as long as to begin with a block


@dataclass(frozen=True, eq=False)
class Ready:
    """A kernel with memory of one thread; without a kernel, what is to be run as NumPy calls."""

    kernel: Any = None
    p: Any = None
    q: Any = None
    is_whole: bool = False  # whether the derivatives by all that samples share are computed


_IN_TRIAL = Ready()


class NativeBlocks(Blocks):
    """Runs as machine code after a trial; what cannot be printed, or meets nan on the way back, runs as NumPy calls."""

    def __init__(self, packed: Packed, threads: int = 1, at_once: bool = True) -> None:
        super().__init__(packed, np.dtype(float))
        self.threads = threads
        self._kernels: dict[tuple[int, bytes], tuple[Source, Any] | None] = {}
        self._mine = threading.local()
        self._results, self._checked = len(self.graph.outputs), len(self.graph.checks)
        # threads would count in an order of their own, and who asks for them asks for machine code
        self.trial = Trial(_PRICE + _PRICE_OF_ONE * len(packed.blocks), at_once or threads > 1)

    def run(
        self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float, into: Floats | None = None
    ) -> Ran:
        """Runs the program; see `Program.run`. The derivatives by all that is shared may be left in an array given."""
        if self.threads == 1 or own is None or own.shape[1] < 2 * self.threads:
            return self._run_here(shared, own, wanted, weight, into)
        cuts = np.linspace(0, own.shape[1], self.threads + 1).astype(int)
        parts = [own[:, a:b] for a, b in pairwise(cuts)]
        ran = list(_pool(self.threads).map(lambda part: self._run_here(shared, part, wanted, weight), parts))
        outputs, failed, d_own = (np.concatenate([each[k] for each in ran], axis=1) for k in (0, 1, 3))
        return outputs, failed, np.sum([each[2] for each in ran], axis=0), d_own

    def _run_here(
        self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float, into: Floats | None = None
    ) -> Ran:
        samples = 1 if own is None else own.shape[1]
        mine: dict[Any, Ready] = self._mine.__dict__
        ready = mine.get((samples, wanted)) or self._ready(samples, wanted)
        if ready.kernel is None:
            return super().run(shared, own, wanted, weight)
        w = shared[0] if len(shared) == 1 else np.concatenate(shared)
        if not (w.flags.c_contiguous and w.dtype == np.float64):
            w = np.ascontiguousarray(w, float)
        d = into if into is not None and ready.is_whole else (np.empty if ready.is_whole else np.zeros)(len(w))
        outputs = np.empty((self._results, samples))
        failed = np.empty((self._checked, samples), bool) if self._checked else _NOTHING_FAILED
        d_own = _NOTHING
        if own is not None:
            d_own = np.zeros((self._own_leaves, samples))
            if not (own.flags.c_contiguous and own.dtype == np.float64):
                own = np.ascontiguousarray(own, float)
        given = _NOTHING if own is None else own
        status = ready.kernel(ready.p, ready.q, w, d, given, outputs, failed, d_own, samples, weight)
        # nan: an index that is none, or an adjoint of exactly 0 that met inf, which NumPy's program passes over
        if status != 0.0:
            return super().run(shared, own, wanted, weight)
        return outputs, failed, d, d_own

    def loops(self) -> str | None:
        """The loops, with those of the way back where there is one result."""
        wanted = self.graph.every_leaf if self._results == 1 else b""
        try:
            return str(Source(self.packed, 8 if self._own_leaves else 1, wanted))
        except UnprintableError:
            return None

    def lanes(self, samples: int) -> int:
        """How many samples a tile holds."""
        if samples == 1:
            return 1
        if samples <= 16:
            return 8 if samples <= 8 else 16
        return 32 if samples <= 32 or 16 * 64 * self.packed.own_size > _LARGE else 64

    def cost(self, samples: int) -> float:
        """What a run as NumPy calls counts in a trial."""
        return len(self.packed.blocks) + len(self.graph.nodes.inputs) * samples / _ELEMENTS

    def steps_of_trial(self, samples: int) -> int:
        """How many steps of so many samples are made before there is machine code that makes many in one call.

        Half as many as single runs, since it replaces the Python between them too.
        """
        return max(0, int(self.trial.price / self.cost(samples) / 2))

    def kernel(self, lanes: int, wanted: bytes) -> tuple[Source, Any] | None:
        """The source for tiles of so many samples, and what it was compiled to; None where it cannot be printed."""
        if (lanes, wanted) not in self._kernels:
            try:
                source = Source(self.packed, lanes, wanted)
                self._kernels[lanes, wanted] = source, kernel(str(source), _TAKES)
            except UnprintableError:
                self._kernels[lanes, wanted] = None
        return self._kernels[lanes, wanted]

    def _ready(self, samples: int, wanted: bytes) -> Ready:
        """The kernel for so many samples, with memory of this thread."""
        known: dict[Any, Ready] = self._mine.__dict__
        lanes = self.lanes(samples)
        if self.trial.counts(self.cost(samples), (lanes, wanted)):
            return _IN_TRIAL
        if len(known) > _MOST:
            known.clear()
        if (lanes, wanted, "tile") not in known:
            known[lanes, wanted, "tile"] = self._with_memory(self.kernel(lanes, wanted), wanted)
        found = known[samples, wanted] = known[lanes, wanted, "tile"]
        return found

    def _with_memory(self, made: tuple[Source, Any] | None, wanted: bytes) -> Ready:
        if made is None:
            return Ready()
        memory, call = made[0].memory, made[1]
        p, q = aligned(memory.size), memory.q
        p[: len(self.graph.constants)] = self.graph.constants
        batched = np.array([*[False] * self.graph.parameters, *self.graph.batched], bool)
        is_whole = bool(wanted) and bool(np.frombuffer(wanted, bool)[~batched].all())
        return Ready(call, p, q, is_whole)


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a child has none of the threads

"""Replay: finds the program that holds for the numbers given, or records it; splits a batch where samples differ."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from struct import Struct
from typing import TYPE_CHECKING, Any

import numpy as np

from ..value import Value
from .arguments import Shape
from .given import Given, Layout
from .program import GuardError, Program, Signature
from .reach import Reach
from .simplify import simplify
from .trace import trace

if TYPE_CHECKING:
    from .flat import Flat

_COMPILED = 8  # of them that become machine code, which takes a second
_MOST = 64  # programs for one shape of arguments; a comparison that turns at every call would fill the memory


@dataclass(frozen=True)
class CacheInfo:
    """What a compiled function has done so far."""

    recordings: int
    programs: int  # that are kept: one for each shape of arguments and each way its comparisons came out
    turned: int  # recordings that were made because a comparison came out otherwise
    last_turned: str  # the comparison that did so last


@dataclass(frozen=True, eq=False)
class Recording:
    """A program, how its result is arranged, and the Values it reads as parameters."""

    program: Program
    result: Shape
    parameters: list[Value]  # leaves, then results that were computed before
    reach: Reach  # where the function found them
    quick: dict[str, Callable[..., Any] | None] = field(default_factory=dict)  # printed functions for calls like these
    _wanted: dict[tuple[bool, bytes], bytes] = field(default_factory=dict)

    @cached_property
    def results(self) -> list[Value]:
        """The parameters that are results of operations before."""
        return [x for x in self.parameters if x.op is not None]

    def numbers(self) -> Any:
        """What the parameters are now."""
        # twice as fast as numpy.fromiter
        made = bytearray(self._struct.size)
        self._struct.pack_into(made, 0, *[x._data for x in self.parameters])
        return np.frombuffer(made)

    @cached_property
    def _struct(self) -> Struct:
        return Struct(f"{len(self.parameters)}d")

    def wanted(self, by_parameters: bool, by_arguments: bytes) -> bytes:
        """A mark for each parameter and each number among the arguments: 1 where a derivative by it is wanted."""
        key = by_parameters, by_arguments
        if key not in self._wanted:
            self._wanted[key] = bytes([by_parameters]) * len(self.parameters) + by_arguments
        return self._wanted[key]


@dataclass(slots=True, eq=False)
class Piece:
    """What came out for those samples of a call that took the same way through the function."""

    samples: Any
    recording: Recording
    outputs: Any  # a row for each result, a column for each sample
    d_parameters: Any
    d_shared: Any
    d_own: Any


class Recordings:
    """The programs of one function."""

    def __init__(
        self, function: Callable[..., Any], policy: str, dtype: Any, native: bool | None, threads: int
    ) -> None:
        self.function, self.policy, self.dtype, self.native, self.threads = function, policy, dtype, native, threads
        self._kept: dict[Layout, list[Recording]] = {}
        self.last: Recording | None = None
        self._lock = threading.RLock()
        self._made = self._turned = 0
        self._last_turned = ""

    def info(self) -> CacheInfo:
        programs = sum(map(len, self._kept.values()))
        return CacheInfo(self._made, programs, self._turned, self._last_turned)

    def first(self, layout: Layout) -> Recording | None:
        """What is tried first for arguments of this layout."""
        return next(iter(self._kept.get(layout, ())), None)

    def run(
        self, given: Given, wanted: Callable[[Recording], bytes] | None, weight: float, flat: Flat | None = None
    ) -> list[Piece]:
        """Runs each sample by a program whose comparisons come out for it as they did when it was recorded.

        The numbers of the parameters are those in `flat`, where it is given.
        """
        if given.values:
            given.refuse_results()
        layout = given.layout
        pieces: list[Piece] = []
        left = np.arange(given.samples)
        turned: str = ""
        kept = tuple(self._kept.get(layout, ()))
        for recording in kept:
            if not (recording.reach.is_same() if flat is None else flat.finds(recording)):
                self._drop(layout, recording)  # its parameters have been replaced
                continue
            piece, turned = self._try(recording, given, left, wanted, weight, flat, is_new=False)
            if piece is not None:
                pieces.append(piece)
                if len(piece.samples) == len(left):
                    if recording is not kept[0]:
                        self._use(layout, recording)
                    self.last = recording
                    return pieces
                # they are unique, and NumPy would make them so by importing numpy.ma, which takes 12 ms
                left = np.setdiff1d(left, piece.samples, assume_unique=True)
        if len(left) and flat is not None:
            flat.push()  # the function itself reads the Values
        while len(left):
            recording = self._record(given, int(left[0]), turned)
            # the first sample has just been recorded: its comparisons hold, in float32 too
            piece, turned = self._try(recording, given, left, wanted, weight, flat, is_new=True)
            if piece is not None:
                pieces.append(piece)
                left = np.setdiff1d(left, piece.samples, assume_unique=True)
        return pieces

    def _try(
        self,
        recording: Recording,
        given: Given,
        samples: Any,
        wanted: Callable[[Recording], bytes] | None,
        weight: float,
        flat: Flat | None,
        is_new: bool,
    ) -> tuple[Piece | None, str]:
        """A piece for those of the samples for which it holds, and a comparison that turned for another."""
        program, known = recording.program, len(recording.parameters)
        program.parameters = numbers = recording.numbers() if flat is None else flat.numbers(recording)
        shared = [numbers, *given.chunks]
        leaves = b"" if wanted is None else wanted(recording)
        own = given.own if given.own is None or len(samples) == given.samples else given.own[:, samples]
        outputs, failed, d_shared, d_own = program.run(shared, own, leaves, weight)
        turned = ""
        if len(failed) and failed.any():
            if is_new:
                failed[:, 0] = False
            holds = ~failed.any(axis=0)
            if not holds.all():
                turned = str(program.graph.checks[int(np.argmax(failed.any(axis=1)))])
                samples = samples[holds]
                if not len(samples):
                    return None, turned
                outputs, _, d_shared, d_own = program.run(shared, own[:, holds], leaves, weight)
        return Piece(samples, recording, outputs, d_shared[:known], d_shared[known:], d_own), turned

    def _record(self, given: Given, sample: int, reason: str) -> Recording:
        layout = given.layout
        if reason and self.policy == "raise":
            raise GuardError(f"{reason} came out otherwise; compile with policy='record' to record that case as well")
        with self._lock, _collector_at_rest():
            values, args, options = given.example(sample)
            graph, result, parameters = trace(
                lambda: self.function(*args, **options),
                values,
                layout.wide_leaves.tolist(),
                is_again=self.policy == "record" and self.dtype == np.float64,
            )
            few = len(self._kept.get(layout, ())) < _COMPILED
            signature = Signature(layout.names, layout.shapes, layout.wide, result)
            made = Recording(
                Program(simplify(graph), self.dtype, signature, self.native if few else False, self.threads),
                result,
                parameters,
                Reach(self.function, parameters),
            )
            self._made += 1
            if reason:
                self._turned += 1
                self._last_turned = reason
            self.keep(layout, made)
        return made

    def keep(self, layout: Layout, recording: Recording) -> None:
        """Adds a recording, to be tried first."""
        with self._lock:
            self._kept[layout] = [recording, *self._kept.get(layout, ())][:_MOST]
            self.last = recording

    def _use(self, layout: Layout, recording: Recording) -> None:
        """Remembers which was used last, so that it is tried first."""
        with self._lock:
            self._drop(layout, recording)
            self.keep(layout, recording)

    def _drop(self, layout: Layout, recording: Recording) -> None:
        with self._lock:
            self._kept[layout] = [one for one in self._kept[layout] if one is not recording]


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Python's collector does not run: all that is recorded is kept meanwhile, and it would look through it in vain."""
    ran = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ran:
            gc.enable()

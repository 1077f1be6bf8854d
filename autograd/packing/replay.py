"""Replay: finds the program that holds for the numbers given, or records it; splits a batch where samples differ."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from ..value import Value
from .arguments import Shape
from .given import Given
from .program import GuardError, Program, Signature
from .reach import Reach
from .simplify import simplify
from .trace import trace

if TYPE_CHECKING:
    from .flat import Flat

_data = attrgetter("_data")
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
    quick: dict[str, Callable[..., Any]] = field(default_factory=dict)  # printed functions of floats

    @cached_property
    def results(self) -> list[Value]:
        """The parameters that are results of operations before."""
        return [x for x in self.parameters if x.op is not None]


@dataclass(frozen=True, eq=False)
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

    def __init__(self, function: Callable[..., Any], policy: str, dtype: Any) -> None:
        self.function, self.policy, self.dtype = function, policy, dtype
        self._kept: dict[Any, list[Recording]] = {}
        self.last: Recording | None = None
        self._lock = threading.RLock()
        self._made = self._turned = 0
        self._last_turned = ""

    def info(self) -> CacheInfo:
        programs = sum(map(len, self._kept.values()))
        return CacheInfo(self._made, programs, self._turned, self._last_turned)

    def run(
        self, given: Given, wanted: Callable[[Recording], bytes] | None, weight: float, flat: Flat | None = None
    ) -> list[Piece]:
        """Runs each sample by a program whose comparisons come out for it as they did when it was recorded.

        The numbers of the parameters are those in `flat`, where it is given.
        """
        given.refuse_results()
        key = given.key
        pieces: list[Piece] = []
        left = np.arange(given.samples)
        turned: str = ""
        for recording in self._present(key) if flat is None or flat.looks(key) else list(self._kept.get(key, ())):
            piece, turned = self._try(recording, given, left, wanted, weight, flat, is_new=False)
            if piece is not None:
                pieces.append(piece)
                if len(piece.samples) == len(left):
                    self._use(key, recording)
                    return pieces
                left = np.setdiff1d(left, piece.samples)
        if len(left) and flat is not None:
            flat.push()  # the function itself reads the Values
        while len(left):
            recording = self._record(given, int(left[0]), turned)
            # the first sample has just been recorded: its comparisons hold, in float32 too
            piece, turned = self._try(recording, given, left, wanted, weight, flat, is_new=True)
            if piece is not None:
                pieces.append(piece)
                left = np.setdiff1d(left, piece.samples)
        return pieces

    def _present(self, key: Any) -> list[Recording]:
        """The recordings for arguments of this shape; one whose parameters have been replaced is dropped."""
        kept = self._kept.get(key, [])
        if any(not recording.reach.is_same() for recording in kept):
            with self._lock:
                kept = self._kept[key] = [recording for recording in kept if recording.reach.is_same()]
        return list(kept)

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
        program.parameters = (
            np.fromiter(map(_data, recording.parameters), float, known) if flat is None else flat.numbers(recording)
        )
        shared = [program.parameters, *given.chunks]
        leaves = b"" if wanted is None else wanted(recording)
        own = given.own if given.own is None or len(samples) == given.samples else given.own[:, samples]
        outputs, failed, d_shared, d_own = program.run(shared, own, leaves, weight)
        turned = ""
        if failed.any():
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
        key = given.key
        if reason and self.policy == "raise":
            raise GuardError(f"{reason} came out otherwise; compile with policy='record' to record that case as well")
        with self._lock:
            values, args, options = given.example(sample)
            graph, result, parameters = trace(
                lambda: self.function(*args, **options), values, given.wide_leaves.tolist()
            )
            made = Recording(
                Program(simplify(graph), self.dtype, Signature(given.names, given.shapes, given.wide, result)),
                result,
                parameters,
                Reach(self.function, parameters),
            )
            self._made += 1
            if reason:
                self._turned += 1
                self._last_turned = reason
            self.keep(key, made)
        return made

    def keep(self, key: Any, recording: Recording) -> None:
        """Adds a recording, to be tried first."""
        with self._lock:
            self._kept[key] = [recording, *self._kept.get(key, ())][:_MOST]
            self.last = recording

    def _use(self, key: Any, recording: Recording) -> None:
        """Remembers which was used last, so that it is tried first."""
        self.last = recording
        if self._kept[key][:1] != [recording]:
            with self._lock:
                self._kept[key] = [recording, *(one for one in self._kept[key] if one is not recording)]

"""Replay: finds the program that holds for the numbers given, or records it; splits a batch where samples differ."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from struct import Struct
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.numeric import short
from ..core.value import Value
from ..core.watching import serials
from .arguments import Arguments, Layout, Unchanged
from .checking import compare
from .flattening import Shape
from .graph.simplify import simplify
from .graph.trace import trace
from .locks import Lock
from .outside.closure import Closure
from .outside.effects import Effects
from .program import GuardError, Program, Signature
from .results import is_one_number, pair_of
from .static import PlainNeededError
from .uncompiled import Ran, warn

if TYPE_CHECKING:
    from .training.flat import FlatParameters

_COMPILED = 8  # of them that become machine code, which takes a second
_MOST = 64  # programs that are kept
# Recording and packing take as long as the function itself takes for a hundred samples or so. So that many samples pay
# for one; the first few are free, of large programs fewer, and a program that is used again soon pays for itself: a
# function that takes a new way at each call is not recorded for ever. Samples are counted, no time is taken: runs
# repeat exactly.
_PRICE, _FREE, _USE = 256, 16, 32
_LARGE, _DEAREST = 2_000, 4  # a program of so many operations more costs the price once more, up to so often
_REMEDY = ", and a program would give the same number at every call; draw outside, and pass the numbers as arguments"
_TRIED = 2  # programs that are tried first where none would be recorded


@dataclass(frozen=True)
class CacheInfo:
    """What a compiled function has done so far."""

    recordings: int
    programs: int  # that are kept: one for each shape of arguments and each way its comparisons came out
    turned: int  # recordings that were made because a comparison came out otherwise
    last_turned: str  # the comparison that did so last


@dataclass(eq=False)
class Version:
    """A program, how its result is arranged, and the Values it reads as parameters."""

    program: Program
    result: Shape
    parameters: list[Value]  # leaves, then results that were computed before
    closure: Closure  # what the function can read
    is_kept: bool = True  # whether it may be run again
    used: int = 0  # at which call it ran last
    owes: int = 0  # of what it cost to record
    shortcuts: dict[str, Callable[..., Any] | None] = field(
        default_factory=dict
    )  # printed functions for calls like these
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
class Share:
    """What came out for those samples of a call that took the same way through the function."""

    samples: Any
    version: Version | None  # None where the function itself ran
    result: Shape
    parameters: list[Value]
    outputs: Any  # a row for each result, a column for each sample
    d_parameters: Any
    d_shared: Any
    d_own: Any


class Versions:
    """The programs of one function."""

    def __init__(
        self,
        function: Callable[..., Any],
        policy: str,
        dtype: Any,
        native: bool | None,
        threads: int,
        check: int = 0,
    ) -> None:
        self.function, self.policy, self.dtype, self.native, self.threads = function, policy, dtype, native, threads
        self.check = check  # every so many calls it is compared with the function itself
        self.has_aux = False
        self._kept: dict[Layout, list[Version]] = {}
        self.last: Version | None = None
        self._lock = Lock()
        self._calls = self._made = self._turned = 0
        self._last_turned = ""
        self._last_layout: Layout | None = None  # of the last recording
        self._credit = _FREE * _PRICE  # samples that pay for recordings
        self._is_begun = False  # whether the first run is over that may fill a cache
        self._steps: Callable[[], int] | None = None  # how many a training has made
        self._warned = False

    def info(self) -> CacheInfo:
        """How often the function was recorded, and why."""
        programs = sum(map(len, self._kept.values()))
        return CacheInfo(self._made, programs, self._turned, self._last_turned)

    def pay(self, samples: int) -> None:
        """So many samples pay for recordings."""
        self._credit = min(self._credit + samples, _FREE * _PRICE)

    def follow(self, steps: Callable[[], int] | None) -> None:
        """Has steps of a training count for machine code in place of runs; see `Program.follow`."""
        self._steps = steps
        for version in (one for kept in self._kept.values() for one in kept):
            version.program.follow(steps)

    def first(self, layout: Layout) -> Version | None:
        """What is tried first for arguments of this layout."""
        return next(iter(self._kept.get(layout, ())), None)

    def run(
        self,
        given: Arguments,
        wanted: Callable[[Version], bytes] | None,
        weight: float,
        flat: FlatParameters | None = None,
    ) -> list[Share]:
        """Runs each sample by a program whose comparisons come out for it as they did when it was recorded.

        Where there is none, and none may be recorded, the function itself runs. The numbers of the parameters are those
        in `flat`, where it is given.
        """
        while True:
            try:
                pieces = self._run(given, wanted, weight, flat)
                break
            except PlainNeededError as needed:
                given.arrange(needed.modes)
        # to compare is to run the function once more: not where that shows
        is_shown = any(piece.version is None or not piece.version.is_kept for piece in pieces)
        if self.check and self._calls % self.check == 0 and not is_shown:
            if flat is not None:
                flat.write_back()
            compare(self.function, given, pieces, wanted, weight, self.dtype)
        return pieces

    def _run(
        self, given: Arguments, wanted: Callable[[Version], bytes] | None, weight: float, flat: FlatParameters | None
    ) -> list[Share]:
        if given.values:
            given.refuse_results()
        layout = given.layout
        pieces: list[Share] = []
        left = np.arange(given.samples)
        self._calls += 1
        self.pay(given.samples)
        reason = turned = ""
        kept = tuple(self._kept.get(layout, ()))
        for version in kept if self._credit >= _PRICE else kept[:_TRIED]:
            if not (version.closure.is_same() if flat is None else flat.finds(version)):
                reason = f"{version.closure.difference()} is not what it was"
                self._drop(layout, version)
                continue
            piece, turned = self._try(version, given, left, wanted, weight, flat, is_new=False)
            if piece is not None:
                pieces.append(piece)
                version.used = self._calls
                if version.owes:
                    back = min(version.owes, _USE * len(piece.samples))
                    version.owes -= back
                    self.pay(back)
                if len(piece.samples) == len(left):
                    if version is not kept[0]:
                        self._use(layout, version)
                    self.last = version
                    return pieces
                # they are unique, and NumPy would make them so by importing numpy.ma, which takes 12 ms
                left = np.setdiff1d(left, piece.samples, assume_unique=True)
        if len(left) and flat is not None:
            flat.write_back()  # the function itself reads the Values
        if turned and self.policy == "raise":
            raise GuardError(f"{turned} came out otherwise; compile with policy='record' to record that case as well")
        reason = f"{turned} came out otherwise" if turned else reason or self._otherwise(layout)
        while len(left):
            recorded = self._record(given, int(left[0]), turned, reason)
            if recorded is None:
                pieces.append(self._run_itself(given, left[:1], wanted is not None, weight))
                left = left[1:]
                continue
            # the first sample has just been recorded: its comparisons hold, in float32 too
            these = left if recorded.is_kept else left[:1]
            piece, turned = self._try(recorded, given, these, wanted, weight, flat, is_new=True)
            if piece is not None:
                pieces.append(piece)
                left = np.setdiff1d(left, piece.samples, assume_unique=True)
            if turned:
                reason = f"{turned} came out otherwise"
        return pieces

    def _otherwise(self, layout: Layout) -> str:
        """What is new about the arguments."""
        before = self._last_layout
        if before is None or before == layout:
            return ""
        for k, shape in enumerate(layout.shapes):
            if k >= len(before.shapes) or before.shapes[k] != shape:
                what = f"is {short(shape[1])}" if shape[0] == "same" else "has another length or arrangement"
                return f"argument {k} {what}"
        return "the arguments are other ones"

    def _try(
        self,
        version: Version,
        given: Arguments,
        samples: Any,
        wanted: Callable[[Version], bytes] | None,
        weight: float,
        flat: FlatParameters | None,
        is_new: bool,
    ) -> tuple[Share | None, str]:
        """A piece for those of the samples for which it holds, and a comparison that turned for another."""
        program, known = version.program, len(version.parameters)
        program.parameters = numbers = version.numbers() if flat is None else flat.numbers(version)
        shared = [numbers, *given.chunks]
        if wanted is not None:
            self._refuse_several(version.result)
        leaves = b"" if wanted is None else wanted(version)
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
        found = version.result, version.parameters
        return Share(samples, version, *found, outputs, d_shared[:known], d_shared[known:], d_own), turned

    def _record(self, given: Arguments, sample: int, turned: str, reason: str) -> Version | None:
        """A new program, or None where the function itself is to run instead."""
        layout = given.layout
        with self._lock, _collector_at_rest():
            if self._credit < _PRICE:
                self._warn(f"it would be recorded anew at nearly every call, the last time because {reason}")
                return None
            made, effects = self._traced(given, sample)
            made.owes = _PRICE * min(1 + len(made.program.graph.nodes) // _LARGE, _DEAREST)
            self._credit -= made.owes
            self._made += 1
            if turned:
                self._turned += 1
                self._last_turned = turned
            self._last_layout = layout
            made.is_kept = not effects.found
            if made.is_kept:
                self.keep(layout, made)
            elif effects.may_be_once and not self._is_begun:
                self._is_begun = True
            else:
                self._credit = 0
                self._warn(f"it {effects.found}{_REMEDY if effects.drawn else ''}")
        return made

    def _traced(self, given: Arguments, sample: int) -> tuple[Version, Effects]:
        """The function recorded on one sample, and what it did besides."""
        layout = given.layout
        values, args, options = given.example(sample)
        effects, begun = Effects(self.function, layout.objects(), by_line=self._is_begun), next(serials)

        def run() -> Any:
            return self.function(*args, **options)

        touched: list[str] = []
        before = Unchanged(args, options)
        try:
            graph, result, parameters = trace(
                lambda: effects.watch(run),
                values,
                layout.batched_leaves.tolist(),
                given,
                is_again=self.policy == "record" and self.dtype == np.float64,
                effects=touched,
            )
        except Exception as error:
            given.try_whole(error)
            raise
        before.refuse_changed()
        if effects.drawn and self.policy == "raise":
            raise ValueError(f"the function {effects.drawn}{_REMEDY}")
        effects.found = effects.found or next(iter(touched), "")
        hidden = next((x for x in parameters if x._serial < begun and not effects.closure.has(x)), None)
        if hidden is not None:
            effects.found = effects.found or f"reads {hidden!r}, which is not found by its names"
        few = len(self._kept.get(layout, ())) < _COMPILED
        signature = Signature(layout.names, layout.shapes, layout.batched, result, self.has_aux)
        program = Program(simplify(graph), self.dtype, signature, self.native if few else False, self.threads)
        program.follow(self._steps)
        return Version(program, result, parameters, effects.closure), effects

    def _run_itself(self, given: Arguments, samples: Any, is_swept: bool, weight: float) -> Share:
        """A piece for one sample, made by the function itself."""
        try:
            ran = Ran(self.function, given, int(samples[0]))
        except Exception as error:
            given.try_whole(error)
            raise
        parameters: list[Value] = []
        d = d_parameters = np.zeros(len(given.layout.batched_leaves))
        if is_swept:
            self._refuse_several(ran.result)
            parameters, d_parameters, d = ran.derivatives(weight)
        batched = given.layout.batched_leaves
        return Share(
            samples, None, ran.result, parameters, ran.numbers, d_parameters, d[~batched], d[batched].reshape(-1, 1)
        )

    def _refuse_several(self, result: Shape) -> None:
        """Raises where there is not one result to differentiate."""
        if not is_one_number(pair_of(result)[0] if self.has_aux else result):
            raise ValueError(
                "the gradient is that of one number, and the function returns several or none; return their sum, or "
                "(number, anything) and compile with has_aux=True, which differentiates the first alone"
            )

    def _warn(self, why: str) -> None:
        if not self._warned:
            self._warned = True
            name = getattr(self.function, "__qualname__", repr(self.function))
            warn(f"the compiled function {name} runs as it is, without being compiled: {why}")

    def keep(self, layout: Layout, version: Version) -> None:
        """Adds a recording, to be tried first."""
        with self._lock:
            version.used = self._calls
            self._kept[layout] = [version, *self._kept.get(layout, ())]
            self.last = version
            if sum(map(len, self._kept.values())) > _MOST:
                self._drop(*min(((layout, one) for layout, all in self._kept.items() for one in all), key=_used))

    def _use(self, layout: Layout, version: Version) -> None:
        """Remembers which was used last, so that it is tried first."""
        with self._lock:
            self._drop(layout, version)
            self.keep(layout, version)

    def _drop(self, layout: Layout, version: Version) -> None:
        with self._lock:
            left = [one for one in self._kept.get(layout, ()) if one is not version]
            if left:
                self._kept[layout] = left
            else:
                self._kept.pop(layout, None)


def _used(kept: tuple[Layout, Version]) -> int:
    return kept[1].used


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

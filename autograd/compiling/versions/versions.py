"""Versions: finds the program that holds for the numbers given, or records it; splits a batch where samples differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...core.numeric import short
from ...core.value import Value
from ...core.watching import watchers, watching_here
from ...trees import Tree
from ..calls.arguments import Arguments, Layout, given
from ..calls.results import is_one_number, pair_of
from ..calls.static import PlainNeededError, Static
from ..graph.tracer import Tracer
from ..programs.program import GuardError
from ..reading.again import Again
from .checking import compare
from .credit import Credit
from .locks import Lock
from .options import Options
from .record import REMEDY, collector_at_rest, record
from .shares import Share
from .store import VALUES, Asked, Home, Store
from .uncompiled import Ran, warn
from .version import Version

_COMPILED = 8  # of them that become machine code, which takes a second
_MOST = 64  # programs that are kept
_TRIED = 2  # programs that are tried first where none would be recorded
_ALONE = np.arange(1)  # the samples of a call without a batch; made once, for a short call it takes a while
_ALONE.flags.writeable = False


@dataclass(frozen=True)
class CacheInfo:
    """What a compiled function has done so far."""

    recordings: int
    programs: int  # that are kept: one for each shape of arguments and each way its comparisons came out
    turned: int  # recordings that were made because a comparison came out otherwise
    last_turned: str  # the comparison that did so last


class Versions:
    """The programs of one function."""

    def __init__(self, function: Callable[..., Any], options: Options, static: Static | None = None) -> None:
        self.wrapped, self.options = function, options
        self.is_mean = options.reduce == "mean"  # whether derivatives of a batch are of the mean, and not of the sum
        self.static = static or Static(function, options.static)
        self._kept: dict[Layout, list[Version]] = {}
        self.last: Version | None = None
        self._lock = Lock()
        self._calls = self._made = self._turned = 0
        self._last_turned = ""
        self._last_layout: Layout | None = None  # of the last recording
        self.credit = Credit()
        self.again = Again()
        self._is_begun = False  # whether the first run is over that may fill a cache
        self._steps: Callable[[], int] | None = None  # how many a training has made
        self._warned = False

    @cached_property
    def static_of_instances(self) -> Static:
        """How calls are read where this is a method: for all instances alike."""
        return self.static.bound()

    @property
    def function(self) -> Callable[..., Any]:
        """The function that is recorded."""
        return self.wrapped

    def info(self) -> CacheInfo:
        """How often the function was recorded, and why."""
        programs = sum(map(len, self._kept.values()))
        return CacheInfo(self._made, programs, self._turned, self._last_turned)

    def follow(self, steps: Callable[[], int] | None) -> None:
        """Has steps of a training count for machine code in place of runs; see `Program.follow`."""
        self._steps = steps
        for version in (one for kept in self._kept.values() for one in kept):
            version.program.follow(steps)

    def first(self, layout: Layout) -> Version | None:
        """What is tried first for arguments of this layout; None where each call may have to be compared."""
        return None if self.options.check else next(iter(self._kept.get(layout, ())), None)

    def call(self, args: Sequence[Any], options: Mapping[str, Any]) -> Arguments:
        """The arguments of a call, as programs take them."""
        return given(self.options.batch, args, options, self.static)

    def swept(self, call: Arguments, wanted: Callable[[Version], bytes], store: Store = VALUES) -> list[Share]:
        """Runs forward and back, for the derivatives that are wanted, of the mean or the sum over the samples."""
        if is_recording():
            raise TypeError(
                f"{self!r} gives its gradient as plain numbers, which a function that is being compiled would keep for "
                "ever; differentiate the function itself there, as in autograd.value_and_grad(f)"
            )
        return self.run(Asked(call, wanted, 1.0 / call.samples if self.is_mean else 1.0, store))

    def run(self, asked: Asked) -> list[Share]:
        """Runs each sample by a program whose comparisons come out for it as they did when it was recorded.

        Where there is none, and none may be recorded, the function itself runs.
        """
        while True:
            try:
                shares = self._run(asked)
                break
            except PlainNeededError as needed:
                asked.call.arrange(needed.modes)
        check = self.options.check
        # to compare is to run the function once more: not where that shows
        if check and self._calls % check == 0 and all(share.version and share.version.is_kept for share in shares):
            asked.store.write_back()
            compare(self.function, asked, shares, self.options.dtype)
        return shares

    def _run(self, asked: Asked) -> list[Share]:
        call, store = asked.call, asked.store
        if call.values:
            call.refuse_results()
        layout = call.layout
        shares: list[Share] = []
        left = _ALONE if call.own is None else np.arange(call.samples)
        self._calls += 1
        self.credit.pay(call.samples)
        reason = turned = ""
        kept = tuple(self._kept.get(layout, ()))
        for version in kept if len(kept) <= _TRIED or self.credit.is_enough else kept[:_TRIED]:
            home = store.of(version)
            if not home.is_same():
                reason = f"{version.closure.difference()} is not what it was"
                self._drop(layout, version)
                continue
            share, turned = self._try(version, home, asked, left, is_new=False)
            if share is not None:
                shares.append(share)
                version.used = self._calls
                if version.owes:
                    self.credit.use(version, len(share.samples))
                if len(share.samples) == len(left):
                    if version is not kept[0]:
                        self._use(layout, version)
                    self.last = version
                    return shares
                # they are unique, and NumPy would make them so by importing numpy.ma, which takes 12 ms
                left = np.setdiff1d(left, share.samples, assume_unique=True)
        store.write_back()
        if turned and self.options.policy == "raise":
            raise GuardError(f"{turned} came out otherwise; compile with policy='record' to record that case as well")
        reason = f"{turned} came out otherwise" if turned else reason or self._otherwise(layout)
        while len(left):
            recorded = self._record(call, int(left[0]), turned, reason)
            if recorded is None:
                shares.append(self._run_itself(asked, left[:1]))
                left = left[1:]
                continue
            # the first sample has just been recorded: its comparisons hold, in float32 too
            these = left if recorded.is_kept else left[:1]
            share, turned = self._try(recorded, store.of(recorded), asked, these, is_new=True)
            if share is not None:
                shares.append(share)
                left = np.setdiff1d(left, share.samples, assume_unique=True)
            if turned:
                reason = f"{turned} came out otherwise"
        return shares

    def _otherwise(self, layout: Layout) -> str:
        """What is new about the arguments."""
        before = self._last_layout
        if before is None or before == layout:
            return ""
        for k, tree in enumerate(layout.trees):
            if k >= len(before.trees) or before.trees[k] != tree:
                what = f"is {short(tree[1])}" if tree[0] == "same" else "has another length or arrangement"
                return f"argument {k} {what}"
        return "the arguments are other ones"

    def _try(self, version: Version, home: Home, asked: Asked, samples: Any, is_new: bool) -> tuple[Share | None, str]:
        """A share for those of the samples for which it holds, and a comparison that turned for another."""
        program, known, call, weight = version.program, len(version.parameters), asked.call, asked.weight
        program.parameters = numbers = home.numbers()
        shared = [numbers, *call.chunks]
        if asked.wanted is not None:
            self._refuse_several(version.result)
        leaves = b"" if asked.wanted is None else asked.wanted(version)
        own = call.own if call.own is None or len(samples) == call.samples else call.own[:, samples]
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

    def _record(self, call: Arguments, sample: int, turned: str, reason: str) -> Version | None:
        """A new program, or None where the function itself is to run instead."""
        with self._lock, collector_at_rest():
            if not self.credit.is_enough:
                self._warn(
                    f"it would be recorded anew at nearly every call, the last time because {reason}"
                    f"{self.again.report.advice(reason)}"
                )
                return None
            few = len(self._kept.get(call.layout, ())) < _COMPILED
            native = self.options.native if few else False
            made, effects = record(
                self.function, call, sample, self.options, native, by_line=self._is_begun, again=self.again
            )
            made.program.follow(self._steps)
            self.credit.spend(made, call.layout)
            self._made += 1
            if turned:
                self._turned += 1
                self._last_turned = turned
            self._last_layout = call.layout
            if made.is_kept:
                self.keep(call.layout, made)
            elif effects.may_be_once and not self._is_begun:
                self._is_begun = True
            else:
                self.credit.use_up()
                self._warn(f"it {effects.found}{REMEDY if effects.drawn else ''}")
        return made

    def _run_itself(self, asked: Asked, samples: Any) -> Share:
        """A share for one sample, made by the function itself."""
        call = asked.call
        try:
            ran = Ran(self.function, call, int(samples[0]))
        except Exception as error:
            call.try_whole(error)
            raise
        parameters: list[Value] = []
        d = d_parameters = np.zeros(len(call.layout.batched_leaves))
        if asked.wanted is not None:
            self._refuse_several(ran.result)
            parameters, d_parameters, d = ran.derivatives(asked.weight)
        batched = call.layout.batched_leaves
        return Share(
            samples, None, ran.result, parameters, ran.numbers, d_parameters, d[~batched], d[batched].reshape(-1, 1)
        )

    def _refuse_several(self, result: Tree) -> None:
        """Raises where there is not one result to differentiate."""
        if not is_one_number(pair_of(result)[0] if self.options.has_aux else result):
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
        """Adds a version, to be tried first."""
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

    def __repr__(self) -> str:
        return f"<compiled {getattr(self.function, '__qualname__', self.function)}>"


def _used(kept: tuple[Layout, Version]) -> int:
    return kept[1].used


def is_recording() -> bool:
    """Whether a function is being recorded here."""
    return bool(watchers) and any(isinstance(watcher, Tracer) for watcher in watching_here())

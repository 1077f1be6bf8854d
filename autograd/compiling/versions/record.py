"""Record: a function run once on one sample, and the version that came of it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from ...core.value import Value
from ...core.watching import serials
from ..calls.arguments import Arguments, Unchanged
from ..graph.shortening import MissingTurnError
from ..graph.simplify import simplify
from ..graph.trace import Seen, trace
from ..outside.effects import Effects
from ..programs.program import Program
from ..reading.again import Again, Recorded, run_of
from ..reading.choices import Choosing
from .options import Options
from .version import Version

REMEDY = ", and a program would give the same number at every call; draw outside, and pass the numbers as arguments"


def record(
    function: Callable[..., Any],
    call: Arguments,
    sample: int,
    options: Options,
    native: bool | None,
    by_line: bool,
    again: Again,
) -> tuple[Version, Effects]:
    """The function recorded on one sample, and what it did besides; `by_line` looks for the line that draws.

    Where all numbers are float64, turns of loops may be left out of the recording.
    """
    if options.dtype == np.float64:
        with suppress(MissingTurnError):
            return _record(function, call, sample, options, native, by_line, again, is_whole=False)
    return _record(function, call, sample, options, native, by_line, again, is_whole=True)


def _record(
    function: Callable[..., Any],
    call: Arguments,
    sample: int,
    options: Options,
    native: bool | None,
    by_line: bool,
    again: Again,
    is_whole: bool,
) -> tuple[Version, Effects]:
    layout = call.layout
    values, args, named = call.example(sample)
    effects, begun = Effects(function, layout.objects(), by_line), next(serials)

    def run() -> Any:
        return function(*args, **named)

    def traced(watched: Callable[[], Any], touched: list[str], seen: Seen, is_whole: bool) -> Recorded:
        return trace(
            watched,
            values,
            layout.batched_leaves.tolist(),
            origin=call.origin,
            is_again=options.policy == "record" and options.dtype == np.float64,
            is_whole=is_whole,
            is_quiet=effects.is_quiet,
            effects=touched,
            seen=seen,
        )

    touched, seen = list[str](), Seen()
    before = Unchanged(args, named)
    try:
        graph, result, parameters = traced(lambda: effects.watch(run), touched, seen, is_whole)
    except Exception as error:
        call.try_whole(error)
        raise
    before.refuse_changed()
    if effects.drawn and options.policy == "raise":
        raise ValueError(f"the function {effects.drawn}{REMEDY}")
    effects.found = effects.found or next(iter(touched), "")
    effects.found = effects.found or _hidden(parameters, begun, effects)
    if graph.gaps:
        again.is_long()
    elif not effects.found:  # else it would be done twice

        def choose(function: Callable[..., Any], choosing: Choosing, seen: Seen) -> Recorded:
            nonlocal effects
            others, touched = Effects(function, layout.objects()), list[str]()
            run = run_of(function, choosing, args, named)
            made = traced(lambda: others.watch(run, choosing.stood_for), touched, seen, is_whole=True)
            before.refuse_changed()
            if why := others.found or next(iter(touched), "") or _hidden(made[2], begun, others):
                raise RuntimeError(f"it {why}")
            effects = others
            return made

        is_batch, reachable = call.own is not None, effects.closure.functions()
        made = again.record(function, seen, result, reachable, is_batch, choose)
        if made is not None:
            graph, result, parameters = made
    again.note(graph)
    program = Program(simplify(graph), options.dtype, layout, result, options.has_aux, native, options.threads)
    if any(gap.is_guess for gap in graph.gaps) and _is_wrong(program, parameters, call, sample):
        raise MissingTurnError
    program.branches = again.report.lines(is_short=True)
    return Version(program, result, parameters, effects.closure, is_kept=not effects.found), effects


def _is_wrong(program: Program, parameters: list[Value], call: Arguments, sample: int) -> bool:
    """Whether a comparison comes out otherwise, for the very numbers recorded, in a turn that did not run."""
    if not program.graph.checks:
        return False
    numbers = np.array([x._data for x in parameters], float)
    own = None if call.own is None else call.own[:, [sample]]
    return bool(program.run([numbers, *call.chunks], own)[1].any())


def _hidden(parameters: list[Any], begun: int, effects: Effects) -> str:
    """A parameter that could be another one at another call, without anybody noticing."""
    found = next((x for x in parameters if x._serial < begun and not effects.closure.has(x)), None)
    return "" if found is None else f"reads {found!r}, which is not found by its names"


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Python's collector does not run: all that is recorded is kept meanwhile, and it would look through it in vain."""
    ran = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ran:
            gc.enable()

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
from ..graph.trace import trace
from ..outside.effects import Effects
from ..programs.program import Program
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
    is_whole: bool = False,
) -> tuple[Version, Effects]:
    """The function recorded on one sample, and what it did besides; `by_line` looks for the line that draws.

    Unless it is to be whole, turns of loops may be left out of the recording.
    """
    if not is_whole and options.dtype == np.float64:
        with suppress(MissingTurnError):
            return _record(function, call, sample, options, native, by_line, is_whole=False)
    return _record(function, call, sample, options, native, by_line, is_whole=True)


def _record(
    function: Callable[..., Any],
    call: Arguments,
    sample: int,
    options: Options,
    native: bool | None,
    by_line: bool,
    is_whole: bool,
) -> tuple[Version, Effects]:
    layout = call.layout
    values, args, named = call.example(sample)
    effects, begun = Effects(function, layout.objects(), by_line), next(serials)

    def run() -> Any:
        return function(*args, **named)

    touched: list[str] = []
    before = Unchanged(args, named)
    try:
        graph, result, parameters = trace(
            lambda: effects.watch(run),
            values,
            layout.batched_leaves.tolist(),
            origin=call.origin,
            is_again=options.policy == "record" and options.dtype == np.float64,
            is_whole=is_whole,
            is_quiet=effects.is_quiet,
            effects=touched,
        )
    except Exception as error:
        call.try_whole(error)
        raise
    before.refuse_changed()
    if effects.drawn and options.policy == "raise":
        raise ValueError(f"the function {effects.drawn}{REMEDY}")
    effects.found = effects.found or next(iter(touched), "")
    hidden = next((x for x in parameters if x._serial < begun and not effects.closure.has(x)), None)
    if hidden is not None:
        effects.found = effects.found or f"reads {hidden!r}, which is not found by its names"
    program = Program(simplify(graph), options.dtype, layout, result, options.has_aux, native, options.threads)
    if any(gap.is_guess for gap in graph.gaps) and _is_wrong(program, parameters, call, sample):
        raise MissingTurnError
    return Version(program, result, parameters, effects.closure, is_kept=not effects.found), effects


def _is_wrong(program: Program, parameters: list[Value], call: Arguments, sample: int) -> bool:
    """Whether a comparison comes out otherwise, for the very numbers recorded, in a turn that did not run."""
    if not program.graph.checks:
        return False
    numbers = np.array([x._data for x in parameters], float)
    own = None if call.own is None else call.own[:, [sample]]
    return bool(program.run([numbers, *call.chunks], own)[1].any())


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

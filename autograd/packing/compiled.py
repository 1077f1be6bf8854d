"""`compile`: a function of numbers, recorded once and replayed with new numbers as a packed program."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial, update_wrapper
from typing import Any

import numpy as np

from .. import sweep
from ..native import is_native
from ..recording import watchers, watching_here
from ..tape import Tape
from ..value import Value
from .arguments import NUMBER, split
from .flat import Flat
from .given import Given, Layout, batch_of, given
from .program import GuardError, Program, Signature
from .quick import quick
from .reach import Reach
from .replay import CacheInfo, Piece, Recording, Recordings
from .simplify import simplify
from .straight import Straight
from .trace import Recorder, trace_of


def compile(
    function: Callable[..., Any] | None = None,
    *,
    batch: int | str | Iterable[int | str] = (),
    argnums: int | tuple[int, ...] = 0,
    reduce: str = "mean",
    policy: str = "record",
    dtype: Any = float,
    native: bool | None = None,
    threads: int = 1,
) -> Any:
    """Records `function` the first time it is called, and from then on replays it with new numbers as matrix code.

    Arguments are numbers, lists, tuples, dicts and arrays of numbers; one that is none of these is passed on as it is.
    Values that the function reaches by itself, a model's weights, are parameters: each call uses their present `data`.
    If it finds other Values there, or another object by one of its names, it is recorded again. Numbers within other
    objects, and those that it reads from a Value by `data`, stay as they were. Results are plain numbers.

    >>> import autograd
    >>> from autograd import Value
    >>> w = Value(2.0)
    >>> @autograd.compile
    ... def loss(x, y):
    ...     return (w * x - y) ** 2
    >>> loss(3.0, 5.0)
    1.0
    >>> loss.backward(3.0, 5.0)
    1.0
    >>> w.grad
    6.0
    >>> loss.value_and_grad(3.0, 5.0)
    (1.0, 4.0)

    `batch` names arguments, by position or name, with one entry for each of many samples: the function is recorded for
    one sample and runs over all of them. Calling gives one result a sample; derivatives are those of the mean over the
    samples, or of the sum with `reduce="sum"`.

    >>> squares = autograd.compile(lambda x: x * x, batch=0)
    >>> squares([1.0, 2.0, 3.0])
    array([1., 4., 9.])

    A comparison of Values may come out otherwise with other numbers. Then the function is recorded again, and both
    programs are kept; or, with `policy="raise"`, `GuardError` names the comparison. `argnums` says which argument, or
    arguments, `value_and_grad` differentiates by. `dtype=numpy.float32` computes in single precision.

    Sums are taken in the order in which they are written, but for sums of products: their terms are taken in any order,
    as matrix products do. `autograd.packing.sums` says which sums those are.

    Where numba is installed (the extra `fast`), programs in double precision become machine code, which is kept on
    disk for the next time; `native=False` leaves them to NumPy and Python, and `native=True` insists. `threads` shares
    the samples of a large batch among so many threads of that code.
    """
    if function is None:
        return partial(
            compile,
            batch=batch,
            argnums=argnums,
            reduce=reduce,
            policy=policy,
            dtype=dtype,
            native=native,
            threads=threads,
        )
    if not callable(function):
        raise TypeError(f"compile takes a function, not {function!r}")
    for name, value, known in (("reduce", reduce, ("mean", "sum")), ("policy", policy, ("record", "raise"))):
        if value not in known:
            raise ValueError(f"{name} is {known[0]!r} or {known[1]!r}, not {value!r}")
    if np.dtype(dtype) not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise ValueError(f"dtype is numpy.float64 or numpy.float32, not {dtype!r}")
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise ValueError(f"threads is a whole number of at least 1, not {threads!r}")
    is_native(native)
    recordings = Recordings(function, policy, np.dtype(dtype), native, threads)
    return Compiled(function, batch_of(function, batch), argnums, reduce, recordings)


def compile_tape(tape: Tape, result: Any) -> Compiled:
    """What was recorded on a tape as a compiled function without arguments; see `Tape.compile`."""
    graph, shape, parameters = trace_of(tape, result)

    def recorded() -> None:
        raise GuardError("a tape holds one way through a program; compile the function to record others")

    recordings = Recordings(recorded, "raise", np.dtype(float), None, 1)
    program = Program(simplify(graph), float, Signature((), (), (), shape))
    recordings.keep(Layout(), Recording(program, shape, parameters, Reach(recorded, [])))
    return Compiled(recorded, frozenset(), 0, "mean", recordings)


class Compiled:
    """A function that is recorded once for each arrangement of its arguments, and then replayed."""

    def __init__(
        self,
        function: Callable[..., Any],
        batch: frozenset[int | str],
        argnums: int | tuple[int, ...],
        reduce: str,
        recordings: Recordings,
    ) -> None:
        self.function, self.batch, self.argnums, self.reduce = function, batch, argnums, reduce
        self._recordings = recordings
        self._quick: dict[tuple[str, int], Callable[..., Any]] = {}
        update_wrapper(self, function, updated=())

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The result in the arrangement that the function returns; of a batch, one result for each sample.

        Given a Value, or while another compiled function is being recorded, the function itself is called, and
        recorded: the verbs differentiate through it. Only a batch gives plain numbers then too.
        """
        if not options and not watchers:
            known = self._quick.get(("value", len(args)))
            if known is not None and (found := known(*args)) is not None:
                return found
        if watchers and any(isinstance(watcher, Recorder) for watcher in watching_here()):
            return self.function(*args, **options)
        call = given(self.batch, args, options)
        if call.own is None and call.values:
            return self.function(*args, **options)
        pieces = self._recordings.run(call, None, 1.0)
        self._prepare("value", call, pieces, ())
        if call.own is None:
            return split(pieces[0].recording.result, pieces[0].outputs[:, 0])
        if all(piece.recording.result == NUMBER for piece in pieces):
            results = np.empty(call.samples, pieces[0].outputs.dtype)
            for piece in pieces:
                results[piece.samples] = piece.outputs[0]
            return results
        each: list[Any] = [None] * call.samples
        for piece in pieces:
            for sample, column in zip(piece.samples.tolist(), piece.outputs.T, strict=True):
                each[sample] = split(piece.recording.result, column)
        return each

    def __get__(self, instance: Any, owner: Any = None) -> Compiled:
        """A decorated method of an instance, which has programs of its own."""
        if instance is None:
            return self
        batch = frozenset(one - 1 if isinstance(one, int) else one for one in self.batch)
        mine = self._recordings
        recordings = Recordings(self.function.__get__(instance), mine.policy, mine.dtype, mine.native, mine.threads)
        made = Compiled(recordings.function, batch, self.argnums, self.reduce, recordings)
        instance.__dict__[self.function.__name__] = made  # found before the class's from now on
        return made

    def value_and_grad(self, *args: Any, **options: Any) -> tuple[float, Any]:
        """The value, and the gradient by the argument that `argnums` names, arranged like it.

        For a batch both are those of the mean over the samples, or of the sum.

        Raises:
            ValueError: the function returns something else than one number, or has no such argument.
        """
        if not options:
            known = self._quick.get(("gradient", len(args)))
            if known is not None and (found := known(*args)) is not None:
                return found  # type: ignore[no-any-return]
        call = given(self.batch, args, options)
        chosen, count = (self.argnums,) if isinstance(self.argnums, int) else self.argnums, len(args)
        for k in chosen:
            if not -count <= k < count:
                raise ValueError(
                    f"there is no argument {k} to differentiate by: the call has {count}; argnums says which, "
                    "and backward differentiates by parameters"
                )
        chosen = tuple([k % count for k in chosen])
        layout = call.layout
        by_argument = layout.wanted(chosen)
        pieces = self.swept(call, lambda recording: recording.wanted(False, by_argument))
        piece = pieces[0]
        d_shared, d_own = piece.d_shared, piece.d_own
        if len(pieces) > 1:
            d_shared = sum(one.d_shared for one in pieces)
            d_own = np.empty((len(d_own), call.samples), d_own.dtype)
            for one in pieces:
                d_own[:, one.samples] = one.d_own
        self._prepare("gradient", call, pieces, chosen)
        gradients = tuple([layout.arranged(k, d_shared, d_own) for k in chosen])
        return self.mean_or_sum(call, pieces), gradients[0] if isinstance(self.argnums, int) else gradients

    def backward(self, *args: Any, **options: Any) -> float:
        """Adds the gradient to the `grad` of the parameters, and of Values among the arguments; returns the value.

        For a batch both are those of the mean over the samples, or of the sum.

        Raises:
            ValueError: the function returns something else than one number, or there is no Value to add a gradient to.
        """
        if not options:
            known = self._quick.get(("backward", len(args)))
            if known is not None and (value := known(*args)) is not None:
                return value  # type: ignore[no-any-return]
        call = given(self.batch, args, options)
        places = [place for place, _ in call.values]
        by_argument = call.layout.wanted_places(places) if places else call.layout.nothing()
        pieces = self.swept(call, lambda recording: recording.wanted(True, by_argument))
        if not places and not any(piece.recording.parameters for piece in pieces):
            raise ValueError(
                "backward finds no Value to add a gradient to: the function reads numbers and its arguments alone; "
                "value_and_grad gives the gradient by those"
            )
        self._prepare("backward", call, pieces, ())
        for piece in pieces:
            parameters, results = piece.recording.parameters, piece.recording.results
            gradients, leaves = piece.d_parameters.tolist(), len(parameters) - len(results)
            _add_gradients(parameters[:leaves], gradients[:leaves])
            if results:  # the gradient goes on to what they were computed from
                sweep.backward(results, gradients[leaves:])
            if places:
                _add_gradients([value for _, value in call.values], piece.d_shared[places].tolist())
        return self.mean_or_sum(call, pieces)

    def flat(self, parameters: Iterable[Value]) -> Flat:
        """The parameters as one array, from which the function is run: for loops that take many steps."""
        return Flat(self, parameters)

    def cache_info(self) -> CacheInfo:
        """How often it was called and recorded, and which comparison turned last."""
        return self._recordings.info()

    def recording(self, layout: Layout) -> Recording | None:
        """What is run first for arguments of this layout."""
        return self._recordings.first(layout)

    @property
    def program(self) -> Program:
        """The program that ran last."""
        last = self._recordings.last
        if last is None:
            raise ValueError("there is no program yet, because the function was never called; call it once")
        return last.program

    def _prepare(self, kind: str, call: Given, pieces: list[Piece], chosen: tuple[int, ...]) -> None:
        """Lets further calls of this kind, with arguments like these, go straight to a printed function."""
        shapes, recording = call.layout.shapes, pieces[0].recording
        if len(pieces) > 1:  # it would run in vain, and be run again for some of the samples
            self._quick.pop((kind, len(shapes)), None)
            return
        if kind not in recording.quick:
            recording.quick[kind] = self._printed(kind, call.layout, recording, chosen)
        found = recording.quick[kind]
        if found is not None:
            self._quick[kind, len(shapes)] = found

    def _printed(
        self, kind: str, layout: Layout, recording: Recording, chosen: tuple[int, ...]
    ) -> Callable[..., Any] | None:
        runs, shapes, is_single = recording.program.runs, layout.shapes, isinstance(self.argnums, int)
        plain = shapes and not layout.names and all(shape == NUMBER for shape in (recording.result, *shapes))
        if not (isinstance(runs, Straight) and plain and not any(layout.wide)) or kind == "backward":
            return quick(recording, layout, kind, chosen, is_single, self.reduce == "mean")
        wanted, result = b"", runs.name(runs.graph.outputs[0])
        if kind == "gradient":
            wanted = recording.wanted(False, layout.wanted(chosen))
            slopes = [f"d{runs.graph.first_argument + k}" for k in chosen]
            result += f", {slopes[0] if is_single else '(' + ', '.join(slopes) + ',)'}"
        return runs.quick(recording.parameters, wanted, result, recording.reach.is_same if recording.reach else None)

    def swept(self, call: Given, wanted: Callable[[Recording], bytes], flat: Flat | None = None) -> list[Piece]:
        """Runs forward and back, for the derivatives that are wanted."""
        weight = 1.0 / call.samples if self.reduce == "mean" else 1.0

        def checked(recording: Recording) -> bytes:
            if recording.result != NUMBER:
                raise ValueError(
                    "the gradient is that of one number, and the function returns several or none; return their sum"
                )
            return wanted(recording)

        return self._recordings.run(call, checked, weight, flat)

    def mean_or_sum(self, call: Given, pieces: list[Piece]) -> float:
        """The results of the samples as one number."""
        if call.own is None:
            return float(pieces[0].outputs[0, 0])
        total = sum(float(np.add.reduce(piece.outputs[0])) for piece in pieces)
        return total / call.samples if self.reduce == "mean" else total

    def __repr__(self) -> str:
        return f"<compiled {getattr(self.function, '__qualname__', self.function)}>"


def _add_gradients(values: list[Value], gradients: list[float]) -> None:
    for value, gradient in zip(values, gradients, strict=True):
        value._grad += gradient

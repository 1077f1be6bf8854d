"""`compile`: a function of numbers, recorded once and replayed with new numbers as a packed program."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterable
from functools import partial, update_wrapper
from types import MethodType
from typing import Any, ClassVar

import numpy as np

from ..checks.anomaly import looking
from ..core import sweep
from ..core.value import Value
from ..core.watching import watchers, watching_here
from ..tape import Tape
from ..verbs.adjoints import pull_showing
from ..verbs.ancestry import history
from ..verbs.hooks import hooked, hooks
from .arguments import Arguments, Layout, given
from .flattening import ALL, NUMBER, Shape, split
from .graph.simplify import simplify
from .graph.trace import Tracer, trace_of
from .native import is_native
from .outside.closure import Closure
from .program import GuardError, Program, Signature
from .python.lines import PythonLines
from .results import of_samples, pair_of
from .shortcut import shortcut
from .static import Name, Static, positions_and_names
from .training.flat import FlatParameters
from .versions import CacheInfo, Share, Version, Versions


def compile(
    function: Callable[..., Any] | None = None,
    *,
    batch: int | str | Iterable[int | str] = (),
    static: int | str | Iterable[int | str] = (),
    argnums: int | tuple[int, ...] = 0,
    has_aux: bool = False,
    reduce: str = "mean",
    policy: str = "record",
    dtype: Any = float,
    native: bool | None = None,
    threads: int = 1,
    check: int = 0,
) -> Any:
    """Records `function` the first time it is called, and from then on replays it with new numbers as matrix code.

    Arguments are numbers, lists, tuples, dicts and arrays of numbers; one that is none of these is passed on as it is.
    Values that the function reaches by itself, a model's weights, are parameters: each call uses their present `data`.
    Numbers that it reads by `data` are those of each call, too. Results are plain numbers, arranged as the function
    returns them; texts, None, truth values and whole numbers among them are as they were recorded.

    What is guaranteed: a call gives what calling the function itself would give at that moment, to rounding, and so do
    the derivatives. Whatever the function has names for (variables, attributes, entries of lists, dicts and arrays, in
    all that it calls) is looked at before each call; where something is another than it was, it is recorded again. A
    function that draws random numbers, looks at a clock or a file, prints, changes what is outside, or finds what
    cannot be looked at (an iterator, more than a million numbers) runs as it is, with one `UncompiledWarning`.

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

    A whole number that the function needs as it is, as an index, a count, a key or in a text, is part of what a program
    is recorded for, like truth values, texts and None: for another one there is another program. `static` names
    arguments, by position or name, of which that is so for all numbers.

    >>> table = [Value(1.0), Value(10.0), Value(100.0)]
    >>> total = autograd.compile(lambda tokens: autograd.sum([table[t] for t in tokens]))
    >>> total([0, 2]), total([1, 2])
    (101.0, 110.0)

    With `has_aux=True` the function returns a pair: the number that is differentiated, and anything else. `backward`
    and `value_and_grad` return that pair where they else return the number. Of a batch, the second is an array if it is
    a number in each sample, else a list with an entry for each sample.

    >>> @autograd.compile(has_aux=True)
    ... def guess(x, y):
    ...     error = w * x - y
    ...     return error**2, {"error": error, "is close": abs(error) < 0.5}
    >>> guess.backward(3.0, 5.0)
    (1.0, {'error': 1.0, 'is close': False})

    A comparison of Values may come out otherwise with other numbers. Then the function is recorded again, and both
    programs are kept; or, with `policy="raise"`, `GuardError` names the comparison. Where nearly every call would be
    recorded anew, the function runs as it is, with a warning that says why. With `check=n`, every n-th call is compared
    with the function itself, and a difference raises an error that has both numbers. `argnums` says which argument, or
    arguments, `value_and_grad` differentiates by. `dtype=numpy.float32` computes in single precision.

    Sums are taken in the order in which they are written, but for sums of products: their terms are taken in any order,
    as matrix products do. `autograd.compiling.graph.sums` says which sums those are.

    Where numba is installed (the extra `fast`), programs in double precision become machine code, which is kept on
    disk, once they were used often enough to pay for that; `native=False` leaves them to NumPy and Python, and
    `native=True` has it made for the first call, as does `threads`, which shares the samples of a large batch among so
    many threads of that code.
    """
    if function is None:
        return partial(
            compile,
            batch=batch,
            static=static,
            argnums=argnums,
            has_aux=has_aux,
            reduce=reduce,
            policy=policy,
            dtype=dtype,
            native=native,
            threads=threads,
            check=check,
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
    if isinstance(check, bool) or not isinstance(check, int) or check < 0:
        raise ValueError(f"check is a whole number: after how many calls to compare, or 0 for never; got {check!r}")
    is_native(native)
    recordings = Versions(function, policy, np.dtype(dtype), native, threads, check)
    samples = positions_and_names(function, batch, "batch")
    both = samples & positions_and_names(function, static, "static")
    if both:
        raise ValueError(f"the argument {min(both, key=str)!r} has samples by batch=, and is a constant by static=")
    return Compiled(function, samples, argnums, reduce, recordings, Static(function, static), has_aux)


def compile_tape(tape: Tape, result: Any) -> Compiled:
    """What was recorded on a tape as a compiled function without arguments; see `Tape.compile`."""
    for node in tape.nodes if hooks else ():
        if node._serial in hooks:
            raise ValueError(f"{node!r} has a hook, which no compiled program calls; remove it, or sweep with backward")
    graph, shape, parameters = trace_of(tape, result)

    def recorded() -> None:
        raise GuardError("a tape holds one way through a program; compile the function to record others")

    recordings = Versions(recorded, "raise", np.dtype(float), None, 1)
    program = Program(simplify(graph), float, Signature((), (), (), shape))
    recordings.keep(Layout(), Version(program, shape, parameters, Closure(recorded)))
    return Compiled(recorded, frozenset(), 0, "mean", recordings, Static(recorded))


class Compiled:
    """A function that is recorded once for each arrangement of its arguments, and then replayed."""

    bind: ClassVar[Callable[..., Any]]  # makes the method of an instance that has none yet; see `methods`

    def __init__(
        self,
        function: Callable[..., Any],
        batch: frozenset[Name],
        argnums: int | tuple[int, ...],
        reduce: str,
        recordings: Versions,
        static: Static,
        has_aux: bool = False,
    ) -> None:
        self.function, self.batch, self.argnums, self.reduce = function, batch, argnums, reduce
        self.static, self.has_aux = static, has_aux
        self._versions = recordings
        recordings.has_aux = has_aux
        self._values: dict[int, Callable[..., Any]] = {}  # by the number of arguments: printed functions for calls
        self._quick = {"value": self._values, "gradient": {}, "backward": {}}
        self.instances: dict[int, Compiled] = {}  # by identity: the same for each, where this is a method
        self.static_of_instances: Static | None = None
        update_wrapper(self, function, updated=())

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The result in the arrangement that the function returns; of a batch, one result for each sample.

        Given a Value, or while another compiled function is being recorded, the function itself is called, and
        recorded: the verbs differentiate through it. Only a batch gives plain numbers then too.
        """
        if not options and not watchers:
            known = self._values.get(len(args))
            if known is not None and (found := known(*args)) is not None:
                return found
        if _is_recording():
            return self.function(*args, **options)
        call = given(self.batch, args, options, self.static)
        if call.own is None and call.values:
            return self.function(*args, **options)
        pieces = self._versions.run(call, None, 1.0)
        if watchers and looking():
            self._look(call, sweeps=False)
        self._prepare("value", call, pieces, ())
        if call.own is None:
            return split(pieces[0].result, pieces[0].outputs[:, 0])
        if not self.has_aux:
            return _of_samples(call, pieces, [piece.result for piece in pieces])
        pairs = [pair_of(piece.result) for piece in pieces]
        return _of_samples(call, pieces, [number for number, _ in pairs]), self._rest(call, pieces)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """A decorated method of an instance, which has programs of its own; see `methods`."""
        try:  # not kept: it keeps the instance alive
            return MethodType(self.instances[id(instance)], instance)
        except KeyError:
            return self if instance is None else self.bind(instance)

    def value_and_grad(self, *args: Any, **options: Any) -> tuple[Any, Any]:
        """The value, and the gradient by the argument that `argnums` names, arranged like it.

        For a batch both are those of the mean over the samples, or of the sum. With `has_aux`, the value is a pair.

        Raises:
            ValueError: the function returns something else than one number, or has no such argument.
        """
        if not options and not watchers:
            known = self._quick["gradient"].get(len(args))
            if known is not None and (found := known(*args)) is not None:
                return found  # type: ignore[no-any-return]
        call = given(self.batch, args, options, self.static)
        chosen, count = (self.argnums,) if isinstance(self.argnums, int) else self.argnums, len(args)
        for k in chosen:
            if not -count <= k < count:
                raise ValueError(
                    f"there is no argument {k} to differentiate by: the call has {count}; argnums says which, "
                    "and backward differentiates by parameters"
                )
        chosen = tuple([k % count for k in chosen])
        pieces = self.swept(call, lambda version: version.wanted(False, call.layout.wanted(chosen)))
        if watchers and looking():
            self._look(call, sweeps=True)
        piece = pieces[0]
        d_shared, d_own = piece.d_shared, piece.d_own
        if len(pieces) > 1:
            d_shared = sum(one.d_shared for one in pieces)
            d_own = np.empty((len(d_own), call.samples), d_own.dtype)
            for one in pieces:
                d_own[:, one.samples] = one.d_own
        gradients = tuple([call.layout.arranged(k, d_shared, d_own) for k in chosen])
        self._prepare("gradient", call, pieces, chosen)
        return self._value(call, pieces), gradients[0] if isinstance(self.argnums, int) else gradients

    def backward(self, *args: Any, **options: Any) -> Any:
        """Adds the gradient to the `grad` of the parameters, and of Values among the arguments; returns the value.

        For a batch both are those of the mean over the samples, or of the sum. With `has_aux`, the value is a pair.

        Raises:
            ValueError: the function returns something else than one number, or there is no Value to add a gradient to.
        """
        if not (options or watchers or hooks):
            known = self._quick["backward"].get(len(args))
            if known is not None and (value := known(*args)) is not None:
                return value
        call = given(self.batch, args, options, self.static)
        pieces = self.swept(call, lambda version: version.wanted(True, call.wanted()))
        if watchers and looking():
            self._look(call, sweeps=True)
        places = [place for place, _ in call.values]
        if not places and not any(piece.parameters for piece in pieces):
            raise ValueError(
                "backward finds no Value to add a gradient to: the function reads numbers and its arguments alone; "
                "value_and_grad gives the gradient by those"
            )
        self._prepare("backward", call, pieces, ())
        for piece in pieces:
            parameters = piece.parameters
            results = [x for x in parameters if x.op is not None]
            gradients, leaves = piece.d_parameters.tolist(), len(parameters) - len(results)
            _add_gradients(parameters[:leaves], gradients[:leaves])
            if results:  # the gradient goes on to what they were computed from
                sweep.backward(results, gradients[leaves:])
            if places:
                _add_gradients([value for _, value in call.values], piece.d_shared[places].tolist())
        return self._value(call, pieces)

    def flat(self, parameters: Iterable[Value]) -> FlatParameters:
        """The parameters as one array, from which the function is run: for loops that take many steps."""
        return FlatParameters(self, parameters)

    def pay(self, samples: int) -> None:
        """Lets samples that were run without a call pay for recordings; see `replay`."""
        self._versions.pay(samples)

    def cache_info(self) -> CacheInfo:
        """How often it was called and recorded, and which comparison turned last."""
        return self._versions.info()

    def version(self, layout: Layout) -> Version | None:
        """What is run first for arguments of this layout; None where each call may have to be compared."""
        return None if self._versions.check else self._versions.first(layout)

    @property
    def program(self) -> Program:
        """The program that ran last."""
        last = self._versions.last
        if last is None:
            raise ValueError("there is no program yet, because the function was never called; call it once")
        return last.program

    def _prepare(self, kind: str, call: Arguments, pieces: list[Share], chosen: tuple[int, ...]) -> None:
        """Lets further calls of this kind, with arguments like these, go straight to a printed function."""
        shapes, version = call.layout.shapes, pieces[0].version
        if self._versions.check:
            return
        # of several pieces, one would run in vain, and be run again for some of the samples
        if version is None or not version.is_kept or len(pieces) > 1:
            self._quick[kind].pop(len(shapes), None)
            return
        if kind not in version.shortcuts:
            version.shortcuts[kind] = self._printed(kind, call.layout, version, chosen)
        found = version.shortcuts[kind]
        if found is not None:
            self._quick[kind][len(shapes)] = found

    def follow(self, steps: Callable[[], int] | None) -> None:
        """Has steps of a training decide when there is to be machine code; None: its runs do."""
        self._versions.follow(steps)

    def _printed(
        self, kind: str, layout: Layout, version: Version, chosen: tuple[int, ...]
    ) -> Callable[..., Any] | None:
        runs, shapes, is_single = version.program.runs, layout.shapes, isinstance(self.argnums, int)
        plain = shapes and not layout.names and all(shape == NUMBER for shape in (version.result, *shapes))
        if not (isinstance(runs, PythonLines) and plain and not any(layout.batched)) or kind == "backward":
            return shortcut(version, layout, kind, chosen, is_single, self.reduce == "mean", self.has_aux)
        wanted, result = b"", runs.name(runs.graph.outputs[0])
        if kind == "gradient":
            wanted = version.wanted(False, layout.wanted(chosen))
            slopes = [f"d{runs.graph.first_argument + k}" for k in chosen]
            result += f", {slopes[0] if is_single else '(' + ', '.join(slopes) + ',)'}"
        return runs.shortcut(version.parameters, wanted, result, version.closure.is_same if version.closure else None)

    def _look(self, call: Arguments, sweeps: bool) -> None:
        """Runs the function itself, and sweeps back through it, where detect_anomaly sees it; hooks do not.

        Called when it is recorded, and known which numbers it needs as they are.
        """
        for sample in range(call.samples):
            _, args, options = call.example(sample)
            result = self.function(*args, **options)
            if self.has_aux:
                result = result[0]
            if sweeps and isinstance(result, Value):
                pull_showing(history([result], 0), {result._serial: 1.0}, lambda node, adjoint: adjoint)

    def swept(
        self, call: Arguments, wanted: Callable[[Version], bytes], flat: FlatParameters | None = None
    ) -> list[Share]:
        """Runs forward and back, for the derivatives that are wanted."""
        if _is_recording():
            raise TypeError(
                f"{self!r} gives its gradient as plain numbers, which a function that is being compiled would keep for "
                "ever; differentiate the function itself there, as in autograd.value_and_grad(f)"
            )
        weight = 1.0 / call.samples if self.reduce == "mean" else 1.0
        return self._versions.run(call, wanted, weight, flat)

    def mean_or_sum(self, call: Arguments, pieces: list[Share]) -> float:
        """The results of the samples as one number."""
        if call.own is None:
            return float(pieces[0].outputs[0, 0])
        total = sum(float(np.add.reduce(piece.outputs[0])) for piece in pieces)
        return total / call.samples if self.reduce == "mean" else total

    def _value(self, call: Arguments, pieces: list[Share]) -> Any:
        """The results of the samples as one number, and with `has_aux` what is returned besides."""
        value = self.mean_or_sum(call, pieces)
        return (value, self._rest(call, pieces)) if self.has_aux else value

    def _rest(self, call: Arguments, pieces: list[Share]) -> Any:
        """What the function returns besides its first result."""
        shapes: list[Shape] = [pair_of(piece.result)[1] for piece in pieces]
        if call.own is None:
            return split(shapes[0], pieces[0].outputs[1:, 0])
        return _of_samples(call, pieces, shapes, 1)

    # Copied and pickled like a function: by its name, or else by what it was made of; programs are not.

    def __copy__(self) -> Compiled:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Compiled:
        function = copy.deepcopy(self.function, memo)
        return self if function is self.function else _compiled(function, self._options())

    def __reduce__(self) -> str | tuple[Any, ...]:
        named: Any = sys.modules.get(str(getattr(self, "__module__", None)))
        name = str(getattr(self, "__qualname__", "<none>"))
        for part in name.split("."):
            named = getattr(named, part, None)
        return name if named is self else (_compiled, (self.function, self._options()))

    def _options(self) -> dict[str, Any]:
        mine = self._versions
        return {
            "batch": self.batch,
            "static": [name for name, mode in self.static.modes.items() if mode == ALL],
            "argnums": self.argnums,
            "has_aux": self.has_aux,
            "reduce": self.reduce,
            **{name: getattr(mine, name) for name in ("policy", "dtype", "native", "threads", "check")},
        }

    def __repr__(self) -> str:
        return f"<compiled {getattr(self.function, '__qualname__', self.function)}>"


def _is_recording() -> bool:
    """Whether a function is being recorded here."""
    return bool(watchers) and any(isinstance(watcher, Tracer) for watcher in watching_here())


def _compiled(function: Callable[..., Any], options: dict[str, Any]) -> Compiled:
    made: Compiled = compile(function, **options)
    return made


def _of_samples(call: Arguments, pieces: list[Share], shapes: list[Shape], first: int = 0) -> Any:
    """The results of a batch, of these shapes, whose numbers begin at the row `first` of all."""
    columns, places = [piece.outputs[first:] for piece in pieces], [piece.samples for piece in pieces]
    return of_samples(shapes, columns, places, call.samples)


def _add_gradients(values: list[Value], gradients: list[float]) -> None:
    if hooks:
        gradients = [hooked(*each) for each in zip(values, gradients, strict=True)]
    for value, gradient in zip(values, gradients, strict=True):
        value._grad += gradient

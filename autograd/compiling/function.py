"""`compile`: a function of numbers, recorded once and replayed with new numbers as a packed program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from ..core.value import Value
from ..verbs.hooks import hooks
from .calls.arguments import Layout
from .compiled import Compiled
from .graph.simplify import simplify
from .graph.trace import trace_of
from .outside.closure import Closure
from .programs.program import GuardError, Program
from .versions.options import Options
from .versions.version import Version
from .versions.versions import Versions


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

    An `if` on Values whose arms only compute numbers for local names is a choice inside the program: both arms are
    computed, and the one not taken contributes exactly 0. So are conditional expressions, `and`, `or`, `not`, `any`,
    `all`, early returns, and Python's `max`, `min` and `sorted` of a few numbers; and in a batch loops that are left by
    `break`. `explain_branches` says which branches became choices, which did not, and why;
    `autograd.compiling.reading.rules` has the rules.

    >>> largest = autograd.compile(lambda x, y: x if x > y else 2 * y, batch=(0, 1))
    >>> largest([1.0, 3.0], [2.0, 1.0])
    array([4., 3.])
    >>> largest.cache_info().recordings
    1

    Any other comparison of Values may come out otherwise with other numbers. Then the function is recorded again, and
    both programs are kept; or, with `policy="raise"`, `GuardError` names the comparison. Where nearly every call would
    be recorded anew, the function runs as it is, with a warning that says why. With `check=n`, every n-th call is
    compared with the function itself, and a difference raises an error that has both numbers. `argnums` says which
    argument, or arguments, `value_and_grad` differentiates by. `dtype=numpy.float32` computes in single precision.

    Sums are taken in the order in which they are written, but for sums of products: their terms are taken in any order,
    as matrix products do. `autograd.compiling.graph.sums` says which sums those are.

    Where llvmlite is installed (the extra `fast`), programs in double precision become machine code, which is kept on
    disk, once they were used often enough to pay for that; `native=False` leaves them to NumPy and Python, and
    `native=True` has it made for the first call, as does `threads`, which shares the samples of a large batch among so
    many threads of that code.
    """
    options = Options(batch, static, argnums, has_aux, reduce, policy, dtype, native, threads, check)
    make = partial(Compiled.of, options=options)
    return make if function is None else make(function)


def compile_tape(nodes: Sequence[Value], compared: Sequence[tuple[Any, str, Any, bool]], result: Any) -> Compiled:
    """What was recorded on a tape as a compiled function without arguments; see `Tape.compile` and `trace_of`."""
    for node in nodes if hooks else ():
        if node._serial in hooks:
            raise ValueError(f"{node!r} has a hook, which no compiled program calls; remove it, or sweep with backward")
    graph, tree, parameters = trace_of(nodes, compared, result)

    def recorded() -> None:
        raise GuardError("a tape holds one way through a program; compile the function to record others")

    versions = Versions(recorded, Options(policy="raise"))
    program = Program(simplify(graph), float, Layout(), tree)
    versions.keep(Layout(), Version(program, tree, parameters, Closure(recorded)))
    return Compiled(versions)

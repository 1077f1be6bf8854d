"""The verbs: each takes a function of numbers and gives its derivatives, of any order, without touching `.grad`.

Arguments and results may be numbers, lists, tuples, dicts and NumPy arrays of numbers, nested; derivatives come back
in the same arrangement. Verbs nest. Plain numbers give plain numbers; where an argument is a Value, or the function
reads a Value from outside, the derivatives are Values that depend on it (under `no_grad`, constants). Inside an open
`Tape` what a verb records is on the tape; under `no_grad` a verb records all the same, and forgets it afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

from ..core.value import Value
from ..trees import NUMBER, arrange, described, fill, flatten_like, is_array
from . import differentiable
from .adjoints import pull, push
from .evaluation import Argnums, Evaluation, evaluate
from .hooks import hooked
from .matrices import hessian_matrix, jacobian_matrix

Function = Callable[..., Any]


def grad(f: Function, argnums: Argnums = 0) -> Function:
    """The function that gives the gradient of `f`, which must return one number, by the argument (or arguments) named.

    The gradient is 0 by an input that the result does not depend on. Integers are taken as floats.

    >>> from autograd import grad
    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda p: p["a"] * p["b"][0])({"a": 2.0, "b": [3.0, 4.0]})
    {'a': 3.0, 'b': [2.0, 0.0]}

    Raises:
        TypeError: an argument is not a number (a bool is not), or the result of `f` is not one number.
        ValueError: there is no such argument.
    """
    both = value_and_grad(f, argnums)

    @wraps(f, updated=())
    def gradient(*args: Any, **options: Any) -> Any:
        return both(*args, **options)[1]

    return gradient


def value_and_grad(f: Function, argnums: Argnums = 0) -> Callable[..., tuple[Any, Any]]:
    """The function that gives the value of `f` and its gradient; see `grad`.

    >>> from autograd import value_and_grad
    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    (6.0, (3.0, 2.0))
    """

    @wraps(f, updated=())
    def both(*args: Any, **options: Any) -> tuple[Any, Any]:
        run = _scalar(evaluate(f, args, options, argnums), "grad")
        gradient = _pulled(run, [1.0])
        return run.results(run.outputs)[0], fill(run.ins, gradient)

    return both


def jacobian(f: Function, argnums: Argnums = 0, sparse: bool = False) -> Function:
    """The function that gives the derivative of every output of `f` by every input.

    Each output is replaced by its derivative, arranged as the inputs are; for arrays that is one array, of the output's
    shape followed by the input's. Forward or reverse is chosen by what takes fewer sweeps over the one recording. With
    `sparse`, the result is a `Coordinates` of the entries that can differ from 0, found from the recorded operations;
    inputs that share no output are swept together.

    >>> from autograd import jacobian
    >>> jacobian(lambda x: [x[0] * x[1], x[0] ** 2])([2.0, 3.0])
    [[3.0, 2.0], [4.0, 0.0]]
    >>> jacobian(lambda x: [v * v for v in x], sparse=True)([1.0, 2.0, 3.0]).values
    array([2., 4., 6.])
    """

    @wraps(f, updated=())
    def matrix(*args: Any, **options: Any) -> Any:
        run = evaluate(f, args, options, argnums)
        return _arranged(run, jacobian_matrix(run, sparse), sparse)

    return matrix


def hessian(f: Function, argnums: Argnums = 0, sparse: bool = False) -> Function:
    """The function that gives the second derivatives of `f`, which must return one number, by every pair of inputs.

    It takes one recording and one sweep. With `sparse`, a `Coordinates` of the pairs that interact.

    >>> from autograd import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
    [[10.0, 6.0], [6.0, 0.0]]
    """

    @wraps(f, updated=())
    def matrix(*args: Any, **options: Any) -> Any:
        run = _scalar(evaluate(f, args, options, argnums), "hessian")
        return _arranged(replace(run, outs=run.ins), hessian_matrix(run, sparse), sparse)

    return matrix


def jvp(f: Function, x: Any, v: Any) -> tuple[Any, Any]:
    """The value of `f` at `x`, and its derivative along `v` (a pushforward): one forward sweep.

    A tuple `x` is the arguments of `f`, and `v` then a tuple too; anything else is its only argument.

    >>> from autograd import jvp
    >>> jvp(lambda x: [x[0] * x[1], x[0]], [2.0, 3.0], [1.0, 10.0])
    ([6.0, 2.0], [23.0, 1.0])

    Raises:
        ValueError: `v` is not arranged as `x` is.
    """
    args = _arguments(x)
    run = evaluate(f, args, {}, tuple(range(len(args))))
    direction = flatten_like(run.ins, _arguments(v), "the direction v", "x")
    recorded = run.open or any(isinstance(part, Value) for part in direction)
    tangents = {at._serial: part for at, part in zip(run.inputs, direction, strict=True)}
    (differentiable.push if recorded else push)(run.nodes, tangents)
    along = [tangents.get(y._serial, 0.0) for y in run.outputs]
    return fill(run.outs, run.results(run.outputs)), fill(run.outs, replace(run, open=recorded).results(along))


def vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    """The value of `f` at `args`, and its pullback: a function from weights of the outputs to weights of the inputs.

    The pullback may be called many times; each call is one reverse sweep. By one argument it gives that argument's
    arrangement, by several a tuple.

    >>> from autograd import vjp
    >>> value, pullback = vjp(lambda x: [x[0] * x[1], x[0]], [2.0, 3.0])
    >>> pullback([1.0, 0.0]), pullback([0.0, 1.0])
    ([3.0, 2.0], [1.0, 0.0])
    """
    run = evaluate(f, args, {}, 0 if len(args) == 1 else tuple(range(len(args))))

    def pullback(weights: Any) -> Any:
        return fill(run.ins, _pulled(run, flatten_like(run.outs, weights, "the weights", "the result of f")))

    return fill(run.outs, run.results(run.outputs)), pullback


def hvp(f: Function, x: Any, v: Any) -> Any:
    """The Hessian of `f` at `x` times `v`, without the Hessian: two sweeps, whatever the number of inputs.

    `x` and `v` are as for `jvp`.

    >>> from autograd import hvp
    >>> hvp(lambda x: x[0] ** 2 * x[1], [3.0, 5.0], [1.0, 0.0])
    [10.0, 6.0]
    """
    args = _arguments(x)
    product = jvp(grad(f, tuple(range(len(args)))), args, _arguments(v))[1]
    return product if type(x) is tuple else product[0]


def _arguments(x: Any) -> tuple[Any, ...]:
    return x if type(x) is tuple else (x,)


def _scalar(run: Evaluation, verb: str) -> Evaluation:
    if run.outs != NUMBER:
        raise TypeError(
            f"{verb} needs a function that returns one number, but the result is {described(run.outs)}; "
            "use jacobian, or return their sum"
        )
    return run


def _pulled(run: Evaluation, weights: Sequence[Any]) -> list[Any]:
    """The adjoints of the inputs, given those of the outputs."""
    recorded = run.open or any(isinstance(weight, Value) for weight in weights)
    adjoints: dict[int, Any] = {}
    for y, weight in zip(run.outputs, weights, strict=True):
        adjoints[y._serial] = adjoints[y._serial] + weight if y._serial in adjoints else weight
    (differentiable.pull if recorded else pull)(run.nodes, adjoints)
    arrived = [hooked(x, adjoints.get(x._serial, 0.0)) for x in run.inputs]
    return replace(run, open=recorded).results(arrived)


def _arranged(run: Evaluation, matrix: Any, sparse: bool) -> Any:
    if sparse:
        return matrix
    if run.wrap or run.read:
        matrix = [*map(run.results, matrix.tolist() if is_array(matrix) else matrix)]
    return arrange(matrix, run.outs, run.ins)

"""Diagonals: derivatives of each output by its own input, and their sums, without the matrices that they are from."""

from __future__ import annotations

from functools import wraps
from typing import Any

from ..trees import fill, flatten
from ..vocabularies import functions
from .derivatives import Function, hessian, jacobian, vjp
from .evaluation import Argnums


def elementwise_grad(f: Function, argnums: int = 0) -> Function:
    """The derivative of each number of the result by the number in its place, for an `f` that works one by one.

    It is the gradient of the sum of the result; what one number does to the others is added up with it.

    >>> from autograd import elementwise_grad, sin
    >>> elementwise_grad(lambda xs: [x * x for x in xs])([1.0, 2.0, 3.0])
    [2.0, 4.0, 6.0]
    """

    @wraps(f, updated=())
    def slopes(*args: Any, **options: Any) -> Any:
        def of_argument(x: Any) -> Any:
            return f(*args[:argnums], x, *args[argnums + 1 :], **options)

        value, pullback = vjp(of_argument, args[argnums])
        numbers, shape = flatten(value, "result")
        return pullback(fill(shape, [1.0] * len(numbers)))

    return slopes


def hessian_diagonal(f: Function, argnums: Argnums = 0) -> Function:
    """The second derivative of `f`, which returns one number, by each of its inputs alone, arranged as those are.

    >>> from autograd import hessian_diagonal
    >>> hessian_diagonal(lambda p: p[0] ** 2 * p[1] ** 3)([3.0, 1.0])
    [2.0, 54.0]
    """

    @wraps(f, updated=())
    def diagonal(*args: Any, **options: Any) -> Any:
        found = hessian(f, argnums, sparse=True)(*args, **options)
        numbers, shape = flatten(
            args[argnums] if isinstance(argnums, int) else tuple(args[k] for k in argnums), "argument"
        )
        seconds: list[Any] = [0.0] * len(numbers)
        for i, j, second in zip(found.rows.tolist(), found.columns.tolist(), found.values.tolist(), strict=True):
            if i == j:
                seconds[i] = second
        return fill(shape, seconds)

    return diagonal


def laplacian(f: Function, argnums: Argnums = 0) -> Function:
    """The sum of the second derivatives of `f`, which returns one number, by each of its inputs.

    >>> from autograd import laplacian
    >>> laplacian(lambda p: p[0] ** 2 * p[1])([3.0, 5.0])
    10.0
    """
    diagonal = hessian_diagonal(f, argnums)

    @wraps(f, updated=())
    def total(*args: Any, **options: Any) -> Any:
        return functions.sum(flatten(diagonal(*args, **options), "derivative")[0])

    return total


def divergence(f: Function) -> Function:
    """The sum of the derivatives of each number of `f(x)` by the number of `x` in its place.

    >>> from autograd import divergence
    >>> divergence(lambda p: [p[0] * p[1], p[1] ** 2])([3.0, 5.0])
    15.0

    Raises:
        ValueError: the result has not as many numbers as the argument.
    """

    @wraps(f, updated=())
    def total(x: Any) -> Any:
        inputs = flatten(x, "argument")[0]
        rows = jacobian(lambda numbers: flatten(f(fill(flatten(x, "argument")[1], numbers)), "result")[0])(inputs)
        if len(rows) != len(inputs):
            raise ValueError(f"a divergence needs as many results as inputs, not {len(rows)} of {len(inputs)}")
        return functions.sum([row[k] for k, row in enumerate(rows)])

    return total

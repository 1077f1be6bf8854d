"""root and implicit: where a function is 0, and how that moves with what the function reads."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

from .. import linalg
from ..core.value import Value
from ..trees import fill, flatten
from ..verbs.derivatives import jacobian


def root(f: Callable[..., Any], x: Any, *parameters: Any, tolerance: float = 1e-13, most: int = 100) -> Any:
    """The `x` for which every number of `f(x, *parameters)` is 0, by Newton's method from a start, with shorter steps
    where a whole one does not bring it closer.

    `x` is a number or a list of them, and `f` gives as many. The result depends on Values among the parameters, or that
    `f` reads, as `implicit` says.

    >>> from autograd import grad, root
    >>> root(lambda x, a: x * x - a, 1.0, 2.0)
    1.414213562373095...
    >>> grad(lambda a: root(lambda x, a: x * x - a, 1.0, a))(4.0)
    0.25

    Raises:
        ValueError: no root was found, or the derivative is 0 (or singular) on the way.
    """
    start, shape = flatten(x, "start")
    at = [_number(v) for v in start]
    plain = [
        fill(tree, [_number(v) for v in numbers]) for numbers, tree in (flatten(p, "parameter") for p in parameters)
    ]

    def residual(xs: list[Any]) -> list[Any]:
        made, _ = flatten(f(fill(shape, xs), *plain), "result")
        if len(made) != len(xs):
            raise ValueError(f"a root of {len(xs)} numbers needs as many results to be 0, not {len(made)}")
        return made

    slopes = jacobian(residual)
    off = [_number(v) for v in residual(at)]
    for _ in range(most):
        size = max(map(abs, off), default=0.0)
        if size == 0.0:
            break
        rows = [[_number(v) for v in row] for row in slopes(at)]
        step = linalg.solve(rows, off)
        share = 1.0
        while True:
            to = [a - share * d for a, d in zip(at, step, strict=True)]
            after = [_number(v) for v in residual(to)]
            if all(map(isfinite, after)) and max(map(abs, after)) < size:
                break
            share *= 0.5
            if share < 1e-10:
                break
        scale = max(1.0, *(abs(a) for a in at))
        if share < 1e-10:  # rounding alone is left
            if max(map(abs, step)) <= 1e-6 * scale:
                break
            raise ValueError(f"no step from {at} brings {off} closer to 0; start elsewhere")
        moved, at, off = max(abs(a - b) for a, b in zip(to, at, strict=True)), to, after
        if moved <= tolerance * scale:
            break
    else:
        raise ValueError(f"after {most} steps the function is still {off} at {at}; start closer to a root")
    made = f(fill(shape, at), *parameters)
    depends = any(isinstance(v, Value) for v in flatten(made, "result")[0])
    return implicit(f, fill(shape, at), *parameters) if depends else fill(shape, at)


def implicit(f: Callable[..., Any], x: Any, *parameters: Any, order: int = 3) -> Any:
    """A root `x` of `f(x, *parameters)` as Values that depend on the parameters (the implicit function theorem).

    However it was found, a step of Newton's method from there changes nothing but records how the root moves: one
    step is right to the first derivative, two to the third, and so on (each doubles what is right, and one more). So
    many are recorded as `order` needs.

    >>> from autograd import Value, implicit
    >>> a = Value(4.0)
    >>> y = implicit(lambda x, a: x * x - a, 2.0, a)
    >>> y.backward()
    >>> y.data, a.grad
    (2.0, 0.25)
    """
    numbers, shape = flatten(x, "root")
    at: list[Any] = [_number(v) for v in numbers]
    reached = 0
    while reached < order:
        off, _ = flatten(f(fill(shape, at), *parameters), "result")
        rows = jacobian(lambda xs: flatten(f(fill(shape, xs), *parameters), "result")[0])(at)
        at = [a - d for a, d in zip(at, linalg.solve(rows, off), strict=True)]
        reached = 2 * reached + 1
    return fill(shape, at)


def _number(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)

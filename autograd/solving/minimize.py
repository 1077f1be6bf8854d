"""minimize: numbers for which a function is least, found along its gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

from ..core.value import Value
from ..trees import fill, flatten
from ..verbs.derivatives import hvp, value_and_grad

METHODS = ("L-BFGS-B", "Newton-CG", "descent")


@dataclass(frozen=True)
class Minimum:
    """Where a search ended: `x`, arranged as its start was, and what the function and its gradient are there."""

    x: Any
    value: float
    slope: float  # the length of the gradient
    steps: int
    converged: bool
    method: str


def minimize(
    f: Callable[[Any], Any], x: Any, method: str | None = None, tolerance: float = 1e-8, most: int = 1000
) -> Minimum:
    """Searches from `x`, numbers in any arrangement, for where `f` is least, by its gradient.

    `method` is "L-BFGS-B" or "Newton-CG", which are SciPy's (the second with Hessian-vector products), or "descent",
    along the gradient with steps of Barzilai & Borwein (1988), halved until they descend. Left out, it is the first
    where SciPy is installed, else the last. The search ends where the gradient is no longer than `tolerance`, or after
    `most` steps.

    >>> from autograd import minimize
    >>> found = minimize(lambda p: (p[0] - 1) ** 2 + 3 * (p[1] + 2) ** 2, [0.0, 0.0])
    >>> [round(v, 5) for v in found.x], found.converged
    ([1.0, -2.0], True)

    Raises:
        ValueError: there is no such method.
    """
    optimize = _scipy()
    method = method or ("L-BFGS-B" if optimize else "descent")
    if method not in METHODS:
        raise ValueError(f"there is no method {method!r}; it is one of {', '.join(METHODS)}")
    if method != "descent" and not optimize:
        raise ValueError(f"the method {method!r} is SciPy's, which is not installed; install scipy, or take 'descent'")
    start, shape = flatten(x, "start")
    numbers = [v.data if isinstance(v, Value) else float(v) for v in start]

    def at(xs: Any) -> tuple[float, list[float]]:
        value, gradient = both([float(v) for v in xs])
        return float(getattr(value, "data", value)), [float(getattr(slope, "data", slope)) for slope in gradient]

    def flat(xs: list[Any]) -> Any:
        return f(fill(shape, xs))

    both = value_and_grad(flat)
    if method == "descent":
        found, steps = _descent(at, numbers, tolerance, most)
    else:
        import numpy as np

        options: dict[str, Any] = {"maxiter": most}
        if method == "L-BFGS-B":
            options |= {"gtol": tolerance / max(1.0, sqrt(len(numbers))), "ftol": 0.0}
        else:
            options |= {"xtol": 1e-14}
        made = optimize.minimize(
            at,
            np.array(numbers),
            jac=True,
            method=method,
            hessp=(lambda xs, v: np.array(hvp(flat, xs.tolist(), v.tolist()))) if method == "Newton-CG" else None,
            options=options,
        )
        found, steps = made.x.tolist(), int(made.nit)
    value, slopes = at(found)
    slope = sqrt(sum(v * v for v in slopes))
    small = tolerance * max(1.0, abs(value), 1.0 if method == "descent" else 100.0)
    return Minimum(fill(shape, found), value, slope, steps, slope <= small, method)


def _descent(at: Callable[[Any], Any], x: list[float], tolerance: float, most: int) -> tuple[list[float], int]:
    value, slopes = at(x)
    length = 1.0 / max(1.0, sqrt(sum(g * g for g in slopes)))
    for step in range(most):
        squares = sum(g * g for g in slopes)
        if squares <= tolerance * tolerance:
            return x, step
        while True:
            to = [v - length * g for v, g in zip(x, slopes, strict=True)]
            there, after = at(to)
            if there <= value - 1e-4 * length * squares or length < 1e-18:
                break
            length *= 0.5
        if length < 1e-18 or to == x:
            return x, step
        moved = [a - b for a, b in zip(to, x, strict=True)]
        turned = [a - b for a, b in zip(after, slopes, strict=True)]
        bend = sum(a * b for a, b in zip(moved, turned, strict=True))
        x, value, slopes = to, there, after
        length = sum(a * a for a in moved) / bend if bend > 0.0 else 2.0 * length
    return x, most


def _scipy() -> Any:
    try:
        from scipy import optimize
    except ImportError:
        return None
    return optimize

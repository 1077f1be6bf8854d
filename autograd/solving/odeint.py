"""odeint: where an ordinary differential equation leads, by the Runge-Kutta pair of Dormand & Prince (1980).

The steps are recorded as what they are, so that the way back through them is the discrete adjoint: the exact derivative
of the numbers that come out, not an approximation of that of the equation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from ..core.value import Value
from ..trees import fill, flatten

# When, from which slopes, and the weights of the result; and those less the weights of the fourth-order result.
_TIMES = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
_FROM = (
    (),
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


def odeint(
    f: Callable[..., Any],
    y: Any,
    times: Sequence[float],
    *parameters: Any,
    steps: int | None = None,
    rtol: float = 1e-8,
    atol: float = 1e-10,
    most: int = 100_000,
) -> list[Any]:
    """The state at each of the times, the first of which is when it is `y`, for dy/dt = f(t, y, *parameters).

    `y` is a number or numbers in any arrangement, and `f` gives the same. With `steps`, so many equal ones lie between
    two times: the same operations whatever the numbers, as `compile` likes it. Without, they are as long as `rtol` and
    `atol` let them be; their lengths count as constants.

    >>> from autograd import grad, odeint
    >>> round(odeint(lambda t, y: -y, 1.0, [0.0, 1.0])[-1], 8)
    0.36787944
    >>> round(grad(lambda rate: odeint(lambda t, y: -rate * y, 1.0, [0.0, 1.0])[-1])(1.0), 6)
    -0.367879

    Raises:
        ValueError: `f` gives not as many numbers as `y` has, or there is no end of steps.
    """
    at, shape = flatten(y, "state")
    times = list(times)

    def slope(t: Any, xs: list[Any]) -> list[Any]:
        made, _ = flatten(f(t, fill(shape, xs), *parameters), "result")
        if len(made) != len(xs):
            raise ValueError(f"the slope of {len(xs)} numbers is as many, but f gives {len(made)}")
        return made

    found, length = [fill(shape, at)], None
    for start, end in pairwise(times):
        if steps:
            step = (end - start) / steps
            for k in range(steps):
                at = _stepped(slope, start + k * step, at, step)[0]
        else:
            at, length = _adaptive(slope, start, end, at, length, rtol, atol, most)
        found.append(fill(shape, at))
    return found


def _stepped(slope: Callable[..., list[Any]], t: Any, at: list[Any], step: float) -> tuple[list[Any], list[Any]]:
    """The state after a step, and the slopes on the way."""
    slopes = [slope(t, at)]
    for time, weights in zip(_TIMES[1:], _FROM[1:]):
        to = [y + step * _weighted(weights, [k[i] for k in slopes]) for i, y in enumerate(at)]
        if time < 1.0 or len(weights) < 6:
            slopes.append(slope(t + time * step, to))
    return to, slopes


def _weighted(weights: Sequence[float], slopes: list[Any]) -> Any:
    first, *others = [weight * k for weight, k in zip(weights, slopes, strict=True) if weight]
    for term in others:
        first = first + term
    return first


def _adaptive(
    slope: Callable[..., list[Any]],
    t: float,
    end: float,
    at: list[Any],
    length: float | None,
    rtol: float,
    atol: float,
    most: int,
) -> tuple[list[Any], float]:
    sign = 1.0 if end >= t else -1.0
    length = length or abs(end - t) / 100.0
    for _ in range(most):
        left = abs(end - t)
        if left <= 1e-14 * max(abs(t), abs(end)):
            return at, length
        step = sign * min(length, left)
        to, slopes = _stepped(slope, t, at, step)
        last = slope(t + step, to)
        worst = 0.0
        for i, (a, b) in enumerate(zip(at, to, strict=True)):
            off = step * sum(w * _number(k[i]) for w, k in zip(_ERROR, [*slopes, last], strict=True))
            worst = max(worst, abs(off) / (atol + rtol * max(abs(_number(a)), abs(_number(b)))))
        if worst != worst:
            raise ValueError(f"the slope is not a number at t = {t}; give another start")
        if worst <= 1.0:
            at, t = to, end if step == sign * left else t + step
        length = abs(step) * min(5.0, max(0.2, 0.9 * worst**-0.2)) if worst else 5.0 * abs(step)
    raise ValueError(f"after {most} steps the time is {t}; loosen rtol, or is the equation stiff?")


def _number(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)

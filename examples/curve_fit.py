"""A curve fit by Levenberg-Marquardt: the residuals are written once, `jacobian` gives their derivatives.

    python examples/curve_fit.py

The data and the certified answer are those of Misra1a, from the Statistical Reference Datasets of NIST
(https://www.itl.nist.gov/div898/strd/nls/data/misra1a.shtml; D. Misra, "Dental Research Monomolecular Adsorption
Study", 1978): volume y adsorbed at pressure x, to be fitted by y = b1 (1 - exp(-b2 x)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import expm1, jacobian

PRESSURE = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0]
VOLUME = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78]
STARTS = [[500.0, 0.0001], [250.0, 0.0005]]
CERTIFIED = {
    "b1": 2.3894212918e02,
    "b2": 5.5015643181e-04,
    "standard deviation of b1": 2.7070075241e00,
    "standard deviation of b2": 7.2668688436e-06,
    "sum of squares": 1.2455138894e-01,
}


def residuals(b: Sequence[Any]) -> list[Any]:
    """How far the curve passes from each point."""
    return [y + b[0] * expm1(-b[1] * x) for x, y in zip(PRESSURE, VOLUME, strict=True)]


def levenberg_marquardt(
    residuals: Callable[[Sequence[Any]], list[Any]], start: Sequence[float], most: int = 200
) -> tuple[Any, Any, int]:
    """The parameters that minimise the sum of squares, the Jacobian there, and the number of steps.

    Each step solves (J'J + damping diag(J'J)) d = -J'r: Gauss-Newton where the damping is small, short steps downhill
    where it is large (Marquardt, "An algorithm for least-squares estimation of nonlinear parameters", 1963).
    """
    slopes = jacobian(residuals)
    b, damping = np.array(start), 1e-3
    r = np.array(residuals(b))
    steps, settled = 0, False
    while steps < most and not settled and damping <= 1e12:
        steps += 1
        j = np.array(slopes(b.tolist()))
        curvature = j.T @ j
        while True:
            # least squares on J with sqrt(damping) diag(|J|) below it: squaring J would halve the digits
            scaled = np.sqrt(damping * np.diag(curvature))
            move = np.linalg.lstsq(np.vstack([j, np.diag(scaled)]), np.concatenate([-r, np.zeros(len(b))]), rcond=None)[
                0
            ]
            ahead = np.array(residuals(b + move))
            if ahead @ ahead <= r @ r or damping > 1e12:
                break
            damping *= 10.0
        settled = bool(np.all(np.abs(move) <= 1e-13 * np.abs(b)))
        if ahead @ ahead <= r @ r:
            b, r, damping = b + move, ahead, damping / 10.0
    return b, j, steps


def fit(start: Sequence[float]) -> tuple[dict[str, float], int]:
    """What NIST certifies, computed from a starting point, and the number of steps it took."""
    b, j, steps = levenberg_marquardt(residuals, start)
    squares = math.fsum(x * x for x in residuals(b.tolist()))
    variance = squares / (len(VOLUME) - len(b))
    deviations = np.sqrt(variance * np.diag(np.linalg.inv(j.T @ j)))
    return dict(zip(CERTIFIED, [*b.tolist(), *deviations.tolist(), squares], strict=True)), steps


def main() -> None:
    for start in STARTS:
        found, steps = fit(start)
        print(f"from b = {start}, {steps} steps:")
        for name, certified in CERTIFIED.items():
            digits = -math.log10(max(abs(found[name] - certified) / abs(certified), 1e-16))
            print(f"  {name:25} {found[name]:.10e}  certified {certified:.10e}  {digits:4.1f} digits agree")


if __name__ == "__main__":
    main()

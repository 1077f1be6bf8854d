"""A Kalman filter's likelihood, a loop over observations, maximised by its exact gradient.

    python examples/kalman.py

The flow of the Nile at Aswan, year by year, is a level that drifts and what is measured of it:
level' = level + drift, flow = level + noise. How much the level drifts and how much noise there is are two variances,
which make the observations most likely. The filter goes from year to year; what it says of the next year, and how sure
it is, gives the likelihood of what came. The gradient passes through all hundred years.

The data and the answer, 15,099 and 1,469.1, are those of J. Durbin and S. J. Koopman, "Time Series Analysis by State
Space Methods", 2001, section 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd
from autograd import exp, log

FLOWS = [
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
    831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
    781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
    744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
]  # fmt: skip
ANSWER = [15_099.0, 1_469.1]


def likelihood(logs: Sequence[Any], flows: Sequence[Any]) -> Any:
    """The logarithm of how likely the flows are; by the logarithms of the variances of noise and drift."""
    noise, drift = exp(logs[0]), exp(logs[1])
    level, doubt = flows[0], noise + drift  # nothing is known before the first year, and then that one flow
    total = 0.0
    for flow in flows[1:]:
        surprise, spread = flow - level, doubt + noise
        total = total - 0.5 * (log(spread) + surprise * surprise / spread)
        gain = doubt / spread
        level = level + gain * surprise
        doubt = doubt * (1.0 - gain) + drift
    return total - 0.5 * (len(flows) - 1) * math.log(2.0 * math.pi)


def fit(start: Sequence[float] = (10.0, 5.0), native: bool | None = None) -> tuple[list[float], float, int]:
    """Both variances, the logarithm of the likelihood, and how many steps were made.

    Newton's method on the logarithms, with gradients by `compile` and the curvature by their differences; a step that
    makes the flows less likely is halved.
    """
    both = autograd.compile(likelihood, native=native).value_and_grad
    logs, steps = np.array(start), 0
    value, gradient = both(logs.tolist(), FLOWS)
    while np.abs(gradient).max() > 1e-9 and steps < 100:
        rows = [(np.array(both(logs + e, FLOWS)[1]) - both(logs - e, FLOWS)[1]) / 2e-4 for e in 1e-4 * np.eye(2)]
        bends, axes = np.linalg.eigh(np.array(rows))
        # uphill along each axis, whichever way it bends
        move = axes @ ((axes.T @ np.array(gradient)) / np.maximum(np.abs(bends), 1e-3))
        move /= max(1.0, np.abs(move).max())
        while True:
            ahead, slope = both((logs + move).tolist(), FLOWS)
            if ahead >= value - 1e-12 * abs(value) or np.abs(move).max() < 1e-12:
                break
            move /= 2.0
        logs, value, gradient, steps = logs + move, ahead, slope, steps + 1
    return np.exp(logs).tolist(), float(value), steps


def main() -> None:
    (noise, drift), value, steps = fit()
    print(f"{steps} steps; the logarithm of the likelihood is {value:.4f}")
    print(f"variance of the noise {noise:9.1f}, published {ANSWER[0]:8.0f}")
    print(f"variance of the drift {drift:9.1f}, published {ANSWER[1]:8.1f}")


if __name__ == "__main__":
    main()

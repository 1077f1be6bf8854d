"""Second derivatives: `hessian` in one recording and one sweep, against gradients differenced by recording n times.

    python benchmarks/derivatives.py

The function is Rosenbrock's of n = 100 inputs. The alternative records the function anew for each input, moved a
little, sweeps it back, and takes the difference of the gradients: n + 1 recordings for forward differences, which
leaves 8 digits at best. The two take turns; the collector's garbage is cleared before each turn, outside the clock.
"""

from __future__ import annotations

import gc
import platform
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from autograd import Value, hessian, hvp, jacobian

INPUTS, REPEATS = 100, 11
STEP = 2.0**-24


def rosenbrock(x: Any) -> Any:
    """Rosenbrock's function of n inputs, as one writes it."""
    return sum(100 * (x[k + 1] - x[k] ** 2) ** 2 + (1 - x[k]) ** 2 for k in range(len(x) - 1))


def gradient(x: list[float]) -> list[float]:
    """One recording and one sweep."""
    inputs = [Value(v) for v in x]
    rosenbrock(inputs).backward()
    return [v.grad for v in inputs]


def differenced(x: list[float]) -> Any:
    """The Hessian by forward differences of n + 1 gradients."""
    here = np.array(gradient(x))
    rows = [np.array(gradient([*x[:k], x[k] + STEP, *x[k + 1 :]])) - here for k in range(len(x))]
    return np.array(rows) / STEP


def seconds(task: Callable[[], Any]) -> float:
    """One run, the collector's garbage cleared before."""
    gc.collect()
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def main() -> None:
    x = [-1.2 if k % 2 else 1.0 for k in range(INPUTS)]
    exact = np.array(hessian(rosenbrock)(x))
    assert np.allclose(differenced(x), exact, rtol=1e-4, atol=1e-3)
    tasks = {
        "gradient, recorded and swept once": lambda: gradient(x),
        "Hessian by differences, n + 1 recordings": lambda: differenced(x),
        "hessian": lambda: hessian(rosenbrock)(x),
        "hessian(sparse=True)": lambda: hessian(rosenbrock, sparse=True)(x),
        "hvp, the Hessian times one vector": lambda: hvp(rosenbrock, x, x),
        "jacobian of the products of neighbours": lambda: jacobian(lambda v: [a * b for a, b in pairwise(v)])(x),
    }
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(REPEATS):
        for name, task in tasks.items():
            taken[name].append(seconds(task))
    print(f"Rosenbrock, n = {INPUTS}; Python {platform.python_version()}, {platform.machine()}; median of {REPEATS}")
    for name, times in taken.items():
        print(f"  {1e3 * statistics.median(times):8.2f} ms  {name}")
    ratios = [a / b for a, b in zip(taken["Hessian by differences, n + 1 recordings"], taken["hessian"], strict=True)]
    spread = f"{min(ratios):.0f} to {max(ratios):.0f}"
    print(f"hessian is {statistics.median(ratios):.0f} times as fast as differences (turn by turn {spread})")


if __name__ == "__main__":
    main()

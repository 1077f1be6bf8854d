"""An orbit fitted to data: hares and lynxes by their rates, through every step of the differential equation.

    python examples/orbit.py

Lotka and Volterra's equations say how many hares and lynxes there will be: dh/dt = h (a - b l), dl/dt = l (d h - c).
The loss is how far the orbit, walked step by step by Runge and Kutta's method, passes from what was counted, and the
six numbers that decide it (four rates, and where it starts) are learned by Adam. The loop is written as one writes a
loop; `autograd.compile` finds it again in what was recorded, and runs it as one.

The counts are those of pelts, in thousands, that the Hudson's Bay Company bought in 1900-1920 (C. Elton and
M. Nicholson, "The ten-year cycle in numbers of the lynx in Canada", 1942; as in B. Carpenter, "Predator-prey population
dynamics: the Lotka-Volterra model in Stan", 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd
import nn
from autograd import Value, exp, log

HARES = [
    30, 47.2, 70.2, 77.4, 36.3, 20.6, 18.1, 21.4, 22, 25.4, 27.1, 40.3, 57, 76.6, 52.3, 19.5, 11.2, 7.6, 14.6, 16.2,
    24.7,
]  # fmt: skip
LYNXES = [
    4, 6.1, 9.8, 35.2, 59.4, 41.7, 19, 13, 8.3, 9.1, 7.4, 8, 12.3, 19.5, 45.7, 51.1, 29.7, 15.8, 9.7, 10.1, 8.6,
]  # fmt: skip
STEPS = 20  # in a year
NAMES = "growth of hares", "hares eaten", "death of lynxes", "lynxes born", "hares in 1900", "lynxes in 1900"
START = [0.5, 0.02, 0.9, 0.02, 30.0, 4.0]


def flow(hares: Any, lynxes: Any, rates: Sequence[Any]) -> tuple[Any, Any]:
    """How fast both numbers change."""
    growth, eaten, death, born = rates
    return hares * (growth - eaten * lynxes), lynxes * (born * hares - death)


def step(h: Any, y: Any, rates: Sequence[Any], dt: float) -> tuple[Any, Any]:
    """Both numbers a little later, by the classical Runge-Kutta method."""
    h1, y1 = flow(h, y, rates)
    h2, y2 = flow(h + 0.5 * dt * h1, y + 0.5 * dt * y1, rates)
    h3, y3 = flow(h + 0.5 * dt * h2, y + 0.5 * dt * y2, rates)
    h4, y4 = flow(h + dt * h3, y + dt * y3, rates)
    return h + dt / 6.0 * (h1 + 2.0 * (h2 + h3) + h4), y + dt / 6.0 * (y1 + 2.0 * (y2 + y3) + y4)


def distance(logs: Sequence[Any], hares: Sequence[Any], lynxes: Sequence[Any]) -> Any:
    """The mean square of how far the logarithms of the orbit are from those of the counts."""
    *rates, h, y = [exp(x) for x in logs]
    total = (log(h) - log(hares[0])) ** 2 + (log(y) - log(lynxes[0])) ** 2
    for hare, lynx in zip(hares[1:], lynxes[1:], strict=True):
        for _ in range(STEPS):
            h, y = step(h, y, rates, 1.0 / STEPS)
        total = total + (log(h) - log(hare)) ** 2 + (log(y) - log(lynx)) ** 2
    return total * (0.5 / len(hares))


def fit(steps: int = 200, native: bool | None = None) -> tuple[list[float], list[float]]:
    """The six numbers, and the loss at each step."""
    # logarithms: the numbers stay positive, and a step changes each by a share of it
    parameters = [Value(float(log(x))) for x in START]
    loss = autograd.compile(lambda hares, lynxes: distance(parameters, hares, lynxes), native=native)
    optimizer, losses = nn.Adam(parameters, lr=0.02), []
    for _ in range(steps):
        optimizer.zero_grad()
        losses.append(loss.backward(HARES, LYNXES))
        optimizer.step()
    return [float(exp(x.data)) for x in parameters], losses


def main() -> None:
    numbers, losses = fit()
    for k in (0, 10, 20, 50, 100, len(losses) - 1):
        print(f"step {k:3}: the orbit is off by {100 * losses[k] ** 0.5:5.1f} %")
    for name, number in zip(NAMES, numbers, strict=True):
        print(f"{number:9.4f}  {name}")


if __name__ == "__main__":
    main()

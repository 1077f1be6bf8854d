"""Recording and sweeping scalars in Python: one full-batch training step on moons, against other scalar engines.

    pip install micrograd==0.1.0 xad && python benchmarks/eager.py

The step is that of micrograd's demo: an MLP 2-16-16-1 with ReLU, hinge loss over 100 points and an L2 penalty, about
65,000 scalar operations. Every engine computes the same loss from the same weights, and its gradients are checked
before anything is timed. Engines take turns; the collector's garbage is cleared before each turn, outside the clock.
"""

from __future__ import annotations

import gc
import importlib.util
import math
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import autograd
from autograd import Value

SIZES = [2, 16, 16, 1]
REPEATS = 9

Neuron = Callable[[list[Any], list[Any], Any], Any]  # inputs, weights, bias -> their linear combination


def moons(n: int = 100) -> tuple[list[list[float]], list[float]]:
    """Two interleaving half circles with a little noise; labels 1 and -1."""
    rng = random.Random(0)
    points, labels = [], []
    for k in range(n):
        angle = math.pi * (k // 2) / (n // 2 - 1)
        x, y = (math.cos(angle), math.sin(angle)) if k % 2 else (1 - math.cos(angle), 0.5 - math.sin(angle))
        points.append([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)])
        labels.append(1.0 if k % 2 else -1.0)
    return points, labels


def sum_of_products(xs: list[Any], ws: list[Any], bias: Any) -> Any:
    """A neuron's linear combination as micrograd's users write it."""
    return sum((w * x for w, x in zip(ws, xs, strict=True)), bias)


class Engine:
    """One way to compute the loss and its gradient."""

    def __init__(self, name: str, leaf: Callable[[float], Any], neuron: Neuron = sum_of_products) -> None:
        self.name, self.leaf, self.neuron = name, leaf, neuron
        rng = random.Random(1)
        self.layers = [
            [([leaf(rng.uniform(-1, 1)) for _ in range(fan_in)], leaf(0.0)) for _ in range(width)]
            for fan_in, width in pairwise(SIZES)
        ]
        self.parameters = [p for layer in self.layers for weights, bias in layer for p in (*weights, bias)]

    def relu(self, x: Any) -> Any:
        return x.relu()

    def loss(self, points: list[list[float]], labels: list[float]) -> Any:
        losses = []
        for point, label in zip(points, labels, strict=True):
            xs: list[Any] = [self.leaf(x) for x in point]
            for depth, layer in enumerate(self.layers):
                xs = [self.neuron(xs, weights, bias) for weights, bias in layer]
                if depth < len(self.layers) - 1:
                    xs = [self.relu(x) for x in xs]
            losses.append(self.relu(1 + -label * xs[0]))
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in self.parameters)

    def step(self, points: list[list[float]], labels: list[float]) -> tuple[float, float]:
        """Seconds to record and to sweep."""
        for p in self.parameters:
            p.grad = 0.0
        start = time.perf_counter()
        loss = self.loss(points, labels)
        recorded = time.perf_counter()
        loss.backward()
        return recorded - start, time.perf_counter() - recorded

    def gradients(self) -> list[float]:
        return [p.grad for p in self.parameters]


class Xad(Engine):
    """XAD's Python bindings: a C++ tape behind Python operators."""

    def __init__(self) -> None:
        from xad.adj_1st import Real, Tape

        super().__init__("XAD", Real)
        self.real, self.tape = Real, Tape

    def relu(self, x: Any) -> Any:
        return x if x > 0 else self.real(0.0)

    def step(self, points: list[list[float]], labels: list[float]) -> tuple[float, float]:
        start = time.perf_counter()
        with self.tape() as tape:
            for p in self.parameters:
                tape.registerInput(p)
            tape.newRecording()
            loss = self.loss(points, labels)
            tape.registerOutput(loss)
            recorded = time.perf_counter()
            loss.derivative = 1.0
            tape.computeAdjoints()
            self.found = [p.derivative for p in self.parameters]
            return recorded - start, time.perf_counter() - recorded

    def gradients(self) -> list[float]:
        return self.found


def engines() -> list[Engine]:
    found = []
    if importlib.util.find_spec("micrograd"):
        from micrograd.engine import Value as Micrograd

        found.append(Engine("micrograd", Micrograd))
    if importlib.util.find_spec("xad"):
        found.append(Xad())
    missing = {"micrograd", "xad"} - {e.name.lower() for e in found}
    if missing:
        print(f"not installed, so not measured: {', '.join(sorted(missing))}; pip install micrograd==0.1.0 xad\n")
    return [*found, Engine("tapegrad", Value), Engine("tapegrad, linear", Value, autograd.linear)]


def main() -> None:
    sys.setrecursionlimit(100_000)  # micrograd's backward recurses
    points, labels = moons()
    rows = engines()
    for engine in rows:
        engine.step(points, labels)
    reference = rows[-1].gradients()
    for engine in rows:
        worst = max(abs(a - b) for a, b in zip(engine.gradients(), reference, strict=True))
        assert worst < 1e-12, f"{engine.name} finds other gradients: off by {worst}"

    packages = [name for name in ("micrograd", "xad") if importlib.util.find_spec(name)]
    print(", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)]))
    print(f"moons step, {REPEATS} interleaved repeats, in milliseconds; all engines find the same gradients\n")
    for collector in ("off", "on"):
        times: dict[str, list[tuple[float, float]]] = {engine.name: [] for engine in rows}
        for _ in range(REPEATS):
            for engine in rows:
                gc.collect()
                (gc.disable if collector == "off" else gc.enable)()
                times[engine.name].append(engine.step(points, labels))
                gc.enable()
        title = f"collector {collector}"
        print(f"{title:20} {'record':>8} {'sweep':>8} {'median':>8} {'minimum':>8}   median to each peer's")
        for engine in rows:
            record, sweep = (statistics.median(column) * 1e3 for column in zip(*times[engine.name], strict=True))
            total = median(times[engine.name])
            least = min(map(sum, times[engine.name])) * 1e3
            ratios = [f"{median(times[peer]) / total:5.1f}x {peer}" for peer in times if "tapegrad" not in peer]
            shown = "  ".join(ratios) if "tapegrad" in engine.name else ""
            print(f"{engine.name:20} {record:8.1f} {sweep:8.1f} {total:8.1f} {least:8.1f}   {shown}".rstrip())
        print()


def median(times: list[tuple[float, float]]) -> float:
    return statistics.median(map(sum, times)) * 1e3


if __name__ == "__main__":
    main()

"""Data from formulas: small problems that show what a network can learn, each in a shuffled order.

`seed` makes them reproducible; `noise` is the standard deviation of what is added to every coordinate.
"""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

from ..arguments.checks import finite, rate, whole
from ..arguments.keywords import named
from ..arguments.seeds import generator
from .dataset import Dataset

__all__ = ["circles", "moons", "sine", "spirals", "xor"]

Point = tuple[float, float, int]


@named
def moons(n: int = 100, noise: float = 0.1, seed: Any = 0) -> Dataset:
    """`n` points on two half circles that reach into each other: no straight line separates them.

    The upper one (class 0) is (cos a, sin a), the lower one (class 1) is (1 - cos a, 1/2 - sin a), both for angles a
    from 0 to pi; `noise` is the standard deviation of what is added to every coordinate. The order is shuffled.

    >>> points = moons(200, noise=0.05)
    >>> len(points.X), points.y.count(1)
    (200, 100)
    """
    n = whole("n", n, least=2)
    points = [(cos(a), sin(a), 0) for a in _even(n - n // 2, pi)]
    points += [(1.0 - cos(a), 0.5 - sin(a), 1) for a in _even(n // 2, pi)]
    return _scattered(points, noise, seed, ("upper moon", "lower moon"))


@named
def circles(n: int = 100, noise: float = 0.05, inner: float = 0.5, seed: Any = 0) -> Dataset:
    """`n` points on two circles around 0: of radius 1 (class 0), and of radius `inner` (class 1).

    >>> points = circles(4, noise=0.0, inner=0.25)
    >>> sorted({x * x + y * y for x, y in points.X})
    [0.0625, 1.0]
    """
    n, inner = whole("n", n, least=2), rate("inner", inner)
    outside, inside = n - n // 2, n // 2
    points = [(cos(2 * pi * k / outside), sin(2 * pi * k / outside), 0) for k in range(outside)]
    points += [(inner * cos(2 * pi * k / inside), inner * sin(2 * pi * k / inside), 1) for k in range(inside)]
    return _scattered(points, noise, seed, ("outer circle", "inner circle"))


@named
def spirals(n: int = 150, classes: int = 3, noise: float = 0.02, turns: float = 0.75, seed: Any = 0) -> Dataset:
    """`n` points on as many spirals as there are classes, from near 0 to radius 1, around each other.

    >>> spirals(150).y.count(2)
    50
    """
    classes = whole("classes", classes, least=2)
    n, turns = whole("n", n, least=classes), finite("turns", turns)
    points = []
    for label in range(classes):
        for s in _even(n // classes + (label < n % classes), 1.0):
            radius = 0.05 + 0.95 * s  # at 0 all would meet
            angle = 2 * pi * (label / classes + turns * s)
            points.append((radius * cos(angle), radius * sin(angle), label))
    return _scattered(points, noise, seed, tuple(f"spiral {k + 1}" for k in range(classes)))


@named
def xor(n: int = 4, noise: float = 0.0, seed: Any = 0) -> Dataset:
    """`n` points at the corners of a square: class 1 where exactly one coordinate is 1. No neuron alone can tell.

    Source: Minsky & Papert 1969, "Perceptrons".

    >>> sorted(zip(xor().X, xor().y))
    [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]
    """
    corners = [(0.0, 0.0, 0), (0.0, 1.0, 1), (1.0, 0.0, 1), (1.0, 1.0, 0)]
    points = [corners[k % 4] for k in range(whole("n", n))]
    return _scattered(points, noise, seed, ("same", "different"))


@named
def sine(n: int = 100, noise: float = 0.1, seed: Any = 0) -> Dataset:
    """`n` numbers x from -pi to pi, and sin(x) with noise as the number to predict.

    >>> curve = sine(3, noise=0.0)
    >>> [round(y, 3) for y in curve.y] == [round(sin(x), 3) for (x,) in curve.X]
    True
    """
    n, noise, random = whole("n", n), rate("noise", noise), generator(seed)
    xs = [a - pi for a in _even(n, 2 * pi)]
    random.shuffle(xs)
    return Dataset([[x] for x in xs], [sin(x) + random.gauss(0.0, noise) for x in xs], ("x",), ())


def _even(n: int, end: float) -> list[float]:
    """`n` numbers from 0 to `end` in equal distances."""
    return [end * k / max(n - 1, 1) for k in range(n)]


def _scattered(points: list[Point], noise: float, seed: Any, classes: tuple[str, ...]) -> Dataset:
    noise, random = rate("noise", noise), generator(seed)
    random.shuffle(points)
    X = [[x + random.gauss(0.0, noise), y + random.gauss(0.0, noise)] for x, y, _ in points]
    return Dataset(X, [label for _, _, label in points], ("x", "y"), classes)

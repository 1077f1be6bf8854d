"""What is measured: each workload's numbers, which all peers share, and how it is told in the results."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Inputs = dict[str, Any]
NET = [2, 16, 16, 1]  # micrograd's demo
DIGITS = [64, 32, 10]
SYMBOLS, PLACES, WIDTH = 27, 16, 16  # microgpt's
WORDS = {8: "margaret", 4: "anna"}


@dataclass(frozen=True)
class Workload:
    """One thing to compute. `kind` names the function of a peer that does; `steps` of it are in one timed call."""

    name: str
    kind: str
    says: str
    inputs: Callable[[], Inputs]
    group: str  # workloads of one group share a process, others get a fresh one
    steps: int = 1
    quick: bool = False
    memory: bool = False
    collector: bool = True
    trains: bool = False  # a step changes the parameters, so that the next one computes something else


def workloads() -> list[Workload]:
    """All of them, in the order of the results."""
    return [
        Workload(
            "expression", "expression", "The example of micrograd's README: value and gradient by a and b",
            lambda: {"a": -4.0, "b": 2.0}, "expression", quick=True,
        ),
        Workload(
            "moons", "hinge", f"{_DEMO}: loss and gradient over all 100 points",
            lambda: hinge(NET, 100), "moons", quick=True,
        ),
        Workload(
            "moons, collector off", "hinge", "The same with Python's cyclic garbage collector off",
            lambda: hinge(NET, 100), "moons", collector=False,
        ),
        *(
            Workload(
                f"chain of {n:,}", "chain", f"A chain of {n:,} multiplications and additions: value and gradient",
                lambda n=n: {"w": 0.999, "x": 0.25, "operations": n}, f"chain {n}",
                memory=True, quick=n == 10_000,
            )
            for n in (10_000, 100_000, 1_000_000)
        ),
        *(
            Workload(
                f"net {width} x {count}", "hinge",
                f"A network 2-{width}-{width}-1, loss and gradient over {count:,} points",
                lambda width=width, count=count: hinge([2, width, width, 1], count), "net",
            )
            for width in (16, 64, 256)
            for count in (1, 10, 100, 1000)
        ),
        Workload(
            "online", "online", f"{_DEMO}, by online gradient descent: gradient and update for one sample",
            lambda: {**hinge(NET, 100), "rate": 0.01}, "online", steps=100, quick=True, trains=True,
        ),
        Workload(
            "online, epoch", "epoch", "The same, a call for all 100 samples: with the loop inside where a peer can",
            lambda: {**hinge(NET, 100), "rate": 0.01}, "online", steps=100,
        ),
        Workload(
            "moons, training", "descent",
            f"{_DEMO}, by gradient descent over all 100 points: one step of 100, in one call where a peer can",
            lambda: {**hinge(NET, 100), "rate": 0.1, "steps": 100}, "training", steps=100,
        ),
        Workload(
            "rosenbrock gradient", "rosenbrock", "Rosenbrock's function of 100 numbers: value and gradient",
            lambda: {"x": rosenbrock(100)}, "rosenbrock", quick=True,
        ),
        Workload(
            "rosenbrock hessian", "rosenbrock hessian", "The same: Hessian (100 x 100)",
            lambda: {"x": rosenbrock(100)}, "rosenbrock hessian", quick=True,
        ),
        *(
            Workload(
                f"gpt, {n} letters", "gpt",
                f"A GPT of microgpt's shape (4,192 parameters) on a word of {n} letters: loss and gradient",
                lambda n=n: gpt(WORDS[n]), f"gpt {n}",
            )
            for n in (4, 8)
        ),
        Workload(
            "gpt example", "gpt example",
            "The GPT of examples/gpt.py, of the same shape, on a word of 7 letters given as an argument: "
            "loss and gradient",
            lambda: {"word": "juniper"}, "gpt example",
        ),
        Workload(
            "digits", "digits",
            "One epoch of 8x8 handwritten digits (1,797), network 64-32-10, batches of 32: gradients and updates",
            digits, "digits", trains=True,
        ),
    ]  # fmt: skip


_DEMO = "The network of micrograd's demo (2-16-16-1, ReLU, hinge loss, L2)"


def layers(sizes: list[int], rng: random.Random) -> list[Any]:
    """Weights, a row for each neuron, and biases."""
    return [
        [[[rng.uniform(-1, 1) * fan_in**-0.5 for _ in range(fan_in)] for _ in range(width)], [0.1] * width]
        for fan_in, width in pairwise(sizes)
    ]


def hinge(sizes: list[int], count: int) -> Inputs:
    """A network, points on two interleaving half circles with a little noise, and their labels 1 and -1."""
    rng = random.Random(0)
    X, y = [], []
    for k in range(count):
        angle = math.pi * rng.random()
        a, b = (math.cos(angle), math.sin(angle)) if k % 2 else (1 - math.cos(angle), 0.5 - math.sin(angle))
        X.append([a + rng.gauss(0, 0.1), b + rng.gauss(0, 0.1)])
        y.append(1.0 if k % 2 else -1.0)
    return {"layers": layers(sizes, rng), "X": X, "y": y, "l2": 1e-4}


def rosenbrock(n: int) -> list[float]:
    rng = random.Random(0)
    return [rng.uniform(-1.5, 1.5) for _ in range(n)]


def gpt(word: str) -> Inputs:
    """The weights of a small GPT, and a word as symbols between two ends."""
    rng = random.Random(0)

    def matrix(height: int, width: int) -> list[list[float]]:
        return [[rng.gauss(0, 0.08) for _ in range(width)] for _ in range(height)]

    square = {name: matrix(WIDTH, WIDTH) for name in ("query", "key", "value", "out")}
    weights = {
        "symbols": matrix(SYMBOLS, WIDTH),
        "places": matrix(PLACES, WIDTH),
        **square,
        "up": matrix(4 * WIDTH, WIDTH),
        "down": matrix(WIDTH, 4 * WIDTH),
        "symbols out": matrix(SYMBOLS, WIDTH),
    }
    end = SYMBOLS - 1
    return {"weights": weights, "tokens": [end, *(ord(letter) - ord("a") for letter in word), end], "heads": 4}


def digits() -> Inputs:
    from nn import data  # here, because only the process that hands the numbers out has it

    found = data.digits()
    X = [[x / 16.0 for x in row] for row in found.X]
    return {"layers": layers(DIGITS, random.Random(0)), "X": X, "y": found.y, "batch": 32, "rate": 0.1}

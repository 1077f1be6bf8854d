"""Compiled scalar code against the engine's own eager run, NumPy written by hand, and PyTorch where it is installed.

    OPENBLAS_NUM_THREADS=1 python benchmarks/packing.py [moons batch gpt formula size]

With llvmlite installed it measures machine code, and with AUTOGRAD_NATIVE=0 what NumPy makes of the same programs.

Contestants take turns; a time is the median over the rounds. Every pair is checked to compute the same numbers.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("AUTOGRAD_NATIVE", "1")  # for the first call: what is measured is what comes after

import numpy as np
from eager import SIZES, Engine, moons

import autograd
from autograd import Value

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))
TORCH = importlib.util.find_spec("torch") is not None


def medians(contestants: dict[str, Callable[[], Any]], rounds: int = 15, seconds: float = 0.02) -> dict[str, float]:
    """The median time of a call of each, in microseconds; each round gives each its turn."""
    repeats = {}
    for name, run in contestants.items():
        start = time.perf_counter()
        run()
        repeats[name] = max(1, int(seconds / (time.perf_counter() - start + 1e-7)))
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            start = time.perf_counter()
            for _ in range(repeats[name]):
                run()
            times[name].append((time.perf_counter() - start) / repeats[name])
    return {name: statistics.median(found) * 1e6 for name, found in times.items()}


def show(what: str, found: dict[str, float], base: str) -> None:
    print(
        f"{what:28}" + "  ".join(f"{name} {t:,.1f} us ({t / found[base]:.2f}x)" for name, t in found.items()),
        flush=True,
    )


def by_hand(params: list[Any], x: Any, y: Any) -> tuple[float, list[Any]]:
    """The moons loss of an MLP and its gradient, as one writes them in NumPy."""
    w1, b1, w2, b2, w3, b3 = params
    h1 = np.maximum(x @ w1.T + b1, 0)
    h2 = np.maximum(h1 @ w2.T + b2, 0)
    margin = np.maximum(1 - y * (h2 @ w3.T + b3)[:, 0], 0)
    loss = margin.mean() + 1e-4 * sum(np.vdot(p, p) for p in params)
    d3 = (np.where(margin > 0, -y, 0.0) / len(y))[:, None]
    d2 = (d3 @ w3) * (h2 > 0)
    d1 = (d2 @ w2) * (h1 > 0)
    gradients = [d1.T @ x, d1.sum(0), d2.T @ h1, d2.sum(0), d3.T @ h2, d3.sum(0)]
    for gradient, p in zip(gradients, params, strict=True):
        gradient += 2e-4 * p
    return float(loss), gradients


def in_torch(params: list[Any], x: Any, y: Any) -> Callable[[], Any]:
    import torch

    torch.set_num_threads(1)
    leaves = [torch.tensor(p, requires_grad=True) for p in params]
    x, y = torch.tensor(x), torch.tensor(y)

    def step() -> None:
        w1, b1, w2, b2, w3, b3 = leaves
        h = torch.relu(torch.relu(x @ w1.T + b1) @ w2.T + b2)
        loss = torch.relu(1 - y * (h @ w3.T + b3)[:, 0]).mean() + 1e-4 * sum((p * p).sum() for p in leaves)
        for p in leaves:
            p.grad = None
        loss.backward()

    return step


def one_sample(params: Any, x: Any, y: Any) -> Any:
    """The same loss for one sample, written on single numbers."""
    for depth in range(0, len(params), 2):
        x = [sum(w * a for w, a in zip(row, x)) + bias for row, bias in zip(params[depth], params[depth + 1])]
        x = [a.relu() for a in x] if depth < 4 else x
    return (1 - y * x[0]).relu() + 1e-4 * sum(p * p for array in params for p in array.flat)


def network(width: int) -> list[Any]:
    draw = np.random.default_rng(0)
    return [
        array
        for fan_in, fan_out in ((2, width), (width, width), (width, 1))
        for array in (draw.uniform(-1, 1, (fan_out, fan_in)) / np.sqrt(fan_in), np.zeros(fan_out))
    ]


def moons_loss() -> None:
    """Micrograd's moons loss written sample by sample: 100 samples, 2-16-16-1, about 65,000 operations."""
    points, labels = moons()
    engine = Engine("tapegrad", Value)
    step = autograd.compile(lambda: engine.loss(points, labels))
    start = time.perf_counter()
    step.backward()
    seconds = time.perf_counter() - start
    eager = autograd_eager(engine, points, labels)
    params, taken = [], 0
    numbers = np.array([p.data for p in engine.parameters])
    for fan_in, fan_out in pairwise(SIZES):
        block = numbers[taken : taken + (fan_in + 1) * fan_out].reshape(fan_out, fan_in + 1)
        params += [np.ascontiguousarray(block[:, :-1]), block[:, -1].copy()]
        taken += block.size
    x, y = np.array(points), np.array(labels)
    program = step.program
    wanted = b"\1" * len(numbers)
    loss, _ = by_hand(params, x, y)
    assert abs(loss - step()) < 1e-12
    assert abs(program.run([numbers], None, wanted)[0][0, 0] - loss) < 1e-12
    contestants = {
        "eager": eager,
        "compiled, Values": step.backward,
        "compiled, arrays": lambda: program.run([numbers], None, wanted),
        "by hand": lambda: by_hand(params, x, y),
    }
    if TORCH:
        contestants["torch"] = in_torch(params, x, y)
    found = medians(contestants)
    print(f"packed into {len(program.packed.blocks)} blocks, {seconds:.2f} s with recording and the first run")
    show("moons, sample by sample", found, "by hand")


def autograd_eager(engine: Engine, points: Any, labels: Any) -> Callable[[], Any]:
    return lambda: engine.step(points, labels)


def batches() -> None:
    """The net recorded for one sample and run with `batch=`; weights are arrays."""
    for width in (16, 64, 256):
        params = network(width)
        step = autograd.compile(one_sample, batch=("x", "y"))
        for samples in (1, 10, 100, 1000):
            show(f"width {width}, batch {samples}", one_batch(step, params, samples), "by hand")


def one_batch(step: Any, params: list[Any], samples: int) -> dict[str, float]:
    draw = np.random.default_rng(1)
    x, y = draw.normal(size=(samples, 2)), draw.choice([-1.0, 1.0], size=samples)
    value, gradients = step.value_and_grad(params, x, y)
    expected, by = by_hand(params, x, y)
    assert abs(value - expected) < 1e-9
    assert all(np.allclose(a, b, atol=1e-12) for a, b in zip(gradients, by))
    shared = [p.reshape(-1) for p in params]
    own = np.ascontiguousarray(np.c_[x, y].T)
    wanted = b"\1" * sum(p.size for p in params) + b"\0\0\0"
    program = step.program
    contestants = {
        "call": lambda: step.value_and_grad(params, x, y),
        "program": lambda: program.run(shared, own, wanted, 1 / samples),
        "by hand": lambda: by_hand(params, x, y),
    }
    if TORCH:
        contestants["torch"] = in_torch(params, x, y)
    return medians(contestants)


def gpt_word() -> None:
    """A character-level GPT on one word, 8 positions, one program."""
    import gpt

    model, tokens = gpt.Model(), gpt.tokens_of("juniper")
    step = autograd.compile(model.loss)
    step.backward(tokens)
    program, known = step.program, len(step.program.parameters)

    def eager() -> None:
        model.loss(tokens).backward()

    numbers = [program.parameters, np.array(tokens, float)]
    wanted = b"\1" * known + bytes(len(tokens))
    contestants = {
        "eager": eager,
        "compiled, Values": lambda: step.backward(tokens),
        "compiled, arrays": lambda: program.run(numbers, None, wanted),
    }
    print(f"{len(program.packed.blocks)} blocks for {len(program.graph.nodes):,} operations")
    show("gpt, 8 positions", medians(contestants), "compiled, arrays")


def formula() -> None:
    """The expression of micrograd's README: 17 operations, value and gradient."""

    def expression(a: Any, b: Any) -> Any:
        c = a + b
        d = a * b + b**3
        c = c + (c + 1)
        c = c + (1 + c + (-a))
        d = d + (d * 2 + (b + a).relu())
        d = d + (3 * d + (b - a).relu())
        f = (c - d) ** 2
        return f / 2.0 + 10.0 / f

    def eager() -> tuple[float, float]:
        a, b = Value(-4.0), Value(2.0)
        expression(a, b).backward()
        return a.grad, b.grad

    step = autograd.compile(expression, argnums=(0, 1))
    assert step.value_and_grad(-4.0, 2.0)[1] == eager()
    show("formula", medians({"eager": eager, "compiled": lambda: step.value_and_grad(-4.0, 2.0)}), "compiled")


def size() -> None:
    """Time to compile and memory at its peak, for each recorded operation."""
    weights = [[0.01 * ((7 * i + 3 * j) % 11 - 5) for j in range(64)] for i in range(64)]

    def layers(x: Any, weights: Any, depth: int) -> Any:
        for _ in range(depth):
            x = [autograd.tanh(sum(w * a for w, a in zip(row, x))) for row in weights]
        return sum(x)

    for depth in (1, 12, 122):
        step = autograd.compile(lambda x, w, depth=depth: layers(x, w, depth))
        start = time.perf_counter()
        step([0.1] * 64, weights)
        seconds = time.perf_counter() - start
        operations = len(step.program.graph.nodes)
        print(f"{operations:>9,} operations: {seconds / operations * 1e6:.1f} us each to record, compile and run first")
    tracemalloc.start()
    step = autograd.compile(lambda x, w: layers(x, w, 24))
    step([0.1] * 64, weights)
    operations = len(step.program.graph.nodes)
    print(f"{operations:>9,} operations: {tracemalloc.get_traced_memory()[1] / operations:.0f} bytes each at the peak")
    tracemalloc.stop()


PARTS = {"moons": moons_loss, "batch": batches, "gpt": gpt_word, "formula": formula, "size": size}


def main() -> None:
    if not TORCH:
        print("not installed, so not measured: torch")
    for name in sys.argv[1:] or PARTS:
        print(f"\n{PARTS[name].__doc__}")
        PARTS[name]()


if __name__ == "__main__":
    main()

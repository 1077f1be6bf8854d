"""Training in full: nn.fit against micrograd's loop on moons, and against PyTorch's on the handwritten digits.

    python benchmarks/training.py        (where micrograd, and torch if it is to be compared, are installed)

Moons: the network, loss and rates of micrograd's demo (2-16-16-1 with ReLU, hinge loss over 100 points, L2 penalty,
100 full-batch steps), from the same weights; the weights after the steps are compared before a time is told. micrograd
is timed over some of the steps, and takes that much longer for all of them. Digits: 64-32-10 with ReLU and
cross-entropy, SGD with momentum, batches of 32, one thread. Each takes turns; the medians are compared.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import statistics
import time
from typing import Any

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
os.environ.setdefault("AUTOGRAD_NATIVE", "1")  # where llvmlite is installed: at once, as in a training that is longer

import nn  # noqa: E402  NumPy reads the number of threads when it is imported

REPEATS, STEPS, CHECKED = 5, 100, 2
L2 = 1e-4


def hinge_labels(labels: list[int]) -> list[int]:
    return [2 * label - 1 for label in labels]


def rate(step: int) -> float:
    return 1.0 - 0.9 * step / STEPS


def moons_fit(engine: str, steps: int) -> tuple[float, float, list[float]]:
    """Seconds to set up, seconds to run, and the weights."""
    points, model = nn.data.moons(100, seed=0), nn.MLP(2, [16, 16, 1], "relu", seed=0)
    optimizer = nn.SGD(model.parameters(), lr=rate, weight_decay=2 * L2)
    labels = hinge_labels(points.y)
    start = time.perf_counter()
    options: dict[str, Any] = {"loss": nn.hinge, "optimizer": optimizer, "batch_size": None, "engine": engine}
    training = nn.Training(model, points.X, labels, epochs=steps, **options)
    ready = time.perf_counter()
    training.run()
    return ready - start, time.perf_counter() - ready, [p.data for p in model.parameters()]


def moons_micrograd(steps: int) -> tuple[float, list[float]]:
    """Seconds to run, and the weights, in the order of ours."""
    from micrograd.engine import Value
    from micrograd.nn import MLP

    points, ours, theirs = nn.data.moons(100, seed=0), nn.MLP(2, [16, 16, 1], "relu", seed=0), MLP(2, [16, 16, 1])
    labels = hinge_labels(points.y)
    for p, q in zip(theirs.parameters(), ours.parameters(), strict=True):
        p.data = q.data
    start = time.perf_counter()
    for k in range(steps):
        scores = [theirs(list(map(Value, row))) for row in points.X]
        losses = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
        total = sum(losses) * (1.0 / len(losses)) + L2 * sum(p * p for p in theirs.parameters())
        theirs.zero_grad()
        total.backward()
        for p in theirs.parameters():
            p.data -= rate(k) * p.grad
    return time.perf_counter() - start, [p.data for p in theirs.parameters()]


def digits_fit(engine: str, epochs: int) -> float:
    digits, model = nn.data.digits(), nn.MLP(64, [32, 10], "relu", seed=0)
    X = [[x / 16 for x in row] for row in digits.X]
    options: dict[str, Any] = {
        "loss": nn.cross_entropy,
        "optimizer": nn.SGD(model.parameters(), lr=0.05, momentum=0.9),
    }
    training = nn.Training(model, X, digits.y, epochs=epochs, seed=0, engine=engine, **options)
    start = time.perf_counter()
    training.run()
    return (time.perf_counter() - start) / epochs


def digits_torch(epochs: int) -> float:
    import torch

    torch.set_num_threads(1)
    digits = nn.data.digits()
    X = torch.tensor([[x / 16 for x in row] for row in digits.X], dtype=torch.float64)
    y = torch.tensor(digits.y)
    model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    loss = torch.nn.CrossEntropyLoss()
    start = time.perf_counter()
    for _ in range(epochs):
        order = torch.randperm(len(X))
        for batch in order.split(32):
            optimizer.zero_grad()
            loss(model(X[batch]), y[batch]).backward()
            optimizer.step()
    return (time.perf_counter() - start) / epochs


def main() -> None:
    print(f"moons, {STEPS} full-batch steps of 100 samples, medians of {REPEATS} turns:")
    peer = importlib.util.find_spec("micrograd") is not None
    if peer:
        reference = moons_micrograd(CHECKED)[1]
        for engine in ("eager", "compiled"):
            worst = max(abs(a - b) for a, b in zip(moons_fit(engine, CHECKED)[2], reference, strict=True))
            assert worst < 1e-12, f"other weights than micrograd's after {CHECKED} steps: off by {worst}"
    ours: list[tuple[float, float]] = []
    theirs: dict[str, list[float]] = {"on": [], "off": []}
    for _ in range(REPEATS):
        ours.append(moons_fit("compiled", STEPS)[:2])
        for collector, times in theirs.items():
            if peer:
                gc.collect()
                (gc.enable if collector == "on" else gc.disable)()
                times.append(moons_micrograd(CHECKED)[0] * STEPS / CHECKED)
                gc.enable()
    setup, run = (statistics.median(column) for column in zip(*ours, strict=True))
    print(f"  nn.fit              {run * 1e3:10.1f} ms, after {setup * 1e3:.1f} ms to check, record and compile")
    for collector, times in theirs.items():
        if times:
            took = statistics.median(times)
            ratios = f"{took / run:.0f}x, with compiling {took / (run + setup):.0f}x"
            print(f"  micrograd's loop    {took * 1e3:10.1f} ms: {ratios} (Python's cyclic collector {collector})")
    if not peer:
        print("  micrograd is not installed, so not measured: pip install -e .[bench]")

    print(f"digits, an epoch of 1,797 samples in batches of 32, medians of {REPEATS} turns:")
    peer = importlib.util.find_spec("torch") is not None
    epochs: dict[str, list[float]] = {"nn.fit": [], "PyTorch, eager": []}
    for _ in range(REPEATS):
        epochs["nn.fit"].append(digits_fit("compiled", 10))
        if peer:
            epochs["PyTorch, eager"].append(digits_torch(10))
    fitted = statistics.median(epochs["nn.fit"])
    for name, times in epochs.items():
        if times:
            took = statistics.median(times)
            print(f"  {name:19} {took * 1e3:10.1f} ms" + (f": {took / fitted:.2f}x" if name != "nn.fit" else ""))
    if not peer:
        print("  PyTorch is not installed, so not measured")


if __name__ == "__main__":
    main()

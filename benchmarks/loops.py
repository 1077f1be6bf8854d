"""Loops of many turns, written in scalars: value and whole gradient, against JAX, CasADi and C by hand.

    pip install jax casadi && python benchmarks/loops.py            those that are missing are left out
    python benchmarks/loops.py lorenz "lotka 1,000"                 some of it

JAX has the loops as `lax.scan`, CasADi as `mapaccum`, C by hand keeps the states and walks back. Each answer is
compared with C's before anything is timed; then all take turns, on one thread in float64, and the fastest turn of each
counts, for others may be at work on the machine. First calls are timed once, each in a process of its own, with what
the process has most in memory.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import math
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # one thread, before NumPy is imported, and one core for all
    os.environ |= {"OMP_NUM_THREADS": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np

REPEATS, SECONDS = 9, 0.3  # turns of each, and how long one takes at least
SYMBOLS, WIDTH, LETTERS = 27, 32, 200
TRADES, PATHS, STEPS = 100, 1_000, 252
ODES = {"lorenz 100,000": ("lorenz", 1e-4, 100_000)} | {f"lotka {n:,}": ("lotka", 1e-3, n) for n in (1_000, 10_000)}
STARTS = {"lorenz": [10.0, 28.0, 8.0 / 3.0, 1.0, 1.5, 20.0], "lotka": [1.5, 1.0, 0.75, 3.0, 1.2, 0.8]}

Task = Callable[[], list[float]]  # the value and the derivatives of one workload


# The formulas, on whatever numbers.


def lorenz(p: Any, h: float, turns: int, loop: Any = range) -> Any:
    """The square of the distance at the end; by the classical Runge-Kutta method."""
    *rates, x, y, z = p
    for _ in loop(turns):
        x, y, z = runge_kutta(rates, x, y, z, h)
    return x * x + y * y + z * z


def runge_kutta(rates: Any, x: Any, y: Any, z: Any, h: float) -> tuple[Any, Any, Any]:
    sigma, rho, beta = rates

    def flow(x: Any, y: Any, z: Any) -> tuple[Any, Any, Any]:
        return sigma * (y - x), x * (rho - z) - y, x * y - beta * z

    a1, b1, c1 = flow(x, y, z)
    a2, b2, c2 = flow(x + h / 2 * a1, y + h / 2 * b1, z + h / 2 * c1)
    a3, b3, c3 = flow(x + h / 2 * a2, y + h / 2 * b2, z + h / 2 * c2)
    a4, b4, c4 = flow(x + h * a3, y + h * b3, z + h * c3)
    return (
        x + h / 6 * (a1 + 2 * (a2 + a3) + a4),
        y + h / 6 * (b1 + 2 * (b2 + b3) + b4),
        z + h / 6 * (c1 + 2 * (c2 + c3) + c4),
    )


def lotka(p: Any, h: float, turns: int, loop: Any = range) -> Any:
    """Prey times predators at the end, by Euler's method."""
    *rates, a, b = p
    for _ in loop(turns):
        a, b = euler(rates, a, b, h)
    return a * b


def euler(rates: Any, a: Any, b: Any, h: float) -> tuple[Any, Any]:
    alpha, beta, delta, gamma = rates
    return a + h * (alpha * a - beta * a * b), b + h * (delta * a * b - gamma * b)


def tapegrad_rnn(native: bool) -> Task:
    """The mean cross-entropy of each next letter, neuron by neuron."""
    import autograd
    from autograd import Value, exp, log, tanh

    data = rnn_parameters()
    parameters = [Value(x) for x in data]
    rows = iter(parameters)

    def matrix(height: int, width: int) -> list[list[Value]]:
        return [[next(rows) for _ in range(width)] for _ in range(height)]

    enter, on, (bias,), out, (last,) = (matrix(*shape) for shape in _SHAPES)

    @partial(autograd.compile, native=native)
    def loss(letters: list[int], following: Any) -> Any:
        h: list[Any] = [0.0] * WIDTH
        total = 0.0
        for letter, chosen in zip(letters, following):
            h = [tanh(x + autograd.linear(row, h, b)) for row, x, b in zip(on, enter[letter], bias)]
            logits = [autograd.linear(row, h, b) for row, b in zip(out, last)]
            total = total + log(autograd.sum([exp(z) for z in logits])) - autograd.dot(logits, chosen)
        return total * (1.0 / len(following))

    # the letter that follows as a row with a single 1: turns that read one of their results or another are not alike
    flat, letters, following = loss.flat(parameters), text(), np.eye(SYMBOLS)[text()[1:]]
    flat.data[:] = data

    def task() -> list[float]:
        return [flat.backward(letters[:-1], following), *flat.gradient.tolist()]

    return task


def tapegrad_asian(native: bool) -> Task:
    import autograd
    from autograd import exp, relu, sqrt

    @autograd.compile(batch=1, native=native)
    def payoff(trade: list[Any], draws: list[Any]) -> Any:
        price, vol, rate, years, strike = trade
        dt = years * (1.0 / STEPS)
        total = 0.0
        for z in draws:
            price = price * exp((rate - 0.5 * vol * vol) * dt + vol * sqrt(dt) * z)
            total = total + price
        return exp(-rate * years) * relu(total * (1.0 / STEPS) - strike)

    each, draws = trades(), paths()

    def task() -> list[float]:
        found: list[float] = []
        for trade in each:
            value, slopes = payoff.value_and_grad(trade, draws)
            found += [value, *slopes]
        return found

    return task


# The numbers.

_SHAPES = (SYMBOLS, WIDTH), (WIDTH, WIDTH), (1, WIDTH), (SYMBOLS, WIDTH), (1, SYMBOLS)


def rnn_parameters() -> Any:
    return np.random.default_rng(0).normal(0.0, 0.15, sum(a * b for a, b in _SHAPES))


def text() -> list[int]:
    chance = random.Random(0)
    return [chance.randrange(SYMBOLS) for _ in range(LETTERS)]


def trades() -> list[list[float]]:
    """Price, volatility, rate, years and strike of each."""
    chance = random.Random(0)
    return [
        [100.0, chance.uniform(0.1, 0.4), chance.uniform(0.0, 0.05), chance.uniform(0.5, 2), chance.uniform(80, 120)]
        for _ in range(TRADES)
    ]


def paths() -> Any:
    return np.random.default_rng(0).normal(size=(PATHS, STEPS))


# Ours, and the peers'.


def tapegrad(name: str, native: bool, by_repeat: bool = False) -> Task:
    if name in ODES:
        import autograd

        kind, h, turns = ODES[name]
        formula = {"lorenz": lorenz, "lotka": lotka}[kind]
        loop, p = autograd.repeat if by_repeat else range, STARTS[kind]
        compiled = autograd.compile(lambda p: formula(p, h, turns, loop), native=native)

        def task() -> list[float]:
            value, slopes = compiled.value_and_grad(p)
            return [value, *slopes]

        return task
    if by_repeat:
        raise NotImplementedError
    return tapegrad_rnn(native) if name == "rnn" else tapegrad_asian(native)


def jax(name: str) -> Task:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    if name in ODES:
        kind, h, turns = ODES[name]
        step, count = (runge_kutta, 3) if kind == "lorenz" else (euler, 4)

        def formula(p: Any) -> Any:
            rates, start = [p[k] for k in range(count)], tuple(p[k] for k in range(count, 6))
            last, _ = jax.lax.scan(lambda s, _: (step(rates, *s, h), None), start, None, length=turns)
            return last[0] * last[1] if kind == "lotka" else sum(x * x for x in last)

        arguments: list[Any] = [jnp.array(STARTS[kind])]
    elif name == "rnn":
        bounds = np.cumsum([a * b for a, b in _SHAPES])[:-1]
        letters = jnp.array(text())

        def formula(p: Any) -> Any:
            enter, on, bias, out, last = (x.reshape(s) for x, s in zip(jnp.split(p, bounds), _SHAPES))

            def step(h: Any, pair: Any) -> Any:
                h = jnp.tanh(on @ h + enter[pair[0]] + bias[0])
                logits = out @ h + last[0]
                return h, jax.nn.logsumexp(logits) - logits[pair[1]]

            _, losses = jax.lax.scan(step, jnp.zeros(WIDTH), (letters[:-1], letters[1:]))
            return losses.mean()

        arguments = [jnp.array(rnn_parameters())]
    else:

        def of_path(trade: Any, z: Any) -> Any:
            price, vol, rate, years, strike = trade
            dt = years / STEPS

            def step(state: Any, z: Any) -> Any:
                price = state[0] * jnp.exp((rate - 0.5 * vol * vol) * dt + vol * jnp.sqrt(dt) * z)
                return (price, state[1] + price), None

            (_, total), _ = jax.lax.scan(step, (price, 0.0), z)
            return jnp.exp(-rate * years) * jax.nn.relu(total / STEPS - strike)

        def of_trade(trade: Any, draws: Any) -> Any:
            return jax.vmap(of_path, (None, 0))(trade, draws).mean()

        all_trades = jax.jit(jax.vmap(jax.value_and_grad(of_trade), (0, None)))
        given = jnp.array(trades()), jnp.array(paths())

        def valuation() -> list[float]:
            values, slopes = jax.block_until_ready(all_trades(*given))
            return np.hstack([values[:, None], slopes]).ravel().tolist()  # type: ignore[no-any-return]

        return valuation
    both = jax.jit(jax.value_and_grad(formula))

    def task() -> list[float]:
        value, slopes = jax.block_until_ready(both(*arguments))
        return [float(value), *slopes.tolist()]

    return task


def casadi(name: str) -> Task:
    import casadi as ca

    if name not in ODES:
        raise NotImplementedError
    kind, h, turns = ODES[name]
    step, count = (runge_kutta, 3) if kind == "lorenz" else (euler, 4)
    rates, state = ca.SX.sym("rates", count), ca.SX.sym("state", 6 - count)
    after = ca.vertcat(*step(ca.vertsplit(rates), *ca.vertsplit(state), h))
    turn = ca.Function("turn", [state, rates], [after])
    p = ca.MX.sym("p", 6)
    last = turn.mapaccum(turns)(p[count:], ca.repmat(p[:count], 1, turns))[:, -1]
    value = last[0] * last[1] if kind == "lotka" else ca.sumsqr(last)
    both = ca.Function("both", [p], [value, ca.gradient(value, p)])
    buffer, call = both.buffer()
    given, found, slopes = np.array(STARTS[kind]), np.zeros(1), np.zeros(6)
    buffer.set_arg(0, memoryview(given))
    buffer.set_res(0, memoryview(found))
    buffer.set_res(1, memoryview(slopes))

    def task() -> list[float]:
        call()
        return [*found.tolist(), *slopes.tolist()]

    task.keeps = buffer, both  # type: ignore[attr-defined]  # they write into their memory
    return task


def by_hand(name: str) -> Task:
    c = library()
    if name in ODES:
        kind, h, turns = ODES[name]
        run, p, d = getattr(c, kind), np.array(STARTS[kind]), np.zeros(6)
        return lambda: [run(at(p), ctypes.c_double(h), ctypes.c_long(turns), at(d)), *d.tolist()]
    if name == "rnn":
        weights, letters = rnn_parameters(), np.array(text())
        slopes, sizes = np.zeros(len(weights)), [ctypes.c_long(n) for n in (LETTERS, SYMBOLS, WIDTH)]
        return lambda: [c.rnn(at(weights), at(letters), *sizes, at(slopes)), *slopes.tolist()]
    draws, each, d5 = paths(), [np.array(trade) for trade in trades()], np.zeros(5)

    def task() -> list[float]:
        found: list[float] = []
        for trade in each:
            value = c.asian(at(trade), at(draws), ctypes.c_long(PATHS), ctypes.c_long(STEPS), at(d5))
            found += [value, *d5.tolist()]
        return found

    return task


def at(array: Any) -> Any:
    return ctypes.c_void_p(array.ctypes.data)


@cache
def library() -> Any:
    sys.path.insert(0, str(Path(__file__).parent))
    from peers.by_hand_c import FLAGS, compiler

    with tempfile.TemporaryDirectory() as folder:
        made, source = Path(folder) / "loops.so", Path(__file__).with_name("loops.c")
        subprocess.run([compiler(), *FLAGS, "-o", str(made), str(source), "-lm"], check=True, capture_output=True)
        found = ctypes.CDLL(str(made))
    for kind in ("lorenz", "lotka", "rnn", "asian"):
        getattr(found, kind).restype = ctypes.c_double
    return found


WORKLOADS = [*ODES, "rnn", "asian"]
WAYS: dict[str, Callable[[str], Task]] = {
    "C by hand": by_hand,
    "tapegrad, machine code": lambda name: tapegrad(name, native=True),
    "tapegrad, machine code, autograd.repeat": lambda name: tapegrad(name, native=True, by_repeat=True),
    "tapegrad, Python": lambda name: tapegrad(name, native=False),
    "JAX, scan": jax,
    "CasADi, mapaccum": casadi,
}


def seconds(task: Task, times: int = 1) -> float:
    """Seconds for one run, the mean of so many, the collector's garbage cleared before."""
    gc.collect()
    start = time.perf_counter()
    for _ in range(times):
        task()
    return (time.perf_counter() - start) / times


def peak() -> float:
    """The most megabytes that this process had in memory, where Linux tells."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), math.nan)


def first_call(name: str, way: str) -> dict[str, float]:
    """Seconds to make a task and run it once, and the most memory meanwhile, in a fresh process."""
    said = subprocess.run([sys.executable, __file__, "--first", name, way], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return found


def measure(name: str) -> None:
    """Prints how long each way takes."""
    tasks: dict[str, tuple[Task, int]] = {}
    right: list[float] = []
    for way, make in WAYS.items():
        try:
            task = make(name)
            found = task()
        except (ModuleNotFoundError, NotImplementedError) as reason:
            print(f"  {way} is left out: {reason or 'not written for it'}")
            continue
        right = right or found
        scale = max(map(abs, right))
        assert np.allclose(found, right, rtol=1e-7, atol=1e-9 * scale), f"{way} finds other derivatives"
        task()
        tasks[way] = task, max(1, math.ceil(SECONDS / REPEATS / seconds(task)))
    best = dict.fromkeys(tasks, math.inf)
    for _ in range(REPEATS):
        for way, (task, times) in tasks.items():
            best[way] = min(best[way], seconds(task, times))
    for way, took in best.items():
        first = first_call(name, way)
        ratio = took / best["C by hand"] if "C by hand" in best else math.nan
        print(
            f"  {1e3 * took:11.4f} ms  {ratio:8.1f} x C  first call {first['seconds']:6.2f} s, "
            f"{first['memory']:5.0f} MB  {way}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="workloads whose names begin so")
    parser.add_argument("--first", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.first:
        name, way = options.first
        start = time.perf_counter()
        WAYS[way](name)()
        print(json.dumps({"seconds": time.perf_counter() - start, "memory": peak()}))
        return
    print(f"value and gradient; Python {platform.python_version()}, {platform.machine()}; the fastest of {REPEATS}")
    for name in WORKLOADS:
        if not options.names or any(name.startswith(one) for one in options.names):
            print(name, flush=True)
            measure(name)


if __name__ == "__main__":
    main()

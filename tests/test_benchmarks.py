"""The benchmarks compute the right things, and refuse a peer that does not."""

from __future__ import annotations

import importlib
import math
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
SMALL: dict[str, Callable[[Any], dict[str, Any]]] = {
    "expression": lambda w: {"a": -4.0, "b": 2.0},
    "chain": lambda w: {"w": 0.9, "x": 0.25, "operations": 40},
    "hinge": lambda w: w.hinge([2, 5, 4, 1], 7),
    "online": lambda w: {**w.hinge([2, 5, 4, 1], 7), "rate": 0.05},
    "epoch": lambda w: {**w.hinge([2, 5, 4, 1], 7), "rate": 0.05},
    "descent": lambda w: {**w.hinge([2, 5, 4, 1], 19), "rate": 0.05, "steps": 3},
    "rosenbrock": lambda w: {"x": w.rosenbrock(6)},
    "rosenbrock hessian": lambda w: {"x": w.rosenbrock(6)},
    "gpt": lambda w: w.gpt("aba"),
    "digits": lambda w: {
        "layers": w.layers([4, 3, 3], random.Random(0)),
        "X": [[random.Random(k).random() for _ in range(4)] for k in range(7)],
        "y": [0, 1, 2, 2, 1, 0, 0],
        "batch": 3,
        "rate": 0.1,
    },
}
WAYS = [
    f"{module}: {kind}"
    for module, kinds in (
        ("tapegrad_eager", [kind for kind in SMALL if kind not in ("epoch", "descent")]),
        ("tapegrad_linear", ["hinge", "online", "digits"]),
        ("tapegrad_compiled", [kind for kind in SMALL if kind not in ("epoch", "descent")]),
        ("tapegrad_flat", ["hinge", "online", "epoch", "descent", "digits", "gpt"]),
        ("tapegrad_whole", ["hinge"]),
        ("tapegrad_values", ["hinge"]),
        ("tapegrad_fit", ["epoch", "descent"]),
        ("by_hand_c", [kind for kind in SMALL if kind != "gpt"]),
    )
    for kind in kinds
]


@pytest.fixture(scope="module")
def load() -> Iterator[Any]:
    """Imports a module of the benchmarks, which lie in a folder of their own."""
    sys.path.insert(0, str(FOLDER))
    before = set(sys.modules)
    yield importlib.import_module
    sys.path.remove(str(FOLDER))
    for name in set(sys.modules) - before:
        if str(FOLDER) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


def answer(load: Any, module: str, kind: str) -> list[float]:
    task = load(f"peers.{module}").TASKS[kind](SMALL[kind](load("workloads")))
    task.run()
    found: list[float] = task.answer()
    return found


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_ours_computes_what_is_worked_out_by_hand(way: str, load: Any) -> None:
    module, kind = way.split(": ")
    if module == "by_hand_c" and not (shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")):
        pytest.skip("there is no C compiler")
    load("turns").check(answer(load, module, kind), answer(load, "by_hand_numpy", kind))


@pytest.mark.parametrize("module", ["tapegrad_flat", "tapegrad_values"])
def test_the_gpt_of_the_examples_is_the_same_compiled(module: str, load: Any) -> None:
    found = []
    for name in (module, "tapegrad_eager"):
        task = load(f"peers.{name}").TASKS["gpt example"]({"word": "oak"})
        task.run()
        found.append(task.answer())
    load("turns").check(*found)


@pytest.mark.parametrize("module", ["by_hand_numpy", "tapegrad_flat", "tapegrad_fit"])
def test_a_whole_training_begins_anew_in_each_step(module: str, load: Any) -> None:
    task = load(f"peers.{module}").TASKS["descent"](SMALL["descent"](load("workloads")))
    task.run()
    once = task.answer()
    task.run(3)
    assert task.answer() == once


class Plain:
    """The vocabulary of the formulas on Python's own numbers."""

    relu, exp, log = staticmethod(lambda x: max(x, 0.0)), math.exp, math.log

    @staticmethod
    def neuron(x: list[float], weights: list[float], bias: float) -> float:
        return sum(w * a for w, a in zip(weights, x)) + bias


def plain_value(load: Any, kind: str, inputs: dict[str, Any]) -> float:
    formulas = load("scalar_formulas")
    found: float
    if kind == "expression":
        found = formulas.expression(inputs["a"], inputs["b"], Plain.relu)
    elif kind == "chain":
        found = formulas.chain(**inputs)
    elif kind == "rosenbrock":
        found = formulas.rosenbrock(inputs["x"])
    elif kind == "gpt":
        found = formulas.gpt_loss(Plain, inputs["weights"], inputs["tokens"], inputs["heads"])
    else:
        found = formulas.hinge_loss(Plain, inputs["layers"], inputs["X"], inputs["y"], inputs["l2"])
    return found


def moved(x: Any, by: Callable[[], float]) -> Any:
    """Every float in nested lists and dicts, moved."""
    if isinstance(x, dict):
        return {key: moved(part, by) for key, part in x.items()}
    return [moved(part, by) for part in x] if isinstance(x, list) else x + by() if isinstance(x, float) else x


@pytest.mark.parametrize("kind", ["expression", "chain", "rosenbrock", "gpt", "hinge"])
def test_the_gradient_by_hand_is_that_of_the_formula_by_differences(kind: str, load: Any) -> None:
    inputs = SMALL[kind](load("workloads"))
    variable = {key: inputs[key] for key in ("a", "b", "w", "x", "weights", "layers") if key in inputs}
    value, *gradient = answer(load, "by_hand_numpy", kind)
    random_direction = [random.Random(k).gauss(0, 1) for k in range(len(gradient))]

    def along(size: float) -> float:
        following = iter(random_direction)
        return plain_value(load, kind, {**inputs, **moved(variable, lambda: size * next(following))})

    slope = (along(1e-6) - along(-1e-6)) / 2e-6
    assert value == pytest.approx(plain_value(load, kind, inputs), rel=1e-12)
    # rounding errors of the value, divided by the step, leave about 8 digits
    assert slope == pytest.approx(sum(d * g for d, g in zip(random_direction, gradient)), rel=1e-6)


@pytest.mark.parametrize("name", ["lorenz", "lotka", "rnn", "asian"])
def test_loops_compute_what_is_worked_out_by_hand(name: str, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")):
        pytest.skip("there is no C compiler")
    loops = load("loops")
    monkeypatch.setattr(loops, "ODES", {"lorenz": ("lorenz", 1e-2, 130), "lotka": ("lotka", 1e-2, 210)})
    for size, few in {"LETTERS": 40, "TRADES": 3, "PATHS": 11, "STEPS": 90}.items():
        monkeypatch.setattr(loops, size, few)
    load("turns").check(loops.tapegrad(name, native=False)(), loops.by_hand(name)())


def test_a_peer_with_a_wrong_gradient_is_not_timed(load: Any) -> None:
    turns = load("turns")
    turns.check([1.0, 2.0 + 1e-12], [1.0, 2.0])
    with pytest.raises(turns.Failed, match="off by"):
        turns.check([1.0, 2.00001], [1.0, 2.0])
    with pytest.raises(turns.Failed, match="off by"):
        turns.check([1.0, math.nan], [1.0, 2.0])
    with pytest.raises(turns.Failed, match="1 numbers instead of 2"):
        turns.check([1.0], [1.0, 2.0])


@pytest.mark.skipif(sys.platform == "win32", reason="select waits for no pipes on Windows")
def test_peers_take_turns_in_processes_of_their_own(load: Any) -> None:
    turns, environments = load("turns"), load("environments")
    named = {peer.module: peer for peer in environments.PEERS}
    peers = [(named[module], Path(sys.executable)) for module in ("by_hand_numpy", "tapegrad_eager")]
    workload = next(w for w in load("workloads").workloads() if w.name == "chain of 10,000")
    found = turns.measure([workload], peers, turns.Plan(repeats=2, budget=0.001))[workload.name]
    assert list(found) == ["NumPy by hand", "tapegrad eager"]
    assert all(len(timing.seconds) == 2 and timing.minimum > 0.0 for timing in found.values())
    assert 0.0 < found["tapegrad eager"].recording[0] < found["tapegrad eager"].seconds[0]


def test_the_results_name_who_is_faster_and_who_is_left_out(load: Any) -> None:
    report, chart = load("report"), load("chart")
    facts = {"facts": {}, "ready": 1.0, "recording": [], "left_out": ""}
    timings = {
        "tapegrad compiled": {**facts, "seconds": [2e-3], "facts": {"recording": 0.25}},
        "tapegrad eager": {**facts, "seconds": [1.0, 3.0, 4.0]},
        "C by hand": {**facts, "seconds": [1e-3]},
        "micrograd": {**facts, "seconds": [], "left_out": "it failed: no memory"},
    }
    about = {peer.name: peer.name for peer in report.PEERS}
    results = {
        "machine": report.machine(), "about": about, "repeats": 3, "minutes": 1.0, "timings": {"digits": timings},
    }  # fmt: skip
    text = report.document(results)
    assert "- digits: C by hand 2.0x" in text
    assert "micrograd: it failed: no memory" in text
    assert "| digits, compiled | 250 ms | 748 ms | 3.00 s | 2.00 ms | 1 |" in text
    assert "tapegrad compiled 2.00 ms" in chart.drawing(results)
    assert "| handwritten digits, an epoch | 2.00 ms (compiled) | **0.5** |" in report.for_readme(results)


def test_the_results_say_which_aims_of_native_code_are_reached(load: Any) -> None:
    native = load("native")

    def took(**seconds: float) -> dict[str, Any]:
        names = {"native": "tapegrad native", "numpy": "tapegrad compiled", "jax": "JAX", "c": "C by hand"}
        return {names[who]: {"seconds": [x]} for who, x in seconds.items()}

    results = {
        "timings": {
            "moons": took(native=10e-6, numpy=70e-6, jax=60e-6),
            "moons, training": took(native=9e-6, numpy=70e-6, jax=13e-6, c=2e-6),
            "expression": took(native=1.6e-6, numpy=1.6e-6),
            "net 16 x 1": took(native=2e-6, jax=4e-6),
            "net 16 x 10": took(native=8e-6, jax=4e-6),
            "gpt, 8 letters": took(native=1.0, numpy=2.0),
        },
        "first": {"moons": {"tapegrad native": {"cold": 6.0, "warm": 0.25}}},
    }
    text = native.section(results)
    assert "| 10.0 µs | 70.0 µs | 60.0 µs | 0.17 | 1.0 of JAX | yes |" in text
    assert "| 9.00 µs | 70.0 µs | 2.00 µs | 4.5 | 4.0 of C by hand | **no** |" in text
    assert "| 1.60 µs | 1.60 µs |  | 1.60 µs | 1.50 µs | **no** |" in text
    assert "| 1.00 s | 2.00 s | 2.00 s | 0.5 | 0.33 of its NumPy form | **no** |" in text
    assert "is 1.0, **not** as aimed at (0.7). Slower than the fastest in 1 of 2: 16 x 10 (2.0 of JAX)." in text
    assert "| moons | native | 6.00 s | 250 ms | **no** |" in text
    assert "llvmlite is not installed" in native.section({"timings": {"moons": took(numpy=1.0)}})


@pytest.mark.skipif(sys.platform == "win32", reason="select waits for no pipes on Windows")
def test_first_calls_are_of_fresh_processes(load: Any) -> None:
    turns, environments = load("turns"), load("environments")
    peer = next(peer for peer in environments.PEERS if peer.module == "by_hand_numpy")
    workload = next(w for w in load("workloads").workloads() if w.name == "expression")
    found = turns.first_calls(workload, [(peer, Path(sys.executable))], turns.Plan())
    assert list(found) == ["NumPy by hand"]
    assert 0.0 < found["NumPy by hand"]["cold"] < 1.0
    assert list(found["NumPy by hand"]) == ["cold", "warm"]


def test_times_are_shown_with_three_digits_and_a_unit(load: Any) -> None:
    shown = load("report").shown
    given = (math.nan, 1.5e-9, 0.99949e-6, 1e-6, 0.012345, 0.99999, 61.23, 4321.0)
    assert list(map(shown, given)) == ["–", "1.50 ns", "999 ns", "1.00 µs", "12.3 ms", "1.00 s", "61.2 s", "4,321 s"]

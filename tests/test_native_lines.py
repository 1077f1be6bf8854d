"""Machine code of what has nothing to pack, as lines or by the interpreter, computes what Python does."""

import random

import numpy as np
import pytest
from packing_graphs import seeds

import autograd
from autograd import Value
from autograd.compiling.graph.graph import OPS
from autograd.compiling.python.interpreter import Interpreter
from autograd.compiling.python.lines import PythonLines

pytest.importorskip("llvmlite")

from native_graphs import close, recorded

from autograd.compiling.native.interpreter import NativeInterpreter
from autograd.compiling.native.lines import NativeLines


@pytest.mark.parametrize("seed", seeds(200, fast=40))
def test_lines_with_nothing_to_pack_agree_with_python_on_a_random_graph(seed):
    graph, parameters, inputs, draw = recorded(seed, batched=False)
    native, python = NativeLines(graph), PythonLines(graph)
    wanted = bytes(draw.integers(0, 2, len(parameters) + inputs).tolist())
    for _ in range(5):
        given = [parameters, draw.uniform(-2, 2, inputs)]
        for asked in (b"", wanted):
            results, failed, slopes, _ = native.run(given, None, asked, 1.0)
            expected = python.run(given, None, asked, 1.0)
            assert close([results, failed, slopes], expected[:3])
    words = {OPS[node[0]].name for node in graph.nodes}
    assert native.loops() or "round" in words


@pytest.mark.parametrize("seed", seeds(200, fast=40))
def test_the_interpreter_agrees_with_python_on_a_random_graph(seed):
    graph, parameters, inputs, draw = recorded(seed, batched=False)
    native, python = NativeInterpreter(graph), Interpreter(graph)
    wanted = bytes(draw.integers(0, 2, len(parameters) + inputs).tolist())
    for numbers in (draw.uniform(-2, 2, inputs), draw.choice([0.0, -0.0, 1.0, np.inf, -np.inf, np.nan], inputs)):
        given = [parameters, numbers]
        for asked in (b"", wanted):
            results, failed, slopes, _ = native.run(given, None, asked, 0.5)
            expected = python.run(given, None, asked, 0.5)
            assert close([results, failed, slopes * np.frombuffer(wanted, bool)], [*expected[:2], expected[2]])
    groups = {OPS[node[0]].name for node in graph.nodes if any(OPS[node[0]].groups)}
    words = {OPS[node[0]].name for node in graph.nodes}
    assert native.loops() or groups - {"sum", "dot", "linear"} or "round" in words


def test_a_graph_too_long_to_be_printed_is_interpreted():
    w, chance = Value(0.5), random.Random(0)
    shifts = [chance.randrange(1, 5) for _ in range(700)]  # so that no two turns are alike

    def f(xs):
        state = list(xs)
        for k in range(700):
            turned = state[shifts[k] :] + state[: shifts[k]]
            state = [a + 0.001 * (autograd.sin(b) - w * a) for a, b in zip(state, turned)]
            if k % 100 == 0:
                state[0] = state[0] + autograd.dot(state, turned) * 0.01 + autograd.linear(xs, xs, 0.5) * 0.001
        return (state[1], autograd.sum(state))[state[0] > -5.0]  # an index is no choice

    native, eager = autograd.compile(f, native=True), [Value(0.1 * k) for k in range(5)]
    value, slopes = native.value_and_grad([x.data for x in eager])
    root = f(eager)
    root.backward()
    assert native.program.form == "rows"
    assert close([value, slopes], [root.data, [x.grad for x in eager]])
    assert "if code == 0:" in native.program.loops
    expected = w.grad
    w.zero_grad()
    native.backward([x.data for x in eager])
    assert close([w.grad], [expected])
    assert native([-50.0, 0.0, 0.0, 0.0, 0.0]) == f([-50.0, 0.0, 0.0, 0.0, 0.0]).data
    assert native.cache_info().turned == 1


def test_a_long_chain_with_a_word_that_is_not_known_runs_in_python():
    def f(x):
        for _ in range(13_000):
            x = autograd.round(x * 1.001, 3.0) + x * 0.001
        return x

    native, python = (autograd.compile(f, native=choice) for choice in (True, False))
    assert close(native.value_and_grad(0.3), python.value_and_grad(0.3))


def test_lines_with_nothing_to_pack_are_machine_code_where_that_will_do():
    def f(a, b):
        top = a if a > b else b
        # an index is no choice, so that one of the two programs has `round`, which machine code does not know
        rounded = lambda: top * autograd.exp(a) + autograd.sqrt(b) + autograd.round(a) * 0.0  # noqa: E731
        return (lambda: top * b + a**3, rounded)[b < 0.0]()

    native, python = (autograd.compile(f, argnums=(0, 1), native=choice) for choice in (True, False))
    for given in [(1.0, 2.0), (2.0, 1.0), (-1.0, 0.0), (0.5, -0.0), (1.0, -2.0), (3, 4), (float("inf"), 1.0)]:
        for _ in range(2):  # the second time by a printed function
            assert close([native(*given)], [python(*given)])
            assert close(native.value_and_grad(*given), python.value_and_grad(*given))
    assert native.program.form == "straight"
    assert "def run(" in native.program.loops
    assert "results[0] = " in native.program.loops


def test_a_group_in_lines_is_written_out_and_an_index_that_is_none_still_raises():
    def f(a, b, k):
        return autograd.dot([a, b], [b, a]) + autograd.logsumexp([a, b, a * b]) * autograd.pick([a, b, 3.0], k)

    native, python = (autograd.compile(f, argnums=(0, 1), native=choice) for choice in (True, False))
    for k in range(3):
        assert close(native.value_and_grad(0.5, -1.5, k), python.value_and_grad(0.5, -1.5, k))
    assert "run(" in native.program.loops
    for wrong in (3, -1, 0.5, float("nan")):
        with pytest.raises(IndexError):
            native.value_and_grad(0.5, -1.5, wrong)


def test_a_long_chain_is_compiled_as_it_is():
    chance = random.Random(0)
    steps = [chance.random() < 0.5 for _ in range(4700)]  # no two stretches of it are alike

    def chain(w, x):
        for adds in steps:
            x = w * x + 0.1 if adds else x * w - 0.1 * x
        return x

    native, python = (autograd.compile(chain, argnums=(0, 1), native=choice) for choice in (True, False))
    assert close(native.value_and_grad(0.999, 0.25), python.value_and_grad(0.999, 0.25))
    assert native.program.form == "straight"
    assert native.program.loops.count("\n") > 16_000

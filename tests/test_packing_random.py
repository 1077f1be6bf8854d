"""What a compiled function computes is what the function computes, on random graphs of all operations."""

import random

import numpy as np
import pytest
from packing_graphs import random_function, seeds

import autograd
from autograd import Value
from autograd.compiling.graph.simplify import simplify
from autograd.compiling.graph.sums import gather_sums
from autograd.compiling.graph.trace import trace
from autograd.compiling.numpy.blocks import Blocks
from autograd.compiling.packing.pack import pack
from autograd.compiling.python.interpreter import Interpreter
from autograd.compiling.python.lines import PythonLines


class Case:
    """A random function of x and of parameters, with what it gives eagerly for a few samples of x."""

    def __init__(self, seed):
        draw = random.Random(seed)
        inputs, samples = draw.randint(1, 5), draw.randint(1, 5)
        self.parameters = [Value(draw.uniform(-2, 2)) for _ in range(draw.randint(0, 3))]
        function = random_function(seed, inputs + len(self.parameters), draw.randint(1, 30))
        self.function = lambda x: function([*x, *self.parameters])
        self.batch = np.array([[draw.uniform(-2, 2) for _ in range(inputs)] for _ in range(samples)])
        runs = [self.eager(row) for row in self.batch]
        self.values, self.by_x, self.by_parameters = (np.array(part) for part in zip(*runs, strict=True))

    def eager(self, row):
        x = [Value(number) for number in row]
        for parameter in self.parameters:
            parameter.zero_grad()
        result = self.function(x)
        result.backward()
        return result.data, [one.grad for one in x], [one.grad for one in self.parameters]

    def graph(self, batched):
        x = [Value(number) for number in self.batch[0]]
        graph, _, parameters = trace(lambda: self.function(x), x, [batched] * len(x))
        return simplify(graph), parameters


def close(a, b, tolerance):
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and np.all(np.abs(a - b) <= tolerance * (1.0 + np.abs(b)))


@pytest.mark.parametrize("seed", seeds(600, fast=100))
def test_eager_compiled_and_batched_agree_on_a_random_graph(seed):
    case = Case(seed)
    compiled, batched = autograd.compile(case.function), autograd.compile(case.function, batch=0, reduce="sum")
    for row, value, by_x in zip(case.batch, case.values, case.by_x):
        found, slopes = compiled.value_and_grad(row.tolist())
        assert close([found, compiled(row.tolist())], [value, value], 1e-9)
        assert close(slopes, by_x, 1e-7)
    assert close(batched(case.batch), case.values, 1e-9)
    total, slopes = batched.value_and_grad(case.batch)
    assert close(total, case.values.sum(), 1e-9)
    assert close(slopes, case.by_x, 1e-7)
    for one in case.parameters:
        one.zero_grad()
    if case.by_parameters.any():
        batched.backward(case.batch)
        assert close([one.grad for one in case.parameters], case.by_parameters.sum(axis=0), 1e-7)


@pytest.mark.parametrize("seed", seeds(200, fast=50))
@pytest.mark.parametrize("form", ["blocks", "straight", "rows", "gated blocks", "float32 blocks"])
def test_every_form_of_a_program_agrees_on_a_random_graph(form, seed):
    case = Case(seed)
    graph, parameters = case.graph(batched=False)
    numbers = [one.data for one in parameters]
    wanted = bytes([1] * (len(parameters) + len(case.batch[0])))
    tolerance = 3e-3 if "float32" in form else 1e-7
    if form == "straight":
        runs = PythonLines(graph)
    elif form == "rows":
        runs = Interpreter(graph)
    else:
        runs = Blocks(pack(gather_sums(graph)), np.float32 if "float32" in form else float)
    known = {id(one): k for k, one in enumerate(parameters)}
    for row, value, by_x, by_parameters in zip(case.batch, case.values, case.by_x, case.by_parameters):
        with np.errstate(all="ignore"):
            given = np.array([*numbers, *row])
            if form == "gated blocks":
                results, _, slopes, _ = runs._run([given], None, wanted, 1.0, gated=True)
            else:
                results, _, slopes, _ = runs.run([given], None, wanted, 1.0)
        by_known = [by_parameters[k] for k, one in enumerate(case.parameters) if id(one) in known]
        assert close(results, [[value]], tolerance)
        assert close(slopes, [*by_known, *by_x], tolerance * 10)


@pytest.mark.parametrize("seed", seeds(200, fast=50))
def test_the_interpreter_agrees_with_blocks_in_a_batch_where_all_samples_share_some_numbers(seed):
    draw = np.random.default_rng(seed)
    batched = [True, *(draw.random(4) < 0.4).tolist()]
    x, function = [Value(0.1 * k) for k in range(5)], random_function(seed, 5, 20)
    graph = simplify(trace(lambda: function(x), x, batched)[0])
    shared, own = [draw.uniform(-2, 2, 5 - sum(batched))], draw.uniform(-2, 2, (sum(batched), 3))
    forms = Interpreter(graph), Blocks(pack(gather_sums(graph)), float)
    with np.errstate(all="ignore"):
        (value, _, *slopes), (expected, _, *others) = (x.run(shared, own, graph.every_leaf, 0.5) for x in forms)
    assert close(value, expected, 1e-9)
    assert all(close(a, b, 1e-6) for a, b in zip(slopes, others))


@pytest.mark.parametrize("seed", seeds(1000, fast=200))
@pytest.mark.parametrize("batch", [(), (0,)])
def test_infinities_nan_and_zeros_of_both_signs_come_out_as_in_eager_runs(batch, seed):
    draw = random.Random(seed)
    inputs = draw.randint(1, 4)
    row = [draw.choice([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 2.0, 0.5, -3.0]) for _ in range(inputs)]
    function = random_function(seed, inputs, draw.randint(1, 4), tame=False)
    x = [Value(number) for number in row]
    root = function(x)
    root.backward()
    value, slopes = autograd.compile(function, batch=batch).value_and_grad([row] if batch else row)
    slopes, expected = np.ravel(slopes), np.array([one.grad for one in x])
    # what is computed once for two has the sum of their adjoints, which may be finite where inf - inf is nan
    meets = ~np.isnan(expected)
    assert np.allclose(value, root.data, rtol=1e-9, equal_nan=True)
    assert np.allclose(slopes[meets], expected[meets], rtol=1e-7, atol=1e-9)

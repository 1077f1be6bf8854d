"""What a compiled function computes is what the function computes, on random graphs of all operations."""

import random

import numpy as np
import pytest
from packing_graphs import random_function

import autograd
from autograd import Value


def eager(function, numbers):
    values = [Value(x) for x in numbers]
    result = function(values)
    result.backward()
    return result.data, np.array([x.grad for x in values])


def close(a, b, tolerance):
    a, b = np.asarray(a), np.asarray(b)
    return np.all(np.abs(a - b) <= tolerance * (1.0 + np.abs(b)))


def seeds(count):
    return [pytest.param(seed, marks=pytest.mark.slow) if seed >= 100 else seed for seed in range(count)]


@pytest.mark.parametrize("seed", seeds(500))
def test_eager_compiled_and_batched_agree_on_a_random_graph(seed):
    draw = random.Random(seed)
    inputs, samples = draw.randint(1, 6), draw.randint(1, 5)
    function = random_function(seed, inputs, draw.randint(1, 30))
    batch = [[draw.uniform(-2, 2) for _ in range(inputs)] for _ in range(samples)]
    expected = [eager(function, row) for row in batch]
    compiled, batched = autograd.compile(function), autograd.compile(function, batch=0, reduce="sum")
    for row, (value, gradient) in zip(batch, expected):
        found, slopes = compiled.value_and_grad(row)
        assert close(found, value, 1e-9)
        assert close(slopes, gradient, 1e-7)
        assert close(compiled(row), value, 1e-9)
    assert close(batched(batch), [value for value, _ in expected], 1e-9)
    total, slopes = batched.value_and_grad(batch)
    assert close(total, sum(value for value, _ in expected), 1e-9)
    assert close(slopes, [gradient for _, gradient in expected], 1e-7)

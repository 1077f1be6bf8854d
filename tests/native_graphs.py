"""What the tests of machine code share: random graphs as they are recorded, a network, and how close numbers are."""

import numpy as np
from packing_graphs import random_function

import nn
from autograd import Value
from autograd.compiling.graph.trace import trace


def recorded(seed, batched):
    """A random graph, the numbers of its parameters and how many arguments it has; with what is drawn next."""
    draw = np.random.default_rng(seed)
    parameters = [Value(x) for x in draw.uniform(-2, 2, seed % 4)]
    inputs = 1 + seed % 5
    function = random_function(seed, inputs + len(parameters), int(draw.integers(1, 25)))
    x = [Value(0.1 * k) for k in range(inputs)]
    graph, _, found = trace(lambda: function([*x, *parameters]), x, [batched] * inputs)
    return graph, np.array([one.data for one in found]), inputs, draw


model = nn.MLP(3, [8, 5, 1], activation="tanh", seed=0)


def of_layers(x, y):
    """The squared error of the network above for one sample."""
    return (model(list(x)) - y) ** 2


def close(found, expected, tolerance=1e-9):
    return all(np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True) for a, b in zip(found, expected))

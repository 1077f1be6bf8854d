"""The way back: every adjoint that is read was put or set to 0 before, and none is put over another."""

import numpy as np
import pytest
from packing_graphs import random_function, random_sums

import autograd
from autograd import Value
from autograd.compiling.graph.simplify import simplify
from autograd.compiling.graph.sums import gather_sums
from autograd.compiling.graph.trace import trace
from autograd.compiling.packing.pack import ProductBlock, pack
from autograd.compiling.packing.way_back import way_back


def packed(seed):
    """A random graph in blocks, and by which leaves it is to be differentiated."""
    draw = np.random.default_rng(seed)
    x, batched = [Value(0.1 * k) for k in range(4)], (draw.random(4) < 0.5).tolist()
    function = random_sums(seed) if seed % 3 else random_function(seed, 4, 30)
    graph = gather_sums(simplify(trace(lambda: function(x), x, batched)[0]))
    return pack(graph), bytes(draw.integers(0, 2, 4).tolist())


def one_by_one(block):
    return [(place,) for place in range(len(block.operands))]


def rows_at_once(block):
    return one_by_one(block) if isinstance(block, ProductBlock) else [tuple(range(len(block.operands)))]


@pytest.mark.parametrize("turns", [one_by_one, rows_at_once])
@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_added_to_what_is_not_there_and_nothing_is_put_over_what_is(seed, turns):
    graph, wanted = packed(seed)
    shared, own = way_back(graph, wanted, turns, lambda block, operand: not operand.is_repeated)
    root = graph.graph.outputs[0]
    there = {(bool(graph.batched[root]), int(graph.position[root]))}
    for stage in (own, shared):
        zeros = {(bool(batched), k) for batched, places in enumerate(stage.zeros) for k in places.tolist()}
        assert not zeros & there
        there |= zeros
        for step in stage.steps:
            assert {(step.block.batched, k) for k in step.block.out.positions.ravel().tolist()} <= there
            for arrival in step.arrivals:
                places = {(arrival.operand.batched, k) for k in arrival.operand.positions.ravel().tolist()}
                assert not places & (there - zeros) if arrival.is_first else places <= there
                there |= places
        assert {(stage is own, k) for k in stage.leaves.tolist()} <= there


@pytest.mark.parametrize("native", [False, None])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_matrix_times_itself_has_the_gradient_of_both_factors(size, native):
    def weighted(xs):
        rows = [xs[3 * k : 3 * k + 3] for k in range(size)]
        pairs = [(i, j) for i in range(size) for j in range(size)]  # i and j weigh otherwise than j and i
        return autograd.sum([autograd.dot(rows[i], rows[j]) * (1.0 + i - 2.5 * j) for i, j in pairs])

    x = np.random.default_rng(size).normal(size=(2, 3 * size))
    expected = [autograd.grad(weighted)(row.tolist()) for row in x]
    found = autograd.compile(lambda x: weighted(list(x)), batch=0, reduce="sum", native=native).value_and_grad(x)[1]
    assert np.allclose(found, expected, rtol=1e-12)

"""A recorded graph stays the same function while it is simplified, its sums are gathered and it is put into levels."""

import random

import numpy as np
import pytest
from packing_graphs import random_function, random_sums

import autograd
from autograd import Value
from autograd.compiling.graph.graph import CODE_OF, DETACH, LIFT
from autograd.compiling.graph.hashes import hash_of, hashes_of
from autograd.compiling.graph.nodes import Nodes, distinct, runs
from autograd.compiling.graph.simplify import simplify
from autograd.compiling.graph.sums import gather_sums
from autograd.compiling.graph.trace import trace
from autograd.compiling.packing.pack import levels
from autograd.compiling.python.interpreter import Interpreter

SEEDS = range(60)


def recorded(seed, batched=(False, True, False)):
    """A random graph, and numbers for its arguments."""
    draw = random.Random(seed)
    x = [Value(draw.uniform(-2.0, 2.0)) for _ in batched]
    function = random_sums(seed) if seed % 2 else random_function(seed, len(batched), 30)
    return trace(lambda: function(x), x, batched)[0], np.array([value.data for value in x])


def value(graph, numbers):
    return Interpreter(graph).run([numbers], None, b"", 1.0)[0].item()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_simplified_graph_gives_the_same_to_the_last_bit(seed):
    graph, numbers = recorded(seed, (False,) * 3)
    assert value(simplify(graph), numbers) == value(graph, numbers)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_simplified_graph_computes_nothing_twice_nothing_known_and_nothing_unread(seed):
    graph = simplify(recorded(seed)[0])
    seen = {(code, *(sorted(x) if code in (CODE_OF["add"], CODE_OF["mul"]) else x)) for code, *x in graph.nodes}
    read = {*graph.nodes.inputs.tolist(), *graph.roots()}
    assert len(seen) == len(graph.nodes)
    assert all(max(inputs) >= graph.first_parameter for _, *inputs in graph.nodes)
    assert read >= {*range(graph.first_parameter), *range(graph.leaves, len(graph))}
    assert simplify(graph) is graph


@pytest.mark.parametrize("seed", SEEDS)
def test_gathered_sums_are_the_same_function(seed):
    graph, numbers = recorded(seed, (False,) * 3)
    gathered = gather_sums(simplify(graph))
    assert value(gathered, numbers) == pytest.approx(value(graph, numbers), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("sum_of", "nodes"),
    [
        (lambda a, b, c, d, e, f: ((((a + b) + c) + d) + e) + f, [("sum", 0, 1, 2, 3, 4, 5)]),
        (lambda a, b, c, d, e, f: a + (b + (c + (d + (e + f)))), [("sum", 4, 5, 3, 2, 1, 0)]),
        (lambda a, b, c, d, e, f: ((a + b) + (c + d)) + (e + f), [("add", 2, 3), ("add", 4, 5), ("sum", 0, 1, 6, 7)]),
        (
            lambda a, b, c, d, e, f: autograd.sum([a, b, c]) + d - e - f,
            [("neg", 4), ("neg", 5), ("sum", 0, 1, 2, 3, 6, 7)],
        ),
        (
            lambda a, b, c, d, e, f: a - b + c * d + e * f,
            [("sub", 0, 1), ("mul", 2, 3), ("mul", 4, 5), ("sum", 6, 7, 8)],
        ),
        (lambda a, b, c, d, e, f: a + c * d + e * f - b, [("linear", 2, 4, 3, 5, 0), ("sub", 6, 1)]),
    ],
)
def test_terms_are_added_up_in_the_order_they_are_written_in(sum_of, nodes):
    x = [Value(float(k)) for k in range(6)]
    graph = gather_sums(simplify(trace(lambda: sum_of(*x), x, [False] * 6)[0]))
    assert [*graph.nodes] == [(CODE_OF[name], *inputs) for name, *inputs in nodes]


@pytest.mark.parametrize("seed", SEEDS)
def test_nodes_of_a_level_read_levels_before_and_are_alike(seed):
    graph = gather_sums(simplify(recorded(seed)[0]))
    done = set(range(graph.leaves))
    for code, size, nodes in levels(graph):
        assert {(graph.nodes[k][0], len(graph.nodes[k]) - 1) for k in nodes.tolist()} == {(code, size)}
        assert done.issuperset(graph.nodes.table(nodes, size).reshape(-1).tolist())
        done |= {graph.leaves + k for k in nodes.tolist()}
    assert len(done) == len(graph)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_depends_on_a_marked_leaf_is_what_a_walk_through_the_graph_finds(seed):
    graph = gather_sums(recorded(seed)[0])
    marks = np.array([random.Random(seed + k).random() < 0.3 for k in range(graph.leaves)], bool)
    found = marks.tolist()
    for code, *inputs in graph.nodes:
        found.append(code != DETACH and (code == LIFT or any(found[x] for x in inputs)))
    expected = found if marks.any() else [False] * len(graph)
    assert graph.depending(marks, {DETACH: False, LIFT: True}).tolist() == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_nodes_come_back_as_the_tuples_they_were_made_of(seed):
    nodes = recorded(seed)[0].nodes
    tuples = [*nodes]
    again = Nodes.of(tuples)
    order = np.random.default_rng(seed).permutation(len(nodes))
    assert [*again] == tuples == [nodes[k] for k in range(len(nodes))]
    assert [*nodes.kept(order, np.arange(1000))] == [tuples[k] for k in order]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hash_of_one_node_is_that_of_all_at_once(seed):
    nodes = recorded(seed)[0].nodes
    turns = np.isin(nodes.codes, [CODE_OF["add"], CODE_OF["mul"]])
    rows = [(code, sorted(x) if turn else x) for (code, *x), turn in zip(nodes, turns, strict=True)]
    assert hashes_of(nodes, turns).tolist() == [hash_of(*row) for row in rows]
    assert len({*hashes_of(nodes, turns).tolist()}) == len({(code, *x) for code, x in rows})


@pytest.mark.parametrize("seed", SEEDS)
def test_distinct_numbers_and_runs_are_those_that_a_loop_finds(seed):
    draw = np.random.default_rng(seed)
    numbers, sizes = draw.integers(-5, 5, seed), draw.integers(0, 4, seed)
    first, which = distinct(numbers)
    once = [*dict.fromkeys(numbers.tolist())]
    assert numbers[first].tolist() == once
    assert [once[k] for k in which] == numbers.tolist()
    loop = [start + k for start, size in zip(numbers, sizes, strict=True) for k in range(size)]
    assert runs(numbers, sizes).tolist() == loop


def test_a_long_chain_that_is_written_twice_or_known_takes_time_in_proportion():
    def chains(x):
        a, b, c = x, x, Value(1.0)
        for _ in range(5000):
            a, b, c = autograd.tanh(a) * 0.5, autograd.tanh(b) * 0.5, c * 0.999
        return a + b + c

    x = Value(0.3)
    graph = simplify(trace(lambda: chains(x), [x], [False])[0])
    assert len(graph.nodes) == 2 * 5000 + 2
    assert graph.constants == [0.5, pytest.approx(0.999**5000)]

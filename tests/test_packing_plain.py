"""The dense parts of the compiler give, node for node, what their plain versions give."""

import random

import pytest
from packing_graphs import random_function, random_sums
from plain.rows import rows_of
from plain.simplify import simplified
from plain.sums import gathered
from test_packing_sums import additions, products

from autograd import Value
from autograd.compiling.graph.simplify import simplify
from autograd.compiling.graph.sums import gather_sums
from autograd.compiling.graph.trace import trace

KINDS = [lambda seed: random_function(seed, 5, 30), random_sums, additions, products]


def recorded(seed):
    """A random graph; of which arguments each sample has its own is drawn too."""
    draw = random.Random(seed)
    x = [Value(draw.uniform(-2.0, 2.0)) for _ in range(5)]
    return trace(lambda: KINDS[seed % 4](seed)(x), x, [draw.random() < 0.5 for _ in x])[0]


@pytest.mark.parametrize("seed", range(120))
def test_a_graph_is_simplified_as_by_one_look_at_each_row_after_the_other(seed):
    graph = recorded(seed)
    assert rows_of(simplify(graph))[:2] == simplified(*rows_of(graph)[:2])


@pytest.mark.parametrize("seed", range(120))
@pytest.mark.parametrize("first", [simplify, lambda graph: graph], ids=["simplified", "as recorded"])
def test_sums_are_gathered_as_by_a_walk_along_the_terms_of_each_chain(seed, first):
    graph = first(recorded(seed))
    assert rows_of(gather_sums(graph))[:2] == gathered(*rows_of(graph))

"""A gradient is the sum of what its paths contribute, largest first."""

import math
import random

import pytest
from pictured import neuron, of_class, parsed, random_graph

from autograd import Tape, Value, explain, no_grad


def all_paths(node, wrt, product=1.0):
    """The contribution of every path, by walking them all."""
    if node is wrt:
        return [product]
    steps = zip(node.inputs, node.partials, strict=True)
    return [c for x, d in steps if not x.is_constant for c in all_paths(x, wrt, product * d)]


def inputs_of(root):
    found = {}
    waiting = [root]
    while waiting:
        for x in waiting.pop().inputs:
            if id(x) not in found and not x.is_constant:
                found[id(x)] = x
                waiting.append(x)
    return list(found.values())


@pytest.mark.parametrize("seed", range(10))
def test_the_contributions_of_all_paths_add_up_to_the_gradient(seed):
    root = random_graph(seed, 14)
    for wrt in inputs_of(root):
        every = all_paths(root, wrt)
        told = explain(root, wrt, most=len(every) + 1)
        assert told.gradient == wrt.grad or not wrt.is_leaf
        listed = [path.contribution for path in told.paths]
        assert listed == sorted(listed, key=abs, reverse=True)
        assert sorted(listed) == pytest.approx(sorted(c for c in every if c), rel=1e-12)
        assert math.fsum(listed) == pytest.approx(told.gradient, rel=1e-9, abs=1e-12)
        assert len(listed) + told.others == len(every)


def test_the_largest_paths_are_listed_and_the_rest_is_told_as_one_sum():
    draw = random.Random(1)
    x = Value(1.0, label="x")
    y = x
    for _ in range(12):
        y = y * draw.uniform(0.5, 2) + y.sin()
    every = sorted(all_paths(y, x), key=abs, reverse=True)
    told = explain(y, x, most=5)
    assert [path.contribution for path in told.paths] == pytest.approx(every[:5])
    assert told.others == 2**12 - 5
    assert told.rest == pytest.approx(math.fsum(every[5:]))
    assert "4,091 other paths" in str(told)


def test_a_path_names_its_values_and_the_partials_between_them():
    loss = neuron()
    x1 = next(x for x in inputs_of(loss) if x.label == "x1")
    (path,) = explain(loss, x1).paths
    assert path.nodes[0] is x1
    assert path.nodes[-1] is loss
    assert math.prod(path.partials) == pytest.approx(path.contribution)
    for x, node, place, partial in zip(path.nodes, path.nodes[1:], path.places, path.partials, strict=False):
        assert node.inputs[place] is x
        assert node.partials[place] == partial


def test_the_picture_points_out_the_paths_and_nothing_else():
    loss = neuron()
    w2 = next(x for x in inputs_of(loss) if x.label == "w2")
    told = explain(loss, w2)
    root = parsed(told.picture.svg)
    lit = of_class(root, "ag-on")
    assert len([part for part in lit if "ag-card" in part.get("class")]) == len(told.paths[0].nodes)
    assert len([part for part in lit if "ag-wire" in part.get("class")]) == len(told.paths[0].partials)
    bundle = told._repr_mimebundle_()
    assert bundle["text/plain"] == str(told)
    assert bundle["image/svg+xml"] == told.picture.svg


def test_a_value_that_does_not_depend_on_the_other_has_no_path():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    z = x * 2
    z.label = "z"
    told = explain(z, y)
    assert str(told) == "∂z/∂y = 0: z does not depend on y"
    assert (told.gradient, told.paths, told.others) == (0.0, [], 0)


def test_the_gradient_of_a_value_by_itself_is_1():
    x = Value(2.0, label="x")
    told = explain(x, x)
    assert told.gradient == 1.0
    assert [path.contribution for path in told.paths] == [1.0]


def test_paths_that_contribute_nothing_are_only_counted():
    x = Value(-1.0, label="x")
    told = explain(x.relu() + 3 * x, x)
    assert [path.contribution for path in told.paths] == [3.0]
    assert (told.others, told.rest) == (1, 0.0)


def test_a_graph_of_countless_equal_paths_or_of_great_depth_is_explained_in_time():
    x = Value(1.0, label="x")
    y = x
    for _ in range(2000):
        y = (y + y) - y
    told = explain(y, x, most=3)
    assert len(told.paths) == 3
    assert told.gradient == 1.0
    assert "more than 1e308" in str(told)
    for _ in range(20_000):
        y = y.sin()
    assert len(explain(y, x, most=1).paths[0].nodes) > 22_000
    assert explain(y, x, most=1).picture.graph.notice


def test_infinite_and_undefined_contributions_are_listed_first():
    x = Value(0.0, label="x")
    told = explain(x.sqrt() + x, x)
    assert [path.contribution for path in told.paths] == [math.inf, 1.0]
    assert told.gradient == math.inf
    assert str(told)


def test_explaining_changes_no_gradient_or_tape():
    with Tape() as tape:
        root = random_graph(2, 20)
        before = [(node.data, node.grad, node.notes) for node in tape]
        assert explain(root, inputs_of(root)[0]).picture
    assert [(node.data, node.grad, node.notes) for node in tape] == before


def test_what_cannot_be_explained_is_refused():
    x = Value(1.0)
    with pytest.raises(TypeError, match=r"explain takes two Values; wrt is 1\.0"):
        explain(x, 1.0)
    with pytest.raises(ValueError, match="is a constant"), no_grad():
        explain(x, x * 2)
    with pytest.raises(ValueError, match="most must be"):
        explain(x, x, most=0)

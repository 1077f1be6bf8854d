"""Programs as micrograd's readers write them: they draw, sweep and train by `_prev`, `_op`, `_backward` and `p.m`."""

import copy
import math
import pickle

import graphviz
import pytest

import nn
from autograd import Value, to_json
from autograd.core.ops import TABLE
from autograd.interop.micrograd import KEPT


def expression():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    return a, b, ((a * b - 10.0) ** 2 / b + a.tanh()).relu() - a


def ancestors(root):
    """What a program finds that follows `_prev`, inputs before results."""
    order, seen = [], set()

    def visit(v):
        if v not in seen:
            seen.add(v)
            for x in v._prev:
                visit(x)
            order.append(v)

    visit(root)
    return order


def drawn(root):
    picture = graphviz.Digraph(graph_attr={"rankdir": "LR"})
    for v in ancestors(root):
        name = str(id(v))
        picture.node(name, f"{v.label} | data {v.data:.4f} | grad {v.grad:.4f}", shape="record")
        if v._op:
            picture.node(name + v._op, v._op)
            picture.edge(name + v._op, name)
        for x in v._prev:
            picture.edge(str(id(x)), name + v._op)
    return picture.source


def test_a_graph_is_drawn_by_what_each_value_was_computed_from():
    a, _, y = expression()
    y.backward()
    source = drawn(y)
    assert f"a | data 2.0000 | grad {a.grad:.4f}" in source
    assert source.count("->") == sum(len(v._prev) + bool(v._op) for v in ancestors(y))


@pytest.mark.parametrize(
    ("symbol", "f"),
    [
        ("+", lambda a, b: a + b),
        ("-", lambda a, b: a - b),
        ("*", lambda a, b: a * b),
        ("/", lambda a, b: a / b),
        ("**2", lambda a, b: a**2),
        ("**-0.5", lambda a, b: a**-0.5),
        ("^", lambda a, b: a**b),
        ("ReLU", lambda a, b: a.relu()),
        ("tanh", lambda a, b: a.tanh()),
        ("", lambda a, b: a),
    ],
)
def test_the_symbol_of_an_operation_is_the_one_a_reader_writes(symbol, f):
    assert f(Value(2.0), Value(3.0))._op == symbol


def test_inputs_are_a_set_and_a_leaf_has_none():
    x = Value(2.0)
    assert (x * x)._prev == {x}
    assert x._prev == set()
    assert {v.data for v in (x * 3.0)._prev} == {2.0, 3.0}


def test_a_sweep_by_hand_gives_what_backward_gives():
    a, b, y = expression()
    y.grad = 1.0
    for v in reversed(ancestors(y)):
        v._backward()
    by_hand = a.grad, b.grad
    a.zero_grad(), b.zero_grad()
    y.backward()
    assert by_hand == (a.grad, b.grad)
    assert a.grad != 0.0


def test_what_is_recorded_is_not_overwritten_and_the_error_says_what_to_use():
    for name, thing in (("_backward", lambda: None), ("_prev", set()), ("_op", "+")):
        with pytest.raises(AttributeError, match=r"autograd\.primitive"):
            setattr(Value(1.0) * 2, name, thing)


def test_adam_written_by_hand_keeps_its_moments_on_the_parameters():
    xs, parameters = [0.0, 1.0, 2.0, 3.0], [Value(0.0, label="w"), Value(0.0, label="b")]
    for p in parameters:
        p.m = p.v = 0.0
    for t in range(1, 400):
        loss = sum((parameters[0] * x + parameters[1] - (3.0 * x - 1.0)) ** 2 for x in xs)
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.m = 0.9 * p.m + 0.1 * p.grad
            p.v = 0.99 * p.v + 0.01 * p.grad**2
            p.data -= 0.1 * (p.m / (1 - 0.9**t)) / (math.sqrt(p.v / (1 - 0.99**t)) + 1e-8)
    assert [p.data for p in parameters] == pytest.approx([3.0, -1.0], abs=1e-3)


@pytest.mark.parametrize("name", KEPT)
def test_an_attribute_is_there_once_it_is_set_and_survives_copies(name):
    assert name not in TABLE
    x = Value(2.0, label="x")
    assert not hasattr(x, name)
    setattr(x, name, [1.5])
    for y in (
        copy.copy(x),
        copy.deepcopy(x),
        pickle.loads(pickle.dumps(x)),
        pickle.loads(pickle.dumps([x * 2]))[0].inputs[0],
    ):
        assert (getattr(y, name), y.label, y.data) == ([1.5], "x", 2.0)
    with pytest.raises(AttributeError, match=f"no '{name}' yet"):
        getattr(Value(1.0), name)
    assert to_json(x) == to_json(Value(2.0, label="x"))


class Weight(Value):
    """A Value with any attributes."""


def test_a_subclass_takes_any_attribute_and_copies_keep_it():
    w = Weight(2.0)
    w.history = [1.0]
    for y in (
        copy.copy(w),
        copy.deepcopy(w),
        pickle.loads(pickle.dumps(w)),
        pickle.loads(pickle.dumps(w * 2)).inputs[0],
    ):
        assert (type(y), y.history, y.data) == (Weight, [1.0], 2.0)
    assert copy.deepcopy(w).history is not w.history


def test_a_network_with_loss_and_accuracy_is_trained_by_its_values_alone():
    points = nn.data.moons(40, noise=0.1, seed=3)
    labels = [2 * label - 1 for label in points.y]
    model = nn.MLP(2, [8, 8, 1], seed=3)

    def loss():
        scores = [model([Value(x) for x in row]) for row in points.X]
        margins = [(1.0 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        hits = [(label > 0) == (score.data > 0) for label, score in zip(labels, scores, strict=True)]
        return sum(margins) * (1.0 / len(margins)) + penalty, sum(hits) / len(hits)

    for step in range(50):
        total, accuracy = loss()
        for p in model.parameters():
            p.grad = 0.0
        total.grad = 1.0
        for v in sorted(ancestors(total), key=lambda v: v.line, reverse=True):
            v._backward()
        for p in model.parameters():
            p.velocity = 0.9 * getattr(p, "velocity", 0.0) + p.grad
            p.data -= (0.1 - 0.09 * step / 50) * p.velocity
    assert accuracy >= 0.9

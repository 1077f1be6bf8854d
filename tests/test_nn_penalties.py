"""Penalties: what they add to a loss, and that an optimiser's weight decay is one of them."""

import pytest

import nn
from autograd import Tape, Value


def test_penalties_are_sums_over_the_parameters_and_small_graphs():
    w = [Value(3.0), Value(-4.0), Value(0.0)]
    with Tape() as tape:
        nn.l2(w, 0.1).backward()
    assert [node.op.name for node in tape] == ["dot", "mul"]
    assert [x.grad for x in w] == pytest.approx([0.6, -0.8, 0.0])
    for x in w:
        x.zero_grad()
    nn.l1(w, 0.1).backward()
    assert [x.grad for x in w] == [0.1, -0.1, 0.0]


def test_weight_decay_is_the_l2_penalty_of_twice_its_strength():
    paths = []
    for strength, decay in ((0.05, 0.0), (0.0, 0.1)):
        model = nn.MLP(2, [3, 1], "tanh", seed=0)
        optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=decay)
        for _ in range(5):
            loss = nn.mean_squared_error(model([1.0, 2.0]), 0.5) + nn.l2(model.parameters(), strength)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        paths.append([p.data for p in model.parameters()])
    assert paths[0] == pytest.approx(paths[1], rel=1e-12)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: nn.l2([]), "a penalty of no parameters"),
        (lambda: nn.l2(nn.Neuron(1)), r"write model.parameters\(\)"),
        (lambda: nn.l1(3), "a penalty takes a list of Values, got 3"),
        (lambda: nn.l1([Value(1.0)], -1), "strength must be at least 0, got -1"),
    ],
)
def test_what_cannot_be_penalised_is_told_in_a_sentence(make, says):
    with pytest.raises((TypeError, ValueError), match=says):
        make()

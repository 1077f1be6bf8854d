"""Neurons, layers and networks: what they compute, what they are called in pictures, and what they refuse."""

import random

import numpy as np
import pytest

import autograd
import nn
from autograd import Tape, Value, scope
from nn.layers.activations import names


def data(outputs):
    return [y.data for y in outputs] if isinstance(outputs, list) else outputs.data


@pytest.mark.parametrize("activation", names())
def test_a_neuron_is_a_weighted_sum_plus_bias_and_any_activation_of_the_table(activation):
    neuron = nn.Neuron(3, activation, seed=1)
    neuron.b.data = 2.0  # so that log and the like are inside their domain
    x = [0.1, -0.2, 0.3]
    z = sum(w.data * value for w, value in zip(neuron.w, x)) + 2.0
    expected = z if activation == "linear" else getattr(autograd, activation)(z)
    assert neuron(x).data == pytest.approx(expected, rel=1e-14, nan_ok=True)


def test_a_neuron_records_two_operations_and_a_linear_one_a_single_one():
    with Tape() as tape:
        nn.Neuron(5, "tanh")([1.0] * 5)
        nn.Neuron(5, "linear")([1.0] * 5)
    assert [node.op.name for node in tape] == ["linear", "tanh", "linear"]


def test_an_activation_may_be_a_function_of_autograd_or_of_ones_own():
    a, b = nn.Neuron(2, autograd.tanh, seed=0), nn.Neuron(2, "tanh", seed=0)
    assert a.activation == "tanh"
    assert data(a([1.0, 2.0])) == data(b([1.0, 2.0]))
    cube = nn.Layer(2, 1, lambda z: z * z * z, seed=0)
    assert data(cube([1.0, 2.0])) == pytest.approx(data(nn.Layer(2, 1, "linear", seed=0)([1.0, 2.0])) ** 3)


def test_the_last_layer_is_linear_and_one_output_comes_back_alone():
    model = nn.MLP(2, [4, 1], "sigmoid", seed=0)
    assert [layer.neurons[0].activation for layer in model.layers] == ["sigmoid", "linear"]
    assert isinstance(model([1.0, 2.0]), Value)
    assert len(nn.MLP(2, [4, 3], seed=0)([1.0, 2.0])) == 3


def test_a_network_may_be_one_neuron_wide_and_read_one_number():
    model = nn.MLP(1, [1, 1, 2], "tanh", seed=0)
    assert data(model(0.5)) == data(model([0.5])) == data(model(Value(0.5)))


@pytest.mark.parametrize(
    "x", [[0.5, 2], (0.5, 2), np.array([0.5, 2.0]), [Value(0.5), 2], [0.5, Value(2.0)], [np.float32(0.5), True + 1]]
)
def test_inputs_are_numbers_or_values_in_any_sequence(x):
    for part in (nn.Neuron(2, seed=0), nn.Layer(2, 3, seed=0), nn.MLP(2, [3, 1], seed=0)):
        assert data(part(x)) == data(part([0.5, 2.0]))


def test_the_inputs_receive_gradients_too():
    x = [Value(1.0), Value(2.0)]
    neuron = nn.Neuron(2, "linear", seed=0)
    neuron(x).backward()
    assert [value.grad for value in x] == [w.data for w in neuron.w]
    assert [p.grad for p in neuron.parameters()] == [1.0, 2.0, 1.0]


def test_a_seed_makes_the_weights_its_own_and_none_draws_from_pythons_random():
    def weights(seed):
        return [p.data for p in nn.MLP(2, [3, 1], seed=seed).parameters()]

    assert weights(5) == weights(5) != weights(6)
    random.seed(1)
    first = weights(None)
    assert weights(None) != first
    random.seed(1)
    weights(7)  # leaves Python's random alone
    assert weights(None) == first


def test_parameters_and_nodes_say_where_they_are():
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    assert [(p.scope, p.label) for p in model.parameters()[3:6]] == [
        ("layer 1/neuron 2", "w1"),
        ("layer 1/neuron 2", "w2"),
        ("layer 1/neuron 2", "b"),
    ]
    with Tape() as tape:
        model([1.0, 2.0])
    assert [node.scope for node in tape][:4] == ["layer 1/neuron 1"] * 2 + ["layer 1/neuron 2"] * 2
    assert tape[-1].scope == "layer 2/neuron 1"


def test_scopes_of_the_user_stay_around_those_of_the_network():
    neuron = nn.Neuron(1, lambda z: (2 * z).tanh(), seed=0)
    with Tape() as tape, scope("twin"):
        neuron([1.0])
    assert [node.scope for node in tape] == ["twin/neuron"] * 3


def test_each_part_prints_as_it_was_made():
    assert repr(nn.MLP(2, [16, 1], "tanh")) == "MLP(2, [16, 1], 'tanh')"
    assert repr(nn.Layer(2, 3)) == "Layer(2, 3, 'relu')"
    assert repr(nn.Neuron(4, nonlin=False)) == "Neuron(4, 'linear')"


@pytest.mark.parametrize("part", [nn.Neuron(2), nn.Layer(2, 3), nn.MLP(2, [3, 1])])
@pytest.mark.parametrize("x", [[], [1.0], [1.0, 2.0, 3.0], 1.0, np.zeros(4)])
def test_a_wrong_number_of_inputs_is_told_with_both_numbers(part, x):
    with pytest.raises(ValueError, match=r"takes 2 inputs, got \d"):
        part(x)


def test_several_samples_at_once_are_refused_even_if_there_are_as_many_as_inputs():
    with pytest.raises(ValueError, match="one sample at a time"):
        nn.MLP(2, [3, 1])([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize("x", [["a", "b"], [None, 1.0], [1j, 1.0]])
def test_inputs_that_are_no_numbers_are_refused(x):
    for part in (nn.Neuron(2), nn.MLP(2, [3, 1])):
        with pytest.raises(TypeError, match="one real number"):
            part(x)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: nn.Neuron(0), "nin must be at least 1, got 0"),
        (lambda: nn.Neuron(2.5), "nin must be a whole number, got 2.5"),
        (lambda: nn.Layer(2, -1), "nout must be at least 1, got -1"),
        (lambda: nn.MLP(2, []), "nouts lists the sizes"),
        (lambda: nn.MLP(2, 16), "nouts lists the sizes"),
        (lambda: nn.MLP(2, [3, 0]), "nout must be at least 1, got 0"),
        (lambda: nn.MLP(2, [1], "rleu"), "did you mean 'relu'"),
        (lambda: nn.MLP(2, [1], "hypot"), "there is no activation 'hypot'"),
        (lambda: nn.MLP(2, [1], "softmax"), "cross_entropy"),
        (lambda: nn.MLP(2, [1], autograd.softmax), "cross_entropy"),
        (lambda: nn.MLP(2, [1], autograd.hypot), "there is no activation 'hypot'"),
        (lambda: nn.MLP(2, [1], None), "an activation is a name"),
        (lambda: nn.MLP(2, [1], seed=1.5), "seed must be a whole number"),
        (lambda: nn.MLP(2, [1], seed=-1), "seed must be at least 0"),
        (lambda: nn.MLP(2, [1], init="xavier"), "there is no initialiser 'xavier'"),
        (lambda: nn.MLP(2, [1], init=3), "init is a name or a function"),
    ],
)
def test_what_cannot_be_built_is_told_in_a_sentence(make, says):
    with pytest.raises((TypeError, ValueError), match=says):
        make()

"""Initialisers: each draws with the mean and the variance its source gives."""

from random import Random
from statistics import fmean, pvariance

import pytest

import nn
from nn.init import INITIALISERS, initialiser, normal, uniform

VARIANCES = {
    "glorot_uniform": 2 / (20 + 30),
    "glorot_normal": 2 / (20 + 30),
    "he_uniform": 2 / 20,
    "he_normal": 2 / 20,
    "lecun_normal": 1 / 20,
    "uniform": 1 / 3,
    "normal": 1.0,
    "zeros": 0.0,
}


@pytest.mark.parametrize("name", INITIALISERS)
def test_weights_have_mean_0_and_the_variance_of_the_source(name):
    random = Random(0)
    drawn = [INITIALISERS[name](20, 30, random) for _ in range(20_000)]
    variance = VARIANCES[name]
    assert fmean(drawn) == pytest.approx(0.0, abs=4 * (variance / len(drawn)) ** 0.5)  # four standard errors
    assert pvariance(drawn) == pytest.approx(variance, rel=0.05)


def test_ranges_and_deviations_may_be_chosen():
    random = Random(0)
    assert all(2.0 <= uniform(2.0, 3.0)(1, 1, random) <= 3.0 for _ in range(100))
    assert normal(5.0, 0.0)(1, 1, random) == 5.0


def test_the_default_suits_the_activation():
    assert initialiser(None, "relu") is nn.init.he_normal
    assert initialiser(None, "selu") is nn.init.lecun_normal
    assert initialiser(None, "tanh") is initialiser(None, "linear") is nn.init.glorot_uniform


def test_a_layer_tells_its_initialiser_how_many_come_in_and_go_out():
    seen = set()

    def mine(fan_in, fan_out, random):
        seen.add((fan_in, fan_out))
        return 0.5

    model = nn.MLP(3, [4, 2], init=mine)
    assert seen == {(3, 4), (4, 2)}
    assert {w.data for layer in model.layers for neuron in layer.neurons for w in neuron.w} == {0.5}
    assert {neuron.b.data for layer in model.layers for neuron in layer.neurons} == {0.0}


@pytest.mark.parametrize("activation", ["relu", "linear", "selu"])
def test_signals_keep_their_size_through_ten_layers(activation):
    model = nn.MLP(30, [30] * 10, activation, seed=0)
    random = Random(1)
    x = [random.gauss(0, 1) for _ in range(30)]
    assert 0.05 < pvariance([y.data for y in model(x)]) < 20

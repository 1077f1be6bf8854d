"""Clipping: long gradients become as long as allowed, short ones stay as they are."""

import math
import random

import numpy as np
import pytest

import nn
from autograd import Value
from nn.optim.clipping import clip_by_norm, clip_by_value, norm


@pytest.mark.parametrize("scale", [1e-300, 1e-3, 1.0, 1e3, 1e300])
def test_a_long_gradient_keeps_its_direction_and_gets_the_length_allowed(scale):
    rng = random.Random(0)
    gradient = np.array([rng.gauss(0, 1) for _ in range(50)]) * scale
    assert norm(gradient) == pytest.approx(math.hypot(*gradient.tolist()), rel=1e-12)
    half = norm(gradient) / 2
    assert clip_by_norm(gradient, half) == pytest.approx(gradient / 2, rel=1e-12)
    assert clip_by_norm(gradient, norm(gradient)).tolist() == gradient.tolist()


def test_a_length_beyond_the_range_of_floats_is_clipped_too():
    assert norm([1.5e308, -1.5e308]) == math.inf
    assert clip_by_norm([1.5e308, -1.5e308], 1.0) == pytest.approx([math.sqrt(0.5), -math.sqrt(0.5)])


def test_no_gradient_and_a_gradient_of_0_stay():
    assert clip_by_norm([], 1.0).tolist() == []
    assert clip_by_norm([0.0, 0.0], 1.0).tolist() == [0.0, 0.0]
    assert clip_by_value([], 1.0).tolist() == []


def test_by_value_each_number_is_cut_alone():
    assert clip_by_value([-3.0, 0.5, 2.0], 1.0).tolist() == [-1.0, 0.5, 1.0]


def test_the_gradients_of_values_are_shortened_in_place():
    w = Value(3.0)
    (w * w).backward()
    assert nn.clip_grad_norm([w], 2.0) == 6.0
    assert w.grad == 2.0
    with pytest.raises(ValueError, match="largest must be above 0, got 0"):
        nn.clip_grad_norm([w], 0)

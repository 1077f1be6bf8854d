"""Accuracy: the class a prediction speaks for, and how often it is the right one."""

import numpy as np
import pytest

import nn
from autograd import Value


def test_the_class_is_the_place_of_the_largest_output_or_the_sign_of_the_only_one():
    assert nn.predicted_class([Value(0.1), 3.0, Value(2.0)]) == 1
    assert nn.predicted_class(np.array([0.1, 0.3])) == 1
    assert [nn.predicted_class(x) for x in (0.5, -0.5, 0.0, Value(2.0), [0.5])] == [1, 0, 0, 1, 1]


@pytest.mark.parametrize("labels", [[0, 1, 1], [-1, 1, 1], np.array([0, 1, 1])])
def test_two_classes_may_be_called_0_and_1_or_minus_1_and_1(labels):
    assert nn.accuracy([-0.2, 0.3, Value(-1.0)], labels) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("predictions", "labels", "says"),
    [
        ([], [], "there are no predictions"),
        ([[0.1, 0.2]], [0, 1], "1 predictions need as many labels, got 2"),
        ([[0.1, 0.2]], [2], "label 2 is not one of the 2 classes"),
        ([[]], [0], "speaks for no class"),
        (0.5, 1, "accuracy is of lists"),
        ([0.5], ["a"], "a target must be a number, got 'a'"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(predictions, labels, says):
    with pytest.raises((TypeError, ValueError), match=says):
        nn.accuracy(predictions, labels)

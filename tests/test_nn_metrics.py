"""Metrics: the class a prediction speaks for, how often it is the right one, and what is taken for what."""

import math
import random

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


def test_the_confusion_matrix_counts_every_sample_once_and_the_right_ones_on_its_diagonal():
    rng = random.Random(0)
    outputs = [[rng.gauss(0, 1) for _ in range(4)] for _ in range(200)]
    labels = [rng.randrange(4) for _ in range(200)]
    matrix = nn.confusion_matrix(outputs, labels)
    for k in range(4):
        assert sum(matrix[k]) == labels.count(k)
        assert sum(row[k] for row in matrix) == [nn.predicted_class(p) for p in outputs].count(k)
    assert sum(matrix[k][k] for k in range(4)) / 200 == nn.accuracy(outputs, labels)


def test_a_confusion_matrix_of_one_output_has_two_classes():
    assert nn.confusion_matrix([0.5, 0.2, -0.1], [1, -1, -1]) == nn.confusion_matrix([0.5, 0.2, -0.1], [1, 0, 0])
    assert nn.confusion_matrix([0.5, 0.2, -0.1], [1, 0, 0]) == [[1, 1], [0, 1]]


def test_targets_may_be_the_probabilities_of_the_classes_as_in_one_hot():
    outputs, labels = [[0.1, 2.0, 0.0], [3.0, 0.2, 0.1], [0.0, 0.1, 0.2]], [1, 2, 2]
    for targets in (
        nn.data.one_hot(labels),
        np.array(nn.data.one_hot(labels)),
        [[0.2, 0.5, 0.3], [0, 0, 1], [0, 0, 1]],
    ):
        assert nn.accuracy(outputs, targets) == nn.accuracy(outputs, labels)
        assert nn.confusion_matrix(outputs, targets) == nn.confusion_matrix(outputs, labels)
    assert nn.accuracy([0.5, -0.5], [[1], [-1]]) == nn.accuracy([[0.5], [-0.5]], [[1], [0]]) == 1.0
    with pytest.raises(TypeError, match="a target must be a number"):
        nn.accuracy([[0.1, 0.2]], [[0, 1, 0]])


@pytest.mark.parametrize(
    "kind", [list, np.array, tuple, lambda labels: list(np.array(labels)), lambda labels: [[x] for x in labels]]
)
def test_whole_numbers_are_predicted_labels(kind):
    rng = random.Random(1)
    said, right = ([rng.randrange(4) for _ in range(100)] for _ in range(2))
    assert nn.accuracy(kind(said), right) == sum(map(int.__eq__, said, right)) / 100
    as_outputs = nn.data.one_hot(said, 4)
    assert nn.confusion_matrix(kind(said), kind(right)) == nn.confusion_matrix(as_outputs, right)
    assert nn.accuracy(kind(said), nn.data.one_hot(right, 4)) == nn.accuracy(said, right)
    assert [nn.predicted_class(x) for x in kind(said)] == said


@pytest.mark.parametrize("said", [[0, 1, 1], [-1, 1, 1], [False, True, True], np.array([0.2, 0.7, 0.9]) > 0.5])
@pytest.mark.parametrize("right", [[0, 0, 1], [-1, -1, 1], [False, False, True], np.array([0.0, 0.0, 1.0])])
def test_predicted_labels_of_two_classes_go_by_either_name_or_as_bools(said, right):
    assert nn.accuracy(said, right) == nn.accuracy(list(said), list(right)) == pytest.approx(2 / 3)
    assert nn.confusion_matrix(said, right) == [[1, 1], [0, 1]]


def test_a_class_that_nobody_named_has_a_row_and_a_column_where_the_classes_are_counted():
    assert nn.confusion_matrix([0, 1], [0, 0], classes=3) == [[1, 1, 0], [0, 0, 0], [0, 0, 0]]
    with pytest.raises(ValueError, match="classes must be at least 4, got 3"):
        nn.confusion_matrix([0, 3], [0, 0], classes=3)


def test_the_classes_that_a_model_predicts_have_its_accuracy_also_where_its_output_is_a_probability():
    points = nn.data.moons(60, seed=0)
    for last in ("linear", "sigmoid"):
        model = nn.Sequential(nn.Layer(2, 4, "tanh", seed=0), nn.Layer(4, 1, last, seed=1))
        exact = nn.accuracy(model.predict_class(points.X), points.y)
        history = nn.fit(
            model, points.X, points.y, loss=nn.mean_squared_error, optimizer=nn.SGD(model.parameters(), lr=0.0),
            epochs=1, metrics=nn.accuracy,
        )  # fmt: skip
        assert model.score(points.X, points.y) == history["accuracy"][-1] == exact
        assert 0.2 < exact < 0.9


def test_r2_is_1_for_perfect_0_for_the_mean_and_negative_for_worse():
    y = [1.0, 2.0, 4.0, 9.0]
    assert nn.r2(y, y) == 1.0
    assert nn.r2([4.0] * 4, y) == 0.0
    assert nn.r2([9.0] * 4, y) < 0.0
    assert nn.r2([Value(1.0), 2.0, 4.0, [10.0]], np.array(y)) == pytest.approx(1 - 1 / 38)
    assert nn.r2([[a, 4.0] for a in y], [[a, a] for a in y]) == 0.5
    assert math.isnan(nn.r2([1.0, 2.0], [3.0, 3.0]))


@pytest.mark.parametrize(
    ("predictions", "targets", "says"),
    [
        ([], [], "there are no predictions"),
        ([[1.0, 2.0], [1.0]], [[1.0, 2.0], [1.0]], "sample 1 has 1 predictions and 1 targets"),
        ([[1.0, 2.0]], [[1.0]], "sample 0 has 2 predictions and 1 targets"),
        ([1.0], [math.nan], "a target is nan"),
        (1.0, 2.0, "r2 is of lists"),
    ],
)
def test_what_r2_cannot_compare_is_told_in_a_sentence(predictions, targets, says):
    with pytest.raises((TypeError, ValueError), match=says):
        nn.r2(predictions, targets)


@pytest.mark.parametrize(
    ("predictions", "labels", "says"),
    [
        ([], [], "there are no predictions"),
        ([[0.1, 0.2]], [0, 1], "1 predictions need as many labels, got 2"),
        ([[0.1, 0.2]], [2], "label 2 is not one of the 2 classes"),
        ([[]], [0], "speaks for no class"),
        (0.5, 1, "accuracy is of lists"),
        ([0.5], ["a"], "a target must be a number, got 'a'"),
        ([1.0, 2.0], [1, 2], "one output tells two classes apart, .* and a target is 2; predicted labels are whole"),
        ([0.3, 0.8], [0.3, 0.8], "a target is 0.3; .* for predicted numbers there is r2"),
        ([1, 0.5], [1, 0], "got both: 1 and 0.5; write outputs as floats"),
        ([1, -2], [1, 0], "the predictions have the label -2; labels are whole numbers"),
        ([1, 2], [1, -1], "the predictions have the label 2"),
        ([0, 1], [[0.1, 2.0], [3.0, 1.0]], "add up to 1, got .*; predictions come before targets"),
        ([1, 2], [1, 0.5], "the targets have the label 0.5"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(predictions, labels, says):
    with pytest.raises((TypeError, ValueError), match=says):
        nn.accuracy(predictions, labels)


def test_numbers_that_are_no_labels_fill_no_memory_as_a_confusion_matrix():
    with pytest.raises(ValueError, match="name 1000000001 classes"):
        nn.confusion_matrix([10**9, 0], [1, 0])

"""Data: iris is Fisher's, digits are UCI's, and splitting, scaling and batching keep rows and labels together."""

import math
from statistics import fmean, pstdev

import numpy as np
import pytest

from nn.data import batches, circles, digits, iris, moons, one_hot, sine, spirals, split, standardise, xor


def test_iris_has_the_numbers_fisher_published():
    flowers = iris()
    assert len(flowers) == len(flowers.X) == 150
    assert [flowers.y.count(k) for k in range(3)] == [50, 50, 50]
    assert flowers.classes == ("setosa", "versicolor", "virginica")
    assert flowers.features[2] == "petal length (cm)"
    assert [round(fmean(column), 3) for column in zip(*flowers.X)] == [5.843, 3.057, 3.758, 1.199]
    assert [(min(column), max(column)) for column in zip(*flowers.X)] == [
        (4.3, 7.9),
        (2.0, 4.4),
        (1.0, 6.9),
        (0.1, 2.5),
    ]
    assert flowers.X[34] == [4.9, 3.1, 1.5, 0.2]
    assert flowers.X[37] == [4.9, 3.6, 1.4, 0.1]


def test_digits_are_the_test_set_that_alpaydin_and_kaynak_published():
    numbers = digits()
    assert len(numbers) == 1797
    assert [numbers.y.count(k) for k in range(10)] == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # as at UCI
    assert {len(row) for row in numbers.X} == {64}
    assert {x for row in numbers.X for x in row} == set(map(float, range(17)))
    assert sum(map(sum, numbers.X)) == 561718
    assert len({tuple(row) for row in numbers.X}) == 1797
    assert (numbers.classes[7], numbers.features[10]) == ("7", "pixel 1,2")
    assert digits().X is not numbers.X  # whoever writes into a row writes into a table of their own


def test_moons_without_noise_lie_on_their_half_circles():
    points = moons(101, noise=0.0, seed=1)
    assert points.y.count(0) == 51
    for (x, y), label in zip(points.X, points.y):
        if label == 0:
            assert math.hypot(x, y) == pytest.approx(1.0)
            assert y >= 0.0
        else:
            assert math.hypot(x - 1.0, y - 0.5) == pytest.approx(1.0)
            assert y <= 0.5


def test_moons_are_shuffled_noisy_and_reproducible():
    assert moons(50, seed=3) == moons(50, seed=3) != moons(50, seed=4)
    assert moons(50).y != sorted(moons(50).y)
    offs = [math.hypot(x, y) - 1.0 for (x, y), label in zip(moons(4000).X, moons(4000).y) if label == 0]
    assert pstdev(offs) == pytest.approx(0.1, rel=0.1)


def test_circles_without_noise_lie_on_their_circles():
    points = circles(31, noise=0.0, inner=0.3)
    assert points.y.count(1) == 15
    for (x, y), label in zip(points.X, points.y):
        assert math.hypot(x, y) == pytest.approx(0.3 if label else 1.0)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_spirals_are_copies_of_one_turned_around_0(classes):
    points = spirals(20 * classes, classes, noise=0.0, turns=0.8)
    assert [points.y.count(k) for k in range(classes)] == [20] * classes
    for (x, y), label in zip(points.X, points.y):
        along = (math.hypot(x, y) - 0.05) / 0.95
        angle = 2 * math.pi * (label / classes + 0.8 * along)
        assert (x, y) == pytest.approx((math.hypot(x, y) * math.cos(angle), math.hypot(x, y) * math.sin(angle)))
    radii = sorted(math.hypot(*row) for row in points.X)
    assert (radii[0], radii[-1]) == pytest.approx((0.05, 1.0))


def test_xor_repeats_its_four_corners():
    points = xor(10)
    assert len(points) == 10
    assert all(label == (x != y) for (x, y), label in zip(points.X, points.y))
    assert xor(100, noise=0.2).X != xor(100, noise=0.3).X


def test_sine_is_the_sine_with_noise():
    curve = sine(2001, noise=0.05)
    xs = sorted(x for (x,) in curve.X)
    assert (xs[0], xs[1000], xs[-1]) == pytest.approx((-math.pi, 0.0, math.pi))
    assert pstdev(y - math.sin(x) for (x,), y in zip(curve.X, curve.y)) == pytest.approx(0.05, rel=0.1)
    assert curve.classes == ()


@pytest.mark.parametrize("make", [moons, circles, spirals, xor, sine])
def test_what_is_made_is_shuffled_and_the_same_for_the_same_seed(make):
    assert make(40, seed=3) == make(40, seed=3) != make(40, seed=4)
    assert make(40).y != sorted(make(40).y)
    assert len(make(7)) == len(make(7).y) == 7
    assert repr(make(7)).startswith("<Dataset of 7 rows: x")


@pytest.mark.parametrize("size", [1, 3, 10, 99, None])
def test_batches_hold_every_sample_once_with_its_label(size):
    X, y = [[float(k)] for k in range(10)], list(range(10))
    found = list(batches(X, y, size, seed=1))
    assert [len(labels) for _, labels in found] == [min(size or 10, 10 - k) for k in range(0, 10, size or 10)]
    assert all(row == [label] for rows, labels in found for row, label in zip(rows, labels))
    order = [label for _, labels in found for label in labels]
    assert sorted(order) == y != order
    assert found == list(batches(np.array(X), np.array(y), size, seed=1))


def test_one_hot_has_a_1_at_the_place_of_the_label():
    assert one_hot([2, 0.0], classes=4) == [[0, 0, 1, 0], [1, 0, 0, 0]]
    assert one_hot(np.array([0, 1])) == [[1, 0], [0, 1]]


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1.0, 1e200, 1e307])
def test_columns_of_any_size_can_be_standardised(scale):
    table = [[scale * x] for x in (-1.0, 0.5, 1.0, -0.5)]
    assert [x for (x,) in standardise(table)] == pytest.approx([-(1.6**0.5), 0.4**0.5, 1.6**0.5, -(0.4**0.5)], rel=1e-3)


def test_split_keeps_every_row_once_with_its_label():
    X, y = [[float(k)] for k in range(30)], list(range(30))
    X_train, X_test, y_train, y_test = split(X, y, test=1 / 3, seed=2)
    assert (len(X_train), len(X_test)) == (20, 10)
    assert sorted(y_train + y_test) == y
    assert [row[0] for row in X_train + X_test] == y_train + y_test != y
    assert split(X, y, seed=2) == (X_train, X_test, y_train, y_test)
    assert split(np.array(X), np.array(y), seed=2) == (X_train, X_test, y_train, y_test)


def test_standardise_scales_by_the_first_table_alone():
    flowers = iris()
    train, test = standardise(flowers.X[:100], flowers.X[100:])
    for column in zip(*train):
        assert fmean(column) == pytest.approx(0.0, abs=1e-12)
        assert pstdev(column) == pytest.approx(1.0)
    assert fmean(column[2] for column in test) > 1.0  # virginica has the longest petals
    assert standardise(flowers.X[:100]) == train


def test_a_constant_column_is_only_shifted():
    assert standardise([[0.1, 1.0], [0.1, 3.0], [0.1, 5.0]], [[1.1, 3.0]])[1][0] == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: moons(1), "n must be at least 2, got 1"),
        (lambda: moons(10, noise=-1), "noise must be at least 0"),
        (lambda: circles(10, inner=-1), "inner must be at least 0"),
        (lambda: spirals(2), "n must be at least 3, got 2"),
        (lambda: spirals(10, classes=1), "classes must be at least 2"),
        (lambda: xor(0), "n must be at least 1"),
        (lambda: sine(2.5), "n must be a whole number"),
        (lambda: batches([1], [1], 0), "size must be at least 1, got 0"),
        (lambda: batches([1, 2], [1], 1), "2 rows need as many targets, got 1"),
        (lambda: one_hot([]), "give at least one"),
        (lambda: one_hot(3), "a list of labels, got 3"),
        (lambda: one_hot([0, -1]), "label -1 is not one of the 1 classes"),
        (lambda: one_hot([0, 3], classes=3), "label 3 is not one of the 3 classes"),
        (lambda: one_hot([0.5]), "label 0.5 is not one"),
        (lambda: split([], []), "there are no rows"),
        (lambda: split([1, 2], [1]), "2 rows need as many targets, got 1"),
        (lambda: split([1, 2], [1, 2], test=1.5), "between 0 and 1"),
        (lambda: split([1], [1]), "must leave a row on either side; got .* for 1 rows"),
        (lambda: split([1, 2], [1, 2], test=math.nan), "between 0 and 1"),
        (lambda: split(3, [1]), "X and y must be lists"),
        (lambda: standardise([]), "X is empty"),
        (lambda: standardise([[0.0, -1.7e308], [1.0, 1.7e308]]), "column 1, from -1.7e.308 to 1.7e.308, is too wide"),
        (lambda: standardise([[1.0, math.nan]]), r"X\[0\]\[1\] is nan"),
        (lambda: standardise([[1.0, 2.0]], [[1.0]]), "as many columns as the first table has, 2, got 1"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(make, says):
    with pytest.raises((TypeError, ValueError), match=says):
        make()

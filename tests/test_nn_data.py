"""Data: iris is Fisher's, moons are two half circles, and splitting and scaling keep rows and labels together."""

import math
from statistics import fmean, pstdev

import numpy as np
import pytest

from nn.data import iris, moons, split, standardise


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
        (lambda: split([], []), "there are no rows"),
        (lambda: split([1, 2], [1]), "2 rows need as many targets, got 1"),
        (lambda: split([1, 2], [1, 2], test=1.5), "between 0 and 1"),
        (lambda: split([1], [1]), "must leave a row on either side; got .* for 1 rows"),
        (lambda: split([1, 2], [1, 2], test=math.nan), "between 0 and 1"),
        (lambda: split(3, [1]), "X and y must be lists"),
        (lambda: standardise([]), "X is empty"),
        (lambda: standardise([[1.0, math.nan]]), r"X\[0\]\[1\] is nan"),
        (lambda: standardise([[1.0, 2.0]], [[1.0]]), "as many columns as the first table has, 2, got 1"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(make, says):
    with pytest.raises((TypeError, ValueError), match=says):
        make()

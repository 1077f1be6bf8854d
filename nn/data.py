"""Data to learn from, as plain lists: rows of numbers `X`, and for each row its label `y`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files
from math import cos, pi, sin, sqrt
from typing import Any, TypeVar

from .checks import as_list, pairs, rate, real, rows, whole
from .init import generator

T = TypeVar("T")


@dataclass(frozen=True)
class Dataset:
    """Rows of numbers with a label each; `classes[label]` is the label's name, `features[j]` that of column j."""

    X: list[list[float]]
    y: list[int]
    features: tuple[str, ...]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.y)

    def __repr__(self) -> str:
        return f"<Dataset of {len(self.y)} rows: {', '.join(self.features)}; classes {', '.join(self.classes)}>"


def iris() -> Dataset:
    """150 iris flowers of three species, 50 each: the length and width of sepals and petals in centimetres.

    Measured by Edgar Anderson, published by R. A. Fisher 1936, "The use of multiple measurements in taxonomic
    problems", Annals of Eugenics 7, 179-188. The numbers are Fisher's, as in R and scikit-learn; the copy in the UCI
    Machine Learning Repository (doi 10.24432/C56C76, CC BY 4.0) has errors in its rows 35 and 38, which are here
    4.9, 3.1, 1.5, 0.2 and 4.9, 3.6, 1.4, 0.1.

    >>> flowers = iris()
    >>> flowers.X[0], flowers.classes[flowers.y[0]]
    ([5.1, 3.5, 1.4, 0.2], 'setosa')
    """
    text = (files("nn") / "datasets" / "iris.csv").read_text(encoding="utf-8")
    header, *lines = csv.reader(text.splitlines())
    classes = tuple(dict.fromkeys(line[-1] for line in lines))
    X = [[float(cell) for cell in line[:-1]] for line in lines]
    return Dataset(X, [classes.index(line[-1]) for line in lines], tuple(header[:-1]), classes)


def moons(n: int = 100, noise: float = 0.1, seed: Any = 0) -> Dataset:
    """`n` points on two half circles that reach into each other: no straight line separates them.

    The upper one (class 0) is (cos a, sin a), the lower one (class 1) is (1 - cos a, 1/2 - sin a), both for angles a
    from 0 to pi; `noise` is the standard deviation of what is added to every coordinate. The order is shuffled.

    >>> points = moons(200, noise=0.05)
    >>> len(points.X), points.y.count(1)
    (200, 100)
    """
    n, noise, random = whole("n", n, least=2), rate("noise", noise), generator(seed)
    upper, lower = n - n // 2, n // 2
    points = [(cos(a), sin(a), 0) for a in _angles(upper)]
    points += [(1.0 - cos(a), 0.5 - sin(a), 1) for a in _angles(lower)]
    random.shuffle(points)
    X = [[x + random.gauss(0.0, noise), y + random.gauss(0.0, noise)] for x, y, _ in points]
    return Dataset(X, [label for _, _, label in points], ("x", "y"), ("upper moon", "lower moon"))


def _angles(n: int) -> list[float]:
    return [pi * k / max(n - 1, 1) for k in range(n)]


def split(X: Any, y: Any, test: float = 1 / 3, seed: Any = 0) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Shuffles the samples and holds the share `test` of them out: (X for training, X held out, y ..., y ...).

    A model is judged by samples it has not seen in training; the order of the four is scikit-learn's.

    >>> X_train, X_test, y_train, y_test = split([[1.0], [2.0], [3.0]], [10, 20, 30])
    >>> len(X_train), len(X_test), y_test[0] == 10 * X_test[0][0]
    (2, 1, True)
    """
    samples, labels = _lists(X, y)
    share = real("test", test)
    held_out = round(share * len(samples)) if 0.0 < share < 1.0 else 0
    if not 0 < held_out < len(samples):
        raise ValueError(
            f"test is the share of the rows to hold out, between 0 and 1, and must leave a row on either side; "
            f"got {test!r} for {len(samples)} rows"
        )
    order = list(range(len(samples)))
    generator(seed).shuffle(order)
    out, kept = order[:held_out], order[held_out:]
    return [samples[k] for k in kept], [samples[k] for k in out], [labels[k] for k in kept], [labels[k] for k in out]


def _lists(X: Any, y: Any) -> tuple[list[Any], list[Any]]:
    samples, labels = as_list(X), as_list(y)
    if samples is None or labels is None:
        raise TypeError("X and y must be lists: a row and a target for each sample")
    pairs(samples, "rows", labels, "targets")
    return samples, labels


def standardise(X: Any, *others: Any) -> Any:
    """Shifts and scales each column to mean 0 and standard deviation 1, by what `X` says, and `others` likewise.

    Columns of like size train faster. What is held out is scaled as the training rows are, since its own mean would
    be knowledge that a prediction cannot have: `X_train, X_test = standardise(X_train, X_test)`. A column that is
    constant in `X` is only shifted. Returns a list for `X` alone, else a tuple of lists.

    >>> standardise([[1.0, 10.0], [3.0, 30.0]], [[2.0, 40.0]])
    ([[-1.0, -1.0], [1.0, 1.0]], [[0.0, 2.0]])
    """
    tables = [rows("X", X), *(rows("X", other) for other in others)]
    n, width = len(tables[0]), len(tables[0][0])
    for table in tables:
        if len(table[0]) != width:
            raise ValueError(f"all rows need as many columns as the first table has, {width}, got {len(table[0])}")
    columns = list(zip(*tables[0]))
    means = [sum(column) / n for column in columns]
    # a constant column is told by its numbers: rounding may leave its deviation at 1e-17
    scales = [
        sqrt(sum((x - mean) ** 2 for x in column) / n) if min(column) < max(column) else 1.0
        for mean, column in zip(means, columns)
    ]
    scaled = tuple([[(x - m) / s for x, m, s in zip(row, means, scales)] for row in table] for table in tables)
    return scaled if others else scaled[0]

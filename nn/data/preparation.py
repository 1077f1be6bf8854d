"""Preparing data: ways to split, scale, code and batch rows and their targets."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot, isfinite, sqrt
from typing import Any

from ..arguments.checks import as_list, label, pairs, real, rows, whole
from ..arguments.keywords import named
from ..arguments.seeds import generator

__all__ = ["batches", "one_hot", "split", "standardise"]


@named
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
    order = _shuffled(len(samples), seed)
    out, kept = order[:held_out], order[held_out:]
    return [samples[k] for k in kept], [samples[k] for k in out], [labels[k] for k in kept], [labels[k] for k in out]


@named
def batches(X: Any, y: Any, size: int | None = 32, seed: Any = None) -> Iterator[tuple[list[Any], list[Any]]]:
    """The samples in a new order, `size` at a time: (X, y) of each batch; the last may be smaller. None is all at once.

    >>> [y for X, y in batches([[1.0], [2.0], [3.0]], [1, 2, 3], size=2, seed=0)]
    [[1, 3], [2]]
    """
    samples, labels = _lists(X, y)
    step = len(samples) if size is None else whole("size", size)
    order = _shuffled(len(samples), seed)
    return (
        ([samples[k] for k in order[first : first + step]], [labels[k] for k in order[first : first + step]])
        for first in range(0, len(order), step)
    )


@named
def one_hot(labels: Any, classes: int | None = None) -> list[list[float]]:
    """For each label a list of zeros with a 1 at its place; there are as many classes as the largest label needs.

    >>> one_hot([1, 0, 2])
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    given = as_list(labels)
    if not given:
        raise ValueError(f"one_hot takes a list of labels, got {labels!r}; give at least one")
    count = int(max(real("a label", x) for x in given)) + 1 if classes is None else whole("classes", classes)
    return [[float(k == label(x, max(count, 1))) for k in range(max(count, 1))] for x in given]


def standardise(X: Any, *others: Any) -> Any:
    """Shifts and scales each column to mean 0 and standard deviation 1, by what `X` says, and `others` likewise.

    Columns of like size train faster. What is held out is scaled as the training rows are, since its own mean would
    be knowledge that a prediction cannot have: `X_train, X_test = standardise(X_train, X_test)`. A column that is
    constant in `X` is only shifted. Returns a list for `X` alone, else a tuple of lists.

    >>> standardise([[1.0, 10.0], [3.0, 30.0]], [[2.0, 40.0]])
    ([[-1.0, -1.0], [1.0, 1.0]], [[0.0, 2.0]])
    """
    tables = [rows("X", X), *(rows("X", other) for other in others)]
    width = len(tables[0][0])
    for table in tables:
        if len(table[0]) != width:
            raise ValueError(f"all rows need as many columns as the first table has, {width}, got {len(table[0])}")
    centres = [_centre(j, column) for j, column in enumerate(zip(*tables[0]))]
    scaled = tuple(
        [[(x - mean) / scale for x, (mean, scale) in zip(row, centres)] for row in table] for table in tables
    )
    return scaled if others else scaled[0]


def _centre(j: int, column: tuple[float, ...]) -> tuple[float, float]:
    """The mean and the standard deviation, or 1 for a constant column."""
    # a constant column is told by its numbers: rounding may leave its deviation at 1e-17
    if min(column) == max(column):
        return column[0], 1.0
    mean = sum(column) / len(column)
    deviation = hypot(*[x - mean for x in column]) / sqrt(len(column)) or 1.0
    if not isfinite(deviation):
        raise ValueError(
            f"column {j}, from {min(column):g} to {max(column):g}, is too wide to be scaled; divide it first"
        )
    return mean, deviation


def _lists(X: Any, y: Any) -> tuple[list[Any], list[Any]]:
    samples, labels = as_list(X), as_list(y)
    if samples is None or labels is None:
        raise TypeError("X and y must be lists: a row and a target for each sample")
    pairs(samples, "rows", labels, "targets")
    return samples, labels


def _shuffled(n: int, seed: Any) -> list[int]:
    order = list(range(n))
    generator(seed).shuffle(order)
    return order

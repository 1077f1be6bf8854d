"""Class weights: classes that are rare, or that matter more, count more in a loss."""

from __future__ import annotations

from typing import Any

from ..arguments.checks import as_list, label, rate
from ..arguments.keywords import named


@named
def balanced_weights(labels: Any, classes: int | None = None) -> list[float]:
    """A weight for each class, samples / (classes * samples of the class), so that all classes count the same.

    Over the samples they come from, their mean is 1. Source: King & Zeng 2001, "Logistic regression in rare events
    data", as in scikit-learn's "balanced".

    >>> balanced_weights([0, 0, 0, 1])
    [0.6666666666666666, 2.0]
    """
    given = as_list(labels)
    if not given:
        raise ValueError(f"balanced weights come from a list of labels, got {labels!r}; give at least one")
    count = classes or int(max(given)) + 1
    numbers = [int(label(one, count)) for one in given]
    absent = sorted(set(range(count)) - set(numbers))
    if absent:
        raise ValueError(f"there is no sample of class {absent[0]}, so no weight balances it; leave the class out")
    return [len(numbers) / (count * numbers.count(k)) for k in range(count)]


def weights_of_classes(class_weights: Any, classes: int) -> list[float] | None:
    """A weight of at least 0 for each class; None if there are none."""
    if class_weights is None:
        return None
    given = as_list(class_weights)
    if given is None or len(given) != classes:
        raise ValueError(f"class_weights are a list of {classes} numbers, one for each class, got {class_weights!r}")
    return [rate("a class weight", x) for x in given]


def two_weights(class_weights: Any) -> list[float] | None:
    """The weights of two classes."""
    return weights_of_classes(class_weights, 2)

"""How good predictions are, in terms that people ask for."""

from __future__ import annotations

from math import fsum, nan
from typing import Any

from .checks import as_list, data, label, pairs, prediction, target


def predicted_class(outputs: Any) -> int:
    """The class that one sample's outputs speak for: the place of the largest, or of one output, 1 if it is above 0.

    >>> predicted_class([0.1, 2.0, -1.0]), predicted_class(-0.3)
    (1, 0)
    """
    given = _outputs(outputs)
    return max(range(len(given)), key=given.__getitem__) if len(given) > 1 else int(given[0] > 0.0)


def accuracy(predictions: Any, targets: Any) -> float:
    """The share of samples whose class is predicted right, from the outputs of each sample and its label.

    For models of one output the two classes may be called -1 and 1 or 0 and 1. In place of a label there may be the
    probabilities of the classes, as in one-hot [0, 1, 0]: the label is then the place of the largest.

    >>> accuracy([[0.1, 2.0], [0.3, 0.2], [5.0, 0.0]], [1, 0, 1])
    0.6666666666666666
    >>> accuracy([0.7, -0.2], [1, -1])
    1.0
    """
    found = _classes(predictions, targets, "accuracy")
    return sum(said == right for said, right, _ in found) / len(found)


def confusion_matrix(predictions: Any, targets: Any) -> list[list[int]]:
    """How often each class was taken for each: a row for each true class, a column for each predicted one.

    >>> confusion_matrix([[0.1, 2.0], [0.3, 0.2], [5.0, 0.0]], [1, 0, 1])
    [[1, 0], [1, 1]]
    """
    found = _classes(predictions, targets, "confusion_matrix")
    classes = max(count for _, _, count in found)
    counts = [[0] * classes for _ in range(classes)]
    for said, right, _ in found:
        counts[right][said] += 1
    return counts


def r2(predictions: Any, targets: Any) -> float:
    """The coefficient of determination: 1 - (sum of squared errors) / (sum of squared distances from the mean target).

    1 is perfect, 0 as good as always predicting the mean. Of several outputs it is the mean of theirs; nan where all
    targets are equal, since then there is nothing to explain. Source: Wright 1921, "Correlation and causation".

    >>> r2([1.0, 2.0, 3.5], [1.0, 2.0, 3.0])
    0.875
    """
    outputs, wanted = _lists(predictions, targets, "r2")
    P, T = [_outputs(p) for p in outputs], [[data(target(t)) for t in as_list(one) or [one]] for one in wanted]
    for k, (p, t) in enumerate(zip(P, T)):
        if len(p) != len(P[0]) or len(t) != len(P[0]):
            raise ValueError(f"sample {k} has {len(p)} predictions and {len(t)} targets; sample 0 has {len(P[0])}")
    return fsum(_r2(p, t) for p, t in zip(zip(*P), zip(*T))) / len(P[0])


def _r2(predictions: tuple[float, ...], targets: tuple[float, ...]) -> float:
    if min(targets) == max(targets):
        return nan
    mean = fsum(targets) / len(targets)
    wrong = fsum((p - t) ** 2 for p, t in zip(predictions, targets))
    return 1.0 - wrong / fsum((t - mean) ** 2 for t in targets)


def _classes(predictions: Any, targets: Any, name: str) -> list[tuple[int, int, int]]:
    """For each sample the class predicted, the right one, and how many there are."""
    return [_class(outputs, wanted) for outputs, wanted in zip(*_lists(predictions, targets, name))]


def _class(outputs: Any, wanted: Any) -> tuple[int, int, int]:
    classes, several = len(_outputs(outputs)), as_list(wanted)
    if several is not None and len(several) == classes:
        right = predicted_class([target(t) for t in several])
    else:
        right = data(label(wanted, classes)) if classes > 1 else data(target(wanted)) > 0.0
    return predicted_class(outputs), int(right), max(classes, 2)


def _lists(predictions: Any, targets: Any, name: str) -> tuple[list[Any], list[Any]]:
    outputs, labels = as_list(predictions), as_list(targets)
    if outputs is None or labels is None:
        raise TypeError(f"{name} is of lists: the outputs for each sample, and a target for each")
    pairs(outputs, "predictions", labels, "labels")
    return outputs, labels


def _outputs(outputs: Any) -> list[float]:
    several = as_list(outputs)
    if several == []:
        raise ValueError("a prediction without outputs speaks for no class; give at least one")
    return [data(prediction(p)) for p in ([outputs] if several is None else several)]

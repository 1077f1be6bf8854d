"""How good predictions are, in terms that people ask for."""

from __future__ import annotations

from collections.abc import Callable
from math import fsum, isclose, nan
from typing import Any

from .arguments.checks import as_list, data, label, pairs, prediction, target, whole
from .arguments.keywords import named

_MOST = 4096  # classes of a confusion matrix: a number for each pair


def predicted_class(outputs: Any) -> int:
    """The class that one sample's outputs speak for: the place of the largest, or of one output, 1 if it is above 0.

    A whole number is no output but a class itself, as `Module.predict_class` gives it; a bool is class 0 or 1.

    >>> predicted_class([0.1, 2.0, -1.0]), predicted_class(-0.3), predicted_class(2)
    (1, 0, 2)
    """
    given = _outputs(outputs)
    if _is_label(outputs):
        return _labels("the predictions", given, given[0] < 0.0)[0]
    return max(range(len(given)), key=given.__getitem__) if len(given) > 1 else int(given[0] > 0.0)


@named
def accuracy(predictions: Any, targets: Any) -> float:
    """The share of samples whose class is predicted right, from a prediction and the label of each.

    What a prediction is, is told by its kind, and is the same for all samples:

    - several numbers are the outputs for the classes, and speak for the place of the largest;
    - one whole number (int or bool, NumPy's too) is a predicted label, as `Module.predict_class` gives it;
    - one float or Value is the one output of a model for two classes, and speaks for class 1 if it is above 0.
      Of probabilities, `[p > 0.5 for p in probabilities]` are labels.

    Two classes may be called 0 and 1 or -1 and 1. In place of a label there may be the probabilities of the classes,
    as in one-hot [0, 1, 0]: the label is then the place of the largest.

    >>> accuracy([[0.1, 2.0], [0.3, 0.2], [5.0, 0.0]], [1, 0, 1])
    0.6666666666666666
    >>> accuracy([0.7, -0.2], [1, -1]), accuracy([2, 1, 2], [2, 1, 0])
    (1.0, 0.6666666666666666)

    Raises:
        TypeError, ValueError: some predictions are labels and others outputs, a label is none of the classes, or one
            output is compared with something else than the labels of two classes.
    """
    said, right, _ = _classes(predictions, targets, "accuracy")
    return sum(a == b for a, b in zip(said, right)) / len(said)


@named
def confusion_matrix(predictions: Any, targets: Any, classes: int | None = None) -> list[list[int]]:
    """How often each class was taken for each: a row for each true class, a column for each predicted one.

    Predictions are outputs or labels, as in `accuracy`. Labels have as many classes as the largest of them says, or
    as `classes` does.

    >>> confusion_matrix([[0.1, 2.0], [0.3, 0.2], [5.0, 0.0]], [1, 0, 1])
    [[1, 0], [1, 1]]
    >>> confusion_matrix([2, 1, 2], [2, 1, 1])
    [[0, 0, 0], [0, 1, 1], [0, 0, 1]]
    """
    said, right, size = _classes(predictions, targets, "confusion_matrix", classes)
    if size > _MOST:
        raise ValueError(
            f"the labels name {size} classes, and a confusion matrix is for up to {_MOST}; number the classes from "
            "0, and for predicted numbers there is r2"
        )
    counts = [[0] * size for _ in range(size)]
    for column, row in zip(said, right):
        counts[row][column] += 1
    return counts


def accuracy_of(model: Any) -> Callable[[Any, Any], float]:
    """The accuracy by the outputs of a model: one that is a probability, and no logit, is for class 1 if above 1/2."""

    def of_probabilities(outputs: Any, targets: Any) -> float:
        return accuracy([p - 0.5 if as_list(p) is None else p for p in outputs], targets)

    return of_probabilities if getattr(model, "gives_probabilities", False) else accuracy


@named
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


def _classes(predictions: Any, targets: Any, name: str, classes: int | None = None) -> tuple[list[int], list[int], int]:
    """The class predicted for each sample, the right one of each, and how many classes there are."""
    given, wanted = _lists(predictions, targets, name)
    are_labels = [_is_label(one) for one in given]
    if all(are_labels):
        numbers = [_outputs(one)[0] for one in given], [_named(one) for one in wanted]
        are_two = min(map(min, numbers)) < 0.0
        said, right = (_labels(what, of, are_two) for what, of in zip(("the predictions", "the targets"), numbers))
        found = max(2, 1 + max(*said, *right), *(len(as_list(one) or ()) for one in wanted))
        return said, right, found if classes is None else whole("classes", classes, least=found)
    if any(are_labels):
        label_, output = given[are_labels.index(True)], given[are_labels.index(False)]
        raise TypeError(
            f"predictions are labels, which are whole numbers, or outputs, and {name} got both: {label_!r} and "
            f"{output!r}; write outputs as floats"
        )
    counts = [len(_outputs(one)) for one in given]
    right = [_right(one, count) for one, count in zip(wanted, counts)]
    found = max(2, *counts)
    if classes not in (None, found):
        raise ValueError(f"the outputs are those of {found} classes, and there are to be {classes}")
    return [predicted_class(one) for one in given], right, found


def _right(wanted: Any, classes: int) -> int:
    """The class that a target names, where a model has outputs for so many."""
    several = as_list(wanted)
    if classes == 1:
        x = data(target(several[0] if several is not None and len(several) == 1 else wanted))
        if x not in (-1.0, 0.0, 1.0):
            raise ValueError(
                f"one output tells two classes apart, called 0 and 1 or -1 and 1, and a target is {x:g}; predicted "
                "labels are whole numbers, as predict_class gives them, and for predicted numbers there is r2"
            )
        return int(x > 0.0)
    return int(_named(wanted)) if several is not None and len(several) == classes else int(data(label(wanted, classes)))


def _named(wanted: Any) -> float:
    """A target as a label: the place of the largest of several numbers."""
    numbers = [data(target(t)) for t in as_list(wanted) or [wanted]]
    if len(numbers) > 1 and not (min(numbers) >= 0.0 and isclose(fsum(numbers), 1.0, rel_tol=1e-6)):
        raise ValueError(
            f"a target of several numbers holds the probabilities of the classes, which add up to 1, got {wanted!r}; "
            "predictions come before targets"
        )
    return float(max(range(len(numbers)), key=numbers.__getitem__)) if len(numbers) > 1 else float(numbers[0])


def _is_label(prediction: Any) -> bool:
    """Whether it is a whole number, alone or as a list of one."""
    several = as_list(prediction)
    x = prediction if several is None or len(several) != 1 else several[0]
    return isinstance(x, int) or getattr(getattr(x, "dtype", None), "kind", "") in {"b", "i", "u"}


def _labels(what: str, numbers: list[float], are_two: bool) -> list[int]:
    """Labels as the numbers of classes; those of two classes may be called -1 and 1."""
    for x in numbers:
        if x % 1.0 or not (-1.0 <= x <= 1.0 if are_two else x >= 0.0):
            raise ValueError(
                f"{what} have the label {x:g}; labels are whole numbers from 0, or -1 and 1 where there are two classes"
            )
    return [int(x > 0.0) if are_two else int(x) for x in numbers]


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

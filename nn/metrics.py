"""How good predictions are, in terms that people ask for."""

from __future__ import annotations

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

    For models of one output the two classes may be called -1 and 1 or 0 and 1.

    >>> accuracy([[0.1, 2.0], [0.3, 0.2], [5.0, 0.0]], [1, 0, 1])
    0.6666666666666666
    >>> accuracy([0.7, -0.2], [1, -1])
    1.0
    """
    outputs, labels = as_list(predictions), as_list(targets)
    if outputs is None or labels is None:
        raise TypeError("accuracy is of lists: the outputs for each sample, and a label for each")
    pairs(outputs, "predictions", labels, "labels")
    hits = [_is_right(p, t) for p, t in zip(outputs, labels)]
    return sum(hits) / len(hits)


def _is_right(outputs: Any, wanted: Any) -> bool:
    classes = len(_outputs(outputs))
    right: float = data(label(wanted, classes)) if classes > 1 else data(target(wanted)) > 0.0
    return predicted_class(outputs) == right


def _outputs(outputs: Any) -> list[float]:
    several = as_list(outputs)
    if several == []:
        raise ValueError("a prediction without outputs speaks for no class; give at least one")
    return [data(prediction(p)) for p in ([outputs] if several is None else several)]

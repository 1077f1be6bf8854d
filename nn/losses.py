"""LOSS: how wrong the predictions are, as one number to make small: each a function (predictions, targets).

What is meant is read off the predictions, the same way by every loss:

- a number is the one output of one sample: `mean_squared_error(model(x), 0.5)`
- a list of numbers is the outputs of one sample: `cross_entropy([0.1, 2.0, -1.0], 1)`
- a list of lists is several samples; the loss is the mean over them: `cross_entropy([model(x) for x in X], y)`

Where a model has one output, `[model(x) for x in X]` is a list of numbers; all losses that are means give the same for
"the outputs of one sample" and for "samples of one output", and `sum_squared_error` adds them up.

A target that stands alone may be given as a number or as a list of one. Predictions are Values or numbers; the loss
of numbers alone is a number. Shapes that do not fit, labels that do not exist and targets that are nan raise a
ValueError.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
from autograd import Value

from .checks import as_list, data, label, pairs, prediction, target


def sum_squared_error(predictions: Any, targets: Any) -> Any:
    """The squares of the errors, (p1 - t1)^2 + (p2 - t2)^2 + ..., added up over the outputs of a sample.

    The oldest of all: Legendre 1805, "Nouvelles méthodes pour la détermination des orbites des comètes". Some texts
    put 1/2 before it, so that the derivative is p - t; here it is 2 (p - t).

    >>> sum_squared_error([1.0, 2.0, 4.0], [1.0, 0.0, 1.0])
    13.0
    """
    return _over_outputs(_squared_error, autograd.sum, predictions, targets)


def mean_squared_error(predictions: Any, targets: Any) -> Any:
    """The mean of the squares of the errors, (p - t)^2: for regression.

    Its best constant prediction is the mean of the targets (Gauss 1809, "Theoria motus corporum coelestium").

    >>> mean_squared_error([1.0, 2.0], [1.0, 0.0])
    2.0
    """
    return _over_outputs(_squared_error, autograd.mean, predictions, targets)


def mean_absolute_error(predictions: Any, targets: Any) -> Any:
    """The mean of the errors without their signs, |p - t|: for regression where some targets are far off.

    Its best constant prediction is the median of the targets (Laplace 1774). Its gradient at p = t is 0.

    >>> mean_absolute_error([1.0, 2.0], [1.0, 0.0])
    1.0
    """
    return _over_outputs(lambda p, t: autograd.abs(p - t), autograd.mean, predictions, targets)


def hinge(predictions: Any, targets: Any) -> Any:
    """The mean of max(0, 1 - t p), for two classes called -1 and 1: 0 where the sign is right by a margin of 1.

    Source: Cortes & Vapnik 1995, "Support-vector networks". Its gradient at t p = 1 is 0.

    >>> hinge([2.0, 0.5, 0.5], [1, 1, -1])
    0.6666666666666666
    """
    return _over_outputs(_hinge, autograd.mean, predictions, targets)


def binary_cross_entropy_with_logits(predictions: Any, targets: Any) -> Any:
    """The mean of -t log(p) - (1 - t) log(1 - p) with p = sigmoid(prediction), for two classes called 0 and 1.

    The prediction is the logit, any number, not yet a probability: so the loss can be computed as softplus(-z) for
    t = 1 and softplus(z) for t = 0, which is exact for every z, with no logarithm of 0 to avoid. A target between 0
    and 1 is the probability of class 1. Source: Cox 1958, "The regression analysis of binary sequences"; Bishop 2006,
    "Pattern recognition and machine learning", equation 4.90.

    >>> binary_cross_entropy_with_logits(0.0, 1)
    0.6931471805599453
    """
    return _over_outputs(_binary_cross_entropy, autograd.mean, predictions, targets)


def cross_entropy(predictions: Any, targets: Any) -> Any:
    """The surprise at the right class: -log(softmax(predictions)[label]) = logsumexp(predictions) - predictions[label].

    Predictions are logits: one number for each class, not yet probabilities. A target is a label, counted from 0, or
    the list of the classes' probabilities t, as in one-hot [0, 1, 0]: then it is -sum(t log softmax(predictions)).
    Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs"; Bishop 2006,
    equation 4.108. The derivative by a logit is its probability minus its target.

    >>> cross_entropy([0.0, 0.0], 1)
    0.6931471805599453
    >>> cross_entropy([[0.0, 0.0], [3.0, 0.0]], [1, 0]) < cross_entropy([0.0, 0.0], 1)
    True
    """
    return _over_samples(_cross_entropy, predictions, targets)


# One output.


def _squared_error(p: Any, t: Any) -> Any:
    return autograd.square(p - t)


def _hinge(p: Any, t: Any) -> Any:
    if data(t) not in (-1.0, 1.0):
        raise ValueError(f"the labels of hinge are -1 and 1, got {t:g}; labels 0 and 1 become these by 2 * t - 1")
    return autograd.relu(1.0 - t * p)


def _binary_cross_entropy(z: Any, t: Any) -> Any:
    if not 0.0 <= data(t) <= 1.0:
        raise ValueError(
            f"a target of binary_cross_entropy_with_logits is 0, 1 or a probability between, got {t:g}; labels -1 and "
            "1 become these by (t + 1) / 2"
        )
    if not isinstance(t, Value) and t in (0.0, 1.0):
        return autograd.softplus(z if t == 0.0 else -z)
    # gate: a side of weight 0 stays 0 where its softplus is inf
    return autograd.gate(t, autograd.softplus(-z)) + autograd.gate(1.0 - t, autograd.softplus(z))


# One sample, and several.


def _over_samples(of_sample: Callable[[Any, Any], Any], predictions: Any, targets: Any) -> Any:
    samples = as_list(predictions)
    if not samples or as_list(samples[0]) is None:
        return of_sample(predictions, targets)
    wanted = _each(targets)
    pairs(samples, "samples", wanted, "targets")
    return autograd.mean(list(map(of_sample, samples, wanted)))


def _over_outputs(
    of_one: Callable[[Any, Any], Any], together: Callable[[list[Any]], Any], predictions: Any, targets: Any
) -> Any:
    def of_sample(outputs: Any, wanted: Any) -> Any:
        given, wanted = as_list(outputs), _each(wanted)
        pairs([outputs] if given is None else given, "predictions", wanted, "targets")
        if given is None:
            return of_one(prediction(outputs), target(wanted[0]))
        return together([of_one(prediction(p), target(t)) for p, t in zip(given, wanted)])

    return _over_samples(of_sample, predictions, targets)


def _each(targets: Any) -> list[Any]:
    """The targets as a list; a number is the only one."""
    several = as_list(targets)
    return [targets] if several is None else several


def _cross_entropy(logits: Any, wanted: Any) -> Any:
    outputs = as_list(logits)
    if not outputs:
        raise ValueError(
            f"cross_entropy needs a prediction for each class, got {logits!r}; make a model with as many outputs as "
            "classes, or use binary_cross_entropy_with_logits"
        )
    z = [prediction(p) for p in outputs]
    probabilities = as_list(wanted)
    if probabilities is None:
        return autograd.logsumexp(z) - autograd.pick(z, label(wanted, len(z)))
    pairs(z, "predictions", probabilities, "probabilities as their target, or one label")
    t = [target(p) for p in probabilities]
    total = sum(data(p) for p in t)
    if any(data(p) < 0.0 for p in t) or abs(total - 1.0) > 1e-6:
        raise ValueError(f"a target of probabilities must be at least 0 and add up to 1, got {wanted!r}")
    # gate: a class of probability 0 has no say, even where its logit is -inf
    return autograd.logsumexp(z) - autograd.sum([autograd.gate(p, x) for p, x in zip(t, z)])

"""Losses of probabilities: cross-entropies and their relatives, from logits (exact for all) and from probabilities.

No probability is kept away from 0 by a small number: where the right class has probability 0 the loss is inf. Who
trains with the functions of logits never meets that.
"""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Value

from ..arguments.checks import as_list, data, in_doubt, label, pairs, prediction, target
from ..arguments.keywords import named
from .reading import over_outputs, over_samples
from .weighting import two_weights, weights_of_classes

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "cross_entropy_of_probabilities",
    "kl_divergence",
]


@named
def binary_cross_entropy_with_logits(
    predictions: Any, targets: Any, weights: Any = None, class_weights: Any = None
) -> Any:
    """The mean of -t log(p) - (1 - t) log(1 - p) with p = sigmoid(prediction), for two classes called 0 and 1.

    The prediction is the logit, any number, not yet a probability: so the loss can be computed as softplus(-z) for
    t = 1 and softplus(z) for t = 0, which is exact for every z, with no logarithm of 0 to avoid. A target between 0
    and 1 is the probability of class 1. Source: Cox 1958, "The regression analysis of binary sequences"; Bishop 2006,
    "Pattern recognition and machine learning", equation 4.90. `class_weights` are factors of the losses of class 0 and
    of class 1.

    >>> binary_cross_entropy_with_logits(0.0, 1)
    0.6931471805599453
    """
    factors = two_weights(class_weights)

    def of_one(z: Any, t: Any) -> Any:
        _check_share(t, "binary_cross_entropy_with_logits")
        if factors is None and not isinstance(t, Value) and t in (0.0, 1.0):
            return autograd.softplus(z if t == 0.0 else -z)
        return _either(t, factors, autograd.softplus(z), autograd.softplus(-z))

    return over_outputs(of_one, autograd.mean, predictions, targets, weights)


@named
def binary_cross_entropy(predictions: Any, targets: Any, weights: Any = None, class_weights: Any = None) -> Any:
    """The mean of -t log(p) - (1 - t) log(1 - p), for two classes called 0 and 1, where p is the probability of 1.

    Where p comes of a sigmoid, `binary_cross_entropy_with_logits` of its input is exact in more cases: the sigmoid of
    40 is 1, and then the loss of t = 0 is inf. The rest is as there.

    >>> binary_cross_entropy([0.5, 0.5], [0, 1])
    0.6931471805599453
    >>> binary_cross_entropy(0.0, 1)
    inf
    """
    factors = two_weights(class_weights)

    def of_one(p: Any, t: Any) -> Any:
        _check_share(t, "binary_cross_entropy")
        _check_probability(p, "binary_cross_entropy_with_logits")
        return _either(t, factors, -autograd.log1p(-p), -autograd.log(p))

    return over_outputs(of_one, autograd.mean, predictions, targets, weights)


@named
def cross_entropy(predictions: Any, targets: Any, weights: Any = None, class_weights: Any = None) -> Any:
    """The surprise at the right class: -log(softmax(predictions)[label]) = logsumexp(predictions) - predictions[label].

    Predictions are logits: one number for each class, not yet probabilities. A target is a label, counted from 0, or
    the list of the classes' probabilities t, as in one-hot [0, 1, 0]: then it is -sum(t log softmax(predictions)).
    Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs"; Bishop 2006,
    equation 4.108. The derivative by a logit is its probability minus its target. `class_weights` are factors of the
    losses of each class; they are not divided by their sum, as PyTorch does.

    >>> cross_entropy([0.0, 0.0], 1)
    0.6931471805599453
    >>> cross_entropy([[0.0, 0.0], [3.0, 0.0]], [1, 0]) < cross_entropy([0.0, 0.0], 1)
    True
    """

    def of_sample(logits: Any, wanted: Any) -> Any:
        z = _outputs(logits, "cross_entropy")
        factors = weights_of_classes(class_weights, len(z))
        total = autograd.logsumexp(z)
        if as_list(wanted) is None:
            right = label(wanted, len(z))
            return _weighted(total - autograd.pick(z, right), right, factors)
        t = _probabilities(wanted, len(z))
        if factors is None:
            # gate: a class of probability 0 has no say, even where its logit is -inf
            return total - autograd.sum([autograd.gate(p, x) for p, x in zip(t, z)])
        return autograd.sum([autograd.gate(p * w, total - x) for p, w, x in zip(t, factors, z)])

    return over_samples(of_sample, predictions, targets, weights)


@named
def cross_entropy_of_probabilities(
    predictions: Any, targets: Any, weights: Any = None, class_weights: Any = None
) -> Any:
    """The surprise -log(p[label]) at the right class, where the predictions p are the probabilities of the classes.

    Where they come of a softmax, `cross_entropy` of its inputs is exact in more cases. The rest is as there.

    >>> cross_entropy_of_probabilities([0.25, 0.75], 0)
    1.3862943611198906
    >>> cross_entropy_of_probabilities([1.0, 0.0], 1)
    inf
    """

    def of_sample(predicted: Any, wanted: Any) -> Any:
        p = _predicted_probabilities(predicted, "cross_entropy_of_probabilities")
        factors = weights_of_classes(class_weights, len(p))
        if as_list(wanted) is None:
            right = label(wanted, len(p))
            # the logarithm first: one of the number picked would be inf * 0 in the gradients of the others
            return _weighted(-autograd.pick([autograd.log(x) for x in p], right), right, factors)
        t = _probabilities(wanted, len(p))
        return autograd.sum(
            [autograd.gate(one * w, -autograd.log(x)) for one, w, x in zip(t, factors or [1.0] * len(p), p)]
        )

    return over_samples(of_sample, predictions, targets, weights)


@named
def kl_divergence(predictions: Any, targets: Any, weights: Any = None) -> Any:
    """How far the predicted probabilities p are from the true ones t: sum(t log(t / p)), which is 0 where they agree.

    It is the cross-entropy less the entropy of t, so it has the same gradient. inf where p is 0 and t is not. Source:
    Kullback & Leibler 1951, "On information and sufficiency".

    >>> kl_divergence([0.5, 0.5], [0.5, 0.5]), kl_divergence([0.5, 0.5], [0.0, 1.0])
    (0.0, 0.6931471805599453)
    """

    def of_sample(predicted: Any, wanted: Any) -> Any:
        p = _predicted_probabilities(predicted, "kl_divergence")
        t = _probabilities(wanted, len(p))
        return autograd.sum([autograd.gate(one, autograd.log(one) - autograd.log(x)) for one, x in zip(t, p)])

    return over_samples(of_sample, predictions, targets, weights)


# What the functions share.


def _either(t: Any, factors: list[float] | None, if_0: Any, if_1: Any) -> Any:
    # gate: a side of weight 0 stays 0 where its loss is inf
    w0, w1 = factors or (1.0, 1.0)
    return autograd.gate(w1 * t, if_1) + autograd.gate(w0 * (1.0 - t), if_0)


def _weighted(loss: Any, right: Any, factors: list[float] | None) -> Any:
    if factors is None:
        return loss
    return autograd.gate(autograd.pick(factors, right), loss)


def _outputs(given: Any, name: str) -> list[Any]:
    outputs = as_list(given)
    if not outputs:
        raise ValueError(
            f"{name} needs a prediction for each class, got {given!r}; make a model with as many outputs as "
            "classes, or use binary_cross_entropy_with_logits"
        )
    return [prediction(p) for p in outputs]


def _predicted_probabilities(given: Any, name: str) -> list[Any]:
    p = _outputs(given, name)
    for one in p:
        _check_probability(one, "cross_entropy")
    total = sum(data(one) for one in p)
    if abs(total - 1.0) > 1e-3:  # nan goes on, and makes the loss nan
        raise ValueError(f"predicted probabilities add up to 1, not {total:g}; for logits use cross_entropy")
    return p


def _probabilities(wanted: Any, classes: int) -> list[Any]:
    """The target as a probability for each class."""
    given = as_list(wanted) or []
    if len(given) != classes:
        pairs([None] * classes, "predictions", given, "probabilities as their target, or one label")
    t = [target(p) for p in given]
    if in_doubt() and (any(data(p) < 0.0 for p in t) or abs(sum(data(p) for p in t) - 1.0) > 1e-6):
        raise ValueError(f"a target of probabilities must be at least 0 and add up to 1, got {wanted!r}")
    return t


def _check_share(t: Any, name: str) -> None:
    if in_doubt() and not 0.0 <= data(t) <= 1.0:
        raise ValueError(
            f"a target of {name} is 0, 1 or a probability between, got {t:g}; labels -1 and 1 become these by "
            "(t + 1) / 2"
        )


def _check_probability(p: Any, of_logits: str) -> None:
    if data(p) < 0.0 or data(p) > 1.0:  # nan goes on, and makes the loss nan
        raise ValueError(f"a probability is from 0 to 1, got {data(p):g}; for logits use {of_logits}")

"""Samples and outputs: how a loss reads what it is given, the same way for every loss.

What is meant is read off the predictions: a number is the one output of one sample, a list of numbers the outputs of
one sample, a list of lists several samples.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd

from ..arguments.checks import as_list, data, pairs, prediction, rate, target

OfOne = Callable[[Any, Any], Any]


def over_samples(of_sample: OfOne, predictions: Any, targets: Any, weights: Any = None) -> Any:
    """The loss of one sample, or the mean over several: weighted, if there is a weight for each."""
    samples = as_list(predictions)
    if weights is None and (not samples or as_list(samples[0]) is None):
        return of_sample(predictions, targets)
    if samples is None:
        raise TypeError(f"weights are for several samples, but the prediction is {predictions!r}; multiply its loss")
    wanted = each(targets)
    pairs(samples, "samples", wanted, "targets")
    losses = list(map(of_sample, samples, wanted))
    return autograd.mean(losses) if weights is None else _weighted_mean(losses, weights)


def over_outputs(
    of_one: OfOne, together: Callable[[list[Any]], Any], predictions: Any, targets: Any, weights: Any = None
) -> Any:
    """The losses of the outputs of a sample taken together, over one sample or several."""

    def of_sample(outputs: Any, wanted: Any) -> Any:
        given, wanted = as_list(outputs), each(wanted)
        pairs([outputs] if given is None else given, "predictions", wanted, "targets")
        if given is None:
            return of_one(prediction(outputs), target(wanted[0]))
        return together([of_one(prediction(p), target(t)) for p, t in zip(given, wanted)])

    return over_samples(of_sample, predictions, targets, weights)


def each(targets: Any) -> list[Any]:
    """The targets as a list; a number is the only one."""
    several = as_list(targets)
    return [targets] if several is None else several


def _weighted_mean(losses: list[Any], weights: Any) -> Any:
    given = each(weights)
    pairs(losses, "samples", given, "weights")
    total = sum(rate("a weight", data(weight)) for weight in given)
    if not total:
        raise ValueError("all weights are 0, so there is nothing to take the mean of; give one above 0")
    # gate: a sample of weight 0 has no say, even where its loss is inf
    return autograd.sum([autograd.gate(w, loss) for w, loss in zip(given, losses)]) / autograd.sum(given)

"""steps: a training one stage at a time: INIT, then PREDICT, LOSS, GRADIENT and STEP over and over, then STOP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd import Value

from ..arguments.keywords import taking
from ..layers.outputs import plain
from ..layers.parameters import numbers
from .engine import Eager
from .plan import Plan
from .training import Training

SHOWN = 3  # numbers in a sentence; a stage holds all of them


@dataclass(frozen=True)
class Stage:
    """One stage of one step, with the Values as they are at that moment."""

    name: str  # "INIT", "PREDICT", "LOSS", "GRADIENT", "STEP" or "STOP"
    says: str  # what has just happened, in a sentence with its numbers
    training: Training
    samples: tuple[int, ...] = ()  # which rows the step learns from
    predictions: tuple[Any, ...] = ()  # of each of them
    loss: Value | None = None  # the mean loss of them: draw it, explain it, play it
    gradients: tuple[float, ...] = ()  # of the parameters, in the order of `training.parameters`
    before: tuple[float, ...] = ()  # the parameters before the step, in that order

    def __str__(self) -> str:
        return f"{self.name:9}{self.says}"


@taking(Plan)
def steps(plan: Plan) -> Iterator[Stage]:
    """Trains as `fit` does with engine="eager", and stops after each stage for you to look.

    >>> import nn
    >>> model = nn.MLP(1, [1], seed=0, init="zeros")
    >>> for stage in nn.steps(model, [1.0, 2.0], [2.0, 4.0], loss=nn.mean_squared_error, epochs=1):
    ...     print(stage)
    INIT     MLP(1, [1], 'relu') has 2 parameters: w1 = 0, b = 0
    PREDICT  in epoch 1, for samples 0, 1: 0, 0
    LOSS     10, the mean over 2 samples
    GRADIENT by w1: -10, by b: -6
    STEP     w1: 0 -> 1, b: 0 -> 0.6
    STOP     epochs done: 1

    `stage.loss` is the recorded loss, for `autograd.draw`, `explain` and `play`. The weights at the end are those of
    `fit`, to the last bit.

    {arguments}
    """
    training = Training.of(replace(plan, engine="eager"))
    eager, parameters = training.engine, training.parameters
    assert isinstance(eager, Eager)
    names = [parameter.label or f"parameter {k}" for k, parameter in enumerate(parameters)]
    initial = _list(f"{name} = {x:.4g}" for name, x in zip(names, numbers(parameters)))
    yield Stage("INIT", f"{plan.model!r} has {len(parameters)} parameters: {initial}", training)
    while (batch := training.next_batch()) is not None:
        samples, epoch = tuple(batch), training.history.epochs + 1
        predictions = eager.predict(samples)
        said = _list(_short(prediction) for prediction in predictions)
        here = f"in epoch {epoch}, for sample{'s' * (len(samples) > 1)} {_list(map(str, samples))}: {said}"
        yield Stage("PREDICT", here, training, samples, tuple(predictions))
        mean = eager.loss(predictions, samples)
        known = (training, samples, tuple(predictions), mean)
        over = f", the mean over {len(samples)} samples" if len(samples) > 1 else ""
        yield Stage("LOSS", f"{mean.data:.4g}{over}", *known)
        eager.sweep(mean)
        gradients = tuple(parameter.grad for parameter in parameters)
        slopes = _list(f"by {name}: {x:.4g}" for name, x in zip(names, gradients))
        yield Stage("GRADIENT", slopes, *known, gradients)
        before = tuple(numbers(parameters))
        if training.take_step(samples, mean.data) is not None:
            now = zip(names, before, numbers(parameters))
            moved = _list(f"{name}: {old:.4g} -> {new:.4g}" for name, old, new in now)
            yield Stage("STEP", moved, *known, gradients, before)
    training.finish()
    yield Stage("STOP", training.history.stop_reason, training)


def _list(parts: Any) -> str:
    given: Sequence[str] = list(parts)
    return ", ".join(given[:SHOWN]) + (f", ... ({len(given)} in all)" if len(given) > SHOWN else "")


def _short(prediction: Any) -> str:
    outputs = plain(prediction)
    return f"[{_list(f'{x:.4g}' for x in outputs)}]" if isinstance(outputs, list) else f"{outputs:.4g}"

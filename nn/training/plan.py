"""Plan: the arguments of a training, each with its type, default and meaning, and what becomes of them."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

import autograd
from autograd import Value

from ..arguments.checks import pairs, real, rows, targets
from ..data.preparation import split
from ..metrics import accuracy, accuracy_of
from ..optim.rules import SGD

Samples = tuple[list[list[float]], list[Any]]


@dataclass(frozen=True)
class Plan:
    """What a training is given, as it is given: `Training` checks it, before anything changes.

    Args:
        model: a Module, or any function of a row that gives Values.
        X: rows of numbers; where the model has one input, numbers.
        y: for each row the target that `loss` understands: a number, a label, or a list of numbers.
        loss: a function (prediction, target) of one sample, such as `nn.cross_entropy`.
        optimizer: what makes the steps; None is `SGD(model.parameters())`.
        epochs: how many epochs at most.
        batch_size: how many samples to a step: 1 is online learning, None all at once (full batch).
        seed: of the order of the samples; None takes it from Python's global `random`.
        acceptable: stop when the loss of an epoch is that small.
        patience: stop after so many epochs in a row without a loss smaller than the best by more than `min_delta`.
        validation_split: the share of the samples, between 0 and 1, to hold out and only judge by; always the same.
        validation_data: other samples to judge by, as (X, y) or a Dataset.
        metrics: functions (predictions, targets) such as `nn.accuracy`, taken after each epoch.
        callbacks: what else to do meanwhile, such as `nn.EarlyStopping()` or `nn.Checkpoint("run.json")`.
        engine: "eager" records every scalar in every step; "compiled" records one sample and runs it as matrix code,
            to the same weights but for rounding; "auto" compiles what can be compiled.
        resume: a file that `nn.Checkpoint` wrote: training goes on from there, bit for bit, with the rates saved in it,
            up to `epochs` in all; from the beginning while there is no such file.
    """

    model: Callable[[Any], Any]
    X: Any
    y: Any
    _: KW_ONLY
    loss: Callable[[Any, Any], Any]
    optimizer: Any = None
    epochs: int = 100
    batch_size: int | None = 32
    seed: Any = None
    acceptable: float | None = None
    patience: int | None = None
    min_delta: float = 0.0
    validation_split: float | None = None
    validation_data: Any = None
    metrics: Any = ()
    callbacks: Any = ()
    engine: str = "auto"
    resume: str | Path | None = None

    def __post_init__(self) -> None:
        if not callable(self.model):
            is_after = " (the order is model, X, y)" if callable(self.X) or callable(self.y) else ""
            raise TypeError(f"a model is a Module or a function of a row, not {reprlib.repr(self.model)}{is_after}")
        if not callable(self.loss):
            raise TypeError(f"a loss is a function such as nn.mean_squared_error, not {self.loss!r}")


def samples_of(X: Any, y: Any, share: float | None, given: Any) -> tuple[Samples, Samples | None]:
    """The samples to learn from, and those held out to judge by, if there are any."""
    learn = _samples("X", X, "y", y)
    if given is None:
        if share is None:
            return learn, None
        if not 0 < round(real("validation_split", share) * len(learn[0])) < len(learn[0]):
            raise ValueError(
                f"validation_split is the share of the rows to hold out, between 0 and 1, and must leave a row on "
                f"either side; got {share!r} for {len(learn[0])} rows"
            )
        X_learn, X_out, y_learn, y_out = split(*learn, test=share, seed=0)
        return (X_learn, y_learn), (X_out, y_out)
    if share is not None:
        raise ValueError("validation_split holds samples out, and validation_data gives some; choose one")
    parts = [given.X, given.y] if hasattr(given, "X") else list(given)
    if len(parts) != 2:
        raise ValueError(f"validation_data is a pair (X, y) or a Dataset, got {len(parts)} parts")
    out = _samples("the X of validation_data", parts[0], "the y of validation_data", parts[1])
    if len(out[0][0]) != len(learn[0][0]):
        raise ValueError(f"validation_data has rows of {len(out[0][0])} numbers, and X of {len(learn[0][0])}")
    return learn, out


def _samples(name: str, X: Any, name_of_targets: str, y: Any) -> Samples:
    samples, wanted = rows(name, X), targets(name_of_targets, y)
    pairs(samples, "rows", wanted, "targets")
    return samples, wanted


def optimizer_of(model: Any, optimizer: Any) -> Any:
    """The optimizer given, or one for the parameters of the model."""
    mine = model.parameters() if hasattr(model, "parameters") else None
    if optimizer is None:
        if mine is None:
            raise TypeError("a model without parameters() needs an optimizer, as in optimizer=nn.SGD([w, b])")
        return SGD(mine)
    if not all(hasattr(optimizer, name) for name in ("parameters", "zero_grad", "step")):
        raise TypeError(f"an optimizer has parameters, zero_grad() and step(), as nn.SGD has, not {optimizer!r}")
    if mine is not None and not {id(p) for p in mine} & {id(p) for p in optimizer.parameters}:
        raise ValueError("the optimizer holds no parameter of the model; make it from model.parameters()")
    return optimizer


def metrics_of(metrics: Any, model: Any) -> dict[str, Callable[[Any, Any], float]]:
    """Functions (predictions, targets) by their names; accuracy as that of this model's outputs."""
    given: Iterable[Any] = [metrics] if callable(metrics) else metrics
    found: dict[str, Callable[[Any, Any], float]] = {}
    for metric in given:
        if not callable(metric):
            raise TypeError(f"a metric is a function (predictions, targets) such as nn.accuracy, not {metric!r}")
        name = getattr(metric, "__name__", type(metric).__name__)
        if name in found or name == "loss":
            raise ValueError(f"two columns of the history would be called {name!r}; give the metric another name")
        found[name] = accuracy_of(model) if metric is accuracy else metric
    return found


def try_targets(
    model: Callable[[Any], Any], row: Sequence[float], wanted: list[Any], loss: Callable[[Any, Any], Any], name: str
) -> dict[int, float]:
    """Lets the loss see every target before anything changes, each with the prediction for the first row.

    Returns those losses by the place of the target; of equal targets the first stands for all.
    """
    found: dict[str, int] = {}
    losses: dict[int, float] = {}
    with autograd.no_grad():
        try:
            outputs = model([Value(x).detach() for x in row])
        except (TypeError, ValueError, IndexError) as error:
            error.add_note(f"(said of the first row, {reprlib.repr(row)}, by the model; X comes before y)")
            raise
        for i, target in enumerate(wanted):
            if found.setdefault(repr(target), i) != i:
                continue
            try:
                made = loss(outputs, target)
            except (TypeError, ValueError, IndexError) as error:
                error.add_note(f"(said of {name}[{i}] by the loss)")
                raise
            if not isinstance(made, Value):
                raise TypeError(f"a loss returns a Value, got {made!r}; compute it from the prediction it is given")
            losses[i] = made.data
    return losses

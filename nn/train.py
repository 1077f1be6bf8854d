"""Training: predict, loss, gradient, step, over and over, until a reason to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Any

import autograd
from autograd import Value

from .checks import finite, pairs, rate, rows, targets, whole
from .init import generator
from .optim import SGD
from .progress import ProgressLine


@dataclass
class History:
    """What happened: `history["loss"]` is the mean loss in each epoch, `stop_reason` says in words why it ended."""

    history: dict[str, list[float]] = field(default_factory=lambda: {"loss": []})
    stop_reason: str = ""

    @property
    def epochs(self) -> int:
        """How many epochs were completed."""
        return len(self.history["loss"])


def fit(
    model: Callable[[Any], Any],
    X: Any,
    y: Any,
    *,
    loss: Callable[[Any, Any], Any],
    optimizer: Any = None,
    epochs: int = 100,
    batch_size: int | None = 32,
    seed: Any = None,
    acceptable: float | None = None,
    patience: int | None = None,
    min_delta: float = 0.0,
    progress: bool | None = None,
) -> History:
    """Trains `model` on the rows `X` and their targets `y`, and returns the history.

    An epoch sees every sample once, in a new order. The loss of a batch is the mean of the losses of its samples; the
    loss of an epoch is the mean over its samples, each as it was before the step that learned from it.

    >>> import nn
    >>> model = nn.MLP(1, [1], seed=0)
    >>> X, y = [0, 1, 2, 3], [1, 3, 5, 7]
    >>> history = nn.fit(model, X, y, loss=nn.mean_squared_error, batch_size=None, acceptable=1e-6)
    >>> print(history.stop_reason)
    loss acceptable: 9.3e-07 <= 1e-06 after 95 epochs
    >>> print(f"{model([10.0]):.1f}")
    21.0

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
        progress: whether to show one line of progress; None only on a terminal.

    Training stops, with its reason in `stop_reason`, when the loss is acceptable, when there is no improvement, when
    the epochs are done, when it is interrupted (Ctrl-C; a step is never left half done), or when a loss or a gradient
    is not finite: then the parameters are as after the last step.

    Raises:
        TypeError, ValueError: an argument is wrong, X and y are empty or of different lengths, a number of theirs is
            not finite, or `loss` rejects a target. Nothing has changed then.
    """
    if not callable(model):
        raise TypeError(f"a model is a Module or a function of a row, not {model!r}")
    if not callable(loss):
        raise TypeError(f"a loss is a function such as nn.mean_squared_error, not {loss!r}")
    samples, wanted = rows("X", X), targets("y", y)
    pairs(samples, "rows", wanted, "targets")
    run = _Run(
        epochs=whole("epochs", epochs),
        acceptable=-inf if acceptable is None else finite("acceptable", acceptable),
        patience=None if patience is None else whole("patience", patience),
        min_delta=rate("min_delta", min_delta),
        line=ProgressLine(progress),
    )
    size = len(samples) if batch_size is None else min(whole("batch_size", batch_size), len(samples))
    random = generator(seed)
    optimizer = _optimizer(model, optimizer)
    # constants made once: a row is read in every epoch, by every neuron of the first layer
    inputs = [[Value(x).detach() for x in row] for row in samples]
    order = list(range(len(inputs)))

    def batch_loss(batch: Sequence[int]) -> Any:
        losses = [loss(model(inputs[k]), wanted[k]) for k in batch]
        return losses[0] if len(losses) == 1 else autograd.mean(losses)

    try:
        _try_targets(model, inputs[0], wanted, loss)
        while not run.history.stop_reason:
            if size < len(order):
                random.shuffle(order)
            run.epoch(optimizer, batch_loss, [order[k : k + size] for k in range(0, len(order), size)])
    except KeyboardInterrupt:
        run.history.stop_reason = f"interrupted by Ctrl-C in epoch {run.history.epochs + 1}"
    finally:
        run.line.clear()
    return run.history


@dataclass
class _Run:
    """One call of `fit`: when to stop, and what happened so far."""

    epochs: int
    acceptable: float
    patience: int | None
    min_delta: float
    line: ProgressLine
    history: History = field(default_factory=History)
    best: float = inf
    best_epoch: int = 0

    def epoch(self, optimizer: Any, batch_loss: Callable[[Sequence[int]], Any], batches: list[list[int]]) -> None:
        """Learns from each batch once; adds the loss to the history, and the reason to stop if there is one."""
        samples = sum(map(len, batches))
        total, seen, now = 0.0, 0, self.history.epochs + 1
        for batch in batches:
            loss = batch_loss(batch)
            if not isfinite(loss.data):
                self._not_finite(now, f"the loss is {loss.data}; lower the learning rate or scale the inputs")
                return
            optimizer.zero_grad()
            loss.backward()
            try:
                optimizer.step()
            except FloatingPointError as error:
                self._not_finite(now, str(error))
                return
            total += loss.data * len(batch)
            seen += len(batch)
            done = (now - 1 + seen / samples) / self.epochs
            self.line.show(done, f"epoch {now}/{self.epochs}  loss {total / seen:.4g}")
        self.history.history["loss"].append(total / samples)
        self._stop(now, total / samples)

    def _not_finite(self, epoch: int, what: str) -> None:
        self.history.stop_reason = f"not finite in epoch {epoch}: {what}"

    def _stop(self, epoch: int, loss: float) -> None:
        if loss < self.best - self.min_delta:
            self.best, self.best_epoch = loss, epoch
        if loss <= self.acceptable:
            reason = f"loss acceptable: {loss:.2g} <= {self.acceptable:g} after {epoch} epochs"
        elif self.patience is not None and epoch - self.best_epoch >= self.patience:
            best = f"the best loss was {self.best:.4g} in epoch {self.best_epoch}"
            reason = f"no improvement in {self.patience} epochs: {best}"
        elif epoch == self.epochs:
            reason = f"epochs done: {epoch}"
        else:
            reason = ""
        self.history.stop_reason = reason


def _optimizer(model: Any, optimizer: Any) -> Any:
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


def _try_targets(
    model: Callable[[Any], Any], row: list[Value], wanted: list[Any], loss: Callable[[Any, Any], Any]
) -> None:
    """Lets the loss see every target before anything changes, each with the prediction for the first row."""
    with autograd.no_grad():
        outputs = model(row)
        for i, target in enumerate(wanted):
            try:
                found = loss(outputs, target)
            except (TypeError, ValueError, IndexError) as error:
                error.add_note(f"(said of y[{i}] by the loss)")
                raise
            if not isinstance(found, Value):
                raise TypeError(f"a loss returns a Value, got {found!r}; compute it from the prediction it is given")

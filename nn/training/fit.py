"""Training: predict, loss, gradient, step, over and over, until a reason to stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..arguments.keywords import named
from .callbacks import Progress
from .history import History
from .plan import list_of
from .training import Training


@named
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
    validation_split: float | None = None,
    validation_data: Any = None,
    metrics: Any = (),
    callbacks: Any = (),
    engine: str = "auto",
    resume: str | Path | None = None,
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
        validation_split: the share of the samples, between 0 and 1, to hold out and only judge by; always the same.
        validation_data: other samples to judge by, as (X, y) or a Dataset.
        metrics: functions (predictions, targets) such as `nn.accuracy`, taken after each epoch.
        callbacks: what else to do meanwhile, such as `nn.EarlyStopping()` or `nn.Checkpoint("run.json")`.
        engine: "eager" records every scalar in every step; "compiled" records one sample and runs it as matrix code,
            to the same weights but for rounding; "auto" compiles what can be compiled.
        resume: a file that `nn.Checkpoint` wrote: training goes on from there, bit for bit, with the rates saved in it,
            up to `epochs` in all; from the beginning while there is no such file.
        progress: whether to show one line of progress; None only on a terminal.

    Training stops, with its reason in `stop_reason`, when the loss is acceptable, when there is no improvement, when
    the epochs are done, when it is interrupted (Ctrl-C; a step is never left half done), or when a loss or a gradient
    is not finite: then the parameters are as after the last step, or the best that a callback kept.

    Raises:
        TypeError, ValueError: an argument is wrong, X and y are empty or of different lengths, a number of theirs is
            not finite, or `loss` rejects a target. Nothing has changed then.
    """
    training = Training(
        model,
        X,
        y,
        loss=loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        acceptable=acceptable,
        patience=patience,
        min_delta=min_delta,
        validation_split=validation_split,
        validation_data=validation_data,
        metrics=metrics,
        callbacks=[*list_of(callbacks), Progress(progress)],
        engine=engine,
        resume=resume,
    )
    try:
        training.run()
    except KeyboardInterrupt:
        training.stop(f"interrupted by Ctrl-C in epoch {training.history.epochs + 1}")
    finally:
        training.finish()
    return training.history

"""EarlyStopping: no more epochs once the loss no longer falls."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from autograd import fields

from ...arguments.checks import rate, whole
from ...arguments.keywords import named
from .callback import Callback, Training, column, watched

_NOT_YET = {"measured": None}  # files were once without it


class EarlyStopping(Callback):
    """Ends a training that no longer improves, and puts the best weights back.

    The best weights come back however it ends: by Ctrl-C, or a loss that is not finite, as well. They are those that
    the best number was measured with: those after the epoch of a metric and of what is held out, and of "loss" those
    before the step that learned from it. Of several steps in an epoch, whose losses make one mean, it is the last.

    >>> import nn
    >>> model, stopping = nn.MLP(1, [1], seed=0), nn.EarlyStopping("loss", patience=3)
    >>> X, y, loss = [0.0, 1.0, 2.0], [1.0, 3.0, 5.0], nn.mean_squared_error
    >>> optimizer = nn.SGD(model.parameters(), lr=0.6)  # too large
    >>> history = nn.fit(model, X, y, loss=loss, optimizer=optimizer, batch_size=None, callbacks=[stopping])
    >>> f"{history.best()[1]:.6g}", f"{loss(model.predict(X), y):.6g}"
    ('3.69889', '3.69889')

    Args:
        monitor: the column of the history to watch; None is "val_loss" where samples are held out, else "loss".
        patience: how many epochs in a row may pass without a number better than the best by more than `min_delta`.
        largest: whether large numbers are good ones, as of an accuracy; None: unless "loss" or "error" is in the name.
        restore_best_weights: whether the parameters at the end are the best ones, or those after the last step.
    """

    keeps = ("best", "best_epoch", "best_weights", "measured")

    @named
    def __init__(
        self,
        monitor: str | None = None,
        patience: int = 10,
        min_delta: float = 0.0,
        largest: bool | None = None,
        restore_best_weights: bool = True,
    ) -> None:
        self.monitor, self.largest = column("monitor", monitor), largest
        self.patience, self.min_delta = whole("patience", patience), rate("min_delta", min_delta)
        self.restore_best_weights = restore_best_weights
        self.best, self.best_epoch = inf, 0
        self.best_weights: list[float] | None = None
        self.measured: list[float] | None = None  # the parameters that the loss of this epoch is measured with
        self.sees_parameters = type(self) is not EarlyStopping  # `training.weights` is enough, but for a subclass

    def acts(self, moment: str) -> bool:
        is_idle = not self.restore_best_weights or self.monitor not in (None, "loss")
        return super().acts(moment) and not (moment == "on_last_step" and is_idle)

    def on_start(self, training: Training) -> None:
        if not training.steps:
            self.best, self.best_epoch, self.best_weights, self.measured = inf, 0, None, None
        self._judge(training)

    def on_last_step(self, training: Training) -> None:
        self.measured = training.weights()

    def on_epoch(self, training: Training) -> None:
        column, largest = watched(training, self.monitor, self.largest)
        found = training.history[column][-1]
        if (-found if largest else found) < self.best - self.min_delta:
            self.best, self.best_epoch = (-found if largest else found), training.history.epochs
            if self.restore_best_weights:
                measured = self.measured if column == "loss" else None
                self.best_weights = measured or training.weights()
        self._judge(training)

    def _judge(self, training: Training) -> None:
        training.best_weights = self.best_weights or training.best_weights
        if training.history.epochs - self.best_epoch >= self.patience:
            column, largest = watched(training, self.monitor, self.largest)
            best = -self.best if largest else self.best
            training.stop(
                f"no improvement in {self.patience} epochs: the best {column} was {best:.4g} in epoch {self.best_epoch}"
            )

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict({**_NOT_YET, **state})

    def state_kind(self, training: Training, epochs: int) -> fields.Kind:
        weights = fields.listed(fields.number, len(training.parameters))
        known = fields.record(
            best=fields.number,
            best_epoch=fields.whole(most=epochs),
            best_weights=fields.optional(weights),
            measured=fields.optional(weights),
        )
        return lambda state: known({**_NOT_YET, **state} if isinstance(state, Mapping) else state)

"""Callbacks: what is done besides learning, at the start, after a step, after an epoch and at the end of a training."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterable, Mapping
from math import inf
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd import fields

from ..arguments.checks import rate, whole
from ..arguments.keywords import named
from ..layers.parameters import by_layer, numbers, root_mean_square
from .checkpoint import put
from .progress import ProgressLine

if TYPE_CHECKING:
    from .training import Step, Training


class Callback:
    """Does something at the moments of a training; override those that matter.

    A function given in place of a callback is called after each epoch.

    >>> import nn
    >>> class Halve(nn.Callback):
    ...     def on_epoch(self, training):
    ...         training.optimizer.lr /= 2
    >>> model = nn.MLP(1, [1], seed=0)
    >>> optimizer = nn.SGD(model.parameters(), lr=0.8)
    >>> history = nn.fit(model, [0], [1], loss=nn.hinge, optimizer=optimizer, epochs=3, callbacks=[Halve()])
    >>> optimizer.lr
    0.1
    """

    last = False  # whether it must come after the others, to see what they made of an epoch
    sees_parameters = True  # whether it reads or changes `data` and `grad` of the parameters
    every_step = True  # whether `on_step` must come after every step, or may come after the last of several

    def on_start(self, training: Training) -> None:
        """Before the first step, also of a training that was resumed."""

    def on_last_step(self, training: Training) -> None:
        """Before the last step of each epoch: the parameters are those that its loss is measured with."""

    def on_gradient(self, training: Training) -> None:
        """Before each step, when the gradients of its batch are known."""

    def on_step(self, training: Training, step: Step) -> None:
        """After each step."""

    def on_epoch(self, training: Training) -> None:
        """After each epoch, when its row is in `training.history`; `training.stop(reason)` makes it the last one."""

    def on_stop(self, training: Training) -> None:
        """After the last step, whatever ended the training."""

    def acts(self, moment: str) -> bool:
        """Whether it does anything at the moment of that name."""
        return getattr(type(self), moment) is not getattr(Callback, moment)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint must keep of it, as numbers, strings, lists and dictionaries."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back what `state_dict` gave."""

    def state_kind(self, training: Training, epochs: int) -> fields.Kind:
        """What `state_dict` gives after so many epochs, field by field, as a file must have it."""
        return fields.anything


class AfterEpoch(Callback):
    """A function of the training, called after each epoch."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def on_epoch(self, training: Training) -> None:
        self.function(training)


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
        self._measured: list[float] | None = None  # the parameters that the loss of this epoch is measured with
        self.sees_parameters = type(self) is not EarlyStopping  # `training.weights` is enough, but for a subclass

    def acts(self, moment: str) -> bool:
        is_idle = not self.restore_best_weights or self.monitor not in (None, "loss")
        return super().acts(moment) and not (moment == "on_last_step" and is_idle)

    def on_start(self, training: Training) -> None:
        if not training.steps:
            self.best, self.best_epoch, self.best_weights, self._measured = inf, 0, None, None
        self._judge(training)

    def on_last_step(self, training: Training) -> None:
        self._measured = training.weights()

    def on_epoch(self, training: Training) -> None:
        column, largest = watched(training, self.monitor, self.largest)
        found = training.history[column][-1]
        if (-found if largest else found) < self.best - self.min_delta:
            self.best, self.best_epoch = (-found if largest else found), training.history.epochs
            if self.restore_best_weights:
                measured = self._measured if column == "loss" else None
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

    def state_dict(self) -> dict[str, Any]:
        best = {"best": self.best, "best_epoch": self.best_epoch, "best_weights": self.best_weights}
        return best | {"measured": self._measured}

    def state_kind(self, training: Training, epochs: int) -> fields.Kind:
        weights = fields.listed(fields.number, len(training.parameters))
        known = fields.record(
            best=fields.number,
            best_epoch=fields.whole(most=epochs),
            best_weights=fields.optional(weights),
            measured=fields.optional(weights),
        )
        # files were once without the last
        return lambda state: known({"measured": None, **state} if isinstance(state, Mapping) else state)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best, self.best_epoch, self.best_weights = state["best"], state["best_epoch"], state["best_weights"]
        self._measured = state.get("measured")


class Checkpoint(Callback):
    """Writes the whole training to a file, from which `fit(..., resume=path)` goes on bit for bit.

    It is written after every `every` epochs, and at the end. The file is whole at any moment: a new one takes the
    place of the old one only when all of it is on the disk. A disk that is full ends no training: a warning says so,
    and the last file remains.

    Args:
        path: the file.
        every: after how many epochs it is written.
        monitor: write it only after an epoch whose number in this column of the history is the best so far, as the
            training was when that was measured: of "loss" before the last step of the epoch, see `EarlyStopping`.
        largest: whether large numbers are good ones; None: unless "loss" or "error" is in the name.
    """

    last = True

    @named
    def __init__(
        self, path: str | Path, every: int = 1, monitor: str | None = None, largest: bool | None = None
    ) -> None:
        if not isinstance(path, str | PathLike):
            raise TypeError(f"path is the name of the file to write to, got {path!r}")
        self.path, self.every = Path(path), whole("every", every)
        if not self.path.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {self.path.parent} to write checkpoints to; make it first")
        self.monitor, self.largest = column("monitor", monitor), largest
        self._written = -1
        self._measured: dict[str, Any] | None = None  # the state that the loss of this epoch is measured in

    def acts(self, moment: str) -> bool:
        return super().acts(moment) and (moment != "on_last_step" or self.monitor == "loss")

    def on_last_step(self, training: Training) -> None:
        self._measured = copy.deepcopy(training.state_dict())  # the next epoch shuffles the order in place

    def on_epoch(self, training: Training) -> None:
        if self.monitor is not None:
            column, largest = watched(training, self.monitor, self.largest)
            if training.history.best(column, largest)[0] == training.history.epochs:
                self._write(training, self._measured)
        elif training.history.epochs % self.every == 0:
            self._write(training)

    def on_stop(self, training: Training) -> None:
        # weights that led to nan are not worth the place of the last ones
        if self.monitor is None and training.steps != self._written and not training.diverged:
            self._write(training)

    def _write(self, training: Training, state: dict[str, Any] | None = None) -> None:
        try:
            put(self.path, state or training.state_dict())
        except OSError as error:
            warnings.warn(
                f"the checkpoint {self.path} could not be written ({error.strerror or error}); the one written before "
                "is still whole, and the training goes on",
                stacklevel=2,
            )
        else:
            self._written = training.steps


class RecordWeights(Callback):
    """Keeps the parameters as they were at the start and after each epoch, for pictures of the way they took.

    `weights[k]` are those after epoch k, in the order of `training.parameters`; `weights[0]` are the initial ones.
    """

    def __init__(self) -> None:
        self.weights: list[list[float]] = []

    def on_start(self, training: Training) -> None:
        if not training.steps:
            self.weights = [numbers(training.parameters)]

    def on_epoch(self, training: Training) -> None:
        self.weights.append(numbers(training.parameters))

    def state_dict(self) -> dict[str, Any]:
        return {"weights": self.weights}

    def state_kind(self, training: Training, epochs: int) -> fields.Kind:
        return fields.record(weights=fields.listed(fields.listed(fields.number, len(training.parameters))))

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.weights = state["weights"]


class RecordGradients(Callback):
    """Keeps how large the gradients of each layer were: `sizes["layer 1"][k]` is their root mean square in step k.

    >>> import nn
    >>> model, gradients = nn.MLP(1, [2, 1], seed=0), nn.RecordGradients()
    >>> history = nn.fit(model, [0, 1], [1, 2], loss=nn.mean_squared_error, epochs=5, callbacks=[gradients])
    >>> {name: len(sizes) for name, sizes in gradients.sizes.items()}
    {'layer 1': 5, 'layer 2': 5}
    """

    def __init__(self) -> None:
        self.sizes: dict[str, list[float]] = {}

    def on_start(self, training: Training) -> None:
        if not training.steps:
            self.sizes = {name: [] for name in by_layer(training.parameters)}

    def on_gradient(self, training: Training) -> None:
        for name, parameters in by_layer(training.parameters).items():
            self.sizes[name].append(root_mean_square([parameter.grad for parameter in parameters]))

    def state_dict(self) -> dict[str, Any]:
        return {"sizes": self.sizes}

    def state_kind(self, training: Training, epochs: int) -> fields.Kind:
        return fields.record(sizes=fields.named(fields.listed(fields.number)))

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.sizes = state["sizes"]


class Progress(Callback):
    """One line on the terminal, rewritten: the epoch, the mean loss in it so far, and what the last epoch gave."""

    sees_parameters = every_step = False

    @named
    def __init__(self, shown: bool | None = None) -> None:
        self.line = ProgressLine(shown)

    def on_step(self, training: Training, step: Step) -> None:
        if not self.line.shown:
            return
        share = training.seen / len(training)
        done = (step.epoch - 1 + share) / training.epochs
        more = "".join(
            f"  {column} {found[-1]:.4g}"
            for column, found in training.history.history.items()
            if found and column != "loss"
        )
        self.line.show(done, f"epoch {step.epoch}/{training.epochs}  loss {training.running_loss:.4g}{more}")

    def on_stop(self, training: Training) -> None:
        self.line.clear()


def column(name: str, x: Any) -> str | None:
    """The name of a column, or None."""
    if not isinstance(x, str | None):
        raise TypeError(f'{name} is the name of a column of the history, such as "val_loss", got {x!r}')
    return x


def watched(training: Training, monitor: str | None, largest: bool | None) -> tuple[str, bool]:
    """The column to watch and whether large numbers are good in it."""
    column = monitor or ("val_loss" if "val_loss" in training.history.history else "loss")
    if column not in training.history.history:
        known = ", ".join(training.history.history)
        raise ValueError(f"there is no column {column!r} to monitor, only {known}; name it, or give its metric to fit")
    return column, not ("loss" in column or "error" in column) if largest is None else largest


def callbacks_of(given: Iterable[Any]) -> list[Callback]:
    """Callbacks, and functions as callbacks, in the order in which they are called."""
    found = []
    for one in given:
        if isinstance(one, Callback):
            found.append(one)
        elif callable(one) and not isinstance(one, type):
            found.append(AfterEpoch(one))
        else:
            raise TypeError(f"a callback is a nn.Callback or a function of the training, not {one!r}")
    return sorted(found, key=lambda one: one.last)

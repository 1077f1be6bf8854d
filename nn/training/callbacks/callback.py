"""Callback: what is done besides learning, at the start, after a step, after an epoch and at the end of a training."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from autograd import fields

from ..history import Step

# nn.Training calls them, and so stands on this file: named here, it would make a circle
Training = Any


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
    keeps: ClassVar[tuple[str, ...]] = ()  # the attributes that a checkpoint must keep

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
        return {name: getattr(self, name) for name in self.keeps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back what `state_dict` gave."""
        for name in self.keeps:
            setattr(self, name, state[name])

    def state_kind(self, training: Training, epochs: int) -> fields.Kind:
        """What `state_dict` gives after so many epochs, field by field, as a file must have it."""
        return fields.anything


class AfterEpoch(Callback):
    """A function of the training, called after each epoch."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def on_epoch(self, training: Training) -> None:
        self.function(training)


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

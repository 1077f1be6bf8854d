"""What runs the model in training: the gradient of the mean loss over a batch, at the weights as they are.

`Eager` records every scalar operation, each time. `Compiled` records one sample once, and runs the program over the
batch, with the weights in one array, which `push` writes to the parameters and `pull` reads from them. Both agree to
rounding.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from math import isfinite
from operator import is_
from typing import Any, Protocol

import numpy as np

import autograd
from autograd import Value

from ..arguments.checks import known_targets
from ..layers.outputs import agree, eager_outputs, plain
from ..layers.parameters import numbers
from ..optim.closed import is_closed
from ..optim.optimizer import Optimizer

Function = Callable[..., Any]


class Engine(Protocol):
    """The model and the loss, over the samples of the training."""

    def gradient(self, batch: Sequence[int]) -> float:
        """The mean loss of these samples; if it is finite, its gradient is ready for a step."""

    def step(self, optimizer: Any) -> None:
        """Lets the optimizer change the weights by that gradient."""

    def epochs(self, optimizer: Any) -> Any:
        """What makes many steps in one call, with `run(order, batch_size)`; None where they are made one by one."""

    def look(self, optimizer: Any) -> None:
        """Notices what model and loss read now, before the next steps, which this optimizer makes."""

    def push(self) -> None:
        """Makes `data` and `grad` of the parameters what they are here."""

    def pull(self) -> None:
        """Takes over `data` of the parameters."""

    def weights(self, parameters: list[Value]) -> list[float]:
        """The numbers of these parameters as they are here."""

    def mean_loss(self, rows: Any, targets: Any) -> float:
        """The mean loss of other samples."""

    def outputs(self, rows: Any) -> list[Any]:
        """What the model gives for each row, as plain numbers."""


class Eager:
    """Every number a Value, in every step."""

    def __init__(self, model: Function, loss: Function, parameters: list[Value], rows: Any, targets: Any) -> None:
        self.model, self._loss, self._parameters, self._targets = model, loss, parameters, targets
        # constants made once: a row is read in every epoch, by every neuron of the first layer
        self.inputs = [[Value(x).detach() for x in row] for row in rows]

    def predict(self, batch: Sequence[int]) -> list[Any]:
        """The outputs for these samples, as they are recorded."""
        return [self.model(self.inputs[k]) for k in batch]

    def loss(self, predictions: Sequence[Any], batch: Sequence[int]) -> Any:
        """The mean loss of these predictions, as it is recorded."""
        losses = [self._loss(prediction, self._targets[k]) for prediction, k in zip(predictions, batch)]
        return losses[0] if len(losses) == 1 else autograd.mean(losses)

    def sweep(self, loss: Value) -> None:
        """The gradients of a loss, in place of those that were."""
        for parameter in self._parameters:
            parameter.zero_grad()
        loss.backward()

    def gradient(self, batch: Sequence[int]) -> float:
        loss = self.loss(self.predict(batch), batch)
        if isfinite(loss.data):
            self.sweep(loss)
        return float(loss.data)

    def step(self, optimizer: Any) -> None:
        optimizer.step()

    def epochs(self, optimizer: Any) -> Any:
        return None

    def push(self) -> None:
        """Nothing to do: it is the parameters themselves that are used and changed."""

    pull = push

    def look(self, optimizer: Any) -> None:
        """Nothing to do: it is model and loss themselves that are called."""

    def weights(self, parameters: list[Value]) -> list[float]:
        return numbers(parameters)

    def mean_loss(self, rows: Any, targets: Any) -> float:
        with autograd.no_grad():
            losses = [self._loss(self.model(row), target) for row, target in zip(rows, targets)]
        return float(sum(loss.data for loss in losses) / len(losses))

    def outputs(self, rows: Any) -> list[Any]:
        return eager_outputs(self.model, rows)


class Compiled:
    """One sample recorded, and the program of it run over batches."""

    def __init__(self, model: Function, loss: Function, parameters: list[Value], rows: Any, targets: Any) -> None:
        def of_sample(row: Any, target: Any) -> Any:
            outputs = model(list(row))
            with known_targets():
                return loss(outputs, target if isinstance(target, Value) else list(target))

        of_sample.__qualname__ = "of the training's model and loss"  # as warnings name it
        self._learned = autograd.compile(of_sample, batch=(0, 1))
        self._judged = autograd.compile(of_sample, batch=(0, 1))  # with parts such as Dropout as they are in prediction
        self._outputs = autograd.compile(lambda row: model(list(row)), batch=0)
        self._rows, self._targets = np.array(rows, dtype=float), np.array(targets, dtype=float)
        self._flat = self._learned.flat(parameters)
        self.push, self.pull = self._flat.write_back, self._flat.refresh
        self._optimizer: Any = None
        self._followed: Any = None  # the optimizer whose steps decide when there is machine code
        self._rate: Any = None
        self._updates = self._is_closed = False
        self._epochs: Any = None

    def look(self, optimizer: Any) -> None:
        self._flat.look()
        if optimizer is not self._followed:
            self._followed = optimizer
            steps = partial(getattr, optimizer, "steps_done") if hasattr(optimizer, "steps_done") else None
            for compiled in (self._learned, self._judged, self._outputs):
                compiled.follow(steps)

    def gradient(self, batch: Sequence[int]) -> float:
        chosen = np.array(batch)
        return float(self._flat.backward(self._rows[chosen], self._targets[chosen]))

    def step(self, optimizer: Any) -> None:
        if self._is_update(optimizer):
            optimizer.update(self._flat.data, self._flat.gradient)
        else:
            self.push()
            optimizer.step()
            self.pull()

    def epochs(self, optimizer: Any) -> Any:
        if self._is_update(optimizer) and self._epochs is None:
            self._epochs = self._flat.epochs(optimizer, self._rows, self._targets)
        return self._epochs

    def _is_update(self, optimizer: Any) -> bool:
        """Whether its update of an array is what its step does to the parameters."""
        if optimizer is not self._optimizer:
            self._optimizer, self._epochs, self._rate = optimizer, None, None
            self._updates = _updates(optimizer, self._flat.parameters)
        if self._updates:
            rate = vars(optimizer)["lr"]
            if callable(rate) and rate is not self._rate:
                self._rate, self._is_closed = rate, is_closed(rate)
            return self._is_closed or not callable(rate)
        return False

    def weights(self, parameters: list[Value]) -> list[float]:
        mine, found = self._flat.parameters, self._flat.data.tolist()
        if len(mine) == len(parameters) and all(map(is_, mine, parameters)):
            return found  # type: ignore[no-any-return]
        known = dict(zip(map(id, mine), found))
        return [known.get(id(parameter), parameter.data) for parameter in parameters]

    def losses(self, rows: Any, targets: Any) -> Any:
        """The loss of each sample, as in training."""
        return self._learned(np.array(rows, dtype=float), np.array(targets, dtype=float))

    def mean_loss(self, rows: Any, targets: Any) -> float:
        return float(np.mean(self._judged(np.array(rows, dtype=float), np.array(targets, dtype=float))))

    def outputs(self, rows: Any) -> list[Any]:
        return list(plain(self._outputs(np.array(rows, dtype=float))))


def engine_for(
    choice: str,
    model: Function,
    loss: Function,
    parameters: list[Value],
    rows: Any,
    targets: Any,
    tried: dict[int, float],
) -> Engine:
    """The engine of that name; "auto" is the compiled one where it can do what the eager one does.

    `tried` has the loss of some targets with the first row, as the eager engine finds it. A program that says anything
    else comes of a function that reads the numbers of Values (`.data`), or draws random ones, and is not to be trusted.
    """
    if choice not in ("auto", "eager", "compiled"):
        raise ValueError(f'engine is "auto", "eager" or "compiled", not {choice!r}')
    if choice == "eager":
        return Eager(model, loss, parameters, rows, targets)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", autograd.UncompiledWarning)
            compiled = Compiled(model, loss, parameters, rows, targets)
            found = compiled.losses([rows[0]] * len(tried), [targets[k] for k in tried])
            some = range(0, len(rows), max(1, len(rows) // 3))
            eager = Eager(model, loss, parameters, [rows[k] for k in some], [targets[k] for k in some])
            agrees = agree(found, list(tried.values())) and all(
                agree(compiled.losses([rows[k]], [targets[k]])[0], eager.mean_loss([rows[k]], [targets[k]]))
                for k in some
            )
    except autograd.UncompiledWarning as warning:  # then the eager engine is the quicker one
        if choice == "compiled":
            raise ValueError(f'{warning}; use engine="eager"') from None
        return Eager(model, loss, parameters, rows, targets)
    except (TypeError, ValueError, IndexError, AttributeError, KeyError) as error:
        if choice == "compiled":
            error.add_note('(said while the model was compiled; engine="eager" runs it as it is)')
            raise
        return Eager(model, loss, parameters, rows, targets)
    if agrees:
        return compiled
    if choice == "compiled":
        raise ValueError(
            "the compiled program of model and loss gives another loss than they do themselves: one of them draws "
            'random numbers or reads numbers with .data; use engine="eager"'
        )
    return Eager(model, loss, parameters, rows, targets)


def _updates(optimizer: Any, parameters: list[Value]) -> bool:
    """Whether the optimizer's update of an array is what its step does to these parameters."""
    return (
        isinstance(optimizer, Optimizer)
        and type(optimizer).step is Optimizer.step
        and (optimizer.settings() is not None or is_closed(type(optimizer).rule, optimizer))
        and list(map(id, optimizer.parameters)) == list(map(id, parameters))
    )

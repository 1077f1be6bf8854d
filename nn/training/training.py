"""Training: a run of learning that can be stepped through, watched, stopped, saved and resumed."""

from __future__ import annotations

import copy
import reprlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from time import perf_counter
from typing import Any

from autograd import fields

from ..arguments.checks import finite, rate, whole
from ..arguments.keywords import named
from ..init import generator
from ..layers.parameters import numbers, parameters_of, write
from .callbacks import Callback, EarlyStopping, callbacks_of
from .checkpoint import get, learn, learned, put
from .course import Course
from .draws import Draws
from .engine import Engine, engine_for
from .history import History
from .interrupts import held
from .plan import list_of, metrics_of, optimizer_of, samples_of, try_targets
from .trial import unchanged

MOMENTS = ("on_start", "on_last_step", "on_gradient", "on_step", "on_epoch", "on_stop")
_TRAINING = fields.record(
    training=fields.record(
        steps=fields.whole(most=2**53),
        history=fields.named(fields.listed(fields.number)),
        callbacks=fields.listed(fields.columns(name=fields.text, state=fields.STATE)),
        # which the course looks at
        order=fields.listed(fields.anything),
        seen=fields.anything,
        total=fields.anything,
        random=fields.anything,
    )
)
PROMPT = 0.1  # seconds of steps in one go: what Ctrl-C and the line of progress wait for


@dataclass(frozen=True)
class Step:
    """One change of the parameters."""

    epoch: int  # counted from 1
    number: int  # of the step since the beginning, counted from 1
    samples: tuple[int, ...]  # which rows it learned from
    loss: float  # their mean loss, as it was before the step


class Training:
    """What `nn.fit` runs: iterate it to take one step at a time, with the same arguments and the same result.

    >>> import nn
    >>> model = nn.MLP(1, [1], seed=0)
    >>> training = nn.Training(model, [0, 1, 2, 3], [1, 3, 5, 7], loss=nn.mean_squared_error, batch_size=2, epochs=3)
    >>> for step in training:
    ...     assert step.loss > 0.0 and len(step.samples) == 2
    >>> step.epoch, step.number, training.history.stop_reason
    (3, 6, 'epochs done: 3')
    """

    @named
    def __init__(
        self,
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
    ) -> None:
        if not callable(model):
            is_after = " (the order is model, X, y)" if callable(X) or callable(y) else ""
            raise TypeError(f"a model is a Module or a function of a row, not {reprlib.repr(model)}{is_after}")
        if not callable(loss):
            raise TypeError(f"a loss is a function such as nn.mean_squared_error, not {loss!r}")
        self.model, self.loss = model, loss
        (self._rows, self._targets), self._held_out = samples_of(X, y, validation_split, validation_data)
        self.epochs = whole("epochs", epochs)
        self.acceptable = -inf if acceptable is None else finite("acceptable", acceptable)
        self.batch_size = min(len(self) if batch_size is None else whole("batch_size", batch_size), len(self))
        self.course = Course(len(self), self.batch_size, generator(seed))
        min_delta = rate("min_delta", min_delta)
        own = [] if patience is None else [EarlyStopping("loss", patience, min_delta, restore_best_weights=False)]
        self.callbacks = callbacks_of([*own, *list_of(callbacks)])
        self._hooks = {moment: [one for one in self.callbacks if one.acts(moment)] for moment in MOMENTS}
        self.metrics = metrics_of(metrics, model)
        self.optimizer = optimizer_of(model, optimizer)
        self.parameters = parameters_of(model, self.optimizer)
        self.draws = Draws(model)
        self.engine = self._engine(engine)
        columns = ["loss", *self.metrics]
        held_out = [f"val_{column}" for column in columns] if self._held_out is not None else []
        self.history = History({column: [] for column in [*columns, *held_out]})
        self.steps = 0  # made so far
        self.best_weights: list[float] | None = None  # what the parameters are to be at the end
        self.diverged = False  # whether it stopped because a number was not finite
        self._started = self._finished = self._apart = False
        self._at_once = 1  # steps, as many as PROMPT allows
        self._steps_are_watched = bool(self.draws.parts or any(one.every_step for one in self._hooks["on_step"]))
        self._epochs_are_watched = bool(
            self._hooks["on_epoch"]
            or self._hooks["on_last_step"]
            or self.metrics
            or self._held_out is not None
            or self.acceptable > -inf
        )
        if resume is not None and Path(resume).exists():
            self.load(resume)

    def _engine(self, choice: str) -> Engine:
        self.draws.draw()  # what is random must be the same for both engines to be compared
        try:
            with unchanged(self.model, self.loss):
                return self._tried(choice)
        finally:
            self.draws.undo()

    def _tried(self, choice: str) -> Engine:
        tried = try_targets(self.model, self._rows[0], self._targets, self.loss, "y")
        if self._held_out is not None:
            try_targets(self.model, self._held_out[0][0], self._held_out[1], self.loss, "the y of validation_data")
        given = list(self.optimizer.parameters)
        return engine_for(choice, self.model, self.loss, given, self._rows, self._targets, tried)

    def __setattr__(self, name: str, x: Any) -> None:
        """What the steps are made with stays; an optimizer may take the place of another for the same parameters."""
        old = vars(self).get(name)
        if old is not None and name in ("model", "loss", "batch_size"):
            raise AttributeError(f"the {name} of a training stays what it was made with; make another nn.Training")
        if old is not None and name == "optimizer" and {*map(id, old.parameters)} != {*map(id, x.parameters)}:
            raise ValueError("the optimizer of a training may be replaced by one of the same parameters alone")
        super().__setattr__(name, x)

    def __len__(self) -> int:
        """How many samples an epoch sees."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        with self._in_engine():
            batch = self.next_batch()
            step = None if batch is None else self._take_steps(batch, 1)
        if step is None:
            self.finish()
            raise StopIteration
        return step

    def run(self) -> History:
        """Takes all steps. While it runs, only callbacks see `data` and `grad` of the parameters as they change."""
        with self._in_engine():
            while (batch := self.next_batch()) is not None:
                before, begun = self.steps, perf_counter()
                self._take_steps(batch, 1 if self._steps_are_watched else self._at_once)
                made, seconds = self.steps - before, perf_counter() - begun
                self._at_once = max(1, min(int(made * PROMPT / seconds), 10 * made))
        self.finish()
        return self.history

    @contextmanager
    def _in_engine(self) -> Iterator[None]:
        """In the `with` block the engine has the weights; before and after it the parameters have."""
        self.engine.pull()
        self._apart = True
        try:
            yield
        finally:
            with held():
                self.engine.push()
                self._apart = False

    def next_batch(self) -> Sequence[int] | None:
        """The samples that the next step learns from; None when there is a reason to stop."""
        if not self._started:
            with held():
                self._started = True
                try:
                    self._call("on_start")
                finally:
                    self._judge()
        if self.course.is_done:
            self._end_epoch()
        if self.history.stop_reason:
            return None
        if self.course.steps_left == 1:
            self._call("on_last_step")
        self.draws.draw()
        return self.course.batch()

    def take_step(self, batch: Sequence[int], loss: float) -> Step | None:
        """Changes the parameters by their gradients, which are those of `loss`; None if that cannot be.

        Ctrl-C comes before or after it, never between: what is saved then is the state after a whole step.
        """
        epoch = self.history.epochs + 1
        if not isfinite(loss):
            self._diverge(f"the loss is {loss}; lower the learning rate or scale the inputs")
            return None
        with held():
            self._call("on_gradient")
            try:
                self.engine.step(self.optimizer)
            except FloatingPointError as error:
                self._diverge(str(error))
                return None
            self.draws.keep()
            self._count(loss)
            step = Step(epoch, self.steps, tuple(batch), loss)
            self._call("on_step", step)
        if self.course.is_done:
            self._end_epoch()
        return step

    def _take_steps(self, batch: Sequence[int], most: int) -> Step | None:
        """Makes steps in one go, of which this batch is the first, up to where somebody looks; returns the last.

        One step or many, alone or after others: it is the same machine code that makes them, to the last bit.
        """
        self.engine.look(self.optimizer)  # callbacks, metrics and schedules may have changed anything
        epochs = None if self._hooks["on_gradient"] else self.engine.epochs(self.optimizer)
        if epochs is None:
            return self.take_step(batch, self.engine.gradient(batch))
        if self._hooks["on_last_step"]:
            most = min(most, max(1, self.course.steps_left - 1))
        most = epochs.prepare(self.batch_size, most)  # Ctrl-C does not wait for a compiler, as it does for steps
        order = self.course.ahead(most, 1 if self._epochs_are_watched else self.epochs - self.history.epochs)
        step = self._in_one_go(epochs, order)
        if step is None:
            loss, is_other = self.engine.gradient(batch), epochs.is_other()
            step = self._in_one_go(epochs, order[: len(batch)]) if is_other else None
            if step is None:
                return self.take_step(batch, self.engine.gradient(batch) if is_other else loss)
        if self.course.is_done:
            self._end_epoch()
        return step

    def _in_one_go(self, epochs: Any, order: Any) -> Step | None:
        """Makes the steps that learn from these samples, and tells of the last; None if the first cannot be made so."""
        with held():
            losses = epochs.run(order, self.batch_size)
            if not losses:
                return None
            self.draws.keep()
            for loss in losses:
                if self.course.is_done:
                    self._end_epoch()
                batch = self.course.batch()
                self._count(loss)
            step = Step(self.history.epochs + 1, self.steps, tuple(batch), loss)
            self._call("on_step", step)
            return step

    def _count(self, loss: float) -> None:
        self.steps += 1
        self.course.count(loss)

    @property
    def seen(self) -> int:
        """Samples in this epoch so far."""
        return self.course.seen

    @property
    def running_loss(self) -> float:
        """The mean loss in this epoch so far."""
        if not self.course.seen:
            return self.history["loss"][-1] if self.history.epochs else inf
        return self.course.mean

    def weights(self) -> list[float]:
        """The numbers of `parameters` at this moment, also where the Values are only told them when somebody looks."""
        return self.engine.weights(self.parameters) if self._apart else numbers(self.parameters)

    def stop(self, reason: str) -> None:
        """Lets no further step follow; the first reason is kept."""
        self.history.stop_reason = self.history.stop_reason or reason

    def finish(self) -> None:
        """Ends the training: the callbacks' last word, then the best weights, where a callback kept them."""
        if self._finished:
            return
        self._finished = True
        with held():
            self.draws.undo()
            self._call("on_stop")
            if self.best_weights is not None:
                write(self.parameters, self.best_weights)

    def save(self, path: str | Path) -> Path:
        """Writes weights, optimizer, position, order of the samples, history and callbacks to a file."""
        return put(path, self.state_dict())

    def load(self, path: str | Path) -> None:
        """Goes on from what `save` wrote; the next steps are those that would have followed, bit for bit."""
        state = get(path)
        if "training" not in state:
            raise ValueError(f"{path} holds a model and no training; load it with nn.load, or resume another file")
        self.load_state_dict(state, path)

    def state_dict(self) -> dict[str, Any]:
        """All that the next steps depend on, as numbers, strings, lists and dictionaries."""
        self.draws.undo()
        return {
            **learned(self.model, self.optimizer),
            "training": {
                "steps": self.steps,
                **self.course.state_dict(),
                "history": self.history.history,
                "callbacks": [[type(one).__name__, state] for one in self.callbacks if (state := one.state_dict())],
            },
        }

    def load_state_dict(self, state: Mapping[str, Any], path: str | Path = "the state") -> None:
        """Takes back what `state_dict` gave.

        Raises:
            ValueError: it is damaged, or the state of another model, or of other data, batches or callbacks; nothing
                has changed then.
        """
        part = fields.read(_TRAINING, state, path)["training"]
        if len(part["order"]) != len(self):
            raise ValueError(f"{path} is of a training with {len(part['order'])} samples, and here are {len(self)}")
        remembering = [one for one in self.callbacks if one.state_dict()]
        names, saved = [type(one).__name__ for one in remembering], [name for name, _ in part["callbacks"]]
        if names != saved:
            raise ValueError(f"{path} was saved with the callbacks {saved}, and these are {names}; give the same ones")
        if part["history"].keys() != self.history.history.keys():
            raise ValueError(
                f"{path} has the columns {', '.join(part['history'])} in its history, and this training has "
                f"{', '.join(self.history.history)}; give the same metrics and validation samples"
            )
        epochs = len(part["history"]["loss"])
        for column, found in part["history"].items():
            fields.read(fields.listed(fields.number, epochs), found, f"{path}: the column {column!r} of its history")
        for k, (one, (name, kept)) in enumerate(zip(remembering, part["callbacks"])):
            known = fields.read(one.state_kind(self, epochs), kept, f"{path}: the state of {name}")
            part["callbacks"][k] = name, {**kept, **known}
        before, history = copy.deepcopy(self.state_dict()), self.history
        with held():
            try:
                self._take(state, part, remembering, path)
            except Exception as error:
                self._take(before, before["training"], remembering, path)
                self.history = history
                raise error if isinstance(error, ValueError) else ValueError(f"{path} does not fit: {error}") from error

    def _take(self, state: Mapping[str, Any], part: Mapping[str, Any], remembering: list[Callback], path: Any) -> None:
        learn(state, self.model, self.optimizer, path)
        fields.read(self.course.load_state_dict, part, f"{path}: training")
        self.steps, self.history = part["steps"], History({key: [*column] for key, column in part["history"].items()})
        for one, (_, kept) in zip(remembering, part["callbacks"]):
            one.load_state_dict(kept)

    def evaluate(self, X: Any, y: Any) -> dict[str, float]:
        """The mean loss of other samples, and each metric of them, by its name."""
        with self.model.evaluating() if hasattr(self.model, "evaluating") else nullcontext():
            row = {"loss": self.engine.mean_loss(X, y)}
            outputs = self.engine.outputs(X) if self.metrics else []
        return row | {name: float(metric(outputs, y)) for name, metric in self.metrics.items()}

    def _end_epoch(self) -> None:
        row = {"loss": self.course.mean}
        if self.metrics or self._held_out is not None:
            self.engine.push()
        if self.metrics:
            row |= {key: x for key, x in self.evaluate(self._rows, self._targets).items() if key != "loss"}
        if self._held_out is not None:
            row |= {f"val_{key}": x for key, x in self.evaluate(*self._held_out).items()}
        with held():
            self.history.add(row)
            self.course.begin()
            self._judge_loss()
            try:
                self._call("on_epoch")
            finally:  # a callback may raise, and the training be gone on with
                self._judge()

    def _judge_loss(self) -> None:
        loss = self.history["loss"][-1]
        if loss <= self.acceptable:
            self.stop(f"loss acceptable: {loss:.2g} <= {self.acceptable:g} after {self.history.epochs} epochs")

    def _judge(self) -> None:
        if self.history.epochs:
            self._judge_loss()
        if self.history.epochs >= self.epochs:
            self.stop(f"epochs done: {self.history.epochs}")

    def _diverge(self, what: str) -> None:
        self.diverged = True
        self.stop(f"not finite in epoch {self.history.epochs + 1}: {what}")

    def _call(self, moment: str, *more: Any) -> None:
        callbacks = self._hooks[moment]
        looking = self._apart and any(callback.sees_parameters for callback in callbacks)
        if looking:
            self.engine.push()
        for callback in callbacks:
            getattr(callback, moment)(self, *more)
        if looking:
            self.engine.pull()

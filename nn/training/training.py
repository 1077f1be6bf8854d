"""Training: a run of learning that can be stepped through, watched, stopped, saved and resumed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import fields
from math import inf, isfinite
from pathlib import Path
from time import perf_counter
from typing import Any, Self

from ..arguments.checks import finite, list_of, rate, whole
from ..arguments.keywords import taking
from ..arguments.seeds import generator
from ..layers.parameters import numbers, parameters_of, write
from .callbacks.callback import callbacks_of
from .callbacks.early_stopping import EarlyStopping
from .course import Course
from .draws import Draws
from .engine import Engine, engine_for
from .history import History, Step
from .interrupts import held
from .plan import Plan, metrics_of, optimizer_of, samples_of, try_targets
from .state import Resumable
from .trial import unchanged

MOMENTS = ("on_start", "on_last_step", "on_gradient", "on_step", "on_epoch", "on_stop")
PROMPT = 0.1  # seconds of steps in one go: what Ctrl-C and the line of progress wait for


class Training(Resumable):
    """What `nn.fit` runs: iterate it to take one step at a time, with the same arguments and the same result.

    >>> import nn
    >>> model = nn.MLP(1, [1], seed=0)
    >>> training = nn.Training(model, [0, 1, 2, 3], [1, 3, 5, 7], loss=nn.mean_squared_error, batch_size=2, epochs=3)
    >>> for step in training:
    ...     assert step.loss > 0.0 and len(step.samples) == 2
    >>> step.epoch, step.number, training.history.stop_reason
    (3, 6, 'epochs done: 3')
    """

    @taking(Plan)
    def __init__(self, plan: Plan) -> None:
        """Checks everything and makes all ready; nothing has changed where it raises.

        {arguments}
        """
        self.model, self.loss = plan.model, plan.loss
        samples = samples_of(plan.X, plan.y, plan.validation_split, plan.validation_data)
        (self._rows, self._targets), self._held_out = samples
        self.epochs = whole("epochs", plan.epochs)
        self.acceptable = -inf if plan.acceptable is None else finite("acceptable", plan.acceptable)
        self.batch_size = min(len(self) if plan.batch_size is None else whole("batch_size", plan.batch_size), len(self))
        self.course = Course(len(self), self.batch_size, generator(plan.seed))
        min_delta = rate("min_delta", plan.min_delta)
        watching = list_of(plan.callbacks)
        if plan.patience is not None:
            watching = [EarlyStopping("loss", plan.patience, min_delta, restore_best_weights=False), *watching]
        self.callbacks = callbacks_of(watching)
        self._hooks = {moment: [one for one in self.callbacks if one.acts(moment)] for moment in MOMENTS}
        self.metrics = metrics_of(plan.metrics, plan.model)
        self.optimizer = optimizer_of(plan.model, plan.optimizer)
        self.parameters = parameters_of(plan.model, self.optimizer)
        self.draws = Draws(plan.model)
        self.engine = self._engine(plan.engine)
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
        if plan.resume is not None and Path(plan.resume).exists():
            self.load(plan.resume)

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """The training that a plan describes."""
        return cls(**{field.name: getattr(plan, field.name) for field in fields(Plan)})

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

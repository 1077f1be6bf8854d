"""What a checkpoint holds of a training besides model and optimizer, and how a training goes on from it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograd import fields

from .callbacks.callback import Callback
from .checkpoint import get, learn, learned, put
from .course import Course
from .draws import Draws
from .history import History
from .interrupts import held

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


class Resumable:
    """What of a training is written to a file, and read from it."""

    model: Any
    optimizer: Any
    course: Course
    draws: Draws
    history: History
    callbacks: list[Callback]
    steps: int

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
        if len(part["order"]) != len(self.course):
            raise ValueError(
                f"{path} is of a training with {len(part['order'])} samples, and here are {len(self.course)}"
            )
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

"""Checkpoint: the whole training written to a file while it goes on."""

from __future__ import annotations

import copy
import warnings
from os import PathLike
from pathlib import Path
from typing import Any

from ...arguments.checks import whole
from ...arguments.keywords import named
from ..checkpoint import put
from .callback import Callback, Training, column, watched


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

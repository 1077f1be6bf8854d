"""The progress line: one line on the terminal, rewritten while the training goes on."""

from __future__ import annotations

import shutil
import sys
from time import monotonic

from ...arguments.keywords import named
from ..history import Step
from .callback import Callback, Training


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


class ProgressLine:
    """Shows how far it is; rewrites its line at most ten times a second, and writes nothing unless it is `shown`.

    `shown` None means: only on a terminal. A file or a pipe would keep every rewriting.
    """

    def __init__(self, shown: bool | None = None) -> None:
        self.shown = sys.stdout.isatty() if shown is None else shown
        self._last = -1.0
        self._length = 0

    def show(self, done: float, text: str) -> None:
        """Rewrites the line: `done`, from 0 to 1, as a bar, then the text."""
        if not self.shown or monotonic() < self._last + 0.1:
            return
        self._last = monotonic()
        bar = "#" * round(20 * done)
        line = f"[{bar:.<20}] {text}"[: shutil.get_terminal_size().columns - 1]
        self._write("\r" + line.ljust(self._length))
        self._length = len(line)

    def clear(self) -> None:
        """Takes the line away."""
        if self._length:
            self._write("\r" + " " * self._length + "\r")
            self._length = 0

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

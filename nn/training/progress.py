"""One line on the terminal, rewritten while something long goes on."""

from __future__ import annotations

import shutil
import sys
from time import monotonic


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

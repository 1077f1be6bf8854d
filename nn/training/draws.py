"""What a model draws at random for each batch, such as the mask of Dropout; a draw not used for a step is undone."""

from __future__ import annotations

from typing import Any

from ..layers.module import Module


class Draws:
    """The parts of a model that draw at random: the same for all samples of a batch, as a compiled program has it.

    A draw whose step was never made, because Ctrl-C came, is taken back: what is saved then is as if it had not been.
    """

    def __init__(self, model: Any) -> None:
        parts = [part for _, part in model.named_modules()] if isinstance(model, Module) else []
        self.parts = [part for part in parts if type(part).hold is not Module.hold]
        self._before: list[tuple[Module, Any]] = []

    def draw(self) -> None:
        """Draws for the next batch."""
        self.undo()
        self._before = [(part, part.kept()) for part in self.parts]
        for part in self.parts:
            part.hold(True)

    def keep(self) -> None:
        """The step is made."""
        self._before = []

    def undo(self) -> None:
        """Takes back a draw that led to no step, and lets each call draw for itself."""
        for part, kept in self._before:
            if kept is not None:
                part.keep(kept)
        self._before = []
        for part in self.parts:
            part.hold(False)

"""Dropout: in training some outputs are left out at random, so that no neuron relies on a single other one."""

from __future__ import annotations

import random as python_random
from typing import Any

import autograd
from autograd import Value

from ..arguments.checks import as_list, share
from ..arguments.keywords import named
from ..arguments.seeds import generator, restore, state_of
from .module import Module


class Dropout(Module):
    """Sets each number to 0 with the probability `rate` in training, and divides the others by 1 - rate.

    So the mean of each stays what it was, and in prediction (`model.eval()`, `model.predict`) there is nothing to do.
    Each call draws which numbers are left out. Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014,
    "Dropout: a simple way to prevent neural networks from overfitting", section 10 for the division.

    >>> dropout = Dropout(0.5, seed=1)
    >>> [y.data for y in dropout([1.0, 1.0, 1.0, 1.0])]
    [0.0, 2.0, 2.0, 0.0]
    >>> dropout.eval()([1.0, 1.0, 1.0, 1.0])
    [1.0, 1.0, 1.0, 1.0]

    A compiled function only replays operations. It reads the mask, which is a list of Values, as it reads parameters;
    `draw` draws it, for all samples of a batch together. In a function of its own each call draws by itself, unless a
    `draw` went before: then all calls until the next share what it drew.

    Args:
        rate: the share of numbers left out, in [0, 1).
        seed: a whole number for draws of its own; None draws from Python's global `random`.
    """

    @named
    def __init__(self, rate: float = 0.5, *, seed: Any = None) -> None:
        self.rate = share("rate", rate)
        self._random = None if seed is None else generator(seed)
        self._masks: dict[int, list[Value]] = {}  # by how many numbers come: the same part may stand in several places
        self._held = False

    def __call__(self, x: Any) -> Any:
        """The numbers that stay, scaled, and 0 for those left out; in prediction all as they are."""
        if not self.training or not self.rate:
            return x
        several = as_list(x)
        given = [x] if several is None else several
        mask = self._masks.get(len(given))
        if mask is None:
            mask = self._masks[len(given)] = [Value(0.0, label=f"mask {k + 1}") for k in range(len(given))]
            self._draw(mask)
        elif not self._held:
            self._draw(mask)
        out = [autograd.gate(factor, one) for factor, one in zip(mask, given)]
        return out[0] if several is None else out

    def hold(self, held: bool) -> None:
        """Draws what is left out in all calls to come, or lets each draw again."""
        self._held = held
        if held:
            for mask in self._masks.values():
                self._draw(mask)

    def _draw(self, mask: list[Value]) -> None:
        scale, random = 1.0 / (1.0 - self.rate), (self._random or python_random).random
        for factor in mask:
            factor.data = scale if random() >= self.rate else 0.0
            factor.zero_grad()

    def parameters(self) -> list[Value]:
        """None: the mask is drawn, not trained."""
        return []

    def kept(self) -> Any:
        """The state of the random numbers, if they are its own."""
        return None if self._random is None else state_of(self._random)

    def keep(self, kept: Any) -> None:
        """Takes over the state of the random numbers."""
        if self._random is not None:
            restore(self._random, kept)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.rate:g})"

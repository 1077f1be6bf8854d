"""Embedding: a row of trainable numbers for each of n things, such as letters or words."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Value

from ..arguments.checks import as_list, is_index, real, whole
from ..arguments.keywords import named
from ..arguments.seeds import generator
from ..init import Initialiser, initialiser
from .module import Module


class Embedding(Module):
    """The row of a table that belongs to a token, a whole number from 0; the rows are trained like weights.

    A list of tokens gives their rows one after the other in one list, for a layer to read. Source: Bengio, Ducharme,
    Vincent & Jauvin 2003, "A neural probabilistic language model".

    >>> embedding = Embedding(27, 4, seed=0)
    >>> len(embedding(3)), len(embedding([3, 14])), len(embedding.parameters())
    (4, 8, 108)

    A token that is a number takes its row without recording anything. A token that is a Value is read by
    `autograd.pick`, an operation, so a compiled function can be given other tokens.

    Args:
        count: how many different tokens there are.
        size: how many numbers each row has.
        init: how they are drawn, a name or a function of `nn.init`.
        seed: a whole number for rows of their own; None draws from Python's global `random`.
        scope: where pictures show it.
    """

    @named
    def __init__(
        self,
        count: int,
        size: int,
        *,
        init: str | Initialiser = "normal",
        seed: Any = None,
        scope: str = "embedding",
    ) -> None:
        count, size, random = whole("count", count), whole("size", size), generator(seed)
        draw = initialiser(init, "linear")
        self.scope, self.shape = scope, ("token", size)
        self.rows = [
            [Value(draw(count, size, random), label=f"e{token},{k + 1}") for k in range(size)] for token in range(count)
        ]
        for parameter in self.parameters():
            parameter.scope = scope

    def __call__(self, x: Any) -> list[Any]:
        """The rows of a token, or of several."""
        tokens = as_list(x)
        return self._row(x) if tokens is None else [number for token in tokens for number in self._row(token)]

    def _row(self, token: Any) -> list[Any]:
        number = token.data if isinstance(token, Value) else real("a token", token)
        if not is_index(number, len(self.rows)):
            raise ValueError(f"there is no token {number:g}; tokens are whole numbers from 0 to {len(self.rows) - 1}")
        if not isinstance(token, Value):
            return self.rows[int(number)]
        row = [autograd.pick(list(column), token) for column in zip(*self.rows)]
        for one in row:
            one.within(self.scope)
        return row

    def parameters(self) -> list[Value]:
        """Row by row."""
        return [parameter for row in self.rows for parameter in row]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.rows)}, {len(self.rows[0])})"

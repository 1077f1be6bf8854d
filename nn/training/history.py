"""What happened in training: each step, a column for each quantity with a row for each epoch, and why it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One change of the parameters."""

    epoch: int  # counted from 1
    number: int  # of the step since the beginning, counted from 1
    samples: tuple[int, ...]  # which rows it learned from
    loss: float  # their mean loss, as it was before the step


@dataclass(repr=False)
class History:
    """What happened: `history["loss"]` is the mean loss in each epoch, `stop_reason` says in words why it ended.

    >>> history = History({"loss": [0.7, 0.2, 0.3]}, "epochs done: 3")
    >>> history["loss"], history.epochs, history.best()
    ([0.7, 0.2, 0.3], 3, (2, 0.2))
    >>> history.rows()[0]
    {'epoch': 1, 'loss': 0.7}
    >>> history
    <History of 3 epochs: loss 0.3; epochs done: 3>

    Besides "loss" there is "val_loss" where samples were held out, and for each metric its name, with "val_" before it
    for those samples.
    """

    history: dict[str, list[float]] = field(default_factory=lambda: {"loss": []})
    stop_reason: str = ""

    @property
    def epochs(self) -> int:
        """How many epochs were completed."""
        return len(self.history["loss"])

    def __getitem__(self, column: str) -> list[float]:
        try:
            return self.history[column]
        except KeyError:
            raise KeyError(f"there is no column {column!r} in the history, only {', '.join(self.history)}") from None

    def add(self, row: Mapping[str, float]) -> None:
        """Appends what an epoch gave."""
        for column, number in row.items():
            self.history.setdefault(column, []).append(number)

    def rows(self) -> list[dict[str, float]]:
        """A dictionary for each epoch, which is counted from 1."""
        return [
            {"epoch": k + 1, **{column: numbers[k] for column, numbers in self.history.items()}}
            for k in range(self.epochs)
        ]

    def best(self, column: str = "loss", largest: bool = False) -> tuple[int, float]:
        """The epoch with the smallest number of a column, or the largest, and that number; the first of equal ones."""
        numbers = [(x, k) for k, x in enumerate(self[column], start=1) if x == x]
        if not numbers:
            raise ValueError(f"the history has no number for {column!r} yet; train for an epoch first")
        best = (max if largest else min)(x for x, _ in numbers)
        return next(k for x, k in numbers if x == best), best

    def __repr__(self) -> str:
        last = "".join(f", {column} {numbers[-1]:.4g}" for column, numbers in self.history.items() if numbers)
        ended = f"; {self.stop_reason}" if self.stop_reason else ""
        return f"<History of {self.epochs} epoch{'s' * (self.epochs != 1)}{last.replace(',', ':', 1)}{ended}>"

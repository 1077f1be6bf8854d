"""The column of the history that a callback watches, and whether large numbers are good in it."""

from __future__ import annotations

from typing import Any

from .callback import Training


def column(name: str, x: Any) -> str | None:
    """The name of a column, or None."""
    if not isinstance(x, str | None):
        raise TypeError(f'{name} is the name of a column of the history, such as "val_loss", got {x!r}')
    return x


def watched(training: Training, monitor: str | None, largest: bool | None) -> tuple[str, bool]:
    """The column to watch and whether large numbers are good in it."""
    column = monitor or ("val_loss" if "val_loss" in training.history.history else "loss")
    if column not in training.history.history:
        known = ", ".join(training.history.history)
        raise ValueError(f"there is no column {column!r} to monitor, only {known}; name it, or give its metric to fit")
    return column, not ("loss" in column or "error" in column) if largest is None else largest

"""A model of two inputs, seen over a grid of points: which class it speaks for, and how surely."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arguments.checks import pairs, rows, targets, whole
from ..layers.outputs import outputs_of

# of the classes; after Okabe & Ito 2008, "Color universal design", told apart with any colour vision
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a7a00", "#5d43b0")


@dataclass(frozen=True)
class Grid:
    """Points in rows of a rectangle, the lowest row first."""

    low: tuple[float, float]
    high: tuple[float, float]
    size: int  # points in a row, and rows

    @property
    def axes(self) -> tuple[Any, Any]:
        """The coordinates of the columns and of the rows."""
        across, up = (np.linspace(low, high, self.size) for low, high in zip(self.low, self.high))
        return across, up

    @property
    def points(self) -> list[list[float]]:
        """All points, row by row."""
        across, up = self.axes
        return [[float(x), float(y)] for y in up for x in across]


def around(points: Sequence[Sequence[float]], size: int, margin: float = 0.15) -> Grid:
    """A grid that reaches a little beyond the points."""
    columns = list(zip(*points))
    spans = [(max(column) - min(column)) or 1.0 for column in columns]
    low = tuple(min(column) - margin * span for column, span in zip(columns, spans))
    high = tuple(max(column) + margin * span for column, span in zip(columns, spans))
    return Grid((low[0], low[1]), (high[0], high[1]), whole("the size of the grid", size, least=2))


def labelled(X: Any, y: Any, what: str) -> tuple[list[list[float]], list[int]]:
    """Points of two coordinates, and the classes they are of; -1 and 1 are the classes 0 and 1."""
    points, labels = rows("X", X), targets("y", y)
    pairs(points, "rows", labels, "labels")
    if len(points[0]) != 2:
        raise ValueError(f"{what} is of points with 2 coordinates, and X has {len(points[0])}; choose two columns")
    for k, label in enumerate(labels):
        if isinstance(label, list) or label % 1 or label < -1:
            raise ValueError(f"{what} needs whole numbers as labels, but y[{k}] is {label}")
    return points, [max(int(label), 0) for label in labels]


def probabilities(model: Callable[[Any], Any], points: Any) -> Any:
    """An array with a row for each point and a column for each class; one output is the logit of class 1."""
    with model.evaluating() if hasattr(model, "evaluating") else nullcontext():
        outputs = np.array(outputs_of(model, points), dtype=float)
    outputs = outputs.reshape(len(points), -1)
    if getattr(model, "gives_probabilities", False):
        return np.hstack([1.0 - outputs, outputs]) if outputs.shape[1] == 1 else outputs
    if outputs.shape[1] == 1:
        outputs = np.hstack([np.zeros_like(outputs), outputs])
    with np.errstate(over="ignore", under="ignore"):
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)

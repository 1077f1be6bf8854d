"""boundary: how the decision boundary moved over the epochs, to slide through, in one HTML file of its own."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib import resources
from math import isfinite
from typing import Any

import numpy as np

from autograd import pictures

from ..arguments.checks import whole
from ..arguments.keywords import named
from ..layers.parameters import numbers, parameters_of, write
from ..training.callbacks.recording import RecordWeights
from ..training.history import History
from .grid import COLOURS, Grid, around, labelled, probabilities


class BoundaryPage(pictures.Page):
    """A page with a slider over epochs; a notebook shows it, `save` writes it."""

    def __init__(self, parts: Mapping[str, str], epochs: list[int]) -> None:
        super().__init__(resources.files(__package__) / "boundary.html", parts, 800)
        self.epochs = epochs

    def __repr__(self) -> str:
        return f'<BoundaryPage of epochs {self.epochs[0]} to {self.epochs[-1]}; .save("boundary.html") writes it>'


@named
def boundary(
    model: Any,
    X: Any,
    y: Any,
    path: RecordWeights | Sequence[Sequence[float]],
    history: History | None = None,
    *,
    classes: Sequence[str] | None = None,
    frames: int = 60,
    resolution: int = 48,
) -> BoundaryPage:
    """The regions of the classes and the points, misclassified ones crossed out, at epochs from the first to the last.

    `path` is the `nn.RecordWeights()` that watched the training; with its history the losses are shown as well. Of
    many epochs `frames` are shown, those at the beginning more densely, since there most happens.

    >>> import nn
    >>> points, model, path = nn.data.moons(20), nn.MLP(2, [4, 1], "tanh", seed=0), nn.RecordWeights()
    >>> loss = nn.binary_cross_entropy_with_logits
    >>> history = nn.fit(model, points.X, points.y, loss=loss, epochs=30, callbacks=path)
    >>> nn.boundary(model, points.X, points.y, path, history)
    <BoundaryPage of epochs 0 to 30; .save("boundary.html") writes it>
    """
    points, labels = labelled(X, y, "boundary")
    way = path.weights if isinstance(path, RecordWeights) else list(path)
    parameters = parameters_of(model)
    if not way or any(len(weights) != len(parameters) for weights in way):
        raise ValueError(
            f"the path is the weights of a nn.RecordWeights() that watched the training, {len(parameters)} an epoch; "
            f"got {len(way)} epochs{f' of {len(way[0])}' if way else ''}"
        )
    grid = around(points, resolution)
    epochs = _chosen(len(way) - 1, whole("frames", frames, least=2))
    losses = [] if history is None else history["loss"]
    before, shown = numbers(parameters), []
    try:
        for epoch in epochs:
            write(parameters, way[epoch])
            shown.append(_frame(model, grid, points, labels, epoch, losses))
    finally:
        write(parameters, before)
    return BoundaryPage(_parts(shown, grid, points, labels, classes, model), epochs)


def _chosen(last: int, count: int) -> list[int]:
    """Epochs from 0 to the last: all, or as many as asked for, spaced evenly on the scale of their square roots."""
    if last < count:
        return list(range(last + 1))
    return sorted({round(last * (k / (count - 1)) ** 2) for k in range(count)})


def _frame(
    model: Callable[[Any], Any], grid: Grid, points: Any, labels: list[int], epoch: int, losses: list[float]
) -> dict[str, Any]:
    shares = probabilities(model, grid.points)
    if not np.isfinite(shares).all():
        raise ValueError(
            f"the model gives nan or infinite outputs with the weights of epoch {epoch}; show fewer epochs"
        )
    classes = shares.shape[1]
    sure = (shares.max(axis=1) - 1.0 / classes) / (1.0 - 1.0 / classes)
    cells = np.concatenate([shares.argmax(axis=1), np.round(255.0 * sure)]).astype(np.uint8)
    said = probabilities(model, points).argmax(axis=1)
    # the loss of an epoch is that of the weights as they were in it; after epoch k there is one for k >= 1
    loss = losses[epoch - 1] if 0 < epoch <= len(losses) and isfinite(losses[epoch - 1]) else None
    return {
        "epoch": epoch,
        "loss": loss,
        "wrong": np.flatnonzero(said != np.array(labels)).tolist(),
        "cells": base64.b64encode(cells.tobytes()).decode("ascii"),
    }


def _parts(
    shown: list[dict[str, Any]], grid: Grid, points: Any, labels: list[int], classes: Sequence[str] | None, model: Any
) -> dict[str, str]:
    count = max(labels) + 1
    names = [str(name) for name in classes] if classes else [f"class {k}" for k in range(count)]
    if len(names) < count:
        raise ValueError(f"there are {count} classes, and {len(names)} names for them")
    spans = [high - low for low, high in zip(grid.low, grid.high)]
    data = {
        "size": grid.size,
        "classes": names,
        "colours": COLOURS,
        "frames": shown,
        "points": [
            [
                round(1000 * (x - grid.low[0]) / spans[0], 1),
                round(1000 - 1000 * (y - grid.low[1]) / spans[1], 1),
                label,
            ]
            for (x, y), label in zip(points, labels)
        ],
    }
    return {
        "title": escape(f"The decision boundary of {model!r}, epoch by epoch"),
        "data": json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),  # no </script> within
        "first": str(len(shown) - 1),
    }

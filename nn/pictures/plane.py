"""The plane through weight space in which the descent went, and the loss over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Value

from ..layers.parameters import numbers, parameters_of, write
from ..training.engine import engine_for
from ..training.plan import samples_of, try_targets
from .grid import Grid, around


@dataclass(frozen=True)
class Plane:
    """Two directions in weight space through the weights at the end of a path."""

    path: Any  # a row of two coordinates for each set of weights
    names: tuple[str, str]
    origin: Any
    directions: Any  # two rows

    def weights(self, x: float, y: float) -> list[float]:
        """The weights at a point of the plane."""
        found: list[float] = (self.origin + x * self.directions[0] + y * self.directions[1]).tolist()
        return found


def plane_of(path: Sequence[Sequence[float]], parameters: Sequence[Value]) -> Plane:
    """The plane that the path lies closest to; of two parameters, their own.

    The directions are the principal components of the path around its end. Source: Li, Xu, Taylor, Studer & Goldstein
    2018, "Visualizing the loss landscape of neural nets", section 7.
    """
    points = np.array(path, dtype=float)
    if points.ndim != 2 or len(points) < 2 or points.shape[1] != len(parameters):
        raise ValueError(
            f"the path of a descent is the weights of a nn.RecordWeights() that watched it, {len(parameters)} numbers "
            f"an epoch; got {points.shape}"
        )
    if len(parameters) == 1:
        raise ValueError("a surface needs two parameters, and the model has one; plot its loss as a curve instead")
    if len(parameters) == 2:
        names = tuple(parameter.label or f"parameter {k + 1}" for k, parameter in enumerate(parameters))
        return Plane(points, (names[0], names[1]), np.zeros(2), np.eye(2))
    moves = points - points[-1]
    _, sizes, directions = np.linalg.svd(moves, full_matrices=False)
    if len(directions) < 2:  # a path of two points is a line: any direction across it
        across = np.roll(directions[0], 1)
        across -= (across @ directions[0]) * directions[0]
        directions = np.vstack([directions[0], across / (np.linalg.norm(across) or 1.0)])
    shares = np.append(sizes**2, 0.0) / (np.sum(sizes**2) or 1.0)
    first, second = (f"direction {k + 1}: {shares[k]:.0%} of the way" for k in range(2))
    return Plane(moves @ directions[:2].T, (first, second), points[-1], directions[:2])


def surface(
    model: Callable[[Any], Any], X: Any, y: Any, loss: Callable[[Any, Any], Any], plane: Plane, size: int
) -> tuple[Grid, Any]:
    """The mean loss over a grid around the path, a row for each of its rows; the model is as before afterwards."""
    (samples, wanted), _ = samples_of(X, y, None, None)
    parameters = parameters_of(model)
    grid = around(plane.path.tolist(), size, margin=0.25)
    before = numbers(parameters)
    across, up = grid.axes
    with model.evaluating() if hasattr(model, "evaluating") else nullcontext():
        tried = try_targets(model, samples[0], wanted, loss, "y")
        engine = engine_for("auto", model, loss, parameters, samples, wanted, tried)
        try:
            heights = []
            for b in up:
                for a in across:
                    write(parameters, plane.weights(float(a), float(b)))
                    heights.append(engine.mean_loss(samples, wanted))
        finally:
            write(parameters, before)
    return grid, np.array(heights).reshape(size, size)

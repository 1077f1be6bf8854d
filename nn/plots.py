"""Plots with matplotlib: each draws into the Axes given, or new ones, and returns them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from importlib import import_module
from math import log10
from typing import Any

import numpy as np

from .arguments.checks import as_list
from .arguments.keywords import named
from .layers.parameters import by_layer, parameters_of
from .metrics import confusion_matrix as counts_of
from .pictures.grid import COLOURS, around, labelled, probabilities
from .pictures.plane import plane_of, surface
from .training.callbacks.recording import RecordWeights
from .training.history import History

MARKERS = "os^Dv<>P"  # of the classes, which so differ in more than their colour
TEXT, MUTED = "#1b2130", "#596275"


@named
def loss_curves(history: History, columns: Sequence[str] | None = None, *, ax: Any = None) -> Any:
    """Columns of the history over the epochs: by default the losses; their best epoch is marked.

    The scale is logarithmic where the numbers are positive and span a factor of more than 20.
    """
    chosen = [name for name in history.history if "loss" in name] if columns is None else list(columns)
    ax = _axes(ax)
    drawn = []
    for k, name in enumerate(chosen):
        numbers = history[name]
        epochs = range(1, len(numbers) + 1)
        ax.plot(epochs, numbers, color=COLOURS[k % 8], linestyle="-" if k == 0 else "--", label=name, linewidth=1.8)
        drawn += [x for x in numbers if np.isfinite(x)]
        if drawn:
            epoch, best = history.best(name, largest=not ("loss" in name or "error" in name))
            ax.plot([epoch], [best], "o", color=COLOURS[k % 8], label=f"best {best:.3g}, epoch {epoch}")
    if drawn and min(drawn) > 0.0 and max(drawn) > 20.0 * min(drawn):
        ax.set_yscale("log")
    ax.set_xlabel("epoch")
    ax.set_ylabel(chosen[0] if len(chosen) == 1 else "loss" if all("loss" in name for name in chosen) else "")
    if history.stop_reason:
        ax.set_title(_wrapped(history.stop_reason), fontsize=10, color=MUTED)
    if drawn:
        ax.legend(frameon=False)
    return _plain(ax)


@named
def decision_boundary(
    model: Callable[[Any], Any],
    X: Any,
    y: Any,
    *,
    classes: Sequence[str] | None = None,
    resolution: int = 120,
    ax: Any = None,
) -> Any:
    """Where in the plane the model speaks for which class, and the points; those it gets wrong are crossed out.

    The stronger the colour, the surer the model. Outputs are logits, as the losses of `nn` read them.
    """
    points, labels = labelled(X, y, "decision_boundary")
    grid = around(points, resolution)
    across, up = grid.axes
    shares = probabilities(model, grid.points)
    count = max(shares.shape[1], max(labels) + 1)
    predicted = shares.argmax(axis=1)
    colours = np.array([_rgb(COLOURS[k % 8]) for k in range(count)])
    # from white, where classes tie, to three fifths of the colour, where one has it all
    sure = (shares.max(axis=1) - 1.0 / shares.shape[1]) / (1.0 - 1.0 / shares.shape[1])
    strength = 0.08 + 0.47 * sure[:, None]
    picture = (1.0 - strength) + strength * colours[predicted]
    ax = _axes(ax)
    box = (grid.low[0], grid.high[0], grid.low[1], grid.high[1])
    ax.imshow(
        picture.reshape(resolution, resolution, 3), origin="lower", extent=box, aspect="auto", interpolation="bilinear"
    )
    for k in range(shares.shape[1]):
        others = np.delete(shares, k, axis=1).max(axis=1)
        edge = (shares[:, k] - others).reshape(resolution, resolution)
        if edge.min() < 0.0 < edge.max():
            ax.contour(across, up, edge, levels=[0.0], colors=TEXT, linewidths=1.2)
    said = probabilities(model, points).argmax(axis=1)
    at, truth = np.array(points), np.array(labels)
    for k in range(count):
        name = classes[k] if classes else f"class {k}"
        mine = at[truth == k]
        if len(mine):
            style = {"marker": MARKERS[k % 8], "color": COLOURS[k % 8], "edgecolors": "white", "linewidths": 0.7}
            ax.scatter(mine[:, 0], mine[:, 1], s=34, label=name, zorder=3, **style)
    wrong = at[said != truth]
    if len(wrong):
        ax.scatter(
            wrong[:, 0], wrong[:, 1], s=110, marker="x", color=TEXT, linewidths=1.8, zorder=4, label="misclassified"
        )
    ax.set_title(f"{len(points) - len(wrong)} of {len(points)} right", fontsize=10, color=MUTED)
    ax.legend(frameon=True, framealpha=0.9, edgecolor="none", fontsize=9)
    return _plain(ax)


@named
def weight_histograms(model: Any, *, bins: int = 30) -> list[Any]:
    """How the weights and biases of each layer are spread: one Axes a layer, the first layer on top, on one scale."""
    layers = {name: [p.data for p in found] for name, found in by_layer(parameters_of(model)).items()}
    return _histograms(layers, bins, "weights and biases", lambda xs: f"rms {_rms(xs):.3g}")


@named
def gradient_histograms(model: Any, *, bins: int = 30) -> list[Any]:
    """How large the gradients of each layer are, as powers of ten: one Axes a layer, the first layer on top.

    They are those in `grad`, as the last `backward` left them. A layer far to the left of the last one learns that
    much slower: its gradients vanish.
    """
    layers = {name: [abs(p.grad) for p in found] for name, found in by_layer(parameters_of(model)).items()}
    if not any(x for sizes in layers.values() for x in sizes):
        raise ValueError("all gradients are 0: call backward on a loss, or take a step, before plotting them")
    powers = {name: [log10(x) for x in sizes if 0.0 < x < np.inf] for name, sizes in layers.items()}

    def says(name: str) -> str:
        zeros = sum(x == 0.0 for x in layers[name])
        return f"rms {_rms(layers[name]):.2g}" + (f", {zeros} of {len(layers[name])} are 0" if zeros else "")

    axes = _histograms(powers, bins, "size of the gradients, as a power of ten", None)
    for ax, name in zip(axes, powers):
        ax.set_title(says(name), loc="right", fontsize=9, color=MUTED)
    return axes


@named
def loss_surface(
    model: Any,
    X: Any,
    y: Any,
    *,
    loss: Callable[[Any, Any], Any],
    path: RecordWeights | Sequence[Sequence[float]],
    resolution: int = 31,
    ax: Any = None,
) -> Any:
    """The loss around the way that the descent took, as contours, in the plane closest to that way.

    `path` is the `nn.RecordWeights()` that watched the training. A model of two parameters is shown over these two.
    """
    plane = plane_of(path.weights if isinstance(path, RecordWeights) else path, parameters_of(model))
    grid, heights = surface(model, X, y, loss, plane, resolution)
    ax = _axes(ax)
    finite = heights[np.isfinite(heights)]
    low, high = float(finite.min()), float(finite.max())
    if low > 0.0 and high > 20.0 * low:
        levels = np.geomspace(low, high, 22)
        scale: dict[str, Any] = {"norm": _matplotlib("colors").LogNorm(low, high)}
    else:
        levels = np.linspace(low, high if high > low else low + 1.0, 22)
        scale = {}
    across, up = grid.axes
    shown = ax.contourf(across, up, heights, levels=levels, cmap="Blues_r", **scale)
    ax.contour(across, up, heights, levels=levels, colors="white", linewidths=0.4)
    bar = ax.figure.colorbar(shown, ax=ax, format="%.2g")
    bar.set_label("loss")
    bar.ax.minorticks_off()
    bar.set_ticks(levels[::3])
    way = np.array(plane.path)
    ax.plot(way[:, 0], way[:, 1], "-", color="#d55e00", linewidth=1.6, marker=".", markersize=4, label="the descent")
    ax.plot(*way[0], "o", color="white", markeredgecolor="#d55e00", markersize=8, label="start")
    ax.plot(*way[-1], "*", color="#f0e442", markeredgecolor=TEXT, markersize=14, label="end")
    ax.set_xlabel(plane.names[0])
    ax.set_ylabel(plane.names[1])
    ax.legend(frameon=True, framealpha=0.9, edgecolor="none", fontsize=9)
    return _plain(ax)


@named
def confusion_matrix(predictions: Any, targets: Any, *, classes: Sequence[str] | None = None, ax: Any = None) -> Any:
    """How often each class was taken for each, with the counts: rows are true classes, columns predicted ones.

    Predictions are outputs or labels, as in `nn.accuracy`.
    """
    counts = np.array(counts_of(predictions, as_list(targets), len(classes) if classes else None))
    names = list(classes) if classes else [str(k) for k in range(len(counts))]
    ax = _axes(ax)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.55 else TEXT if count else "#b5bcc9"
        ax.text(column, row, str(count), ha="center", va="center", color=colour)
    long = max(map(len, names)) > 4
    ax.set_xticks(range(len(names)), names, rotation=30 if long else 0, ha="right" if long else "center")
    ax.set_yticks(range(len(names)), names)
    ax.set_xlabel("predicted class")
    ax.set_ylabel("true class")
    right, total = int(np.trace(counts)), int(counts.sum())
    ax.set_title(f"{right} of {total} right: accuracy {right / total:.1%}", fontsize=10, color=MUTED)
    ax.tick_params(length=0)
    return ax


def _histograms(layers: dict[str, list[float]], bins: int, label: str, says: Callable[[Any], str] | None) -> list[Any]:
    every = [x for numbers in layers.values() for x in numbers]
    if max(every) == min(every):
        edges = np.linspace(every[0] - 0.5, every[0] + 0.5, bins + 1)
    else:
        edges = np.linspace(min(every), max(every), bins + 1)
    _, axes = _matplotlib("pyplot").subplots(
        len(layers), sharex=True, squeeze=False, figsize=(6.4, 1.1 + 1.2 * len(layers)), layout="constrained"
    )
    for k, (ax, (name, numbers)) in enumerate(zip(axes[:, 0], layers.items())):
        ax.hist(numbers, bins=edges, color=COLOURS[k % 8], alpha=0.85)
        ax.set_title(f"{name} ({len(numbers)})", loc="left", fontsize=10, color=TEXT)
        if says is not None:
            ax.set_title(says(numbers), loc="right", fontsize=9, color=MUTED)
        ax.set_yticks([])
        _plain(ax).spines["left"].set_visible(False)
    axes[-1, 0].set_xlabel(label)
    return list(axes[:, 0])


def _axes(ax: Any) -> Any:
    return _matplotlib("pyplot").subplots(layout="constrained")[1] if ax is None else ax


def _matplotlib(part: str) -> Any:
    try:
        return import_module(f"matplotlib.{part}")
    except ImportError:
        raise ImportError("plots are drawn with matplotlib, which is not here: pip install 'tapegrad[plots]'") from None


def _plain(ax: Any) -> Any:
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax


def _rgb(colour: str) -> list[float]:
    return [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]


def _rms(xs: Sequence[float]) -> float:
    return float(np.sqrt(np.mean(np.square(xs))))


def _wrapped(text: str, width: int = 70) -> str:
    return "\n".join(textwrap.wrap(text, width))

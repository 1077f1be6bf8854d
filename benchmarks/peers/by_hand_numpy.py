"""Derivatives worked out by hand, in NumPy: what a patient person can reach without any engine.

They are also the reference that every other peer is checked against; they are checked against differences by the tests.
"""

from __future__ import annotations

import platform
from typing import Any

import numpy as np
from task import Task

Array = Any
Layers = list[tuple[Array, Array]]


def about() -> str:
    return f"NumPy {np.__version__} (Python {platform.python_version()})"


def expression(inputs: dict[str, Any]) -> Task:
    """In Python's own numbers, for which NumPy would be slower."""
    a, b = inputs["a"], inputs["b"]
    found: list[float] = []

    def step() -> None:
        c = (a + b) * 2.0 + 1.0
        c = c * 2.0 + 1.0 - a
        plus, minus = b + a, b - a
        d = (a * b + b**3) * 3.0 + (plus if plus > 0.0 else 0.0)
        d = d * 4.0 + (minus if minus > 0.0 else 0.0)
        e = c - d
        f = e * e
        up = 1.0 if plus > 0.0 else 0.0
        down = 1.0 if minus > 0.0 else 0.0
        de = (0.5 - 10.0 / (f * f)) * 2.0 * e
        da = 3.0 - (12.0 * b + 4.0 * up - down)
        db = 4.0 - (12.0 * (a + 3.0 * b * b) + 4.0 * up + down)
        found[:] = (f / 2.0 + 10.0 / f, de * da, de * db)

    return Task(step, lambda: found)


def chain(inputs: dict[str, Any]) -> Task:
    """In Python's own numbers, the derivatives carried along: nothing is recorded."""
    w, x, times = inputs["w"], inputs["x"], inputs["operations"] // 2
    found: list[float] = []

    def step() -> None:
        y, dw, dx = x, 0.0, 1.0
        for _ in range(times):
            dw, dx, y = dw * w + y, dx * w + 1.0, y * w + x
        found[:] = y, dw, dx

    return Task(step, lambda: found)


def layers(given: list[Any]) -> Layers:
    """Matrices of inputs by outputs, and biases."""
    return [(np.array(weights).T.copy(), np.array(biases)) for weights, biases in given]


def flat(found: Layers) -> list[float]:
    """In the order of the scalar formulas: weights neuron by neuron, then biases, layer by layer."""
    return np.concatenate([part for W, b in found for part in (W.T.ravel(), b)]).tolist()


def hinge_gradient(net: Layers, X: Array, y: Array, l2: float) -> tuple[float, Layers]:
    activations = _forward(net, X)
    margin = 1.0 - y * activations[-1][:, 0]
    value = np.maximum(margin, 0.0).mean()
    dz = (-y * (margin > 0.0) / len(y))[:, np.newaxis]
    gradient = []
    for (W, b), (dW, db) in zip(net, _backward(net, activations, dz)):
        value += l2 * (np.vdot(W, W) + np.vdot(b, b))
        gradient.append((dW + 2.0 * l2 * W, db + 2.0 * l2 * b))
    return float(value), gradient


def _forward(net: Layers, X: Array) -> list[Array]:
    activations = [X]
    for k, (W, b) in enumerate(net):
        z = activations[-1] @ W
        z += b
        if k < len(net) - 1:
            np.maximum(z, 0.0, out=z)
        activations.append(z)
    return activations


def _backward(net: Layers, activations: list[Array], dz: Array) -> Layers:
    gradient = []
    for k in range(len(net) - 1, -1, -1):
        x = activations[k]
        gradient.append((x.T @ dz, dz.sum(axis=0)))
        if k:
            dz = dz @ net[k][0].T
            dz *= x > 0.0
    return gradient[::-1]


def hinge(inputs: dict[str, Any]) -> Task:
    net, X, y, l2 = layers(inputs["layers"]), np.array(inputs["X"]), np.array(inputs["y"]), inputs["l2"]
    found: list[Any] = []

    def step() -> None:
        found[:] = hinge_gradient(net, X, y, l2)

    return Task(step, lambda: [found[0], *flat(found[1])])


def online(inputs: dict[str, Any]) -> Task:
    net, X, y = layers(inputs["layers"]), np.array(inputs["X"]), np.array(inputs["y"])
    l2, rate = inputs["l2"], inputs["rate"]

    def step() -> None:
        for k in range(len(X)):
            _update(net, hinge_gradient(net, X[k : k + 1], y[k : k + 1], l2)[1], rate)

    return Task(step, lambda: flat(net))


def epoch(inputs: dict[str, Any]) -> Task:
    X, y = np.array(inputs["X"]), np.array(inputs["y"])
    return restarted(inputs, [(X[k : k + 1], y[k : k + 1]) for k in range(len(X))])


def descent(inputs: dict[str, Any]) -> Task:
    return restarted(inputs, [(np.array(inputs["X"]), np.array(inputs["y"]))] * inputs["steps"])


def restarted(inputs: dict[str, Any], batches: list[tuple[Array, Array]]) -> Task:
    """One step of gradient descent for each batch, from the same start each time."""
    start, net, l2, rate = layers(inputs["layers"]), layers(inputs["layers"]), inputs["l2"], inputs["rate"]

    def reset() -> None:
        for (W, b), (W_start, b_start) in zip(net, start):
            W[:], b[:] = W_start, b_start

    def step() -> None:
        for X, y in batches:
            _update(net, hinge_gradient(net, X, y, l2)[1], rate)

    return Task(step, lambda: flat(net), reset=reset)


def digits(inputs: dict[str, Any]) -> Task:
    net, X, y = layers(inputs["layers"]), np.array(inputs["X"]), np.array(inputs["y"])
    size, rate = inputs["batch"], inputs["rate"]

    def step() -> None:
        for k in range(0, len(X), size):
            activations = _forward(net, X[k : k + size])
            _, dz = _cross_entropy(activations[-1], y[k : k + size])
            _update(net, _backward(net, activations, dz), rate)

    return Task(step, lambda: flat(net))


def _update(net: Layers, gradient: Layers, rate: float) -> None:
    for (W, b), (dW, db) in zip(net, gradient):
        W -= rate * dW
        b -= rate * db


def _cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """The mean cross-entropy, and its derivative by the logits."""
    each = np.arange(len(labels))
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = exps / exps.sum(axis=1, keepdims=True)
    value = -np.log(shares[each, labels]).mean()
    shares[each, labels] -= 1.0
    return float(value), shares / len(labels)


def rosenbrock(inputs: dict[str, Any]) -> Task:
    x = np.array(inputs["x"])
    found: list[Any] = []

    def step() -> None:
        left, right = x[:-1], x[1:]
        rise, rest = right - left * left, 1.0 - left
        gradient = np.zeros_like(x)
        gradient[:-1] = -400.0 * rise * left - 2.0 * rest
        gradient[1:] += 200.0 * rise
        found[:] = float(100.0 * np.dot(rise, rise) + np.dot(rest, rest)), gradient

    return Task(step, lambda: [found[0], *found[1].tolist()])


def rosenbrock_hessian(inputs: dict[str, Any]) -> Task:
    x = np.array(inputs["x"])
    found: list[Any] = []

    def step() -> None:
        left, right = x[:-1], x[1:]
        n = len(x)
        hessian = np.zeros((n, n))
        diagonal, beside = hessian.ravel()[:: n + 1], -400.0 * left
        diagonal[:-1] = 1200.0 * left * left - 400.0 * right + 2.0
        diagonal[1:] += 200.0
        hessian.ravel()[1 :: n + 1] = beside
        hessian.ravel()[n :: n + 1] = beside
        found[:] = [hessian]

    return Task(step, lambda: found[0].ravel().tolist())


def gpt(inputs: dict[str, Any]) -> Task:
    weights = {name: np.array(matrix) for name, matrix in inputs["weights"].items()}
    tokens, following = np.array(inputs["tokens"][:-1]), np.array(inputs["tokens"][1:])
    heads = inputs["heads"]
    hidden = np.triu(np.full((len(tokens), len(tokens)), -np.inf), 1)
    found: list[Any] = []

    def step() -> None:
        found[:] = gpt_gradient(weights, tokens, following, hidden, heads)

    return Task(step, lambda: [found[0], *(d for name in weights for d in found[1][name].ravel().tolist())])


def gpt_gradient(
    weights: dict[str, Array], tokens: Array, following: Array, hidden: Array, heads: int
) -> tuple[float, dict[str, Array]]:
    count, width = len(tokens), weights["symbols"].shape[1]
    scale = (width // heads) ** -0.5

    def by_head(x: Array) -> Array:
        return x.reshape(count, heads, -1).transpose(1, 0, 2)

    def together(x: Array) -> Array:
        return x.transpose(1, 0, 2).reshape(count, width)

    embedded = weights["symbols"][tokens] + weights["places"][:count]
    once, once_scale = _normed(embedded)
    x, x_scale = _normed(once)
    query, key, value = (by_head(x @ weights[name].T) for name in ("query", "key", "value"))
    scores = query @ key.transpose(0, 2, 1) * scale + hidden
    shares = np.exp(scores)
    shares /= shares.sum(axis=-1, keepdims=True)
    attended = together(shares @ value)
    middle = x + attended @ weights["out"].T
    middle_normed, middle_scale = _normed(middle)
    up = np.maximum(middle_normed @ weights["up"].T, 0.0)
    last = middle + up @ weights["down"].T
    loss, d_logits = _cross_entropy(last @ weights["symbols out"].T, following)

    d = {"symbols out": d_logits.T @ last}
    d_last = d_logits @ weights["symbols out"]
    d["down"] = d_last.T @ up
    d_up = (d_last @ weights["down"]) * (up > 0.0)
    d["up"] = d_up.T @ middle_normed
    d_middle = d_last + _normed_backward(middle, middle_scale, d_up @ weights["up"])
    d["out"] = d_middle.T @ attended
    d_attended = by_head(d_middle @ weights["out"])
    d_shares = d_attended @ value.transpose(0, 2, 1)
    d_scores = shares * (d_shares - (d_shares * shares).sum(axis=-1, keepdims=True)) * scale
    into = {
        "query": d_scores @ key,
        "key": d_scores.transpose(0, 2, 1) @ query,
        "value": shares.transpose(0, 2, 1) @ d_attended,
    }
    d_x = d_middle
    for name, by_heads in into.items():
        flat_d = together(by_heads)
        d[name] = flat_d.T @ x
        d_x = d_x + flat_d @ weights[name]
    d_embedded = _normed_backward(embedded, once_scale, _normed_backward(once, x_scale, d_x))
    d["symbols"] = np.zeros_like(weights["symbols"])
    np.add.at(d["symbols"], tokens, d_embedded)
    d["places"] = np.zeros_like(weights["places"])
    d["places"][:count] = d_embedded
    return loss, d


def _normed(x: Array) -> tuple[Array, Array]:
    scale = ((x * x).mean(axis=-1, keepdims=True) + 1e-5) ** -0.5
    return x * scale, scale


def _normed_backward(x: Array, scale: Array, d: Array) -> Array:
    return scale * d - x * (scale**3 * (d * x).mean(axis=-1, keepdims=True))


TASKS = {
    "expression": expression,
    "chain": chain,
    "hinge": hinge,
    "online": online,
    "epoch": epoch,
    "descent": descent,
    "rosenbrock": rosenbrock,
    "rosenbrock hessian": rosenbrock_hessian,
    "gpt": gpt,
    "digits": digits,
}

"""The workloads as formulas on arrays, the way users of NumPy, PyTorch and JAX write them.

They run on any of these; what they spell differently comes from `m`: relu, exp, sum, mean, transpose,
cross_entropy. A layer is a matrix (inputs by outputs) and a vector of biases.
"""

from __future__ import annotations

from typing import Any

Array = Any


def expression(m: Any, a: Array, b: Array) -> Array:
    """The example of micrograd's README."""
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + m.relu(b + a)
    d = d + 3 * d + m.relu(b - a)
    e = c - d
    f = e**2
    return f / 2.0 + 10.0 / f


def chain(w: Array, x: Array, operations: int) -> Array:
    """x, then times w plus x, again and again."""
    y = x
    for _ in range(operations // 2):
        y = y * w + x
    return y


def rosenbrock(m: Any, x: Array) -> Array:
    """Rosenbrock 1960, in as many dimensions as there are numbers."""
    return m.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def network(m: Any, layers: list[Any], X: Array) -> Array:
    """Layers with ReLU after each but the last."""
    for k, (W, b) in enumerate(layers):
        X = X @ W + b
        if k < len(layers) - 1:
            X = m.relu(X)
    return X


def hinge_loss(m: Any, layers: list[Any], X: Array, y: Array, l2: float) -> Array:
    """The loss of micrograd's demo: the mean hinge loss, plus l2 times the squares of all parameters."""
    losses = m.relu(1.0 - y * network(m, layers, X)[:, 0])
    return m.mean(losses) + l2 * sum(m.sum(p * p) for layer in layers for p in layer)


def softmax_loss(m: Any, layers: list[Any], X: Array, y: Array) -> Array:
    """The mean cross-entropy of a network's outputs."""
    return m.cross_entropy(network(m, layers, X), y)


def gpt_loss(m: Any, weights: dict[str, Array], tokens: Array, following: Array, mask: Array, heads: int) -> Array:
    """The mean cross-entropy of each next symbol, by a GPT of one layer; `mask` is -1e30 above the diagonal."""
    count = len(tokens)
    x = weights["symbols"][tokens] + weights["places"][:count]
    x = _normed(m, _normed(m, x))
    width = x.shape[1]

    def split(name: str) -> Array:
        return m.transpose((x @ weights[name].T).reshape(count, heads, width // heads), (1, 0, 2))

    query, key, value = split("query"), split("key"), split("value")
    scores = m.exp(query @ m.transpose(key, (0, 2, 1)) * (width // heads) ** -0.5 + mask)
    shares = scores / m.sum(scores, axis=-1, keepdims=True)
    attended = m.transpose(shares @ value, (1, 0, 2)).reshape(count, width)
    x = x + attended @ weights["out"].T
    x = x + m.relu(_normed(m, x) @ weights["up"].T) @ weights["down"].T
    return m.cross_entropy(x @ weights["symbols out"].T, following)


def _normed(m: Any, x: Array) -> Array:
    return x * (m.mean(x * x, axis=-1, keepdims=True) + 1e-5) ** -0.5

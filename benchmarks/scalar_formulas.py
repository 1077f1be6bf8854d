"""The workloads as formulas on single numbers, the way micrograd's users write them.

They run on any engine's numbers, and on Python's own. What is not an operator comes from `m`: leaf, relu, exp, log.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

Numbers = list[Any]


def expression(a: Any, b: Any, relu: Any) -> Any:
    """The example of micrograd's README."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def chain(w: Any, x: Any, operations: int) -> Any:
    """x, then times w plus x, again and again."""
    y = x
    for _ in range(operations // 2):
        y = y * w + x
    return y


def rosenbrock(x: Numbers) -> Any:
    """Rosenbrock 1960, in as many dimensions as there are numbers."""
    return sum(100.0 * (x[k + 1] - x[k] ** 2) ** 2 + (1.0 - x[k]) ** 2 for k in range(len(x) - 1))


def network(m: Any, layers: list[Any], x: Numbers) -> Numbers:
    """Layers of neurons, each a list of weights for each neuron and a list of biases; ReLU but after the last."""
    for k, (weights, biases) in enumerate(layers):
        x = [m.neuron(x, ws, b) for ws, b in zip(weights, biases)]
        if k < len(layers) - 1:
            x = [m.relu(z) for z in x]
    return x


def hinge_loss(m: Any, layers: list[Any], samples: list[Numbers], labels: list[float], l2: float) -> Any:
    """The loss of micrograd's demo: the mean hinge loss, plus l2 times the squares of all parameters."""
    losses = [m.relu(1 + -y * network(m, layers, x)[0]) for x, y in zip(samples, labels)]
    squares = sum(p * p for p in flat(layers))
    return sum(losses) * (1.0 / len(losses)) + l2 * squares


def cross_entropy(m: Any, logits: Numbers, label: int) -> Any:
    """The logarithm of the sum of exponentials, less the logit of the label."""
    return m.log(sum(m.exp(z) for z in logits)) - logits[label]


def softmax_loss(m: Any, layers: list[Any], samples: list[Numbers], labels: list[int]) -> Any:
    """The mean cross-entropy of a network's outputs."""
    losses = [cross_entropy(m, network(m, layers, x), y) for x, y in zip(samples, labels)]
    return sum(losses) * (1.0 / len(losses))


def flat(layers: list[Any]) -> Numbers:
    """The parameters of a network: each layer's weights, neuron by neuron, then its biases."""
    return [p for weights, biases in layers for p in (*(w for ws in weights for w in ws), *biases)]


def gpt_loss(m: Any, weights: dict[str, list[Numbers]], tokens: list[int], heads: int) -> Any:
    """The mean cross-entropy of each next symbol, by a GPT of one layer in the shape of Karpathy's microgpt."""
    keys: list[Numbers] = []
    values: list[Numbers] = []
    losses = []
    for place, (token, following) in enumerate(pairwise(tokens)):
        x = [a + b for a, b in zip(weights["symbols"][token], weights["places"][place])]
        x = _normed(_normed(x))
        query = _times(m, weights["query"], x)
        keys.append(_times(m, weights["key"], x))
        values.append(_times(m, weights["value"], x))
        x = [a + b for a, b in zip(x, _times(m, weights["out"], _attended(m, query, keys, values, heads)))]
        hidden = [m.relu(h) for h in _times(m, weights["up"], _normed(x))]
        x = [a + b for a, b in zip(x, _times(m, weights["down"], hidden))]
        losses.append(cross_entropy(m, _times(m, weights["symbols out"], x), following))
    return sum(losses) * (1.0 / len(losses))


def _attended(m: Any, query: Numbers, keys: list[Numbers], values: list[Numbers], heads: int) -> Numbers:
    size = len(query) // heads
    attended = []
    for h in range(0, len(query), size):
        scores = [m.exp(_dot(query[h : h + size], key[h : h + size]) * size**-0.5) for key in keys]
        total = sum(scores)
        shares = [score / total for score in scores]
        attended += [_dot(shares, [value[j] for value in values]) for j in range(h, h + size)]
    return attended


def _normed(x: Numbers) -> Numbers:
    scale = (sum(a * a for a in x) * (1.0 / len(x)) + 1e-5) ** -0.5
    return [a * scale for a in x]


def _times(m: Any, matrix: list[Numbers], x: Numbers) -> Numbers:
    return [_dot(row, x) for row in matrix]


def _dot(xs: Numbers, ys: Numbers) -> Any:
    return sum(x * y for x, y in zip(xs, ys))

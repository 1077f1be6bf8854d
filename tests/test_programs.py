"""Programs written for other scalar engines run after changing only the import lines."""

import math
import random
from itertools import pairwise

import pytest

import nn
from autograd import Value


def test_a_training_loop_written_for_micrograd():
    random.seed(1337)
    model = nn.MLP(2, [8, 8, 1])
    points = [[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(20)]
    labels = [1 if x * x + y * y < 0.5 else -1 for x, y in points]

    def loss():
        inputs = [list(map(Value, point)) for point in points]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(labels, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(labels, scores, strict=True)]
        return data_loss + reg_loss, sum(accuracy) / len(accuracy)

    first, _ = loss()
    for k in range(60):
        total, accuracy = loss()
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (0.5 - 0.4 * k / 60) * p.grad
    assert total.data < 0.5 * first.data
    assert accuracy >= 0.9


def test_modules_written_for_micrograd():
    class Neuron(nn.Module):
        def __init__(self, nin, nonlin=True):
            self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
            self.b = Value(0)
            self.nonlin = nonlin

        def __call__(self, x):
            act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
            return act.relu() if self.nonlin else act

        def parameters(self):
            return [*self.w, self.b]

    class Layer(nn.Module):
        def __init__(self, nin, nout, **kwargs):
            self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

        def __call__(self, x):
            out = [n(x) for n in self.neurons]
            return out[0] if len(out) == 1 else out

        def parameters(self):
            return [p for n in self.neurons for p in n.parameters()]

    random.seed(0)
    hidden, last = Layer(3, 4), Layer(4, 1, nonlin=False)
    y = last(hidden([1.0, -2.0, 3.0]))
    y.backward()
    assert len(hidden.parameters()) == 16
    assert any(p.grad for p in hidden.parameters())
    hidden.zero_grad()
    assert not any(p.grad for p in hidden.parameters())


def gpt(state, tokens, heads=2):
    """A character-level transformer on lists of lists of Values, in the manner of microgpt; the mean loss of a word."""

    def linear(x, w):
        return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]

    def softmax(logits):
        top = max(value.data for value in logits)
        exps = [(value - top).exp() for value in logits]
        total = sum(exps)
        return [e / total for e in exps]

    def norm(x):
        scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    keys, values, losses = [], [], []
    for place, (token, target) in enumerate(pairwise(tokens)):
        x = norm([t + p for t, p in zip(state["wte"][token], state["wpe"][place], strict=True)])
        residual, x = x, norm(x)
        q, k, v = linear(x, state["wq"]), linear(x, state["wk"]), linear(x, state["wv"])
        keys.append(k)
        values.append(v)
        size = len(q) // heads
        attended = []
        for h in range(heads):
            at = slice(h * size, (h + 1) * size)
            scores = [sum(a * b for a, b in zip(q[at], past[at], strict=True)) / size**0.5 for past in keys]
            weights = softmax(scores)
            attended += [sum(w * past[at][j] for w, past in zip(weights, values, strict=True)) for j in range(size)]
        x = [a + b for a, b in zip(linear(attended, state["wo"]), residual, strict=True)]
        residual, x = x, norm(x)
        x = [xi.relu() ** 2 for xi in linear(x, state["fc1"])]
        x = [a + b for a, b in zip(linear(x, state["fc2"]), residual, strict=True)]
        losses.append(-softmax(linear(x, state["head"]))[target].log())
    return (1 / len(losses)) * sum(losses)


def test_a_transformer_written_for_microgpt():
    rng = random.Random(42)
    width, vocabulary, context = 4, 5, 6

    def matrix(rows, columns):
        return [[Value(rng.gauss(0, 0.3)) for _ in range(columns)] for _ in range(rows)]

    state = {name: matrix(width, width) for name in ("wq", "wk", "wv", "wo")}
    state |= {"wte": matrix(vocabulary, width), "wpe": matrix(context, width), "head": matrix(vocabulary, width)}
    state |= {"fc1": matrix(2 * width, width), "fc2": matrix(width, 2 * width)}
    params = [p for table in state.values() for row in table for p in row]
    tokens = [0, 3, 1, 4, 0]

    gpt(state, tokens).backward()
    for p in rng.sample(params, 12):
        kept, h = p.data, 1e-5
        p.data = kept + h
        above = gpt(state, tokens).data
        p.data = kept - h
        below = gpt(state, tokens).data
        p.data = kept
        assert p.grad == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-9)

    m, v, losses = [0.0] * len(params), [0.0] * len(params), []
    for step in range(30):
        for p in params:
            p.grad = 0
        loss = gpt(state, tokens)
        loss.backward()
        losses.append(loss.data)
        for i, p in enumerate(params):  # Adam
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.95 * v[i] + 0.05 * p.grad**2
            p.data -= 0.03 * (m[i] / (1 - 0.9 ** (step + 1))) / (math.sqrt(v[i] / (1 - 0.95 ** (step + 1))) + 1e-8)
    assert losses[-1] < 0.2 * losses[0]

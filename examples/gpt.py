"""A character-level GPT written on single numbers, trained by `autograd.compile`, that writes new words.

The shape is that of Karpathy's microgpt: 27 symbols, width 16, 4 heads, 1 layer, RMSNorm, ReLU, 4,192 parameters.
Everything below `Model` is arithmetic on Values; `compile` turns it into matrix code, one program for each word length.

    python examples/gpt.py [steps]
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from math import sqrt
from typing import Any

import autograd
from autograd import Value

WORDS = """
acorn alder amber anchor apple arbor arrow aspen aster autumn badger banner barley basil beacon berry birch bramble
branch breeze briar bridge brook burrow butter cabin canyon caper carrot castle cedar cellar chalk cherry chestnut
cinder clover cobble copper coral cotton cradle crane creek cricket crimson crystal cypress daisy dapple dawn delta
dove drift ember evening fable falcon feather fennel fern fiddle field finch flame flint flower forest fox garden
garnet ginger glade goose granite grape grove harbor hare hazel heather hedge heron hill hollow honey island ivory
ivy jasmine juniper kernel kettle lagoon lake lantern larch lark laurel lavender leaf lemon lichen lilac lily linden
lizard lotus maple marble marsh meadow melon mint mirror mist moon moss mountain myrtle nectar nettle newt oak ocean
olive onion orchard otter owl paddle pebble pepper petal pine plum pollen pond poplar poppy prairie quail quarry
quartz rabbit rain raven reed ripple river robin rose rowan saffron sage salmon sand sapling shadow shell shore
silver sky snow sorrel sparrow spring spruce starling stone stork storm stream summer sunrise swallow swan tansy
thicket thistle thorn thunder thyme timber trout tulip valley velvet violet walnut water wave willow wind winter
wren
""".split()  # noqa: SIM905, a text to be read
SYMBOLS = "." + "abcdefghijklmnopqrstuvwxyz"  # the full stop begins and ends every word
WIDTH, HEADS, CONTEXT = 16, 4, 16

Vector = list[Any]
Matrix = list[Vector]


class Model:
    """The parameters, by their names in the transformer literature (Radford et al. 2019)."""

    def __init__(self, seed: int = 0) -> None:
        draw = random.Random(seed)

        def matrix(rows: int, columns: int) -> Matrix:
            return [[Value(draw.gauss(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)]

        self.token, self.position = matrix(len(SYMBOLS), WIDTH), matrix(CONTEXT, WIDTH)
        self.query, self.key, self.value, self.out = (matrix(WIDTH, WIDTH) for _ in range(4))
        self.widen, self.narrow = matrix(4 * WIDTH, WIDTH), matrix(WIDTH, 4 * WIDTH)
        self.head = matrix(len(SYMBOLS), WIDTH)

    def parameters(self) -> list[Value]:
        return [x for rows in vars(self).values() for row in rows for x in row]

    def logits(self, tokens: Sequence[Any]) -> list[Vector]:
        """For each position, a number for each symbol that might come next."""
        xs = [
            [pick(column, token) + p for column, p in zip(zip(*self.token), self.position[at])]
            for at, token in enumerate(tokens)
        ]
        xs = [normed(x) for x in xs]
        xs = [added(x, y) for x, y in zip(xs, self.attention([normed(x) for x in xs]))]
        xs = [added(x, product(self.narrow, [h.relu() for h in product(self.widen, normed(x))])) for x in xs]
        return [product(self.head, x) for x in xs]

    def attention(self, xs: list[Vector]) -> list[Vector]:
        queries, keys, values = ([product(matrix, x) for x in xs] for matrix in (self.query, self.key, self.value))
        size = WIDTH // HEADS
        mixed: list[Vector] = [[] for _ in xs]
        for at in range(len(xs)):
            for first in range(0, WIDTH, size):
                part = slice(first, first + size)
                scores = [dot(queries[at][part], key[part]) * (1 / sqrt(size)) for key in keys[: at + 1]]
                weights = autograd.softmax(scores)
                mixed[at] += [dot(weights, column) for column in zip(*(value[part] for value in values[: at + 1]))]
        return [product(self.out, x) for x in mixed]

    def loss(self, tokens: Sequence[Any]) -> Any:
        """The mean surprise at each next token: -log of the probability that the model gave it."""
        logits = self.logits(tokens[:-1])
        surprises = [autograd.logsumexp(row) - pick(row, token) for row, token in zip(logits, tokens[1:])]
        return sum(surprises) / len(surprises)


def pick(values: Any, index: Any) -> Any:
    return autograd.pick(list(values), index)


def dot(a: Any, b: Any) -> Any:
    return sum(x * y for x, y in zip(a, b))


def product(matrix: Matrix, x: Vector) -> Vector:
    return [dot(row, x) for row in matrix]


def added(a: Vector, b: Vector) -> Vector:
    return [x + y for x, y in zip(a, b)]


def normed(x: Vector) -> Vector:
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [scale * one for one in x]


class Adam:
    """Kingma & Ba 2015, algorithm 1, with a rate that falls to 0."""

    def __init__(self, parameters: list[Value], steps: int, rate: float = 0.01) -> None:
        self.parameters, self.steps, self.rate, self.step_number = parameters, steps, rate, 0
        self.mean, self.square = [0.0] * len(parameters), [0.0] * len(parameters)

    def step(self) -> None:
        self.step_number += 1
        rate = self.rate * (1 - (self.step_number - 1) / self.steps)
        fade_mean, fade_square = 1 - 0.85**self.step_number, 1 - 0.99**self.step_number
        for k, x in enumerate(self.parameters):
            gradient = x.grad
            self.mean[k] = 0.85 * self.mean[k] + 0.15 * gradient
            self.square[k] = 0.99 * self.square[k] + 0.01 * gradient * gradient
            x.data -= rate * (self.mean[k] / fade_mean) / (sqrt(self.square[k] / fade_square) + 1e-8)
            x.zero_grad()


def tokens_of(word: str) -> list[int]:
    return [SYMBOLS.index(letter) for letter in f".{word}."]


def train(model: Model, loss: Any, steps: int, seed: int = 0) -> list[float]:
    """The losses of `steps` steps of one word each; `loss(tokens)` adds gradients, by compiled or by plain code."""
    words = random.Random(seed).sample(WORDS, len(WORDS))
    optimizer = Adam(model.parameters(), steps)
    losses = []
    for step in range(steps):
        losses.append(loss(tokens_of(words[step % len(words)])))
        optimizer.step()
    return losses


def write(model: Model, words: int, temperature: float = 0.6, seed: int = 1) -> list[str]:
    """New words, letter by letter, each letter drawn with the probability that the model gives it."""
    draw = random.Random(seed)

    @autograd.compile
    def predict(tokens: Sequence[Any]) -> Vector:
        return autograd.softmax([x / temperature for x in model.logits(tokens)[-1]])

    written = []
    for _ in range(words):
        tokens = [0]
        while len(tokens) < CONTEXT:
            tokens += draw.choices(range(len(SYMBOLS)), predict(tokens))
            if tokens[-1] == 0:
                break
        written.append("".join(SYMBOLS[token] for token in tokens).strip("."))
    return written


def main() -> None:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    model = Model()
    loss = autograd.compile(model.loss)
    losses = train(model, loss.backward, steps)
    for first in range(0, steps, max(1, steps // 10)):
        part = losses[first : first + max(1, steps // 10)]
        print(f"steps {first + 1:5d} on   loss {sum(part) / len(part):.3f}")
    print("new words:", *write(model, 12))


if __name__ == "__main__":
    main()

"""The picture at the top of the README: one neuron, its squared error, and every gradient.

`python docs/hero.py` writes docs/hero.svg.
"""

from __future__ import annotations

import os
from pathlib import Path

from autograd import Value, draw, linear

HERO = Path(__file__).with_name("hero.svg")


def neuron() -> Value:
    """The error of sigmoid(x1 w1 + x2 w2 + b) when it should be 1."""
    x1, x2 = Value(2.0, label="x1"), Value(0.5, label="x2")
    w1, w2, b = Value(-0.6, label="w1"), Value(1.2, label="w2"), Value(0.3, label="b")
    z = linear([x1, x2], [w1, w2], b)
    z.label = "z"
    y = z.sigmoid()
    y.label = "ŷ"
    loss = (y - 1.0).square()
    loss.label = "loss"
    loss.backward()
    return loss


if __name__ == "__main__":
    os.environ["PATH"] = ""  # no Graphviz is found, so that every machine writes the same file
    print(draw(neuron()).save(HERO))

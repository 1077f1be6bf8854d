"""What the tests of pictures share: graphs to draw, and what a drawing says to whoever reads its SVG."""

import math
import random
import re
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree

from autograd import Value, exp, scope
from autograd.pictures.lettering import width

NS = "{http://www.w3.org/2000/svg}"


def neuron():
    """sigmoid(x1 w1 + x2 w2 + b), its squared error, and the gradients."""
    x1, x2 = Value(2.0, label="x1"), Value(0.5, label="x2")
    w1, w2, b = Value(-0.6, label="w1"), Value(1.2, label="w2"), Value(0.3, label="b")
    z = x1 * w1 + x2 * w2 + b
    z.label = "z"
    y = z.sigmoid()
    y.label = "ŷ"
    loss = (y - 1.0) ** 2
    loss.label = "loss"
    loss.backward()
    return loss


def random_graph(seed, operations):
    """A graph with long wires, values used many times, groups of inputs and numbers of all sizes."""
    draw = random.Random(seed)
    values = [Value(draw.uniform(-2, 2), label=f"x{k}" * draw.choice([1, 1, 9])) for k in range(draw.randint(1, 6))]
    for _ in range(operations):
        a, b = draw.choice(values), draw.choice(values[-8:])
        kind = draw.randrange(7)
        if kind == 0:
            made = sum(draw.choices(values, k=draw.randint(1, 9)), start=0.5)
        elif kind == 1:
            made = a.sin()
        elif kind == 2:
            made = b * draw.choice([1e-300, 3.0, 12345.678, 0.5])
        else:
            made = [a + b, a * b, a - b, a.maximum(b)][kind - 3]
        values.append(made)
    root = values[-1]
    if not root.is_leaf:
        root.backward()
    return root


def network_values(samples, sizes=(2, 4, 4, 1)):
    """A loss over many samples of a network whose parts are scopes, with about samples * 2 * weights Values."""
    draw = random.Random(1)
    weights = [
        [[Value(draw.gauss(0, 1)) for _ in range(before + 1)] for _ in range(size)] for before, size in pairwise(sizes)
    ]
    total = 0.0
    for _ in range(samples):
        row = [Value(draw.gauss(0, 1)) for _ in range(sizes[0])]
        for k, layer in enumerate(weights, start=1):
            after = []
            for j, neuron in enumerate(layer, start=1):
                with scope(f"layer {k}/neuron {j}"):
                    after.append(sum((w * x for w, x in zip(neuron, row)), start=neuron[-1]).tanh())
            row = after
        total = total + (row[0] - 1.0) ** 2
    for k, layer in enumerate(weights, start=1):
        for j, neuron in enumerate(layer, start=1):
            for w in neuron:
                w.scope = f"layer {k}/neuron {j}"
    return total


def extremes():
    """Names and numbers that are hard to write."""
    labels = ['<&">', "w" * 300, "größe 权重 🧠👩‍🔬", "a\x00b\n\tc\ud800", "]]>", "%s {} \\ '"]
    values = [Value(x, label=label) for x, label in zip([math.nan, math.inf, 1e-300, -0.0, -1e300, 5e-324], labels)]
    return exp(values[0]) + values[1] * values[2] - values[3] * values[3] + values[4] * values[5]


@dataclass(frozen=True)
class Area:
    left: float
    top: float
    right: float
    bottom: float
    what: str

    def meets(self, other, by=0.5):
        return (
            self.left < other.right - by
            and other.left < self.right - by
            and self.top < other.bottom - by
            and other.top < self.bottom - by
        )


def parsed(svg):
    return ElementTree.fromstring(svg)


def classes(element):
    return element.get("class", "").split()


def of_class(root, name):
    return [element for element in root.iter() if name in classes(element)]


def boxes(root):
    """The outline of each box."""
    return [
        Area(x, y, x + w, y + h, "box")
        for outline in of_class(root, "ag-line")
        for x, y, w, h in [[float(outline.get(key)) for key in ("x", "y", "width", "height")]]
    ]


def lettering_area(text):
    """The room a line of text takes: generous in width, as the font may be any."""
    size = float(re.search(r"[\d.]+", {"ag-title": "13.5"}.get(classes(text)[0], "11"))[0])
    w = width(text.text or "", size, monospaced="ag-title" not in classes(text))
    x, y = float(text.get("x")), float(text.get("y"))
    left = {"end": x - w, "middle": x - w / 2}.get(text.get("text-anchor"), x)
    return Area(left, y - size * 0.72, left + w, y + size * 0.05, text.text)

"""The picture of a program: its blocks, and what each of them reads."""

import xml.etree.ElementTree as ET

import autograd
import nn
from autograd import Value, draw


def drawn(f, *args, **options):
    f(*args)
    picture = draw(f.program, **options)
    ET.fromstring(picture.svg)
    return picture.graph


def network():
    model = nn.MLP(2, [16, 16, 1], seed=0)
    return autograd.compile(lambda x, y: (1 - y * model(x)).relu(), batch=(0, 1))


def test_every_block_is_a_box_and_every_read_a_wire():
    graph = drawn(network(), [[1.0, 2.0]] * 3, [1, 1, -1])
    titles = [box.title for box in graph.boxes]
    assert [title for title in titles if title.startswith("#")] == [
        "#0 = w·x+b", "#1 = ReLU", "#2 = w·x+b", "#3 = ReLU", "#4 = w·x+b", "#5 = ×", "#6 = −", "#7 = ReLU",
    ]  # fmt: skip
    assert (titles.count("parameters"), titles.count("arguments")) == (3, 2)
    wires = {(titles[wire.source], titles[wire.target]) for wire in graph.wires}
    assert {("arguments", "#0 = w·x+b"), ("parameters", "#2 = w·x+b"), ("#1 = ReLU", "#2 = w·x+b")} <= wires
    assert graph.boxes[-1].kind == "result"
    assert graph.boxes[titles.index("#2 = w·x+b")].role == "layer 2"


def test_parameters_are_counted_with_their_biases():
    graph = drawn(network(), [[1.0, 2.0]] * 3, [1, 1, -1])
    counts = [box.rows[0].text for box in graph.boxes if box.title == "parameters"]
    assert counts == ["48", "272", "17"]


def test_a_program_with_more_blocks_than_fit_shows_its_last_and_says_so():
    graph = drawn(network(), [[1.0, 2.0]] * 3, [1, 1, -1], max_nodes=4)
    assert len(graph.boxes) <= 4
    assert graph.boxes[-1].title == "#7 = ReLU"
    assert graph.notice == "The last 3 of 8 blocks; max_nodes draws more"


def test_a_program_without_blocks_is_drawn_as_those_it_would_have():
    square = autograd.compile(lambda x: x * x + 1)
    assert [box.title for box in drawn(square, Value(2.0).data).boxes] == ["arguments", "#0 = ×", "#1 = +"]

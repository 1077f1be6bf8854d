"""Nothing in a picture covers anything else, whichever layout placed it."""

import random
from itertools import combinations

import pytest
from pictured import boxes, lettering_area, network_values, neuron, of_class, parsed, random_graph

from autograd import Value, draw
from autograd.pictures.layered import layered
from autograd.pictures.plan import Footprint, Link

SEEDS = range(12)


def drawn(seed, style="card"):
    return parsed(draw(random_graph(seed, 6 * seed), collapse=None, style=style).svg)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("style", ["card", "wire"])
def test_no_box_overlaps_another(seed, style, layout):
    found = boxes(drawn(seed, style))
    assert not [(a, b) for a, b in combinations(found, 2) if a.meets(b)]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_label_of_a_wire_covers_a_box_or_another_label(seed, layout):
    root = drawn(seed)
    labels = [lettering_area(text) for text in of_class(root, "ag-partial")]
    assert not [(label, box) for label in labels for box in boxes(root) if label.meets(box)]
    assert not [(a, b) for a, b in combinations(labels, 2) if a.meets(b, by=1.5)]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_number_on_a_wire_covers_a_circle_a_name_or_another_number(seed, layout):
    root = drawn(seed, "wire")
    labels = [lettering_area(text) for kind in ("ag-over", "ag-under") for text in of_class(root, kind)]
    names = [lettering_area(text) for text in of_class(root, "ag-title")]
    assert not [(label, box) for label in labels for box in [*boxes(root), *names] if label.meets(box)]
    assert not [(a, b) for a, b in combinations(labels, 2) if a.meets(b, by=1.5)]


@pytest.mark.parametrize("style", ["card", "wire"])
def test_everything_lies_within_the_picture(style, layout):
    for root in (neuron(), network_values(40), random_graph(5, 70)):
        svg = parsed(draw(root, style=style).svg)
        x, y, w, h = map(float, svg.get("viewBox").split())
        for area in [*boxes(svg), *(lettering_area(text) for text in svg.iter() if text.tag.endswith("}text"))]:
            assert x <= area.left
            assert area.right <= x + w
            assert y <= area.top
            assert area.bottom <= y + h


def test_the_inputs_of_a_formula_stand_in_its_order(layout):
    root = parsed(draw(neuron()).svg)
    heights = {text.text: float(text.get("y")) for text in of_class(root, "ag-title")}
    assert heights["x1"] < heights["w1"] < heights["x2"] < heights["w2"]


def test_a_value_used_twice_by_one_operation_has_two_wires(layout):
    x = Value(3.0, label="x")
    root = parsed(draw(x * x).svg)
    curves = {wire[1].get("d") for wire in of_class(root, "ag-wire")}
    assert len(curves) == 2
    assert [text.text for text in of_class(root, "ag-partial")] == ["×3", "×3"]


@pytest.mark.parametrize("seed", range(6))
def test_no_two_wires_of_a_tree_cross_in_the_built_in_layout(seed):
    draw_number = random.Random(seed)
    shapes, links = [], []

    def grow(depth):
        inputs = [grow(depth - 1) for _ in range(draw_number.randint(1, 4))] if depth else []
        height = draw_number.uniform(20, 90)
        heads = tuple(height * (place + 0.5) / len(inputs) for place in range(len(inputs)))
        shapes.append(Footprint(100.0, height, height / 2, heads))
        links.extend(Link(source, len(shapes) - 1, place) for place, source in enumerate(inputs))
        return len(shapes) - 1

    grow(4)
    ends = [(curve[0], curve[-1]) for curve in layered(shapes, links).curves]
    for (a, b), (c, d) in combinations(ends, 2):
        assert a[0] != c[0] or (a[1] - c[1]) * (b[1] - d[1]) >= 0

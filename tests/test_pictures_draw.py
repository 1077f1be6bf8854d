"""A graph of any size and content becomes a valid picture, and drawing it changes nothing."""

import base64
import os
import re
import runpy
import subprocess
import sys
import time
import warnings
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pictured import (
    boxes,
    classes,
    extremes,
    network_values,
    neuron,
    of_class,
    parsed,
    random_graph,
)

from autograd import Tape, Value, draw, scope
from autograd.pictures import dot


def chain(length):
    y = Value(0.5)
    for k in range(length - 1):
        y = y.sin() if k % 2 else y.cos()
    return y


@pytest.mark.parametrize("style", ["card", "wire"])
@pytest.mark.parametrize(
    "make", [neuron, extremes, lambda: Value(1.0), lambda: Value(2.0).detach(), lambda: chain(300)]
)
def test_the_picture_is_valid_xml_without_ids_that_could_clash(make, style, layout):
    root = parsed(draw(make(), style=style).svg)
    assert root.tag.endswith("svg")
    assert not [element for element in root.iter() if element.get("id")]


def test_names_are_escaped_and_found_again_in_the_tooltips(without_graphviz):
    titles = [title.text for title in parsed(draw(extremes()).svg).iter() if title.tag.endswith("}title")]
    for name in ('<&">', "größe 权重 🧠👩‍🔬", "]]>", "%s {} \\ '", "w" * 300):
        assert any(name in title for title in titles)


def test_numbers_are_written_with_four_digits_and_exactly_in_the_tooltips(without_graphviz):
    root = parsed(draw(neuron()).svg)
    assert "0.4256" in [text.text for text in of_class(root, "ag-data")]
    assert any("0.425557483188341" in element.text for element in root.iter() if element.tag.endswith("}title"))
    shown = {text.text for text in of_class(parsed(draw(extremes()).svg), "ag-data")}
    assert {"nan", "inf", "1e−300", "−1e300", "4.941e−324"} <= shown


def test_a_gradient_no_sweep_has_reached_is_a_dot_and_one_that_is_zero_is_0(without_graphviz):
    x, y = Value(1.0), Value(2.0)
    assert [text.text for text in of_class(parsed(draw(x * y).svg), "ag-grad")] == ["·", "·", "·"]
    z = x * y * 0.0
    z.backward()
    assert "0" in [text.text for text in of_class(parsed(draw(z).svg), "ag-grad")]


def test_every_box_and_wire_says_what_it_is_to_a_screen_reader(without_graphviz):
    root = parsed(draw(neuron()).svg)
    assert all(element.get("aria-label") for kind in ("ag-card", "ag-wire") for element in of_class(root, kind))
    assert any("∂z/∂b" in wire.get("aria-label") for wire in of_class(root, "ag-wire"))
    assert {"input", "weight", "bias", "const"} <= {text.text for text in of_class(root, "ag-role")}


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        ("w b x", ["weight", "bias", "input"]),
        ("a b c", ["input", "input", "input"]),
        ("weight bias width", ["weight", "bias", "input"]),
        ("w1 b1 beta", ["weight", "bias", "input"]),
        ("W[0,1] b_2 x_1", ["weight", "bias", "input"]),
    ],
)
def test_a_leaf_named_like_a_weight_or_the_bias_beside_one_is_called_so(labels, roles, without_graphviz):
    leaves = [Value(1.0, label=label) for label in labels.split()]
    boxes_ = draw(leaves[0] * leaves[1] + leaves[2]).graph.boxes
    assert [box.role for label in labels.split() for box in boxes_ if box.title == label] == roles


def test_several_results_are_drawn_together_and_one_may_lead_to_another(layout):
    x = Value(2.0, label="x")
    y = x * x
    kinds = [box.kind for box in draw([y, y + x, y]).graph.boxes]
    assert sorted(kinds) == ["input", "result", "result"]


@pytest.mark.parametrize("length", [1, 13, 40, 300, 13_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_any_number_of_values_is_drawn_in_at_most_max_nodes_boxes(length, without_graphviz):
    root = chain(length)
    for collapse in ("auto", None):
        found = boxes(parsed(draw(root, collapse=collapse).svg))
        assert len(found) == min(length, 80)


@pytest.mark.alone
def test_13_000_values_of_a_network_are_drawn_a_box_a_neuron_in_under_a_second(without_graphviz):
    total = network_values(186)
    start = time.perf_counter()
    picture = draw(total)
    took = time.perf_counter() - start
    assert picture.graph.size > 13_000
    assert picture.graph.notice.startswith(f"{picture.graph.size:,} values in {len(picture.graph.boxes)} boxes")
    assert sum(box.title.startswith("neuron") for box in picture.graph.boxes) == 9
    assert took < 1.0


def test_parts_that_repeat_are_drawn_once_with_their_count(without_graphviz):
    w = Value(0.5, label="w")
    loss = sum(((w * Value(float(k)) - 1.0) ** 2 for k in range(100)), start=0.0)
    shown = {box.title: box.role for box in draw(loss).graph.boxes}
    assert shown["×"] == shown["−"] == shown["^"] == "100 ×"
    assert shown["input"] == "100 ×"
    assert shown["w"] == "weight"


def test_a_scope_is_collapsed_when_asked_for_by_name(without_graphviz):
    total = network_values(2)
    titles = {box.title for box in draw(total, collapse="layer").graph.boxes}
    assert {"layer 1", "layer 2", "layer 3"} <= titles
    with pytest.raises(ValueError, match="the scopes here are named layer, neuron"):
        draw(total, collapse="block")


def test_more_scopes_than_fit_are_drawn_by_the_scopes_around_them(without_graphviz):
    picture = draw(network_values(3, (2, 30, 30, 1)), max_nodes=20)
    assert {"layer 1", "layer 2", "layer 3"} <= {box.title for box in picture.graph.boxes}


def test_scopes_that_feed_each_other_are_drawn(layout):
    h = [Value(0.1), Value(0.2)]
    for _ in range(40):
        after = []
        for k in range(2):
            with scope(f"unit {k}"):
                after.append((h[0] * 0.3 + h[1 - k]).tanh())
        h = after
    picture = draw(h[0] - h[1], max_nodes=20)
    assert {"unit 0", "unit 1"} <= {box.title for box in picture.graph.boxes}
    assert boxes(parsed(picture.svg))


def test_depth_stops_that_many_steps_before_the_result(without_graphviz):
    picture = draw(neuron(), depth=1)
    assert [box.title for box in picture.graph.boxes] == ["−", "", "loss = ^"]
    assert picture.graph.notice == "Not drawn: what lies more than 1 step back"
    assert len(draw(neuron(), depth=0).graph.boxes) == 1


def test_a_sum_of_more_inputs_than_fit_shows_the_first_and_how_many_more(without_graphviz):
    from autograd import sum as total

    picture = draw(total([Value(1.0, label=f"x{k}") for k in range(500)]), max_nodes=20, collapse=None)
    assert len(picture.graph.boxes) == 20
    assert "… 482 more" in [box.title for box in picture.graph.boxes]


def test_drawing_changes_no_value_gradient_or_tape():
    with Tape() as tape:
        root = random_graph(3, 40)
        before = [(node.data, node.grad, node.line, node.inputs, node.partials, node.notes) for node in tape]
        length, guards = len(tape), len(tape.guards)
        for options in ({}, {"style": "wire"}, {"max_nodes": 5}, {"depth": 2}, {"collapse": None, "max_nodes": 9}):
            draw(root, **options)
    assert (len(tape), len(tape.guards)) == (length, guards)
    assert [(node.data, node.grad, node.line, node.inputs, node.partials, node.notes) for node in tape] == before


def test_a_notebook_gets_text_svg_and_an_image():
    bundle = draw(neuron())._repr_mimebundle_()
    assert bundle["text/plain"] == '<Picture of 12 values; .save("graph.svg") writes it>'
    data = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', bundle["text/html"])[1]
    assert base64.b64decode(data).decode() == bundle["image/svg+xml"]


def test_the_picture_is_saved_as_svg_and_as_dot(tmp_path, layout):
    picture = draw(extremes())
    assert ElementTree.parse(picture.save(tmp_path / "new" / "graph.svg"))
    assert picture.save(tmp_path / "graph.dot").read_text().startswith("digraph")
    assert picture.to_dot().source.count("->") == len(picture.graph.wires)
    if layout == "graphviz":
        drawn = subprocess.run(["dot", "-Tsvg", tmp_path / "graph.dot"], capture_output=True, check=True)
        assert not drawn.stderr


def test_a_bitmap_needs_a_converter_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"install librsvg .* or save it as 'graph\.svg'"):
        draw(neuron()).save(tmp_path / "graph.png")
    converter = tmp_path / "rsvg-convert"
    converter.write_text('#!/bin/sh\necho bitmap > "$4"\n')
    converter.chmod(0o755)
    assert draw(neuron()).save(tmp_path / "graph.png").read_text() == "bitmap\n"
    converter.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(RuntimeError, match=r"rsvg-convert could not make 'graph\.png'"):
        draw(neuron()).save(tmp_path / "graph.png")


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ("exec sleep 9", "gave no answer within"),
        ("exit 1", "failed"),
        ("echo nonsense", "cannot be read"),
        ('echo "{}"', "cannot be read"),
    ],
)
def test_a_broken_or_slow_graphviz_is_warned_of_once_and_the_built_in_layout_steps_in(
    script, trouble, tmp_path, monkeypatch
):
    program = tmp_path / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setattr(dot, "PATIENCE", 0.3)
    monkeypatch.setattr(dot, "_given_up", set())
    loss = neuron()
    with pytest.warns(UserWarning, match=trouble) as warned:
        first = draw(loss).svg
    second = draw(loss).svg  # without another warning, which would be an error
    assert len(warned) == 1
    monkeypatch.setattr(dot.shutil, "which", lambda program: None)
    assert first == second == draw(loss).svg


@pytest.mark.parametrize("style", ["card", "wire"])
def test_both_layouts_paint_the_same_boxes_names_and_numbers(style, monkeypatch):
    def contents():
        root = parsed(draw(neuron(), style=style).svg)
        return sorted(
            (classes(element), element.text or "") for element in root.iter() if element.tag.endswith("}text")
        )

    with_whatever_is_installed = contents()
    monkeypatch.setattr(dot.shutil, "which", lambda program: None)
    assert contents() == with_whatever_is_installed


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"max_nodes": 0}, "max_nodes must be"),
        ({"max_nodes": 10**6}, "max_nodes must be"),
        ({"depth": -1}, "depth must be"),
        ({"style": "boxes"}, "style must be one of 'card', 'wire'"),
        ({"collapse": 3}, "collapse must be"),
        ({"collapse": "layer"}, 'name one: with scope\\("layer 1"\\)'),
    ],
)
def test_an_option_out_of_range_is_refused_with_its_range(options, says):
    with pytest.raises(ValueError, match=says):
        draw(neuron(), **options)


@pytest.mark.parametrize("what", [3.0, None, [], "x", [Value(1.0), 2.0]])
def test_only_values_are_drawn(what):
    with pytest.raises(TypeError, match="draw takes a Value"):
        draw(what)


def test_importing_autograd_imports_no_pictures():
    code = "import sys, autograd; assert not [m for m in sys.modules if 'pictures' in m or m == 'graphviz']"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_warning_is_raised_where_graphviz_is_missing(without_graphviz):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(neuron())


def test_the_picture_of_the_readme_is_what_its_command_makes(without_graphviz):
    hero = runpy.run_path(str(Path(__file__).parent.parent / "docs" / "hero.py"))
    assert draw(hero["neuron"]()).svg == hero["HERO"].read_text(encoding="utf-8")

"""The network view: circles and lines that show a model's weights, and what flows through it."""

import math
import subprocess
import sys
from itertools import combinations
from types import SimpleNamespace

import pytest
from pictured import boxes, of_class, parsed

import nn
from autograd import Tape, Value, draw, softmax


def units(root):
    return [text.text for text in of_class(root, "ag-unit")]


def model_of(weights, bias=0.5):
    """A model that is not of nn: only its shape says what it is."""
    neurons = [SimpleNamespace(weights=[Value(w) for w in row], bias=Value(bias)) for row in weights]
    return SimpleNamespace(layers=[SimpleNamespace(neurons=neurons)])


def test_each_unit_is_a_circle_and_each_weight_a_line():
    root = parsed(draw(nn.MLP(2, [4, 3, 1], seed=0)).svg)
    assert len(of_class(root, "ag-unit")) == 2 + 4 + 3 + 1
    assert len(of_class(root, "ag-weight")) == 2 * 4 + 4 * 3 + 3
    headings = [text.text for text in of_class(root, "ag-heading")]
    assert headings == ["input", "hidden 1", "hidden 2", "output"]
    assert not [(a, b) for a, b in combinations(boxes(root), 2) if a.meets(b)]


def test_a_negative_weight_is_dashed_and_a_larger_one_is_wider():
    root = parsed(draw(model_of([[1.0, -3.0, 0.5, 0.0, math.nan, math.inf]])).svg)
    lines = {group[0].text.split("\n")[0]: group[1] for group in of_class(root, "ag-weight")}

    def wide(name):
        return float(lines[f"weight: {name}"].get("style").split(":")[1].split("px")[0])

    assert lines["weight: -3.0"].get("class") == "ag-neg ag-dashed"
    assert lines["weight: 1.0"].get("class") == "ag-pos"
    assert lines["weight: 0.0"].get("class") == "ag-edge"
    assert wide("-3.0") == wide("inf") > wide("1.0") > wide("0.5") > wide("0.0") == wide("nan")


def test_with_inputs_the_circles_show_what_the_units_give():
    model = nn.MLP(2, [3, 2], activation="tanh", seed=1)
    shown = units(parsed(draw(model, inputs=[0.7, -0.4]).svg))
    outputs = [*model.layers[0]([0.7, -0.4]), *model([0.7, -0.4])]
    assert shown == [f"{x:.2f}".replace("-", "−") for x in [0.7, -0.4, *(y.data for y in outputs)]]
    assert units(parsed(draw(model).svg))[:3] == ["x1", "x2", "0.00"]


def test_with_gradients_the_lines_show_those_of_the_weights():
    model = nn.MLP(2, [2, 1], activation="tanh", seed=1)
    assert "No gradients yet" in draw(model, gradients=True).svg
    (model([1.0, 2.0]) ** 2).backward()
    root = parsed(draw(model, gradients=True).svg)
    weights = [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]
    dashed = len(of_class(root, "ag-neg"))
    assert dashed == sum(w.grad < 0 for w in weights)
    assert sorted(repr(w.grad) for w in weights) == sorted(
        group[0].text.split("gradient: ")[1] for group in of_class(root, "ag-weight")
    )


def test_a_layer_or_a_neuron_alone_is_drawn_too():
    assert len(of_class(parsed(draw(nn.Layer(3, 2, seed=0)).svg), "ag-unit")) == 5
    assert len(of_class(parsed(draw(nn.Neuron(3, seed=0), inputs=[1, 2, 3]).svg), "ag-unit")) == 4


def test_a_function_after_a_layer_shows_its_outputs_there():
    model = nn.MLP(2, [3], seed=0)
    follows = SimpleNamespace(layers=[*model.layers, softmax])
    shown = units(parsed(draw(follows, inputs=[1.0, 2.0]).svg))
    assert shown[2:] == [f"{p.data:.2f}" for p in softmax(model([1.0, 2.0]))]


def test_parts_in_a_row_are_drawn_as_layers_with_what_follows_them():
    model = nn.Sequential(nn.Flatten(), nn.Layer(2, 3, "linear", seed=0), "tanh", nn.Dropout(0.9), nn.Neuron(3, seed=1))
    root = parsed(draw(model, inputs=[[0.5], [-1.0]]).svg)
    assert [text.text for text in of_class(root, "ag-heading")] == ["input", "hidden 1", "output"]
    assert "3 × linear → tanh → dropout" in [text.text for text in of_class(root, "ag-role")]
    hidden = [math.tanh(y.data) for y in model.parts[1]([0.5, -1.0])]  # and none of them dropped
    assert units(root)[2:5] == [f"{y:.2f}".replace("-", "−") for y in hidden]
    assert model.training


def test_a_wide_or_deep_network_shows_some_and_counts_the_others():
    picture = draw(nn.MLP(64, [100, 10], seed=0))
    assert "53 more" in picture.svg
    assert "89 more" in picture.svg
    assert len(of_class(parsed(picture.svg), "ag-weight")) == 11 * 11 + 11 * 10
    assert "20 more layers" in draw(nn.MLP(2, [2] * 30, seed=0)).svg


def test_drawing_a_model_changes_no_gradient_and_records_nothing():
    model = nn.MLP(2, [3, 1], seed=0)
    model([1.0, 2.0]).backward()
    before = [(p.data, p.grad, p.notes) for p in model.parameters()]
    with Tape() as tape:
        draw(model, inputs=[Value(1.0), 2], gradients=True)
    assert len(tape) == 0
    assert [(p.data, p.grad, p.notes) for p in model.parameters()] == before


def test_a_picture_of_a_network_is_saved_but_is_no_graph_of_values(tmp_path):
    picture = draw(nn.MLP(2, [3, 1], seed=0))
    assert picture.save(tmp_path / "network.svg").exists()
    assert repr(picture) == '<Picture of a network of 2, 3, 1 units; .save("graph.svg") writes it>'
    with pytest.raises(TypeError, match="no graph of Values"):
        picture.to_dot()


def test_inputs_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="the network has 2 inputs, got 3 numbers"):
        draw(nn.MLP(2, [3, 1], seed=0), inputs=[1, 2, 3])
    with pytest.raises(TypeError, match="for drawing a model"):
        draw(Value(1.0), gradients=True)
    odd = SimpleNamespace(layers=[*model_of([[1.0, 2.0]]).layers, *model_of([[1.0, 2.0]]).layers])
    with pytest.raises(ValueError, match="layer 2 has a neuron of 2 weights after 1 unit"):
        draw(odd)


def test_what_draws_networks_comes_with_nn():
    code = (
        "from types import SimpleNamespace as Some; from autograd import Value, draw\n"
        "model = Some(neurons=[Some(w=[Value(1.0)], b=Value(0.0))])\n"
        "try:\n    draw(model)\nexcept TypeError as error:\n    assert str(error).endswith('`import nn`'), error\n"
        "import nn\nassert 'ag-unit' in draw(model).svg"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(TypeError, match="a Value, a list of Values or a model with layers of neurons, not 'no model'"):
        draw("no model")

"""Saved graphs: every bit back, at any depth, nothing run, and damage found."""

import json
import math
import pickle
import random

import pytest
from test_ops import draw

import autograd
from autograd import Value, from_json, grad, scope, to_json
from autograd.core.ops import ROWS


def everything(value):
    return (
        value.data,
        value.grad,
        value.label,
        value.scope,
        value.op,
        value.partials,
        value.is_constant,
        [x.data for x in value.inputs],
    )


def same(a, b):
    return repr(everything(a)) == repr(everything(b))  # nan is like nan


def a_graph_of_every_row():
    rng = random.Random(5)
    results = []
    for op in ROWS:
        point = [[Value(v) for v in x] if isinstance(x, list) else Value(x) for x in draw(op, rng)]
        if op.domain[-1].index:
            point[-1] = point[-1].data
        with scope(f"row {op}"):
            results.append(getattr(autograd, op.name)(*point))
    return results


@pytest.mark.parametrize("save", [lambda x: from_json(to_json(x)), lambda x: pickle.loads(pickle.dumps(x))])
def test_a_graph_of_every_row_comes_back_to_the_last_bit(save):
    results = a_graph_of_every_row()
    autograd.sum(results).backward()
    loaded = save(results)
    assert all(map(same, results, loaded))
    for old, new in zip(results, loaded, strict=True):
        old.backward()
        new.backward()
        assert all(map(same, old.inputs, new.inputs))


def test_shared_nodes_stay_shared_and_arrangements_come_back():
    x = Value(math.inf, label="x")
    y = x * -0.0
    loaded = from_json(to_json({"x": [x, y], "again": (x,)}))
    assert loaded["x"][0] is loaded["again"][0] is loaded["x"][1].inputs[0]
    assert math.isnan(loaded["x"][1].data)
    assert math.copysign(1, loaded["x"][1].inputs[1].data) == -1
    assert from_json(to_json([])) == []


def test_a_leaf_written_after_recording_comes_back_as_it_is_now_with_partials_as_recorded():
    x = Value(3.0)
    y = x * x
    x.data = 5.0
    loaded = from_json(to_json(y))
    assert (loaded.data, loaded.partials, loaded.inputs[0].data) == (9.0, (3.0, 3.0), 5.0)


def test_a_loaded_graph_goes_on_like_the_old_one():
    x, z = from_json(to_json([Value(2.0), Value(3.0) * 4]))
    y = x * z
    y.backward()
    assert (x.grad, z.inputs[0].grad) == (12.0, 8.0)
    assert grad(lambda v: v * z)(2.0).data == 12.0


def chain(length):
    x = Value(1.0, label="x")
    y = x
    for k in range(length):
        y = y * 0.999 + 0.001 if k % 2 else y.sin()
    return x, y


@pytest.mark.parametrize("length", [40_000, pytest.param(700_000, marks=pytest.mark.slow)])
def test_depth_is_no_limit(length):
    x, y = chain(length)
    y.backward()
    loaded_x, loaded_y = from_json(to_json([x, y]))
    expected = loaded_x.grad
    loaded_x.zero_grad()
    loaded_y.backward()
    assert loaded_x.grad == expected == x.grad
    assert pickle.loads(pickle.dumps(y)).data == y.data


def test_the_text_is_plain_json_with_a_version():
    content = json.loads(to_json(Value(1.0) / 0))
    assert (content["format"], content["version"], content["operations"]) == ("tapegrad graph", 1, ["div"])
    assert content["data"].count("inf") == 1


GOOD = json.loads(to_json(autograd.sin(Value(0.5)) * 2))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": "other"}, "is not a graph"),
        ({"version": 2}, "has version 2, and only 1 can be read"),
        ({"operations": ["os.system", "mul"]}, "there is no operation 'os.system'"),
        ({"operation": [0]}, "data must be a list of 1, got 4 entries"),
        ({"inputs": [1, 2, 3]}, r"inputs has for node 3 \(mul\) the inputs \[2, 3\]"),
        ({"inputs": GOOD["inputs"][:-1]}, "inputs must be a list of 3, got 2 entries"),
        ({"inputs": [3, *GOOD["inputs"][1:]]}, r"inputs has for node 2 \(sin\) the inputs \[3\]"),
        ({"inputs": [-1, *GOOD["inputs"][1:]]}, r"inputs\[0\] must be a whole number from 0 to 3, got -1"),
        ({"inputs": [True, *GOOD["inputs"][1:]]}, r"inputs\[0\] must be a whole number from 0 to 3, got True"),
        ({"count": [0, 0, 2, 1]}, r"inputs has for node 2 \(sin\) the inputs"),
        ({"count": [0, 0, 1, 10**18]}, r"inputs must be a list of 1000000000000000001, got 3 entries"),
        ({"operation": [-2, -1, 7, 1]}, r"operation\[2\] must be a whole number from -2 to 1, got 7"),
        ({"operation": [-2, -1, -3, 1]}, r"operation\[2\] must be a whole number from -2 to 1, got -3"),
        ({"data": ["x", *GOOD["data"][1:]]}, r"data\[0\] must be a number, got 'x'"),
        ({"data": [None, *GOOD["data"][1:]]}, r"data\[0\] must be a number, got None"),
        ({"data": [10**400, *GOOD["data"][1:]]}, r"data\[0\] is beyond the range of a float"),
        ({"roots": 99}, "roots must be a whole number from 0 to 3, got 99"),
        ({"roots": {"a": [None]}}, r"roots\['a'\]\[0\] must be a whole number"),
        ({"notes": {"0": {"__class__": "x"}}}, r"notes\['0'\]\['__class__'\] must be 'label' or 'scope'"),
        ({"notes": {"0": {"label": 1}}}, r"notes\['0'\]\['label'\] must be a text, got 1"),
        ({"grad": {"9": 1.0}}, r"grad\['9'\] must be the place of a node, from 0 to 3"),
        ({"grad": None}, "grad must be fields by their names, got None"),
    ],
)
def test_damage_and_malice_end_in_one_sentence(change, says):
    with pytest.raises(ValueError, match=says):
        from_json(json.dumps({**GOOD, **change}))


def test_what_is_no_graph_is_refused():
    for text in ("", "{", "[]", "3", "[" * 100_000, b"\xff", "1" * 5000):
        with pytest.raises(ValueError, match="not"):
            from_json(text)
    for values in (3.0, {1: Value(1.0)}, [None]):
        with pytest.raises(TypeError, match="a graph is saved from Values"):
            to_json(values)

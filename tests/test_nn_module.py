"""Module: which Values it finds to train, and that it forgets their gradients."""

import copy
import gc
import json
import pickle

import numpy as np
import pytest

import nn
from autograd import Tape, Value, softmax


class Everything(nn.Module):
    def __init__(self):
        self.first = Value(1.0)
        self.rows = [[Value(2.0), Value(3.0)], (Value(4.0),)]
        self.by_name = {"a": Value(5.0), "b": nn.Neuron(1, init="zeros")}
        self.size, self.name, self.nothing = 3, "net", None


def test_parameters_are_found_in_attributes_lists_dicts_and_modules_in_order():
    assert [p.data for p in Everything().parameters()] == [1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 0.0]


def test_a_shared_parameter_is_found_once():
    net = Everything()
    net.again = [net.first, net.by_name["b"], net.rows]
    assert len(net.parameters()) == 7


def test_results_and_constants_are_not_parameters():
    net = Everything()
    net.last = net.first * 2.0
    net.fixed = Value(1.0).detach()
    assert len(net.parameters()) == 7


def test_lists_that_contain_themselves_end():
    net = Everything()
    net.rows.append(net.rows)
    assert len(net.parameters()) == 7


def test_a_subclass_may_choose_its_parameters_and_its_owner_respects_it():
    class Frozen(nn.MLP):
        def parameters(self):
            return []

    class Owner(nn.Module):
        def __init__(self):
            self.frozen, self.free = Frozen(2, [1]), nn.Neuron(2)

    assert len(Owner().parameters()) == 3


def test_zero_grad_forgets_the_gradients_of_all_parameters():
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


def test_a_model_survives_pickle_and_deepcopy():
    model = nn.MLP(2, [3, 2], "tanh", seed=0)
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert [y.data for y in twin([1.0, 2.0])] == [y.data for y in model([1.0, 2.0])]
        assert [(p.label, p.scope) for p in twin.parameters()] == [(p.label, p.scope) for p in model.parameters()]
        assert not {id(p) for p in twin.parameters()} & {id(p) for p in model.parameters()}


def test_nothing_is_left_for_the_garbage_collector_after_a_step():
    model = nn.MLP(2, [4, 3], seed=0)
    optimizer = nn.SGD(model.parameters(), momentum=0.5)
    gc.collect()
    for _ in range(3):
        loss = nn.cross_entropy([model([0.5, k]) for k in range(3)], [0, 1, 2])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        del loss
    assert gc.collect() == 0


def test_parameters_are_named_by_the_path_that_leads_to_them():
    assert [name for name, _ in Everything().named_parameters()] == [
        "first",
        "rows.0.0",
        "rows.0.1",
        "rows.1.0",
        "by_name.a",
        "by_name.b.w.0",
        "by_name.b.b",
    ]
    model = nn.MLP(2, [3, 1])
    assert dict(model.named_parameters())["layers.0.neurons.2.w.1"] is model.layers[0].neurons[2].w[1]
    assert [p for _, p in model.named_parameters()] == model.parameters()


def test_names_and_parts_are_found_where_parts_refer_to_each_other():
    net = Everything()
    net.rows.append(net.rows)
    net.by_name["b"].owner = net
    assert len(net.named_parameters()) == 7
    assert [name for name, _ in net.named_modules()] == ["", "by_name.b"]
    assert net.eval().by_name["b"].training is False
    net.draw()


def test_a_state_is_plain_data_and_makes_another_model_the_same():
    model, twin = nn.MLP(2, [3, 2], seed=0), nn.MLP(2, [3, 2], seed=1)
    twin.load_state_dict(json.loads(json.dumps(model.state_dict())))
    assert twin.state_dict() == model.state_dict()
    assert twin.predict([[1.0, 2.0]]) == model.predict([[1.0, 2.0]])


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (lambda: nn.MLP(2, [3, 3]).state_dict(), r"the state also has layers.1.neurons.2.b, .*w.1, \.\.\.; load"),
        (lambda: nn.MLP(2, [3, 1]).state_dict(), r"the state lacks layers.1.neurons.1.b"),
        (lambda: nn.MLP(2, [3, 2]).state_dict() | {"layers.1.neurons.1.b": "0"}, "must be a number, got '0'"),
    ],
)
def test_the_state_of_another_model_is_refused_and_changes_nothing(other, says):
    model = nn.MLP(2, [3, 2], seed=0)
    before = model.state_dict()
    with pytest.raises((TypeError, ValueError), match=says):
        model.load_state_dict(other())
    assert model.state_dict() == before


def test_a_frozen_layer_is_not_trained_and_lets_gradients_through():
    model = nn.MLP(2, [3, 2, 1], "tanh", seed=0)
    model.layers[1].freeze()
    before = model.state_dict()
    optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(2):
        optimizer.zero_grad()
        model([1.0, 2.0]).backward()
        optimizer.step()
    changed = {name.split(".neurons")[0] for name, x in model.state_dict().items() if x != before[name]}
    assert changed == {"layers.0", "layers.2"}
    assert copy.deepcopy(model).layers[1].summary().endswith("8")
    assert "8 of them frozen" in pickle.loads(pickle.dumps(model)).summary()
    assert "frozen" not in model.layers[1].freeze(False).summary()


def test_what_cannot_be_frozen_is_told_in_a_sentence():
    w = Value(1.0)
    with pytest.raises(TypeError, match=r"write freeze\(model.parameters\(\)\)"):
        nn.freeze(nn.MLP(1, [1]))
    with pytest.raises(TypeError, match=r"a parameter must be a Value, got 2.0"):
        nn.freeze([w, 2.0])
    assert w.notes == {}


def test_a_module_of_ones_own_may_call_its_attributes_as_it_likes():
    class Ball(nn.Module):
        def __init__(self):
            self.shape, self.inner = "round", nn.Layer(2, 1, "linear", seed=0)

        def __call__(self, x):
            return self.inner(x)

    assert "inner" in Ball().summary()
    assert Ball().predict([[1.0, 2.0]]) == nn.Layer(2, 1, "linear", seed=0).predict([[1.0, 2.0]])


def test_predictions_are_plain_numbers_and_record_nothing():
    model = nn.MLP(2, [3, 3], "tanh", seed=0)
    X = np.array([[0.1, 0.2], [0.3, -0.4], [2.0, 1.0]])
    with Tape() as tape:
        outputs = model.predict(X)
        p = model.predict_proba(X)
    assert len(tape) == 0
    assert outputs == [[y.data for y in model(x)] for x in X]
    assert p == [softmax(row) for row in outputs]
    assert model.predict_class(X) == [nn.predicted_class(row) for row in outputs]
    assert model.score(X, model.predict_class(X)) == 1.0


@pytest.mark.parametrize("nouts", [[3, 1], [3, 2]])
def test_many_rows_are_predicted_as_each_alone(nouts):
    model = nn.Sequential(nn.MLP(2, nouts, "tanh", seed=0), nn.Dropout(0.5))
    X = nn.data.moons(200).X
    for many, (alone,) in zip(model.predict(X), (model.predict([row]) for row in X)):
        assert many == pytest.approx(alone, rel=1e-12, abs=1e-15)
    assert model.training
    assert not any(p.grad for p in model.parameters())


def test_one_output_is_the_logit_of_class_1_unless_it_is_a_probability():
    logit, probability = nn.MLP(1, [1], seed=0), nn.Sequential(nn.MLP(1, [1], seed=0), "sigmoid")
    X = [[-40.0], [-1.0], [1.0], [40.0]]
    assert [p[1] for p in logit.predict_proba(X)] == probability.predict(X)
    for p, q in zip(probability.predict_proba(X), logit.predict_proba(X)):
        assert p == pytest.approx(q, abs=1e-15)
    assert logit.predict_class(X) == probability.predict_class(X) == [0, 0, 1, 1]
    for model in (logit, probability):
        assert model.score(X, [0, 0, 1, 0]) == model.score(X, [-1, -1, 1, -1]) == 0.75
    assert logit.score(X, [1.0, 1.5, 2.5, 3.0]) == nn.r2(logit.predict(X), [1.0, 1.5, 2.5, 3.0])


def test_a_module_without_a_call_says_so():
    with pytest.raises(NotImplementedError, match=r"Everything needs a __call__\(self, x\)"):
        Everything()(1.0)


def test_the_summary_has_a_line_for_each_layer_and_counts_every_parameter_once():
    shared = nn.Layer(3, 3)
    model = nn.Sequential(nn.Embedding(5, 3), nn.Dropout(0.1), shared, shared, "tanh", nn.MLP(3, [2, 1]))
    model.temperature = Value(1.0)
    lines = [line.split() for line in model.summary().splitlines()]
    assert [(line[0], line[-1]) for line in lines[1:]] == [
        ("itself", "1"),
        ("parts.0", "15"),
        ("parts.1", "0"),
        ("parts.2", "12"),
        ("parts.4", "0"),
        ("parts.5.layers.0", "8"),
        ("parts.5.layers.1", "3"),
        ("total", "39"),
    ]
    assert "token -> 3" in model.summary()
    assert nn.Neuron(3).summary().splitlines()[1].split()[-1] == "4"

"""Networks put together from parts: what they compute, what is random in them, and what a compiled function sees."""

import copy
import json
import pickle
import random

import numpy as np
import pytest

import autograd
import nn
from autograd import Tape, Value


def data(outputs):
    return [y.data if isinstance(y, Value) else y for y in outputs]


def test_a_sequence_of_layers_is_an_mlp():
    mlp = nn.MLP(2, [4, 3], "tanh", seed=0)
    model = nn.Sequential(nn.Layer(2, 4, "linear"), autograd.tanh, nn.Dense(4, 3, "linear"))
    for mine, other in zip(model.parameters(), mlp.parameters()):
        mine.data = other.data
    assert data(model([0.5, -1.0])) == data(mlp([0.5, -1.0]))
    assert [p.scope for p in model.parameters()][:13:12] == ["layer 1/neuron 1", "layer 3/neuron 1"]
    assert next(name for name, _ in model.named_parameters()) == "parts.0.neurons.0.w.0"


def test_parts_may_be_functions_names_and_modules():
    model = nn.Sequential(lambda x: [2.0 * one for one in x], "relu", nn.Softmax())
    assert data(model([-1.0, 0.0])) == [0.5, 0.5]
    assert nn.Sequential("softmax")([0.0, 0.0]) == nn.Sequential(autograd.softmax)([0.0, 0.0]) == [0.5, 0.5]
    assert nn.Sequential("linear")([1.0]) == [1.0]
    assert repr(nn.Sequential(nn.Flatten(), "softmax", autograd.relu, abs)) == (
        "Sequential(Flatten(), Softmax(), Activation('relu'), abs)"
    )


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: nn.Sequential(), "at least one part"),
        (lambda: nn.Sequential(3), "a part of Sequential is a Module"),
        (lambda: nn.Sequential("rleu"), "did you mean 'relu'"),
        (lambda: nn.Softmax()(Value(1.0)), "for one output use 'sigmoid'"),
        (lambda: nn.Softmax()([]), "several outputs together"),
        (lambda: nn.Dropout(1.0), r"rate must be in \[0, 1\), got 1.0"),
        (lambda: nn.Dropout(seed="a"), "seed must be a whole number"),
        (lambda: nn.Embedding(0, 2), "count must be at least 1"),
        (lambda: nn.Embedding(3, 2)(3), "there is no token 3; tokens are whole numbers from 0 to 2"),
        (lambda: nn.Embedding(3, 2)([0, 0.5]), "there is no token 0.5"),
        (lambda: nn.Embedding(3, 2)(Value(-1.0)), "there is no token -1"),
        (lambda: nn.Embedding(3, 2)("a"), "a token must be a number, got 'a'"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(make, says):
    with pytest.raises((TypeError, ValueError), match=says):
        make()


def test_dropout_leaves_out_the_share_asked_for_and_keeps_the_mean():
    dropout = nn.Dropout(0.3, seed=0)
    out = data(dropout([1.0] * 20_000))
    assert set(out) == {0.0, 1 / 0.7}
    assert out.count(0.0) / len(out) == pytest.approx(0.3, abs=4 * (0.21 / 20_000) ** 0.5)  # four standard errors
    assert data(dropout([1.0] * 20_000)) != out


def test_dropout_does_nothing_in_prediction_and_is_random_in_training_again_after():
    model = nn.Sequential(nn.Layer(1, 50, "linear", seed=0), nn.Dropout(0.5, seed=0))
    (outputs,) = model.predict([[1.0]])
    assert outputs == data(model.parts[0]([1.0]))
    assert data(model([1.0])) != data(model([1.0]))
    assert data(model.eval()([1.0])) == outputs
    assert data(model.train()([1.0])) != outputs
    assert len(model.parameters()) == 100


def test_what_is_left_out_has_no_gradient_and_what_stays_a_larger_one():
    x = [Value(1.0), Value(2.0), Value(float("inf")), Value(3.0)]
    out = nn.Dropout(0.5, seed=1)(x)
    autograd.sum(out).backward()
    assert data(out) == [0.0, 4.0, float("inf"), 0.0]
    assert [one.grad for one in x] == [0.0, 2.0, 2.0, 0.0]


def test_what_is_drawn_for_a_batch_is_shared_by_calls_until_the_next_draw():
    model = nn.Sequential(nn.Dropout(0.5, seed=0))
    model([1.0] * 30)
    model.draw()
    first = data(model([1.0] * 30))
    assert data(model([1.0] * 30)) == first
    model.draw()
    assert data(model([1.0] * 30)) != first


def test_a_compiled_network_with_dropout_leaves_out_what_was_drawn_last():
    model = nn.Sequential(nn.Layer(3, 20, "tanh", seed=0), nn.Dropout(0.5, seed=0), nn.Layer(20, 1, "linear", seed=1))
    model([1.0, 2.0, 3.0])  # so that it knows how many numbers come
    compiled = autograd.compile(lambda x: model(list(x)), batch=0)
    X = np.array([[1.0, 2.0, 3.0], [0.5, 0.0, -1.0]])
    seen = set()
    for _ in range(5):
        model.draw()
        assert compiled(X) == pytest.approx([model(x).data for x in X], rel=1e-12)
        seen.add(compiled(X)[0])
    assert len(seen) == 5
    assert compiled.cache_info().recordings == 1


def test_a_dropout_in_two_places_may_be_compiled_too():
    dropout = nn.Dropout(0.5, seed=0)
    model = nn.Sequential(dropout, nn.Layer(3, 12, "tanh", seed=0), dropout, nn.Layer(12, 1, "linear", seed=1))
    model([1.0, 2.0, 3.0])
    compiled = autograd.compile(lambda x: model(list(x)))
    seen = set()
    for _ in range(5):
        model.draw()
        seen.add(compiled([1.0, 2.0, 3.0]))
        assert compiled([1.0, 2.0, 3.0]) == pytest.approx(model([1.0, 2.0, 3.0]).data, rel=1e-12)
    assert len(seen) == 5


def test_either_engine_trains_with_the_same_draws_of_dropout():
    weights = []
    for engine in ("eager", "compiled"):
        model = nn.Sequential(nn.Layer(2, 8, "tanh", seed=0), nn.Dropout(0.3, seed=1), nn.Layer(8, 1, "linear", seed=2))
        points, loss = nn.data.moons(40), nn.binary_cross_entropy_with_logits
        nn.fit(model, points.X, points.y, loss=loss, epochs=5, batch_size=8, seed=0, engine=engine)
        weights.append([p.data for p in model.parameters()])
    assert weights[0] == pytest.approx(weights[1], rel=1e-9, abs=1e-12)


def test_dropout_goes_on_where_it_was_saved():
    model = nn.Sequential(nn.Dropout(0.5, seed=0))
    model([1.0] * 30)
    saved = json.loads(json.dumps(model.state_dict()))
    following = data(model([1.0] * 30))
    twins = nn.Sequential(nn.Dropout(0.5, seed=9)), copy.deepcopy(model), pickle.loads(pickle.dumps(model))
    for twin in twins:
        twin.load_state_dict(saved)
        assert data(twin([1.0] * 30)) == following


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_training_with_dropout_schedule_and_clipping_resumes_bit_for_bit(engine, tmp_path):
    points = nn.data.moons(24)

    def trained(path, stops):
        for epochs in stops:
            parts = nn.Layer(2, 6, "tanh", seed=0), nn.Dropout(0.3, seed=1), nn.Layer(6, 1, "linear", seed=2)
            model = nn.Sequential(*parts)
            nn.fit(
                model,
                points.X,
                points.y,
                loss=nn.binary_cross_entropy_with_logits,
                optimizer=nn.Adam(model.parameters(), nn.schedules.Cosine(0.05, 30), clip_norm=1.0),
                epochs=epochs,
                batch_size=8,
                seed=0,
                engine=engine,
                callbacks=[nn.Checkpoint(path)],
                resume=path,
            )
        return [p.data for p in model.parameters()]

    assert trained(tmp_path / "a.json", [10]) == trained(tmp_path / "b.json", [2, 3, 5, 8, 9, 10])


def test_dropout_without_a_seed_draws_from_pythons_random():
    dropout = nn.Dropout(0.5)
    assert pickle.loads(pickle.dumps(dropout)).rate == 0.5
    random.seed(1)
    first = data(dropout([1.0] * 30))
    random.seed(1)
    assert data(dropout([1.0] * 30)) == first
    assert dropout.state_dict() == {}


def test_an_embedding_is_a_row_of_its_table_whether_the_token_is_a_number_or_a_value():
    embedding = nn.Embedding(5, 3, seed=0)
    for token in range(5):
        row = [p.data for p in embedding.rows[token]]
        assert data(embedding(token)) == data(embedding(float(token))) == data(embedding(Value(token))) == row
    assert data(embedding([4, 1])) == data(embedding(4)) + data(embedding(1))
    with Tape() as tape:
        embedding([1, 2])
        assert len(tape) == 0
        embedding(Value(1.0))
    assert [node.op.name for node in tape] == ["pick"] * 3


def test_only_the_row_of_the_token_has_a_gradient():
    for token in (2, Value(2.0)):
        embedding = nn.Embedding(4, 2, seed=0)
        autograd.sum(embedding(token)).backward()
        assert [[p.grad for p in row] for row in embedding.rows] == [[0, 0], [0, 0], [1, 1], [0, 0]]


def test_a_compiled_network_takes_other_tokens():
    model = nn.Sequential(nn.Embedding(6, 3, seed=0), nn.Layer(6, 2, "tanh", seed=1))
    compiled = autograd.compile(lambda tokens: model(list(tokens)), batch=0)
    pairs = [[a, b] for a in range(6) for b in range(6)]
    for found, tokens in zip(compiled(pairs), pairs):
        assert list(found) == pytest.approx(data(model(tokens)), rel=1e-12)
    assert compiled.cache_info().recordings == 1

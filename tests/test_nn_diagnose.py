"""diagnose: each fault, planted, is found with its number; a sound network has none; nothing is changed."""

import math

import pytest

import nn
from autograd import Value

POINTS = nn.data.moons(60, seed=2)
LOSS = nn.binary_cross_entropy_with_logits


def net(*hidden, activation="relu", **options):
    return nn.MLP(2, [*hidden, 1], activation, seed=0, **options)


def found(model, data=POINTS, **options):
    return {finding.what: finding for finding in nn.diagnose(model, data, **options)}


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("make", [lambda p: nn.SGD(p, lr=0.1, momentum=0.9), lambda p: nn.Adam(p, lr=0.01)])
def test_a_sound_network_has_no_findings_and_the_numbers_are_told(activation, make):
    model = net(12, 12, activation=activation)
    diagnosis = nn.diagnose(model, POINTS, loss=LOSS, optimizer=make(model.parameters()))
    assert len(diagnosis) == 0
    assert str(diagnosis).startswith("Nothing conspicuous.\nLooked at: inputs with deviations from ")
    assert "steps with lr" in str(diagnosis)


@pytest.mark.parametrize("dead", [2, 5, 16])
def test_dead_units_are_counted(dead):
    model = net(16, 16)
    for neuron in model.layers[1].neurons[:dead]:
        neuron.b.data = -1000.0
    finding = found(model)["dead ReLU units"]
    assert (finding.where, finding.number) == ("layer 2", dead / 16)
    assert f"{dead} of 16 units give 0 for all 60 samples" in finding.says


def test_dead_units_are_found_in_a_model_without_scopes():
    w = [Value(1.0), Value(-1.0)]
    finding = found(lambda x: (w[0] * x[0]).relu() + (w[1] * x[0]).relu(), ([1, 2, 3], [0, 0, 1]))["dead ReLU units"]
    assert (finding.where, finding.number) == ("the model", 0.5)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_saturated_units_are_found_but_an_output_may_be_sure(activation):
    wide = nn.init.normal(0.0, 100.0)
    finding = found(net(8, activation=activation, init=wide))["saturated units"]
    assert finding.where == "layer 1"
    assert 0.8 < finding.number <= 1.0
    assert "saturated units" not in found(nn.Sequential(nn.Layer(2, 1, activation, init=wide, seed=0)))


def test_gradients_that_vanish_are_found_with_their_share():
    finding = found(net(*[6] * 9, activation="sigmoid"), loss=LOSS)["vanishing gradients"]
    assert finding.where == "layer 1"
    assert finding.number < 1e-4
    assert "of that in layer 10" in finding.says


def test_gradients_that_explode_are_found():
    model = net(8, 8, init=nn.init.normal(0.0, 30.0))
    finding = found(model, loss=nn.mean_squared_error)["exploding gradients"]
    assert finding.number > 1e3


def test_a_loss_that_is_not_finite_is_found():
    model = net(2)
    model.layers[1].neurons[0].b.data = math.inf
    assert found(model, loss=nn.mean_squared_error)["numbers that are not finite"].number == math.inf


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda x, y: [500 * x, y], "column 0"),
        (lambda x, y: [x, y + 100], "column 1"),
        (lambda x, y: [x, 40.0], "column 1"),
        (lambda x, y: [5 * x, y / 10], "columns 1 and 0"),
    ],
)
def test_badly_scaled_inputs_are_found(change, where):
    finding = found(net(4), ([change(x, y) for x, y in POINTS.X], POINTS.y))["badly scaled inputs"]
    assert finding.where == where
    assert abs(finding.number) > 10


def test_many_bad_columns_are_one_finding():
    rows = [[1e3 * (k + 1) * x for k in range(9)] for x, _ in POINTS.X]
    diagnosis = nn.diagnose(nn.MLP(9, [1], seed=0), (rows, POINTS.y))
    assert len(diagnosis) == 1
    assert "and 8 other columns are conspicuous too" in diagnosis[0].says


@pytest.mark.parametrize("make", [nn.SGD, nn.Adam, nn.RMSProp])
def test_a_rate_too_high_and_one_too_low_are_found_with_a_better_one(make):
    model = net(12)
    high = found(model, loss=LOSS, optimizer=make(model.parameters(), lr=100.0))["a learning rate too high"]
    assert high.number > 1.0
    low = found(model, loss=LOSS, optimizer=make(model.parameters(), lr=1e-5))["a learning rate too low"]
    assert low.number < 0.01
    for finding in (high, low):
        better = make(model.parameters(), lr=float(finding.remedy.split("lr=")[1].split(",")[0]))
        assert found(model, loss=LOSS, optimizer=better).keys() == set()


def test_a_schedule_is_judged_at_its_present_rate_and_kept():
    model = net(12)
    schedule = nn.schedules.Cosine(100.0, steps=10)
    optimizer = nn.SGD(model.parameters(), lr=schedule)
    assert "a learning rate too high" in found(model, loss=LOSS, optimizer=optimizer)
    assert vars(optimizer)["lr"] is schedule


def test_nothing_is_changed():
    model = nn.Sequential(nn.Layer(2, 6, seed=0), nn.Dropout(0.5, seed=0), nn.Layer(6, 1, "linear", seed=1))
    optimizer = nn.Adam(model.parameters(), lr=0.5)
    nn.fit(model, POINTS.X, POINTS.y, loss=LOSS, optimizer=optimizer, epochs=2, seed=0)
    before = model.state_dict(), optimizer.state_dict(), [p.grad for p in model.parameters()], model.training
    nn.diagnose(model, POINTS, loss=LOSS, optimizer=optimizer)
    assert (model.state_dict(), optimizer.state_dict(), [p.grad for p in model.parameters()], model.training) == before


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: nn.diagnose(net(2), 3), r"a pair \(X, y\)"),
        (lambda: nn.diagnose(net(2), POINTS, optimizer=nn.SGD([Value(1.0)])), "give loss="),
        (lambda: nn.diagnose(net(2), ([], [])), "X is empty"),
        (lambda: nn.diagnose(net(2), ([[1.0]], [0])), "takes 2 inputs, got 1"),
    ],
)
def test_wrong_arguments_are_told(call, says):
    with pytest.raises((TypeError, ValueError), match=says):
        call()


def test_one_sample_is_enough_and_many_are_thinned():
    assert len(nn.diagnose(net(4, activation="tanh"), ([[0.5, 0.5]], [1]), loss=LOSS)) == 0
    many = nn.data.moons(1000)
    model = net(4)
    model.layers[0].neurons[0].b.data = -1e4
    assert "for all 250 samples" in found(model, many)["dead ReLU units"].says

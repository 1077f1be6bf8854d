"""engine="auto" trains what engine="eager" trains, whatever model, loss, optimiser and callbacks read and change."""

import math
from functools import partial
from types import SimpleNamespace

import pytest

import nn
from autograd import Value

X = [[k / 10] for k in range(40)]
Y = [2 * x[0] + 1 for x in X]


class Net(nn.Module):
    """A line, bent by what else it reads."""

    def __init__(self, reads):
        self.w, self.b, self.reads = Value(0.5), Value(0.1), reads
        self.hyper = {"beta": 1.0, "is_on": True, "name": "plain", "list": [1.0, 2.0]}
        self.inner = SimpleNamespace(beta=1.0)

    def __call__(self, row):
        x = row[0]
        return self.reads(self, x, x.data if hasattr(x, "data") else x)


HYPER = {"beta": 1.0}
READS = {
    "a number in a dict": lambda net, x, read: net.w * x * net.hyper["beta"] + net.b,
    "a flag": lambda net, x, read: net.w * x + net.b if net.hyper["is_on"] else net.w * x,
    "a name": lambda net, x, read: net.w * x + (net.b if net.hyper["name"] == "plain" else 0.5),
    "an attribute of an object": lambda net, x, read: net.w * x * net.inner.beta + net.b,
    "a number in a list": lambda net, x, read: net.w * x * net.hyper["list"][0] + net.b,
    "a global": lambda net, x, read: net.w * x * HYPER["beta"] + net.b,
    "the number of a weight": lambda net, x, read: net.w * x / max(1.0, abs(net.w.data)) + net.b,
    "the number of an input": lambda net, x, read: net.w * x * (0.0 if read == 3.5 else 1.0) + net.b,
    "a rare comparison": lambda net, x, read: net.w * (0.5 * x if x > 3.85 else x) + net.b,
    "a weight compared": lambda net, x, read: net.w * x + (net.b if net.w < 1.0 else 2.0 * net.b),
}


def shrink(training):
    """Changes whatever a model may read."""
    net = training.model
    net.hyper["beta"] *= 0.99
    net.hyper["list"][0] *= 0.99
    net.inner.beta *= 0.99
    HYPER["beta"] *= 0.99
    if training.history.epochs == 4:
        net.hyper |= {"is_on": False, "name": "bent"}


class Silent(nn.Callback):
    """Changes what the model reads, and leaves the parameters."""

    sees_parameters = False

    def on_epoch(self, training):
        shrink(training)


class Each(nn.Callback):
    """Changes them after each step."""

    def __init__(self, change):
        self.change = change

    def on_step(self, training, step):
        self.change(training)


def shrinking(predictions, targets):
    """A metric with an effect."""
    HYPER["beta"] *= 0.98
    return 0.0


def trained(engine, reads="a number in a dict", loss=nn.mean_squared_error, optimizer=nn.SGD, **options):
    """Weights and losses after ten epochs."""
    HYPER.update(beta=1.0)
    net = Net(READS[reads])
    options = {"epochs": 10, "seed": 0, "batch_size": 8} | options
    make = options.pop("callbacks", list)
    history = nn.fit(
        net, X, Y, loss=loss, optimizer=optimizer([net.w, net.b], lr=0.02), callbacks=make(), engine=engine, **options
    )
    return [net.w.data, net.b.data, *history["loss"]]


def agree(**options):
    eager, auto = (trained(engine, **options) for engine in ("eager", "auto"))
    assert auto == pytest.approx(eager, rel=1e-9)


@pytest.mark.parametrize("batch_size", [1, 8, None])
@pytest.mark.parametrize("reads", READS)
def test_what_a_model_reads_is_what_is_there_at_that_step(reads, batch_size):
    agree(reads=reads, batch_size=batch_size, callbacks=lambda: [shrink])


@pytest.mark.parametrize("callbacks", [lambda: [Silent()], lambda: [Each(shrink)]], ids=["after epochs", "after steps"])
def test_what_a_callback_changes_acts_at_the_next_step(callbacks):
    for reads in ("a number in a dict", "a flag", "a global"):
        agree(reads=reads, callbacks=callbacks)


def test_what_a_metric_changes_acts_in_the_next_epoch():
    agree(reads="a global", metrics=shrinking)


class Weighted:
    """A loss with numbers of its own."""

    def __init__(self):
        self.weight = 1.0

    def __call__(self, prediction, target):
        return self.weight * nn.mean_squared_error(prediction, target)


def test_what_a_loss_reads_is_what_is_there_at_that_step():
    def run(engine, make):
        loss, state = make()
        return trained(engine, loss=loss, callbacks=lambda: [state])

    def an_object():
        loss = Weighted()
        return loss, lambda training: setattr(loss, "weight", 0.9 * loss.weight)

    def a_lambda():
        state = {"weight": 1.0}
        return (
            lambda p, t: state["weight"] * (p - t) ** 2,
            lambda training: state.update(weight=0.9 * state["weight"]),
        )

    def a_variable():
        weight = 1.0

        def loss(p, t):
            return weight * (p - t) ** 2

        def change(training):
            nonlocal weight
            weight *= 0.9

        return loss, change

    for make in (an_object, a_lambda, a_variable):
        assert run("auto", make) == pytest.approx(run("eager", make), rel=1e-9)


@pytest.mark.parametrize("reads", READS)
def test_many_rows_are_predicted_as_one_is(reads):
    HYPER.update(beta=1.0)
    net, rows = Net(READS[reads]), [[k / 100] for k in range(400)]
    alone = [net.predict([row])[0] for row in rows]
    assert net.predict(rows) == pytest.approx(alone, rel=1e-12)
    net.hyper["beta"], net.hyper["is_on"], net.w.data = 0.5, False, 2.0
    assert net.predict(rows) == pytest.approx([net.predict([row])[0] for row in rows], rel=1e-12)


def test_rows_of_whole_numbers_and_bools_are_predicted_as_one_is():
    net = Net(lambda net, x, read: net.w * x + (net.b if x == 1 else math.pi))
    for rows in ([k % 3 for k in range(60)], [k % 2 == 0 for k in range(60)]):
        assert net.predict(rows) == pytest.approx([net.predict([row])[0] for row in rows], rel=1e-12)


def running(net, x, read):
    """As a layer that takes away the mean of what came so far."""
    net.hyper["mean"] = 0.9 * net.hyper.get("mean", 0.0) + 0.1 * read
    net.calls = getattr(net, "calls", 0) + 1
    return net.w * (x - net.hyper["mean"]) + net.b / net.calls


@pytest.mark.filterwarnings("ignore::autograd.UncompiledWarning")
def test_what_a_model_keeps_from_call_to_call_begins_with_the_first_step(monkeypatch):
    monkeypatch.setitem(READS, "what came before", running)
    agree(reads="what came before")
    line = Net(running)
    for model in (line, lambda row: line(row), partial(Net.__call__, line), line.__call__):
        nn.Training(model, X, Y, loss=nn.mean_squared_error, optimizer=nn.SGD([line.w, line.b]))
        assert "mean" not in line.hyper
        assert not hasattr(line, "calls")

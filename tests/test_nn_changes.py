"""What callbacks, schedules and rules change or read in a training acts at its step, whatever engine runs it."""

import pytest

import nn
from autograd import Value
from nn.optim.closed import is_closed

X = [[k / 10] for k in range(40)]
Y = [2 * x[0] + 1 for x in X]
SEEN = {"epochs": 0}


class Line(nn.Module):
    def __init__(self):
        self.w, self.b = Value(0.5), Value(0.1)

    def __call__(self, row):
        return self.w * row[0] + self.b


class Each(nn.Callback):
    """Changes them after each step."""

    def __init__(self, change):
        self.change = change

    def on_step(self, training, step):
        self.change(training)


def trained(engine, optimizer=nn.SGD, callbacks=list, batch_size=8):
    """Weights and losses after ten epochs."""
    SEEN["epochs"] = 0
    line = Line()
    options = {"loss": nn.mean_squared_error, "epochs": 10, "seed": 0, "batch_size": batch_size, "engine": engine}
    optimizer = optimizer([line.w, line.b], lr=0.02)
    history = nn.fit(line, X, Y, optimizer=optimizer, callbacks=callbacks(), **options)
    return [line.w.data, line.b.data, *history["loss"]]


def agree(**options):
    eager, compiled = (trained(engine, **options) for engine in ("eager", "compiled"))
    assert compiled == pytest.approx(eager, rel=1e-9)


CHANGES = {
    "the rate": lambda training: setattr(training.optimizer, "lr", 0.01),
    "the momentum": lambda training: setattr(training.optimizer, "momentum", 0.5),
    "a schedule": lambda training: setattr(training.optimizer, "lr", nn.schedules.Cosine(0.02, 50)),
    "clipping": lambda training: setattr(training.optimizer, "clip_norm", 0.1),
    "a weight": lambda training: setattr(training.model.b, "data", 0.25),
    "freezing": lambda training: nn.freeze([training.model.w], training.steps < 20),
    "the optimizer": lambda training: setattr(training, "optimizer", nn.Adam([training.model.w, training.model.b])),
    "the epochs": lambda training: setattr(training, "epochs", 7),
}


@pytest.mark.parametrize("moment", [lambda change: change, Each], ids=["after epochs", "after steps"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_a_callback_makes_of_training_and_optimizer_acts_at_once(change, moment):
    def once(training):
        if training.steps in (10, 20):
            change(training)

    agree(callbacks=lambda: [moment(once)])


def test_model_loss_and_size_of_batches_cannot_be_replaced():
    def replaced(name, x):
        trained("compiled", callbacks=lambda: [lambda training: setattr(training, name, x)])

    for name, x in (("model", Line()), ("loss", nn.huber), ("batch_size", 3)):
        with pytest.raises(AttributeError, match=f"the {name} of a training stays what it was made with"):
            replaced(name, x)
    with pytest.raises(ValueError, match="one of the same parameters alone"):
        replaced("optimizer", nn.SGD([Value(1.0)]))


@pytest.mark.parametrize("batch_size", [8, None])
@pytest.mark.parametrize("reads", ["history", "weights", "calls"])
def test_a_schedule_is_asked_at_its_step(reads, batch_size):
    def with_schedule(parameters, lr):
        calls = []
        weight = parameters[0]

        def schedule(step):
            calls.append(step)
            return {
                "history": lr / (1 + SEEN["epochs"]),
                "weights": lr / (1 + abs(weight.data)),
                "calls": lr / len(calls),
            }[reads]

        return nn.SGD(parameters, lr=schedule)

    def seen(training):
        SEEN["epochs"] = training.history.epochs

    agree(optimizer=with_schedule, batch_size=batch_size, callbacks=lambda: [seen] * (reads == "history"))


def test_a_rule_may_read_the_weights():
    class Trusting(nn.Optimizer):
        def rule(self, x, gradient):
            return (x - self.lr * gradient / (1.0 + abs(self.parameters[0].data)),)

    agree(optimizer=Trusting)


@pytest.mark.parametrize("is_ahead", [True, False])
def test_rates_are_asked_ahead_where_a_schedule_depends_on_the_step_alone(is_ahead):
    base, rates = 0.1, [0.1, 0.2]
    schedule = (lambda step: base / (1 + step)) if is_ahead else (lambda step: rates[step % 2])
    assert is_closed(schedule) == is_closed(nn.schedules.WarmUp(3, schedule)) == is_ahead
    line = Line()
    options = {"loss": nn.mean_squared_error, "engine": "compiled", "optimizer": nn.SGD([line.w, line.b], lr=schedule)}
    training = nn.Training(line, X, Y, **options)
    assert (training.engine.epochs(training.optimizer) is not None) == is_ahead
    training.optimizer.lr = 0.1
    assert training.engine.epochs(training.optimizer) is not None

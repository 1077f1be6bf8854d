"""Training stepped through, watched and compiled: engines agree, callbacks are called, validation only judges."""

import math
import random
import signal

import pytest

import nn
from autograd import Value
from nn.training.engine import Compiled, Eager

POINTS = nn.data.moons(24, noise=0.2, seed=1)
LOSS = nn.binary_cross_entropy_with_logits


def numbers(model):
    return [p.data for p in model.parameters()]


def trained(engine, optimizer=nn.SGD, model=None, **options):
    model = model or nn.MLP(2, [6, 6, 1], "tanh", seed=0)
    options = {"loss": LOSS, "epochs": 5, "batch_size": 7, "seed": 1} | options
    training = nn.Training(model, POINTS.X, POINTS.y, optimizer=optimizer(model.parameters()), engine=engine, **options)
    for _ in training:
        pass
    return numbers(model), training.history.history


PROBLEMS = {
    "logits": {},
    "hinge": {"loss": lambda p, t: nn.hinge(p, 2 * t - 1)},
    "squared": {"loss": nn.mean_squared_error, "batch_size": None},
    "online": {"batch_size": 1, "epochs": 2},
    "judged": {"validation_split": 0.25, "metrics": nn.accuracy},
}


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", lambda x: x * x if x < 1 else 2 * x - 1])
def test_the_compiled_engine_gives_the_weights_and_the_history_of_the_eager_one(problem, activation):
    def run(engine):
        return trained(engine, model=nn.MLP(2, [5, 1], activation, seed=0), **PROBLEMS[problem])

    (eager, history), (compiled, same) = run("eager"), run("compiled")
    assert compiled == pytest.approx(eager, rel=1e-9, abs=1e-9)
    assert {k: pytest.approx(x, rel=1e-9, abs=1e-9) for k, x in same.items()} == history


@pytest.mark.parametrize("optimizer", [nn.SGD, nn.Adam, nn.AdamW, nn.RMSProp])
def test_engines_agree_for_every_optimiser_and_with_dropout(optimizer):
    def run(engine):
        layers = nn.Layer(2, 6, "tanh", seed=0), nn.Dropout(0.3, seed=1), nn.Layer(6, 1, "linear", seed=2)
        return trained(engine, optimizer, nn.Sequential(*layers))

    assert run("compiled")[0] == pytest.approx(run("eager")[0], rel=1e-9, abs=1e-9)


def test_labels_and_several_outputs_are_compiled():
    flowers = nn.data.iris()
    X, y = nn.data.standardise(flowers.X)[::5], flowers.y[::5]
    models = {engine: nn.MLP(4, [5, 3], "tanh", seed=0) for engine in ("eager", "compiled")}
    for engine, model in models.items():
        nn.fit(model, X, y, loss=nn.cross_entropy, epochs=4, seed=0, engine=engine, metrics=[nn.accuracy])
    assert numbers(models["compiled"]) == pytest.approx(numbers(models["eager"]), rel=1e-9)


def noisy(prediction, target):
    return (prediction - target) ** 2 * random.random()


def peeking(prediction, target):
    return (prediction - target) ** 2 * (1.0 if not isinstance(target, Value) and target > 0.5 else 3.0)


def indexing(prediction, target):
    return [prediction, 2 * prediction][target]


@pytest.mark.parametrize("loss", [noisy, peeking, indexing])
def test_what_cannot_be_compiled_runs_as_it_is_and_says_so_when_asked_to_compile(loss):
    model = nn.MLP(2, [1], seed=0)
    assert isinstance(nn.Training(model, POINTS.X, POINTS.y, loss=loss).engine, Eager)
    with pytest.raises((ValueError, TypeError, IndexError)) as caught:
        nn.Training(model, POINTS.X, POINTS.y, loss=loss, engine="compiled")
    assert 'engine="eager"' in str(caught.value) + "".join(getattr(caught.value, "__notes__", ()))


def test_what_can_be_compiled_is():
    training = nn.Training(nn.MLP(2, [1], seed=0), POINTS.X, POINTS.y, loss=LOSS)
    assert isinstance(training.engine, Compiled)
    with pytest.raises(ValueError, match='engine is "auto", "eager" or "compiled", not 3'):
        nn.Training(nn.MLP(2, [1]), POINTS.X, POINTS.y, loss=LOSS, engine=3)


def test_iterating_gives_each_step_and_fit_is_the_same():
    model, twin = (nn.MLP(2, [3, 1], seed=0) for _ in range(2))
    options = {"loss": LOSS, "epochs": 3, "batch_size": 10, "seed": 0}
    steps = list(nn.Training(model, POINTS.X, POINTS.y, **options))
    assert [len(step.samples) for step in steps] == [10, 10, 4] * 3
    assert [step.number for step in steps] == list(range(1, 10))
    for epoch in (1, 2, 3):
        assert sorted(k for step in steps if step.epoch == epoch for k in step.samples) == list(range(24))
    history = nn.fit(twin, POINTS.X, POINTS.y, **options)
    assert numbers(twin) == numbers(model)
    mean = sum(step.loss * len(step.samples) for step in steps[:3]) / 24
    assert history["loss"][0] == pytest.approx(mean, rel=1e-12)


def test_the_six_stages_come_in_order_with_their_values_and_end_at_the_weights_of_fit():
    model, twin = (nn.MLP(2, [3, 1], seed=0) for _ in range(2))
    options = {"loss": LOSS, "epochs": 2, "batch_size": 9, "seed": 0}
    stages = list(nn.steps(model, POINTS.X, POINTS.y, **options))
    names = [stage.name for stage in stages]
    assert names == ["INIT", *["PREDICT", "LOSS", "GRADIENT", "STEP"] * 6, "STOP"]
    assert all(stage.says for stage in stages)
    for predict, loss, gradient, step in zip(*(stages[1 + k : -1 : 4] for k in range(4))):
        assert len(predict.predictions) == len(predict.samples)
        assert loss.loss.data == pytest.approx(
            LOSS([p.data for p in predict.predictions], [POINTS.y[k] for k in loss.samples])
        )
        assert any(gradient.gradients)
        assert step.before != tuple(numbers(model))
    assert stages[-1].says == nn.fit(twin, POINTS.X, POINTS.y, engine="eager", **options).stop_reason
    assert numbers(model) == numbers(twin)


def test_held_out_samples_are_judged_and_not_learned_from():
    model = nn.MLP(2, [3, 1], seed=0)
    out = nn.data.moons(10, seed=9)
    history = nn.fit(model, POINTS.X, POINTS.y, loss=LOSS, epochs=3, validation_data=out, metrics=[nn.accuracy])
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert history["val_loss"][-1] == pytest.approx(LOSS(model.predict(out.X), out.y))
    assert history["val_accuracy"][-1] == nn.accuracy(model.predict(out.X), out.y)
    assert history["accuracy"][-1] == nn.accuracy(model.predict(POINTS.X), POINTS.y)
    training = nn.Training(model, POINTS.X, POINTS.y, loss=LOSS, validation_split=0.25)
    assert len(training) == 18
    assert history.rows()[2] == {"epoch": 3, **{name: column[2] for name, column in history.history.items()}}


def test_in_validation_dropout_is_off_and_in_training_on():
    model = nn.Sequential(nn.Layer(2, 8, "tanh", seed=0), nn.Dropout(0.5, seed=0), nn.Layer(8, 1, "linear", seed=0))
    for engine in ("eager", "compiled"):
        history = nn.fit(model, POINTS.X, POINTS.y, loss=LOSS, epochs=2, validation_data=POINTS, engine=engine)
        assert history["val_loss"][-1] == pytest.approx(LOSS(model.predict(POINTS.X), POINTS.y))
        assert model.training


def test_early_stopping_reads_a_state_from_before_it_kept_what_a_loss_was_measured_with():
    stopping = nn.EarlyStopping()
    stopping.load_state_dict({"best": 0.5, "best_epoch": 2, "best_weights": [1.0]})
    assert stopping.state_dict() == {"best": 0.5, "best_epoch": 2, "best_weights": [1.0], "measured": None}


def test_early_stopping_puts_the_best_weights_back_however_training_ends():
    best = {}

    def worsen(training):
        if training.history.epochs == 4:
            best["weights"] = numbers(training.model)
            training.optimizer.lr = 30.0  # and from here on it gets worse

    def interrupt(training):
        if training.history.epochs == 6:
            signal.raise_signal(signal.SIGINT)

    for more, reason in (
        ([], "no improvement in 3 epochs: the best loss was "),
        ([interrupt], "interrupted by Ctrl-C"),
    ):
        model = nn.MLP(2, [6, 1], "tanh", seed=0)
        stopping = nn.EarlyStopping("loss", patience=3)
        options = {"loss": LOSS, "batch_size": None, "epochs": 50, "callbacks": [worsen, stopping, *more]}
        history = nn.fit(model, POINTS.X, POINTS.y, optimizer=nn.SGD(model.parameters(), lr=0.5), **options)
        assert history.stop_reason.startswith(reason)
        assert stopping.best_epoch == 5  # the loss of an epoch is that before its step
        assert numbers(model) == stopping.best_weights == best["weights"]


def too_fast(engine, callbacks, **options):
    """A training whose loss soon grows, and the mean loss of its model afterwards."""
    model = nn.MLP(1, [1], seed=1)
    X, y = [[x / 10] for x in range(-10, 11)], [x / 5 + 1 for x in range(-10, 11)]
    options = {"loss": nn.mean_squared_error, "epochs": 30, "engine": engine, "seed": 0, "batch_size": None} | options
    optimizer = nn.SGD(model.parameters(), lr=1.02)
    history = nn.fit(model, X, y, optimizer=optimizer, callbacks=callbacks, **options)
    return model, history, lambda: nn.mean_squared_error([model(x) for x in X], y).data


@pytest.mark.parametrize("engine", ["eager", "auto"])
def test_the_weights_that_come_back_have_the_best_loss(engine):
    _, history, loss = too_fast(engine, [nn.EarlyStopping("loss", patience=8)])
    assert 1 < history.best()[0] < history.epochs
    assert loss() == pytest.approx(history.best()[1], rel=1e-12)


@pytest.mark.parametrize("monitor", ["loss", "val_loss", "r2"])
@pytest.mark.parametrize("batch_size", [1, 5, None])
def test_the_weights_that_come_back_are_those_the_best_number_was_measured_with(monitor, batch_size):
    class Watching(nn.Callback):
        before, after = (), ()

        def on_step(self, training, step):
            self.before, self.after = self.after, numbers(training.model)
            seen.append((self.before, self.after))

    seen, stopping = [], nn.EarlyStopping(monitor, patience=3)
    options = {"batch_size": batch_size, "validation_split": 0.2, "metrics": nn.r2}
    model, history, _ = too_fast("auto", [stopping, Watching()], **options)
    steps = len(seen) // history.epochs
    before, after = seen[steps * stopping.best_epoch - 1]
    assert numbers(model) == (before if monitor == "loss" and len(seen) > 1 else after)


@pytest.mark.parametrize("batch_size", [1, 5, None])
def test_to_look_for_the_best_loss_changes_no_step(batch_size):
    found = []
    for callbacks in ([], [nn.EarlyStopping(patience=30)]):
        _, history, _ = too_fast("compiled", callbacks, batch_size=batch_size)
        found.append(history.history)
    assert found[0] == found[1]


def test_a_large_accuracy_is_good_and_a_column_that_is_not_there_is_named():
    model = nn.MLP(2, [6, 1], "tanh", seed=0)
    stopping = nn.EarlyStopping("accuracy", patience=2, min_delta=0.5)
    options = {"loss": LOSS, "metrics": [nn.accuracy], "batch_size": 4}
    history = nn.fit(model, POINTS.X, POINTS.y, callbacks=stopping, **options)
    assert history.stop_reason == (
        f"no improvement in 2 epochs: the best accuracy was {history['accuracy'][0]:.4g} in epoch 1"
    )
    with pytest.raises(ValueError, match="no column 'r2' to monitor, only loss, accuracy"):
        nn.fit(model, POINTS.X, POINTS.y, callbacks=nn.EarlyStopping("r2"), **options)


def test_a_number_below_zero_may_be_the_largest():
    model = nn.MLP(2, [1], seed=0)
    stopping = nn.EarlyStopping("fixed", patience=1)

    def fixed(predictions, targets):
        return -3.0

    history = nn.fit(model, POINTS.X, POINTS.y, loss=LOSS, metrics=fixed, callbacks=stopping)
    assert history.stop_reason == "no improvement in 1 epochs: the best fixed was -3 in epoch 1"


def test_callbacks_are_called_at_their_moments():
    told = []

    class Telling(nn.Callback):
        def on_start(self, training):
            told.append("start")

        def on_gradient(self, training):
            told.append("gradient")

        def on_step(self, training, step):
            told.append(step.number)

        def on_epoch(self, training):
            told.append(f"epoch {training.history.epochs}")

        def on_stop(self, training):
            told.append(training.history.stop_reason)

    nn.fit(nn.MLP(2, [1]), POINTS.X, POINTS.y, loss=LOSS, epochs=2, batch_size=12, callbacks=Telling())
    step = ["gradient", 1, "gradient", 2, "epoch 1", "gradient", 3, "gradient", 4, "epoch 2", "epochs done: 2"]
    assert told == ["start", *step]


def test_a_callback_may_stop_with_its_own_reason():
    def enough(training):
        if training.history["loss"][-1] < 0.69:
            training.stop("enough for today")

    history = nn.fit(nn.MLP(2, [4, 1], seed=0), POINTS.X, POINTS.y, loss=LOSS, callbacks=enough)
    assert history.stop_reason == "enough for today"
    assert 1 <= history.epochs < 100


def test_recorded_gradients_and_weights_are_those_of_the_steps():
    gradients, weights, model = nn.RecordGradients(), nn.RecordWeights(), nn.MLP(2, [3, 1], seed=0)
    sizes = []

    class Own(nn.Callback):
        def on_gradient(self, training):
            sizes.append(math.sqrt(sum(p.grad**2 for p in model.layers[1].parameters()) / 4))

    before = numbers(model)
    nn.fit(model, POINTS.X, POINTS.y, loss=LOSS, epochs=3, callbacks=[gradients, weights, Own()])
    assert gradients.sizes["layer 2"] == pytest.approx(sizes)
    assert (weights.weights[0], weights.weights[-1], len(weights.weights)) == (before, numbers(model), 4)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_loss_that_turns_nan_stops_with_the_weights_of_the_last_step(engine, bad):
    model = nn.MLP(2, [1], seed=0)

    def spoil(training):
        model.layers[0].neurons[0].b.data = bad

    kept = nn.RecordWeights()
    history = nn.fit(
        model, POINTS.X, POINTS.y, loss=nn.mean_squared_error, batch_size=None, callbacks=[kept, spoil], engine=engine
    )
    assert history.stop_reason.startswith("not finite in epoch 2: the loss is ")
    assert history.epochs == 1


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("width", [1, 1000, 10_000])
def test_one_sample_and_any_number_of_features_will_do(engine, width):
    model = nn.MLP(width, [1], seed=0)
    history = nn.fit(model, [[0.01] * width], [1.0], loss=nn.mean_squared_error, epochs=3, engine=engine)
    assert history["loss"][2] < history["loss"][0]


WRONG = [
    ({"validation_split": 1.5}, "validation_split is the share .* got 1.5 for 24 rows"),
    ({"validation_split": 0.01}, "must leave a row on either side; got 0.01 for 24 rows"),
    ({"validation_split": 0.5, "validation_data": POINTS}, "choose one"),
    ({"validation_data": [1, 2, 3]}, r"a pair \(X, y\) or a Dataset, got 3 parts"),
    ({"validation_data": ([[1.0]], [0])}, "rows of 1 numbers, and X of 2"),
    ({"validation_data": ([[1.0, 2.0]], [7])}, "is 0, 1 or a probability between, got 7"),
    ({"metrics": ["accuracy"]}, "a metric is a function"),
    ({"metrics": [nn.accuracy, nn.accuracy]}, "two columns of the history would be called 'accuracy'"),
    ({"callbacks": [3]}, "a callback is a nn.Callback or a function of the training, not 3"),
    ({"callbacks": [nn.EarlyStopping]}, "a callback is a nn.Callback"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG)
def test_a_wrong_argument_is_told_in_a_sentence_and_changes_nothing(wrong, says):
    model = nn.MLP(2, [1], seed=0)
    before = numbers(model)
    with pytest.raises((TypeError, ValueError), match=says):
        nn.fit(model, POINTS.X, POINTS.y, loss=LOSS, **wrong)
    assert numbers(model) == before


def test_the_history_says_its_best_epoch_and_which_columns_it_has():
    history = nn.History({"loss": [0.5, math.nan, 0.25, 0.25], "accuracy": [0.5, 0.9, 0.8, 0.9]}, "epochs done: 4")
    assert (history.best(), history.best("accuracy", largest=True)) == ((3, 0.25), (2, 0.9))
    with pytest.raises(KeyError, match="only loss, accuracy"):
        history["val_loss"]
    with pytest.raises(ValueError, match="no number for 'loss' yet"):
        nn.History().best()
    assert repr(nn.History()) == "<History of 0 epochs>"


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_whoever_looks_sees_the_weights_as_they_are_and_what_they_write_is_used(engine):
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    training = nn.Training(model, POINTS.X, POINTS.y, loss=LOSS, batch_size=None, epochs=4, engine=engine)
    losses = []
    for step in training:
        losses.append(LOSS([model(x).data for x in POINTS.X], POINTS.y))
        if step.number == 2:
            for p in model.parameters():
                p.data = 0.0
    assert training.history["loss"][1] == pytest.approx(losses[0])
    assert training.history["loss"][2] == pytest.approx(math.log(2))
    assert training.history["loss"][3] == pytest.approx(losses[2])


def test_an_optimiser_for_a_part_of_the_model_or_with_a_step_of_its_own_is_used_as_it_is():
    class Halving(nn.SGD):
        def step(self):
            for p in self.parameters:
                p.data = p.data / 2

    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    before = numbers(model)
    last = model.layers[1].parameters()
    nn.fit(model, POINTS.X, POINTS.y, loss=LOSS, optimizer=Halving(last), epochs=1, batch_size=None, engine="compiled")
    assert numbers(model) == [*before[:9], *(x / 2 for x in before[9:])]
    nn.fit(model, POINTS.X, POINTS.y, loss=LOSS, optimizer=nn.Adam(last), epochs=1, engine="compiled")
    assert numbers(model)[:9] == before[:9]
    diagnosis = nn.diagnose(model, POINTS, loss=LOSS, optimizer=nn.SGD(last, lr=1e-4))
    assert "10 steps with lr 0.0001 take the loss from " in str(diagnosis)

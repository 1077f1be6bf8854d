"""fit: what an epoch is, why training stops, and that wrong arguments change nothing."""

import gc
import math
import random
import tracemalloc

import pytest

import nn
from autograd import Value
from nn.training.callbacks.progress import ProgressLine

X, y = [[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0]


def line(start=0.5):
    model = nn.MLP(1, [1], seed=0)
    model.layers[0].neurons[0].w[0].data = start
    return model


def numbers(model):
    return [p.data for p in model.parameters()]


def test_fit_equals_the_loop_written_by_hand():
    model, twin = line(), line()
    optimizer = nn.SGD(twin.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(5):
        loss = nn.mean_squared_error([twin(x) for x in X], y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    same = nn.SGD(model.parameters(), lr=0.05, momentum=0.9)
    history = nn.fit(model, X, y, loss=nn.mean_squared_error, optimizer=same, epochs=5, batch_size=None, engine="eager")
    assert history.history["loss"] == losses
    assert numbers(model) == numbers(twin)


@pytest.mark.parametrize(("batch_size", "steps"), [(1, 4), (3, 2), (4, 1), (100, 1), (None, 1)])
def test_an_epoch_sees_every_sample_once_and_makes_a_step_for_each_batch(batch_size, steps):
    class Counting(nn.SGD):
        steps = 0

        def step(self):
            self.steps += 1
            super().step()

    seen = []

    def watched(prediction, target):
        seen.append(target)
        return nn.mean_squared_error(prediction, target)

    model = line()
    optimizer = Counting(model.parameters(), lr=0.01)
    nn.fit(model, X, y, loss=watched, optimizer=optimizer, epochs=3, batch_size=batch_size, engine="eager")
    assert optimizer.steps == 3 * steps
    epochs = [seen[k : k + 4] for k in range(0, len(seen), 4)]  # of the check of the targets before nothing is left
    assert [sorted(epoch) for epoch in epochs] == [y] * 3


def test_the_same_seed_gives_the_same_weights_and_another_gives_others():
    def trained(seed):
        model = line()
        nn.fit(model, X, y, loss=nn.mean_squared_error, epochs=3, batch_size=1, seed=seed)
        return numbers(model)

    assert trained(1) == trained(1) != trained(2)
    random.seed(3)
    first = trained(None)
    random.seed(3)
    assert trained(None) == first


def test_the_loss_of_an_epoch_is_the_mean_over_its_samples():
    model = line()
    expected = nn.mean_squared_error([model(x).data for x in X], y)
    optimizer = nn.SGD(model.parameters(), lr=0.0)
    history = nn.fit(model, X, y, loss=nn.mean_squared_error, optimizer=optimizer, epochs=1, batch_size=3)
    assert history.history["loss"] == [pytest.approx(expected)]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"epochs": 3}, "epochs done: 3"),
        ({"epochs": 500, "acceptable": 0.01}, "loss acceptable: 0.0"),
        ({"epochs": 50, "patience": 4, "min_delta": 1e9}, "no improvement in 4 epochs: the best loss was "),
    ],
)
def test_why_training_stopped_is_said_in_words(options, reason):
    history = nn.fit(line(), X, y, loss=nn.mean_squared_error, batch_size=None, **options)
    assert history.stop_reason.startswith(reason)
    assert history.epochs == len(history.history["loss"]) < 500


def test_a_rate_too_high_stops_as_not_finite_with_finite_weights():
    model = line()
    optimizer = nn.SGD(model.parameters(), lr=1e10)
    history = nn.fit(model, X, y, loss=nn.mean_squared_error, optimizer=optimizer, epochs=1000, batch_size=None)
    assert history.stop_reason.startswith(f"not finite in epoch {history.epochs + 1}: ")
    assert "lower the learning rate" in history.stop_reason
    assert all(map(math.isfinite, numbers(model)))


def test_ctrl_c_ends_training_with_the_history_and_the_weights_so_far():
    calls = 0

    def interrupted(prediction, target):
        nonlocal calls
        calls += 1
        if calls == 4 + 4 * 2 + 2:  # the check, two epochs, half of the third
            raise KeyboardInterrupt
        return nn.mean_squared_error(prediction, target)

    model, twin = line(), line()
    history = nn.fit(model, X, y, loss=interrupted, batch_size=None, engine="eager")
    assert history.stop_reason == "interrupted by Ctrl-C in epoch 3"
    assert (
        nn.fit(twin, X, y, loss=nn.mean_squared_error, batch_size=None, epochs=2, engine="eager").history
        == history.history
    )
    assert numbers(model) == numbers(twin)


def test_a_function_of_ones_own_may_be_the_model():
    w = Value(0.0)
    history = nn.fit(
        lambda x: w * x[0], [1, 2], [3, 6], loss=nn.mean_squared_error, optimizer=nn.SGD([w]), acceptable=1e-9
    )
    assert w.data == pytest.approx(3.0, abs=1e-4)
    assert history.stop_reason.startswith("loss acceptable")


def test_targets_may_be_labels_or_lists():
    model = nn.MLP(1, [2], seed=0)
    for targets in ([0, 1, 1, 0], [[1, 0], [0, 1], [0.5, 0.5], [1, 0]]):
        assert nn.fit(model, X, targets, loss=nn.cross_entropy, epochs=1).epochs == 1


WRONG = [
    ({"X": []}, "X is empty"),
    ({"X": [], "y": []}, "X is empty"),
    ({"y": []}, "4 rows need as many targets, got 0"),
    ({"y": y[:3]}, "4 rows need as many targets, got 3"),
    ({"X": [[0.0], [1.0], [math.nan], [3.0]]}, r"X\[2\]\[0\] is nan"),
    ({"X": [0.0, 1.0, 2.0, -math.inf]}, r"X\[3\] is -inf"),
    ({"X": [[0.0], [1.0, 2.0], [2.0], [3.0]]}, r"X\[1\] has 2 numbers where X\[0\] has 1"),
    ({"X": [[], [], [], []]}, r"X\[0\] has 0 numbers"),
    ({"X": [[0.0], ["1"], [2.0], [3.0]]}, r"X\[1\]\[0\] must be a number, got '1'"),
    ({"X": [[Value(0.0)]] * 4}, r"take its number with .data"),
    ({"X": [[1.0, 2.0]] * 4}, "takes 1 inputs, got 2"),
    ({"X": None}, "X must be a list of rows, got None"),
    ({"y": [1.0, math.nan, 2.0, 3.0]}, r"y\[1\] is nan"),
    ({"y": [[1.0], [2.0], [3.0], [math.inf]]}, r"y\[3\]\[0\] is inf"),
    ({"y": [1.0, 2.0, None, 3.0]}, r"y\[2\] must be a number, got None"),
    ({"y": "abcd"}, "y must be a list with a target for each row"),
    ({"y": [1, -1, 1, 0], "loss": nn.hinge}, "labels of hinge are -1 and 1, got 0"),
    ({"y": [[1.0], [1.0], [1.0], [1.0, 2.0]]}, "1 predictions need as many targets, got 2"),
    ({"loss": lambda p, t: 0.5}, "a loss returns a Value, got 0.5"),
    ({"epochs": 0}, "epochs must be at least 1, got 0"),
    ({"epochs": 2.5}, "epochs must be a whole number, got 2.5"),
    ({"batch_size": 0}, "batch_size must be at least 1, got 0"),
    ({"batch_size": -3}, "batch_size must be at least 1, got -3"),
    ({"patience": 0}, "patience must be at least 1"),
    ({"min_delta": -1}, "min_delta must be at least 0"),
    ({"acceptable": math.nan}, "acceptable is nan"),
    ({"seed": "today"}, "seed must be a whole number, got 'today'"),
    ({"loss": "mse"}, "a loss is a function such as"),
    ({"optimizer": 0.1}, "as nn.SGD has, not 0.1"),
    ({"model": 3}, "a model is a Module or a function"),
    ({"model": lambda x: Value(0.0)}, "needs an optimizer"),
    ({"optimizer": nn.SGD([Value(0.0)])}, "holds no parameter of the model"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG)
def test_a_wrong_argument_is_told_in_a_sentence_and_changes_nothing(wrong, says):
    model = line()
    before = numbers(model)
    arguments = {"model": model, "X": X, "y": y, "loss": nn.mean_squared_error, "batch_size": 1} | wrong
    with pytest.raises((TypeError, ValueError), match=says):
        nn.fit(**arguments)
    assert numbers(model) == before
    assert [p.grad for p in model.parameters()] == [0.0, 0.0]


def test_a_label_that_no_output_stands_for_is_found_before_training_and_says_where():
    model = nn.MLP(1, [2], seed=0)
    before = numbers(model)
    with pytest.raises(ValueError, match="label 2 is not one of the 2 classes") as caught:
        nn.fit(model, X, [0, 1, 2, 0], loss=nn.cross_entropy, batch_size=1)
    assert caught.value.__notes__ == ["(said of y[2] by the loss)"]
    assert numbers(model) == before


@pytest.mark.parametrize(
    ("engine", "most"),
    [("eager", 60_000), ("compiled", 400_000)],  # a graph of five samples; a program and its workspace
)
def test_500_steps_keep_memory_flat(engine, most):
    points = nn.data.moons(5, seed=0)
    model = nn.MLP(2, [4, 1], seed=0)
    optimizer = nn.SGD(model.parameters(), lr=0.01)

    def steps_of(epochs):
        loss = nn.binary_cross_entropy_with_logits
        options = {"loss": loss, "optimizer": optimizer, "batch_size": None, "engine": engine}
        return nn.Training(model, points.X, points.y, epochs=epochs, **options)

    gc.collect()
    gc.disable()  # what is freed is freed by reference counts
    try:
        training = steps_of(600)
        for step in training:
            if step.number == 50:
                tracemalloc.start()
            if step.number == 60:
                early = tracemalloc.get_traced_memory()[0]
        peak = tracemalloc.get_traced_memory()[1]
        gc.freeze()  # what refers to itself stays, and the collector only lets go of the room it keeps for small tuples
        gc.collect()
        late = tracemalloc.get_traced_memory()[0]
    finally:
        gc.unfreeze()
        tracemalloc.stop()
        gc.enable()
    assert late - early < 25_000  # 46 bytes a step: its loss in the history takes 32, so no step leaves anything else
    assert peak - early < most
    del training
    if engine == "eager":
        assert gc.collect() == 0


def test_progress_is_one_rewritten_line_that_disappears(capsys):
    nn.fit(line(), X, y, loss=nn.mean_squared_error, epochs=2, progress=True)
    shown = capsys.readouterr().out
    assert shown.startswith("\r[##########..........] epoch 1/2  loss ")
    assert "\n" not in shown
    assert shown.endswith(" \r")


def test_progress_is_silent_where_there_is_no_terminal(capsys):
    nn.fit(line(), X, y, loss=nn.mean_squared_error, epochs=2)
    assert capsys.readouterr().out == ""


def test_a_shorter_line_covers_a_longer_one_and_a_narrow_terminal_cuts_it(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr("nn.training.callbacks.progress.monotonic", iter(range(100)).__next__)
    line = ProgressLine(True)
    line.show(0.5, "a long text that does not fit")
    line.show(1.0, "short")
    line.clear()
    _, first, second, blank, _ = capsys.readouterr().out.split("\r")
    assert first == "[##########..........] a long"[:29]
    assert second == "[####################] short".ljust(29)
    assert blank.strip() == ""

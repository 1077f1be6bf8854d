"""Many steps in one call: the weights of single steps to the last bit, and rules printed as they are computed."""

import json
import math
import random
import signal

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from autograd.compiling.training.descent import Descent
from autograd.compiling.training.rules import Printer
from autograd.core import floats
from nn.training.interrupts import held

POINTS = nn.data.moons(23, noise=0.2, seed=1)
LOSS = nn.binary_cross_entropy_with_logits


class Lion(nn.Optimizer):
    """A rule of a user's own, with its numbers in an attribute that is no setting."""

    remembers = ("mean",)
    betas = (0.9, 0.99)

    def rule(self, x, gradient, mean):
        (b1, b2), k = self.betas, self.steps_done
        move = np.sign(b1 * mean + (1 - b1) * gradient) / (1.0 + 0.1 * k) ** 1.5
        return x * (1.0 - self.lr * self.weight_decay) - self.lr * move, b2 * mean + (1 - b2) * gradient**2


class Plain(nn.Optimizer):
    """A rule without a memory."""

    def rule(self, x, gradient):
        return (x - np.float64(0.5) * self.lr * -gradient / -np.maximum(abs(gradient), 1),)


RULES = {
    "sgd": lambda ps: nn.SGD(ps, lr=0.1),
    "momentum": lambda ps: nn.SGD(ps, lr=nn.schedules.Step(0.2, every=3), momentum=0.9),
    "nesterov": lambda ps: nn.SGD(ps, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    "adam": lambda ps: nn.Adam(ps, lr=nn.schedules.Cosine(0.1, 40), weight_decay=0.1),
    "adamw": lambda ps: nn.AdamW(ps, lr=lambda step: 0.1 / (1 + step), clip_value=0.2),
    "rmsprop": lambda ps: nn.RMSProp(ps, lr=0.1, weight_decay=0.1),
    "lion": lambda ps: Lion(ps, 0.05, weight_decay=0.1),
    "plain": lambda ps: Plain(ps, 0.1),
}
UNPRINTABLE = {
    "a condition": lambda rule, x, g: x - g if rule.lr > 0.0 else x,
    "a comparison": lambda rule, x, g: x - rule.lr * (g > 0.0),
    "truth": lambda rule, x, g: x - g if g else x,
    "all numbers": lambda rule, x, g: x - rule.lr * g / np.sum(g * g),
    "a mean": lambda rule, x, g: x - rule.lr * g / np.mean(g),
    "a norm": lambda rule, x, g: x - rule.lr * g / np.linalg.norm(g),
    "a reduction": lambda rule, x, g: x - rule.lr * np.add.reduce(g),
    "an array": lambda rule, x, g: x - np.ones(3) * g,
    "a choice": lambda rule, x, g: np.where(True, x, g),
    "chance": lambda rule, x, g: x - random.random() * g,
    "counting": lambda rule, x, g: x - g / rule.__dict__.__setitem__("calls", 1 + rule.__dict__.get("calls", 0)),
    "another function": lambda rule, x, g: x - rule.lr * np.arctan(g),
    "in place": lambda rule, x, g: x.__iadd__(g),
}


def numbers(model):
    return [p.data for p in model.parameters()]


def printed(rule):
    return Printer(rule).printed()


def calculated(rule, x, gradient, step, rate):
    """The next x and memory of one parameter by the printed rule, in plain Python on floats."""
    names = {name: getattr(floats, name) for name in dir(floats) if not name.startswith("_")}
    memory = {f"m{k}": float(one[0]) for k, one in enumerate(rule.memory.values())}
    names |= memory | {"numbers": printed(rule).numbers, "x": x, "g": gradient, "step": float(step), "rate": rate}
    for line in (*printed(rule).once, *printed(rule).each):
        exec(line, names)
    return [eval(result, names) for result in printed(rule).results]


@pytest.mark.parametrize("make", RULES.values(), ids=RULES)
def test_a_printed_rule_computes_what_the_update_does(make):
    w, draw = Value(0.7), random.Random(0)
    rule = make([w])
    data = np.array([w.data])
    for step in range(12):
        gradient = draw.uniform(-2.0, 2.0)
        found = calculated(rule, data.item(), gradient, step, rule.rates(1).item())
        rule.update(data, np.array([gradient]))
        exact = [data.item(), *(one.item() for one in rule.memory.values())]
        assert found == pytest.approx(exact, rel=1e-15, abs=0.0)  # a power may differ in its last digit


@pytest.mark.parametrize("make", RULES.values(), ids=RULES)
def test_the_text_of_a_rule_does_not_depend_on_what_it_is_set_to(make):
    first, second = make([Value(1.0)]), make([Value(2.0), Value(3.0)])
    first.lr, second.steps_done = 0.3, 17
    for name in ("momentum", "decay"):
        if name in vars(first):
            setattr(second, name, 0.25)
    texts = [(text.once, text.each, text.results) for text in map(printed, (first, second))]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("rule", UNPRINTABLE.values(), ids=UNPRINTABLE)
def test_a_rule_that_looks_at_numbers_is_not_printed(rule):
    class Own(nn.Optimizer):
        def rule(self, x, gradient):
            return (rule(self, x, gradient),)

    assert printed(Own([Value(1.0)], 0.1)) is None


def test_an_update_that_is_more_than_the_rule_is_not_printed():
    class Own(nn.SGD):
        def update(self, data, gradient):
            super().update(data, 2 * gradient)

    assert printed(Own([Value(1.0)])) is None
    assert printed(nn.SGD([Value(1.0)], clip_norm=1.0)) is None
    assert printed(nn.SGD([Value(1.0)])) is not None


def test_rates_to_come_end_where_the_schedule_has_none():
    optimizer = nn.SGD([Value(1.0)], lr=lambda step: 0.5 if step < 3 else -1.0)
    assert optimizer.rates(5).tolist() == [0.5] * 3
    optimizer.lr = 0.25
    assert optimizer.rates(2).tolist() == [0.25] * 2


def small():
    return nn.MLP(2, [5, 1], "relu", seed=0)


def training_of(make, watched, model=small, **options):
    """A training whose steps are made in one go, or, where a callback watches them, one by one."""

    class Watching(nn.Callback):
        def on_step(self, training, step):
            pass

    model = model()
    options = {"loss": LOSS, "epochs": 6, "batch_size": 5, "seed": 1, "engine": "compiled"} | options
    options["callbacks"] = [*options.get("callbacks", ()), *([Watching()] if watched else [])]
    return nn.Training(model, POINTS.X, POINTS.y, optimizer=make(model.parameters()), **options)


def state_of(training):
    return json.dumps(training.state_dict() | {"stopped": training.history.stop_reason})


@pytest.fixture
def patient(monkeypatch):
    """However slow this machine is, time does not end a call."""
    monkeypatch.setattr(nn.training.training, "PROMPT", 1e9)


@pytest.fixture
def stretches(monkeypatch, patient):
    """How many steps were made in each call."""
    found = []
    run = Descent.run

    def noted(self, order, batch_size):
        losses = run(self, order, batch_size)
        found.append(len(losses))
        return losses

    monkeypatch.setattr(Descent, "run", noted)
    return found


WAYS = {
    "batches": {},
    "online": {"batch_size": 1, "epochs": 2},
    "whole": {"batch_size": None, "epochs": 40},
    "patience": {"batch_size": None, "epochs": 40, "patience": 2, "min_delta": 0.01},
    "acceptable": {"batch_size": None, "epochs": 40, "acceptable": 0.6},
    "judged": {"validation_split": 0.2, "metrics": nn.accuracy},
    "stopped": {"callbacks": [nn.EarlyStopping(patience=2, min_delta=0.01), nn.RecordWeights()]},
    "bent": {"model": lambda: nn.MLP(2, [4, 1], lambda x: x * x if x < 0.3 else 2 * x - 1 if x < 1 else x, seed=0)},
}


@pytest.mark.parametrize("options", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("make", [RULES["sgd"], RULES["adam"], RULES["lion"], lambda ps: nn.SGD(ps, 0.2, clip_norm=1)])
def test_steps_in_one_go_are_the_single_steps_to_the_last_bit(make, options, stretches):
    together = training_of(make, False, **options)
    together.run()
    assert max(stretches) > 1 or together.batch_size == len(together)
    calls = len(stretches)
    one_by_one = training_of(make, True, **options)
    one_by_one.run()
    assert max(stretches[calls:], default=1) == 1
    assert state_of(together) == state_of(one_by_one)


def test_whole_epochs_of_one_batch_are_made_in_one_call(stretches):
    training_of(RULES["sgd"], False, batch_size=None, epochs=30).run()
    assert stretches == [1, 10, 19]


def test_how_many_steps_a_call_makes_depends_on_their_time_and_changes_nothing(stretches, monkeypatch):
    found = []
    for prompt in (0.0, 1e-5, 1e9):
        monkeypatch.setattr(nn.training.training, "PROMPT", prompt)
        training = training_of(RULES["momentum"], False)
        training.run()
        found.append(state_of(training))
        assert max(stretches) == (5 if prompt > 1.0 else 1)
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("batch_size", [5, None])
@pytest.mark.parametrize("pause", [1, 4, 7])
def test_what_runs_in_one_go_may_be_stepped_through_saved_and_resumed(batch_size, pause, tmp_path):
    whole = training_of(RULES["adam"], False, batch_size=batch_size)
    whole.run()
    begun = training_of(RULES["adam"], False, batch_size=batch_size)
    for _ in zip(range(pause), begun):
        pass
    begun.save(tmp_path / "run.json")
    resumed = training_of(RULES["adam"], False, batch_size=batch_size, resume=tmp_path / "run.json")
    resumed.run()
    assert state_of(resumed) == state_of(whole)


def falling(step):
    return 0.1 / (1 + step)


SEEN = [1]


def counted(step):
    return 0.02 * SEEN[0]


BITS = RULES | {
    "adamw": lambda ps: nn.AdamW(ps, lr=falling),
    "clipped by norm": lambda ps: nn.SGD(ps, lr=0.2, momentum=0.9, clip_norm=0.3),
    "clipped by value": lambda ps: nn.Adam(ps, lr=0.02, clip_value=0.1),
    "warmed up": lambda ps: nn.Adam(ps, lr=nn.schedules.WarmUp(5, nn.schedules.Cosine(0.05, 20))),
    "frozen": lambda ps: nn.freeze(ps[:4]) or nn.AdamW(ps, lr=0.02),
    "its own schedule": lambda ps: nn.RMSProp(ps, lr=counted),
}


def bent():
    """A network that takes one of eight ways with each sample."""
    return nn.MLP(2, [3, 1], lambda x: x * x if x < 0.1 else 2 * x - 0.19, seed=0)


def in_pieces(fresh, path, cuts):
    """What training in pieces comes to: stepped through, interrupted in a call, and resumed at each cut."""
    for k, cut in enumerate(cuts):
        training = fresh(resume=path)
        if k % 2:
            for _ in zip(range(cut - training.steps), training):
                pass
        else:
            interrupt_at(training, cut)
        assert training.steps == cut
        training.save(path)
    training = fresh(resume=path)
    training.run()
    return state_of(training)


def interrupt_at(training, step):
    """Runs until Ctrl-C comes within the call that makes this step."""
    ahead = training.course.ahead
    training.course.ahead = lambda steps, epochs: ahead(min(steps, step - training.steps) or 1, epochs)
    count = training._count

    def noted(loss):
        count(loss)
        if training.steps == step:
            signal.raise_signal(signal.SIGINT)

    training._count = noted
    with pytest.raises(KeyboardInterrupt):
        training.run()


@pytest.mark.parametrize("native", ["0", pytest.param("1", marks=pytest.mark.slow)])
@pytest.mark.parametrize("batch_size", [1, 5, None])
@pytest.mark.parametrize("make", BITS.values(), ids=BITS)
def test_stepped_run_and_resumed_trainings_are_the_same_to_the_last_bit(
    make, batch_size, native, monkeypatch, tmp_path, patient
):
    if native == "1":
        pytest.importorskip("llvmlite")
    monkeypatch.setenv("AUTOGRAD_NATIVE", native)

    def fresh(**options):
        return training_of(make, False, batch_size=batch_size, epochs=3 if batch_size == 1 else 8, **options)

    run, stepped = fresh(), fresh()
    run.run()
    for _ in stepped:
        pass
    assert state_of(stepped) == state_of(run)
    steps = run.steps
    cuts = sorted({1, 2, 3 * steps // 7, steps // 2, steps - 1})
    assert in_pieces(fresh, tmp_path / "run.json", cuts) == state_of(run)


@pytest.mark.parametrize("native", ["0", pytest.param("1", marks=pytest.mark.slow)])
@pytest.mark.parametrize("batch_size", [1, 2, 7])
def test_a_model_that_branches_is_the_same_too(batch_size, native, monkeypatch, tmp_path, patient):
    if native == "1":
        pytest.importorskip("llvmlite")
    monkeypatch.setenv("AUTOGRAD_NATIVE", native)

    def fresh(**options):
        return training_of(RULES["adam"], False, model=bent, batch_size=batch_size, **options)

    run = fresh()
    run.run()
    cuts = range(1, run.steps, 9)
    assert in_pieces(fresh, tmp_path / "run.json", cuts) == state_of(run)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options", [{}, {"callbacks": [nn.RecordGradients()]}, {"model": bent}], ids=["", "watched", "bent"]
)
@pytest.mark.parametrize("make", ["adam", "clipped by norm"])
def test_machine_code_is_made_after_the_same_step_of_a_resumed_training(make, options, monkeypatch, tmp_path, patient):
    pytest.importorskip("llvmlite")
    monkeypatch.delenv("AUTOGRAD_NATIVE")
    monkeypatch.setattr("autograd.compiling.native.blocks._PRICE", 300)
    monkeypatch.setattr("autograd.compiling.native.blocks._PRICE_OF_ONE", 0)

    def fresh(**more):
        return training_of(BITS[make], False, epochs=12, **options, **more)

    run = fresh()
    run.run()
    assert in_pieces(fresh, tmp_path / "run.json", [5, 20, 30, 45]) == state_of(run)


@pytest.mark.parametrize("layer", [[1, 0], [1]])
def test_a_layer_that_is_frozen_stays_and_the_others_learn_as_step_by_step(layer):
    found = []
    for watched in (True, False):
        model = nn.MLP(2, [4, 3, 1], "tanh", seed=0)
        frozen = [p for k in layer for p in model.layers[k].parameters()]
        nn.freeze(frozen)
        before = [p.data for p in frozen]
        training_of(RULES["nesterov"], watched, lambda model=model: model).run()
        assert [p.data for p in frozen] == before
        found.append(numbers(model))
    assert found[0] == found[1]


@pytest.mark.parametrize("batch_size", [4, None])
def test_a_training_that_diverges_stops_at_the_same_step_with_the_same_words(batch_size):
    def steep(prediction, target):
        return nn.mean_squared_error(prediction, target) ** 4

    found = []
    for watched in (True, False):
        options = {"loss": steep, "batch_size": batch_size, "epochs": 200}
        training = training_of(lambda ps: nn.SGD(ps, lr=0.3, momentum=0.5), watched, **options)
        training.run()
        assert training.history.stop_reason.startswith("not finite in epoch ")
        assert training.diverged
        found.append(state_of(training))
    assert found[0] == found[1]


def test_a_schedule_without_a_rate_is_told_and_the_steps_before_count():
    training = training_of(lambda ps: nn.SGD(ps, lr=lambda step: 0.1 if step < 13 else math.nan), False)
    with pytest.raises(ValueError, match="learning rate"):
        training.run()
    assert training.steps == training.optimizer.steps_done == 13


def test_ctrl_c_waits_for_the_steps_of_a_call(monkeypatch, patient):
    run = Descent.run

    def interrupted(self, order, batch_size):
        losses = run(self, order, batch_size)
        if len(losses) == 4:
            signal.raise_signal(signal.SIGINT)
        return losses

    monkeypatch.setattr(Descent, "run", interrupted)
    training = training_of(RULES["momentum"], False)
    with pytest.raises(KeyboardInterrupt):
        training.run()
    assert training.steps == training.optimizer.steps_done == 5
    monkeypatch.setattr(Descent, "run", run)
    training.run()
    whole = training_of(RULES["momentum"], False)
    whole.run()
    assert state_of(training) == state_of(whole)


def test_a_callback_that_watches_or_chance_that_is_drawn_takes_step_by_step(stretches):
    def forgetting():
        return nn.Sequential(nn.Layer(2, 3, "tanh", seed=0), nn.Dropout(0.5), nn.Layer(3, 1, "linear", seed=0))

    training_of(RULES["sgd"], False, callbacks=[nn.RecordGradients()]).run()
    training_of(RULES["sgd"], False, engine="eager").run()
    assert stretches == []
    training_of(RULES["sgd"], False, forgetting).run()
    for _ in training_of(RULES["sgd"], False):
        pass
    assert set(stretches) == {1}


def test_progress_is_shown_between_the_calls(capsys):
    model = nn.MLP(2, [5, 1], seed=0)
    nn.fit(model, POINTS.X, POINTS.y, loss=LOSS, epochs=50, engine="compiled", progress=True)
    assert "/50  loss 0." in capsys.readouterr().out


def test_arguments_of_a_batch_may_be_named_and_others_are_the_same_for_all():
    rows, order, found = np.linspace(0.0, 1.0, 6), np.array([0, 3, 2, 5, 4]), []
    for args, options in (((rows, 0.5), {}), ((), {"y": 0.5, "x": rows})):
        w = Value(2.0)
        flat = autograd.compile(lambda x, y, w=w: (w * x - y) ** 2, batch="x").flat([w])
        found.append(flat.epochs(nn.SGD([w], lr=0.1), *args, **options).run(order, 2))
    assert len(found[0]) == 3
    assert found[0] == found[1]


@pytest.mark.slow
@pytest.mark.parametrize("options", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("make", RULES.values(), ids=RULES)
def test_machine_code_gives_the_weights_and_the_history_of_numpy(make, options, patient, monkeypatch):
    pytest.importorskip("llvmlite")
    found = []
    for native in ("0", "1"):
        monkeypatch.setenv("AUTOGRAD_NATIVE", native)
        training = training_of(make, False, **options)
        history = training.run().history
        memory = training.optimizer.state_dict()["memory"]
        found.append([numbers(training.model), *history.values(), *memory.values()])
    for expected, column in zip(*found):
        assert column == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_ctrl_c_in_a_block_within_another_comes_at_the_end_of_the_outer_one():
    reached = []

    def interrupted():
        with held():
            with held():
                signal.raise_signal(signal.SIGINT)
            reached.append("the end")
        reached.append("too far")

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    assert reached == ["the end"] * 2


@pytest.mark.parametrize("wrong", [3, 2**40, -1, -(2**62)])
def test_an_order_that_names_no_sample_is_refused_before_a_step_is_made(wrong):
    w = Value(1.0)
    flat = autograd.compile(lambda x: (w * x - 1.0) ** 2, batch=0).flat([w])
    optimizer = nn.SGD([w], lr=0.01)
    steps = flat.epochs(optimizer, np.array([1.0, 2.0, 3.0]))
    for made in (0, 2):  # before and after the function is recorded
        with pytest.raises(IndexError, match=f"names sample {wrong}, and there are 3, from 0 to 2"):
            steps.run(np.array([0, 1, wrong]), 2)
        with pytest.raises(TypeError, match="whole numbers"):
            steps.run([0.0, 1.0], 2)
        with pytest.raises(ValueError, match="at least 1 sample"):
            steps.run([0, 1], 0)
        assert optimizer.steps_done == made
        assert len(steps.run([2, 0, 1], 2)) == 2 == optimizer.steps_done - made
    assert steps.run([], 2) == []

"""A program runs without machine code until it was used often enough to pay for that, decided by counts and sizes."""

import random

import numpy as np
import pytest

import autograd
import nn
from autograd import Value

pytest.importorskip("llvmlite")

from native_graphs import close

from autograd.compiling.native import kernel as compiler
from autograd.compiling.programs.program import Program

ROWS = np.random.default_rng(0).normal(size=(400, 3))
MODEL = nn.MLP(3, [6, 1], "tanh", seed=0)


def line(x):
    for _ in range(8):
        x = autograd.sin(x) * 1.5 + x
    return x


def long_chain(x):
    state = [x * k for k in range(5)]
    for _ in range(700):
        state = [a + 0.001 * (autograd.sin(b) - a) for a, b in zip(state, state[1:] + state[:1])]
    return autograd.sum(state)


def irregular(x):
    chance, state = random.Random(0), [x * k for k in range(5)]
    for _ in range(700):
        state = [a + 0.001 * (autograd.sin(chance.choice(state)) - a) for a in state]
    return autograd.sum(state)


def layers(x):
    return MODEL(list(x)) ** 2


FORMS = {
    "straight": (line, 0.5, {}),
    "blocks": (layers, ROWS, {"batch": 0}),
    "loops": (long_chain, 0.5, {}),
    "rows": (irregular, 0.5, {}),
}


@pytest.fixture
def compilations(monkeypatch):
    """The texts that were compiled, none of which is found on disk; AUTOGRAD_NATIVE is not set."""
    made, compiled = [], compiler._compiled

    def noted(text, *rest):
        made.append(text)
        return compiled(text, *rest)

    monkeypatch.delenv("AUTOGRAD_NATIVE")
    monkeypatch.setattr(compiler, "_compiled", noted)
    monkeypatch.setattr(compiler, "kept", lambda key, make: make())
    monkeypatch.setattr(compiler, "_functions", {})
    return made


def until_compiled(function, argument, options, compilations):
    """What each call gave, up to two after there was machine code."""
    f, found, before = autograd.compile(function, **options), [], len(compilations)
    while len(compilations) == before:
        found.append(f.value_and_grad(argument))
        assert len(found) < 10_000
    return [*found, f.value_and_grad(argument), f.value_and_grad(argument)]


@pytest.mark.parametrize("form", FORMS)
def test_machine_code_takes_over_at_the_same_call_whether_it_is_made_or_found(form, compilations, monkeypatch):
    function, argument, options = FORMS[form]
    first = until_compiled(function, argument, options, compilations)
    assert len(first) >= 5
    assert close(first[0], first[-1])
    f = autograd.compile(function, **options)
    for value, slopes in first:  # now it is found
        again = f.value_and_grad(argument)
        assert again[0] == value
        assert np.array_equal(again[1], slopes)
    assert f.program.form == form
    assert len(compilations) == 1


@pytest.mark.parametrize("form", FORMS)
def test_it_is_made_for_the_first_call_where_somebody_insists(form, compilations, monkeypatch):
    function, argument, options = FORMS[form]
    autograd.compile(function, native=True, **options)(argument)
    assert len(compilations) == 1
    compiler._functions.clear()
    monkeypatch.setenv("AUTOGRAD_NATIVE", "1")
    autograd.compile(function, **options).value_and_grad(argument)
    assert len(compilations) == 2


def test_a_function_that_gets_another_word_at_each_call_is_never_compiled(compilations):
    embedding = {letter: [Value(0.1 * k + 0.01 * ord(letter)) for k in range(8)] for letter in "abcdefgh"}

    @autograd.compile
    def loss(word):
        state = [0.5] * 8
        for letter in word:
            state = [autograd.tanh(x + y) for x, y in zip(state, embedding[letter])]
        return autograd.dot(state, state)

    for k in range(8):
        word = "abcdefgh"[k:] + "abcdefgh"[:k]
        assert [loss.backward(word) for _ in range(3)] == pytest.approx([loss.function(word).data] * 3, rel=1e-12)
    assert compilations == []


def test_a_large_program_is_compiled_after_fewer_calls_than_a_small_one(compilations):
    counts = []
    for size in (10, 100, 1000):

        def chain(x, size=size):
            for _ in range(size):
                x = x * 0.5 + 1.0
            return x

        counts.append(len(until_compiled(chain, 1.0, {}, compilations)))
    assert counts[0] > 2 * counts[1] > 2 * counts[2]


def test_a_printed_call_changes_to_machine_code_in_its_place(compilations):
    w = Value(3.0)
    f = autograd.compile(lambda x, y: w * x * y + autograd.exp(x), argnums=(0, 1))
    while not compilations:
        assert f(2, 0.5) == pytest.approx(3.0 + np.exp(2.0), rel=1e-14)
    f.versions.run = None  # the long way would fail
    w.data = 5.0
    assert f(2.0, 0.5) == pytest.approx(5.0 + np.exp(2.0), rel=1e-14)


def trained(counts, save=None):
    """The weights and losses of steps by a rule, so many in each call; machine code takes over on the way."""
    learner = nn.MLP(3, [6, 1], "tanh", seed=1)
    optimizer = nn.SGD(learner.parameters(), lr=0.05, momentum=0.9)
    flat = autograd.compile(lambda x: learner(list(x)) ** 2, batch=0).flat(learner.parameters())
    order, losses = np.random.default_rng(0).integers(0, len(ROWS), sum(counts) * 5), []
    for count in counts:
        now = order[: 5 * count]
        order = order[5 * count :]
        losses += flat.epochs(optimizer, ROWS).run(now, 5)
    return losses, flat.data.tolist(), optimizer.memory["velocity"].tolist()


def test_epochs_give_the_same_bits_in_one_call_or_in_many(compilations):
    whole = trained([600])
    assert len(compilations) == 1
    assert "order" in compilations[0]
    assert trained([1, 350, 3, 246]) == trained([599, 1]) == whole


@pytest.mark.parametrize("pause", [12, 140])
def test_a_training_that_is_resumed_goes_on_in_the_form_it_was_in(pause, tmp_path, compilations):
    def training(epochs, **options):
        model = nn.MLP(3, [6, 1], "tanh", seed=1)
        rows = ROWS[:20].tolist()
        known = {"loss": nn.mean_squared_error, "batch_size": 5, "seed": 2}
        return nn.Training(model, rows, [row[0] for row in rows], epochs=epochs, **known, **options)

    whole = training(150)
    whole.run()
    assert len(compilations) == 1
    part = training(pause)
    part.run()
    part.save(tmp_path / "run.json")
    resumed = training(150, resume=tmp_path / "run.json")
    resumed.run()
    assert [p.data for p in resumed.parameters] == [p.data for p in whole.parameters]
    assert resumed.history["loss"] == whole.history["loss"]


def test_a_loaded_program_has_its_trial_too(tmp_path, compilations):
    f = autograd.compile(line)
    f(0.5)
    f.program.save(tmp_path / "program.json")
    program = Program.load(tmp_path / "program.json")
    for _ in range(20):
        assert program(0.5) == line(Value(0.5)).data
    assert compilations == []

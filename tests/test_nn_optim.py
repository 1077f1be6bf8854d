"""SGD, Adam and their relatives: their rules, their settings, and that a step is made whole or not at all."""

import copy
import json
import math
import pickle
import random

import numpy as np
import pytest

import nn
from autograd import Value

KINDS = {
    "sgd": lambda ps: nn.SGD(ps, lr=0.1),
    "momentum": lambda ps: nn.SGD(ps, lr=0.1, momentum=0.9),
    "nesterov": lambda ps: nn.SGD(ps, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    "adam": lambda ps: nn.Adam(ps, lr=0.1),
    "adam decay": lambda ps: nn.Adam(ps, lr=0.1, weight_decay=0.1, clip_norm=0.5),
    "adamw": lambda ps: nn.AdamW(ps, lr=nn.schedules.Cosine(0.1, 20), clip_value=0.2),
    "rmsprop": lambda ps: nn.RMSProp(ps, lr=0.1, weight_decay=0.1),
}
every_kind = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)


def with_gradients(*gradients):
    parameters = [Value(1.0, label=f"w{k}") for k in range(len(gradients))]
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient
    return parameters


def test_without_momentum_new_is_old_minus_rate_times_gradient():
    parameters = with_gradients(2.0, -4.0)
    nn.SGD(parameters, lr=0.25).step()
    assert [p.data for p in parameters] == [0.5, 2.0]


def test_momentum_keeps_part_of_the_velocity():
    (w,) = with_gradients(1.0)
    optimizer = nn.SGD([w], lr=0.5, momentum=0.5)
    path = []
    for _ in range(3):
        optimizer.step()
        path.append(w.data)
    assert path == [1.0 - 0.5, 0.5 - 0.75, -0.25 - 0.875]


def test_zero_grad_forgets_the_gradients():
    parameters = with_gradients(1.0, 2.0)
    nn.SGD(parameters).zero_grad()
    assert [p.grad for p in parameters] == [0.0, 0.0]


def test_a_parameter_given_twice_is_stepped_once():
    (w,) = with_gradients(1.0)
    nn.SGD([w, w], lr=0.5).step()
    assert w.data == 0.5


def test_the_rate_may_change_between_steps_and_is_checked():
    (w,) = with_gradients(1.0)
    optimizer = nn.SGD((p for p in [w]), lr=0.5)
    optimizer.lr = 0.25
    optimizer.step()
    assert w.data == 0.75
    for name, wrong in [("lr", -1.0), ("lr", math.nan), ("momentum", 1.0), ("momentum", "0.9")]:
        with pytest.raises((TypeError, ValueError)):
            setattr(optimizer, name, wrong)
    assert (optimizer.lr, optimizer.momentum) == (0.25, 0.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_not_finite_changes_nothing(bad):
    parameters = with_gradients(1.0, bad, -bad)
    optimizer = nn.SGD(parameters, lr=0.5, momentum=0.5)
    with pytest.raises(FloatingPointError, match=r"gradient of w1 is .*; lower the learning rate \(0.5\)"):
        optimizer.step()
    assert [p.data for p in parameters] == [1.0] * 3
    assert optimizer.memory["velocity"].tolist() == [0.0] * 3
    assert optimizer.steps_done == 0


def test_a_step_out_of_the_range_of_floats_changes_nothing():
    parameters = with_gradients(1.0, 1e308)
    with pytest.raises(FloatingPointError, match="next value of w1 is -inf"):
        nn.SGD(parameters, lr=10.0).step()
    assert [p.data for p in parameters] == [1.0, 1.0]


def test_gradients_whose_sum_overflows_are_fine_each():
    parameters = with_gradients(1e308, 1e308)
    nn.SGD(parameters, lr=1e-308).step()
    assert [p.data for p in parameters] == pytest.approx([0.0, 0.0], abs=1e-15)


def test_an_interrupted_step_is_completed():
    class Stubborn(nn.SGD):
        interrupted = False

        def _write(self, data):
            if not self.interrupted:
                self.interrupted = True
                self.parameters[0].data = data[0]
                raise KeyboardInterrupt
            super()._write(data)

    parameters = with_gradients(1.0, 1.0)
    optimizer = Stubborn(parameters, lr=0.5)
    with pytest.raises(KeyboardInterrupt):
        optimizer.step()
    assert [p.data for p in parameters] == [0.5, 0.5]
    assert optimizer.memory["velocity"].tolist() == [-0.5, -0.5]
    assert optimizer.steps_done == 1


def walk(optimizer, steps, rng):
    """Steps with gradients that vary."""
    for _ in range(steps):
        for parameter in optimizer.parameters:
            parameter.grad = rng.gauss(0, 1)
        optimizer.step()


def numbers(optimizer):
    return [p.data for p in optimizer.parameters]


@every_kind
def test_the_step_on_an_array_is_the_step_on_values_bit_for_bit(make):
    optimizer, twin = make(with_gradients(0.5, -0.5, 2.0)), make(with_gradients(0.5, -0.5, 2.0))
    data = np.array(numbers(optimizer))
    for seed in range(20):
        walk(optimizer, 1, random.Random(seed))
        twin.update(data, np.array([p.grad for p in optimizer.parameters]))
    assert data.tolist() == numbers(optimizer) != [1.0] * 3
    assert twin.state_dict() == optimizer.state_dict()
    assert numbers(twin) == [1.0] * 3  # an array of one's own is changed, and no Value


@every_kind
def test_the_rule_of_one_number_is_that_of_an_array_and_of_values(make):
    optimizer = make([Value(1.0)])
    memory = [0.25] * len(optimizer.remembers)
    of_number = optimizer.rule(0.5, -2.0, *memory)
    of_array = optimizer.rule(np.array([0.5, 3.0]), np.array([-2.0, 1.0]), *memory)
    of_values = optimizer.rule(Value(0.5), Value(-2.0), *map(Value, memory))
    assert [float(x) for x in of_number] == [x[0] for x in of_array] == [x.data for x in of_values]


@every_kind
def test_training_resumed_from_a_saved_state_goes_on_bit_for_bit(make):
    whole = make(with_gradients(0.0, 0.0, 0.0))
    rng = random.Random(0)
    walk(whole, 7, rng)
    saved = json.loads(json.dumps(whole.state_dict()))
    resumed = make([Value(p.data) for p in whole.parameters])
    resumed.load_state_dict(saved)
    assert resumed.state_dict() == saved
    twin = copy.deepcopy(rng)
    walk(whole, 7, rng)
    walk(resumed, 7, twin)
    assert numbers(resumed) == numbers(whole)


@every_kind
def test_an_optimiser_survives_pickle_and_deepcopy(make):
    optimizer = make(with_gradients(0.0, 0.0))
    walk(optimizer, 3, random.Random(0))
    for twin in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)):
        assert twin.state_dict() == optimizer.state_dict()
        assert numbers(twin) == numbers(optimizer)


@every_kind
def test_a_frozen_parameter_stays_until_it_is_thawed_whatever_its_gradient(make):
    parameters = with_gradients(1.0, math.nan, 1.0)
    optimizer = make(parameters)
    nn.freeze(parameters[1:2])
    for _ in range(3):
        optimizer.step()
    assert parameters[1].data == 1.0
    assert parameters[0].data == parameters[2].data != 1.0
    assert all(memory[1] == 0.0 for memory in optimizer.memory.values())
    nn.freeze(parameters[1:2], frozen=False)
    parameters[1].grad = 1.0
    optimizer.step()
    assert parameters[1].data != 1.0


def test_a_rate_may_follow_a_schedule_of_the_steps():
    (w,) = with_gradients(1.0)
    optimizer = nn.SGD([w], lr=nn.schedules.Step(0.5, every=1, factor=0.5))
    path = []
    for _ in range(3):
        optimizer.step()
        path.append(w.data)
    assert path == [0.5, 0.25, 0.125]
    optimizer.lr = lambda step: -1.0
    with pytest.raises(ValueError, match="must be at least 0, got -1"):
        optimizer.step()


def test_an_optimiser_of_ones_own_is_its_rule():
    class BySign(nn.Optimizer):
        remembers = ("last",)

        def rule(self, x, gradient, last):
            return x - self.lr * np.sign(gradient) + 0.0 * last, gradient

    optimizer = BySign(with_gradients(3.0, -0.1), lr=0.25)
    optimizer.step()
    assert numbers(optimizer) == [0.75, 1.25]
    assert optimizer.state_dict()["memory"] == {"last": [3.0, -0.1]}
    with pytest.raises(NotImplementedError, match="Optimizer needs a rule"):
        nn.Optimizer(with_gradients(1.0), lr=0.1).step()
    optimizer.rule = lambda x, gradient, last: x
    with pytest.raises(TypeError, match="the rule of BySign must return a tuple: the next x, last"):
        optimizer.step()


def test_clipping_by_norm_is_of_all_parameters_together_and_by_value_of_each():
    parameters = with_gradients(30.0, -40.0)
    nn.SGD(parameters, lr=1.0, clip_norm=5.0).step()
    assert [p.data for p in parameters] == [-2.0, 5.0]
    parameters = with_gradients(30.0, -0.25)
    nn.SGD(parameters, lr=1.0, clip_value=2.0).step()
    assert [p.data for p in parameters] == [-1.0, 1.25]


def test_a_mean_square_out_of_the_range_of_floats_stops_instead_of_standing_still():
    (w,) = with_gradients(1e200)
    optimizer = nn.Adam([w])
    with pytest.raises(FloatingPointError, match="the square of w0 is inf"):
        optimizer.step()
    assert (w.data, optimizer.steps_done) == (1.0, 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda state: state.pop("memory"), "memory is missing"),
        (lambda state: state.update(kind="SGD"), "the state is that of SGD, and this is Adam"),
        (lambda state: state["memory"].update(mean=[0.0]), "a mean for 1 parameters, and this optimiser has 2"),
        (lambda state: state["memory"].update(mean=["a", 0.0]), r"memory\['mean'\]\[0\] must be a number, got 'a'"),
        (lambda state: state["settings"].update(lr=-1.0), "must be at least 0, got -1.0"),
        (
            lambda state: state["settings"].update(lr="Step(0.1, 2)"),
            r"saved with lr=Step.* here it is 0.5",
        ),
        (lambda state: state["settings"].pop("eps"), "make the same optimiser"),
        (lambda state: state.update(steps=-1), "steps must be a whole number from 0"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(change, says):
    optimizer = nn.Adam(with_gradients(1.0, 2.0), lr=0.5)
    optimizer.step()
    before, state = optimizer.state_dict(), optimizer.state_dict()
    change(state)
    with pytest.raises((TypeError, ValueError), match=says):
        optimizer.load_state_dict(state)
    assert optimizer.state_dict() == before


def falling(step):
    return 0.1 / (1 + step)


def test_the_state_of_an_optimizer_with_a_function_as_its_schedule_is_read_in_another_process():
    optimizer = nn.SGD(with_gradients(1.0), lr=falling)
    state = optimizer.state_dict()
    assert state["settings"]["lr"] == "<function falling>"
    for written in ("<function falling>", "<function falling at 0x7f656ae49620>"):  # as files once had it
        state["settings"]["lr"] = written
        optimizer.load_state_dict(state)
    state["settings"]["lr"] = "<function rising at 0x7f656ae49620>"
    with pytest.raises(ValueError, match=r"saved with lr=<function rising .* here it is <function falling"):
        optimizer.load_state_dict(state)


def test_an_array_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"arrays of 2 numbers.*got \(3,\)"):
        nn.SGD(with_gradients(1.0, 1.0)).update(np.zeros(3), np.zeros(3))


def test_an_optimiser_prints_its_settings():
    (w,) = with_gradients(1.0)
    assert repr(nn.SGD([w], lr=0.5, momentum=0.9)) == "SGD(1 parameters, lr=0.5, momentum=0.9)"
    assert "lr=Cosine(rate=0.1, steps=5, end=0.0), betas=(0.9, 0.999)" in repr(
        nn.Adam([w], lr=nn.schedules.Cosine(0.1, 5))
    )


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: nn.SGD([Value(1.0)], lr=-0.1), "the learning rate, must be at least 0, got -0.1"),
        (lambda: nn.SGD([Value(1.0)], lr=math.nan), "is nan"),
        (lambda: nn.SGD([Value(1.0)], lr=math.inf), "is inf"),
        (lambda: nn.SGD([Value(1.0)], lr="0.1"), "must be a number, got '0.1'"),
        (lambda: nn.SGD([Value(1.0)], lr=None), "must be a number, got None"),
        (lambda: nn.SGD([Value(1.0)], momentum=1.0), r"momentum must be in \[0, 1\), got 1.0"),
        (lambda: nn.SGD([Value(1.0)], momentum=-0.1), r"momentum must be in \[0, 1\), got -0.1"),
        (lambda: nn.SGD([]), "no parameters"),
        (lambda: nn.SGD(3), "a list of Values, got 3"),
        (lambda: nn.SGD([1.0]), "a parameter must be a Value, got 1.0"),
        (lambda: nn.SGD([Value(1.0) * 2]), "result of an operation"),
        (lambda: nn.SGD([Value(1.0).detach()]), "not a parameter"),
        (lambda: nn.SGD(nn.Neuron(2)), r"write model.parameters\(\)"),
        (lambda: nn.SGD(Value(1.0)), "a list of Values"),
        (lambda: nn.SGD([Value(1.0)], nesterov=1), "nesterov is True or False, got 1"),
        (lambda: nn.SGD([Value(1.0)], weight_decay=-1), "weight_decay must be at least 0, got -1.0"),
        (lambda: nn.SGD([Value(1.0)], clip_norm=0), "clip_norm must be above 0, got 0.0"),
        (lambda: nn.SGD([Value(1.0)], clip_value=math.inf), "clip_value is inf"),
        (lambda: nn.Adam([Value(1.0)], betas=0.9), "betas are two numbers"),
        (lambda: nn.Adam([Value(1.0)], betas=(0.9, 1.0)), r"betas\[1\] must be in \[0, 1\), got 1.0"),
        (lambda: nn.Adam([Value(1.0)], eps=-1e-8), "eps must be at least 0"),
        (lambda: nn.RMSProp([Value(1.0)], decay=2), r"decay must be in \[0, 1\), got 2.0"),
    ],
)
def test_wrong_arguments_are_told_in_a_sentence(make, says):
    with pytest.raises((TypeError, ValueError), match=says):
        make()

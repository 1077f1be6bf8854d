"""SGD: the delta rule, momentum, and that a step is made whole or not at all."""

import math

import pytest

import nn
from autograd import Value


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
    assert optimizer.velocities == [0.0] * 3


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

        def _write(self, data, velocities):
            if not self.interrupted:
                self.interrupted = True
                self.parameters[0].data = data[0]
                raise KeyboardInterrupt
            super()._write(data, velocities)

    parameters = with_gradients(1.0, 1.0)
    with pytest.raises(KeyboardInterrupt):
        Stubborn(parameters, lr=0.5).step()
    assert [p.data for p in parameters] == [0.5, 0.5]


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
    ],
)
def test_wrong_arguments_are_told_in_a_sentence(make, says):
    with pytest.raises((TypeError, ValueError), match=says):
        make()

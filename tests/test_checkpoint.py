"""checkpoint: the same gradients to the last bit, of any order and however nested, in less memory."""

import copy
import pickle
import random
import tracemalloc

import numpy as np
import pytest

from autograd import (
    Tape,
    Value,
    checkpoint,
    detect_anomaly,
    grad,
    gradcheck,
    gradients,
    hessian,
    hook,
    jacobian,
    jvp,
    log,
    no_grad,
    sin,
    to_json,
    vjp,
)


def steps(x, w, count):
    for _ in range(count):
        x = x - 0.001 * sin(w * x)
    return x


saved = checkpoint(steps)


@checkpoint
def nested(x, w, count):
    for _ in range(count):
        x = saved(x, w, 10)
    return x


def gradient_of(run):
    x, w = Value(1.0), Value(1.3)
    x.grad, w.grad = 0.1, 0.7  # sums go on from here, and must be rounded alike
    loss = run(x, w) * w + w
    loss.backward()
    return loss.data, x.grad, w.grad


def chunks(f, x, w, times, count):
    for _ in range(times):
        x = f(x, w, count)
    return x


def test_gradients_are_the_same_to_the_last_bit():
    plain = gradient_of(lambda x, w: steps(x, w, 400))
    assert gradient_of(lambda x, w: chunks(saved, x, w, 20, 20)) == plain
    assert gradient_of(lambda x, w: chunks(nested, x, w, 8, 5)) == plain
    assert gradient_of(lambda x, w: saved(steps(x, w, 100), w, 300)) == plain


def test_derivatives_of_every_kind_see_through():
    def f(x):
        return chunks(saved, x, 0.7, 3, 5) ** 3

    def plain(x):
        return steps(x, 0.7, 15) ** 3

    assert grad(f)(1.1) == grad(plain)(1.1)
    assert hessian(f)(1.1) == hessian(plain)(1.1)
    assert grad(grad(f))(1.1) == pytest.approx(grad(grad(plain))(1.1), rel=1e-14)
    assert grad(grad(grad(f)))(1.1) == pytest.approx(grad(grad(grad(plain)))(1.1), rel=1e-14)
    assert jvp(f, 1.1, 2.0) == jvp(plain, 1.1, 2.0)
    assert vjp(f, 1.1)[1](2.0) == vjp(plain, 1.1)[1](2.0)
    assert gradcheck(f, 1.1)
    many = np.linspace(0.5, 1.5, 15)
    assert np.array_equal(
        jacobian(lambda x: [saved(v, x[0], 2) for v in x])(many),
        jacobian(lambda x: [steps(v, x[0], 2) for v in x])(many),
    )


def test_parameters_from_outside_arrangements_and_a_gradient_inside_are_followed():
    w = Value(0.5)
    halfway = sin(w)

    @checkpoint
    def f(state, scale=1.0):
        inner = grad(lambda v: halfway * v * v)(state["a"])
        return {"a": state["a"] * w + inner, "b": [state["b"] * halfway * scale, state["b"], 7.0]}

    x = Value(2.0)
    out = f({"a": x, "b": 3.0}, scale=10.0)
    assert out["b"][1:] == [3.0, 7.0]
    total = out["a"] + out["b"][0]
    plain = x * w + 2 * halfway * x + 3.0 * halfway * 10.0
    assert gradients(total, [x, w]) == pytest.approx(gradients(plain, [x, w]), rel=1e-15)


def test_an_argument_written_into_after_the_call_does_not_matter():
    state = [Value(1.0), Value(2.0)]
    f = checkpoint(lambda state: state[0] * state[1])
    x = state[0]
    y = f(state)
    state[1] = Value(100.0)
    y.backward()
    assert x.grad == 2.0


def test_only_the_results_stay_in_memory():
    def peak(f):
        tracemalloc.start()
        gradient_of(f)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    saving = peak(lambda x, w: steps(x, w, 20_000)) / peak(lambda x, w: chunks(saved, x, w, 140, 140))
    assert saving > 20


@pytest.mark.slow
def test_a_loop_of_a_million_steps_takes_a_twentieth_of_the_memory_and_gives_the_same_bits():
    def slowly(x, w, count):
        for _ in range(count):
            x = x + 1e-6 * sin(w * x)
        return x

    results, peaks = [], []
    for f in (lambda x, w: slowly(x, w, 1_000_000), lambda x, w: chunks(checkpoint(slowly), x, w, 1000, 1000)):
        tracemalloc.start()
        results.append(gradient_of(f))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert results[0] == results[1]
    assert results[0][1] > 0.5
    assert peaks[0] > 20 * peaks[1]


def test_with_a_tape_open_everything_is_recorded_and_under_no_grad_nothing():
    x = Value(1.0)
    with Tape() as tape:
        saved(x, 0.7, 2)
    assert [str(node.op) for node in tape] == ["mul", "sin", "mul", "sub"] * 2
    with no_grad():
        assert saved(x, 0.7, 2).is_constant
    assert saved(1.0, 0.7, 2) == steps(1.0, 0.7, 2)


def test_hooks_and_anomalies_are_met_inside():
    seen = []

    @checkpoint
    def f(x):
        y = x * 2
        hook(y, seen.append)
        return log(y)

    x = Value(0.5)
    f(x).backward()
    assert seen == [1.0]
    with detect_anomaly(), pytest.raises(FloatingPointError, match="log gave -inf"):
        f(Value(0.0))


def test_what_changed_since_is_refused():
    x, w = Value(1.0), Value(2.0)
    y = checkpoint(lambda x: x * w)(x)
    w.data = 3.0
    with pytest.raises(ValueError, match=r"was written after it ran, .* sweep before writing \.data"):
        y.backward()
    dice = random.Random(1)
    y = checkpoint(lambda x: x * dice.random())(x)
    with pytest.raises(ValueError, match=r"gave .* first and .* when run again; .* draw random numbers outside"):
        y.backward()


def test_a_graph_with_a_checkpointed_part_says_that_it_cannot_be_saved():
    y = saved(Value(1.0), 0.7, 2)
    for save in (pickle.dumps, copy.deepcopy, to_json):
        with pytest.raises(TypeError, match=r"a graph with a checkpointed part cannot be .*saved"):
            save(y)

"""What runs as loops computes what the function itself computes, whatever its turns have in common."""

import numpy as np
import pytest
from loop_programs import assert_close

import autograd
from autograd import Value
from autograd.compiling.loops import fold as folding
from autograd.compiling.programs import forms


@pytest.fixture
def short_loops(monkeypatch):
    """Loops are found where three turns are alike, however small: so that most random programs have some."""
    monkeypatch.setattr(folding, "_TURNS", 3)
    monkeypatch.setattr(folding, "_SAVED", 12)
    monkeypatch.setattr(forms, "_MOST_LOOPS", 5)


def assert_eager(function, *points, **options):
    """The function compiled, recorded at the first point: value and gradient at each are those it has uncompiled."""
    compiled = autograd.compile(function, **options)
    for xs in points:
        values = [Value(x) for x in xs]
        result = function(values)
        result.backward()
        found, slopes = compiled.value_and_grad(xs)
        assert_close(found, result.data, "")
        assert_close(slopes, [x.grad for x in values], "", is_gradient=True)
    return compiled


POINTS = [0.3, -0.5, 0.8, 0.2], [1.1, 0.4, -0.7, 0.9], [-0.2, -1.3, 0.1, 0.6]


@pytest.mark.parametrize("native", [False, True])
def test_what_turns_read_now_as_one_of_many_now_for_itself_gets_the_derivatives_of_both(native):
    def f(xs):
        state = xs[0] * 1.0
        for k in range(240):
            state = 0.5 * state + autograd.sin(state * xs[(k * k + k // 7) % 4] + xs[1])
        return state

    assert assert_eager(f, *POINTS, native=native).program.form == "loops"


@pytest.mark.parametrize("delay", [1, 2, 3, 5, 8, 13, 16, 17])
@pytest.mark.parametrize("length", [1, 4, 20])
def test_numbers_from_turns_long_ago_arrive_late(length, delay, short_loops):
    def f(xs):
        past = [xs[k % 4] * 1.0 for k in range(delay)]
        for k in range(60):
            state = past[-1]
            for _ in range(length):
                state = state - 0.1 * autograd.sin(state) * past[k] * xs[1]
            past.append(state + xs[2])
        return past[-1] * past[50] + past[3]

    assert_eager(f, *POINTS)


def test_a_sum_of_products_in_a_batch_has_factors_of_samples_and_factors_that_they_share(short_loops):
    def f(xs):
        state = xs[0] * 1.0
        for _ in range(40):
            state = 0.5 * state + autograd.dot([state, xs[1]], [0.25, 0.5]) - autograd.dot([0.1, 0.2], [0.3, xs[2]])
        return state

    compiled = autograd.compile(f, batch=0)
    assert np.allclose(compiled(POINTS), [f([Value(x) for x in xs]).data for xs in POINTS], rtol=1e-12)


# Turns that do nearly the same: each takes the state, the numbers given, the turn, and all states so far.


# Long recordings, which leave turns out.

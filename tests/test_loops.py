"""What runs as loops computes what the function itself computes, whatever its turns have in common."""

import pytest
from loop_programs import assert_close

import autograd
from autograd import Value


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


# Turns that do nearly the same: each takes the state, the numbers given, the turn, and all states so far.


# Long recordings, which leave turns out.

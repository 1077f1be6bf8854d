"""gradcheck: right derivatives pass, a wrong one is named with its line, kinks are told apart from faults."""

import inspect
import math
import random
from dataclasses import replace

import pytest
from test_ops import draw

import autograd
from autograd import GradientError, derivative_table, gradcheck, no_grad, where
from autograd.checks.differences import differences
from autograd.core.ops import ROWS
from autograd.vocabularies.recorders import recorder

each_row = pytest.mark.parametrize("op", ROWS, ids=str)


@each_row
def test_every_row_passes_to_second_order_at_random_points(op):
    rng = random.Random(op.name)
    f = getattr(autograd, op.name)
    for _ in range(3):
        point = draw(op, rng)
        free = [k for k, domain in enumerate(op.domain) if not domain.index and (op.name, k) != ("polygamma", 0)]

        def of_free(*xs, point=point, free=free):
            return f(*[xs[free.index(k)] if k in free else x for k, x in enumerate(point)])

        assert gradcheck(of_free, *[point[k] for k in free]).worst < 1e-6


@each_row
def test_a_wrong_partial_planted_in_any_row_is_found_and_named_with_its_line(op):
    rng = random.Random(op.name)
    place = rng.choice([k for k, domain in enumerate(op.domain) if domain.low < domain.high])

    def planted(m, *inputs):
        slopes = list(op.partials(m, *inputs))
        part = slopes[place]
        slopes[place] = [0.01 + part[0], *part[1:]] if op.groups[place] else 0.01 + part
        return tuple(slopes)

    wrong = recorder(replace(op, partials=planted))
    point = draw(op, rng)

    def f(*xs):
        return autograd.tanh(0.1 * wrong(*xs, *point[len(xs) :]))

    line = inspect.getsourcelines(f)[1] + 1
    with pytest.raises(GradientError, match=rf"^{op}\(.* has a wrong partial by its input .*line {line}: return"):
        gradcheck(f, *[x for x, domain in zip(point, op.domain, strict=True) if not domain.index])


def test_a_wrong_partial_in_a_row_that_another_rows_partial_uses_is_named_at_second_order(monkeypatch):
    cosh = replace(autograd.TABLE["cosh"], partials=lambda m, x, y: (1.1 * m.sinh(x),))
    monkeypatch.setattr(autograd.vocabularies.functions, "cosh", recorder(cosh))
    assert gradcheck(autograd.tanh, 0.3, order=1)
    with pytest.raises(GradientError, match=r"^cosh"):
        gradcheck(autograd.tanh, 0.3)


def test_a_dependence_that_is_not_recorded_is_found_in_the_whole():
    with pytest.raises(GradientError, match=r"every operation is right, but the derivative .* \.data"):
        gradcheck(lambda x: x * x.data, 1.5)
    with pytest.raises(GradientError, match="every operation is right"):
        gradcheck(lambda x: x * x.detach() + x, 1.5)


@pytest.mark.parametrize(
    ("f", "x", "said"),
    [
        (autograd.relu, 0.0, "relu(0.0) has a kink: by its input 1 the slopes are 0 and 1, the partial is 0"),
        (abs, 0.0, "abs(0.0) has a kink: by its input 1 the slopes are -1 and 1, the partial is 0"),
        (lambda x: autograd.maximum(x, 2 - x), 1.0, "the slopes are 0 and 1, the partial is 0.5"),
        (lambda x: autograd.clip(x, -1.0, 1.0), 1.0, "the slopes are 1 and 0, the partial is 1"),
        (autograd.leaky_relu, 0.0, "the slopes are 0.01 and 1"),
        (autograd.floor, 2.0, "floor(2.0) has a kink: by its input 1 the slopes are inf and 0, the partial is 0"),
        (autograd.sign, 0.0, "sign(0.0) has a kink: by its input 1 the slopes are inf and inf, the partial is 0"),
        (autograd.sqrt, 0.0, "sqrt(0.0) is at the edge of its domain"),
    ],
)
def test_a_kink_is_recognised_and_reported_as_a_kink(f, x, said):
    report = gradcheck(f, x, order=1)
    assert any(said in kink for kink in report.kinks), report.kinks
    assert report


def test_a_partial_outside_the_slopes_of_a_kink_is_wrong():
    wrong = recorder(replace(autograd.TABLE["abs"], partials=lambda m, x, y: (3.0 + m.sign(x),)))
    with pytest.raises(GradientError, match="wrong partial"):
        gradcheck(wrong, 0.0)


@pytest.mark.parametrize("x", [1e-12, 1e-3, 1.0, 123.4, 1e9, -3e-7])
def test_steps_fit_the_size_of_the_input(x):
    assert gradcheck(lambda x: autograd.log(abs(x)) * x + 1 / x, x).worst < 1e-6
    assert differences(math.atan, x).slope == pytest.approx(1 / (1 + x * x), rel=1e-8)


def test_arrangements_several_arguments_and_several_outputs_are_checked():
    assert gradcheck(lambda p, q: {"a": p["x"][0] * q, "b": [q**2, p["y"]]}, {"x": [1.5, 2.0], "y": 3.0}, 0.5)


def test_no_grad_around_it_does_not_matter():
    with no_grad():
        assert gradcheck(lambda x: autograd.tanh(x) * x, 0.5)


def test_a_branch_not_taken_does_not_disturb_the_check():
    assert gradcheck(lambda x: where(x > 0, autograd.sqrt(abs(x)), x * x), 0.5)


def test_what_is_not_finite_is_refused_with_its_line():
    with pytest.raises(
        ValueError, match=r"gradcheck needs finite results, but log\(0.0\) is -inf, at .*test_gradcheck"
    ):
        gradcheck(autograd.log, 0.0)
    with pytest.raises(ValueError, match="order 1 or 2, not 3"):
        gradcheck(autograd.log, 1.0, order=3)


def test_the_derivative_table_prints_every_operation(capsys):
    derivative_table()
    printed = capsys.readouterr().out
    assert all(f"\n{op}(" in f"\n{printed}" for op in ROWS)
    derivative_table("sqrt")
    assert capsys.readouterr().out == (
        "sqrt(x): the square root of x; slope inf at 0\n    y      = sqrt(x)\n    dy/dx  = div(0.5, y)\n"
    )
    with pytest.raises(ValueError, match="there is no operation 'nosuch'"):
        derivative_table("nosuch")

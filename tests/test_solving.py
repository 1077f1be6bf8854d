"""minimize, root, implicit, odeint, and the verbs of diagonals, against SciPy, closed forms and differences."""

import math
from itertools import pairwise

import numpy as np
import pytest

import autograd as ag
from autograd import Value


def rosenbrock(p):
    return ag.sum([100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(p)])


def test_plain_descent_finds_the_minimum_of_a_curved_valley():
    found = ag.minimize(rosenbrock, [-1.2, 1.0, 0.5], method="descent", most=20_000)
    assert found.converged
    assert found.x == pytest.approx([1.0, 1.0, 1.0], abs=1e-6)
    assert found.slope <= 1e-8


@pytest.mark.parametrize("method", ["L-BFGS-B", "Newton-CG"])
def test_scipys_methods_find_what_scipy_finds(method):
    pytest.importorskip("scipy")
    found = ag.minimize(rosenbrock, [-1.2, 1.0, 0.5], method=method)
    assert found.converged
    assert found.method == method
    assert found.x == pytest.approx([1.0, 1.0, 1.0], abs=1e-6)


def test_a_minimum_is_arranged_as_its_start():
    found = ag.minimize(
        lambda p: (p["a"] - 1) ** 2 + ag.sum([(v - 2) ** 2 for v in p["b"]]), {"a": 0.0, "b": [1.0, 5.0]}
    )
    assert found.x["a"] == pytest.approx(1.0)
    assert found.x["b"] == pytest.approx([2.0, 2.0])
    with pytest.raises(ValueError, match="no method 'magic'"):
        ag.minimize(rosenbrock, [0.0, 0.0], method="magic")


def test_a_root_is_where_the_function_is_0_and_moves_as_the_implicit_function_theorem_says():
    def f(p, c):
        return [p[0] ** 2 + p[1] ** 2 - c, p[0] - 2 * p[1]]

    assert ag.root(f, [1.0, 1.0], 5.0) == pytest.approx([2.0, 1.0], rel=1e-13)
    assert ag.jacobian(lambda c: ag.root(f, [1.0, 1.0], c))(5.0) == pytest.approx([0.2, 0.1], rel=1e-12)


@pytest.mark.parametrize("a", [0.5, 3.0, 4e6])
def test_derivatives_through_a_root_are_right_to_the_third_order(a):
    f = lambda a: ag.root(lambda x, a: x * x - a, 1.0, a)  # noqa: E731
    first, second, third = ag.grad(f), ag.grad(ag.grad(f)), ag.grad(ag.grad(ag.grad(f)))
    assert [f(a), first(a)] == pytest.approx([math.sqrt(a), 0.5 / math.sqrt(a)], rel=1e-12)
    assert [second(a), third(a)] == pytest.approx([-0.25 * a**-1.5, 0.375 * a**-2.5], rel=1e-9)


def test_a_root_depends_on_what_the_function_reads_outside():
    a = Value(9.0)
    x = ag.root(lambda x: x * x - a, 1.0)
    x.backward()
    assert (x.data, a.grad) == (3.0, pytest.approx(1 / 6))


def test_where_there_is_no_root_it_says_so():
    with pytest.raises(ValueError, match=r"closer to 0; start elsewhere|singular"):
        ag.root(lambda x: x * x + 1, 1.0)
    with pytest.raises(ValueError, match="a root of 2 numbers needs as many results to be 0, not 1"):
        ag.root(lambda p: [p[0]], [1.0, 2.0])


def pendulum(t, y, length):
    return [y[1], -9.81 / length * ag.sin(y[0])]


def test_a_pendulum_swings_as_scipys_does():
    integrate = pytest.importorskip("scipy.integrate")
    times = [0.0, 0.5, 1.0, 2.0]
    found = ag.odeint(pendulum, [1.0, 0.0], times, 0.7, rtol=1e-10, atol=1e-12)
    expected = integrate.solve_ivp(
        lambda t, y: pendulum(t, y, 0.7), (0.0, 2.0), [1.0, 0.0], t_eval=times, rtol=1e-12, atol=1e-13, method="DOP853"
    )
    assert np.allclose(found, expected.y.T, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("steps", [None, 40])
def test_the_derivative_through_steps_is_that_of_the_numbers_that_come_out(steps):
    def end(length):
        return ag.odeint(pendulum, [1.0, 0.0], [0.0, 1.0], length, steps=steps)[-1][0]

    slope = (end(0.7 + 1e-5) - end(0.7 - 1e-5)) / 2e-5
    assert ag.grad(end)(0.7) == pytest.approx(slope, rel=1e-6)


def test_equal_steps_converge_with_the_fifth_order_and_compile():
    errors = [abs(ag.odeint(lambda t, y: -y * ag.cos(t), 1.0, [0.0, 2.0], steps=n)[-1] - math.exp(-math.sin(2.0)))
              for n in (4, 8, 16)]  # fmt: skip
    assert errors[0] / errors[1] > 20
    assert errors[1] / errors[2] > 20
    f = ag.compile(lambda rate: ag.odeint(lambda t, y: -rate * y, 1.0, [0.0, 1.0], steps=16)[-1])
    for rate in (0.5, 2.0):
        assert f(rate) == pytest.approx(math.exp(-rate), rel=1e-6)


def test_slopes_and_bends_one_by_one_are_the_diagonals_of_the_matrices():
    def f(p):
        return ag.exp(p[0] * p[1]) + ag.sin(p[2]) * p[0] ** 3

    def field(p):
        return [p[0] * p[1], ag.sin(p[1] * p[2]), p[0] + p[2] ** 2]

    at = [0.3, -0.7, 1.1]
    diagonal = np.diag(ag.hessian(f)(at))
    assert ag.hessian_diagonal(f)(at) == pytest.approx(diagonal, rel=1e-14)
    assert ag.laplacian(f)(at) == pytest.approx(diagonal.sum(), rel=1e-14)
    assert ag.divergence(field)(at) == pytest.approx(np.trace(ag.jacobian(field)(at)), rel=1e-14)
    by_one = [ag.grad(ag.tanh)(x) for x in at]
    assert ag.elementwise_grad(lambda xs: [ag.tanh(x) for x in xs])(at) == pytest.approx(by_one)
    for k, slope in enumerate(ag.grad(ag.laplacian(f))(at)):
        up, down = ([*at[:k], at[k] + h, *at[k + 1 :]] for h in (1e-6, -1e-6))
        assert slope == pytest.approx((ag.laplacian(f)(up) - ag.laplacian(f)(down)) / 2e-6, rel=1e-6)
    with pytest.raises(ValueError, match="as many results as inputs, not 1 of 3"):
        ag.divergence(lambda p: [p[0]])(at)

"""The verbs: every derivative of functions of numbers in any arrangement, to any order, and none touches `.grad`."""

import math
import random
import threading
from typing import NamedTuple

import numpy as np
import pytest
from test_ops import draw

import autograd
from autograd import (
    Tape,
    Value,
    cos,
    exp,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    no_grad,
    sin,
    sqrt,
    square,
    tanh,
    value_and_grad,
    vjp,
    where,
)
from autograd.core.ops import ROWS
from autograd.trees import flatten

RNG = np.random.default_rng(7)


def close(actual, expected, rel=1e-12):
    actual, expected = np.asarray(actual, dtype=float), np.asarray(expected, dtype=float)
    size = np.abs(expected).max(initial=0.0)
    return actual.shape == expected.shape and np.allclose(actual, expected, rtol=rel, atol=rel * size)


# Closed forms of test functions: More, Garbow & Hillstrom, "Testing unconstrained optimization software", 1981.


def rosenbrock(x):
    return sum(100 * (x[k + 1] - x[k] ** 2) ** 2 + (1 - x[k]) ** 2 for k in range(len(x) - 1))


def rosenbrock_gradient(x):
    g = np.zeros_like(x)
    g[:-1] += -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    g[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return g


def rosenbrock_hessian(x):
    h = np.zeros((len(x), len(x)))
    k = np.arange(len(x) - 1)
    h[k, k] += 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    h[k + 1, k + 1] += 200
    h[k, k + 1] -= 400 * x[:-1]
    h[k + 1, k] -= 400 * x[:-1]
    return h


def sum_of_squares(residuals):
    return lambda x: sum(r**2 for r in residuals(x))


def gauss_newton_form(r, j, h):
    """The gradient 2 J'r and the Hessian 2 (J'J + sum of r_i H_i) of a sum of squares."""
    r, j, h = np.array(r), np.array(j), np.array(h)
    return 2 * j.T @ r, 2 * (j.T @ j + np.tensordot(r, h, 1))


def beale(x):
    return [c - x[0] * (1 - x[1] ** k) for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))]


def beale_closed(x):
    a, b = x
    j = [[-(1 - b**k), a * k * b ** (k - 1)] for k in (1, 2, 3)]
    h = [[[0, k * b ** (k - 1)], [k * b ** (k - 1), a * k * (k - 1) * b ** max(k - 2, 0)]] for k in (1, 2, 3)]
    return gauss_newton_form(beale(x), j, h)


def powell(x):
    return [x[0] + 10 * x[1], math.sqrt(5) * (x[2] - x[3]), (x[1] - 2 * x[2]) ** 2, math.sqrt(10) * (x[0] - x[3]) ** 2]


def powell_closed(x):
    u, v, s, t = x[1] - 2 * x[2], x[0] - x[3], math.sqrt(5), math.sqrt(10)
    j = [[1, 10, 0, 0], [0, 0, s, -s], [0, 2 * u, -4 * u, 0], [2 * t * v, 0, 0, -2 * t * v]]
    h = np.zeros((4, 4, 4))
    h[2, 1:3, 1:3] = [[2, -4], [-4, 8]]
    h[3][np.ix_([0, 3], [0, 3])] = [[2 * t, -2 * t], [-2 * t, 2 * t]]
    return gauss_newton_form(powell(x), j, h)


def wood(x):
    s, t = math.sqrt(90), math.sqrt(10)
    return [
        10 * (x[1] - x[0] ** 2),
        1 - x[0],
        s * (x[3] - x[2] ** 2),
        1 - x[2],
        t * (x[1] + x[3] - 2),
        (x[1] - x[3]) / t,
    ]


def wood_closed(x):
    s, t = math.sqrt(90), math.sqrt(10)
    j = np.zeros((6, 4))
    j[0, :2], j[1, 0], j[2, 2:], j[3, 2] = (-20 * x[0], 10), -1, (-2 * s * x[2], s), -1
    j[4, [1, 3]], j[5, [1, 3]] = t, (1 / t, -1 / t)
    h = np.zeros((6, 4, 4))
    h[0, 0, 0], h[2, 2, 2] = -20, -2 * s
    return gauss_newton_form(wood(x), j, h)


def helical(x):
    theta = autograd.atan2(x[1], x[0]) / (2 * math.pi)
    return [10 * (x[2] - 10 * theta), 10 * (autograd.hypot(x[0], x[1]) - 1), x[2]]


def helical_closed(x):
    a, b, _ = x
    q, r, c = a * a + b * b, math.hypot(a, b), 50 / math.pi
    j = [[c * b / q, -c * a / q, 10], [10 * a / r, 10 * b / r, 0], [0, 0, 1]]
    h = np.zeros((3, 3, 3))
    h[0, :2, :2] = c / q**2 * np.array([[-2 * a * b, a * a - b * b], [a * a - b * b, 2 * a * b]])
    h[1, :2, :2] = 10 / r**3 * np.array([[b * b, -a * b], [-a * b, a * a]])
    return gauss_newton_form(helical(x), j, h)


def test_rosenbrock_of_100_inputs_has_the_gradient_and_hessian_of_its_closed_form():
    x = RNG.uniform(-2, 2, 100)
    assert close(grad(rosenbrock)(x), rosenbrock_gradient(x))
    assert close(hessian(rosenbrock)(x), rosenbrock_hessian(x))


@pytest.mark.parametrize(
    ("residuals", "closed", "x"),
    [
        (beale, beale_closed, [1.0, 1.0]),
        (powell, powell_closed, [3.0, -1.0, 0.0, 1.0]),
        (wood, wood_closed, [-3.0, -1.0, -3.0, -1.0]),
        (helical, helical_closed, [-1.0, 0.0, 0.0]),
        (beale, beale_closed, [2.7, -0.4]),
        (powell, powell_closed, [0.3, 1.1, -2.0, 0.7]),
        (wood, wood_closed, [0.1, 2.0, -1.3, 0.9]),
        (helical, helical_closed, [0.6, -1.2, 2.0]),
    ],
)
def test_a_sum_of_squares_has_the_gradient_and_hessian_of_its_closed_form(residuals, closed, x):
    f = sum_of_squares(residuals)
    gradient, curvature = closed(x)
    assert close(grad(f)(x), gradient)
    assert close(hessian(f)(x), curvature)
    assert close(jacobian(grad(f))(x), curvature)


# Arrangements.


class Point(NamedTuple):
    x: float
    y: float


@pytest.mark.parametrize(
    ("x", "f", "expected"),
    [
        (2.0, lambda x: x * x, 4.0),
        (2, lambda x: x * x, 4.0),
        ([1.0, [2.0, 3.0]], lambda x: x[0] * x[1][0] * x[1][1], [6.0, [3.0, 2.0]]),
        ((1.0, 2.0), lambda x: x[0] * x[1], (2.0, 1.0)),
        ({"w": [2.0], "b": 3.0}, lambda p: p["w"][0] * p["b"], {"w": [3.0], "b": 2.0}),
        (Point(2.0, 3.0), lambda p: p.x * p.y, Point(3.0, 2.0)),
        ([], lambda x: 1.0, []),
        ([[1.0], []], lambda x: x[0][0] * 3, [[3.0], []]),
    ],
)
def test_a_gradient_is_arranged_like_the_argument(x, f, expected):
    result = grad(f)(x)
    assert result == expected
    assert type(result) is type(expected)


def test_arrays_give_arrays_of_the_outputs_shape_followed_by_the_inputs():
    x = RNG.normal(size=(2, 3))
    a = RNG.normal(size=(3, 4))
    j = jacobian(lambda x: np.sin(x @ a))(x)
    assert j.shape == (2, 4, 2, 3)
    assert close(j, np.einsum("ik,bk,ij->ikjb", np.cos(x @ a), a, np.eye(2)))


def test_a_jacobian_nests_the_inputs_arrangement_in_the_outputs():
    j = jacobian(lambda p: {"s": p["a"] + p["b"][0], "v": p["b"] * 2}, argnums=0)({"a": 1.0, "b": np.array([2.0, 3.0])})
    assert j["s"]["a"] == 1.0
    assert j["s"]["b"].tolist() == [1.0, 0.0]
    assert j["v"]["a"].tolist() == [0.0, 0.0]
    assert j["v"]["b"].tolist() == [[2.0, 0.0], [0.0, 2.0]]


def test_argnums_choose_the_arguments_and_options_pass_through():
    def f(x, flag, y, scale=1.0):
        return x * y * scale if flag else x

    assert grad(f, argnums=2)(2.0, True, 3.0, scale=10.0) == 20.0
    assert grad(f, argnums=(0, -1))(2.0, True, 3.0) == (3.0, 2.0)
    assert hessian(f, argnums=(0, 2))(2.0, True, 3.0) == ((0.0, 1.0), (1.0, 0.0))


def test_a_result_that_does_not_depend_on_an_input_has_derivative_0():
    assert grad(lambda x: 3.0)(1.0) == 0.0
    assert grad(lambda x: x[0])([1.0, 2.0]) == [1.0, 0.0]
    assert jacobian(lambda x: [5.0, x])(1.0) == [0.0, 1.0]
    assert hessian(lambda x: 7.0)([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert jvp(lambda x: 3.0, 1.0, 1.0) == (3.0, 0.0)


def test_an_output_may_be_an_input_or_stand_twice():
    assert jacobian(lambda x: [x[0], x[0] * x[1], x[0] * x[1], x[0]])([2.0, 3.0]) == [[1, 0], [3, 2], [3, 2], [1, 0]]
    many = jacobian(lambda x: [y for v in x for y in [v * v] * 3])(np.arange(20.0))
    assert close(np.array(many), np.repeat(np.diag(2 * np.arange(20.0)), 3, axis=0))


# Order and nesting.


def test_derivatives_of_any_order_are_exact_for_polynomials():
    f, derivative = (lambda x: x**7), 7.0
    for order in range(1, 8):
        f = grad(f)
        assert f(1.5) == pytest.approx(derivative * 1.5 ** (7 - order), rel=1e-14)
        derivative *= 6 - order + 1
    assert grad(f)(1.5) == 0.0


def test_an_inner_derivative_keeps_apart_from_the_outer_variable():
    # Siskind & Pearlmutter, "Perturbation confusion and referential transparency", 2005
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert grad(lambda x: x * jvp(lambda y: x * y, 2.0, 1.0)[1])(3.0) == 6.0
    assert jvp(lambda x: x * grad(lambda y: x * y * y)(x), 3.0, 1.0)[1] == 6 * 3.0**2
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z * z)(y))(x))(2.0) == 2 * 2 * (2 * 2.0)


def test_forward_over_reverse_and_reverse_over_forward_agree_with_the_hessian():
    def f(x):
        return exp(x[0] * x[1]) * sin(x[2]) + x[0] / x[2]

    x, v = [0.3, -0.7, 1.1], [1.0, 2.0, -0.5]
    expected = np.array(hessian(f)(x)) @ v
    assert close(hvp(f, x, v), expected)
    assert close(jvp(grad(f), x, v)[1], expected)
    assert close(grad(lambda x: jvp(f, x, v)[1])(x), expected)
    assert close(vjp(grad(f), x)[1](v), expected)
    assert close(grad(lambda x: sum(a * b for a, b in zip(grad(f)(x), v, strict=True)))(x), expected)


def test_a_third_derivative_by_vectors_is_symmetric():
    def f(x):
        return tanh(x[0] * x[1]) + x[1] ** 3 * x[2] + log(2 + x[0] ** 2)

    t = np.array(jacobian(hessian(f))([0.4, -0.2, 0.9]))
    for axes in [(1, 0, 2), (0, 2, 1), (2, 1, 0)]:
        assert close(t, t.transpose(axes))


def test_value_and_grad_gives_both_and_vjp_pulls_back_many_times():
    assert value_and_grad(lambda x: x[0] * x[1])([2.0, 5.0]) == (10.0, [5.0, 2.0])
    value, pullback = vjp(lambda x, y: {"p": x * y, "q": x}, 2.0, 3.0)
    assert value == {"p": 6.0, "q": 2.0}
    assert pullback({"p": 1.0, "q": 0.0}) == (3.0, 2.0)
    assert pullback({"p": 0.0, "q": 5.0}) == (5.0, 0.0)
    assert hvp(lambda x, y: x * x * y, (1.0, 2.0), (1.0, 0.0)) == (4.0, 2.0)


def test_a_pullback_with_values_as_weights_can_be_differentiated_by_them():
    assert grad(lambda w: vjp(lambda x: 3 * x, 2.0)[1](w))(5.0) == 3.0
    assert grad(lambda v: jvp(lambda x: x * x, 2.0, v)[1])(5.0) == 4.0


# Surroundings.


def test_verbs_touch_no_grad_and_read_values_from_outside():
    w = Value(2.0)
    w.grad = 0.25
    slope = grad(lambda x: w * x * x)(3.0)
    assert slope.data == 12.0
    assert gradients(slope, w) == 6.0
    assert hessian(lambda x: w * x[0] * x[1])([1.0, 2.0])[0][1].data == 2.0
    assert w.grad == 0.25


def test_at_a_value_the_derivative_is_a_value_to_differentiate_again():
    x = Value(3.0, label="x")
    slope = grad(lambda x: x**3)(x)
    slope.backward()
    assert (slope.data, x.grad) == (27.0, 18.0)
    assert grad(lambda x: 5 * x)(x).data == 5.0


def test_under_no_grad_a_verb_works_and_its_results_are_constants():
    x = Value(3.0)
    with no_grad(), Tape() as tape:
        assert grad(lambda x: x * x)(2.0) == 4.0
        assert grad(lambda x: x * x)(x).is_constant
        assert hessian(lambda v: x * v * v)(1.0).data == 6.0
        y = x * x
    assert y.is_constant
    assert all(node is not y for node in tape)


def test_inside_an_open_tape_the_recording_of_a_verb_is_on_the_tape():
    with Tape() as tape:
        grad(lambda x: sin(x) * x)(2.0)
    assert [str(node.op) for node in tape] == ["sin", "mul"]


def test_a_value_from_another_threads_open_tape_is_a_value_like_any_other():
    shared, done, made = {}, threading.Event(), threading.Event()

    def other():
        with Tape() as tape:
            shared["y"] = Value(2.0) * 3
            made.set()
            done.wait(5)
            shared["lines"] = len(tape)

    thread = threading.Thread(target=other)
    thread.start()
    made.wait(5)
    with Tape() as mine:
        assert grad(lambda x: x * x)(shared["y"]).data == 12.0
    done.set()
    thread.join()
    assert shared["lines"] == 1
    with pytest.raises(ValueError, match="was not recorded on this tape"):
        mine.backward(shared["y"])


def test_threads_sharing_a_parameter_get_right_derivatives_and_leave_its_grad_alone():
    w, wrong = Value(1.5), []

    def work(seed):
        for k in range(100):
            x = seed + k / 100
            if value_and_grad(lambda v: sin(w * v))(x)[1].data != pytest.approx(1.5 * math.cos(1.5 * x)):
                wrong.append(x)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert w.grad == 0.0


# Zeros, infinities and size.


def test_an_adjoint_that_happens_to_be_0_still_has_a_derivative():
    assert grad(grad(lambda u: u * u / 2))(0.0) == 1.0
    assert hessian(lambda u: u * u / 2)(0.0) == 1.0
    assert grad(grad(lambda u: square(sin(u))))(0.0) == 2.0
    assert grad(grad(grad(lambda u: u**3)))(0.0) == 6.0


@pytest.mark.parametrize("branch", [log, sqrt, lambda x: x ** Value(-1.5), lambda x: 1 / x])
def test_a_branch_not_taken_contributes_exactly_nothing_to_any_order(branch):
    def f(x):
        return where(x > 0, branch(x), x**3)

    def g(x):
        return where(autograd.step(x), branch(x), x**3)

    for h in (f, g):
        assert grad(h)(0.0) == 0.0
        assert grad(grad(h))(0.0) == 0.0
        assert hessian(h)(0.0) == 0.0
        assert grad(grad(grad(h)))(0.0) == 6.0
        assert jvp(h, 0.0, 1.0)[1] == 0.0
        assert jvp(grad(h), -2.0, 1.0)[1] == -12.0


def test_verbs_do_not_recurse_into_long_chains():
    def f(x):
        y = x
        for _ in range(60_000):
            y = y * 0.99999 + 0.00001
        return y * y

    slope = 0.99999**60_000
    assert grad(f)(1.0) == pytest.approx(2 * slope, rel=1e-9)
    assert hessian(f)(1.0) == pytest.approx(2 * slope**2, rel=1e-9)
    assert grad(grad(f))(1.0) == pytest.approx(2 * slope**2, rel=1e-9)
    assert jvp(f, 1.0, 1.0)[1] == pytest.approx(2 * slope, rel=1e-9)


# Sparse, forward and reverse.


def neighbours(x):
    return [cos(x[k - 1]) * x[k] * x[k + 1] for k in range(1, len(x) - 1)]


def test_a_sparse_jacobian_has_the_entries_that_can_differ_from_0():
    x = RNG.normal(size=50)
    found = jacobian(neighbours, sparse=True)(x)
    dense = np.array(jacobian(neighbours)(x))
    assert found.shape == dense.shape == (48, 50)
    assert len(found.values) == 3 * 48
    assert close(found.dense(), dense)
    assert close(dense[10, 10:13], [-math.sin(x[10]) * x[11] * x[12], math.cos(x[10]) * x[12], math.cos(x[10]) * x[11]])


def test_a_sparse_hessian_has_the_pairs_that_interact():
    found = hessian(rosenbrock, sparse=True)(np.ones(100))
    assert len(found.values) == 100 + 2 * 99
    assert close(found.dense(), rosenbrock_hessian(np.ones(100)))


def test_a_sparse_jacobian_of_values_can_be_differentiated_again():
    assert grad(lambda x: sum(jacobian(neighbours, sparse=True)(x).values))([0.1, 0.2, 0.3]) == pytest.approx(
        grad(lambda x: sum(map(sum, jacobian(neighbours)(x))))([0.1, 0.2, 0.3])
    )


@pytest.mark.parametrize(
    ("inputs", "outputs"), [(3, 40), (40, 3), (30, 30), (1, 50), (50, 1), (20, 14), (0, 3), (3, 0)]
)
def test_forward_and_reverse_jacobians_of_every_shape_are_right(inputs, outputs):
    a, x = RNG.normal(size=(outputs, inputs)) / 10, RNG.normal(size=inputs)
    j = jacobian(lambda x: [tanh(sum(c * v for c, v in zip(row, x, strict=True))) for row in a.tolist()])(x.tolist())
    expected = (1 - np.tanh(a @ x) ** 2)[:, None] * a
    assert close(np.array(j).reshape(outputs, inputs), expected)


def test_a_jacobian_runs_f_once_and_sweeps_inputs_that_share_no_output_together(monkeypatch):
    runs, sweeps = [], []
    from autograd.verbs import matrices

    push = matrices.push
    monkeypatch.setattr(matrices, "push", lambda nodes, tangents: sweeps.append(len(tangents)) or push(nodes, tangents))
    jacobian(lambda x: runs.append(1) or neighbours(x))([1.0] * 200)
    assert len(runs) == 1
    assert len(sweeps) <= 3


def test_a_hessian_runs_f_once():
    runs = []
    hessian(lambda x: runs.append(1) or rosenbrock(x))([1.0] * 30)
    assert len(runs) == 1


# Errors are one sentence with the value and the remedy.


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (
            lambda: grad(lambda x: [x, x])(1.0),
            TypeError,
            "returns one number, but the result is a list of 2 numbers; use",
        ),
        (lambda: grad(lambda x: np.array([x]))(1.0), TypeError, r"an array of shape \(1,\)"),
        (lambda: hessian(lambda x: (x, x))(1.0), TypeError, "hessian needs a function that returns one number"),
        (lambda: grad(lambda x: None)(1.0), TypeError, "returned None, not a number; a missing `return`"),
        (lambda: grad(lambda x: x)(True), TypeError, "argument is True, a bool, .* write 1.0"),
        (lambda: grad(lambda x: x)([1.0, "a"]), TypeError, r"argument\[1\] is 'a' \(str\), not a real number"),
        (lambda: grad(lambda x: x)({"a": [None]}), TypeError, r"argument\['a'\]\[0\] is None"),
        (lambda: grad(lambda x: x > 1)(2.0), TypeError, "the result of <lambda> is True, a bool"),
        (lambda: grad(lambda x: x)(np.array([True])), TypeError, r"argument\[0\] is True, a bool"),
        (
            lambda: grad(lambda x: x)(np.array([[1], [2, 3]], dtype=object)),
            TypeError,
            r"argument\[0\] is \[1\] \(list\)",
        ),
        (lambda: grad(lambda x: x)(10**400), ValueError, "beyond the range of a float"),
        (lambda: grad(lambda x: x)(1j), TypeError, "complex"),
        (lambda: grad(3.0)(1.0), TypeError, r"a derivative is that of a function, and 3.0 is none"),
        (lambda: jvp(3.0, 1.0, 1.0), TypeError, "give the function"),
        (lambda: grad(lambda x: x, argnums=1)(2.0), ValueError, "there is no argument 1"),
        (lambda: grad(lambda x: x)(x=2.0), ValueError, "there is no argument 0 .*: the function was given 0"),
        (lambda: jvp(lambda x: x[0], [1.0, 2.0], [1.0]), ValueError, "v must be arranged like x"),
        (lambda: jvp(lambda x: x[0][0], [[1.0], [2.0, 3.0]], [[1.0, 2.0], [3.0]]), ValueError, "a list of .*, but is"),
        (
            lambda: vjp(lambda x: [x, x], 1.0)[1]([1.0]),
            ValueError,
            "arranged like the result of f, a list of 2 numbers",
        ),
        (lambda: gradients(Value(1.0) * 2, 3.0), TypeError, r"3.0 is a plain number; start from Value\(3.0\)"),
        (lambda: gradients(Value(1.0) * 2, Value(3.0).detach()), ValueError, "is a constant, by which"),
        (lambda: gradients([Value(1.0)], Value(1.0), seeds=[1.0, 2.0]), ValueError, "1 outputs need as many seeds"),
    ],
)
def test_an_error_says_what_is_wrong_and_what_to_do(call, kind, says):
    with pytest.raises(kind, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


# Graphs in hand.


def test_gradients_are_by_leaves_and_by_results_alike():
    x, z = Value(3.0), Value(1.0)
    y = x * x
    f = x * y
    assert gradients(f, [x, y, f, z]) == [27.0, 3.0, 1.0, 0.0]
    assert gradients([f, y], {"x": x}, seeds=[1.0, 10.0]) == {"x": 87.0}
    assert (x.grad, y.grad) == (0.0, 0.0)


def test_nothing_flows_through_the_values_at_which_to_stop():
    x = Value(3.0)
    y = x * x
    assert gradients(x * y, x, stop=[y]) == 9.0
    assert gradients(x * y, [x, y], stop=[y]) == [9.0, 3.0]
    assert gradients(y * y, x, stop=[y]) == 0.0


def test_a_graph_of_gradients_can_be_differentiated_to_any_order():
    x = Value(0.7)
    g = sin(x)
    for expected in [math.cos(0.7), -math.sin(0.7), -math.cos(0.7), math.sin(0.7)]:
        g = gradients(g, x, create_graph=True)
        assert g.data == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("op", ROWS, ids=str)
def test_a_graph_of_gradients_starts_with_the_recorded_gradients(op):
    rng = random.Random(op.name)
    points = [draw(op, rng) for _ in range(10)]
    edges = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e300, 5e-324]
    points += [
        [[rng.choice(edges) for _ in x] if isinstance(x, list) else rng.choice(edges) for x in point]
        for point in points
        if not op.domain[-1].index and op.name != "round"
    ]
    for point in points:
        xs = [[Value(v) for v in x] if isinstance(x, list) else Value(x) for x in point]
        y = getattr(autograd, op.name)(*xs)
        if isinstance(y, Value):
            plain, recorded = gradients(y, xs), gradients(y, xs, create_graph=True)
            again = [x.data for x in flatten(recorded, "gradients")[0]]
            assert again == pytest.approx(flatten(plain, "gradients")[0], rel=0, abs=0, nan_ok=True), point


def test_a_leaf_written_after_recording_changes_no_first_derivative_and_is_refused_for_the_second():
    for f in (lambda v: v * v, abs, lambda v: v + 1, autograd.relu, lambda v: autograd.sum([v, v * v])):
        x = Value(3.0)
        y = f(x)
        before = gradients(y, x)
        x.data = -3.0
        assert gradients(y, x) == before
        if f is not autograd.relu:
            with pytest.raises(ValueError, match=r"a leaf was written since, .* record anew"):
                gradients(y, x, create_graph=True)

"""Derivatives inside compiled functions: recorded at one point and computed again at others, across every kink."""

import contextlib
import math
import random

import numpy as np
import pytest
from packing_graphs import random_function, seeds

import autograd
from autograd import Value, compile, grad, gradients, hessian, jvp, no_grad, vjp
from autograd.compiling.graph.simplify import simplify
from autograd.compiling.graph.sums import gather_sums
from autograd.compiling.graph.trace import trace
from autograd.compiling.numpy.blocks import Blocks
from autograd.compiling.packing.pack import pack
from autograd.compiling.python.interpreter import Interpreter
from autograd.compiling.python.lines import PythonLines

EDGES = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -3.0, 40.0, -800.0]
INFINITE = [*EDGES, math.inf, -math.inf, math.nan]
VERBS = {
    "grad": lambda f: grad(f),
    "jvp": lambda f: lambda x: jvp(f, x, [0.5 + 0.25 * k for k in range(len(x))])[1],
    "vjp": lambda f: lambda x: vjp(f, x)[1](1.5),
    "grad of grad": lambda f: grad(lambda x: autograd.dot(grad(f)(x), [0.7 + 0.3 * k for k in range(len(x))])),
}


def numbers(result):
    """The numbers in a result, in order."""
    if isinstance(result, list | tuple | np.ndarray):
        return [x for part in result for x in numbers(part)]
    return [result.data if isinstance(result, Value) else float(result)]


def same(found, expected):
    """Whether these are the same numbers; inf is as good as nan, since what is computed once has one adjoint."""
    return all(
        (a != a and b != b) or a == b or (b != b and math.isinf(a)) or math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
        for a, b in zip(numbers(found), numbers(expected), strict=True)
    )


def points(seed, edges, count=5):
    """Where a function is recorded, and where its program runs then; numbers may be tied."""
    draw = random.Random(seed)
    inputs = draw.randint(1, 3)
    others = [[draw.choice(edges) for _ in range(inputs)] for _ in range(count)]
    return [[draw.uniform(0.2, 2.0) for _ in range(inputs)], *others, [draw.choice(edges)] * inputs]


def program_of(seed, inputs):
    return random_function(seed, inputs, 1 + seed % 4, tame=False)


@pytest.mark.parametrize("seed", seeds(1000, fast=15))
@pytest.mark.parametrize("verb", VERBS)
def test_a_compiled_derivative_is_the_derivative_wherever_it_runs(verb, seed):
    given = points(seed, INFINITE if verb != "grad of grad" else EDGES)
    derivative = VERBS[verb](program_of(seed, len(given[0])))
    single, batch = compile(derivative, native=False), compile(lambda x: derivative([*x]), batch=0, native=False)
    expected = [derivative(x) for x in given]
    for x, one, other in zip(given, expected, batch(np.array(given)), strict=True):
        assert same(single(x), one), x
        assert same(other, one), x


@pytest.mark.parametrize("seed", seeds(1000, fast=15))
def test_a_compiled_hessian_is_the_hessian_at_kinks_ties_and_zeros(seed):
    given = points(seed, EDGES)
    derivative = hessian(program_of(seed, len(given[0])))
    single, batch = compile(derivative, native=False), compile(lambda x: derivative([*x]), batch=0, native=False)
    for x, other in zip(given, batch(np.array(given)), strict=True):
        assert same(single(x), derivative(x)), x
        assert same(other, derivative(x)), x


def by_backward(function, x):
    """The value and the gradient that recording and sweeping give."""
    given = [Value(one) for one in x]
    result = function(given)
    if isinstance(result, Value) and not result.is_constant:
        with contextlib.suppress(ValueError):  # it depends on no leaf
            result.backward()
    return [result, [one.grad for one in given]]


@pytest.mark.parametrize("seed", seeds(1000, fast=15))
@pytest.mark.parametrize("order", [1, 2])
def test_a_compiled_derivative_is_differentiated_as_the_derivative_is(order, seed):
    given = points(seed, INFINITE if order == 1 else EDGES)
    function = program_of(seed, len(given[0]))
    if order == 2:
        function = lambda x, f=function: autograd.dot(grad(f)([*x]), [0.7 + 0.3 * k for k in range(len(x))])  # noqa: E731
    single, batch = compile(function, native=False), compile(function, batch=0, reduce="sum", native=False)
    single(given[0])
    batch.value_and_grad(np.array(given[:1]))
    with np.errstate(all="ignore"):  # the sum over samples may be inf - inf
        slopes = batch.value_and_grad(np.array(given))[1]
    for x, mine in zip(given, slopes, strict=True):
        expected = by_backward(function, x)
        # what is computed once for two, or picked for good, has no inf - inf and no 0 * inf, nan in eager runs
        found = zip(numbers(single.value_and_grad(x)), numbers([single(x), mine]), numbers(expected), strict=True)
        assert all(b != b or (same(a, b) and same(c, b)) for a, c, b in found), x


def forms_of(graph):
    """Every form in which Python and NumPy can run it."""
    blocks = Blocks(pack(gather_sums(graph)), float)
    with_gates = lambda *given: blocks._run(*given, gated=True)  # noqa: E731
    return [PythonLines(graph).run, Interpreter(graph).run, blocks.run, with_gates]


def is_settled(function, point):
    """Whether the last bits of arguments near these leave the result alone: else the order of sums does not either."""
    for k, x in enumerate(point):
        for to in (-np.inf, np.inf):  # each side alone: there may be a kink between them
            near = np.nextafter(x, to), np.nextafter(np.nextafter(x, to), to)
            if not same(*(by_backward(function, [*point[:k], float(one), *point[k + 1 :]]) for one in near)):
                return False
    return True


@pytest.mark.parametrize("seed", seeds(1000, fast=15))
@pytest.mark.parametrize("is_again", [False, True])
def test_all_forms_of_a_derivative_give_the_same_wherever_they_hold(is_again, seed):
    given = points(seed, EDGES)
    weights = [0.7 + 0.3 * k for k in range(len(given[0]))]
    f = program_of(seed, len(weights))
    function = lambda x: autograd.dot(grad(f)(x), weights)  # noqa: E731
    x = [Value(one) for one in given[0]]
    graph = simplify(trace(lambda: function(x), x, [False] * len(x), is_again=is_again)[0])
    for point in given:
        expected = by_backward(function, point)
        for run in forms_of(graph):
            with np.errstate(all="ignore"):
                value, failed, slopes, _ = run([np.array(point)], None, b"\1" * len(x), 1.0)
            holds = failed.any() or same([*value[0], slopes], expected)
            # products in place of gates let more sums be taken in another order
            assert holds or (is_again and not is_settled(function, point)), (point, run)


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize(
    ("function", "recorded", "at"),
    [
        (lambda x: autograd.where(autograd.step(x), autograd.sqrt(x), 0.0), 4.0, -3.0),
        (lambda x: autograd.relu(autograd.log(x)), 2.0, 0.0),
        (lambda x: autograd.clip(autograd.log(x), 0.0, 1.0), 2.0, 0.0),
        (lambda x: autograd.maximum(autograd.log(x), 0.0), 2.0, 0.0),
        (lambda x: autograd.gate(autograd.step(x), 1.0 / x), 2.0, 0.0),
        (lambda x: autograd.safe_div(autograd.relu(x), x), 2.0, 0.0),
        (lambda x: autograd.where(autograd.less(x, 0.0), x / 0.0, 2.0 * x), -1.0, 1.5),
        (lambda x: autograd.relu(x) ** 0.5, 2.0, -1.0),
    ],
)
def test_the_branch_that_was_taken_when_it_was_recorded_gives_nothing_elsewhere(function, recorded, at, native):
    if native:
        pytest.importorskip("llvmlite")
    for derivative in (grad(function), lambda x: hessian(function)(x), grad(lambda x: grad(function)(x) * x)):
        compiled = compile(derivative, native=native)
        compiled(recorded)
        assert same(compiled(at), derivative(at))


def test_a_program_that_is_recorded_where_zero_meets_infinity_holds_everywhere():
    compiled = compile(grad(lambda x: autograd.relu(autograd.log(x))), native=False)
    assert [compiled(x) for x in (0.0, 2.0, 0.0, 4.0)] == [0.0, 0.5, 0.0, 0.25]
    assert compiled.cache_info().recordings == 1


def test_a_program_that_meets_no_infinity_has_products_and_is_recorded_once_more_where_it_does():
    compiled = compile(grad(lambda x: autograd.relu(autograd.log(x))), native=False)
    assert compiled(2.0) == 0.5
    assert "gate" not in compiled.program.source
    assert [compiled(x) for x in (0.0, 4.0, 0.0, 0.0)] == [0.0, 0.25, 0.0, 0.0]
    assert compiled.cache_info().recordings == 2


def test_the_branch_not_taken_gives_nothing_to_parameters_either():
    w = Value(2.0)
    inner = lambda t: autograd.where(autograd.step(t), w * autograd.sqrt(t), 0.0)  # noqa: E731
    compiled = compile(lambda x: grad(inner)(x) ** 2, native=False)
    compiled.backward(4.0)
    w.zero_grad()
    assert (compiled.backward(-3.0), w.grad) == (0.0, 0.0)


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("constant", [math.inf, -math.inf, math.nan])
def test_an_adjoint_of_zero_passes_nothing_on_by_a_constant_that_is_not_finite(constant, native):
    if native:
        pytest.importorskip("llvmlite")
    function = lambda x: autograd.where(autograd.less(x, 0.0), x * constant, x + x)  # noqa: E731
    batch = compile(function, batch=0, reduce="sum", native=native)
    assert batch.value_and_grad(np.array([1.5, 2.5]))[1].tolist() == [2.0, 2.0]
    assert compile(function, native=native).value_and_grad(1.5) == (3.0, 2.0)


@pytest.mark.parametrize("batch", [(), (0,)])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: autograd.clip(x, -1.0),
        lambda x: autograd.maximum(x, -math.inf) + autograd.fmax(x, math.nan),
        lambda x: autograd.where(x, x, math.nan),
        lambda x: autograd.logsumexp([x, -math.inf]) * autograd.minimum(math.inf, x),
        lambda x: math.inf / x + x * -math.inf,
        lambda x: 0.0 ** (x - 1.0),
    ],
)
def test_constants_that_are_not_finite_come_out_as_in_the_function(function, batch):
    for derivative in (function, grad(function)):
        compiled = compile(derivative, batch=batch, native=False)
        for x in (0.3, -1.0, 0.0, math.nan, math.inf):
            expected = derivative(Value(x))
            assert same(numbers(compiled([x] if batch else x)), expected), x


def test_what_verbs_find_is_computed_anew_where_its_history_is_cut_off():
    def cut_off(x):
        with no_grad():
            return grad(lambda t: t**3)(x)

    for function in (
        cut_off,
        lambda x: grad(lambda t: t * t)(x.detach() if isinstance(x, Value) else x),
        lambda x: grad(lambda t: t * x.detach())(2.0),
        lambda x: gradients(x * x, x),
        lambda x: hessian(lambda t: t * t * x.detach())(2.0),
    ):
        compiled = compile(function, native=False)
        compiled(Value(2.0).data)
        assert compiled(5.0) == numbers(function(Value(5.0)))[0]


def test_shares_close_to_one_keep_their_second_derivatives():
    tail = math.exp(-40.0)  # of 1 - sigmoid(40), to 17 digits
    for f, sign in ((autograd.logsumexp, 1), (lambda x: autograd.log_softmax(x)[0], -1)):
        for derivative in (hessian(f), compile(hessian(f), native=False)):
            found = derivative([40.0, 0.0])
            assert np.allclose(found, sign * tail * np.array([[1, -1], [-1, 1]]), rtol=1e-14, atol=0.0)


def test_a_power_of_zero_and_a_norm_of_zeros_have_second_derivatives_of_zero():
    for f, x in ((lambda x: x[0] ** 0, [0.0]), (autograd.norm, [0.0, 0.0]), (lambda x: x[0] ** x[1], [0.0, 0.0])):
        assert not np.any(hessian(f)(x))
        assert not np.any(compile(hessian(f), native=False)(x))


def test_a_leaky_slope_has_the_same_second_derivatives_both_ways_around():
    found = hessian(lambda x: autograd.leaky_relu(x[0], x[1]))([Value(0.0), Value(0.2)])
    assert numbers(found) == [0.0, 1.0, 1.0, 0.0]

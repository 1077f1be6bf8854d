"""Values among NumPy's numbers and arrays."""

import bisect
import copy
import itertools
import math
import operator
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import Tape, Value
from autograd.interop.arrays import ArrayOfValues, array_of_values


@pytest.mark.parametrize("two", [np.float64(2), np.float32(2), np.int64(2)], ids=lambda two: two.dtype.name)
def test_numpy_numbers_work_on_both_sides(two):
    x = Value(3.0)
    got = [two + x, x + two, two - x, two * x, two / x, x / two, two**x, x**two, two % x, two // x]
    assert [v.data for v in got] == [5.0, 5.0, -1.0, 6.0, 2 / 3, 1.5, 8.0, 9.0, 2.0, 0.0]
    assert all(isinstance(v, Value) for v in got)
    assert (two < x, x < two, two == Value(2.0)) == (True, False, True)
    sum(got).backward()
    assert x.grad != 0


@pytest.mark.parametrize(
    "name",
    [
        "exp",
        "log",
        "sqrt",
        "tanh",
        "sin",
        "arctan",
        "arcsinh",
        "absolute",
        "square",
        "cbrt",
        "floor",
        "rint",
        "negative",
        "log1p",
        "sign",
    ],
)
def test_numpy_functions_record_on_a_value_and_on_arrays_of_values(name):
    x, y = Value(0.5), Value(0.25)
    alone = getattr(np, name)(x)
    assert isinstance(alone, Value)
    assert alone.data == pytest.approx(float(getattr(np, name)(0.5)))
    several = getattr(np, name)(array_of_values([x, y], (2,)))
    assert [v.data for v in several] == pytest.approx([float(getattr(np, name)(d)) for d in (0.5, 0.25)])


def test_two_argument_functions_and_comparisons():
    x = Value(3.0)
    assert np.maximum(x, 4.0).data == 4.0
    assert np.arctan2(x, 2.0).op.name == "atan2"
    assert np.hypot(4.0, x).data == 5.0
    assert np.power(2.0, x).data == 8.0
    assert np.greater(x, 2.0) is True
    assert list(np.array([2.0, 4.0]) < x) == [True, False]


def test_arrays_apply_operators_to_each_element():
    x = Value(3.0)
    a = np.arange(4.0).reshape(2, 2)
    for product in (a * x, x * a):
        assert product.shape == (2, 2)
        assert product[1, 1].data == 9.0
    assert (x - a)[0, 1].data == 2.0
    assert (2.0 ** (a * x))[0, 1].data == 8.0


def test_matrix_products_of_numbers_and_values():
    weights = [Value(1.0), Value(2.0)]
    y = np.array([[1.0, 2.0], [3.0, 4.0]]) @ weights
    assert [v.data for v in y] == [5.0, 11.0]
    y[1].backward()
    assert [w.grad for w in weights] == [3.0, 4.0]
    assert (np.array(weights) @ np.array(weights)).data == 5.0
    assert np.sum(np.array(weights)).data == 3.0
    assert np.mean(np.array(weights)).data == 1.5


def test_what_numpy_cannot_mean_is_an_error():
    with pytest.raises(TypeError):
        np.gcd(Value(2.0), 3)
    with pytest.raises(TypeError):
        np.exp(Value(2.0), dtype=np.float32)


def test_a_value_among_other_types_lets_them_answer_first():
    class Unit:
        def __radd__(self, other):
            return "unit"

        __rmul__ = __radd__

    assert Value(1.0) + Unit() == "unit"
    assert ag.exp(1.0) * Value(1.0) == ag.exp(1.0)


# Comparisons.


@pytest.mark.parametrize("limit", [np.float64(1), np.float32(1), np.int64(1), np.array(1.0), np.bool_(True)])
@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])
def test_a_comparison_with_numpys_number_on_the_left_is_recorded(compare, limit):
    f = ag.compile(lambda x: x * 10.0 if compare(limit, x) else x)
    for x in (3.0, 0.5, 1.0, math.nan):
        assert f(x) == pytest.approx(10.0 * x if compare(limit, x) else x, nan_ok=True)
    assert ag.compile(f.function, policy="raise")(2.0) == f(2.0)


def test_what_python_makes_of_such_comparisons_is_recorded_too():
    edges = np.array([0.0, 1.0, 2.0])
    f = ag.compile(lambda x: max(x, edges[1]) + 10.0 * min(x, edges[2]) + 100.0 * sum(x * (e < x) for e in edges))
    for x in (0.5, 1.0, 1.5, 3.0, -1.0):
        assert f(x) == f.function(Value(x)).data


@pytest.mark.parametrize(
    "numbers", [np.array([1.0, 2.0]), np.array([Value(1.0), 2.0], dtype=object)], ids=["", "objects"]
)
def test_arrays_compare_each_element_from_either_side(numbers):
    x = Value(1.5)
    with Tape() as tape:
        outcomes = [x > numbers, numbers < x, np.less([1.0, 2.0], x)]
    assert [(list(y), y.dtype) for y in outcomes] == [([True, False], np.dtype(bool))] * 3
    assert len(tape.guards) == 6


def test_complex_numbers_and_dates_have_no_order_among_values():
    for other in (np.complex128(2.0), np.datetime64("2020-01-01")):
        with pytest.raises(TypeError, match="a Value holds one real number"):
            operator.lt(other, Value(1.0))
        assert (other == Value(2.0), other != Value(2.0)) == (False, True)


# Arrays of Values.


SAMPLES = [-math.inf, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, math.inf, math.nan]
UNARY = [
    "sign",
    "abs",
    "isnan",
    "isinf",
    "isfinite",
    "signbit",
    "exp2",
    "degrees",
    "radians",
    "conjugate",
    "logical_not",
    "sqrt",
    "log",
    "floor",
    "rint",
]
BINARY = [
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "heaviside",
    "copysign",
    "hypot",
    "logaddexp",
    "logaddexp2",
    "arctan2",
    "fmod",
    "floor_divide",
    "logical_and",
    "logical_or",
    "logical_xor",
    "less",
    "equal",
    "greater_equal",
    "add",
    "subtract",
    "multiply",
    "divide",
]


def of(xs):
    return array_of_values([Value(x) for x in xs], (len(xs),))


def numbers(xs):
    return np.vectorize(lambda x: float(x.data if isinstance(x, Value) else x), otypes=[float])(np.asarray(xs))


@pytest.mark.parametrize("name", UNARY)
@np.errstate(all="ignore")
def test_functions_of_arrays_of_values_give_what_numpy_gives_for_numbers(name):
    function = getattr(np, name)
    expected = function(np.array(SAMPLES))
    assert numbers(function(of(SAMPLES))) == pytest.approx(expected.astype(float), nan_ok=True)
    assert numbers([function(Value(x)) for x in SAMPLES]) == pytest.approx(expected.astype(float), nan_ok=True)


@pytest.mark.parametrize("name", BINARY)
@np.errstate(all="ignore")
def test_functions_of_two_arrays_give_what_numpy_gives_for_numbers(name):
    a, b = np.array(list(itertools.product(SAMPLES, SAMPLES))).T
    function = getattr(np, name)
    expected = function(a, b).astype(float)
    for got in (function(of(a), b), function(a, of(b)), function(of(a), of(b))):
        assert numbers(got) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    "name", ["max", "min", "sum", "prod", "mean", "argmax", "argmin", "std", "median", "ptp", "any"]
)
@pytest.mark.parametrize("axis", [None, 0, -1])
@np.errstate(all="ignore")
def test_reductions_give_what_numpy_gives_for_numbers(name, axis):
    for seed, kept in itertools.product(range(5), (True, False)):
        x = np.random.default_rng(seed).choice([-2.0, 0.0, 1.0, 3.0, math.nan], (3, 4), p=[0.3, 0.2, 0.2, 0.2, 0.1])
        options = {"axis": axis} if name in ("argmax", "argmin", "ptp") else {"axis": axis, "keepdims": kept}
        got, expected = (getattr(np, name)(a, **options) for a in (of(x.ravel()).reshape(3, 4), x))
        assert np.shape(got) == expected.shape
        assert numbers(got) == pytest.approx(expected.astype(float), nan_ok=True)


def test_sorting_puts_nan_last_and_holds_for_other_orders_when_compiled():
    f = ag.compile(lambda x: np.sort(x) @ np.array([1.0, 10.0, 100.0]) + 1000.0 * x[np.argsort(x)[0]])
    for x in itertools.product([3.0, 1.0, 2.0], repeat=3):
        assert f(np.array(x)) == pytest.approx(f.function(np.array(x)))
    assert str(numbers(np.sort(of([3.0, math.nan, 1.0])))) == "[ 1.  3. nan]"


def test_numpys_functions_are_one_program_for_all_signs_and_ties_share():
    f = ag.compile(
        lambda x: np.maximum(x, 0.0).sum() + np.max(x) + np.clip(x, -1, 1).sum() + np.abs(x).mean() + np.min(x)
    )
    for x in itertools.product([-2.0, 0.0, 0.5, math.nan], repeat=3):
        assert f(np.array(x)) == pytest.approx(f.function(np.array(x)), nan_ok=True)
    assert f.cache_info().recordings == 1
    assert list(ag.grad(np.max)(np.array([1.0, 1.0, 0.0, 1.0]))) == [1 / 3, 1 / 3, 0.0, 1 / 3]
    assert list(ag.grad(lambda x: np.maximum(x, 0.0).sum())(np.array([0.0, 1.0, -1.0]))) == [0.5, 1.0, 0.0]


def test_norms_are_the_row_with_gradient_0_at_0():
    assert list(ag.grad(np.linalg.norm)(np.zeros(2))) == [0.0, 0.0]
    assert numbers(np.linalg.norm(of([3.0, 4.0]).reshape(2, 1), axis=0)) == [5.0]


def test_functions_of_whole_arrays_take_a_single_value_too():
    x = Value(-2.0)
    assert [f(x).data for f in (np.sum, np.max, np.mean, np.prod)] == [-2.0] * 4


def test_nan_in_a_value_among_numpys_functions_is_not_hidden():
    x = Value(math.nan)
    assert all(math.isnan(v.data) for v in (np.clip(x, 0, 1), np.maximum(x, 0.0), np.clip(np.ones(2), 0, x)[0]))


def test_arrays_of_values_stay_what_they_are_and_look_like_any_other():
    x = of([1.0, 2.0, 3.0, 4.0])
    for y in (x[1:], x.reshape(2, 2), x.T, x.copy(), copy.deepcopy(x), pickle.loads(pickle.dumps(x)), x * 2, 2 + x, -x):
        assert type(y) is ArrayOfValues
    assert repr(x) == repr(np.asarray(x))
    assert str(x) == str(np.asarray(x))
    assert (type(np.asarray(x)), type(x[0]), type(np.dot(x, x)), type(Value(1.0) * np.ones(2))) == (
        (np.ndarray, *[type(x[0])] * 2, ArrayOfValues)
    )
    assert list(np.zeros_like(x, dtype=float) + np.ones(4)) == [1.0] * 4


def test_results_go_where_out_says_and_never_into_an_array_of_numbers():
    x, place = of([1.0, 2.0]), np.zeros(2, dtype=object)
    assert np.add(x, 1.0, out=place) is place
    assert [v.data for v in place] == [2.0, 3.0]
    for write in (
        lambda y: np.add(x, 1.0, out=y),
        lambda y: operator.iadd(y, Value(1.0)),
        lambda y: np.sum(x, out=y[0:1]),
    ):
        with pytest.raises(TypeError, match="has no place for Values"):
            write(np.zeros(2))
    with pytest.raises(ValueError, match="leaves entries without a number"):
        np.add(x, 1.0, where=[True, False])
    assert np.sum(x, where=[True, False]).data == 1.0


@pytest.mark.parametrize("name", ["gcd", "ldexp", "bitwise_and", "nextafter", "left_shift"])
def test_functions_without_a_meaning_are_refused_with_what_to_use(name):
    for x in (Value(2.0), of([2.0])):
        with pytest.raises(TypeError, match=f"np.{name} has no derivative here"):
            getattr(np, name)(x, 1)


def test_functions_of_arrays_of_numbers_say_so():
    for call in (np.nan_to_num, lambda x: np.percentile(x, 50), lambda x: np.add(x, 1.0, dtype=float)):
        with pytest.raises(TypeError, match="Values"):
            call(of([1.0, math.nan]))


@pytest.mark.parametrize(("name", "partials"), [("fmod", (1.0, 2.0)), ("copysign", (-1.0, 0.0)), ("logaddexp", None)])
def test_what_is_made_of_rows_has_its_derivatives(name, partials):
    function = getattr(np, name)
    a, b = Value(-5.0), Value(2.0) if name == "fmod" else Value(1.5)
    function(a, b).backward()
    if partials is None:
        partials = [math.exp(x.data - np.logaddexp(a.data, b.data)) for x in (a, b)]
    assert (a.grad, b.grad) == pytest.approx(partials)


# Plain arrays of objects, which NumPy's loops compare element by element.

PLAIN = {
    "max": lambda xs: np.max(xs) + np.min(xs),
    "maximum": lambda xs: np.sum(np.maximum(xs, 0.0) + np.fmax(xs, 0.5)),
    "clip": lambda xs: np.sum(np.clip(xs, -1.0, 1.0)),
    "where": lambda xs: np.sum(np.where(xs > 0, xs, 0.0)),
    "sort": lambda xs: np.sum(np.sort(xs) * np.array([1.0, 2.0, 3.0])),
    "argmax": lambda xs: xs[np.argmax(xs)] + 2.0 * xs[np.argmin(xs)],
    "sorted": lambda xs: sum(k * x for k, x in enumerate(sorted(xs))),
    "searchsorted": lambda xs: xs[0] * np.searchsorted(np.array([-1.0, 0.0, 0.7]), xs[0]),
    "bisect": lambda xs: xs[0] * bisect.bisect_left(np.array([-1.0, 0.0, 0.7]), xs[0]),
    "truth": lambda xs: xs[0] * np.count_nonzero(xs) if np.any(xs) else xs[1],
    "unique": lambda xs: xs[0] * len(np.unique(xs)),
    "median": lambda xs: np.median(xs) + np.ptp(xs),
}


@pytest.mark.filterwarnings("ignore::autograd.UncompiledWarning")  # there are as many ways as orders
@pytest.mark.parametrize("f", PLAIN.values(), ids=PLAIN)
@np.errstate(all="ignore")
def test_plain_arrays_give_compiled_what_they_give_by_themselves(f):
    compiled = ag.compile(lambda a, b, c: f(np.array([a, b, c])), native=False)
    for x in itertools.product([-2.0, 0.0, 0.5, 1.0], repeat=3):
        right = f(np.array([Value(v) for v in x]))
        assert compiled(*x) == (right.data if isinstance(right, Value) else right)

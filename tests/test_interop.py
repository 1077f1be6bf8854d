"""Values among NumPy's numbers and arrays."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value


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
    if name == "sign":
        return  # NumPy's own loop for objects compares instead of asking the object
    several = getattr(np, name)(np.array([x, y]))
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

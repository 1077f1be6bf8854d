"""Functions of lists: they choose and add up as NumPy does, and each gradient goes to its place."""

import math
import random

import numpy as np
import pytest

import autograd as ag
from autograd import Value

LISTS = {
    "cumsum": (ag.cumsum, np.cumsum),
    "cumprod": (ag.cumprod, np.cumprod),
    "cummax": (ag.cummax, np.maximum.accumulate),
    "cummin": (ag.cummin, np.minimum.accumulate),
    "sort": (ag.sort, np.sort),
    "softmin": (ag.softmin, lambda xs: np.exp(-xs) / np.exp(-xs).sum()),
    "median": (lambda xs: [ag.median(xs)], lambda xs: [np.median(xs)]),
    "std": (lambda xs: [ag.std(xs)], lambda xs: [np.std(xs)]),
    "interp": (lambda xs: [ag.interp(x, [-2.0, 0.5, 2.0], [1.0, 3.0, -1.0]) for x in xs],
               lambda xs: np.interp(xs, [-2.0, 0.5, 2.0], [1.0, 3.0, -1.0])),
    "polyval": (lambda xs: [ag.polyval(xs, 0.7)], lambda xs: [np.polyval(xs, 0.7)]),
}  # fmt: skip
each_one = pytest.mark.parametrize("name", LISTS)


def drawn(seed):
    rng = random.Random(seed)
    return [rng.uniform(-3, 3) for _ in range(rng.randint(1, 7))]


@each_one
@pytest.mark.parametrize("seed", range(10))
def test_a_list_gives_what_numpy_gives_and_the_slopes_of_differences(name, seed):
    ours, numpys = LISTS[name]
    xs = drawn(seed)
    assert ours(xs) == pytest.approx(np.asarray(numpys(np.array(xs))).tolist(), rel=1e-13)
    assert all(type(y) is float for y in ours(xs))
    found = np.array(ag.jacobian(ours)(xs))
    for k in range(len(xs)):
        moved = [np.array(numpys(np.array([*xs[:k], xs[k] + h, *xs[k + 1 :]]))) for h in (1e-6, -1e-6)]
        assert found[:, k] == pytest.approx((moved[0] - moved[1]) / 2e-6, abs=1e-7)


@each_one
def test_compiled_it_follows_other_orders_of_the_values(name):
    ours, _ = LISTS[name]
    compiled = ag.compile(lambda xs: ag.sum([k * y for k, y in enumerate(ours(xs), 1)]))
    for seed in range(6):
        rng = random.Random(seed)
        xs = [rng.uniform(-3, 3) for _ in range(4)]
        value, slopes = ag.value_and_grad(lambda xs: ag.sum([k * y for k, y in enumerate(ours(xs), 1)]))(xs)
        found = compiled.value_and_grad(xs)
        assert found[0] == pytest.approx(value, rel=1e-13)
        assert found[1] == pytest.approx(slopes, rel=1e-12, abs=1e-15)


def test_ties_and_nan_are_as_stated():
    a, b = Value(1.0), Value(1.0)
    ag.cummax([a, b])[1].backward()
    assert (a.grad, b.grad) == (0.5, 0.5)
    a, b, c = Value(1.0), Value(1.0), Value(1.0)
    ag.median([a, b, c]).backward()
    assert (a.grad, b.grad, c.grad) == (0.0, 1.0, 0.0)
    assert math.isnan(ag.median([1.0, math.nan, 2.0]))
    assert ag.sort([math.nan, 2.0, 1.0])[:2] == [1.0, 2.0]
    assert math.isnan(ag.interp(math.nan, [0.0, 1.0], [0.0, 1.0]))
    assert ag.grad(lambda x: ag.interp(x, [0.0, 1.0, 2.0], [0.0, 5.0, 6.0]))(1.0) == 5.0  # the line left of a point
    assert ag.grad(lambda x: ag.interp(x, [0.0, 1.0], [0.0, 5.0]))(3.0) == 0.0
    assert ag.grad(ag.std)([2.0, 2.0]) == [0.0, 0.0]


def test_what_makes_no_sense_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="median of no values"):
        ag.median([])
    with pytest.raises(ValueError, match=r"as many xs as ys.* 2 and 1"):
        ag.interp(0.0, [0.0, 1.0], [0.0])
    with pytest.raises(ValueError, match=r"the xs of interp rise, but xs\[1\] = 0.0"):
        ag.interp(0.0, [1.0, 0.0], [0.0, 1.0])


def array_of(xs):
    made = np.empty(len(xs), object)
    made[:] = xs
    return made * Value(1.0)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.logaddexp(x, 0.5),
        lambda x: np.logaddexp2(x, 0.5),
        np.exp2,
        np.std,
        np.var,
        lambda x: np.std(x, ddof=1),
        lambda x: np.var(x.reshape(2, 2), axis=1, keepdims=True),
        np.cumsum,
        np.cumprod,
        np.sort,
        np.median,
        np.sinc,
        np.i0,
        np.radians,
        np.rad2deg,
        lambda x: np.copysign(x, -1.0),
        lambda x: np.interp(x, [0.0, 1.0, 4.0], [0.0, 2.0, 3.0]),
        lambda x: np.linalg.solve(np.array([[4.0, 1.0], [1.0, 3.0]]), x[:2]),
        lambda x: np.linalg.det(x.reshape(2, 2)),
        lambda x: np.linalg.inv(x.reshape(2, 2)),
        lambda x: np.linalg.cholesky(x.reshape(2, 2) @ x.reshape(2, 2).T),
        lambda x: x > Value(1.0),
        lambda x: Value(1.0) > x,
    ],
)
def test_numpys_functions_on_arrays_of_values_give_what_they_give_of_numbers(f):
    xs = [1.5, 0.3, 2.5, 1.25]
    found, expected = numbers(f(array_of([Value(x) for x in xs]))), numbers(f(np.array(xs)))
    assert found == pytest.approx(expected, rel=1e-13, abs=1e-15)


def numbers(made):
    flat = np.asarray(made, object).ravel().tolist()
    return [float(x.data if isinstance(x, Value) else x) for x in flat]


def test_in_place_arithmetic_with_a_value_needs_an_array_of_values():
    x = array_of([1.0, 2.0])
    x -= Value(1.0)
    assert [v.data for v in x] == [0.0, 1.0]
    plain = np.array([1.0, 2.0])
    with pytest.raises(TypeError, match="no place for Values"):
        plain -= Value(1.0)

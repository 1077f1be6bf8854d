"""Arrays compared inside compiled functions: one program where only `np.where` reads them, and right wherever."""

import copy
import itertools
import math
import random

import numpy as np
import pytest

import autograd as ag

CORNERS = [np.array(x) for x in itertools.product([-2.0, 0.0, 0.5, 1.0, math.nan], repeat=3)]


def written(x, condition):
    y = x.copy()
    y[condition] = 7.0
    return y


def changed_later(x):
    mask = x > 0
    before = np.where(mask, x, 2 * x)
    inverse = ~mask
    mask[0] = True
    return before + np.where(mask, x, 3 * x) + np.where(inverse, x, 5 * x)


def changed_in_place(x):
    mask = x > 0
    same = mask
    mask &= x < 1
    return np.where(same, x, 2 * x)


UNREAD = {
    "where": lambda x: np.where(x > 0, x * 2, -x),
    "numbers": lambda x: np.where(x >= 0, 1.0, -3.0) * x,
    "and": lambda x: np.where((x > 0) & (x < 1), x, x * x),
    "or": lambda x: np.where((x > 0) | (x < -1), x, x * x),
    "not": lambda x: np.where(~(x > 0), x, x * x),
    "xor": lambda x: np.where((x > 0) ^ (x < 1), x, x * x),
    "logical": lambda x: np.where(np.logical_not(np.logical_and(x > 0, x < 1)), x, x * x),
    "with bools": lambda x: np.where((x > 0) & np.array([True, False, True]), x, x * x),
    "equal": lambda x: np.where(x == x[0], x, 2 * x) + np.where(x != x[1], x, 3 * x),
    "of two arrays": lambda x: np.where(x <= x[::-1], x, 2 * x),
    "nan": lambda x: np.where(np.isnan(x), 0.0, x),
    "product": lambda x: x * (x > 0) + (x < 1) * x - (x > 0),
    "times a value": lambda x: x[0] * (np.array([0.0, 0.7]) < x[1]) + (x[2] > np.array([x[0], x[1]])) * x[2],
    "nested": lambda x: np.where(x > 1, x * 3, np.where(x > 0, x * 2, -x)),
    "one value": lambda x: np.where(x[0] > np.array([0.0, 1.0, 2.0]), x[1], x[2]),
}
READ = {
    "chosen": lambda x: x[x > 0],
    "all": lambda x: x if (x > 0).all() else 2 * x,
    "any": lambda x: x if any(x > 0) else 2 * x,
    "counted": lambda x: x * np.count_nonzero(x > 0) + np.sum(x > 0) + len(x > 0),
    "in a loop": lambda x: np.array([v if m else 2 * v for v, m in zip(x, x > 0, strict=True)]),
    "one": lambda x: x if (x > 0)[0] else 2 * x,
    "written": lambda x: written(x, x < 0),
    "changed later": changed_later,
    "changed in place": changed_in_place,
    "numbers": lambda x: (x > 0).astype(float) * x + (1 * (x > 0)) + ((x > 0) + (x < 1)),
    "places": lambda x: x[np.where(x > 0)].sum() + x[np.flatnonzero(x > 0)].sum() + x[(x > 0).argmax()],
    "selected": lambda x: np.select([x > 0, x < -1], [x * 2, x * 3], x),
    "piecewise": lambda x: np.piecewise(x, [x > 0], [lambda z: z * 2, lambda z: z * 3]),
    "stacked": lambda x: np.where(np.stack([x > 0, x < 0]), np.stack([x, x]), 0),
    "compared": lambda x: x if ((x > 0) == (x > -5)).all() or np.array_equal(x > 0, x > 1) else 2 * x,
    "turned": lambda x: np.where((x[:, None] > x).T, x, 0),
    "copied": lambda x: np.where(copy.deepcopy(x > 0), x, 0) + np.where(copy.copy(x > 0), x, 0),
    "where in a ufunc": lambda x: np.maximum(x, 0, where=x > 0, out=np.zeros(3, x.dtype)),
}


@pytest.mark.parametrize("f", UNREAD.values(), ids=UNREAD)
def test_a_mask_that_only_where_and_arithmetic_read_is_one_program(f):
    compiled = ag.compile(lambda x: np.sum(f(x)), native=False)
    for x in CORNERS:
        assert compiled(x) == pytest.approx(np.sum(f(x)), nan_ok=True)
    assert compiled.cache_info().recordings == 1


@pytest.mark.filterwarnings("ignore::autograd.UncompiledWarning")  # there are as many ways as patterns
@pytest.mark.parametrize("f", READ.values(), ids=READ)
def test_a_mask_that_somebody_reads_is_right_for_every_pattern(f):
    compiled = ag.compile(lambda x: np.sum(f(x)), native=False)
    for x in CORNERS[::3]:
        assert compiled(x) == pytest.approx(np.sum(f(x)), nan_ok=True)


@pytest.mark.filterwarnings("ignore::autograd.UncompiledWarning")
def test_a_mask_among_the_results_is_looked_at_in_time():
    compiled = ag.compile(lambda x: [x > 0, x[0], (x > 0.5) & (x < 1)], native=False)
    for x in CORNERS[::3]:
        first, second, third = compiled(x)
        assert list(first) == list(x > 0)
        assert second == pytest.approx(x[0], nan_ok=True)
        assert list(third) == list((x > 0.5) & (x < 1))


def test_a_mask_that_is_kept_is_not_looked_at_later():
    kept = []
    ag.compile(lambda x: kept.append(x > 0) or x[0], native=False)(CORNERS[0])
    with pytest.raises(TypeError, match="look at it within the function"):
        kept[0].any()


def drawn_condition(rng, depth):
    if not depth:
        compare = rng.choice([np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal])
        other = rng.choice([0.0, 1.0, None])
        return lambda x: compare(x, x[::-1] if other is None else other)
    a, b = drawn_condition(rng, depth - 1), drawn_condition(rng, depth - 1)
    return rng.choice([lambda x: a(x) & b(x), lambda x: a(x) | b(x), lambda x: a(x) ^ b(x), lambda x: ~a(x)])


def drawn_function(rng, depth):
    if not depth:
        return rng.choice([lambda x: x * x, lambda x: 3.0 * x, lambda x: np.maximum(x, 0.5), lambda x: 2.0])
    condition = drawn_condition(rng, rng.randrange(3))
    a, b = drawn_function(rng, depth - 1), drawn_function(rng, depth - 1)
    return lambda x: np.where(condition(x), a(x), b(x)) + x * condition(x)


@pytest.mark.parametrize("seed", range(40))
def test_random_choices_have_the_values_and_the_slopes_of_the_function_itself(seed):
    rng = random.Random(seed)
    f = drawn_function(rng, rng.randrange(1, 4))
    compiled = ag.compile(lambda x: np.sum(f(x)), native=False)
    many = ag.compile(compiled.function, batch=0, reduce="sum", native=False)
    points = np.array([[rng.choice([-1.0, 0.0, 0.5, 1.0, 2.0]) for _ in range(4)] for _ in range(12)])
    slopes = [ag.grad(compiled.function)(x) for x in points]
    for x, slope in zip(points, slopes, strict=True):
        value, gradient = compiled.value_and_grad(x)
        assert (value, *gradient) == pytest.approx((np.sum(f(x)), *slope))
    assert many.value_and_grad(points)[1] == pytest.approx(np.array(slopes))
    assert compiled.cache_info().recordings == many.cache_info().recordings == 1


def test_what_is_chosen_from_plain_arrays_is_a_plain_array_whose_ties_numpy_decides():
    def f(x):
        a = np.array([x, 2.0 * x], dtype=object)  # NumPy's own, as np.array makes them
        return np.fmax(a, np.where(a * a > ag.Value(0.5), a * a, 0.0))[0]

    compiled = ag.compile(f, native=False)
    for x in (0.5, 1.0, 2.0):
        assert compiled.value_and_grad(x) == ag.value_and_grad(f)(x)

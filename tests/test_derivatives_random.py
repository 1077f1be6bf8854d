"""Random functions of every row: derivatives to third order against differences, and the verbs among themselves."""

import random
from itertools import pairwise

import numpy as np
import pytest

from autograd import grad, gradcheck, hessian, jacobian, jvp, sin, tanh
from autograd.core.ops import ROWS
from autograd.vocabularies import functions

INPUTS = 3
OPERATIONS = -(-len(ROWS) // 8)


def within(x, domain):
    """`x`, squeezed into the domain of an input."""
    middle, half = (domain.low + domain.high) / 2, (domain.high - domain.low) / 2
    return middle + half * tanh(x * 0.7)


def random_function(seed):
    """A function of INPUTS numbers that uses an eighth of the rows; eight in a row use all of them."""
    order = ROWS[:]
    random.Random(seed // 8).shuffle(order)
    rows = (order * 2)[seed % 8 * OPERATIONS :][:OPERATIONS]

    def f(xs):
        rng = random.Random(seed)
        values = list(xs)

        def operand(domain):
            if domain.low == domain.high:
                return float(rng.randrange(3)) if domain.index else 0.0
            x = rng.choice(values[-INPUTS:]) if rng.random() < 0.85 else rng.uniform(-1, 1)
            return within(x, domain)

        for op in rows:
            inputs = [operand(d) if d.least is None else [operand(d) for _ in range(3)] for d in op.domain]
            values.append(getattr(functions, op.name)(*inputs))
        return sum(sin(0.5 * x) for x in values[-INPUTS:])

    rng = random.Random(~seed)
    return f, [rng.uniform(-1.5, 1.5) for _ in range(INPUTS)], [rng.uniform(0.3, 1) for _ in range(INPUTS)]


def differences(f):
    """The slope of `f` at 0 and how sure it is: fourth order, the steps at which two estimates agree best."""

    def slope(h):
        return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)

    slopes = [slope(4e-3 / 4**k) for k in range(4)]
    return min((abs(b - a), b) for a, b in pairwise(slopes))[::-1]


FAST, ALL = range(40), range(40, 500)


@pytest.mark.parametrize("seeds", [FAST, pytest.param(ALL, marks=pytest.mark.slow)])
def test_derivatives_to_third_order_agree_with_differences(seeds):
    unsure = 0
    for seed in seeds:
        f, x, v = random_function(seed)

        def along(t, f=f, x=x, v=v):
            return f([a + t * b for a, b in zip(x, v, strict=True)])

        for _ in range(3):
            derivative = grad(along)
            exact, (near, off) = derivative(0.0), differences(along)
            unsure += off > 1e-6 * (1 + abs(near))
            assert abs(exact - near) <= 1e-6 * (1 + abs(near)) + 3 * off, (seed, exact, near, off)
            along = derivative
    assert unsure < 0.02 * 3 * len(seeds)


@pytest.mark.parametrize("seeds", [FAST, pytest.param(ALL, marks=pytest.mark.slow)])
def test_second_derivatives_agree_however_they_are_taken(seeds):
    for seed in seeds:
        f, x, v = random_function(seed)
        h = np.array(hessian(f)(x))
        size = 1e-12 * (1 + np.abs(h).max())
        assert np.abs(h - h.T).max() == 0
        assert np.allclose(h, jacobian(grad(f))(x), rtol=1e-10, atol=size), seed
        assert np.allclose(h @ v, jvp(grad(f), x, v)[1], rtol=1e-10, atol=10 * size), seed


@pytest.mark.parametrize("seeds", [FAST, pytest.param(ALL, marks=pytest.mark.slow)])
def test_gradcheck_agrees(seeds):
    for seed in seeds:
        f, x, _ = random_function(seed)
        assert gradcheck(f, x), seed

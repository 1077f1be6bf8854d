"""A compiled sum is taken in the order in which it is written; only sums of products may be taken in another."""

import importlib.util
import operator
import random

import numpy as np
import pytest
from packing_graphs import seeds

import autograd
from autograd import Value
from autograd.compiling.graph.graph import CODE_OF
from autograd.compiling.graph.simplify import simplify
from autograd.compiling.graph.sums import gather_sums
from autograd.compiling.graph.trace import trace
from autograd.vocabularies import arrays

NATIVE = [False, *([True] if importlib.util.find_spec("llvmlite") else [])]
NASTY = (1.0, -1.0, 0.3, -0.1, 1e16, -1e16, 1e308, -1e308, 2.5, 1e-300, 3e15, 0.0)


def eager(function, row):
    return function([Value(x) for x in row]).data


def forms(function, rows, native):
    """What the function gives for each row, called with it alone and with all of them as a batch."""
    single = autograd.compile(lambda x: function(list(x)), native=native)
    batched = autograd.compile(lambda x: function(list(x)), native=native, batch=0)
    return [single(row) for row in rows], batched(rows).tolist(), [batched(row[np.newaxis]).item() for row in rows]


def random_rows(seed, size, count=6):
    draw = random.Random(seed)
    return np.array([[draw.choice(NASTY) * draw.choice((1.0, 0.7)) for _ in range(size)] for _ in range(count)])


# Programs whose meaning is the order in which they add.


def two_sum(a, b):
    s = a + b
    part = s - a
    return s, (a - (s - part)) + (b - part)


def split(a):
    c = 134217729.0 * a
    high = c - (c - a)
    return high, a - high


def two_product(a, b):
    p = a * b
    (ah, al), (bh, bl) = split(a), split(b)
    return p, ((ah * bh - p) + ah * bl + al * bh) + al * bl


def kahan(xs):
    s = c = 0.0
    for x in xs:
        y = x - c
        t = s + y
        c = (t - s) - y
        s = t
    return s


def neumaier(xs):
    s, c = xs[0], 0.0
    for x in xs[1:]:
        t = s + x
        c = c + autograd.where(autograd.less(abs(s), abs(x)), (x - t) + s, (s - t) + x)
        s = t
    return s + c


def compensated_dot(xs):
    s, c = two_product(xs[0], xs[1])
    for a, b in zip(xs[2::2], xs[3::2]):
        p, lost = two_product(a, b)
        s, more = two_sum(s, p)
        c = c + (lost + more)
    return c


def product_by_minus(xs):
    a, b = xs[0] * 1e-300, xs[1] * 1e-300
    p = a * b
    (ah, al), (bh, bl) = split(a), split(b)
    return -p + ah * bh + ah * bl + al * bh + al * bl


TRICKS = {
    "Kahan's sum": kahan,
    "Neumaier's sum": neumaier,
    "what a sum loses": lambda xs: two_sum(xs[0], xs[1])[1] + two_sum(xs[2], xs[3])[1],
    "what a product loses": lambda xs: two_product(xs[0], xs[1])[1],
    "the same without a subtraction": product_by_minus,
    "a dot product in twice the precision": compensated_dot,
    "rounding by a large number": lambda xs: xs[0] + 6755399441055744.0 - 6755399441055744.0 + xs[1],
    "a large number and a neuron": lambda xs: 6755399441055744.0 + xs[0] * xs[1] + xs[2] * xs[3] - 6755399441055744.0,
    "terms that cancel": lambda xs: xs[0] + xs[1] + -xs[0] + xs[2] + -xs[1] + xs[3],
    "one term three times": lambda xs: xs[0] + -xs[0] + xs[0] + xs[1],
    "large constants far apart": lambda xs: xs[0] + 1e308 + xs[1] + 1e308 + xs[2] + -1e308 + xs[3],
    "the imaginary part of |z|^2": lambda xs: xs[0] * -xs[1] + xs[1] * xs[0],
    "second differences": lambda xs: 1e16 * xs[0] + xs[1] + -1e16 * xs[0] + 0.5 * xs[1] + 0.25 * xs[1],
    "a long sum": lambda xs: sum([*xs, *(x * 0.5 for x in xs), *(abs(x) for x in xs)] * 7),
    "a long sum of a list": lambda xs: autograd.sum([autograd.maximum(x, -k) for k in range(9) for x in xs]),
    "what all share, then each": lambda xs: 1e16 + Value(0.3) + 0.1 + xs[0] + 1.0 + xs[1] + Value(-1e16) + xs[2] - 1e16,
    "partial sums": lambda xs: (xs[0] + (xs[1] + xs[2])) - ((xs[0] + xs[1]) + xs[2]) + (xs[3] - (xs[3] - xs[0])),
}


@pytest.mark.parametrize("native", NATIVE)
@pytest.mark.parametrize("trick", TRICKS)
def test_a_program_that_relies_on_the_order_of_its_sums_gives_the_same_bits_in_every_form(trick, native):
    function, rows = TRICKS[trick], random_rows(len(trick), 6)
    expected = [eager(function, row) for row in rows]
    for found in forms(function, rows, native):
        assert np.array_equal(found, expected, equal_nan=True)


def additions(seed, operations=40):
    """A function that adds, subtracts and turns signs at random, with large constants among its numbers."""

    def function(xs):
        draw = random.Random(seed)
        known = [*xs, draw.choice(NASTY[:6]), Value(draw.choice(NASTY[:6]))]
        for _ in range(operations):
            a, b, c, d = (draw.choice(known[-9:]) for _ in range(4))
            made = draw.choice((a + b, a - b, a + b + c + d, a - b - c - d, b + -a + a, autograd.sum([a, b, c, d])))
            known += [made, *([a * b] if draw.random() < 0.1 else [])]
        return autograd.sum(known[-3:])

    return function


def without_runs(function, row):
    """Whether the compiled function has no sum of products."""
    x = [Value(number) for number in row]
    nodes = gather_sums(simplify(trace(lambda: function(x), x, [True] * len(x))[0])).nodes
    return not nodes.are(CODE_OF["dot"], CODE_OF["linear"]).any()


@pytest.mark.parametrize("seed", seeds(600, fast=60))
def test_random_sums_of_large_and_small_numbers_give_the_same_bits_in_every_form(seed):
    function, rows = additions(seed), random_rows(seed, 4)
    expected = [eager(function, row) for row in rows]
    is_exact = without_runs(function, rows[0])
    for found in forms(function, rows, native=False):
        assert not is_exact or np.array_equal(found, expected, equal_nan=True)


def products(seed, minus=operator.sub):
    """A function that adds and multiplies at random, in chains with and without a bias."""

    def function(xs):
        draw = random.Random(seed)
        known = list(xs)
        for _ in range(12):
            a, b, c, d, e = (draw.choice(known[-12:]) for _ in range(5))
            made = draw.choice((a * b + c * d, a + b * c + d * e, minus(a * b + c, d * e), a * b + (c * d + e * b)))
            known.append(0.5 * made)
        return sum(known[-3:])

    return function


@pytest.mark.parametrize("seed", seeds(600, fast=60))
def test_sums_of_products_and_their_gradients_are_right_to_rounding_relative_to_their_absolute_terms(seed):
    function, draw = products(seed), np.random.default_rng(seed)
    rows = draw.normal(size=(6, 5)) * 10.0 ** draw.integers(-3, 4, (6, 5))
    expected = [autograd.value_and_grad(function)(row.tolist()) for row in rows]
    # with a plus for every minus, a function of absolute values adds up those of its terms, on the way back too
    sizes = [autograd.value_and_grad(products(seed, operator.add))(row.tolist()) for row in np.abs(rows)]
    (values, slopes), (of_values, of_slopes) = ([np.array(x) for x in zip(*each)] for each in (expected, sizes))
    for found in forms(function, rows, native=False):
        assert np.all(np.abs(found - values) <= 1e-14 * of_values)
    single, batched = (autograd.compile(function, batch=batch, reduce="sum", native=False) for batch in ((), 0))
    for found in [single.value_and_grad(row)[1] for row in rows], batched.value_and_grad(rows)[1]:
        assert np.all(np.abs(np.array(found) - slopes) <= 1e-14 * of_slopes)


@pytest.mark.parametrize("shape", [(20,), (20, 1), (20, 3), (9, 4, 1), (9, 4, 5), (2, 3)])
@pytest.mark.parametrize("layout", ["C", "F", "backwards", "repeated"])
def test_arrays_are_summed_from_first_to_last_however_they_lie_in_memory(layout, shape):
    xs = np.array(np.random.default_rng(0).choice(NASTY[:6], shape), order="F" if layout == "F" else "C")
    xs = xs[::-1] if layout == "backwards" else np.broadcast_to(xs[..., :1], shape) if layout == "repeated" else xs
    expected = xs[0]
    for x in xs[1:]:
        expected = expected + x
    assert np.array_equal(arrays.sum(xs), expected)


@pytest.mark.parametrize(
    "neuron",
    [
        lambda w, x, b: sum(p * q for p, q in zip(w, x)) + b,
        lambda w, x, b: sum((p * q for p, q in zip(w, x)), b),
        lambda w, x, b: b + sum(p * q for p, q in zip(w, x)),
        lambda w, x, b: autograd.sum([p * q for p, q in zip(w, x)]) + b,
        lambda w, x, b: autograd.dot(w, x) + b,
        lambda w, x, b: autograd.linear(w, x, b),
    ],
)
def test_a_neuron_is_one_node_however_it_is_written(neuron):
    w, x, b = [Value(1.0) for _ in range(3)], [Value(2.0) for _ in range(3)], Value(3.0)
    graph = gather_sums(simplify(trace(lambda: neuron(w, x, b), x, [True] * 3)[0]))
    assert [node[0] for node in graph.nodes] == [CODE_OF["linear"]]


def test_two_sums_of_products_and_a_bias_are_two_products_and_an_addition():
    w, u, h, x = ([Value(1.0) for _ in range(3)] for _ in range(4))
    graph = gather_sums(simplify(trace(lambda: autograd.dot(w, x) + autograd.dot(u, h) + Value(2.0), x, [True] * 3)[0]))
    assert [node[0] for node in graph.nodes] == [CODE_OF[name] for name in ("dot", "dot", "add", "add")]

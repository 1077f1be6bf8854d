"""Programs of scientists: likelihoods, options, a Gaussian process; eager, compiled, batched, against 50 digits."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import Value, linalg

mpmath = pytest.importorskip("mpmath")
from mpmath import mp  # noqa: E402


def negative_binomial(p):
    mean, spread, count = p
    r = 1.0 / spread
    return (
        ag.lgamma(count + r)
        - ag.lgamma(count + 1.0)
        - ag.lgamma(r)
        + r * ag.log(r / (r + mean))
        + ag.xlogy(count, mean / (r + mean))
    )


def beta(p):
    a, b, x = p
    return (a - 1.0) * ag.log(x) + ag.xlog1py(b - 1.0, -x) - ag.betaln(a, b)


def von_mises(p):
    angle, mean, sharpness = p
    # cos - 1 and i0e, so that a sharp peak does not overflow
    return sharpness * (ag.cos(angle - mean) - 1.0) - math.log(2 * math.pi) - ag.log(ag.i0e(sharpness))


def truncated_normal(p):
    x, mean, scale = p
    z, low = (x - mean) / scale, (0.0 - mean) / scale  # cut off below 0
    return -0.5 * z * z - ag.log(scale) - 0.5 * math.log(2 * math.pi) - ag.log_ndtr(-low)


def black_scholes(p):
    spot, strike, volatility = p
    rate, years = 0.03, 0.75
    total = volatility * math.sqrt(years)
    d = (ag.log(spot / strike) + rate * years) / total + 0.5 * total
    return spot * ag.ndtr(d) - strike * math.exp(-rate * years) * ag.ndtr(d - total)


def exactly(name, p):
    """The same with 50 digits and more."""
    a, b, c = p
    if name == "negative binomial":
        r = 1 / b
        return (mp.loggamma(c + r) - mp.loggamma(c + 1) - mp.loggamma(r) + r * mp.log(r / (r + a))
                + c * mp.log(a / (r + a)))  # fmt: skip
    if name == "beta":
        return (a - 1) * mp.log(c) + (b - 1) * mp.log(1 - c) - mp.log(mp.beta(a, b))
    if name == "von Mises":
        return c * mp.cos(a - b) - mp.log(2 * mp.pi * mp.besseli(0, c))
    if name == "truncated normal":
        z = (a - b) / c
        return -z * z / 2 - mp.log(c) - mp.log(2 * mp.pi) / 2 - mp.log(mp.erfc(-b / c / mp.sqrt(2)) / 2)
    total = c * mp.sqrt(mp.mpf(0.75))
    rate = mp.mpf(0.03)
    d = (mp.log(a / b) + rate * mp.mpf(0.75)) / total + total / 2
    normal = lambda x: mp.erfc(-x / mp.sqrt(2)) / 2  # noqa: E731
    return a * normal(d) - b * mp.exp(-rate * mp.mpf(0.75)) * normal(d - total)


MODELS = {
    "negative binomial": (negative_binomial, [(4.5, 0.3, 7.0), (0.2, 2.5, 1.0), (80.0, 0.05, 60.0)]),
    "beta": (beta, [(2.0, 3.5, 0.3), (0.6, 0.7, 0.98), (30.0, 200.0, 0.15)]),
    "von Mises": (von_mises, [(0.3, 0.1, 2.0), (3.0, -2.9, 0.2), (1.0, 1.02, 900.0)]),
    "truncated normal": (truncated_normal, [(0.5, 1.0, 2.0), (0.1, -12.0, 1.0), (3.0, 5.0, 0.4)]),
    "Black-Scholes": (black_scholes, [(100.0, 95.0, 0.2), (100.0, 150.0, 0.1), (50.0, 49.0, 0.9)]),
}


@pytest.mark.parametrize("name", MODELS)
def test_value_gradient_and_hessian_are_right_to_the_last_digits(name):
    f, points = MODELS[name]
    for p in points:
        value, slopes = ag.value_and_grad(f)(list(p))
        bends = ag.hessian(f)(list(p))
        with mp.workdps(120):
            at, h = [mp.mpf(v) for v in p], [mp.mpf(10) ** -30 * abs(mp.mpf(v)) for v in p]

            def moved(*steps, at=at):
                to = list(at)
                for k, step in steps:
                    to[k] += step
                return exactly(name, to)

            assert value == pytest.approx(float(moved()), rel=1e-13)
            for i in range(3):
                slope = (moved((i, h[i])) - moved((i, -h[i]))) / (2 * h[i])
                assert slopes[i] == pytest.approx(float(slope), rel=1e-12, abs=1e-15)
                for j in range(3):
                    corners = [s * t * moved((i, s * h[i]), (j, t * h[j])) for s in (1, -1) for t in (1, -1)]
                    bend = float(sum(corners) / (4 * h[i] * h[j]))
                    assert bends[i][j] == pytest.approx(bend, rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("native", [False, True])
def test_eager_compiled_and_batched_agree(name, native):
    if native:
        pytest.importorskip("llvmlite")
    f, points = MODELS[name]
    compiled = ag.compile(f, native=native)
    batched = ag.compile(f, batch=0, reduce="sum", native=native)
    every = [ag.value_and_grad(f)(list(p)) for p in points]
    for p, (value, slopes) in zip(points, every, strict=True):
        found = compiled.value_and_grad(list(p))
        assert found[0] == pytest.approx(value, rel=1e-13)
        assert found[1] == pytest.approx(slopes, rel=1e-12, abs=1e-15)
    total, slopes = batched.value_and_grad(np.array(points))
    assert total == pytest.approx(sum(value for value, _ in every), rel=1e-12)
    assert np.allclose(slopes, [slopes for _, slopes in every], rtol=1e-11, atol=1e-14)


def test_the_implied_volatility_of_a_price_moves_as_one_over_vega():
    spot, strike = 100.0, 110.0

    def volatility(price):
        return ag.root(lambda v, price: black_scholes([spot, strike, v]) - price, 0.3, price)

    price = black_scholes([spot, strike, 0.25])
    vega = ag.grad(lambda v: black_scholes([spot, strike, v]))(0.25)
    volga = ag.grad(ag.grad(lambda v: black_scholes([spot, strike, v])))(0.25)
    assert volatility(price) == pytest.approx(0.25, rel=1e-12)
    assert ag.grad(volatility)(price) == pytest.approx(1 / vega, rel=1e-11)
    assert ag.grad(ag.grad(volatility))(price) == pytest.approx(-volga / vega**3, rel=1e-9)


def gaussian_process(log_length, log_noise, xs, ys):
    """The logarithm of the marginal likelihood of the observations ys at xs."""
    length, noise = ag.exp(log_length), ag.exp(log_noise)
    kernel = [[ag.gaussian((a - b) / (length * math.sqrt(2.0))) + (noise if i == j else 0.0)
               for j, b in enumerate(xs)] for i, a in enumerate(xs)]  # fmt: skip
    lower = linalg.cholesky(kernel)
    rest = []  # L rest = y, from the first row down
    for row, y in zip(lower, ys, strict=True):
        rest.append((y - ag.dot(row[: len(rest)], rest) if rest else y) / row[len(rest)])
    half = ag.sum([ag.log(row[k]) for k, row in enumerate(lower)])
    return -0.5 * ag.dot(rest, rest) - half - 0.5 * len(ys) * math.log(2 * math.pi)


def test_a_gaussian_process_of_30_points_has_its_likelihood_and_slopes():
    rng = np.random.default_rng(3)
    xs = np.sort(rng.uniform(0, 6, 30)).tolist()
    ys = [math.sin(x) + 0.1 * e for x, e in zip(xs, rng.normal(size=30))]

    def f(p):
        return gaussian_process(p[0], p[1], xs, ys)

    def by_numpy(p):
        d = np.subtract.outer(xs, xs)
        k = np.exp(-0.5 * (d / np.exp(p[0])) ** 2) + np.exp(p[1]) * np.eye(30)
        return float(
            -0.5 * np.array(ys) @ np.linalg.solve(k, ys) - 0.5 * np.linalg.slogdet(k)[1] - 15 * np.log(2 * np.pi)
        )

    at = [0.2, -3.0]
    value, slopes = ag.value_and_grad(f)(at)
    assert value == pytest.approx(by_numpy(at), rel=1e-10)
    for k in range(2):
        h = 1e-5
        up, down = ([*at[:k], at[k] + s * h, *at[k + 1 :]] for s in (1, -1))
        assert slopes[k] == pytest.approx((by_numpy(up) - by_numpy(down)) / (2 * h), rel=1e-6, abs=1e-6)
    compiled = ag.compile(f)
    for p in (at, [0.1, -2.5]):
        found = compiled.value_and_grad(p)
        assert found[0] == pytest.approx(f(p), rel=1e-11)
        assert found[1] == pytest.approx(ag.grad(f)(p), rel=1e-8)


def test_a_likelihood_is_least_where_its_slope_is_0():
    data = [Value(x).data for x in (0.3, 1.2, 2.2, 0.7, 3.1)]

    def loss(p):
        return -ag.sum([truncated_normal([x, p[0], ag.exp(p[1])]) for x in data])

    found = ag.minimize(loss, [1.0, 0.0], tolerance=1e-7)
    assert ag.grad(loss)(found.x) == pytest.approx([0.0, 0.0], abs=1e-5)

"""How many units of the last place rows and their partials are off at most: the promise of docs/accuracy.md."""

import math

import pytest

pytest.importorskip("mpmath")
pytest.importorskip("llvmlite")

from accuracy import CASES, WIDER, bound, worst

import autograd as ag
from autograd.special import OWN


def check(name, count):
    found = worst(name, count)
    assert {form for form, _ in found} == {"eager", "arrays", "native"}
    off = {key: one for key, one in found.items() if one.units > bound(name, len(key[1]))}
    assert not off


@pytest.mark.parametrize("name", CASES)
def test_a_row_is_as_exact_as_it_says(name):
    check(name, 12)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_row_is_as_exact_as_it_says_at_a_thousand_points(name):
    check(name, 1000)


def test_every_special_row_that_is_no_slope_of_another_is_measured():
    parts = {"cosine", "lorentz", "share", "share2", "gelu_gate", "digamma_less", "copysign", "std"}
    slopes = {name for name in OWN if name.endswith(("_slope", "_curve"))}
    assert set(OWN) - set(CASES) == parts | slopes


def test_every_exception_names_a_row_that_is_measured_and_says_why():
    assert {name for name, _ in WIDER} <= set(CASES)
    assert all(limit > 4 and why for limit, why in WIDER.values())


def test_sums_are_taken_from_first_to_last_and_are_exact_to_the_rounding_of_their_terms():
    # decided once for all forms: compiled, sums are matrix products, whose order and speed leave nothing to compensate
    xs = [math.sin(7.0 * k) * 10.0 ** (k % 5) for k in range(500)]
    size = math.fsum(map(abs, xs))
    for f, exact, scale in [
        (ag.sum, math.fsum(xs), size),
        (ag.mean, math.fsum(xs) / len(xs), size / len(xs)),
        (lambda xs: ag.dot(xs, xs), math.fsum(x * x for x in xs), math.fsum(x * x for x in xs)),
    ]:
        for found in (f(xs), ag.compile(f)(xs)):
            assert abs(found - exact) <= len(xs) * 2.0**-53 * scale


@pytest.mark.parametrize("shift", [0.0, -0.6931471805599453, 3.0, 700.0, -700.0])
def test_logsumexp_is_exact_to_the_rounding_of_its_largest_value(shift):
    from mpmath import mp

    xs = [shift, shift - 1e-3, shift - 40.0]
    with mp.workdps(60):
        exact = mp.log(sum(mp.exp(mp.mpf(x)) for x in xs))
        assert abs(ag.logsumexp(xs) - exact) <= 2 * math.ulp(max(1.0, abs(shift)))

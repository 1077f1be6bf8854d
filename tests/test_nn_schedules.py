"""Schedules: they begin and end where they say, and go there in their own way."""

import copy
import math
import pickle
from itertools import pairwise

import pytest

from nn.schedules import Constant, Cosine, Linear, Step, WarmUp

FALLING = [Linear(0.5, 10, end=0.1), Cosine(0.5, 10, end=0.1), Step(0.5, every=3), Constant(0.5)]


@pytest.mark.parametrize("schedule", FALLING)
def test_rates_begin_at_the_first_never_rise_and_stay_at_their_end(schedule):
    rates = [schedule(k) for k in range(30)]
    assert rates[0] == 0.5
    assert rates == sorted(rates, reverse=True)
    if isinstance(schedule, Linear | Cosine):
        assert set(rates[10:]) == {0.1}
        assert rates[5] == pytest.approx(0.3)  # both are halfway after half the steps


def test_a_cosine_falls_slowly_at_both_ends():
    rates = [Cosine(1.0, 100)(k) for k in range(101)]
    falls = [a - b for a, b in pairwise(rates)]
    assert max(falls) == pytest.approx(math.pi / 200, rel=1e-3)
    assert falls[0] < 0.001 > falls[-1]


@pytest.mark.parametrize("then", [0.4, *FALLING])
def test_a_warm_up_rises_to_what_comes_after_and_hands_over(then):
    rates = [WarmUp(4, then)(k) for k in range(20)]
    first = then if then == 0.4 else then(0)
    assert rates[:4] == pytest.approx([first * k / 4 for k in (1, 2, 3, 4)])
    assert rates[4:] == [then if then == 0.4 else then(k) for k in range(16)]


@pytest.mark.parametrize("schedule", [*FALLING, WarmUp(2, Cosine(0.1, 5))])
def test_schedules_can_be_compared_copied_and_pickled(schedule):
    assert pickle.loads(pickle.dumps(schedule)) == copy.deepcopy(schedule) == schedule


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Constant(-1.0), "rate must be at least 0, got -1"),
        (lambda: Linear(1.0, 0), "steps must be at least 1, got 0"),
        (lambda: Cosine(1.0, 2.5), "steps must be a whole number, got 2.5"),
        (lambda: Cosine(1.0, 5, end=math.nan), "end is nan"),
        (lambda: Step(1.0, every=0), "every must be at least 1"),
        (lambda: WarmUp(0, 0.1), "steps must be at least 1"),
        (lambda: WarmUp(5, "fast"), "then must be a number, got 'fast'"),
    ],
)
def test_what_is_no_schedule_is_told_in_a_sentence(make, says):
    with pytest.raises((TypeError, ValueError), match=says):
        make()

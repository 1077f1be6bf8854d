"""What runs as loops computes what the function itself computes, whatever its turns have in common."""

import numpy as np
import pytest
from loop_programs import assert_close

import autograd
from autograd import Value
from autograd.compiling.graph import shortening, tracer
from autograd.compiling.loops import fold as folding
from autograd.compiling.programs import forms
from autograd.compiling.programs.program import Program


@pytest.fixture
def short_loops(monkeypatch):
    """Loops are found where three turns are alike, however small: so that most random programs have some."""
    monkeypatch.setattr(folding, "_TURNS", 3)
    monkeypatch.setattr(folding, "_SAVED", 12)
    monkeypatch.setattr(forms, "_MOST_LOOPS", 5)


@pytest.fixture
def short_recordings(short_loops, monkeypatch):
    """Recordings are shortened as long ones are."""
    for module in (shortening, tracer):
        monkeypatch.setattr(module, "BETWEEN", 150)
    for name, number in {"_SHORT": 4, "_LONG": 24, "_KEPT": 4, "_NODES": 24}.items():
        monkeypatch.setattr(shortening, name, number)


def assert_eager(function, *points, **options):
    """The function compiled, recorded at the first point: value and gradient at each are those it has uncompiled."""
    compiled = autograd.compile(function, **options)
    for xs in points:
        values = [Value(x) for x in xs]
        result = function(values)
        result.backward()
        found, slopes = compiled.value_and_grad(xs)
        assert_close(found, result.data, "")
        assert_close(slopes, [x.grad for x in values], "", is_gradient=True)
    return compiled


ORBITS = [1.1, 0.4, 0.7, 0.9], [0.9, 1.2, 0.1, 0.6], [0.3, 0.5, 0.8, 0.2]
POINTS = [0.3, -0.5, 0.8, 0.2], [1.1, 0.4, -0.7, 0.9], [-0.2, -1.3, 0.1, 0.6]


@pytest.mark.parametrize("native", [False, True])
def test_what_turns_read_now_as_one_of_many_now_for_itself_gets_the_derivatives_of_both(native):
    def f(xs):
        state = xs[0] * 1.0
        for k in range(240):
            state = 0.5 * state + autograd.sin(state * xs[(k * k + k // 7) % 4] + xs[1])
        return state

    assert assert_eager(f, *POINTS, native=native).program.form == "loops"


@pytest.mark.parametrize("delay", [1, 2, 3, 5, 8, 13, 16, 17])
@pytest.mark.parametrize("length", [1, 4, 20])
def test_numbers_from_turns_long_ago_arrive_late(length, delay, short_loops):
    def f(xs):
        past = [xs[k % 4] * 1.0 for k in range(delay)]
        for k in range(60):
            state = past[-1]
            for _ in range(length):
                state = state - 0.1 * autograd.sin(state) * past[k] * xs[1]
            past.append(state + xs[2])
        return past[-1] * past[50] + past[3]

    assert_eager(f, *POINTS)


def test_a_sum_of_products_in_a_batch_has_factors_of_samples_and_factors_that_they_share(short_loops):
    def f(xs):
        state = xs[0] * 1.0
        for _ in range(40):
            state = 0.5 * state + autograd.dot([state, xs[1]], [0.25, 0.5]) - autograd.dot([0.1, 0.2], [0.3, xs[2]])
        return state

    compiled = autograd.compile(f, batch=0)
    assert np.allclose(compiled(POINTS), [f([Value(x) for x in xs]).data for xs in POINTS], rtol=1e-12)


# Turns that do nearly the same: each takes the state, the numbers given, the turn, and all states so far.


# Long recordings, which leave turns out.


def is_short(compiled):
    return bool(compiled.program.graph.gaps)


def steps(xs, turns, each=lambda k, a, b: None):
    """Turns of an orbit; `each` gets the state of each turn."""
    a, b, rate, pull = xs
    for k in range(turns):
        a, b = a + 0.01 * (rate * a - a * b), b + 0.01 * autograd.tanh(a * b - pull * b)
        a = each(k, a, b) or a
    return a * b + 0.5 * a


def kept_from_the_middle(xs):
    kept = []
    result = steps(xs, 300, lambda k, a, b: kept.append(a) if k == 150 else None)
    return result * kept[0]


def kept_now_and_then(xs):
    kept = []
    result = steps(xs, 300, lambda k, a, b: kept.append(a * b) if k % 37 == 5 else None)
    return result + autograd.sum(kept)


def all_kept(xs):
    kept = []
    result = steps(xs, 300, lambda k, a, b: kept.append(b))
    return result + autograd.sum(kept) + kept[100]


def kept_until_replaced(xs):
    best = [None]

    def each(k, a, b):
        if k % 100 == 3:
            best[0] = a

    return steps(xs, 300, each) * best[0]


def compared_in_turns(xs):
    return steps(xs, 300, lambda k, a, b: a * 0.999 if a > b else None)


def compared_once(xs):
    return steps(xs, 300, lambda k, a, b: a * 0.9 if k == 140 and a > 0.1 else None)


def compared_with_what_was_kept(xs):
    first = []

    def each(k, a, b):
        first.append(a) if k == 2 else None
        return a * 0.999 if k > 2 and a > first[0] else None

    return steps(xs, 300, each)


def read_in_turns(xs):
    return steps(xs, 300, lambda k, a, b: a + 0.001 * a.data)


def read_in_one_turn(xs):
    seen = []
    result = steps(xs, 300, lambda k, a, b: seen.append(b.data) if k == 150 else None)
    return result * seen[0]


def detached_in_turns(xs):
    return steps(xs, 300, lambda k, a, b: a + 0.001 * a.detach())


def with_labels(xs):
    def each(k, a, b):
        b.label = f"b{k}"

    return steps(xs, 300, each)


def with_one_label(xs):
    def each(k, a, b):
        if k == 150:
            b.label = "the one"

    return steps(xs, 300, each)


def with_scopes(xs):
    a, b, rate, pull = xs
    for k in range(300):
        with autograd.scope(f"turn {k}"):
            a, b = a + 0.01 * (rate * a - a * b), b + 0.01 * (a * b - pull * b)
    return a * b


def otherwise_in_one_turn(xs):
    return steps(xs, 300, lambda k, a, b: a * 1.01 + b if k == 150 else None)


def otherwise_now_and_then(xs):
    return steps(xs, 400, lambda k, a, b: a * 1.01 + b if k % 90 == 50 else None)


def two_loops(xs):
    return steps([steps(xs, 200), *xs[1:]], 200) + steps(xs[::-1], 150)


def loops_in_a_loop(xs):
    total = xs[0] * 1.0
    for _ in range(20):
        total = autograd.tanh(total) + 0.1 * steps([total, *xs[1:]], 40)
    return total


def constants_of_each_turn(xs):
    return steps(xs, 300, lambda k, a, b: a + 0.0001 * k)


def a_constant_that_changes(xs):
    return steps(xs, 300, lambda k, a, b: a + (0.001 if k != 150 else 0.002))


def stops_early(xs):
    a, b, rate, pull = xs
    for k in range(600):
        a, b = a + 0.01 * (rate * a - a * b), b + 0.01 * (a * b - pull * b)
        if k > 200 and a < 0.9 * b:
            break
    return a * b


def numbers_in_turn(xs):
    return steps(xs, 300, lambda k, a, b: a + 0.01 * xs[k % 3])


def without_gradients_for_a_while(xs):
    def each(k, a, b):
        with autograd.no_grad():
            return a * 1.0 if k == 150 else None

    return steps(xs, 300, each)


@pytest.mark.parametrize("taken_out", [False, True])
@pytest.mark.parametrize(
    "function",
    [
        kept_from_the_middle,
        kept_now_and_then,
        all_kept,
        kept_until_replaced,
        compared_in_turns,
        compared_once,
        compared_with_what_was_kept,
        read_in_turns,
        read_in_one_turn,
        detached_in_turns,
        with_labels,
        with_one_label,
        with_scopes,
        otherwise_in_one_turn,
        otherwise_now_and_then,
        two_loops,
        loops_in_a_loop,
        constants_of_each_turn,
        a_constant_that_changes,
        stops_early,
        numbers_in_turn,
        without_gradients_for_a_while,
    ],
)
def test_a_long_recording_of(function, taken_out, short_recordings, monkeypatch):
    if taken_out:  # looks come where they fall otherwise
        monkeypatch.setattr(shortening, "BETWEEN", 290)
        monkeypatch.setattr(tracer, "BETWEEN", 290)
    assert_eager(function, *ORBITS)


def test_a_program_that_leaves_turns_out_is_saved_and_listed_with_all_of_them(short_recordings, tmp_path):
    compiled = autograd.compile(lambda xs: steps(xs, 333))
    value, slopes = compiled.value_and_grad(ORBITS[0])
    assert is_short(compiled)
    assert f"{333 * 10 + 3:,} operations" in str(compiled.program)
    assert f"{333 * 10 + 3:,} operations" in repr(compiled.program)
    compiled.program.save(tmp_path / "program.json")
    found, _, (gradient,) = Program.load(tmp_path / "program.json").value_and_gradients(ORBITS[0])
    assert (found, list(gradient)) == (value, slopes)

"""What runs as loops computes what the function itself computes, whatever its turns have in common."""

import math
import random

import numpy as np
import pytest
from loop_programs import XS, LoopProgram, assert_close
from packing_graphs import seeds

import autograd
from autograd import Value
from autograd.compiling.graph import shortening, tracer
from autograd.compiling.graph.longhand import in_longhand
from autograd.compiling.graph.simplify import simplify
from autograd.compiling.graph.trace import trace
from autograd.compiling.loops import periods
from autograd.compiling.loops.fold import fold
from autograd.compiling.loops.python import PythonLoops
from autograd.compiling.loops.unrolled import unrolled
from autograd.compiling.native.looped import NativeLoops
from autograd.compiling.programs import forms
from autograd.compiling.programs.program import Program
from autograd.compiling.python.interpreter import Interpreter
from autograd.compiling.python.lines import MOST_INPUTS, PythonLines


@pytest.fixture
def short_loops(monkeypatch):
    """Loops are found where three turns are alike, however small: so that most random programs have some."""
    monkeypatch.setattr(periods, "TURNS", 3)
    monkeypatch.setattr(periods, "SAVED", 12)
    monkeypatch.setattr(forms, "_MOST_LOOPS", 5)


@pytest.fixture
def short_recordings(short_loops, monkeypatch):
    """Recordings are shortened as long ones are."""
    for module in (shortening, tracer):
        monkeypatch.setattr(module, "BETWEEN", 150)
    for name, number in {"_SHORT": 4, "_LONG": 24, "KEPT": 4, "NODES": 24}.items():
        monkeypatch.setattr(shortening, name, number)


@pytest.mark.parametrize("seed", seeds(1000, fast=40))
def test_a_random_program_with_loops_is_what_it_is_uncompiled(seed, short_loops):
    program, draw = LoopProgram(seed), random.Random(seed)
    compiled = autograd.compile(program.function, argnums=(0, 1))
    program.assert_as_eager(compiled, [program.point(draw, special=k == 2) for k in range(4)])


@pytest.mark.parametrize("seed", seeds(100, fast=3))
def test_as_machine_code_too(seed, short_loops):
    program, draw = LoopProgram(seed, most_turns=14), random.Random(seed)
    compiled = autograd.compile(program.function, argnums=(0, 1), native=True)
    program.assert_as_eager(compiled, [program.point(draw, special=k == 2) for k in range(4)])


@pytest.mark.parametrize("native", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("seed", seeds(200, fast=12))
def test_a_batch_is_sample_by_sample_what_the_program_is_uncompiled(seed, native, short_loops):
    program, draw = LoopProgram(seed, most_turns=14), random.Random(seed)
    shared = draw.random() < 0.5  # whether all samples share the list
    compiled = autograd.compile(
        program.function, argnums=(0, 1), batch=0 if shared else (0, 1), reduce="sum", native=native
    )
    for k in range(2):
        points = [program.point(draw, special=k == 1) for _ in range(draw.choice((1, 3, 8, 20)))]
        xs, series = (np.array(part) for part in zip(*points, strict=True))
        series = series[0] if shared else series
        each = [program.eager(x, series if shared else series[j]) for j, x in enumerate(xs)]
        values, by_xs, by_series, _ = (np.array(part) for part in zip(*each, strict=True))
        assert_close(compiled(xs, series), values, program.text)
        with np.errstate(invalid="ignore"):
            total, (for_xs, for_series) = compiled.value_and_grad(xs, series)
            assert_close(total, values.sum(), program.text)
            assert_close(for_xs, by_xs, program.text, is_gradient=True)
            expected = by_series.sum(axis=0) if shared else by_series
            assert_close(for_series, expected, program.text, is_gradient=True)


class Recorded:
    """A random program as a graph, and as loops if it has some; which arguments have samples is random too."""

    def __init__(self, seed, has_samples=False):
        self.program, self.draw = LoopProgram(seed, most_turns=18), random.Random(seed)
        values = [Value(x) for part in self.program.point(self.draw) for x in part]
        self.own = [has_samples and self.draw.random() < 0.5 for _ in values]
        graph, _, parameters = trace(lambda: self.program.function(values[:XS], values[XS:]), values, self.own)
        self.graph = in_longhand(simplify(graph), MOST_INPUTS - 1)
        self.parameters = [one.data for one in parameters]
        self.looped = fold(self.graph)

    def numbers(self, samples, special):
        """What a form is run with: shared numbers, and those of each sample."""
        rows = [[x for part in self.program.point(self.draw, special) for x in part] for _ in range(samples)]
        shared = [x for x, has in zip(rows[0], self.own) if not has]
        own = [[x for x, has in zip(row, self.own) if has] for row in rows]
        return [np.array([*self.parameters, *shared])], np.array(own).T if any(self.own) else None


def assert_same(ran, other, is_exact=True):
    """Two forms gave the same: results and comparisons to the last bit, gradients but for the order of few sums."""
    for k, (found, expected) in enumerate(zip(ran, other, strict=True)):
        if k == 1:  # of comparisons that all turns make, the first turn's stands for all
            assert np.array_equal(found.any(axis=0), expected.any(axis=0))
        elif k == 0 and is_exact:
            assert np.array_equal(found, expected, equal_nan=True)
        else:
            scale = 1.0 + np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
            assert np.allclose(found, expected, rtol=1e-11, atol=1e-12 * scale, equal_nan=True)


@pytest.mark.parametrize("seed", seeds(400, fast=20))
def test_loops_give_to_the_last_bit_what_a_line_for_each_operation_gives(seed, short_loops):
    recorded = Recorded(seed)
    if recorded.looped is None:
        return
    graph = recorded.graph
    loops, lines = PythonLoops(recorded.looped, graph), PythonLines(graph)
    for k in range(4):
        shared, _ = recorded.numbers(1, special=k > 1)
        for wanted in (b"", graph.every_leaf):
            assert_same(loops.run(shared, None, wanted, 1.0), lines.run(shared, None, wanted, 1.0))


@pytest.mark.parametrize("native", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("seed", seeds(200, fast=12))
def test_loops_of_a_batch_give_what_the_interpreter_gives(seed, native, short_loops):
    recorded = Recorded(seed, has_samples=True)
    if recorded.looped is None or not any(recorded.own):
        return
    graph = recorded.graph
    loops, rows = (NativeLoops if native else PythonLoops)(recorded.looped, graph), Interpreter(graph)
    for k in range(2):
        numbers = recorded.numbers(recorded.draw.choice((1, 3, 8, 20)), special=k > 0)
        with np.errstate(all="ignore"):
            for wanted in (b"", graph.every_leaf):
                shared, own = numbers
                holds = ~rows.run(shared, own, wanted, 0.5)[1].any(axis=0)  # for others the program is another one
                own = own[:, holds]
                if own.shape[1]:
                    assert_same(
                        loops.run(shared, own, wanted, 0.5), rows.run(shared, own, wanted, 0.5), is_exact=not native
                    )


@pytest.mark.parametrize("seed", seeds(400, fast=20))
def test_loops_unrolled_are_the_graph_that_they_were_found_in(seed, short_loops):
    recorded = Recorded(seed)
    if recorded.looped is None:
        return
    graph, (other, of_checks) = recorded.graph, unrolled(recorded.looped)
    more = other.first_parameter - graph.first_parameter  # constants of a body have numbers of their own

    def plain(graph, less):
        constants = [f"= {x!r}" for x in graph.constants]
        return [constants[x] if x < len(constants) else x - less for x in graph.nodes.inputs.tolist()]

    assert np.array_equal(other.nodes.codes, graph.nodes.codes)
    assert np.array_equal(other.nodes.sizes, graph.nodes.sizes)
    assert plain(other, more) == plain(graph, 0)
    assert [x - more if x >= other.first_parameter else x for x in other.outputs] == graph.outputs
    assert {recorded.looped.of_checks[k] for k in of_checks} == {*recorded.looped.of_checks}
    sides = {(x.left, x.right, x.symbol, x.outcome) for x in graph.checks}
    found = {
        (x.left - more, x.right - more, x.symbol, x.outcome) for x in other.checks if x.left >= other.leaves <= x.right
    }
    assert found <= sides
    assert len(other.checks) == len(graph.checks)


def test_most_random_programs_here_have_loops(short_loops):
    found = [Recorded(seed).looped for seed in range(40)]
    assert sum(one is not None for one in found) > 30
    assert any(isinstance(loop.body, type(one)) for one in found if one for loop in one.loops)  # loops in loops


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
        past = [xs[k % 4] for k in range(delay)]
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


@pytest.mark.parametrize("native", [False, True])
def test_infinities_of_both_signs_in_a_batch_add_up_without_a_warning(native, short_loops):
    w = Value(0.5)

    def f(x):
        state = x * w
        for _ in range(40):
            state = state * 0.9 + x * w
        return state

    compiled = autograd.compile(f, batch=0, native=native)
    compiled.backward([1.0, 2.0])
    assert compiled.program.form == "loops"
    w.zero_grad()
    with np.errstate(all="raise"):
        compiled.program.run([np.array([0.5])], np.array([[np.inf, -np.inf]]), compiled.program.graph.every_leaf)


@pytest.mark.parametrize("native", [False, True])
def test_what_samples_compare_is_each_ones_own_where_what_comes_of_it_is_shared(native, short_loops):
    w = Value(0.5)

    def f(xs):
        past = [xs[0] * 1.0]
        for _ in range(12):
            past.append(0.6 * past[-1] + 0.3 * autograd.sin(past[-1]))
        for k in (2, 5, 7):
            if past[k] * xs[1] > w:
                return w * (k + 2.0)
        return w * w

    compiled = autograd.compile(f, batch=0, native=native)
    draw = np.random.default_rng(0)
    for _ in range(3):
        rows = draw.uniform(-3, 3, (20, 2))
        assert np.allclose(compiled(rows), [f([Value(x) for x in row]).data for row in rows], rtol=1e-12)


# Turns that do nearly the same: each takes the state, the numbers given, the turn, and all states so far.
TURNS = {
    "the other way round in one turn": lambda s, xs, k, past: s * 0.9 - xs[0] if k != 23 else xs[0] - s * 0.9,
    "factors swapped in one turn": lambda s, xs, k, past: (s * xs[0] if k != 23 else xs[0] * s) * 0.9 + xs[1],
    "another operation in one turn": lambda s, xs, k, past: (
        (autograd.sin if k != 23 else autograd.cos)(s * xs[1]) + xs[0]
    ),
    "a constant that changes once": lambda s, xs, k, past: autograd.tanh(s * (0.7 if k != 23 else 0.8)) + xs[0],
    "a constant that changes for good": lambda s, xs, k, past: autograd.tanh(s * (0.7 if k < 23 else 0.8)) + xs[0],
    "a constant of each turn": lambda s, xs, k, past: autograd.tanh(s + 0.1 * (k * 7 % 11)) * xs[0],
    "a number given that changes once": lambda s, xs, k, past: autograd.sin(s * xs[0 if k != 23 else 3]) + xs[1],
    "numbers given in turn": lambda s, xs, k, past: autograd.sin(s * xs[k % 4]) + xs[k % 3],
    "an older state in one turn": lambda s, xs, k, past: autograd.sin(past[-2 if k != 23 else -3] * xs[1]) + s * 0.5,
    "always the same state": lambda s, xs, k, past: autograd.sin(past[min(k, 4)] * xs[1]) + s * 0.5,
    "the states from behind": lambda s, xs, k, past: autograd.sin(past[max(0, 4 - k)] * xs[1]) + s * 0.5,
    "a state from half as long ago": lambda s, xs, k, past: autograd.sin(past[(k + 4) // 2] * xs[1]) + s * 0.5,
    "a comparison in one turn": lambda s, xs, k, past: s * 0.9 + (xs[0] if k != 23 or s > xs[1] else -xs[0]),
    "a comparison in each turn": lambda s, xs, k, past: s * 0.9 + (xs[0] if s < 3.0 * xs[2] else -xs[0]),
    "a derivative cut off in one turn": lambda s, xs, k, past: (s if k != 23 else s.detach()) * 0.9 + xs[0],
    "one of two loops": lambda s, xs, k, past: (s * xs[0] + 0.1 if k < 20 else s + xs[0] * 0.1) * 0.9,
    "of another kind in turns that are even": lambda s, xs, k, past: autograd.sin(s) * xs[0] if k % 2 else s + xs[1],
    "longer from turn to turn": lambda s, xs, k, past: autograd.sum([s] * (2 + k % 5)) * 0.2 + xs[0],
    "a new start": lambda s, xs, k, past: autograd.sin(s) + xs[0] if k != 23 else xs[2] * 1.0,
    "a sum of all so far": lambda s, xs, k, past: autograd.sum(past) * 0.01 + xs[0] * s,
    "infinity in one turn": lambda s, xs, k, past: s * 0.5 + xs[0] / (1.0 if k != 23 else 0.0),
    "nan and not in one turn": lambda s, xs, k, past: autograd.where(1.0, s * 0.9, s / 0.0 * 0.0) + xs[0],
}
TAKEN = {
    "the last": lambda past: past[-1],
    "one in the middle": lambda past: past[-1] + 3.0 * past[20],
    "their sum": autograd.sum,
    "every other": lambda past: autograd.sum(past[::2]),
    "pairs": lambda past: autograd.dot(past, past[::-1]),
    "the largest": lambda past: autograd.max(past),
}


@pytest.mark.parametrize("taken", TAKEN)
@pytest.mark.parametrize("turn", TURNS)
def test_turns_that_are_nearly_alike(turn, taken, short_loops):
    def f(xs):
        past = [xs[2] * 1.0, xs[3] * 0.5, xs[3] + xs[2], xs[0] * 0.1, xs[1] + 0.1]
        for k in range(46):
            past.append(TURNS[turn](past[-1], xs, k, past))
        return TAKEN[taken](past)

    assert_eager(f, *POINTS)


@pytest.mark.slow
@pytest.mark.parametrize("turn", TURNS)
def test_turns_that_are_nearly_alike_as_machine_code(turn, short_loops):
    def f(xs):
        past = [xs[2] * 1.0, xs[3] * 0.5, xs[3] + xs[2], xs[0] * 0.1, xs[1] + 0.1]
        for k in range(46):
            past.append(TURNS[turn](past[-1], xs, k, past))
        return past[-1] + 3.0 * past[20] + autograd.dot(past, past[::-1])

    assert_eager(f, *POINTS, native=True)


def test_a_comparison_of_one_turn_that_comes_out_otherwise_is_recorded_again(short_loops):
    def f(xs):
        state = xs[0] * 1.0
        for _ in range(60):
            state = state * 0.99 + xs[1] * autograd.tanh(state)
            if state > 1.0:
                break
        return state

    points = [[0.1, x, 0.0, 0.0] for x in (0.0, 0.001, 0.06, 0.2)]
    assert assert_eager(f, *points[:2]).program.form == "loops"
    compiled = assert_eager(f, *points)
    assert compiled.cache_info().turned == 2


def orbit(turns):
    def f(xs):
        a, b, rate, pull = xs
        for _ in range(turns):
            a, b = a + 0.01 * (rate * a - a * b), b + 0.01 * (a * b - pull * b)
        return a * b

    return f


@pytest.mark.parametrize("native", [False, True])
def test_what_is_printed_does_not_grow_with_the_number_of_turns(native):
    texts = []
    for turns in (300, 1200):
        program = assert_eager(orbit(turns), *POINTS, native=native).program
        texts.append([program.source, program.loops if native else "", str(program), autograd.draw(program).svg])
    short, long = texts
    assert "for t" in short[0]
    assert [len(x.splitlines()) for x in short[:3]] == [len(x.splitlines()) for x in long[:3]]
    assert "1,19" in long[2]  # turns; the first and the last are on their own


@pytest.mark.parametrize("seed", [1, 4, 12])
def test_a_program_with_loops_is_saved_listed_and_drawn(seed, short_loops, tmp_path):
    program, draw = LoopProgram(seed), random.Random(seed)
    compiled, point = autograd.compile(program.function, argnums=(0, 1)), program.point(draw)
    value, slopes = compiled.value_and_grad(*point)
    made = compiled.program
    made.save(tmp_path / "program.json")
    loaded = Program.load(tmp_path / "program.json")
    numbers = [one.data for one in sorted(program.parameters, key=lambda x: x._serial)]
    found, _, gradients = loaded.value_and_gradients(*point, parameters=numbers)
    assert loaded.form == made.form == "loops"
    assert (found, *map(list, gradients)) == (value, *slopes)
    assert str(loaded) == str(made)
    assert "turns of" in str(made)
    assert "turns" in autograd.draw(made).svg


# Long recordings, which leave turns out.


@pytest.mark.parametrize("seed", seeds(600, fast=12))
def test_a_recording_that_leaves_turns_out_gives_what_a_whole_one_gives(seed, short_recordings):
    program, draw = LoopProgram(seed, most_turns=90), random.Random(seed)
    compiled = autograd.compile(program.function, argnums=(0, 1))
    program.assert_as_eager(compiled, [program.point(draw, special=k == 2) for k in range(3)])


def is_short(compiled):
    return bool(compiled.program.graph.gaps)


def test_some_random_recordings_here_leave_turns_out(short_recordings):
    count = 0
    for seed in (0, 3, 5, 6, 14):
        program = LoopProgram(seed, most_turns=90)
        compiled = autograd.compile(program.function)
        compiled(*program.point(random.Random(seed)))
        count += is_short(compiled)
    assert count >= 3


def steps(xs, turns, each=lambda k, a, b: None):
    """Turns of an orbit; `each` gets the state of each turn."""
    a, b, rate, pull = xs
    for k in range(turns):
        a, b = a + 0.01 * (rate * a - a * b), b + 0.01 * autograd.tanh(a * b - pull * b)
        a = each(k, a, b) or a
    return a * b + 0.5 * a


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("batch", [(), 0])
def test_a_long_loop_is_as_long_as_it_was(native, batch, short_recordings):
    def f(xs):
        return steps(xs, 333)

    if batch == ():
        assert is_short(assert_eager(f, *ORBITS, native=native))
    else:
        compiled = autograd.compile(f, batch=batch, native=native)
        expected = [f([Value(x) for x in xs]) for xs in ORBITS]
        assert np.allclose(compiled(ORBITS), [x.data for x in expected], rtol=1e-12)
        assert is_short(compiled)


def test_turns_whose_parts_are_the_same_operations_are_left_out_too(short_recordings):
    assert is_short(assert_eager(orbit(300), *ORBITS))


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


@pytest.mark.parametrize("native", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("batch", [(), 0])
def test_wide_layers_that_wait_for_one_another_are_blocks_where_there_is_no_machine_code(batch, native):
    weights = [[Value(0.1 * (j + k) - 0.5) for k in range(24)] for j in range(24)]

    def f(xs):
        state = [xs[k % 4] * 1.0 for k in range(24)]
        for _ in range(160):
            state = [autograd.tanh(autograd.linear(row, state, x)) for row, x in zip(weights, state)]
        return autograd.sum(state)

    compiled = autograd.compile(f, batch=batch, native=native)
    assert np.allclose(compiled([POINTS[0]] if batch == 0 else POINTS[0]), f(POINTS[0]).data, rtol=1e-9)
    assert compiled.program.form == ("loops" if native else "blocks")


def test_neurons_that_differ_in_their_weights_alone_are_found_again(short_loops):
    weights = [[Value(0.1 * (j - k)) for k in range(8)] for j in range(8)]

    def f(xs):
        state = [xs[k % 4] * 1.0 for k in range(8)]
        for _ in range(50):
            state = [autograd.tanh(autograd.linear(row, state, x)) for row, x in zip(weights, state)]
        return autograd.sum(state)

    values = [Value(x) for x in POINTS[0]]
    graph, *_ = trace(lambda: f(values), values, [False] * 4)
    looped = fold(simplify(graph))
    assert looped is not None
    assert max(loop.turns for loop in looped.loops) >= 48


def cube_root(y):
    low, high = 0.0, 10.0
    for _ in range(110):
        middle = (low + high) / 2
        if middle**3 - y > 0:
            high = middle
        else:
            low = middle
    return low


def smallest(s):
    best = math.inf
    for _ in range(100):
        s = s * 0.9 + 0.3 * autograd.sin(3 * s)
        if s < best:
            best = s
    return best


def untaken(constant):
    def shrinks(s):
        for _ in range(400):
            s = constant * s if s > 50 else s * 0.97
        return s

    return shrinks


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("function", [cube_root, smallest, untaken(math.inf), untaken(-math.inf), untaken(math.nan)])
def test_constants_that_are_not_finite_stay_what_they_are_in_loops(function, native):
    if native:
        pytest.importorskip("llvmlite")
    points = [0.5, 0.9, 1.0]
    expected = [autograd.value_and_grad(function)(x) for x in points]
    alone = autograd.compile(function, native=native)
    for x, found in zip(points, expected, strict=True):
        assert alone.value_and_grad(x) == pytest.approx(found, rel=1e-9)
    total, slopes = autograd.compile(function, native=native, batch=0, reduce="sum").value_and_grad(np.array(points))
    assert total == pytest.approx(sum(value for value, _ in expected), rel=1e-12)
    assert slopes.tolist() == pytest.approx([slope for _, slope in expected], rel=1e-9)


def test_a_short_loop_that_runs_again_and_again_has_a_line_for_each_operation_in_the_end(monkeypatch):
    monkeypatch.setattr("autograd.compiling.loops.python._WORN", 3)

    def chain(w, x):
        for _ in range(400):
            x = w * x + 0.1
        return x if x < 50.0 else x * 2.0

    compiled = autograd.compile(chain, argnums=(0, 1), native=False)
    found = [compiled.value_and_grad(0.999, 0.25) for _ in range(6)]
    assert compiled.program.form == "loops"
    assert compiled.program.runs._runs == 6
    assert all(one == found[0] for one in found)
    assert compiled.value_and_grad(1.01, 2.0)[0] == pytest.approx(chain(Value(1.01), Value(2.0)).data, rel=1e-12)

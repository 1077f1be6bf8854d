"""`autograd.repeat`: a loop of which a compiled function records a few turns, if all others are like them."""

import math
import random

import pytest

import autograd
from autograd import Value, repeat

HEAD = "def f(a, b):\n    x = a\n"
SIMPLE = "x = autograd.tanh(x * b) + 0.1"
# What a turn may not do without all turns running: in front of the loop, in it, and what is returned.
TELLING = {
    "uses its number": ("", "x = x * b + 0.1 * t", "x"),
    "compares its number": ("", f"{SIMPLE}\nif t == 350: x = x * 2", "x"),
    "reads by its number": ("h = [a, b]", f"{SIMPLE} * h[t % 2]", "x"),
    "reads plain numbers by it": ("h = [1.0] * 390 + [2.0] * 10", f"{SIMPLE} * h[t]", "x"),
    "keeps its number": ("", f"{SIMPLE}\nc = t", "x * c"),
    "formats its number": ("", f"{SIMPLE}\nc = f'{{t}}'", "x * len(c)"),
    "counts": ("c = 0", f"{SIMPLE}\nc += 1", "x * c"),
    "halves a plain number": ("c = 1.0", f"{SIMPLE}\nc = c * 0.5", "x + (5.0 if c == 0.5**400 else 6.0)"),
    "appends results": ("c = []", f"{SIMPLE}\nc.append(x)", "x * len(c) + sum(c)"),
    "appends numbers": ("c = []", f"{SIMPLE}\nc.append(1)", "x * len(c)"),
    "writes entries": ("c = {}", f"{SIMPLE}\nc[t] = x", "x + c[300]"),
    "takes turns": ("y = b", "x, y = y, x\na = autograd.tanh(a)", "2 * x + y + a"),
    "goes on in an iterator": ("c = iter(range(400))", f"{SIMPLE}\nq = next(c)", "x * q"),
    "changes an attribute": ("C.k = 0", f"{SIMPLE}\nC.k += 1", "x * C.k"),
    "changes an entry outside": ("K[0] = 0", f"{SIMPLE}\nK[0] += 1", "x * K[0]"),
    "goes elsewhere later": ("", "x = x * 1.01\nif x > 3.0: break", "x"),
    "changes a dictionary of lists": ("c = {0: [0]}", f"{SIMPLE}\nc[0][0] += 1", "x * c[0][0]"),
    "swaps leaves once": ("p, q = [a, b], [b, a]", f"{SIMPLE}\np, q = q, p", "x + p[0] + 2 * p[1]"),
}
# Loops whose turns nothing can tell apart, of so many operations.
ALIKE = {
    "one number": ("", SIMPLE, "x"),
    "the number of the last turn": ("", SIMPLE, "x * t"),
    "the turn before": ("p = a", "p, x = x, autograd.tanh(x * b) + 0.1 * p", "x + p"),
    "a list": ("s = [a, b, a * b]", "s = [autograd.tanh(s[1] + b), s[2] * s[0], s[0] + 0.1]", "s[0] + s[1] - s[2]"),
    "a comparison": ("", f"{SIMPLE}\nif x > 5: break", "x"),
    "a dictionary": ("s = {'x': a, 'y': b}", "s = {'x': autograd.sin(s['y']), 'y': s['x'] * 0.9}", "s['x'] + s['y']"),
    "a constant": ("c = 2.0", f"{SIMPLE} * c", "x"),
    "a loop inside": ("", "for q in range(5): x = autograd.tanh(x * b) + 0.1\nx = x * 1.1", "x"),
    "a Value that stays": ("y = a * b", "x = autograd.tanh(x * y) + a", "x"),
}


def function(parts, turns=400, loop="autograd.repeat(n)"):
    before, body, result = parts
    lines = [*before.splitlines(), f"for t in {loop}:", *(f"    {line}" for line in body.splitlines())]
    source = HEAD + "".join(f"    {line}\n" for line in [*lines, f"return {result}"])
    names = {"autograd": autograd, "n": turns, "C": type("C", (), {"k": 0}), "K": [0], "math": math}
    exec(source, names)
    return names["f"]


def agree(compiled, plain, given):
    value, slopes = compiled.value_and_grad(*given)
    expected, expected_slopes = autograd.value_and_grad(plain, argnums=(0, 1))(*given)
    assert value == pytest.approx(expected, rel=1e-12)
    assert slopes == pytest.approx(expected_slopes, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("what", [*TELLING, *ALIKE])
def test_a_repeated_loop_gives_what_range_gives(what):
    parts = (TELLING | ALIKE)[what]
    plain, repeated = function(parts, loop="range(n)"), function(parts)
    assert getattr(repeated(0.3, 0.7), "data", repeated(0.3, 0.7)) == plain(0.3, 0.7)
    compiled = autograd.compile(repeated, argnums=(0, 1), native=False)
    agree(compiled, plain, (0.3, 0.7))
    agree(compiled, plain, (-0.4, 0.9))


@pytest.mark.parametrize("what", ALIKE)
def test_of_turns_that_are_alike_few_are_recorded(what):
    compiled = autograd.compile(function(ALIKE[what], turns=100_000), argnums=(0, 1), native=False)
    compiled(0.3, 0.7)
    assert compiled.program.form == "loops"
    assert len(compiled.program.graph.nodes) < 5_000
    assert compiled.program.runs.looped.operations > 100_000


def test_turns_put_together_as_a_list_all_run():
    def f(a, b):
        return autograd.sum([autograd.tanh(a * b + x) for x, _ in zip([a] * 300, repeat(300))])

    def pairs(a, b):
        x = a
        _last = ()
        for _last in enumerate(repeat(300)):
            x = autograd.tanh(x * b)
        return x * _last[0]

    for each in (f, pairs):
        assert autograd.compile(each)(0.3, 0.7) == pytest.approx(each(Value(0.3), Value(0.7)).data, rel=1e-12)


def test_a_repeated_loop_in_another_is_recorded_once_per_turn_of_that():
    def f(a, b, loop):
        x = a
        for _ in loop(30):
            for _ in loop(500):
                x = autograd.tanh(x * b) + 0.1
            x = x * a
        return x

    compiled = autograd.compile(lambda a, b: f(a, b, repeat), argnums=(0, 1), native=False)
    agree(compiled, lambda a, b: f(a, b, range), (0.3, 0.7))


def test_a_counter_outside_that_happens_to_be_where_it_was_is_noticed():
    for begun in range(60):
        parts = ("", f"{SIMPLE}\nK[0] += 1", "x")
        f = function(parts)
        f.__globals__["K"][0] = begun
        autograd.compile(f)(0.3, 0.7)
        assert f.__globals__["K"][0] == begun + 400
        f.__globals__["K"][0] = begun
        g = function(("K[0] = 0", f"{SIMPLE}\nK[0] += 1", "x * K[0]"))
        g.__globals__["K"][0] = begun
        assert autograd.compile(g)(0.3, 0.7) == pytest.approx(g(0.3, 0.7), rel=1e-12)


def test_no_turns_and_few_turns_are_as_in_any_loop():
    assert [*repeat(0)] == [*repeat(-3)] == []
    assert [*repeat(3)] == [0, 1, 2]
    with pytest.raises(TypeError, match=r"whole number of turns, got 2\.5"):
        repeat(2.5)


def test_the_number_of_a_turn_is_a_whole_number_while_it_is_recorded():
    found = []

    def f(a):
        x = a
        for t in repeat(2):
            found.append([t + 1, 1 + t, 2.5 * t, t**2, 2**t, -t, t // 2, divmod(5, t + 1), [7, 8][t], {0: 1, 1: 2}[t]])
            asked = [t == 0, t < 1, isinstance(t, int), f"{t:03d}", int(t)]
            found.append([*asked, math.sqrt(t), hash(t), bool(t), abs(t)])
            x = x * 2.0
        return x

    autograd.compile(f)(1.0)
    recorded, found = found[:4], []
    assert recorded[:2] == [[1, 1, 0.0, 0, 1, 0, 0, (5, 0), 7, 1], [True, True, True, "000", 0, 0.0, 0, False, 0]]
    assert recorded[2:] == [[2, 2, 2.5, 1, 2, -1, 0, (2, 1), 8, 2], [False, False, True, "001", 1, 1.0, 1, True, 1]]


OVER = {
    "a number each": ("", "for y in {}:", "x = autograd.tanh(x * b) + 0.1 * y", "over=ys", "ys", "x * y"),
    "two each": ("", "for y, z in {}:", "x = autograd.tanh(x * z) + y", "over=zip(ys, zs)", "zip(ys, zs)", "x + z"),
    "rows": ("", "for r in {}:", "x = x * 0.9 + r[0] * r[2]", "over=zip(ys, zs, ys)", "zip(ys, zs, ys)", "x * r[1]"),
    "one they all read": ("", "for y in {}:", "x = autograd.sin(x) + y * ys[3]", "over=ys", "ys", "x"),
    "the one before": ("p = a", "for y in {}:", "x = autograd.sin(x) + y * p\np = y", "over=ys", "ys", "x + p"),
    "backwards": ("", "for y in {}:", "x = autograd.sin(x * b) + y", "over=ys[::-1]", "ys[::-1]", "x"),
    "every second": ("", "for y in {}:", "x = autograd.sin(x * b) + y", "over=ys[::2]", "ys[::2]", "x"),
    "the same twice": ("", "for y, z in {}:", "x = autograd.sin(x * y) + z", "over=zip(ys, ys)", "zip(ys, ys)", "x"),
    "plain numbers": ("k = [0.5 + 0.001 * i for i in range(n)]", "for c in {}:", "x = x * c + a", "over=k", "k", "x"),
    "the largest so far": (
        "m = a",
        "for y in {}:",
        "x = autograd.sin(x) + y\nif y > m: m = y",
        "over=ys",
        "ys",
        "x * m",
    ),
    "nested rows": (
        "",
        "for y, (z, w) in {}:",
        "x = x * w + z",
        "over=zip(ys, zip(zs, ys))",
        "zip(ys, zip(zs, ys))",
        "x",
    ),
}


@pytest.mark.parametrize("turns", [5, 300])
@pytest.mark.parametrize("what", OVER)
def test_turns_that_are_given_something_give_what_a_plain_loop_gives(what, turns):
    before, head, body, over, plain, result = OVER[what]

    def made(loop):
        lines = [*before.splitlines(), head.format(loop), *(f"    {line}" for line in body.splitlines())]
        source = "def f(a, b, ys, zs):\n    x = a\n" + "".join(f"    {line}\n" for line in [*lines, f"return {result}"])
        names = {"autograd": autograd, "n": turns}
        exec(source, names)
        return names["f"]

    compiled = autograd.compile(made(f"autograd.repeat({over})"), argnums=(0, 1, 2, 3), native=False)
    for seed in range(2):
        chance = random.Random(seed)
        given = [0.3, 0.7, *([chance.uniform(-1.0, 1.0) for _ in range(turns)] for _ in range(2))]
        value, slopes = compiled.value_and_grad(*given)
        expected, expected_slopes = autograd.value_and_grad(made(plain), argnums=(0, 1, 2, 3))(*given)
        assert value == pytest.approx(expected, rel=1e-12)
        for one, other in zip(slopes, expected_slopes, strict=True):
            assert one == pytest.approx(other, rel=1e-9, abs=1e-300)


def test_observations_of_many_turns_are_not_recorded():
    def f(a, ys):
        x = a
        for y in repeat(over=ys):
            x = autograd.sin(x) + y
        return x

    compiled = autograd.compile(f, native=False)
    ys = [math.sin(k) for k in range(20_000)]
    assert compiled(0.3, ys) == f(Value(0.3), ys).data
    assert len(compiled.program.graph.nodes) < 5_000


def test_a_loop_is_given_a_number_of_turns_or_what_they_get():
    for wrong in ({}, {"turns": 3, "over": [1]}):
        with pytest.raises(TypeError, match="takes a number of turns"):
            repeat(**wrong)


@pytest.mark.parametrize("what", ["breaks", "turns once", "turns and turns back"])
@pytest.mark.parametrize("batch", [(), (0, 1)])
def test_a_comparison_that_comes_out_otherwise_in_a_turn_that_was_not_recorded_is_noticed(what, batch):
    after = {
        "breaks": "if x > 3.0: break",
        "turns once": "if x > 3.0: x = x - 2.5",
        "turns and turns back": "if y > 0.99: x = x * 0.5",
    }[what]
    body = "x = x * 1.01\n" + "\n".join(f"y = autograd.sin({'y' if k else 'x'} * b)" for k in range(60)) + f"\n{after}"
    plain, repeated = (function(("y = a", body, "x + y"), loop=loop) for loop in ("range(n)", "autograd.repeat(n)"))
    compiled = autograd.compile(repeated, argnums=(0, 1), native=False, batch=batch, reduce="sum")
    points = [(0.3, 0.7), (-0.4, 0.9), (0.1, 1.6)]
    if batch:
        total, slopes = compiled.value_and_grad(*map(list, zip(*points, strict=True)))
        each = [autograd.value_and_grad(plain, argnums=(0, 1))(*given) for given in points]
        assert total == pytest.approx(sum(value for value, _ in each), rel=1e-9)
        for k in range(2):
            assert slopes[k] == pytest.approx([found[k] for _, found in each], rel=1e-6)
        return
    for given in points:
        agree(compiled, plain, given)

"""Whole numbers, truth values, texts and the like among the arguments: what a program is recorded for."""

import enum
import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from typing import NamedTuple

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.compiling import Program

TABLE = [Value(float(k) + 1.0) for k in range(12)]
NAMES = {1: Value(10.0), 2: Value(20.0), 2.5: Value(25.0), "a": Value(30.0)}


class Colour(enum.IntEnum):
    RED = 1
    BLUE = 2


class Token(NamedTuple):
    index: int
    scale: float


class Marked(np.ndarray):
    pass


def plain(x):
    """A result with numbers in place of Values."""
    if isinstance(x, list | tuple):
        return type(x)(map(plain, x))
    return x.data if isinstance(x, Value) else x


# Functions, each with arguments to be called with one after the other.
CASES = {
    "index": (lambda n, x: TABLE[n] * x, [(1, 2.0), (3, 2.0), (1, 3.0), (-1, 1.0), (np.int64(2), 1.0)]),
    "tokens": (lambda xs: autograd.sum([TABLE[t] * t for t in xs]), [([1, 3],), ([2, 3],), ((2, 3),), ([1, 3],)]),
    "array of tokens": (lambda xs: autograd.sum([TABLE[t] for t in xs]), [(np.array([1, 3]),), (np.array([2, 3]),)]),
    "count": (lambda n: autograd.sum([TABLE[i] for i in range(n)]), [(3,), (5,), (3,)]),
    "half": (lambda n, x: x * sum(range(n // 2 + 1)), [(4, 1.0), (8, 1.0), (9, 1.5)]),
    "slice": (lambda n, x: autograd.sum(TABLE[n : n + 2]) * x, [(1, 1.0), (4, 2.0)]),
    "repeat": (lambda n, x: autograd.sum(TABLE[:1] * n) * x, [(3, 1.0), (2, 1.0)]),
    "root": (lambda n, x: x / math.sqrt(n), [(4, 1.0), (9, 1.0)]),
    "bits": (lambda n, x: x * (n & 3) * (n >> 1) * (1 << n), [(5, 1.0), (6, 1.0)]),
    "key": (lambda k, x: NAMES.get(k, 0.0) * x, [(1, 1.0), (2, 1.0), (2.5, 1.0), (3, 1.0), ("a", 1.0), (1.0, 1.0)]),
    "key computed": (lambda k, x: NAMES.get(k + 1, 0.0) * x, [(0, 1.0), (1, 1.0), (1.5, 1.0), (7.0, 1.0), (0.0, 1.0)]),
    "member": (lambda k, x: x if k in {1, 2.5} else -x, [(1, 1.0), (2, 1.0), (2.5, 1.0), (True, 1.0)]),
    "text": (lambda k, x: (f"{k}", str(k), repr(k), x), [(1, 1.0), (1.0, 1.0), (0.0, 1.0), (-0.0, 1.0), (True, 1.0)]),
    "text computed": (lambda x: f"{x * 2:.1f} {x}", [(1.0,), (2.0,), (math.nan,)]),
    "kind": (
        lambda x: [type_ for type_ in (bool, int, float, str, Fraction, np.integer, list) if isinstance(x, type_)],
        [(1,), (1.0,), (True,), ("a",), (Fraction(1, 2),), (np.int64(1),), (np.float64(1.0),), (2,), (2.0,), ([1],)],
    ),
    "kinds in a list": (
        lambda xs: [isinstance(x, int) for x in xs],
        [([1, 2.0],), ([1.0, 2],), ([1, 2],), ([1.0, 2.0],)],
    ),
    "whole part": (lambda x: TABLE[int(x)] * x, [(0.5,), (1.5,), (-0.5,), (-1.5,), (3.0,), (0.0,)]),
    "rounded": (lambda x: TABLE[math.floor(x)] * x, [(1.5,), (1.25,), (3.0,)]),
    "flag": (
        lambda s, x: x if s is True else 2 * x if s is False else 3 * x,
        [(s, 1.0) for s in (True, False, 1, 0, None)],
    ),
    "flag in a list": (lambda xs: xs[0] * (2 if xs[1] is True else 3), [([1.0, True],), ([1.0, 1],), ([1.0, 1.0],)]),
    "enum": (lambda c, x: x if c is Colour.RED else 2 * x, [(Colour.RED, 1.0), (Colour.BLUE, 1.0), (1, 1.0)]),
    "keys": (
        lambda d: [(k is True, v) for k, v in d.items()],
        [({True: 1.0},), ({1: 1.0},), ({1.0: 1.0},), ({"a": 1.0},)],
    ),
    "named": (lambda t: TABLE[t.index] * t.scale, [(Token(1, 2.0),), (Token(2, 2.0),)]),
    "none": (lambda x, y: x if y is None else x * y, [(1.0, None), (1.0, 2.0), (1.0, 3)]),
    "number": (
        lambda x, y: x * y + 1,
        [(2, 0.5), (Fraction(1, 2), 3), (Decimal("0.25"), 3), (np.array(2.0), np.int64(3))],
    ),
    "zero": (lambda x: 1.0 / autograd.abs(x) * math.copysign(1.0, 1.0), [(2.0,), (-4.0,)]),
    "path": (lambda x, p: x * len(p.parts), [(2.0, PurePath("a/b")), (2.0, PurePath("a"))]),
    "frozen": (lambda s: [1 in s, *(x is True for x in s)], [(frozenset([1]),), (frozenset([True]),)]),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_compiled_call_is_a_plain_one(kind):
    function, calls = CASES[kind]
    compiled = autograd.compile(function)
    for args in [*calls, *calls, *reversed(calls)]:
        expected = plain(function(*args))
        assert repr(plain(compiled(*args))) == repr(expected) or compiled(*args) == pytest.approx(float(expected))


@dataclass(frozen=True)
class Setting:
    x: object


class Alike:
    def __init__(self, weight):
        self.weight = Value(weight)

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


def test_objects_that_are_equal_and_not_the_same_are_told_apart():
    f = autograd.compile(lambda s, x: x * 2 if s.x is True else x * 3)
    for _ in range(2):
        assert [f(Setting(x), 1.0) for x in (1, True, 1.0)] == [3.0, 2.0, 3.0]
    assert f.cache_info().recordings == 3
    g, two, five = autograd.compile(lambda one, x: one.weight * x), Alike(2.0), Alike(5.0)
    assert [g(one, 1.0) for one in (two, five, two)] == [2.0, 5.0, 2.0]


def test_programs_are_found_by_whole_numbers_without_looking_through_others():
    f = autograd.compile(lambda n, x: TABLE[n] * x)
    for _ in range(3):
        for n in range(10):
            assert f(n, 2.0) == 2.0 * (n + 1)
    assert f.cache_info().recordings == 10
    assert f.cache_info().turned == 0


def test_whole_numbers_that_are_only_numbers_stay_numbers():
    f = autograd.compile(lambda n, x: x * n if n > 2 else x)
    assert [f(n, 2.0) for n in range(8)] == [2.0, 2.0, 2.0, 6.0, 8.0, 10.0, 12.0, 14.0]
    assert f.value_and_grad(5, 2.0) == (10.0, 2.0)
    assert f.cache_info().recordings == 1


def test_a_function_that_swallows_every_error_is_not_misled():
    def f(n, x):
        try:
            return TABLE[n] * x
        except BaseException:
            return x

    assert [autograd.compile(f)(n, 2.0) for n in (1, 2)] == [4.0, 6.0]


def test_arguments_that_static_names_are_constants():
    for static in (1, "n", ["n"]):
        f = autograd.compile(lambda x, n: x * n["a"][0] / n["b"][1], static=static)
        assert f(2.0, {"a": [3.0], "b": np.array([1.0, 2.0])}) == 3.0
        assert f(2.0, n={"a": [5.0], "b": np.array([1.0, 2.0])}) == 5.0
        assert f.program.graph.batched == [False]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: autograd.compile(lambda x: TABLE[x])(1.0), "'float' object cannot be.*static=.*autograd.pick"),
        (lambda: autograd.compile(lambda x: TABLE[x], batch=0)([1, 2]), "batch argument 0 is an index.*autograd.pick"),
        (
            lambda: autograd.compile(lambda x, n: x, static="m"),
            "static names the argument 'm', but the function has x, n",
        ),
        (
            lambda: autograd.compile(lambda x: x, static=0, batch=0),
            "has samples by batch=, and is a constant by static=",
        ),
        (lambda: autograd.compile(lambda x: x, static=0)(Value(1.0)), "a Value is no constant"),
        (lambda: autograd.compile(lambda n: TABLE[n]).value_and_grad(1), "no derivative by argument 0.*constants"),
        (lambda: autograd.compile(sum)(np.ma.array([1.0, 2.0], mask=[0, 1])), r"pass x.filled\(number\)"),
        (lambda: autograd.compile(sum)(np.ones(2).view(Marked)), r"pass numpy.asarray\(x\)"),
        (lambda: autograd.compile(sum, batch=0)(np.ma.array([[1.0], [2.0]])), r"pass x.filled\(number\)"),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def test_an_error_of_the_function_is_its_own_and_names_the_ways_out():
    def f(n, x):
        raise LookupError("mine") if n else ArithmeticError

    with pytest.raises(LookupError, match="mine") as raised:
        autograd.compile(f)(3, 1.0)
    assert "static=" in raised.value.__notes__[0]
    assert "autograd.pick" in raised.value.__notes__[0]


def test_a_constant_among_numbers_has_no_derivative():
    f = autograd.compile(lambda d: TABLE[d["n"]] * d["x"] if d["is on"] else d["x"])
    for _ in range(2):
        assert f.value_and_grad({"n": 1, "x": 3.0, "is on": True}) == (6.0, {"n": None, "x": 2.0, "is on": None})


def test_the_order_of_keyword_arguments_makes_no_difference_unless_the_function_sees_it():
    f = autograd.compile(lambda a, b: a - 2 * b)
    assert f(a=1.0, b=2.0) == f(b=2.0, a=1.0) == -3.0
    assert f.cache_info().recordings == 1
    g = autograd.compile(lambda **named: [*named, *named.values()])
    assert g(a=1.0, b=2.0) == ["a", "b", 1.0, 2.0]
    assert g(b=2.0, a=1.0) == ["b", "a", 2.0, 1.0]


def test_what_is_kept_from_an_earlier_call_is_not_read_as_if_it_were_new():
    kept = {}

    f = autograd.compile(lambda x, text: kept.setdefault("x", x) * len(text))
    assert f(2.0, "text") == 8.0
    with pytest.raises(ValueError, match="kept from an argument of an earlier call"):
        f(2.0, "a")


def test_a_program_recorded_for_whole_numbers_is_saved_with_them(tmp_path):
    f = autograd.compile(lambda tokens, x: autograd.sum([TABLE[t] for t in tokens]) * x)
    assert f([1, 2], 2.0) == 10.0
    f.program.save(tmp_path / "program.json")
    program = Program.load(tmp_path / "program.json")
    assert program([1, 2], 3.0) == 15.0
    with pytest.raises(ValueError, match="recorded for arguments"):
        program([1, 3], 3.0)


def test_whole_numbers_take_the_short_way_too(monkeypatch):
    f = autograd.compile(lambda n, x, ns: TABLE[n] * x * len(f"{ns}"))
    calls = [(3, 2.0, np.array([1000, 2000])), (3000 - 2997, 2.5, np.array([1000, 2000]))]
    expected = [f(*call) for call in calls]
    monkeypatch.setattr("autograd.compiling.versions.versions.given", None)  # which the long way begins with
    assert [f(*call) for call in calls] == expected


def test_the_text_of_an_array_of_arguments_is_that_of_its_numbers():
    compiled = autograd.compile(lambda x: (x[0] * 2.0, f"{x} {x!r} {2.0 * x}"))
    for x in (np.array([1.0, 2.5]), np.array([1.0, 3.0]), np.array([1.0, 2.5]), np.array([1.0, 0.5], np.float32)):
        assert compiled(x) == (2.0, f"{x} {x!r} {2.0 * x}")

"""Random nested arguments and results with numbers, flags, texts: a compiled call is a plain one, derivatives too."""

import enum
import math
import random

import numpy as np
import pytest
from packing_graphs import seeds

import autograd
from autograd import Value


class Colour(enum.IntEnum):
    RED = 1
    BLUE = 2


LEAVES = [
    *[0.5, 1.0, 2.0, -1.5, 0.0, -0.0, 3.0, 1e3],
    *[0, 1, 2, 3, -1, True, False, None, "a", "b", "", Colour.RED, Colour.BLUE],
    *[np.float64(1.0), np.float64(0.25), np.int64(1), np.int64(2), np.bool_(True)],
]


def tree(draw, depth=3):
    """Random nested lists, tuples, dicts and arrays of leaves."""
    kind = draw.choice(["leaf", "leaf", "list", "tuple", "dict", "array", "numbers"] if depth else ["leaf"])
    if kind == "leaf":
        return draw.choice(LEAVES)
    if kind == "array":
        return np.array([draw.randint(0, 3) for _ in range(draw.randint(1, 3))], draw.choice([int, float]))
    if kind == "numbers":
        return [draw.choice([draw.randint(0, 3), draw.uniform(-2.0, 2.0)]) for _ in range(draw.randint(1, 4))]
    parts = [tree(draw, depth - 1) for _ in range(draw.randint(0, 3))]
    if kind == "dict":
        return dict(zip(draw.sample(["x", "y", 1, True, 2.0, None], 4), parts, strict=False))
    return parts if kind == "list" else tuple(parts)


def other(draw, x):
    """The same arrangement with some other leaves, now and then of another kind."""
    if isinstance(x, dict):
        return {key: other(draw, part) for key, part in x.items()}
    if isinstance(x, list | tuple):
        return type(x)(other(draw, part) for part in x)
    if isinstance(x, np.ndarray):
        return x + draw.randint(0, 1)
    if draw.random() < 0.4:
        return x
    if draw.random() < 0.5:
        return draw.choice(LEAVES)
    return draw.choice([leaf for leaf in LEAVES if type(leaf) is type(x)])


def is_plain_number(x):
    return isinstance(x, int | float | np.generic) and not isinstance(x, bool | np.bool_ | enum.Enum)


class Program:
    """A random function of trees: what it does with each leaf is drawn once, by the place of the leaf."""

    def __init__(self, seed, table):
        self.seed, self.table = seed, table

    def __call__(self, x):
        run = Run(self.seed, self.table)
        found = run.visit(x)
        return run.total, found


class Run:
    """One call of it."""

    def __init__(self, seed, table):
        self.draw, self.table, self.total = random.Random(seed), table, table[0] * 0.5

    def visit(self, x):
        if isinstance(x, dict):
            return {key: self.visit(part) for key, part in x.items()}
        if isinstance(x, list | tuple):
            return type(x)([self.visit(part) for part in x])
        if isinstance(x, np.ndarray):
            return [self.visit(part) for part in x]
        return self.leaf(x, self.draw.choice(USES))

    def add(self, x):
        self.total = self.total + x


def number(p, x):
    if isinstance(x, int | float | np.generic) and not isinstance(x, str):
        p.add(p.table[1] * x)
        return x * 2.0
    return None


def index(p, x):
    if isinstance(x, int | np.integer):
        p.add(p.table[x % 3] * 2.0)
        return p.table[x % 3]
    return "no index"


def count(p, x):
    return [p.add(p.table[k]) for k in range(x)] if isinstance(x, int) and 0 <= x < 4 else x is None


def text(p, x):
    return f"{x}|{x!r}|{x!s:>6}"


def kind(p, x):
    return [one.__name__ for one in (bool, int, float, str, np.integer, np.floating, enum.Enum) if isinstance(x, one)]


def flag(p, x):
    return 1.0 if x is True else 2.0 if x is False else 3.0 if x is None else [4.0]


def key(p, x):
    return {1: "one", 2.0: p.table[2], "a": None, 0.25: "quarter"}.get(x, "none")


def key_computed(p, x):
    return (
        {2: p.table[1], 3.0: "three", 0.5: 1}.get(x + 1, "none")
        if is_plain_number(x)
        else {"aa": 1}.get(x * 2 if x else x)
    )


def compared(p, x):
    if is_plain_number(x) and x > 0.75:
        p.add(p.table[2] * x)
        return True
    return x == 2


def whole_part(p, x):
    return int(x) + 1 if is_plain_number(x) else None


def truth(p, x):
    return "yes" if x else "no"


USES = [number, index, count, text, kind, flag, key, key_computed, compared, whole_part, truth]
Run.leaf = lambda self, x, use: use(self, x)


def shown(x):
    """A result with plain numbers, to be compared; a number may be a float where it was whole."""
    if isinstance(x, dict):
        return {repr(key): shown(part) for key, part in x.items()}
    if isinstance(x, list | tuple):
        return type(x)(map(shown, x))
    if isinstance(x, Value):
        return x.data
    if isinstance(x, np.bool_):  # a comparison of NumPy's number; a Value gives True or False
        return bool(x)
    return x if isinstance(x, bool | str) or x is None else float(x)


def same(a, b):
    if isinstance(a, dict):
        return type(b) is dict and [*a] == [*b] and same([*a.values()], [*b.values()])
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float):
        return isinstance(b, float) and (math.isclose(a, b, rel_tol=1e-12) or (a != a and b != b))
    return type(a) is type(b) and a == b


@pytest.mark.parametrize("seed", seeds(300, fast=60))
def test_a_compiled_call_is_a_plain_one(seed):
    draw = random.Random(seed)
    first = tree(draw)
    table = [Value(draw.uniform(0.5, 2.0)) for _ in range(4)]
    program = Program(seed, table)
    compiled = autograd.compile(program, has_aux=True)
    trees = [first, *(other(draw, first) for _ in range(8))]
    for x in [*trees, *trees]:
        loss, rest = program(x)
        loss.backward()
        slopes = [one.grad for one in table]
        for one in table:
            one.zero_grad()
        expected = shown((loss, rest))
        assert same(shown(compiled(x)), expected)
        assert same(shown(compiled.backward(x)), expected)
        assert [one.grad for one in table] == pytest.approx(slopes, rel=1e-12)
        for one in table:
            one.zero_grad()

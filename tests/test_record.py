"""Recording said plainly: `core.record.apply` and the functions printed from the rows do the same, on every row."""

import math
import random
import struct
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

import autograd
from autograd import Tape, Value, no_grad, scope
from autograd.core.ops import ROWS, Op
from autograd.core.record import OPERATORS, apply, function, operators
from autograd.core.watching import Watcher, watching

inf, nan = math.inf, math.nan
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1e-300, -1e300, 1e300, 710.0, inf, -inf, nan]
each_row = pytest.mark.parametrize("op", ROWS, ids=str)


def bits(x: float) -> bytes:
    return b"nan" if x != x else struct.pack("d", x)


def seen(f, *inputs):
    """All there is to see of what a function gives: an error, a number, or a node."""
    try:
        y = f(*inputs)
    except Exception as error:
        return type(error), str(error)
    if not isinstance(y, Value):
        return type(y), bits(y) if isinstance(y, float) else y
    partials = [bits(x) for x in y.partials]
    return bits(y.data), y.grad, y.op, partials, [id(x) if x.line else bits(x.data) for x in y.inputs], y.notes


def mixes(xs: list[float]) -> list[list]:
    """The numbers themselves, and Values in place of some or all of them, constants too."""
    kinds = [lambda x: x, Value, lambda x: Value(x).detach()]
    chosen = product(kinds, repeat=len(xs)) if len(xs) < 3 else [random.choices(kinds, k=len(xs)) for _ in range(9)]
    return [[kind(x) for kind, x in zip(row, xs, strict=True)] for row in [[Value] * len(xs), *chosen]]


def points(op: Op):
    """Random points of the domain, and special numbers."""
    rng = random.Random(op.name)
    for k in range(60):
        size = rng.randint(max(domain.least or 0 for domain in op.domain), 4)
        sizes = [size if many else 1 for many in op.groups]
        drawn = [
            float(rng.randrange(-1, 5)) if domain.index else rng.uniform(domain.low, domain.high)
            for domain, count in zip(op.domain, sizes, strict=True)
            for _ in range(count)
        ]
        yield drawn if k < 20 else [rng.choice([*SPECIAL, x]) for x in drawn]
    if op.groups == (False,):
        yield from ([x] for x in SPECIAL)


@each_row
def test_the_printed_function_of_a_row_is_apply_of_it(op):
    printed = getattr(autograd, op.name)
    for xs in points(op):
        for given in mixes(xs):
            inputs = op.split(given)
            assert seen(printed, *inputs) == seen(apply, op, *inputs) == seen(function(op), *inputs), inputs


@pytest.mark.parametrize("name", OPERATORS)
def test_printed_operators_are_apply_too(name):
    op = next(op for op in ROWS if op.name == name)
    plain_left, plain_right = operators(op)
    left, right = (getattr(Value, f"__{side}{OPERATORS[name]}__") for side in ("", "r"))
    others = [*SPECIAL, Value(2.0), 0, 1, True, "text", None, [1.0], 1j, 10**400, type("Own", (), {"__radd__": 0})()]
    for x in (Value(2.0), Value(-0.5), Value(nan)):
        for other in others:
            assert seen(left, x, other) == seen(plain_left, x, other), other
            if not isinstance(other, Value):
                assert seen(right, x, other) == seen(plain_right, x, other), other


@each_row
@pytest.mark.parametrize("inputs", [(), (1.0, 2.0, 3.0, 4.0, 5.0), ([],), ([], []), ([1.0], [1.0, 2.0]), ("a", "b")])
def test_what_a_row_cannot_read_is_refused_by_both(op, inputs):
    printed, plain = (seen(f, *inputs) for f in (getattr(autograd, op.name), function(op)))
    assert printed[0] is plain[0]
    if isinstance(printed[0], type) and issubclass(printed[0], ValueError):
        assert printed == plain


@each_row
def test_who_watches_sees_the_same_of_both(op):
    inputs = op.split([Value(1.0) for _ in range(2 * len(op.groups) if any(op.groups) else len(op.groups))])
    if op.name == "pick":
        inputs = [[Value(1.0), Value(2.0)], Value(0.0)]
    made = []
    for f in (getattr(autograd, op.name), function(op)):
        with Tape() as tape, scope("here"):
            y = f(*inputs)
        assert [*tape] == [y]
        assert y.scope == "here"
        with no_grad():
            assert f(*inputs).is_constant
        made.append(seen(lambda y=y: y))
    assert made[0] == made[1]


class Listener(Watcher):
    """Hears what rows are asked for of numbers alone, and gives something in its place."""

    def computed(self, op, *inputs):
        return op.name, op.joined([*inputs])


@each_row
@pytest.mark.parametrize("size", range(3))
def test_who_watches_may_give_what_a_row_gives_of_numbers(op, size):
    least = max(domain.least or 0 for domain in op.domain)
    inputs = op.split([1.0 for many in op.groups for _ in range(max(size, least) if many else 1)])
    if not op.joined(inputs):
        return  # there is nothing to follow
    with watching(Listener()):
        assert getattr(autograd, op.name)(*inputs) == function(op)(*inputs) == (op.name, op.joined(inputs))


def test_the_core_alone_is_an_engine_of_the_standard_library():
    code = """if True:
        import sys
        before = set(sys.modules)
        import core
        from core.value import Value
        from core.watching import Watcher, watching
        a, b = Value(2.0, label="a"), Value(3.0)
        y = (1 + a * b - a / b**2).tanh() + abs(-a) % 2.5 + sum([a, b])
        y.backward()
        assert (y.op.name, b.grad, a < b, a == 2) == ("add", b.grad, True, True)
        assert abs(a.grad - 2.0) < 1e-4, a.grad
        assert a.maximum(b) is not b and a.logsumexp(b).data > 3.3 and divmod(b, a)[0].data == 1.0
        for module in set(sys.modules) - before:
            top = module.partition(".")[0]
            assert top == "core" or top in sys.stdlib_module_names, module
    """
    subprocess.run([sys.executable, "-c", code], cwd=Path(autograd.__file__).parent, env={}, check=True)

"""Random programs that read numbers by `data` and go on with them: arithmetic, comparisons, `math`, text, NumPy."""

import math
import random

import numpy as np

import autograd
from autograd import Value, no_grad


def reading_program(seed, steps=12, verbs=True):
    """A function of a list of Values or numbers and of parameters: it gives a Value, and a list of numbers."""
    mixed = _MIXED + _VERBS if verbs else _MIXED

    def function(xs, parameters):
        draw = random.Random(seed)
        values, numbers = [*xs, *parameters], [0.75, -1.25, 2]
        for _ in range(steps):
            kind = draw.choice((_read, _read, _compute, _compute, _mix, _mix, _choose, _let_out, _nothing_kept))
            kind(draw, values, numbers, mixed)
        return autograd.sum([x * draw.uniform(-1.0, 1.0) for x in [*xs, *parameters, *values[-6:]]]), numbers[-4:]

    return function


def _read(draw, values, numbers, mixed):
    x = draw.choice(values)
    if isinstance(x, Value):
        numbers.append(x.data)


def _compute(draw, values, numbers, mixed):
    a, b = draw.choice(numbers[-4:]), draw.choice(numbers)
    made = draw.choice(_NUMBERS)(a, b)
    # within a range, and away from the whole numbers that most programs meet: rounding turns no comparison
    numbers.append(made if abs(made) < 8.0 else made % 7.0 + 0.1)


def _mix(draw, values, numbers, mixed):
    x, n, m = draw.choice(values), draw.choice(numbers[-4:]), draw.choice(numbers)
    values.append(autograd.tanh(draw.choice(mixed)(x, n, m)))


def _choose(draw, values, numbers, mixed):
    a, b, x = draw.choice(numbers[-3:]), draw.choice(numbers), draw.choice(values)
    numbers.append(draw.choice(_CHOICES)(a, b, x))


def _let_out(draw, values, numbers, mixed):
    numbers.append(draw.choice(_PLAIN)(draw.choice(numbers[-3:])))


def _nothing_kept(draw, values, numbers, mixed):
    a, b = draw.choice(values), draw.choice(values)
    with no_grad():
        values.append(autograd.sin(a * b) + Value(0.5).detach())


_NUMBERS = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: (a + 0.3) // b,
    lambda a, b: a % b,
    lambda a, b: divmod(a + 0.3, b)[1],
    lambda a, b: abs(a) ** b,
    lambda a, b: (a + 0.3) ** 2 - b**-1,
    lambda a, b: 2**a - b,
    lambda a, b: round(a, 2) + b,
    lambda a, b: -a + abs(b) + +a,
    lambda a, b: sum([a, b, 1]),
    lambda a, b: autograd.exp(-abs(a)) + autograd.logsumexp([a, b]),
    lambda a, b: autograd.dot([a, 2.0], [b, b]),
    lambda a, b: np.sin(a) + np.float64(2.0) * b,
    lambda a, b: np.float64(2.0) - a + np.maximum(a, b),
]
_MIXED = [
    lambda x, n, m: x * n,
    lambda x, n, m: n - x + m,
    lambda x, n, m: n / (x * x + 1.0),
    lambda x, n, m: (x * x + 0.5) ** n,
    lambda x, n, m: autograd.maximum(x, n),
    lambda x, n, m: autograd.where(x - n, m, x),
    lambda x, n, m: autograd.dot([x, n], [m, x]),
    lambda x, n, m: autograd.sum([n, x, m]),
    lambda x, n, m: Value(n) * x,
]
_VERBS = [
    lambda x, n, m: autograd.grad(lambda t: t * t * n)(m) * x,
    lambda x, n, m: autograd.grad(lambda t: t * autograd.sin(t) * x)(n) + x,
]
_CHOICES = [
    lambda a, b, x: max(a, b),
    lambda a, b, x: min(b, a, 0.5),
    lambda a, b, x: sorted([a, b, 0.1])[1],
    lambda a, b, x: a if x > b else b,
    lambda a, b, x: a if b <= x else 1.5,
    lambda a, b, x: 0.5 if a else b,
    lambda a, b, x: float(a > b) + 0.5,
    lambda a, b, x: a if np.float64(0.4) < b else b,
    lambda a, b, x: a if not np.isnan(b) else 0.0,
    lambda a, b, x: [0.5, 1.5, a][int(abs(a)) % 3],
]
_PLAIN = [
    lambda a: float(a) + 0.25,
    lambda a: math.sin(a),
    lambda a: len(f"{a:.3f}") * 0.1,
    lambda a: float(round(a)),
    lambda a: math.floor(a) + 0.5,
    lambda a: {round(a): 2.0}.get(0, a),
    lambda a: float(np.array([a, 1.0]).sum()),
    lambda a: 1.0 if isinstance(a, float) else 2.0,
]

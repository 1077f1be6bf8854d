"""Random graphs for the tests of packing: any operation, inputs met twice, constants, inputs that nothing reads."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import autograd
from autograd.core.ops import ROWS, Op


def seeds(count: int, fast: int) -> list[Any]:
    """So many random graphs to try, of which all but the first few are slow tests."""
    return [pytest.param(seed, marks=pytest.mark.slow) if seed >= fast else seed for seed in range(count)]


def random_function(seed: int, inputs: int, operations: int, tame: bool = True) -> Callable[[Sequence[Any]], Any]:
    """A function of `inputs` numbers, made of random rows of the table. Equal seeds give equal functions.

    If it is tame, every operation meets numbers of its domain only.
    """

    def function(xs: Sequence[Any]) -> Any:
        draw = random.Random(seed)
        known = list(xs)
        for _ in range(operations):
            op = draw.choice(ROWS)
            for _ in range(draw.choice((1, 1, 1, 4))):  # now and then several alike, side by side
                known.append(_applied(draw, op, known, _squeezed if tame else _as_it_is))
        return _total(draw, known[inputs:])

    return function


def _applied(draw: random.Random, op: Op, known: list[Any], brought: Callable[[Any, Any], Any]) -> Any:
    size = draw.randint(1, 4)
    arguments: list[Any] = []
    for domain, many in zip(op.domain, op.groups, strict=True):
        if many:
            arguments.append([brought(draw.choice(known), domain) for _ in range(size)])
        elif domain.index:
            arguments.append(draw.randrange(size))
        elif domain.low == domain.high == 0:
            arguments.append(0.0)
        elif draw.random() < 0.2:
            arguments.append(draw.choice((0.5, 0.25, 1.0, 2.0)) if domain.low > -0.9 else 0.3)
        else:
            arguments.append(brought(draw.choice(known), domain))
    if not any(isinstance(x, autograd.Value | list) for x in arguments):
        arguments[0] = brought(draw.choice(known), op.domain[0])
    return getattr(autograd, op.name)(*arguments)


def _as_it_is(x: Any, domain: Any) -> Any:
    return x


def _squeezed(x: Any, domain: Any) -> Any:
    """`x` brought into the domain, so that results stay finite; kinks are met by chance only."""
    middle, half = (domain.low + domain.high) / 2, (domain.high - domain.low) / 2
    return autograd.sin(x) * (0.9 * half) + middle


def _total(draw: random.Random, results: list[Any]) -> Any:
    return autograd.sum([x * draw.uniform(-1.0, 1.0) for x in results[-12:]])


def random_sums(seed: int, operations: int = 60) -> Callable[[Sequence[Any]], Any]:
    """A function of numbers that mostly adds and multiplies, in every form, with constants, and much of it twice."""

    def function(xs: Sequence[Any]) -> Any:
        draw = random.Random(seed)
        known = [*xs, autograd.Value(0.5), autograd.Value(0.0), autograd.Value(-0.0)]
        for _ in range(operations):
            a, b, c = (draw.choice(known) for _ in range(3))
            some, more = ([draw.choice(known[-12:]) for _ in range(3)] for _ in range(2))
            made = draw.choice(_FORMS)(a, b, c, some, more)
            known.append(autograd.tanh(made) if draw.random() < 0.3 else made)
        return autograd.sum(known[-9:])

    return function


_FORMS: list[Callable[..., Any]] = [
    lambda a, b, c, some, more: a + b,
    lambda a, b, c, some, more: a - (b + c),
    lambda a, b, c, some, more: -(a + b),
    lambda a, b, c, some, more: a * b,
    lambda a, b, c, some, more: b * a,
    lambda a, b, c, some, more: a * 0.0 + b * 1.0,
    lambda a, b, c, some, more: (a * a) ** 2 + (b * b + 1.0) ** -1,
    lambda a, b, c, some, more: +a - autograd.sum(some),
    lambda a, b, c, some, more: autograd.mean(some),
    lambda a, b, c, some, more: autograd.dot(some, more),
    lambda a, b, c, some, more: autograd.linear(some, more, 0.0) - autograd.linear(some, more, c),
    lambda a, b, c, some, more: autograd.pick(some, 1) + autograd.maximum(a, b).detach(),
]

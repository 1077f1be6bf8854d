"""Seeds: where random numbers come from, and what will come of them as plain data."""

from __future__ import annotations

import random as python_random
from random import Random
from typing import Any

from autograd import fields

from .checks import whole

_WORDS = 624  # of the Mersenne twister; behind them stands which is next


_STATE = fields.columns(
    version=fields.one_of(Random.VERSION),
    numbers=fields.listed(fields.whole(most=2**32 - 1), _WORDS + 1),
    following=fields.optional(fields.number),
)


def generator(seed: Any) -> Any:
    """Where random numbers come from: None for Python's global `random`, a whole number for a generator of its own.

    With None, `random.seed(1)` before building a network makes it reproducible; a `random.Random` is used as it is.
    """
    if seed is None:
        return python_random
    return seed if isinstance(seed, Random) or seed is python_random else Random(whole("seed", seed, least=0))


def state_of(random: Any) -> list[Any]:
    """What a generator will draw, as plain data."""
    version, numbers, following = random.getstate()
    return [version, list(numbers), following]


def restore(random: Any, state: Any) -> None:
    """Lets a generator draw what `state_of` saw; all of it or, if it raises, nothing.

    Raises:
        ValueError: it is not such a state.
    """
    version, numbers, following = fields.read(_STATE, state, "the state of the random numbers")
    fields.read(fields.whole(most=_WORDS), numbers[-1], "the place in the state of the random numbers")
    random.setstate((version, tuple(numbers), following))

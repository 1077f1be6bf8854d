"""Rules: what an optimiser does to one parameter, run once on symbols and so printed.

NumPy asks a symbol for every operation on it (`__array_ufunc__`, NEP 13), and the symbol writes it down. A rule that
asks a symbol for anything else, for whether it is positive or for the sum over all parameters, is not printed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any, Protocol

import numpy as np

from ..text import Text, program, words


class Rule(Protocol):
    """What changes parameters by their gradient, as an optimiser of `nn` does."""

    steps_done: int  # made so far
    memory: dict[str, Any]  # arrays with a number for each parameter, which a step replaces

    def update(self, data: Any, gradient: Any) -> None:
        """Makes a step on arrays, in place; raises FloatingPointError, and changes nothing, where a number fails."""

    def formula(self, x: Any, gradient: Any, memory: tuple[Any, ...], rate: Any, step: Any) -> tuple[Any, ...]:
        """What `update` computes for one parameter: the next `x`, then the next memory. All it is given are symbols.

        `rate` is the learning rate, and `step` the steps made before. Raises where it needs more than that.
        """

    def rates(self, steps: int) -> Any:
        """The learning rates of the next steps, as floats; fewer, where one of them is none."""

    def frozen(self) -> Any:
        """An array of bool, True for each parameter that stays as it is, or None."""


@dataclass(frozen=True)
class Printed:
    """A rule as Python expressions of the words of `floats`; `text.program` says how they are written.

    The names in them are `x`, `g` (the gradient), `m0`, `m1`, ... (the memory in its order), `rate`, `step` (the steps
    made before, a float) and `numbers[0]`, `numbers[1]`, ...: every number of the rule. So the text says which rule it
    is, and not what it is set to.
    """

    once: tuple[str, ...]  # lines `c1 = ...` without x, g and memory: the same for all parameters of a step
    each: tuple[str, ...]  # lines `t1 = ...` for each parameter
    results: tuple[str, ...]  # the next x, m0, m1, ...
    numbers: tuple[float, ...]


def printed(rule: Rule, prefix: str = "") -> Printed | None:
    """The rule as it is set now, or None where it cannot be written so; `prefix` stands before each word.

    >>> class Descent:
    ...     memory = {}
    ...     def formula(self, x, gradient, memory, rate, step):
    ...         return (x - rate / (1.0 + step) * gradient,)
    >>> printed(Descent())
    Printed(once=('c1 = div(rate, numbers[0] + step)',), each=(), results=('x - c1 * g',), numbers=(1.0,))
    """
    try:
        found, again = _recorded(rule, prefix), _recorded(rule, prefix)
    except Exception:  # whatever a user's own code makes of a symbol that is no number
        return None
    return found if found == again else None  # one that draws random numbers, or counts calls, has others now


def _recorded(rule: Rule, prefix: str) -> Printed:
    numbers: list[float] = []
    memory = [f"m{k}" for k in range(len(rule.memory))]
    x, gradient, rate, step, *before = (Symbol(Text(name), numbers) for name in ("x", "g", "rate", "step", *memory))
    results = [result.text for result in rule.formula(x, gradient, tuple(before), rate, step)]
    shared, own = _split(results, {"x", "g", *memory})
    lines, constants = program(shared, "s", prefix)
    each, following = program(own, "t", prefix)
    once = [*lines, *(f"c{k} = {constant}" for k, constant in enumerate(constants, 1))]
    return Printed(tuple(once), tuple(each), tuple(following), tuple(numbers))


def _split(results: list[Text], own: set[str]) -> tuple[list[Text], list[Text]]:
    """The largest parts that have none of the names `own`, and the results with `c1`, `c2`, ... in place of those."""
    shared: list[Text] = []
    known: dict[Text, bool] = {}
    placed: dict[Text, Text] = {}

    def has_own(part: Text) -> bool:
        if part not in known:
            known[part] = part.head in own if part.arguments is None else any([*map(has_own, part.arguments)])
        return known[part]

    def place(part: Text) -> Text:
        if part not in placed:
            if part.arguments is None:
                placed[part] = part
            elif has_own(part):
                placed[part] = Text(part.head, tuple(map(place, part.arguments)))
            else:
                shared.append(part)
                placed[part] = Text(f"c{len(shared)}")
        return placed[part]

    return shared, list(map(place, results))


class Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """An expression in place of an array; every number that meets it becomes one of `numbers`."""

    def __init__(self, text: Text, numbers: list[float]) -> None:
        self.text, self._numbers = text, numbers

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options or ufunc not in _WORDS:
            return NotImplemented
        if not all(isinstance(x, Symbol | Real) for x in inputs):
            return NotImplemented
        if ufunc is np.power and isinstance(inputs[1], Real) and float(inputs[1]) in _POWERS:
            ufunc, inputs = _POWERS[float(inputs[1])], inputs[:1]
        return Symbol(_WORDS[ufunc](*map(self._read, inputs)), self._numbers)

    def _read(self, x: Any) -> Text:
        if isinstance(x, Symbol):
            return x.text
        self._numbers.append(float(x))
        return Text(f"numbers[{len(self._numbers) - 1}]")

    def __array_function__(self, function: Any, *_: Any) -> Any:
        return NotImplemented  # what NumPy makes of a whole array has no meaning for one number of it

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("a symbol is no array")

    def __bool__(self) -> bool:
        raise TypeError("a symbol is neither true nor false")


_WORDS: dict[Any, Callable[..., Text]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: words.div,
    np.negative: operator.neg,
    np.positive: operator.pos,
    np.power: words.pow,
    np.square: words.square,
    np.sqrt: words.sqrt,
    np.absolute: words.abs,
    np.sign: words.sign,
    np.maximum: words.maximum,
    np.minimum: words.minimum,
    np.exp: words.exp,
    np.log: words.log,
    np.tanh: words.tanh,
}
_POWERS = {2.0: np.square, 1.0: np.positive, 0.5: np.sqrt}  # as NumPy has them, to the last bit

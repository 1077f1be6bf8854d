"""Rules: what an optimiser does to one parameter, run once on symbols and so printed.

NumPy asks a symbol for every operation on it (`__array_ufunc__`, NEP 13), and the symbol writes it down. A rule that
asks a symbol for anything else, for whether it is positive or for the sum over all parameters, is not printed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from numbers import Real
from typing import Any, Protocol

import numpy as np

from ...vocabularies.text import Text, program, words


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


class Printer:
    """Prints a rule, and writes it anew only where it has become another one than before.

    >>> class Descent:
    ...     memory = {}
    ...     def formula(self, x, gradient, memory, rate, step):
    ...         return (x - rate / (1.0 + step) * gradient,)
    >>> Printer(Descent()).printed()
    Printed(once=('c1 = div(rate, numbers[0] + step)',), each=(), results=('x - c1 * g',), numbers=(1.0,))
    """

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._known: dict[Any, Callable[[tuple[float, ...]], Printed] | None] = {}
        self._settings: Any = None  # as they were when it was printed last
        self._last: Printed | None = None

    def printed(self) -> Printed | None:
        """The rule as it is set now, or None where it cannot be written so."""
        settings = self._rule.settings() if hasattr(self._rule, "settings") else None
        if settings is None or settings != self._settings:
            self._settings, self._last = settings, self._printed()
        return self._last

    def _printed(self) -> Printed | None:
        try:
            calls, results, numbers = self._recorded()
            if (calls, results) not in self._known:
                # a rule that draws random numbers, or counts its calls, has others the second time
                is_same = self._recorded() == (calls, results, numbers)
                self._known[calls, results] = partial(Printed, *_written(calls, results)) if is_same else None
        except Exception:  # whatever a user's own code makes of a symbol that is no number
            return None
        known = self._known[calls, results]
        return None if known is None else known(numbers)

    def _recorded(self) -> tuple[tuple[Any, ...], tuple[int, ...], tuple[float, ...]]:
        """The calls that the rule makes, which of them are its results, and its numbers."""
        calls: list[Any] = []
        numbers: list[float] = []
        names = ["x", "g", "rate", "step", *(f"m{k}" for k in range(len(self._rule.memory)))]
        x, gradient, rate, step, *memory = (Symbol(name, (), calls, numbers) for name in names)
        results = self._rule.formula(x, gradient, tuple(memory), rate, step)
        return tuple(calls), tuple([result.place for result in results]), tuple(numbers)


class Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """What a call gives, in place of an array; every number that meets it becomes one of `numbers`."""

    def __init__(self, head: Any, inputs: tuple[int, ...], calls: list[Any], numbers: list[float]) -> None:
        self.place, self._calls, self._numbers = len(calls), calls, numbers
        calls.append((head, inputs))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options or ufunc not in _WORDS:
            return NotImplemented
        if ufunc is np.power and isinstance(inputs[1], Real) and float(inputs[1]) in _POWERS:
            ufunc, inputs = _POWERS[float(inputs[1])], inputs[:1]
        return Symbol(ufunc, tuple([self._read(x) for x in inputs]), self._calls, self._numbers)

    def _read(self, x: Any) -> int:
        if isinstance(x, Symbol):
            return x.place
        if not isinstance(x, (float, Real)):
            raise TypeError(f"a rule of one number cannot be read with {x!r} in it")
        self._calls.append((f"numbers[{len(self._numbers)}]", ()))
        self._numbers.append(float(x))
        return len(self._calls) - 1

    def __array_function__(self, function: Any, *_: Any) -> Any:
        return NotImplemented  # what NumPy makes of a whole array has no meaning for one number of it

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("a symbol is no array")

    def __bool__(self) -> bool:
        raise TypeError("a symbol is neither true nor false")


def _written(
    calls: tuple[Any, ...], results: tuple[int, ...]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """`once`, `each` and `results` of `Printed`: largest parts without x, g and memory have lines of their own."""
    texts: list[Text] = []
    is_own: list[bool] = []
    once: list[Text] = []
    constants: dict[int, Text] = {}

    def placed(k: int) -> Text:
        if is_own[k] or texts[k].arguments is None:
            return texts[k]
        if k not in constants:
            once.append(texts[k])
            constants[k] = Text(f"c{len(once)}")
        return constants[k]

    for head, inputs in calls:
        own = any(is_own[k] for k in inputs) if inputs else head in ("x", "g") or head.startswith("m")
        read = [placed(k) if own else texts[k] for k in inputs]
        texts.append(_WORDS[head](*read) if inputs else Text(head))
        is_own.append(own)
    each, following = program([placed(k) for k in results], "t")
    lines, found = program(once, "s")
    lines += [f"c{k} = {constant}" for k, constant in enumerate(found, 1)]
    return tuple(lines), tuple(each), tuple(following)


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

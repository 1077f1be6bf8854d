"""Descent: many steps in one call: the gradient of a batch, then a rule that changes the parameters, over and over.

The contract, whichever form makes the steps. Given are rows, an entry for each sample, for the arguments that `batch`
names; `order`, whole numbers that say which sample comes when; and the size of a batch. Step k learns from the
samples `order[k * size : (k + 1) * size]`, of which the last may be fewer, and consists of

1. their mean (or summed) loss and its gradient by the parameters, at the parameters in `data` of an array;
2. the next parameters and the next memory, by `rule`: `update` on arrays, or as `rules.Printer` prints it, where `g` is
   the gradient, `rate` is `rule.rates(steps)[k]` and `step` is `rule.steps_done + k`; where `rule.frozen()` is true,
   `g` counts as 0, and parameter and memory stay as they are.

It ends before the first step that cannot be made so: the loss, a number of the gradient, of the next parameters or of
the next memory is not finite; a comparison comes out otherwise than when the program was recorded; there is no rate; or
something raises. Then `data`, `rule.memory` and `rule.steps_done` are those after the last step that was made.
Whoever asked makes the next step alone, and learns what is the matter. All arrays are of float64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from ...verbs.hooks import hooks
from ..versions.version import Version
from ..versions.versions import Versions
from .array import ParameterArray
from .rules import Printed, Printer, Rule

if TYPE_CHECKING:
    from .kernel import DescentKernel

_MOST = 16  # kernels that are kept, for programs of other ways or of other numbers outside


class Descent:
    """Steps over rows that are kept; see `FlatParameters.epochs`, whose `backward` gives the gradient in its array.

    What has to be prepared is prepared when this is made.
    """

    def __init__(
        self,
        versions: Versions,
        array: ParameterArray,
        backward: Callable[..., float],
        args: Sequence[Any],
        options: Mapping[str, Any],
        rule: Rule,
    ) -> None:
        self._versions, self._array, self._gradient = versions, array, backward
        self._args, self._options, self._rule = args, options, rule
        batch = versions.options.batch
        self._batched = [k for k in range(len(args)) if k in batch]
        self._named = [name for name in options if name in batch]
        self._call = versions.call(args, options)
        self._kernels: dict[Any, DescentKernel | None] = {}
        self._last: tuple[Any, Any, Any, DescentKernel | None] = (None, None, None, None)
        self._printer = Printer(rule)

    def run(self, order: Any, batch_size: int) -> list[float]:
        """Makes the steps, and returns the loss before each: of all of them, or up to the one that cannot be made.

        Raises:
            IndexError: the order names a sample that is none; no step was made then.
            TypeError, ValueError: the order or the size of a batch is something else than whole numbers.
        """
        order = np.ascontiguousarray(order)
        if len(order) and order.dtype.kind not in "iu":
            raise TypeError(f"the order of the samples is an array of whole numbers, got {order!r}")
        if batch_size < 1:
            raise ValueError(f"a batch has at least 1 sample, got batch_size={batch_size!r}")
        version = self._version()
        if version is None and len(order):  # it is recorded first, so that the first step is like the others
            refuse(order, self._call.samples)
            try:
                self._backward(order[:batch_size])
            except Exception:  # it comes again when the step is made alone, and whoever does so is told
                return []
            # whole numbers that it needs may be part of the arrangement now
            self._call = self._versions.call(self._args, self._options)
            version = self._version()
        if version is None:
            return self._one_by_one(order, batch_size)
        made = self._by_kernel(version, order, batch_size)
        if made is None:
            made = self._one_by_one(order, batch_size)
        self._versions.credit.pay(len(made) * batch_size)
        return made

    def _version(self) -> Version | None:
        """What would be run first, if the function has the parameters it had then."""
        found = self._versions.first(self._call.layout)
        return found if found is not None and self._array.of(found).is_same() else None

    def is_other(self) -> bool:
        """Whether the step that `run` could not make, and somebody called `backward` for since, is to be tried again.

        It took one other way through the function, all of it, and so would have been made if that had been known: which
        program a step is made by is not to depend on the steps before.
        """
        return self._array.alone not in (None, self._last[0])

    def prepare(self, batch_size: int, most: int) -> int:
        """Has machine code compiled for batches of this size, if there is to be any now; `run` would do it too.

        Returns how many steps to make next, of so many, for `run` not to have to: those before there is to be any.
        """
        version, printed = self._version(), self._printer.printed()
        if version is not None and printed is not None and self._call.own is not None:
            steps = self._kernel(version, printed, self._rule.frozen() is not None)
            if steps is not None:
                before = self._before(steps, batch_size)
                if before:
                    return min(before, most)
                steps.kernel(batch_size, self._call.samples)
        return most

    def _before(self, steps: DescentKernel, batch_size: int) -> int:
        """How many steps are to be made one by one, before machine code pays.

        The steps that count are those of the rule: a training that is resumed goes on in the form that it was in.
        """
        return max(0, steps.trial(min(batch_size, self._call.samples)) - self._rule.steps_done)

    def _by_kernel(self, version: Version, order: Any, batch_size: int) -> list[float] | None:
        """The steps made by machine code, or None where there is none for them."""
        printed = self._printer.printed()
        if printed is None or hooks:
            return None
        frozen = self._rule.frozen()
        steps = self._kernel(version, printed, frozen is not None)
        if steps is None:
            return None
        array, call, rule = self._array, self._call, self._rule
        refuse(order, call.samples)
        first = order[: self._before(steps, batch_size) * batch_size]
        losses = self._one_by_one(first, batch_size)
        if len(losses) * batch_size < len(first) or len(first) == len(order):
            return losses
        rest, made = order[len(first) :], steps.kernel(batch_size, call.samples)
        if made is None:
            return losses + self._one_by_one(rest, batch_size)
        shared = [array.of(version).numbers(), *call.chunks]
        rates = np.ascontiguousarray(rule.rates(-(-len(rest) // batch_size)), float)
        memory = np.array([*rule.memory.values()], float).reshape(-1, len(array.data))
        state, settings = (array.data, array.gradient, memory), (rates, printed.numbers, frozen)
        found, data, memory = steps.run(made, shared, call.own, rest, batch_size, state, settings, rule.steps_done)
        array.data[:] = data
        rule.memory = dict(zip(rule.memory, memory))
        rule.steps_done += len(found)
        return losses + found

    def _kernel(self, version: Version, printed: Printed, has_frozen: bool) -> DescentKernel | None:
        """The machine code for this program and rule, or None."""
        if self._last[:3] != (version, printed, has_frozen):
            array, native = self._array, version.program.native
            key = version, printed.once, printed.each, printed.results, has_frozen
            if key not in self._kernels:
                if len(self._kernels) >= _MOST:
                    self._kernels.pop(next(iter(self._kernels)))
                self._kernels[key] = None
                if native is not None and not version.results and not self._call.values:
                    from .kernel import DescentKernel, has_loss

                    if has_loss(native.packed):
                        there, is_mean = array.of(version).there, self._versions.is_mean
                        self._kernels[key] = DescentKernel(native, printed, there, len(array.data), is_mean, has_frozen)
            self._last = version, printed, has_frozen, self._kernels[key]
        return self._last[3]

    def _one_by_one(self, order: Any, batch_size: int) -> list[float]:
        losses: list[float] = []
        refuse(order, self._call.samples)
        for first in range(0, len(order), batch_size):
            try:
                loss = self._backward(order[first : first + batch_size])
                if not isfinite(loss):
                    break
                self._rule.update(self._array.data, self._array.gradient)
            except Exception:  # it comes again when the step is made alone, and whoever does so is told
                break
            losses.append(loss)
        return losses

    def _backward(self, chosen: Any) -> float:
        """The loss of some samples, and its gradient."""
        args, options = list(self._args), dict(self._options)
        for k in self._batched:
            args[k] = self._args[k][chosen]
        for name in self._named:
            options[name] = self._options[name][chosen]
        return self._gradient(*args, **options)


def refuse(order: Any, samples: int) -> None:
    """Raises IndexError where an order names a sample that is none."""
    wrong = order[(order < 0) | (order >= samples)]
    if len(wrong):
        raise IndexError(f"the order names sample {wrong[0]}, and there are {samples}, from 0 to {samples - 1}")

"""Epochs: many steps in one call: the gradient of a batch, then a rule that changes the parameters, over and over.

The contract, whichever form makes the steps. Given are rows, an entry for each sample, for the arguments that `batch`
names; `order`, an array of int64 that says which sample comes when; and the size of a batch. Step k learns from the
samples `order[k * size : (k + 1) * size]`, of which the last may be fewer, and consists of

1. their mean (or summed) loss and its gradient by the parameters, at the parameters in `flat.data`;
2. the next parameters and the next memory, by `rule`: `update` on arrays, or as `rules.Printer` prints it, where `g` is
   the gradient, `rate` is `rule.rates(steps)[k]` and `step` is `rule.steps_done + k`; where `rule.frozen()` is true,
   `g` counts as 0, and parameter and memory stay as they are.

It ends before the first step that cannot be made so: the loss, a number of the gradient, of the next parameters or of
the next memory is not finite; a comparison comes out otherwise than when the program was recorded; there is no rate; or
something raises. Then `flat.data`, `rule.memory` and `rule.steps_done` are those after the last step that was made.
Whoever asked makes the next step alone, and learns what is the matter. All arrays are of float64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from .given import given
from .rules import Printer, Rule

if TYPE_CHECKING:
    from .flat import Flat


class Epochs:
    """Steps over rows that are kept; see `Flat.epochs`. What has to be prepared is prepared when this is made."""

    def __init__(self, flat: Flat, args: Sequence[Any], options: Mapping[str, Any], rule: Rule) -> None:
        self._flat, self._args, self._options, self._rule = flat, args, options, rule
        batch = flat.batch
        self._wide = [k for k in range(len(args)) if k in batch]
        self._named = [name for name in options if name in batch]
        self._call = given(batch, args, options)
        self._kernels: dict[Any, Any] = {}
        self._printer = Printer(rule)

    def run(self, order: Any, batch_size: int) -> list[float]:
        """Makes the steps, and returns the loss before each: of all of them, or up to the one that cannot be made."""
        losses: list[float] = []
        if self._flat.recording(self._call.layout) is None:  # the first step of all records the function
            losses = self._one_by_one(order[:batch_size], batch_size)
            if not losses:
                return losses
            order = order[batch_size:]
        made = self._by_kernel(order, batch_size) if len(order) else []
        return losses + (self._one_by_one(order, batch_size) if made is None else made)

    def _by_kernel(self, order: Any, batch_size: int) -> list[float] | None:
        """The steps made by machine code, or None where there is none for them."""
        flat, rule, call = self._flat, self._rule, self._call
        recording = flat.recording(call.layout)
        if recording is None or recording.program.native is None or recording.results or call.values:
            return None
        text, frozen = self._printer.printed(), rule.frozen()
        if text is None:
            return None
        key = recording, text.once, text.each, text.results, frozen is None
        if key not in self._kernels:
            there = flat.there(recording)
            self._kernels[key] = recording.program.native.steps(
                text, there, len(flat.data), flat.is_mean, frozen is not None
            )
        steps = self._kernels[key]
        if steps is None:
            return None
        memory = np.array([*rule.memory.values()]).reshape(len(rule.memory), len(flat.data))
        losses: list[float] | None = steps.run(
            np.concatenate([flat.numbers(recording), *call.chunks]),
            call.own,
            order,
            batch_size,
            (flat.data, flat.gradient, memory),
            (rule.rates(-(-len(order) // batch_size)), text.numbers, frozen),
            rule.steps_done,
        )
        if losses is None:
            return None
        rule.memory = dict(zip(rule.memory, memory, strict=True))
        rule.steps_done += len(losses)
        return losses

    def _one_by_one(self, order: Any, batch_size: int) -> list[float]:
        losses: list[float] = []
        args, options = list(self._args), dict(self._options)
        for first in range(0, len(order), batch_size):
            chosen = order[first : first + batch_size]
            for k in self._wide:
                args[k] = self._args[k][chosen]
            for name in self._named:
                options[name] = self._options[name][chosen]
            try:
                loss = self._flat.backward(*args, **options)
                if not isfinite(loss):
                    break
                self._rule.update(self._flat.data, self._flat.gradient)
            except Exception:  # it comes again when the step is made alone, and whoever does so is told
                break
            losses.append(loss)
        return losses

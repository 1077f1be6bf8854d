"""Flat: the numbers of parameters in one array, where a compiled function reads them and an optimiser changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...core.value import Value
from ...core.watching import watchers
from ...verbs.hooks import hooked, hooks
from ..calls.arguments import Arguments
from ..versions.shares import Share, mean_or_sum
from ..versions.shortcut import shortcut
from ..versions.versions import Versions
from .array import ParameterArray
from .descent import Descent
from .rules import Rule


class FlatParameters(ParameterArray):
    """Parameters as one array `data` and their gradient as another, `gradient`, for loops that take many steps.

    Writing a number back to each Value takes longer than a small network's whole gradient. `write_back` does it when
    somebody wants to look, `refresh` reads what somebody has changed there.

    >>> import autograd
    >>> w = autograd.Value(2.0)
    >>> flat = autograd.compile(lambda x: (w * x - 1.0) ** 2, batch=0).flat([w])
    >>> for _ in range(50):
    ...     loss = flat.backward([1.0, 2.0])
    ...     flat.data -= 0.1 * flat.gradient
    >>> w.data
    2.0
    >>> flat.write_back()
    >>> print(f"{w.data:.6f}")
    0.600000
    """

    def __init__(self, versions: Versions, parameters: Iterable[Value]) -> None:
        super().__init__(parameters)
        self._versions = versions
        self._shortcuts: dict[int, Callable[..., Any]] = {}  # by the number of arguments

    def backward(self, *args: Any, **options: Any) -> float:
        """The value; `gradient` is then its gradient by the parameters. Of a batch, those of the mean or the sum."""
        if not (options or watchers or hooks):
            known = self._shortcuts.get(len(args))
            if known is not None and (value := known(*args)) is not None:
                return value  # type: ignore[no-any-return]
        call = self._versions.call(args, options)
        shares = self._versions.swept(call, lambda version: version.wanted(True, call.layout.wanted(())), self)
        # not in the order of the versions, which depends on the calls before: a sum then has the same last digits
        shares.sort(key=lambda share: int(share.samples[0]))
        self.gradient.fill(0.0)
        for share in shares:
            here, there = self.of(share.version).places if share.version else self.places(share.parameters)
            self.gradient[there] += share.d_parameters[here]
        if hooks:
            self.gradient[:] = [hooked(*each) for each in zip(self.parameters, self.gradient.tolist(), strict=True)]
        self._prepare(call, shares)
        return mean_or_sum(call, shares, self._versions.is_mean)

    def _prepare(self, call: Arguments, shares: list[Share]) -> None:
        """Lets further calls with arguments like these go straight to a printed function."""
        version, count = shares[0].version, len(call.layout.trees)
        self._shortcuts.pop(count, None)
        is_kept = version is not None and self._versions.first(call.layout) is version
        self.alone = version if is_kept and len(shares) == 1 else None
        if self.alone is None:
            return
        home = self.of(self.alone)
        if "backward" not in home.shortcuts:
            is_mean = self._versions.is_mean
            home.shortcuts["backward"] = shortcut(self.alone, home, call.layout, "backward", (), True, is_mean)
        found = home.shortcuts["backward"]
        if found is not None:
            self._shortcuts[count] = found

    def epochs(self, rule: Rule, *args: Any, **options: Any) -> Descent:
        """Steps to be made by `rule`, an optimiser; arguments with samples are arrays with all of them.

        >>> import numpy as np
        >>> import autograd
        >>> class Descent:
        ...     def update(self, data, gradient):
        ...         data -= 0.01 * gradient
        >>> w = autograd.Value(2.0)
        >>> flat = autograd.compile(lambda x: (w * x - 1.0) ** 2, batch=0).flat([w])
        >>> steps = flat.epochs(Descent(), np.array([1.0, 2.0, 4.0]))
        >>> losses = steps.run(np.array([0, 1, 2]), batch_size=2)
        >>> [float(f"{loss:.4f}") for loss in losses], f"{flat.data[0]:.4f}"
        ([5.0, 45.1584], '1.3924')
        """
        return Descent(self._versions, self, self.backward, args, options, rule)

"""Checking: what a compiled function gave, compared with what the function itself gives; see `compile(f, check=n)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .shares import Share
from .store import Asked
from .uncompiled import Ran

_SINGLE, _DOUBLE = (1e-3, 1e-5), (1e-6, 1e-9)  # relative and absolute: sums may be taken in another order


def compare(function: Callable[..., Any], asked: Asked, shares: list[Share], dtype: Any) -> None:
    """Runs the function itself on each sample, and compares results and those derivatives that are wanted.

    Raises:
        RuntimeError: it gives another number, with both numbers.
    """
    call, wanted, weight = asked.call, asked.wanted, asked.weight
    batched = call.layout.batched_leaves
    for share in shares:
        if share.version is None:
            continue
        known = len(share.parameters)
        marks = np.frombuffer(b"" if wanted is None else wanted(share.version), bool)
        by_value, by_shared = np.zeros(known), np.zeros(np.count_nonzero(~batched))
        for k, sample in enumerate(share.samples.tolist()):
            ran, of = Ran(function, call, sample), f" of sample {sample}" if call.own is not None else ""
            if ran.result != share.result:
                _differ(function, f"the result{of}", f"something arranged as {share.result}", f"as {ran.result}")
            _look(function, f"result{of}", share.outputs[:, k], ran.numbers[:, 0], dtype)
            if len(marks):
                values, by_values, by_arguments = ran.derivatives(weight)
                slopes = dict(zip(map(id, values), by_values.tolist(), strict=True))
                by_value += [slopes.get(id(x), 0.0) for x in share.parameters]
                by_arguments = by_arguments * marks[known:]
                by_shared += by_arguments[~batched]
                _look(function, f"derivative by an argument{of}", share.d_own[:, k], by_arguments[batched], dtype)
        if len(marks):
            _look(function, "derivative by an argument", share.d_shared, by_shared, dtype)
            if all(x.op is None for x in share.parameters):  # else it goes on to what those were computed from
                _look(function, "derivative by a parameter", share.d_parameters, by_value * marks[:known], dtype)


def _look(function: Callable[..., Any], what: str, compiled: Any, itself: Any, dtype: Any) -> None:
    relative, absolute = _SINGLE if dtype == np.float32 else _DOUBLE
    near = np.isclose(compiled, itself, rtol=relative, atol=absolute, equal_nan=True)
    if not near.all():
        k = int(np.argmin(near))
        _differ(function, f"the {what}, number {k}", repr(float(compiled[k])), repr(float(itself[k])))


def _differ(function: Callable[..., Any], what: str, compiled: str, itself: str) -> None:
    name = getattr(function, "__qualname__", repr(function))
    raise RuntimeError(
        f"{what}: the compiled {name} gives {compiled}, and the function itself {itself}; it reads something that "
        "compile does not notice: call the function without compiling it, and tell us"
    )

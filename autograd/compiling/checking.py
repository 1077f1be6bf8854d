"""Checking: what a compiled function gave, compared with what the function itself gives; see `compile(f, check=n)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .arguments import Arguments
from .uncompiled import Ran

if TYPE_CHECKING:
    from .versions import Share, Version

_SINGLE, _DOUBLE = (1e-3, 1e-5), (1e-6, 1e-9)  # relative and absolute: sums may be taken in another order


def compare(
    function: Callable[..., Any],
    given: Arguments,
    pieces: list[Share],
    wanted: Callable[[Version], bytes] | None,
    weight: float,
    dtype: Any,
) -> None:
    """Runs the function itself on each sample, and compares results and those derivatives that are wanted.

    Raises:
        RuntimeError: it gives another number, with both numbers.
    """
    batched = given.layout.batched_leaves
    for piece in pieces:
        if piece.version is None:
            continue
        known = len(piece.parameters)
        marks = np.frombuffer(b"" if wanted is None else wanted(piece.version), bool)
        by_value, by_shared = np.zeros(known), np.zeros(np.count_nonzero(~batched))
        for k, sample in enumerate(piece.samples.tolist()):
            ran, of = Ran(function, given, sample), f" of sample {sample}" if given.own is not None else ""
            if ran.result != piece.result:
                _differ(function, f"the result{of}", f"something arranged as {piece.result}", f"as {ran.result}")
            _look(function, f"result{of}", piece.outputs[:, k], ran.numbers[:, 0], dtype)
            if len(marks):
                values, by_values, by_arguments = ran.derivatives(weight)
                slopes = dict(zip(map(id, values), by_values.tolist(), strict=True))
                by_value += [slopes.get(id(x), 0.0) for x in piece.parameters]
                by_arguments = by_arguments * marks[known:]
                by_shared += by_arguments[~batched]
                _look(function, f"derivative by an argument{of}", piece.d_own[:, k], by_arguments[batched], dtype)
        if len(marks):
            _look(function, "derivative by an argument", piece.d_shared, by_shared, dtype)
            if all(x.op is None for x in piece.parameters):  # else it goes on to what those were computed from
                _look(function, "derivative by a parameter", piece.d_parameters, by_value * marks[:known], dtype)


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

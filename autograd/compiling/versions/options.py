"""Options: what `compile` is asked for besides a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..calls.static import positions_and_names
from ..native import is_native

_DOUBLE = np.dtype(float)


@dataclass(frozen=True)
class Options:
    """The arguments of `compile`, which says what they mean."""

    batch: Any = frozenset()  # positions and names of arguments
    static: Any = frozenset()
    argnums: int | tuple[int, ...] = 0
    has_aux: bool = False
    reduce: str = "mean"
    policy: str = "record"
    dtype: Any = _DOUBLE
    native: bool | None = None
    threads: int = 1
    check: int = 0

    def of(self, function: Callable[..., Any]) -> Options:
        """The same with each argument that is named by its position and its name.

        Raises:
            TypeError, ValueError: something is asked for that there is not.
        """
        if not callable(function):
            raise TypeError(f"compile takes a function, not {function!r}")
        for name, known in (("reduce", ("mean", "sum")), ("policy", ("record", "raise"))):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} is {known[0]!r} or {known[1]!r}, not {getattr(self, name)!r}")
        dtype, threads, check = self.dtype, self.threads, self.check
        if np.dtype(dtype) not in (np.dtype(np.float64), np.dtype(np.float32)):
            raise ValueError(f"dtype is numpy.float64 or numpy.float32, not {dtype!r}")
        if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
            raise ValueError(f"threads is a whole number of at least 1, not {threads!r}")
        if isinstance(check, bool) or not isinstance(check, int) or check < 0:
            raise ValueError(f"check is a whole number: after how many calls to compare, or 0 for never; got {check!r}")
        is_native(self.native)
        samples = positions_and_names(function, self.batch, "batch")
        constants = positions_and_names(function, self.static, "static")
        both = samples & constants
        if both:
            raise ValueError(f"the argument {min(both, key=str)!r} has samples by batch=, and is a constant by static=")
        return replace(self, batch=samples, static=constants, dtype=np.dtype(dtype))

"""Several: rows of many values, beside those of the core."""

from __future__ import annotations

from typing import Any

from ..core.ops import SOME, Op, mean_of, var_of


def _std_partials(m: Any, xs: Any, y: Any) -> tuple[Any, ...]:
    mean, scale = mean_of(m, xs), float(len(xs)) * y
    return (m.each(lambda x: m.safe_div(x - mean, scale), xs),)


# fmt: off
ROWS: list[Op] = [
    # where all values are equal the gradient is 0
    Op("std", "std", "the square root of the variance, which is the mean squared distance from the mean",
       lambda m, xs: m.sqrt(var_of(m, xs)), _std_partials, (SOME,)),
]
# fmt: on

"""What NumPy's functions of numbers mean on Values: `np.exp(v)`, `np.float64(2) * v`, `limit < v`.

Each is a row of the table, made of rows, or a question that is recorded as a comparison; whatever is none of these is
refused. NumPy applies its own names to the elements of plain object arrays (`arcsin`, `absolute`), so a Value answers
to those names too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ..core.ops import TABLE
from ..core.value import Value
from ..vocabularies import functions

# NumPy's name of an operation, where it differs from the row's.
NUMPY_NAMES = {
    "absolute": "abs",
    "fabs": "abs",
    "arccos": "acos",
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctan": "atan",
    "arctan2": "atan2",
    "arctanh": "atanh",
    "conjugate": "pos",
    "degrees": "rad2deg",
    "divide": "div",
    "float_power": "pow",
    "floor_divide": "floordiv",
    "multiply": "mul",
    "negative": "neg",
    "positive": "pos",
    "radians": "deg2rad",
    "power": "pow",
    "remainder": "mod",
    "rint": "round",
    "subtract": "sub",
    "true_divide": "div",
}
COMPARISONS = {
    "equal": "__eq__",
    "not_equal": "__ne__",
    "less": "__lt__",
    "less_equal": "__le__",
    "greater": "__gt__",
    "greater_equal": "__ge__",
}
_TURNED = {"__lt__": "__gt__", "__le__": "__ge__", "__gt__": "__lt__", "__ge__": "__le__"}
m: Any = functions  # the vocabulary that records


def _sign_bit(x: Any) -> Any:
    return m.atan2(x, -1.0) < 0.0  # of -0.0 too, where the angle is -pi


def _fmod(a: Any, b: Any) -> Any:
    size = m.abs(b)  # the remainder has the sign of a, so it is that of positive numbers
    return m.where(m.less(a, 0.0), -m.mod(-a, size), m.mod(a, size))


# What is made of rows.
MADE: dict[str, Callable[..., Any]] = {
    "divmod": lambda a, b: (m.floordiv(a, b), m.mod(a, b)),
    "fmod": _fmod,
    "heaviside": lambda x, at_0: m.where(m.equal(x, 0.0), at_0, m.step(x)),
    "real": lambda x: m.pos(x),
}
# Yes or no, by comparisons that are recorded.
ASKED: dict[str, Callable[..., Any]] = {
    "isnan": lambda x: x != x,
    "isinf": lambda x: abs(x) == math.inf,
    "isfinite": lambda x: abs(x) < math.inf,
    "signbit": _sign_bit,
    "logical_not": lambda x: not x,
    "logical_and": lambda a, b: bool(a) and bool(b),
    "logical_or": lambda a, b: bool(a) or bool(b),
    "logical_xor": lambda a, b: bool(a) != bool(b),
}


@lru_cache(maxsize=256)
def function_of(name: str) -> Callable[..., Any] | None:
    """What NumPy's function of that name does with Values, or with Values and numbers; None where it has no meaning."""
    if name in COMPARISONS:
        return _comparison(COMPARISONS[name])
    if name in MADE or name in ASKED:
        return MADE.get(name) or ASKED[name]
    row = TABLE.get(NUMPY_NAMES.get(name, name))
    return None if row is None or any(row.groups) else getattr(functions, row.name)


def _comparison(symbol: str) -> Callable[[Any, Any], Any]:
    turned = _TURNED.get(symbol, symbol)

    def compare(a: Any, b: Any) -> Any:
        # the number on the left is NumPy's and would ask NumPy again
        outcome = getattr(a, symbol)(b) if isinstance(a, Value) else getattr(b, turned)(a)
        if outcome is not NotImplemented:
            return outcome
        return symbol == "__ne__"  # of something that is no number

    return compare


for _theirs, _ours in NUMPY_NAMES.items():
    setattr(Value, _theirs, getattr(Value, _ours))

"""Values among NumPy's numbers and arrays: `np.exp(v)`, `np.float64(2) * v`, arrays of Values.

An array of Values is an ordinary object array. NumPy applies its own names to the elements (`arcsin`, `absolute`), so
a Value answers to those names too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import functions
from .ops import TABLE
from .value import Value

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
    "divide": "div",
    "float_power": "pow",
    "floor_divide": "floordiv",
    "multiply": "mul",
    "negative": "neg",
    "positive": "pos",
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


def apply_ufunc(ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    """What NumPy does when one of a ufunc's arguments is a Value: one Value, or an object array of Values."""
    if method != "__call__" or options:
        return NotImplemented
    if ufunc.__name__ in COMPARISONS:

        def function(a: Any, b: Any) -> Any:
            return getattr(a, COMPARISONS[ufunc.__name__])(b) if isinstance(a, Value) else bool(ufunc(a, b.data))

    else:
        name = NUMPY_NAMES.get(ufunc.__name__, ufunc.__name__)
        if name not in TABLE:
            return NotImplemented
        function = getattr(functions, name)
    if not any(isinstance(x, np.ndarray | list | tuple) and np.ndim(x) for x in inputs):
        return function(*inputs)
    return np.frompyfunc(function, len(inputs), 1)(*(_boxed(x) for x in inputs))


def _boxed(x: Any) -> Any:
    if not isinstance(x, Value):
        return x
    box = np.empty((), dtype=object)  # a bare Value would come straight back to apply_ufunc
    box[()] = x
    return box


for _theirs, _ours in NUMPY_NAMES.items():
    setattr(Value, _theirs, getattr(Value, _ours))

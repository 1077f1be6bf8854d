"""Masks: what comparing arrays of Values gives while a function is compiled.

An array of bools is one pattern of outcomes, and a program that reads one holds for that pattern alone. So the
comparisons are not made before somebody looks at their outcomes. `np.where` does not look, nor does arithmetic with
Values: they take 1.0 and 0.0 that the program computes at every call, and so do `&`, `|`, `^`, `~` of masks. Whatever
else is asked of a mask is asked of the array of bools, whose comparisons are then recorded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import numpy as np

from ..core.value import Value
from ..vocabularies import functions

_m: Any = functions
# Each comparison as rows; nan equals nothing, not even itself.
ROWS: dict[str, Callable[..., Any]] = {
    "equal": lambda a, b: _m.equal(a, b),
    "not_equal": lambda a, b: 1.0 - _m.equal(a, b),
    "less": lambda a, b: _m.less(a, b),
    "less_equal": lambda a, b: _m.less(a, b) + _m.equal(a, b),
    "greater": lambda a, b: _m.less(b, a),
    "greater_equal": lambda a, b: _m.less(b, a) + _m.equal(b, a),
    "isnan": lambda x: 1.0 - _m.equal(x, x),
    "isinf": lambda x: _m.equal(_m.abs(x), math.inf),
    "isfinite": lambda x: _m.less(_m.abs(x), math.inf),
}
_COMBINED: dict[str, Callable[..., Any]] = {
    "invert": lambda a: 1.0 - a,
    "bitwise_and": lambda a, b: a * b,
    "bitwise_or": lambda a, b: a + b - a * b,
    "bitwise_xor": lambda a, b: a + b - 2.0 * a * b,
}
_COMBINED |= {
    "logical_not": _COMBINED["invert"],
    "logical_and": _COMBINED["bitwise_and"],
    "logical_or": _COMBINED["bitwise_or"],
    "logical_xor": _COMBINED["bitwise_xor"],
}


class Mask(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of bools, or the Values that stand for them, whichever is asked for."""

    def __init__(self, look: Callable[[], Any], compute: Callable[[], Any]) -> None:
        self._look, self._compute = look, compute

    @cached_property
    def outcomes(self) -> Any:
        """The bools, by comparisons that are recorded now."""
        return self._look()

    @property
    def condition(self) -> Any:
        """1.0 and 0.0 for them: Values, as long as nobody has looked at the bools, or written into them."""
        return self.outcomes.astype(float) if "outcomes" in self.__dict__ else self._compute()

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.outcomes, dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "__call__" and not options and ufunc.__name__ in _COMBINED and all(map(_is_mask, inputs)):
            now = [*map(_as_it_is_now, inputs)]
            return Mask(
                lambda: ufunc(*map(outcomes_of, now)), lambda: _COMBINED[ufunc.__name__](*map(_condition_of, now))
            )
        options = {name: outcomes_of(x) for name, x in options.items()}
        if any(isinstance(x, Value) or _kind(x) == "O" for x in inputs):
            view = np.ndarray if is_plain(inputs) else None
            found = [x.view(view) if view and isinstance(x, np.ndarray) else x for x in map(_condition_of, inputs)]
            return getattr(ufunc, method)(*found, **options)
        return getattr(ufunc, method)(*map(outcomes_of, inputs), **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # asked for by name in the dark: whether this is some other kind of array
        return getattr(self.outcomes, name)


def outcomes_of(x: Any) -> Any:
    """Arrays of bools in place of masks, also of those in a list."""
    if isinstance(x, list | tuple) and any(isinstance(item, Mask) for item in x):
        return type(x)(map(outcomes_of, x))
    return x.outcomes if isinstance(x, Mask) else x


def _condition_of(x: Any) -> Any:
    return x.condition if isinstance(x, Mask) else x.astype(float) if _kind(x) == "b" else x


def is_plain(inputs: Iterable[Any]) -> bool:
    """Whether NumPy's own loops over objects would do this, were the masks arrays of bools."""
    kinds = {type(x) for x in inputs if isinstance(x, Value) or _kind(x) == "O"}
    return kinds == {np.ndarray}


def _is_mask(x: Any) -> bool:
    return isinstance(x, Mask) or _kind(x) == "b"


def _kind(x: Any) -> str:
    return x.dtype.kind if isinstance(x, np.ndarray | np.generic) else ""


def _as_it_is_now(x: Any) -> Any:
    """What later writing into `x` does not change."""
    return Mask(x._look, x._compute) if isinstance(x, Mask) and "outcomes" not in x.__dict__ else np.array(x)


def _asked(name: str) -> Callable[..., Any]:
    def method(self: Mask, *arguments: Any) -> Any:
        return getattr(self.outcomes, name)(*arguments)

    return method


for _name in (
    "getitem",
    "setitem",
    "len",
    "iter",
    "contains",
    "bool",
    "int",
    "float",
    "index",
    "repr",
    "str",
    "format",
):
    setattr(Mask, f"__{_name}__", _asked(f"__{_name}__"))
for _name in ("copy", "deepcopy", "reduce_ex"):
    setattr(Mask, f"__{_name}__", _asked(f"__{_name}__"))

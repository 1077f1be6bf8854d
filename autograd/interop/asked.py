"""What NumPy asks a Value to do with its functions; `arrays` answers, and is imported when NumPy asks first."""

from __future__ import annotations

from typing import Any

from ..core.value import Value


def _apply_ufunc(value: Value, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
    from .arrays import apply_ufunc  # NumPy is heavy, and is here now

    return apply_ufunc(ufunc, method, *inputs, **options)


def _apply_function(value: Value, function: Any, types: Any, arguments: Any, options: Any) -> Any:
    from .arrays import apply_function

    return apply_function(function, arguments, options)


setattr(Value, "__array_ufunc__", _apply_ufunc)  # noqa: B010
setattr(Value, "__array_function__", _apply_function)  # noqa: B010

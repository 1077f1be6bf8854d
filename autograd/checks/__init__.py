"""Checks: derivatives against differences, where the first nan or inf came from, and the grading of other engines."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..grading.grade import grade as grade
    from ..grading.grades import Grade as Grade

__all__ = ["Grade", "grade"]

_LAZY = {"Grade": "grades", "grade": "grade"}  # most programs grade nothing, and it draws pictures


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"..grading.{_LAZY[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

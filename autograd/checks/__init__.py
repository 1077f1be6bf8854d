"""Checks: derivatives against differences, where the first nan or inf came from, and the grading of other engines."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..grading.grade import grade as grade
    from ..grading.grades import Grade as Grade
    from .answers import Answers as Answers

__all__ = ["Answers", "Grade", "grade"]

# Most programs grade nothing, and it draws pictures.
_LAZY = {"Answers": ".answers", "Grade": "..grading.grades", "grade": "..grading.grade"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

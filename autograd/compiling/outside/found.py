"""Found: what a function can read outside, and where that was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .compared import Compared, Where


@dataclass
class Found:
    """What was found, and where."""

    cells: list[tuple[Any, Any, str]] = field(default_factory=list)  # variable of a function around it, content, name
    variables: list[tuple[Any, str, Any, Where]] = field(default_factory=list)  # of modules and classes, content
    sizes: list[tuple[Any, int, Where]] = field(default_factory=list)  # how many those have
    facts: list[tuple[Any, str, Any]] = field(default_factory=list)  # of functions and classes: code, bases
    absent: dict[int, tuple[dict[str, Any], set[str]]] = field(default_factory=dict)  # names that Python itself has
    sources: list[Compared] = field(default_factory=list)
    arrays: list[Any] = field(default_factory=list)  # of numbers
    arrays_at: list[Where] = field(default_factory=list)
    values: set[int] = field(default_factory=set)  # the Values, by identity
    generators: list[Any] = field(default_factory=list)  # of random numbers
    unreachable: str = ""
    is_impure: bool = False

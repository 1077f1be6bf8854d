"""The numbers that an optimiser is set by: each is checked whenever it is written, and all can be listed and saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..arguments.checks import finite, rate
from .clipping import bound


class Setting:
    """A number of an optimiser that may be changed between steps, and is checked whenever it is."""

    def __init__(self, check: Callable[[str, Any], Any], says: str) -> None:
        self.check = check
        self.__doc__ = says

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: Any, owner: Any = None) -> Any:
        return self if optimizer is None else optimizer.__dict__[self.name]

    def __set__(self, optimizer: Any, x: Any) -> None:
        optimizer.__dict__[self.name] = self.check(self.name, x)


class Rate(Setting):
    """The learning rate: a number, or a schedule that is asked for it at every step."""

    def __get__(self, optimizer: Any, owner: Any = None) -> Any:
        x = super().__get__(optimizer, owner)
        return rate_or_schedule(self.name, x(optimizer.steps_done)) if optimizer is not None and callable(x) else x


def rate_or_schedule(name: str, x: Any) -> Any:
    return x if callable(x) else rate(f"{name}, the learning rate,", x)


def share(name: str, x: Any) -> float:
    """`x` as a float in [0, 1)."""
    number = finite(name, x)
    if not 0.0 <= number < 1.0:
        raise ValueError(f"{name} must be in [0, 1), got {number}; 0.9 is usual")
    return number


def shares(name: str, x: Any) -> tuple[float, float]:
    """`x` as two floats in [0, 1)."""
    try:
        first, second = x
    except (TypeError, ValueError):
        raise ValueError(f"{name} are two numbers, as in (0.9, 0.999), got {x!r}") from None
    return share(f"{name}[0]", first), share(f"{name}[1]", second)


def yes_or_no(name: str, x: Any) -> bool:
    """`x`, which must be True or False."""
    if not isinstance(x, bool):
        raise TypeError(f"{name} is True or False, got {x!r}")
    return x


def limit(name: str, x: Any) -> float | None:
    return None if x is None else bound(name, x)

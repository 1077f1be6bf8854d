"""The numbers that an optimiser is set by: each is checked whenever it is written, and all can be listed and saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..arguments.checks import bound, rate


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


def limit(name: str, x: Any) -> float | None:
    return None if x is None else bound(name, x)

"""Static: which arguments' plain numbers are part of what a program is recorded for.

Numbers among the arguments are recorded as Values. Where a function needs a plain number of one, as an index, a count,
a key, a text, the recording starts again, and the whole numbers of that argument are then as they are: each call finds
its program by them. Where it asks what kind of number it was given, the kinds are.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ...trees import Tree, leaves
from .flattening import ALL, KINDS, NUMBERS, WHOLE, is_constant_number

Name = int | str  # of an argument: its position, or the name it is given by


class Static:
    """For each argument, how much of its numbers is part of its tree; the modes are those of `flattening`."""

    def __init__(self, function: Any = None, named: Name | Iterable[Name] = ()) -> None:
        parameters = _parameters(function)
        kinds = {one.kind for one in parameters}
        self.names = [one.name for one in parameters]
        self.sorts = bool(parameters) and inspect.Parameter.VAR_KEYWORD not in kinds  # else their order is seen
        self.modes: dict[Name, int] = {}
        self.need(dict.fromkeys(positions_and_names(function, named, "static"), ALL))

    def need(self, modes: dict[Name, int]) -> None:
        """Makes more of these arguments part of their trees: each under its position and its name."""
        for name, mode in modes.items():
            for one in (name, *self._other(name)):
                self.modes[one] = max(mode, self.modes.get(one, NUMBERS))

    def bound(self) -> Static:
        """The same for a method, whose first argument is there already."""
        made = Static()
        made.names, made.sorts = self.names[1:], self.sorts
        made.modes = {one - 1 if isinstance(one, int) else one: mode for one, mode in self.modes.items() if one != 0}
        return made

    def _other(self, name: Name) -> list[Name]:
        if isinstance(name, str):
            return [self.names.index(name)] if name in self.names else []
        return [self.names[name]] if name < len(self.names) else []


def positions_and_names(function: Callable[..., Any], asked: Name | Iterable[Name], option: str) -> frozenset[Name]:
    """Arguments that an option names, each by its position and its name where the function's signature says both."""
    found: set[Name] = {asked} if isinstance(asked, int | str) else set(asked)
    names = [parameter.name for parameter in _parameters(function)] if found else []
    for one in list(found):
        if isinstance(one, str) and names and one not in names:
            raise ValueError(f"{option} names the argument {one!r}, but the function has {', '.join(names)}")
        if isinstance(one, int) and not 0 <= one < (len(names) or one + 1):
            raise ValueError(f"{option} names the argument at position {one}, but the function has {len(names)}")
        if names:
            found |= {names.index(one) if isinstance(one, str) else names[one]}
    return frozenset(found)


def _parameters(function: Any) -> list[inspect.Parameter]:
    try:
        return [*inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        return []


def mode_of(tree: Tree) -> int:
    """The mode in which an argument of that tree was arranged."""
    return max(map(_mode_of, leaves(tree)), default=NUMBERS)


def _mode_of(leaf: Tree) -> int:
    if is_constant_number(leaf) and not isinstance(leaf[1], bool | np.bool_):  # truth values are constants in all modes
        is_float = np.dtype(leaf[2]).kind == "f" if leaf[0] == "fixed" else isinstance(leaf[1], float)
        return ALL if is_float else WHOLE
    return KINDS if leaf[0] != "same" and isinstance(leaf[-1], type) else NUMBERS


class PlainNeededError(BaseException):
    """These arguments are needed in other modes. No Exception, because the function may catch those."""

    def __init__(self, modes: dict[Name, int]) -> None:
        super().__init__(modes)
        self.modes = modes

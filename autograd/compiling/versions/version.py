"""Version: one program of a function, which holds for calls that take the way through it that was recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from struct import Struct
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ...core.value import Value
from ...trees import Tree
from ..outside.closure import Closure
from ..programs.program import Program


@dataclass(eq=False)
class Version:
    """A program, how its result is arranged, and the Values it reads as parameters; the home of these, see `store`."""

    program: Program
    result: Tree
    parameters: list[Value]  # leaves, then results that were computed before
    closure: Closure  # what the function can read
    is_kept: bool = True  # whether it may be run again
    used: int = 0  # at which call it ran last
    owes: int = 0  # of what it cost to record
    shortcuts: dict[str, Callable[..., Any] | None] = field(default_factory=dict)  # printed functions for calls
    # homes of the parameters, by the stores that have them too, and that are not kept alive by that
    homes: WeakKeyDictionary[Any, Any] = field(default_factory=WeakKeyDictionary)
    _wanted: dict[tuple[bool, bytes], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.is_same = self.closure.is_same  # whether the function would find the very same outside, parameters too

    @cached_property
    def results(self) -> list[Value]:
        """The parameters that are results of operations before."""
        return [x for x in self.parameters if x.op is not None]

    def wanted(self, by_parameters: bool, by_arguments: bytes) -> bytes:
        """A mark for each parameter and each number among the arguments: 1 where a derivative by it is wanted."""
        key = by_parameters, by_arguments
        if key not in self._wanted:
            self._wanted[key] = bytes([by_parameters]) * len(self.parameters) + by_arguments
        return self._wanted[key]

    def numbers(self) -> Any:
        """What the parameters are now."""
        # twice as fast as numpy.fromiter
        made = bytearray(self._struct.size)
        self._struct.pack_into(made, 0, *[x._data for x in self.parameters])
        return np.frombuffer(made)

    @cached_property
    def _struct(self) -> Struct:
        return Struct(f"{len(self.parameters)}d")

    def keeping(self) -> tuple[str, dict[str, Any]]:
        """The line that adds derivatives to the `grad` of the parameters."""
        # a function for all versions, in place of a line in each printed one, makes their calls up to a quarter slower
        line = f"for x, slope in zip(parameters, d[:{len(self.parameters)}].tolist()): x._grad += slope"
        return line, {"parameters": self.parameters}

    @property
    def place(self) -> None:
        """No array has the derivatives."""

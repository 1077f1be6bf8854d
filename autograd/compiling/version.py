"""Version: one program of a function, which holds for calls that take the way through it that was recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from struct import Struct
from typing import Any

import numpy as np

from ..core.value import Value
from .flattening import Shape
from .outside.closure import Closure
from .program import Program


@dataclass(eq=False)
class Version:
    """A program, how its result is arranged, and the Values it reads as parameters; the home of these, see `store`."""

    program: Program
    result: Shape
    parameters: list[Value]  # leaves, then results that were computed before
    closure: Closure  # what the function can read
    is_kept: bool = True  # whether it may be run again
    used: int = 0  # at which call it ran last
    owes: int = 0  # of what it cost to record
    shortcuts: dict[str, Callable[..., Any] | None] = field(default_factory=dict)  # printed functions for calls
    homes: dict[Any, Any] = field(default_factory=dict)  # of the parameters, by the stores that have them too
    _wanted: dict[tuple[bool, bytes], bytes] = field(default_factory=dict)

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

    @property
    def is_same(self) -> Callable[[], bool]:
        """Whether the function would find the very same outside, its parameters too."""
        return self.closure.is_same

    def numbers(self) -> Any:
        """What the parameters are now."""
        # twice as fast as numpy.fromiter
        made = bytearray(self._struct.size)
        self._struct.pack_into(made, 0, *[x._data for x in self.parameters])
        return np.frombuffer(made)

    @cached_property
    def _struct(self) -> Struct:
        return Struct(f"{len(self.parameters)}d")

    def keep(self, derivatives: Any) -> None:
        """Adds the derivatives by the parameters, which come first, to their `grad`."""
        for x, slope in zip(self.parameters, derivatives[: len(self.parameters)].tolist()):
            x._grad += slope

    @property
    def place(self) -> None:
        """No array has the derivatives."""

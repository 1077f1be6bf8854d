"""Store: where the numbers of parameters are read for a run, and where the derivatives by them go.

There are two: the Values themselves, and one array of many parameters, `training.array`. Each has a home for the
parameters of each version, which printed functions call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ..calls.arguments import Arguments
from .version import Version


class Home(Protocol):
    """The parameters of one version in a store."""

    shortcuts: dict[str, Callable[..., Any] | None]  # printed functions for calls, by what they give

    @property
    def is_same(self) -> Callable[[], bool]:
        """Whether the function would find the parameters, and all else, that it was recorded with."""

    def numbers(self) -> Any:
        """What the program is to read as its parameters."""

    def keeping(self) -> tuple[str, dict[str, Any]]:
        """The line of a printed function that takes derivatives `d`, those by the parameters first; the names in it."""

    @property
    def place(self) -> Any:
        """The array that a run may leave them in at once, or None."""


class Store(Protocol):
    """Where parameters are."""

    def of(self, version: Version) -> Home:
        """The home of a version's parameters."""

    def write_back(self) -> None:
        """Lets the Values have their numbers: the function itself is to run."""


class Values:
    """The Values have their numbers themselves, and collect gradients."""

    def of(self, version: Version) -> Version:
        """The version: it reads its Values."""
        return version

    def write_back(self) -> None:
        """They have them."""


VALUES = Values()


@dataclass(slots=True)
class Asked:
    """What is asked of a call: which derivatives of a version, None for none, times what; and where parameters are."""

    call: Arguments
    wanted: Callable[[Version], bytes] | None = None
    weight: float = 1.0
    store: Store = VALUES

"""Replaying: what is recorded while somebody watches who will compute it again, with other numbers.

Then a number that stands still in an eager run does not: it is followed. Who records a function to compile it is such a
watcher; the engine and the verbs ask here.
"""

from __future__ import annotations

from typing import Any

from .core.watching import Watcher, watchers, watching_here


class Followed:
    """A number that is another one in other calls; `_constant` is the Value that stands for it in what is recorded."""

    __slots__ = ("_constant",)
    _constant: Any


class Replayer(Watcher):
    """A watcher that will compute what it sees again, with other numbers, in place of the program."""

    replays = True
    may_replay = True  # a tape may, when it is compiled
    takes_masks = True  # arrays of Values are compared only when somebody looks at the outcome

    def known(self, x: Any) -> Any:
        """A number is about to be recorded: the Value that stands for it, or None."""
        return x._constant if isinstance(x, Followed) else None

    def read(self, value: Any) -> Any:
        """The number of `value` is being read by `data`: what is read in its place, or None."""

    def computed(self, op: Any, *inputs: Any) -> Any:
        """A row is asked for what it gives of numbers alone, groups as lists: what it gives in its place, or None."""

    def made_of(self, leaf: Any, constant: Any) -> None:
        """`leaf` has just been made of a number that is followed, for which `constant` stands."""

    def follows(self, constant: Any) -> bool:
        """Whether `constant` has another number in other calls."""
        raise NotImplementedError

    def touched(self, value: Any, what: str) -> None:
        """`value` is being written, or its gradient read: what is done, as in "writes {}.data"."""


def replaying() -> list[Replayer]:
    """Those who watch here, and will compute what they see again."""
    return [watcher for watcher in watching_here() if isinstance(watcher, Replayer)] if watchers else []


def is_followed(constant: Any) -> bool:
    """Whether somebody who watches here knows that a constant has another number in other calls."""
    return any(watcher.follows(constant) for watcher in replaying())


def followed(value: Any) -> bool:
    """Whether a Value without history will be computed again, so that its number is not to be kept."""
    return not value._serial and is_followed(value)


def may_be_replayed() -> bool:
    """Whether what is recorded now can be computed again with other numbers."""
    return bool(watchers) and any(getattr(watcher, "may_replay", False) for watcher in watching_here())

"""Ordering: Python's `max`, `min` and `sorted` of a few numbers, as choices.

They compare one number after the other, and so do these: at a tie `max` and `min` give the first, whose derivative then
is 1, and `sorted` leaves equal numbers as they stand.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any, Protocol

from ...callers import caller
from . import conditions
from .branch import Branch
from .report import Site

_MOST, _MOST_SORTED = 64, 12  # numbers: of n, sorting takes n (n - 1) choices


class Choosing(Protocol):
    """Who chooses; see `choices`."""

    def may(self, branch: Branch) -> bool:
        """Whether a branch may be a choice."""

    def pick(self, branch: Branch, test: Any, then: Callable[[], Any], other: Callable[[], Any]) -> Any:
        """`a if test else b`."""

    def stays(self, branch: Branch, why: str) -> None:
        """A branch is taken as it is."""

    def iterated(self, x: Any) -> Any:
        """Something that is gone through."""

    def call(self, callee: Any) -> Any:
        """What is called in place of something."""


def _extreme(name: str, symbol: str) -> Callable[[Choosing], Callable[..., Any]]:
    plain: Any = getattr(builtins, name)

    def make(choosing: Choosing) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            items = _items(choosing, args if len(args) > 1 else args[0] if args else ())
            if named or not _are_numbers(items, _MOST):
                return plain(items, **_pure(choosing, named)) if args else plain(**named)
            branch, best = _branch(name), items[0]
            for x in items[1:]:
                best = choosing.pick(branch, conditions.compared(symbol, x, best), _this(x), _this(best))
            return best

        return call

    return make


def _sorted(choosing: Choosing) -> Callable[..., Any]:
    def call(xs: Any, /, **named: Any) -> Any:
        items = _items(choosing, xs)
        if named or not _are_numbers(items, _MOST_SORTED):
            if len(items) > _MOST_SORTED:
                choosing.stays(
                    _branch("sorted"), f"it sorts {len(items)} numbers, and up to {_MOST_SORTED} are choices"
                )
            return builtins.sorted(items, **_pure(choosing, named))
        branch = _branch("sorted")
        # where one is nan, its place depends on all that Python compares
        choosing.stays(branch, "sorted looks whether one of the numbers is nan, which has no place among them")
        if not choosing.may(branch) or not all(map(_is_number_at_all, items)):
            return builtins.sorted(items)
        for end in range(len(items) - 1, 0, -1):
            for k in range(end):
                a, b = items[k : k + 2]
                turns = conditions.compared("<", b, a)
                items[k] = choosing.pick(branch, turns, _this(b), _this(a))
                items[k + 1] = choosing.pick(branch, turns, _this(a), _this(b))
        return items

    return call


def _items(choosing: Choosing, xs: Any) -> list[Any]:
    return [*choosing.iterated(xs)]


def _pure(choosing: Choosing, named: dict[str, Any]) -> dict[str, Any]:
    return {name: choosing.call(x) if name == "key" and x is not None else x for name, x in named.items()}


def _are_numbers(items: list[Any], most: int) -> bool:
    return (
        1 < len(items) <= most
        and all(conditions.is_number(x) for x in items)
        and any(map(conditions.is_followed, items))
    )


def _branch(name: str) -> Branch:
    file, line = caller()
    return Branch(Site(file, line, name))


def _is_number_at_all(x: Any) -> bool:
    return bool(x == x)


def _this(x: Any) -> Callable[[], Any]:
    return lambda: x


MADE = {"max": _extreme("max", ">"), "min": _extreme("min", "<"), "sorted": _sorted}

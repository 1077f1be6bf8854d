"""Together: conditions of several parts, of which Python asks the next only if those before did not decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from . import conditions
from .conditions import Asked
from .recording import Recording


class Together(Recording):
    """A recording that is asked for `and`, `or`, `not`, `any`, `all` and comparisons in a chain."""

    def chain(self, left: Any, *sides: Any) -> Any:
        """`a < b < c`."""
        value = left

        def parts() -> Iterator[Callable[[], Any]]:
            for symbol, later in zip(sides[::2], sides[1::2], strict=True):

                def one(symbol: str = symbol, later: Callable[[], Any] = later) -> Any:
                    nonlocal value
                    right = later()
                    found = conditions.compared(symbol, value, right)
                    value = right
                    return found

                yield one

        return self._together(parts(), False)

    def all_of(self, first: Any, *others: Callable[[], Any]) -> Any:
        """`a and b` in a condition."""
        return self._together(iter([lambda: first, *others]), False)

    def any_of(self, first: Any, *others: Callable[[], Any]) -> Any:
        """`a or b` in a condition."""
        return self._together(iter([lambda: first, *others]), True)

    def of_each(self, function: Any, each: Callable[[], Any], plain: Callable[[], Any]) -> Any:
        """`any(... for x in xs)` or `all(...)` in a condition."""
        if function is not any and function is not all:
            return plain()
        start, decides = self.mark(), function is any
        found: list[Asked] = []
        try:
            with self.in_arm():
                for x in each():
                    one = conditions.asked(x)
                    if isinstance(one, Asked):
                        found.append(one)
                    elif bool(one) is decides:
                        return decides
        except self.Caught:
            self.forget(start, self.mark())
            return plain()
        return conditions.Some(found) if found and decides else conditions.Every(found) if found else not decides

    def negated(self, x: Any) -> Any:
        """`not a` in a condition."""
        x = conditions.asked(x)
        return conditions.Opposite(x) if isinstance(x, Asked) else not x

    def _together(self, parts: Iterator[Callable[[], Any]], decides: bool) -> Any:
        """Conditions one after the other, of which Python asks the next only if the one before did not decide."""
        found: list[Asked] = []
        make = conditions.Some if decides else conditions.Every
        last: Any = not decides
        for part in parts:
            if found:
                start = self.mark()
                try:
                    with self.in_arm():
                        one = conditions.asked(part())
                except self.Caught:
                    self.forget(start, self.mark())
                    if make(found).look() is decides:
                        return decides
                    found = []
                    one = conditions.asked(part())
            else:
                one = conditions.asked(part())
            if isinstance(one, Asked):
                found.append(one)
            elif bool(one) is decides:
                return decides if found else one
            else:
                last = one
        return make(found) if len(found) > 1 else found[0] if found else last

"""Choices: what a function that was written anew asks while it is recorded; its variable `_autograd`.

A branch whose condition is no Value's is taken as Python takes it. Else both arms run, the first on the names as they
are, the second on the names as they were, and what each has left is merged. Where an arm does what it must not, or
raises, or leaves what cannot be merged, the condition is looked at, as it would have been without all this.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import calls, conditions, ordering
from .branch import Branch
from .calling import Calling
from .conditions import Asked
from .merging import Unchosen
from .together import Together
from .turns import Turns


class Choosing(Calling, Together):
    """A recording in which branches are choices."""

    def asks(self, branches: list[Branch]) -> Asks:
        """What a text with these branches has as its variable `_autograd`."""
        return Asks(self, branches)

    def call(self, callee: Any) -> Any:
        """What is called in place of something."""
        name = calls.BUILTIN.get(id(callee), "")
        return ordering.MADE[name](self) if name in ordering.MADE else super().call(callee)

    def answer(self, branch: Branch, test: Any) -> Any:
        """A truth value that is kept under a name."""
        if not isinstance(test, Asked):
            return test
        if self.may(branch):
            start = self.mark()
            try:
                return self.merge(branch, test, {"it": True}, {"it": False})["it"]
            except Unchosen as error:
                self.failed(branch, error)
                self.forget(start, self.mark())
        return test.look()

    def pick(self, branch: Branch, test: Any, then: Callable[[], Any], other: Callable[[], Any]) -> Any:
        """`a if test else b`."""
        condition = conditions.asked(test)
        if not isinstance(condition, Asked):
            return then() if condition else other()
        if self.may(branch):
            start = self.mark()
            try:
                with self.in_arm():
                    before, a = self.left, then()
                    middle, b = self.left, other()
                self.weigh(before - middle, middle - self.left)
                return self.merge(branch, condition, {"it": a}, {"it": b})["it"]
            except self.Caught as error:
                self.failed(branch, error)
                self.forget(start, self.mark())
        return then() if condition.look() else other()

    def first_of(self, branch: Branch, is_and: bool, first: Any, *others: Callable[[], Any]) -> Any:
        """`a and b` or `a or b`, of which the result is one of the two."""
        x = first
        for k, later in enumerate(others):
            if conditions.is_followed(x):
                rest = others[k:]

                def go_on(rest: Any = rest) -> Any:
                    return self.first_of(branch, is_and, rest[0](), *rest[1:])

                def stay(x: Any = x) -> Any:
                    return x

                return self.pick(branch, x, *((go_on, stay) if is_and else (stay, go_on)))
            if bool(x) is not is_and:
                return x
            x = later()
        return x


_SAME = (
    *("Caught", "locals", "call", "seen", "indexed", "iterated", "rebinds", "fresh", "itself", "sought"),
    *("chain", "all_of", "any_of", "of_each", "negated"),
)


class Asks:
    """The variable `_autograd` of one text: the recording, and the branches of that text by their numbers."""

    def __init__(self, choosing: Choosing, branches: list[Branch]) -> None:
        self._choosing, self._branches = choosing, branches
        for name in _SAME:
            setattr(self, name, getattr(choosing, name))

    compare = staticmethod(conditions.compared)

    def choose(self, test: Any, number: int) -> Turns:
        """An `if`."""
        return Turns(self._choosing, self._branches[number], conditions.asked(test))

    def pick(self, test: Any, then: Callable[[], Any], other: Callable[[], Any], number: int) -> Any:
        """A conditional expression."""
        return self._choosing.pick(self._branches[number], test, then, other)

    def looped(self, x: Any, number: int) -> Any:
        """What a loop that may be left goes through."""
        return self._choosing.looped(x, self._branches[number])

    def leaves(self, left: Any, number: int) -> Any:
        """Whether it is left."""
        return self._choosing.leaves(left, self._branches[number])

    def answer(self, test: Any, number: int) -> Any:
        """A truth value with a name."""
        return self._choosing.answer(self._branches[number], test)

    def first_of(self, is_and: bool, number: int, first: Any, *others: Callable[[], Any]) -> Any:
        """`a and b` or `a or b`."""
        return self._choosing.first_of(self._branches[number], is_and, first, *others)

"""Turns: an `if` that is being taken, arm by arm; see the text in `writing`."""

from __future__ import annotations

from typing import Any

from .branch import Branch
from .conditions import Asked
from .recording import Recording

_ONCE, _DONE, _SET, _FIRST, _SECOND, _BOTH = range(6)  # what is next


class Turns:
    """An `if` that is being taken: which arm comes next, and what the names are then."""

    def __init__(self, recording: Recording, branch: Branch, condition: Any) -> None:
        self._recording, self._branch, self._condition = recording, branch, condition
        self.sets = self.is_first = False  # whether the names are to be set, and whether the first arm is next
        self.names: dict[str, Any] = {}  # to these
        self._before: dict[str, Any] = {}
        self._next, self._marks, self._left = _ONCE, [0, 0], [0]
        if not isinstance(condition, Asked):
            self.is_first = bool(condition)
        elif recording.may(branch):
            self._next = _FIRST
        else:
            self.is_first = condition.look()

    def goes(self, scope: dict[str, Any]) -> bool:
        """Whether there is another turn; else the names are as they are to stay."""
        if self._next == _ONCE:
            self._next = _DONE
            return True
        if self._next == _FIRST:
            self._before, self._marks[0] = self._of(scope), self._recording.mark()
            self._left = [self._recording.left]
            self._recording.enter()
            self._next, self.is_first = _SECOND, True
            return True
        if self._next == _SECOND:
            self._first, self._marks[1] = self._of(scope), self._recording.mark()
            self._left.append(self._recording.left)
            self._recording.leave()
            self._recording.enter()
            self._next, self.is_first = _BOTH, False
            self._set(self._before)
            return True
        if self._next == _BOTH:
            self._recording.leave()
            self._set(self._merged(self._of(scope)))
        elif self._next == _DONE:
            self.sets = False
        return False

    def failed(self, error: BaseException) -> bool:
        """Whether what an arm raised is of no matter: it was to be computed beside the one that is taken."""
        recording = self._recording
        if self._next not in (_SECOND, _BOTH):
            return False
        recording.leave()
        recording.failed(self._branch, error)
        is_second = self._next == _BOTH
        recording.forget(self._marks[is_second], recording.mark())
        if is_second and self._condition.outcome:
            self._condition.look()
            self._set(self._first)
            self._next = _SET
            return True
        recording.forget(self._marks[0], recording.mark())
        self.is_first, self._next = self._condition.look(), _ONCE
        self._set(self._before)
        return True

    def _merged(self, second: dict[str, Any]) -> dict[str, Any]:
        recording, marks = self._recording, self._marks
        start, middle = self._left
        try:
            recording.weigh(start - middle, middle - recording.left)
            return recording.merge(self._branch, self._condition, self._first, second)
        except recording.Caught as error:
            recording.failed(self._branch, error)
            is_first = self._condition.outcome
            recording.forget(*((marks[1], recording.mark()) if is_first else marks))
            self._condition.look()
            return self._first if is_first else second

    def _set(self, names: dict[str, Any]) -> None:
        self.names, self.sets = names, True

    def _of(self, scope: dict[str, Any]) -> dict[str, Any]:
        return {name: scope[name] for name in self._branch.names if name in scope}

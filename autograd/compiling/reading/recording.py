"""Recording: one recording with choices; what it sees of chosen numbers, and which branches may be choices."""

from __future__ import annotations

import builtins
import math
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

from ...core.value import Value
from ...core.watching import Watcher, watching_here
from ..calls.argument import Argument, Derived
from ..graph.tracer import Tracer
from .asking import Asking
from .branch import Branch
from .chosen import Mixed, Undone, become
from .conditions import Asked
from .merging import Merger, Unchosen
from .report import Report, Site

_FAILS = 2  # times that a branch may turn out to be none to be a choice, before it is taken as it is
_LARGE = 500  # operations of an arm
_TOO_LARGE = f"an arm of it has more than {_LARGE} operations, which every call would compute"
_DIVISIONS = ("div", "floordiv", "mod")
_POWERS = (0.0, 1.0, 2.0, 3.0, 4.0)  # of plain numbers, which Python gives or which are inf
_DEEPEST = 40  # choices within choices, as of a function that calls itself
_NO_VALUES = (Mixed, Argument, Derived)


class Recording(Watcher):
    """One recording, of these functions' code written anew, and of what their arms call."""

    Caught = Exception, Unchosen
    locals = staticmethod(builtins.locals)

    def __init__(
        self, codes: dict[int, CodeType], excluded: dict[Site, str], asking: Asking, most: int, is_batch: bool
    ) -> None:
        self.codes, self.excluded, self.asking, self.is_batch = codes, excluded, asking, is_batch
        self.asker = asking.kinds_asked  # a function that asks for types, so that kinds cannot be mixed
        self.report = Report()
        self.left = most  # operations that may be recorded
        self.depth = 0  # arms that are running, which may not be taken
        self._least: list[int] = []  # for each of them, how many operations it has to leave
        self.fails: dict[Site, int] = {}
        self.loops: dict[Site, Branch] = {}  # that may be left
        self.catches = False  # whether something that is raised may be caught
        self.dropped: dict[str, set[Site]] = {}  # names that had no value in one arm
        self.merged: dict[int, tuple[Value, frozenset[Site], bool]] = {}  # by identity: from where, and if it is whole
        self.has_mixed = False
        self.made: dict[int, Any] = {}  # iterators that were made here of what can be gone through again
        self.inner: dict[int, tuple[CodeType, str]] = {}  # functions that are made in others, and their effects
        self.functions: dict[int, tuple[Any, Any]] = {}  # those written anew
        self.ran: dict[int, tuple[CodeType, CodeType]] = {}  # code that was written anew, and what it stands for

    # What it sees.

    def record(self, node: Value) -> None:
        self.left -= 1
        if self.depth and self.left < self._least[-1]:
            raise Unchosen(_TOO_LARGE)
        if self.left < 0:
            if loops := self.loops.keys() - self.excluded.keys():
                raise Undone(frozenset(loops), "all turns that the loop could have are too many to compute")
            raise Undone(frozenset(), "both arms of its branches together are too much to compute")
        if self.has_mixed:
            inputs = node.inputs
            found = [self.merged[id(x)] for x in inputs if type(x) is Mixed]
            if found and all(type(x) in _NO_VALUES or not x._serial for x in inputs):
                become(node, Mixed)
                sites = frozenset[Site]().union(*(one[1] for one in found))
                self.merged[id(node)] = node, sites, all(one[2] for one in found)
                self._divided(node, inputs)

    def _divided(self, node: Value, inputs: tuple[Value, ...]) -> None:
        """Where both could be plain numbers, Python raises for a divisor of 0, and for powers that are none."""
        name = str(node.op)
        if name in _DIVISIONS and not isinstance(inputs[0], Argument):
            divisor = inputs[1]
            if not divisor._data:
                self.undo(node, "is divided, or divides, and may be 0")
            if type(divisor) is Mixed:
                _tracer().compare(divisor, "==", 0.0, False)
        if name == "pow" and not isinstance(inputs[0], Argument):
            base, exponent = inputs
            is_small = not exponent._serial and exponent._data in _POWERS
            if not (is_small or (not base._serial and 0.0 < base._data < 10.0)):
                self.undo(node, "is raised to a power that there may not be")
            for bound in (math.inf, -math.inf):  # where Python says that it is too large
                if node._data == bound:
                    self.undo(node, "is raised to a power that no float is")
                _tracer().compare(node, "==", bound, False)

    def undo(self, x: Value, what: str) -> None:
        """A number that was chosen is asked what it cannot answer."""
        sites = self.merged[id(x)][1] if id(x) in self.merged else frozenset[Site]()
        raise Undone(sites, f"the number that it chooses {what}")

    def is_any(self) -> tuple[bool, bool]:
        """Whether there is a number of two kinds, and whether there is one that was chosen."""
        return self.has_mixed, bool(self.merged)

    def stood_for(self) -> list[CodeType]:
        """The code in place of which other code ran."""
        return [old for _, old in self.ran.values()]

    # Branches.

    def may(self, branch: Branch) -> bool:
        """Whether a branch may be a choice."""
        site = branch.site
        if site in self.excluded:
            self.report.stayed.setdefault(site, self.excluded[site])
            return False
        if branch.is_loop and not self.is_batch:
            self.report.stayed.setdefault(site, "without a batch there is a program for each number of turns")
            return False
        return self.depth < _DEEPEST and self.fails.get(site, 0) < _FAILS

    def weigh(self, *operations: int) -> None:
        """Without a batch an arm that is not taken costs its operations at each call, and one that is large too many.

        So many are computed in the time that a call takes besides; see `versions`: there is a program for each way.
        """
        if not self.is_batch and max(operations) > _LARGE:
            raise Unchosen(_TOO_LARGE)

    def merge(self, branch: Branch, condition: Asked, a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
        """The names that both arms have left."""
        merger, found = Merger(condition, self.asker), {}
        missing = a.keys() ^ b.keys()
        for name in missing - branch.private:
            if self.catches:
                raise Unchosen(f"{name} is assigned by one arm alone; give it a value before")
        for name in a.keys() & b.keys():
            found[name] = merger.merge(_shown(name), a[name], b[name], name in branch.made)
        for name in missing:
            self.dropped.setdefault(name, set()).add(branch.site)
        for value, both, is_whole in merger.made:
            before = [self.merged[id(x)] for x in both if id(x) in self.merged]
            sites = frozenset({branch.site}).union(*(one[1] for one in before))
            is_whole = is_whole and all(one[2] for one in before)
            self.merged[id(value)] = value, sites, is_whole
            self.has_mixed |= type(value) is Mixed
        chosen = self.report.chosen
        chosen[branch.site] = chosen.get(branch.site, 0) + 1
        return found

    def stays(self, branch: Branch, why: str) -> None:
        """A branch is taken as it is."""
        self.report.stayed.setdefault(branch.site, why)

    def failed(self, branch: Branch, error: BaseException) -> None:
        """A branch is none to be a choice."""
        self.fails[branch.site] = self.fails.get(branch.site, 0) + 1
        said = str(error) if isinstance(error, Unchosen) else f"an arm raises {type(error).__name__}: {error}"
        self.report.stayed[branch.site] = said

    @contextmanager
    def in_arm(self) -> Iterator[None]:
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def enter(self) -> None:
        """An arm begins."""
        self.depth += 1
        self._least.append(self.left - (self.left if self.is_batch else _LARGE))

    def leave(self) -> None:
        """It ends."""
        self.depth -= 1
        self._least.pop()

    # Comparisons that were looked at.

    def mark(self) -> int:
        """How many there are."""
        return len(_tracer().compared)

    def forget(self, start: int, end: int) -> None:
        """Those of an arm that was not taken are nothing that the program depends on."""
        del _tracer().compared[start:end]


def _tracer() -> Tracer:
    return next(watcher for watcher in watching_here() if isinstance(watcher, Tracer))


def _shown(name: str) -> str:
    return {"_autograd_result": "what it returns", "it": "what it gives"}.get(name, name)

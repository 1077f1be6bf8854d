"""Choices: what a function that was written anew asks while it is recorded; its variable `_autograd`.

A branch whose condition is no Value's is taken as Python takes it. Else both arms run, the first on the names as they
are, the second on the names as they were, and what each has left is merged. Where an arm does what it must not, or
raises, or leaves what cannot be merged, the condition is looked at, as it would have been without all this.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CellType, CodeType, FunctionType
from typing import Any

from ...core.value import Value
from ...core.watching import Watcher, watching_here
from ..calls.argument import Argument, Derived
from ..graph.tracer import Tracer
from . import calls, conditions, ordering
from .chosen import Chosen, Mixed, Undone, become
from .conditions import Asked
from .merging import Merger, Unchosen
from .report import Report, Site
from .writing import Branch, Written, written

_FAILS = 2  # times that a branch may turn out to be none to be a choice, before it is taken as it is
_LARGE = 500  # operations of an arm
_TOO_LARGE = f"an arm of it has more than {_LARGE} operations, which every call would compute"
_DIVISIONS = ("div", "floordiv", "mod")
_POWERS = (0.0, 1.0, 2.0, 3.0, 4.0)  # of plain numbers, which Python gives or which are inf
_DEEPEST = 40  # choices within choices, as of a function that calls itself
_OWN_KINDS = (float, int, bool, str, bytes, tuple, frozenset, type(None))


class Choosing(Watcher):
    """One recording with choices: of these functions' code, and of what their arms call."""

    Caught = Exception, Unchosen
    locals = staticmethod(builtins.locals)

    def __init__(
        self, codes: dict[int, CodeType], excluded: dict[Site, str], may_mix: bool, most: int, is_batch: bool
    ) -> None:
        self.codes, self.excluded, self.may_mix, self.is_batch = codes, excluded, may_mix, is_batch
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
        self._made: dict[int, Any] = {}  # iterators that were made in an arm
        self._inner: dict[int, tuple[CodeType, str]] = {}
        self._functions: dict[int, tuple[Any, Any]] = {}
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

    def stood_for(self) -> list[CodeType]:
        """The code in place of which other code ran."""
        return [old for _, old in self.ran.values()]

    # Functions.

    def call(self, callee: Any) -> Any:
        """What is called in place of something."""
        name = calls.BUILTIN.get(id(callee))
        if name in ordering.MADE:
            return ordering.MADE[name](self)
        if name:
            return self._iterator(callee)
        found = calls.function_of(callee)
        if found is None:
            if callee is isinstance or callee is type or callee is id:
                return self._asking(callee)
            if self.depth and not calls.is_pure(callee):
                raise Unchosen(f"it calls {_named(callee)}, which may do more than to give a result")
            return self._looking(callee) if self.depth else callee
        function, put = found
        inner = self._inner.get(id(function.__code__))
        if inner is not None:
            if self.depth and inner[1]:
                raise Unchosen(f"it calls {_named(function)}, where {inner[1]}")
            return callee
        made = self.converted(function)
        if self.depth:
            text = written(function.__code__)
            if isinstance(text, str) or text.effect:
                raise Unchosen(f"it calls {_named(function)}: {text if isinstance(text, str) else text.effect}")
        return callee if made is None else put(made)

    def converted(self, function: FunctionType) -> Any:
        """The function written anew, where that is of use."""
        code = function.__code__
        if id(code) not in self.codes and not self.depth:
            return None
        known = self._functions.get(id(function))
        if known is not None and known[0] is function:
            return known[1]
        text = written(code)
        if isinstance(text, str):
            self.report.unread[code.co_qualname] = text
            return None
        made = self._made_of(function, text)
        self._functions[id(function)] = function, made
        return made

    def _made_of(self, function: FunctionType, text: Written) -> FunctionType:
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        cells["_autograd"] = CellType(Asks(self, text.branches))
        closure = tuple([cells[name] for name in text.code.co_freevars])
        made = FunctionType(text.code, function.__globals__, function.__name__, function.__defaults__, closure)
        made.__kwdefaults__, made.__qualname__ = function.__kwdefaults__, function.__qualname__
        made.__dict__.update(function.__dict__)
        self.catches |= text.catches
        for branch in text.branches:
            if branch.site.why:
                self.report.stayed.setdefault(branch.site, branch.site.why)
        self._inner |= text.inner
        self.ran[id(text.code)] = text.code, function.__code__
        return made

    def _looking(self, callee: Any) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            for x in (*args, *named.values()):
                if not calls.is_known(x):
                    raise Unchosen(f"it calls {_named(callee)} with something of the type {type(x).__name__}")
                if calls.runs_out(x) and id(x) not in self._made:
                    raise Unchosen(f"it calls {_named(callee)} with something that gives its items once")
            if "out" in named:
                raise Unchosen(f"it writes into an array by {_named(callee)}")
            return callee(*args, **named)

        return call

    def _iterator(self, callee: Any) -> Any:
        looked = self._looking(callee)

        def call(*args: Any, **named: Any) -> Any:
            if not self.depth:
                made = callee(*args, **named)
                if all(calls.is_repeatable(x) or id(x) in self._made for x in args):
                    self._made[id(made)] = made
                return made
            for x in args:
                self.iterated(x)
            return self.fresh(looked(*args, **named))

        return call

    def _asking(self, callee: Any) -> Any:
        def call(*args: Any) -> Any:
            for x in args[:1]:
                if isinstance(x, Chosen) and (type(x) is Mixed or callee is id):
                    self.undo(x, "is asked for its type" if callee is not id else "is asked which one it is")
            return callee(*args)

        return call

    # What an arm looks into.

    def seen(self, x: Any, name: str) -> Any:
        """Something of which an attribute is read."""
        if self.depth and not calls.is_seen(x, name):
            raise Unchosen(f"it reads {name}, which may do more than to give a result")
        if name == "op" and isinstance(x, Chosen):
            self.undo(x, "is asked for its operation")
        if type(x) is Mixed and not hasattr(float, name):
            self.undo(x, f"is asked for its {name}, which only one of the two has")
        return x

    def indexed(self, x: Any) -> Any:
        """Something of which an item is read."""
        if self.depth and not calls.is_looked_into(x):
            raise Unchosen(f"it reads an item of something of the type {type(x).__name__}")
        return x

    def iterated(self, x: Any) -> Any:
        """Something that is gone through."""
        if self.depth and not (calls.is_repeatable(x) or id(x) in self._made):
            raise Unchosen(f"it goes through something of the type {type(x).__name__}")
        return x

    def looped(self, x: Any, branch: Branch) -> Any:
        """Something that is gone through to its end, though the loop may be left before."""
        if self.may(branch):
            self.loops[branch.site] = branch
            if not (calls.is_repeatable(x) or id(x) in self._made):
                raise Undone(frozenset({branch.site}), "it goes through something that gives its items once")
        return self.iterated(x)

    def leaves(self, left: Any, branch: Branch) -> Any:
        """Whether a loop is left after this turn."""
        if left is True or left is False:
            return left
        return conditions.asked(left).look() if not self.may(branch) else False

    def rebinds(self, x: Any) -> None:
        """`x += y` follows, which changes a list in place."""
        if self.depth and not (type(x) in _OWN_KINDS or conditions.is_followed(x)):
            raise Unchosen(f"it changes something of the type {type(x).__name__} in place")

    def fresh(self, x: Any) -> Any:
        """Something that gives its items once, and was made here."""
        if self.depth and calls.is_fresh(x):
            self._made[id(x)] = x
        return x

    def itself(self, x: Any) -> Any:
        """Something that is compared by `is`."""
        if id(x) in self.merged:
            self.undo(x, "is compared by `is`")
        return x

    def sought(self, x: Any) -> Any:
        """One side of `in`, which compares by `is` first."""
        for one in x if type(x) in (list, tuple) else (x,):
            self.itself(one)
        return x

    # Conditions.

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
            with self._in_arm():
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
                    with self._in_arm():
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

    # Branches.

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
                with self._in_arm():
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
        merger, found = Merger(condition, self.may_mix), {}
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
    def _in_arm(self) -> Iterator[None]:
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


_SAME = (
    *("Caught", "locals", "call", "seen", "indexed", "iterated", "rebinds", "fresh", "itself", "sought"),
    *("chain", "all_of", "any_of", "of_each", "negated"),
)


_ONCE, _DONE, _SET, _FIRST, _SECOND, _BOTH = range(6)


class Turns:
    """An `if` that is being taken: which arm comes next, and what the names are then."""

    def __init__(self, choosing: Choosing, branch: Branch, condition: Any) -> None:
        self._choosing, self._branch, self._condition = choosing, branch, condition
        self.sets = self.is_first = False  # whether the names are to be set, and whether the first arm is next
        self.names: dict[str, Any] = {}  # to these
        self._before: dict[str, Any] = {}
        self._next, self._marks, self._left = _ONCE, [0, 0], [0]
        if not isinstance(condition, Asked):
            self.is_first = bool(condition)
        elif choosing.may(branch):
            self._next = _FIRST
        else:
            self.is_first = condition.look()

    def goes(self, scope: dict[str, Any]) -> bool:
        """Whether there is another turn; else the names are as they are to stay."""
        if self._next == _ONCE:
            self._next = _DONE
            return True
        if self._next == _FIRST:
            self._before, self._marks[0] = self._of(scope), self._choosing.mark()
            self._left = [self._choosing.left]
            self._choosing.enter()
            self._next, self.is_first = _SECOND, True
            return True
        if self._next == _SECOND:
            self._first, self._marks[1] = self._of(scope), self._choosing.mark()
            self._left.append(self._choosing.left)
            self._choosing.leave()
            self._choosing.enter()
            self._next, self.is_first = _BOTH, False
            self._set(self._before)
            return True
        if self._next == _BOTH:
            self._choosing.leave()
            self._set(self._merged(self._of(scope)))
        elif self._next == _DONE:
            self.sets = False
        return False

    def failed(self, error: BaseException) -> bool:
        """Whether what an arm raised is of no matter: it was to be computed beside the one that is taken."""
        choosing = self._choosing
        if self._next not in (_SECOND, _BOTH):
            return False
        choosing.leave()
        choosing.failed(self._branch, error)
        is_second = self._next == _BOTH
        choosing.forget(self._marks[is_second], choosing.mark())
        if is_second and self._condition.outcome:
            self._condition.look()
            self._set(self._first)
            self._next = _SET
            return True
        choosing.forget(self._marks[0], choosing.mark())
        self.is_first, self._next = self._condition.look(), _ONCE
        self._set(self._before)
        return True

    def _merged(self, second: dict[str, Any]) -> dict[str, Any]:
        choosing, marks = self._choosing, self._marks
        start, middle = self._left
        try:
            choosing.weigh(start - middle, middle - choosing.left)
            return choosing.merge(self._branch, self._condition, self._first, second)
        except choosing.Caught as error:
            choosing.failed(self._branch, error)
            is_first = self._condition.outcome
            choosing.forget(*((marks[1], choosing.mark()) if is_first else marks))
            self._condition.look()
            return self._first if is_first else second

    def _set(self, names: dict[str, Any]) -> None:
        self.names, self.sets = names, True

    def _of(self, scope: dict[str, Any]) -> dict[str, Any]:
        return {name: scope[name] for name in self._branch.names if name in scope}


def _tracer() -> Tracer:
    return next(watcher for watcher in watching_here() if isinstance(watcher, Tracer))


def _named(callee: Any) -> str:
    return str(getattr(callee, "__qualname__", None) or type(callee).__name__)


def _shown(name: str) -> str:
    return {"_autograd_result": "what it returns", "it": "what it gives"}.get(name, name)


_NO_VALUES = (Mixed, Argument, Derived)

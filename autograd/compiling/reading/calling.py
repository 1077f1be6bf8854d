"""Calling: what a function that was written anew calls and looks into, and what of that may be in an arm."""

from __future__ import annotations

from types import CellType, FunctionType
from typing import Any

from . import calls, conditions
from .branch import Branch
from .chosen import Chosen, Mixed, Undone
from .merging import Unchosen
from .recording import Recording
from .writing import Written, written

_OWN_KINDS = (float, int, bool, str, bytes, tuple, frozenset, type(None))


class Calling(Recording):
    """A recording that is told of what is called, and of what is looked into."""

    def call(self, callee: Any) -> Any:
        """What is called in place of something."""
        name = calls.BUILTIN.get(id(callee))
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
        inner = self.inner.get(id(function.__code__))
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

    def asks(self, branches: list[Branch]) -> Any:
        """What a text with these branches has as its variable `_autograd`."""
        raise NotImplementedError

    def converted(self, function: FunctionType) -> Any:
        """The function written anew, where that is of use."""
        code = function.__code__
        if id(code) not in self.codes and not self.depth:
            return None
        known = self.functions.get(id(function))
        if known is not None and known[0] is function:
            return known[1]
        text = written(code)
        if isinstance(text, str):
            self.report.unread[code.co_qualname] = text
            return None
        made = self._written_anew(function, text)
        self.functions[id(function)] = function, made
        return made

    def _written_anew(self, function: FunctionType, text: Written) -> FunctionType:
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        cells["_autograd"] = CellType(self.asks(text.branches))
        closure = tuple([cells[name] for name in text.code.co_freevars])
        made = FunctionType(text.code, function.__globals__, function.__name__, function.__defaults__, closure)
        made.__kwdefaults__, made.__qualname__ = function.__kwdefaults__, function.__qualname__
        made.__dict__.update(function.__dict__)
        self.catches |= text.catches
        for branch in text.branches:
            if branch.site.why:
                self.report.stayed.setdefault(branch.site, branch.site.why)
        self.inner |= text.inner
        self.ran[id(text.code)] = text.code, function.__code__
        return made

    def _looking(self, callee: Any) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            for x in (*args, *named.values()):
                if not calls.is_known(x):
                    raise Unchosen(f"it calls {_named(callee)} with something of the type {type(x).__name__}")
                if calls.runs_out(x) and id(x) not in self.made:
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
                if all(calls.is_repeatable(x) or id(x) in self.made for x in args):
                    self.made[id(made)] = made
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
        if self.depth and not (calls.is_repeatable(x) or id(x) in self.made):
            raise Unchosen(f"it goes through something of the type {type(x).__name__}")
        return x

    def looped(self, x: Any, branch: Branch) -> Any:
        """Something that is gone through to its end, though the loop may be left before."""
        if self.may(branch):
            self.loops[branch.site] = branch
            if not (calls.is_repeatable(x) or id(x) in self.made):
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
            self.made[id(x)] = x
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


def _named(callee: Any) -> str:
    return str(getattr(callee, "__qualname__", None) or type(callee).__name__)

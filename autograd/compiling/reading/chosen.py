"""Chosen: numbers that came of a choice, and what must not be asked of them.

In a call of the function itself such a number is one of two objects: which one, nobody may ask (`is`, as a key of a
dictionary, its label). Where those are of different kinds, a whole number and a Value, nobody may ask for the kind or
the plain number either. Whoever does so says that the branch was none to be a choice, and the function is recorded
again.
"""

from __future__ import annotations

from typing import Any, NoReturn

from ...core.value import Value
from ...core.watching import watching_here
from ..calls.argument import asked_by_this_package


class Undone(BaseException):
    """The recording is to start again with these branches as guards. No Exception, which the function may catch."""

    def __init__(self, sites: frozenset[Any], why: str) -> None:
        super().__init__(why)
        self.sites, self.why = sites, why


class Chosen(Value):
    """One of two Values."""

    __slots__ = ()

    def __hash__(self) -> int:
        if not asked_by_this_package():
            _tell(self, "is used as a key")
        return object.__hash__(self)

    @property
    def label(self) -> str:
        """None that holds for both."""
        if not asked_by_this_package():
            _tell(self, "is asked for its label")
        return str(self.notes.get("label", ""))

    @label.setter
    def label(self, label: str) -> None:
        if not asked_by_this_package():
            _tell(self, "is given a label")
        self.note("label", label)


def _fact(name: str) -> Any:
    """What is known of one of the two, and asked for by name."""

    def read(self: Chosen) -> Any:
        if not asked_by_this_package():
            _tell(self, f"is asked for its {name}")
        return vars(Value)[name].fget(self)

    return property(read)


for _name in ("inputs", "is_constant", "is_leaf", "line", "notes", "partials"):
    setattr(Chosen, _name, _fact(_name))


class Mixed(Chosen):
    """One of two numbers of different kinds, or computed from one."""

    __slots__ = ()

    @property  # type: ignore[misc]  # isinstance asks for it; the type itself stays what it is
    def __class__(self) -> type:
        if not asked_by_this_package():
            _tell(self, "is asked for its type")
        return type(self)

    def _plain(self, *_: Any) -> NoReturn:
        _tell(self, "is needed as a plain number, an index or a text")
        raise TypeError("a Value does not turn into a plain number by itself")

    __int__ = __index__ = __float__ = __complex__ = __str__ = __repr__ = _plain

    def __format__(self, spec: str) -> str:
        self._plain()


def _tell(x: Value, what: str) -> None:
    """Says so to whoever knows which branch it came from."""
    for watcher in watching_here():
        undo = getattr(watcher, "undo", None)
        if undo is not None:
            undo(x, what)


for _class in (Chosen, Mixed):
    _class.__module__, _class.__name__, _class.__qualname__ = "autograd", "Value", "Value"


_set_class: Any = vars(object)["__class__"].__set__  # past the property of those that have one


def become(x: Value, kind: type[Value]) -> None:
    """Makes a result one of these."""
    _set_class(x, kind)

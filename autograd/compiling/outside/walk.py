"""Walk: what is found in looking through objects: each once, with the attributes that code has names for."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import repeat
from pathlib import Path, PurePath
from re import Pattern
from threading import Lock, RLock
from types import CodeType, FunctionType, MemberDescriptorType, ModuleType
from typing import Any

import numpy as np

from ...core.value import Value
from .compared import MISSING, Compared, Reading, Where, at_attribute, path_of
from .library import IMPURE_NUMPY, is_of_library, module_of
from .names import Names

MOST = 1_000_000  # items looked at: comparing them before each call takes 18 ms

_FIXED: tuple[type, ...] = (
    *(str, bytes, int, float, complex, type(None), type(...), type(NotImplemented), range, slice),
    *(Decimal, Fraction, date, time, timedelta, tzinfo, Pattern, PurePath, type(Lock()), type(RLock())),
    *(np.generic, np.dtype, CodeType, types.GenericAlias, types.UnionType),
    *(types.GetSetDescriptorType, MemberDescriptorType, types.WrapperDescriptorType, types.MethodDescriptorType),
    *(types.ClassMethodDescriptorType, types.MethodWrapperType),
)


@dataclass
class Found:
    """What was found, and where."""

    cells: list[tuple[Any, Any, str]] = field(default_factory=list)  # variable of a function around it, content, name
    variables: list[tuple[Any, str, Any, Where]] = field(default_factory=list)  # of modules and classes, content
    sizes: list[tuple[Any, int, Where]] = field(default_factory=list)  # how many those have
    facts: list[tuple[Any, str, Any]] = field(default_factory=list)  # of functions and classes: code, bases
    absent: dict[int, tuple[dict[str, Any], set[str]]] = field(default_factory=dict)  # names that Python itself has
    sources: list[Compared] = field(default_factory=list)
    arrays: list[Any] = field(default_factory=list)  # of numbers
    arrays_at: list[Where] = field(default_factory=list)
    values: set[int] = field(default_factory=set)  # the Values, by identity
    generators: list[Any] = field(default_factory=list)  # of random numbers
    unreachable: str = ""
    is_impure: bool = False


class Walk:
    """What is still to be looked at, and what was found so far."""

    def __init__(self, ran: Container[CodeType] | None) -> None:
        self.found = Found()
        self.ran = ran
        self.waiting: list[tuple[Any, Where]] = []
        self.seen: dict[int, Any] = {}  # kept, so that no other object gets the identity
        self.attributes: set[str] = set()  # names that code seen so far has
        self.news: set[str] = set()
        self.holders: list[Holder] = []
        self.classes: dict[int, Holder] = {}
        self._fixed: dict[type, bool] = {}
        self.asked: set[str] = set()  # attributes that there need not be
        self.reads_all = False  # whether attributes are found by texts, so that any may be read
        self.texted: set[int] = set()  # modules that code has a name for which does so
        self.prints = self.makes = False
        self.count = 0

    def wait(self, x: Any, where: Where) -> None:
        """Lets something be looked at."""
        self.waiting.append((x, where))

    def run(self, look_at: Callable[[Walk, Any, Where], None]) -> None:
        """Looks at all that is waiting, and at what is found there."""
        while True:
            while self.waiting:
                x, where = self.waiting.pop()
                if not self._is_fixed(type(x)) and id(x) not in self.seen:
                    self.seen[id(x)] = x
                    try:
                        look_at(self, x, where)
                    except Exception as error:  # of an attribute of the user's, or a weak proxy
                        self.found.unreachable = f"finds {path_of(where)}, which cannot be looked at: {error}"
                if self.count > MOST:
                    self.found.unreachable = f"can read more than {MOST:,} numbers, as in {path_of(where)}"
                    return
            news, self.news = self.news - self.attributes, set()
            self.attributes |= news
            for holder in self.holders:
                self.look_in(holder, news)
            if not self.waiting and not self.news:
                break
        if not self.attributes.isdisjoint(IMPURE_NUMPY) and id(np) in self.seen:
            self.found.is_impure = True
            if "random" in self.attributes:
                self.found.generators.append(np.random.mtrand._rand)
        if "modules" in self.attributes and id(sys) in self.seen:
            self.found.unreachable = "finds what it reads by sys.modules"
        self._remember()

    def _is_fixed(self, kind: type) -> bool:
        """Whether what is of this kind stays what it is; attributes can be set where the user's class allows it."""
        if kind not in self._fixed:
            is_fixed = issubclass(kind, _FIXED) and not issubclass(kind, Path)  # a path alone is a text
            self._fixed[kind] = is_fixed and (not kind.__dictoffset__ or is_of_library(module_of(kind)))
        return self._fixed[kind]

    def is_simple(self, kind: type) -> bool:
        """Whether nothing more has to be looked at in what is of this kind than which one it is."""
        return kind is Value or self._is_fixed(kind)

    def _remember(self) -> None:
        """What is to be compared of functions, modules, classes and objects."""
        for holder in self.holders:
            x, attributes = holder.x, holder.attributes
            if isinstance(x, type):  # what a class of a base has, may come to stand in the class itself
                bases = [self.classes[id(one)].names for one in x.__mro__ if id(one) in self.classes]
                holder.names = set().union(*bases)
                self.found.facts.append((x, "__mro__", x.__mro__))
            names = tuple(attributes if holder.is_object else holder.names | self.asked)
            step = partial(at_attribute, names)
            if holder.is_slotted:
                self.keep(Reading(partial(map, getattr, repeat(x), names, repeat(MISSING))), holder.where, step)
            elif holder.is_object:
                named = tuple(self.attributes | holder.names)
                by_name = Reading(partial(map, attributes.get, named, repeat(MISSING)))
                narrow = None if self.reads_all else Compared(by_name, holder.where, partial(at_attribute, named))
                self.keep(attributes.values(), holder.where, step, narrow)
            else:
                where = holder.where
                self.found.variables += [
                    (attributes, name, attributes.get(name, MISSING), (where, f".{name}")) for name in names
                ]
                if not isinstance(
                    x, FunctionType
                ):  # a name that is new may come before others, or be one that was missed
                    self.found.sizes.append((attributes, len(attributes), where))

    def keep(self, now: Iterable[Any], where: Where, step: Any, narrow: Compared | None = None) -> None:
        self.found.sources.append(Compared(now, where, step, narrow))

    def take(self, names: Names) -> None:
        self.news |= names.attributes
        self.reads_all |= names.by_text
        self.prints |= names.prints
        self.makes |= names.makes
        self.asked |= names.asked
        if names.reaching:
            self.found.unreachable = f"finds what it reads by {names.reaching}"

    def all_of(self, items: Iterable[Any], where: Where) -> None:
        self.waiting += [(item, where) for item in items]

    def hold(self, x: Any, attributes: Any, where: Where, whole: bool = False) -> Holder:
        holder = Holder(x, attributes, where, whole)
        self.holders.append(holder)
        self.look_in(holder, self.attributes)
        return holder

    def look_in(self, holder: Holder, names: Iterable[str]) -> None:
        if holder.whole or (self.reads_all and (not isinstance(holder.x, ModuleType) or id(holder.x) in self.texted)):
            names = [name for name in holder.attributes if holder.is_object or not name.startswith("__")]
        for name in names:
            if name in holder.attributes and name not in holder.names:
                holder.names.add(name)
                content = holder.attributes[name]
                if type(content) is Value:
                    self.found.values.add(id(content))
                elif content is not MISSING and not self._is_fixed(type(content)):
                    self.wait(content, (holder.where, f".{name}"))


class Holder:
    """A module, class or object, and which of its attributes can be read."""

    def __init__(self, x: Any, attributes: Any, where: Where, whole: bool) -> None:
        self.x, self.attributes, self.where, self.whole = x, attributes, where, whole
        self.is_object = not isinstance(x, type | ModuleType | FunctionType)
        self.is_slotted = self.is_object and attributes is not getattr(x, "__dict__", None)
        self.names: set[str] = set()

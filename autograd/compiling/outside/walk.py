"""Walk: all that can be found outside from the names that a function's code has."""

from __future__ import annotations

import builtins
import gc
import sys
import types
import weakref
from collections import deque
from collections.abc import Callable, Container, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache, partial, partialmethod
from importlib.util import resolve_name
from itertools import repeat
from operator import attrgetter, methodcaller
from pathlib import Path, PurePath
from random import Random, SystemRandom
from re import Pattern
from threading import Lock, RLock
from types import CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

import numpy as np

from ...callers import is_own
from ...core.value import Value
from .compared import MISSING, Compared, Reading, Where, at_attribute, at_key, at_place, path_of
from .library import IMPURE, IMPURE_NUMPY, impure, is_library, is_of_library, is_pure, module_of
from .names import Names, names_of

MOST = 1_000_000  # items looked at: comparing them before each call takes 18 ms

_FIXED: tuple[type, ...] = (
    *(str, bytes, int, float, complex, type(None), type(...), type(NotImplemented), range, slice),
    *(Decimal, Fraction, date, time, timedelta, tzinfo, Pattern, PurePath, type(Lock()), type(RLock())),
    *(np.generic, np.dtype, CodeType, types.GenericAlias, types.UnionType),
    *(types.GetSetDescriptorType, MemberDescriptorType, types.WrapperDescriptorType, types.MethodDescriptorType),
    *(types.ClassMethodDescriptorType, types.MethodWrapperType),
)
_VIEWS: tuple[Any, ...] = (type({}.keys()), type({}.values()), type({}.items()))
_CACHED = type(lru_cache(len))
_BUILTINS = dict(vars(builtins))  # as Python has them; others may be put there
_ITSELF = __name__.split(".")[0]


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


def look_through(function: Callable[..., Any], arguments: Sequence[Any], ran: Container[CodeType] | None) -> Found:
    """All that the function can read; of the functions that it can call, only what those that `ran` can read."""
    walk = _Walk(ran)
    walk.wait(function, "")
    for k, argument in enumerate(arguments):
        walk.wait(argument, f"argument {k}")
    walk.run()
    return walk.found


class _Walk:
    def __init__(self, ran: Container[CodeType] | None) -> None:
        self.found = Found()
        self._ran = ran
        self._waiting: list[tuple[Any, Where]] = []
        self._seen: dict[int, Any] = {}  # kept, so that no other object gets the identity
        self._attributes: set[str] = set()  # names that code seen so far has
        self._news: set[str] = set()
        self._holders: list[_Holder] = []
        self._classes: dict[int, _Holder] = {}
        self._fixed: dict[type, bool] = {}
        self._asked: set[str] = set()  # attributes that there need not be
        self._all = False  # whether attributes are found by texts, so that any may be read
        self._texted: set[int] = set()  # modules that code has a name for which does so
        self._prints = self._makes = False
        self._count = 0

    def wait(self, x: Any, where: Where) -> None:
        """Lets something be looked at."""
        self._waiting.append((x, where))

    def run(self) -> None:
        """Looks at all that is waiting, and at what is found there."""
        while True:
            while self._waiting:
                x, where = self._waiting.pop()
                if not self._is_fixed(type(x)) and id(x) not in self._seen:
                    self._seen[id(x)] = x
                    try:
                        self._look_at(x, where)
                    except Exception as error:  # of an attribute of the user's, or a weak proxy
                        self.found.unreachable = f"finds {path_of(where)}, which cannot be looked at: {error}"
                if self._count > MOST:
                    self.found.unreachable = f"can read more than {MOST:,} numbers, as in {path_of(where)}"
                    return
            news, self._news = self._news - self._attributes, set()
            self._attributes |= news
            for holder in self._holders:
                self._look_in(holder, news)
            if not self._waiting and not self._news:
                break
        if not self._attributes.isdisjoint(IMPURE_NUMPY) and id(np) in self._seen:
            self.found.is_impure = True
            if "random" in self._attributes:
                self.found.generators.append(np.random.mtrand._rand)
        if "modules" in self._attributes and id(sys) in self._seen:
            self.found.unreachable = "finds what it reads by sys.modules"
        self._remember()

    def _is_fixed(self, kind: type) -> bool:
        """Whether what is of this kind stays what it is; attributes can be set where the user's class allows it."""
        if kind not in self._fixed:
            is_fixed = issubclass(kind, _FIXED) and not issubclass(kind, Path)  # a path alone is a text
            self._fixed[kind] = is_fixed and (not kind.__dictoffset__ or is_of_library(module_of(kind)))
        return self._fixed[kind]

    def _is_simple(self, kind: type) -> bool:
        """Whether nothing more has to be looked at in what is of this kind than which one it is."""
        return kind is Value or self._is_fixed(kind)

    def _remember(self) -> None:
        """What is to be compared of functions, modules, classes and objects."""
        for holder in self._holders:
            x, attributes = holder.x, holder.attributes
            if isinstance(x, type):  # what a class of a base has, may come to stand in the class itself
                bases = [self._classes[id(one)].names for one in x.__mro__ if id(one) in self._classes]
                holder.names = set().union(*bases)
                self.found.facts.append((x, "__mro__", x.__mro__))
            names = tuple(attributes if holder.is_object else holder.names | self._asked)
            step = partial(at_attribute, names)
            if holder.is_slotted:
                self._keep(Reading(partial(map, getattr, repeat(x), names, repeat(MISSING))), holder.where, step)
            elif holder.is_object:
                named = tuple(self._attributes | holder.names)
                by_name = Reading(partial(map, attributes.get, named, repeat(MISSING)))
                narrow = None if self._all else Compared(by_name, holder.where, partial(at_attribute, named))
                self._keep(attributes.values(), holder.where, step, narrow)
            else:
                where = holder.where
                self.found.variables += [
                    (attributes, name, attributes.get(name, MISSING), (where, f".{name}")) for name in names
                ]
                if not isinstance(
                    x, FunctionType
                ):  # a name that is new may come before others, or be one that was missed
                    self.found.sizes.append((attributes, len(attributes), where))

    def _keep(self, now: Iterable[Any], where: Where, step: Any, narrow: Compared | None = None) -> None:
        self.found.sources.append(Compared(now, where, step, narrow))

    def _look_at(self, x: Any, where: Where) -> None:
        kind = type(x)
        if isinstance(x, Value):
            self.found.values.add(id(x))
            if not is_of_library(module_of(kind)):
                self._look_at_object(x, where)
        elif isinstance(x, FunctionType):
            self._look_at_function(x, where)
        elif isinstance(x, MethodType):
            self._all_of([x.__self__, x.__func__], where or "self")
        elif isinstance(x, types.BuiltinFunctionType):
            self.found.is_impure |= bool(impure(x))
            if not isinstance(x.__self__, ModuleType | type):
                self.wait(x.__self__, where)
        elif isinstance(x, attrgetter | methodcaller):
            self._look_at_getter(x, where)
        elif isinstance(x, _CACHED):
            self._look_at_cache(x, where)
        elif isinstance(x, _VIEWS):
            self.wait(x.mapping, where)
        elif isinstance(x, Path):
            self.found.is_impure = True
        elif isinstance(x, partial | partialmethod):
            # Python does not tell when C code calls it
            if isinstance(x.func, types.BuiltinFunctionType) and (name := impure(x.func)):
                self.found.unreachable = f"calls {name} by {path_of(where)}"
            self._all_of([x.func, *x.args, *x.keywords.values()], where)
        elif isinstance(x, property):
            self._all_of([x.fget, x.fset, x.fdel], where)
        elif isinstance(x, classmethod | staticmethod):
            self.wait(x.__func__, where)
        elif isinstance(x, cached_property):
            self.wait(x.func, where)
        elif isinstance(x, types.CellType):
            self._look_at_cell(x, where)
        elif isinstance(x, ModuleType):
            self._look_at_module(x, where)
        elif isinstance(x, type):
            self._look_at_class(x, where, called=True)
        elif module_of(kind).split(".")[0] == _ITSELF:
            self.wait(getattr(x, "function", None), where)  # what is compiled, or the like
        elif isinstance(x, weakref.ReferenceType):
            self._keep(Reading(lambda: [x() is None]), where, "".format)
            self.wait(x(), (where, "()"))
        elif isinstance(x, ContextVar):
            self._look_at_items(Reading(partial(_content, x)), where, at_place)
        elif isinstance(x, np.ndarray) and x.dtype.kind != "O":
            self._count += x.size
            self.found.arrays.append(x)
            self.found.arrays_at.append(where)
            if not is_of_library(module_of(kind)):
                self._hold(x, vars(x), where)
                self._look_at_class(kind, where, called=False)
        elif module_of(kind).startswith("numpy.random") or isinstance(x, Random):
            self.found.is_impure = True
            if not isinstance(x, SystemRandom):
                self.found.generators.append(x)
        elif isinstance(x, np.ufunc):  # by frompyfunc it has a function of the user's
            self._all_of([one for one in gc.get_referents(x) if callable(one)], where)
        elif module_of(kind).split(".")[0] != "numpy" or isinstance(x, np.ndarray):
            self._look_at_object(x, where)
        elif hasattr(x, "__dict__"):
            self._hold(x, vars(x), where, whole=True)

    def _look_at_function(self, f: FunctionType, where: Where) -> None:
        if self._ran is not None and f.__code__ not in self._ran:
            return
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=False):
            self._look_at_cell(cell, name)
        self._all_of([*(f.__defaults__ or ()), f.__kwdefaults__], where)
        if f.__dict__ or names_of(f.__code__).asked:
            self._hold(f, vars(f), where)
        if is_library(f.__code__, f.__globals__):  # what a library has names for stays what it is
            self.found.is_impure |= not is_own(f.__code__) and not is_pure(str(f.__globals__.get("__name__")))
            return
        # a module that is loaded again while a notebook runs may put other code into its functions
        attributes = ("__code__", "__defaults__", "__kwdefaults__")
        self.found.facts += [(f, name, getattr(f, name)) for name in attributes if getattr(f, name)]
        names = names_of(f.__code__)
        self._take(names)
        for name in names.variables:
            if not name.isidentifier():  # what rewrites code, as pytest does asserts, has names that no program has
                continue
            if name in f.__globals__:
                value = f.__globals__[name]
                self.wait(value, name)
                self.found.variables.append((f.__globals__, name, value, name))
                if names.by_text and isinstance(value, ModuleType):
                    self._texted.add(id(value))
            else:
                self.found.absent.setdefault(id(f.__globals__), (f.__globals__, set()))[1].add(name)
                self.found.is_impure |= name in IMPURE
                if name in IMPURE and name in names.passed:  # Python does not tell when C code calls it
                    self.found.unreachable = f"may have {name} called"
                if name not in _BUILTINS and name in vars(builtins):
                    self.wait(vars(builtins)[name], name)
                    self.found.variables.append((vars(builtins), name, vars(builtins)[name], name))
        for name in names.modules:
            self._look_at_import(name, f.__globals__)

    def _look_at_import(self, name: str, variables: dict[str, Any]) -> None:
        if name.startswith("."):
            try:
                name = resolve_name(name, str(variables.get("__package__")))
            except ImportError:  # it will be raised by the import
                return
        parts = name.split(".")
        for k in range(len(parts)):
            one = ".".join(parts[: k + 1])
            if one in sys.modules:
                self.wait(sys.modules[one], one)
                self.found.variables.append((sys.modules, one, sys.modules[one], one))
            else:
                self.found.is_impure = True

    def _look_at_cache(self, x: Any, where: Where) -> None:
        """What functools has kept of the results of a function: they are given again, whatever it would give now."""
        self._look_at_object(x, where)
        held = gc.get_referents(x)
        caches = [one for one in held if type(one) is dict and one is not vars(x)]
        for one in caches:
            self._look_at_keys(one, where)
        results = [*(one for one in held if type(one) is not dict), *(y for one in caches for y in one.values())]
        self._all_of([one for one in results if type(one).__name__ != "_lru_list_elem"], where)

    def _look_at_keys(self, x: dict[Any, Any], where: Where) -> None:
        self._count += len(x)
        self._keep(Reading(lambda: [*x, *x.values()]), where, partial(at_key, x))

    def _look_at_getter(self, x: Any, where: Where) -> None:
        make, arguments = x.__reduce__()
        is_getter = isinstance(x, attrgetter)
        named = getattr(make, "args", ()) + arguments  # a methodcaller with keywords is made by a partial function
        self._news |= {part for name in (named if is_getter else named[:1]) for part in name.split(".")}
        self._all_of([*named[1:], *getattr(make, "keywords", {}).values()], where)

    def _look_at_cell(self, cell: types.CellType, where: Where) -> None:
        if id(cell) in self._seen and where is not cell:
            return
        self._seen[id(cell)] = cell
        content = read_cell(cell)
        self.found.cells.append((cell, content, where))
        if content is not MISSING:
            self.wait(content, where)

    def _take(self, names: Names) -> None:
        self._news |= names.attributes
        self._all |= names.by_text
        self._prints |= names.prints
        self._makes |= names.makes
        self._asked |= names.asked
        if names.reaching:
            self.found.unreachable = f"finds what it reads by {names.reaching}"

    def _all_of(self, items: Iterable[Any], where: Where) -> None:
        self._waiting += [(item, where) for item in items]

    def _look_at_module(self, module: ModuleType, where: Where) -> None:
        name = module.__name__
        if name.startswith("numpy.random"):
            self.found.is_impure = True
            self.found.generators.append(np.random.mtrand._rand)
        elif not is_of_library(name):
            self._look_in(self._hold(module, vars(module), where), ["__getattr__"])
        elif not is_pure(name):  # it could be followed through all of Python
            self.found.is_impure = True
            kept = ("environ", "argv", "_inst")  # and the generator of `random`
            self._all_of([vars(module)[key] for key in kept if key in vars(module)], where)

    def _look_at_class(self, cls: type, where: Where, called: bool) -> None:
        if type(cls) is not type:
            self._look_at_class(type(cls), where, called=True)
        for one in cls.__mro__:
            module = module_of(one)
            if is_of_library(module):
                if not is_pure(module):
                    self.found.is_impure = True
                continue
            if id(one) not in self._classes:
                self._classes[id(one)] = self._hold(one, vars(one), where)
            self._look_in(self._classes[id(one)], [name for name in vars(one) if self._is_called(name, called)])

    def _is_called(self, name: str, called: bool) -> bool:
        """Whether Python itself calls the method of that name."""
        if not (name.startswith("__") and name.endswith("__")):
            return False
        if name in _MAKING:
            return called or self._makes
        if name in _TEXTS:
            return self._prints
        return name not in _ASIDE

    def _look_at_object(self, x: Any, where: Where) -> None:
        kind = type(x)
        source = container(x)
        if source is not None:
            is_named = isinstance(x, dict | types.MappingProxyType)
            self._look_at_items(source, where, partial(at_key, x) if is_named else at_place)
        attributes = getattr(x, "__dict__", None)
        if type(attributes) is dict:
            # the code of a library has names that are not known
            self._hold(x, attributes, where, whole=any(map(_is_of_python, kind.__mro__)))
        slots = slots_of(kind)
        if slots:
            self._hold(x, {slot: getattr(x, slot, MISSING) for slot in slots}, where)
        is_looked_into = source is not None or type(attributes) is dict or slots or kind is object
        if hasattr(kind, "__next__") or not (is_looked_into or is_pure(module_of(kind))):
            self.found.unreachable = f"reads {path_of(where)}, of the type {kind.__name__}, which cannot be looked into"
        self._look_at_class(kind, where, called=False)

    def _look_at_items(self, source: Iterable[Any], where: Where, step_into: Callable[[int], str]) -> None:
        items = list(source)
        self._count += len(items)
        kinds = set(map(type, items))
        if not isinstance(source, tuple | frozenset):  # those stay what they are
            self._keep(source, where, step_into)
        if any(issubclass(kind, Value) for kind in kinds):
            self.found.values.update(map(id, items))
        if not all(map(self._is_simple, kinds)):
            self._waiting += [
                (item, (where, step_into(k))) for k, item in enumerate(items) if not self._is_simple(type(item))
            ]

    def _hold(self, x: Any, attributes: Any, where: Where, whole: bool = False) -> _Holder:
        holder = _Holder(x, attributes, where, whole)
        self._holders.append(holder)
        self._look_in(holder, self._attributes)
        return holder

    def _look_in(self, holder: _Holder, names: Iterable[str]) -> None:
        if holder.whole or (self._all and (not isinstance(holder.x, ModuleType) or id(holder.x) in self._texted)):
            names = [name for name in holder.attributes if holder.is_object or not name.startswith("__")]
        for name in names:
            if name in holder.attributes and name not in holder.names:
                holder.names.add(name)
                content = holder.attributes[name]
                if type(content) is Value:
                    self.found.values.add(id(content))
                elif content is not MISSING and not self._is_fixed(type(content)):
                    self.wait(content, (holder.where, f".{name}"))


_MAKING = frozenset(("__init__", "__new__", "__post_init__", "__init_subclass__", "__class_getitem__", "__set_name__"))
_TEXTS = frozenset(("__str__", "__repr__", "__format__"))
_ASIDE = frozenset(
    (
        *("__del__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__dir__", "__sizeof__"),
        *("__dict__", "__weakref__", "__doc__", "__module__", "__qualname__", "__annotations__", "__slots__"),
        *("__match_args__", "__firstlineno__", "__static_attributes__"),
    )
)


class _Holder:
    """A module, class or object, and which of its attributes can be read."""

    def __init__(self, x: Any, attributes: Any, where: Where, whole: bool) -> None:
        self.x, self.attributes, self.where, self.whole = x, attributes, where, whole
        self.is_object = not isinstance(x, type | ModuleType | FunctionType)
        self.is_slotted = self.is_object and attributes is not getattr(x, "__dict__", None)
        self.names: set[str] = set()


def container(x: Any) -> Iterable[Any] | None:
    """What an object holds as items, to be looked through again before each call; None if it is no container."""
    if isinstance(x, list | tuple | set | frozenset | deque):
        return x
    if isinstance(x, dict):
        return Reading(lambda: [*x, *x.values()])
    if isinstance(x, types.MappingProxyType):
        return Reading(lambda: [*x, *x.values()])
    if isinstance(x, np.ndarray):
        return Reading(lambda: x.ravel().tolist())
    if isinstance(x, bytearray | memoryview) or (type(x).__module__ == "array" and type(x).__name__ == "array"):
        return Reading(lambda: [bytes(x)])
    return None


def _content(variable: ContextVar[Any]) -> list[Any]:
    return [variable.get(MISSING)]


def _is_of_python(kind: type) -> bool:
    root = module_of(kind).split(".")[0]
    return root in sys.stdlib_module_names and root not in ("builtins", "abc", "typing", "__main__")


def slots_of(kind: type) -> list[str]:
    """The names of the slots of a class."""
    with_slots = [vars(one) for one in kind.__mro__ if "__slots__" in vars(one) and one is not Value]
    return [name for one in with_slots for name, slot in one.items() if isinstance(slot, MemberDescriptorType)]


def read_cell(cell: types.CellType) -> Any:
    """What is in a variable, or MISSING."""
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING

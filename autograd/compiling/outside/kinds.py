"""Kinds: how each kind of object is looked through for what a function could read in it."""

from __future__ import annotations

import gc
import sys
import types
import weakref
from collections import deque
from collections.abc import Callable, Container, Iterable, Sequence
from contextvars import ContextVar
from functools import cached_property, lru_cache, partial, partialmethod
from operator import attrgetter, methodcaller
from pathlib import Path
from random import Random, SystemRandom
from types import CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

import numpy as np

from ...core.value import Value
from .code import look_at_cell, look_at_class, look_at_function, look_at_module
from .compared import MISSING, Reading, Where, at_key, at_place, path_of
from .library import impure, is_of_library, is_pure, module_of
from .walk import Found, Walk

_VIEWS: tuple[Any, ...] = (type({}.keys()), type({}.values()), type({}.items()))
_CACHED = type(lru_cache(len))
_ITSELF = __name__.split(".")[0]


def look_through(function: Callable[..., Any], arguments: Sequence[Any], ran: Container[CodeType] | None) -> Found:
    """All that the function can read; of the functions that it can call, only what those that `ran` can read."""
    walk = Walk(ran)
    walk.wait(function, "")
    for k, argument in enumerate(arguments):
        walk.wait(argument, f"argument {k}")
    walk.run(look_at)
    return walk.found


def look_at(walk: Walk, x: Any, where: Where) -> None:
    """Notes what of an object is to be compared, and what of it is to be looked at too."""
    kind = type(x)
    if isinstance(x, Value):
        walk.found.values.add(id(x))
        if not is_of_library(module_of(kind)):
            _object(walk, x, where)
    elif isinstance(x, FunctionType):
        look_at_function(walk, x, where)
    elif isinstance(x, MethodType):
        walk.all_of([x.__self__, x.__func__], where or "self")
    elif isinstance(x, types.BuiltinFunctionType):
        walk.found.is_impure |= bool(impure(x))
        if not isinstance(x.__self__, ModuleType | type):
            walk.wait(x.__self__, where)
    elif isinstance(x, attrgetter | methodcaller):
        _getter(walk, x, where)
    elif isinstance(x, _CACHED):
        _cache(walk, x, where)
    elif isinstance(x, _VIEWS):
        walk.wait(x.mapping, where)
    elif isinstance(x, Path):
        walk.found.is_impure = True
    elif isinstance(x, partial | partialmethod):
        # Python does not tell when C code calls it
        if isinstance(x.func, types.BuiltinFunctionType) and (name := impure(x.func)):
            walk.found.unreachable = f"calls {name} by {path_of(where)}"
        walk.all_of([x.func, *x.args, *x.keywords.values()], where)
    elif isinstance(x, property):
        walk.all_of([x.fget, x.fset, x.fdel], where)
    elif isinstance(x, classmethod | staticmethod):
        walk.wait(x.__func__, where)
    elif isinstance(x, cached_property):
        walk.wait(x.func, where)
    elif isinstance(x, types.CellType):
        look_at_cell(walk, x, where)
    elif isinstance(x, ModuleType):
        look_at_module(walk, x, where)
    elif isinstance(x, type):
        look_at_class(walk, x, where, called=True)
    elif module_of(kind).split(".")[0] == _ITSELF:
        walk.wait(getattr(x, "function", None), where)  # what is compiled, or the like
    elif isinstance(x, weakref.ReferenceType):
        walk.keep(Reading(lambda: [x() is None]), where, "".format)
        walk.wait(x(), (where, "()"))
    elif isinstance(x, ContextVar):
        _items(walk, Reading(lambda: [x.get(MISSING)]), where, at_place)
    elif isinstance(x, np.ndarray) and x.dtype.kind != "O":
        walk.count += x.size
        walk.found.arrays.append(x)
        walk.found.arrays_at.append(where)
        if not is_of_library(module_of(kind)):
            walk.hold(x, vars(x), where)
            look_at_class(walk, kind, where, called=False)
    elif module_of(kind).startswith("numpy.random") or isinstance(x, Random):
        walk.found.is_impure = True
        if not isinstance(x, SystemRandom):
            walk.found.generators.append(x)
    elif isinstance(x, np.ufunc):  # by frompyfunc it has a function of the user's
        walk.all_of([one for one in gc.get_referents(x) if callable(one)], where)
    elif module_of(kind).split(".")[0] != "numpy" or isinstance(x, np.ndarray):
        _object(walk, x, where)
    elif hasattr(x, "__dict__"):
        walk.hold(x, vars(x), where, whole=True)


def _cache(walk: Walk, x: Any, where: Where) -> None:
    """What functools has kept of the results of a function: they are given again, whatever it would give now."""
    _object(walk, x, where)
    held = gc.get_referents(x)
    caches = [one for one in held if type(one) is dict and one is not vars(x)]
    for one in caches:
        _keys(walk, one, where)
    results = [*(one for one in held if type(one) is not dict), *(y for one in caches for y in one.values())]
    walk.all_of([one for one in results if type(one).__name__ != "_lru_list_elem"], where)


def _keys(walk: Walk, x: dict[Any, Any], where: Where) -> None:
    walk.count += len(x)
    walk.keep(Reading(lambda: [*x, *x.values()]), where, partial(at_key, x))


def _getter(walk: Walk, x: Any, where: Where) -> None:
    make, arguments = x.__reduce__()
    is_getter = isinstance(x, attrgetter)
    named = getattr(make, "args", ()) + arguments  # a methodcaller with keywords is made by a partial function
    walk.news |= {part for name in (named if is_getter else named[:1]) for part in name.split(".")}
    walk.all_of([*named[1:], *getattr(make, "keywords", {}).values()], where)


def _object(walk: Walk, x: Any, where: Where) -> None:
    kind = type(x)
    source = _container(x)
    if source is not None:
        is_named = isinstance(x, dict | types.MappingProxyType)
        _items(walk, source, where, partial(at_key, x) if is_named else at_place)
    attributes = getattr(x, "__dict__", None)
    if type(attributes) is dict:
        # the code of a library has names that are not known
        walk.hold(x, attributes, where, whole=any(map(_is_of_python, kind.__mro__)))
    slots = _slots_of(kind)
    if slots:
        walk.hold(x, {slot: getattr(x, slot, MISSING) for slot in slots}, where)
    is_looked_into = source is not None or type(attributes) is dict or slots or kind is object
    if hasattr(kind, "__next__") or not (is_looked_into or is_pure(module_of(kind))):
        walk.found.unreachable = f"reads {path_of(where)}, of the type {kind.__name__}, which cannot be looked into"
    look_at_class(walk, kind, where, called=False)


def _items(walk: Walk, source: Iterable[Any], where: Where, step_into: Callable[[int], str]) -> None:
    items = list(source)
    walk.count += len(items)
    kinds = set(map(type, items))
    if not isinstance(source, tuple | frozenset):  # those stay what they are
        walk.keep(source, where, step_into)
    if any(issubclass(kind, Value) for kind in kinds):
        walk.found.values.update(map(id, items))
    if not all(map(walk.is_simple, kinds)):
        walk.waiting += [
            (item, (where, step_into(k))) for k, item in enumerate(items) if not walk.is_simple(type(item))
        ]


def _is_of_python(kind: type) -> bool:
    root = module_of(kind).split(".")[0]
    return root in sys.stdlib_module_names and root not in ("builtins", "abc", "typing", "__main__")


def _container(x: Any) -> Iterable[Any] | None:
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


def _slots_of(kind: type) -> list[str]:
    """The names of the slots of a class."""
    with_slots = [vars(one) for one in kind.__mro__ if "__slots__" in vars(one) and one is not Value]
    return [name for one in with_slots for name, slot in one.items() if isinstance(slot, MemberDescriptorType)]

"""Calls: what an arm of a choice may call and look into, since it may be computed although it is not taken."""

from __future__ import annotations

import builtins
import math
import types
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np

from ...callers import is_own
from ...core.ops import TABLE
from ...core.value import Value
from ...vocabularies import functions
from ..graph.carried import Carried

# Their results follow from their arguments, and nothing else happens; arguments are looked at, for iterators run out.
_BUILTINS: frozenset[Any] = frozenset(
    (
        *(
            abs,
            all,
            any,
            bool,
            divmod,
            float,
            int,
            len,
            list,
            max,
            min,
            pow,
            range,
            reversed,
            round,
            sorted,
            sum,
            tuple,
        ),
        *(zip, enumerate, isinstance, dict, set, frozenset, complex),
    )
)
_METHODS: dict[type, frozenset[str]] = {
    list: frozenset(("index", "count", "copy")),
    dict: frozenset(("get", "items", "keys", "values", "copy")),
    tuple: frozenset(("index", "count")),
    range: frozenset(("index", "count")),
    float: frozenset(("is_integer",)),
}
_REPEATABLE: tuple[Any, ...] = (
    list,
    tuple,
    range,
    dict,
    set,
    frozenset,
    str,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)
_FRESH: tuple[Any, ...] = (zip, enumerate, reversed, types.GeneratorType, type(reversed([])))
_LOOKED_INTO = (list, tuple, dict, range, str)
_COMPILING = __name__.rpartition(".reading")[0]
_attribute_of = attrgetter("__getattribute__")
_ORDINARY = _attribute_of(object)
_MATH = frozenset(x for x in vars(math).values() if callable(x))
_FUNCTIONS = {id(getattr(functions, name)): None for name in (*TABLE, "softmax", "log_softmax")}


def is_pure(function: Any) -> bool:
    """Whether a function, not of the user's, does nothing but give a result; its arguments are looked at besides."""
    kind = type(function)
    if kind is types.BuiltinFunctionType or kind is types.BuiltinMethodType:
        owner = function.__self__
        if owner is None or isinstance(owner, types.ModuleType):
            return function in _BUILTINS or function in _MATH
        return function.__name__ in _METHODS.get(type(owner), ())
    if isinstance(function, type):
        return function in _BUILTINS
    if kind is types.FunctionType:
        return id(function) in _FUNCTIONS
    if kind is types.MethodType:  # of a Value: they are the functions of the rows
        owner = function.__self__
        return isinstance(owner, Value) and (function.__name__ in TABLE or function.__name__ == "detach")
    return isinstance(function, np.ufunc) or (kind.__module__ == "builtins" and kind.__name__ == "method-wrapper")


def is_seen(x: Any, name: str) -> bool:
    """Whether an attribute is there to be read, without a function of the user's that is called for it."""
    kind = type(x)
    if kind is types.ModuleType or kind is types.FunctionType:
        return name in vars(x) or name.startswith("__")
    if isinstance(x, Value):
        return name == "data" or name == "detach" or name in TABLE
    if kind is Carried or kind.__module__ in ("builtins", "numpy") or isinstance(x, np.ndarray):
        return True
    if isinstance(x, type) or _attribute_of(kind) is not _ORDINARY:
        return isinstance(x, type) and type(x) is type and any(name in vars(one) for one in x.__mro__)
    for one in kind.__mro__:
        if name in vars(one):
            found = vars(one)[name]
            if type(found).__module__.startswith(_COMPILING):  # a method that is compiled
                return True
            return isinstance(
                found,
                types.FunctionType
                | types.MemberDescriptorType
                | staticmethod
                | classmethod
                | float
                | int
                | str
                | tuple
                | list
                | dict
                | Value
                | type(None),
            )
    return name in getattr(x, "__dict__", ())


def is_looked_into(x: Any) -> bool:
    """Whether an item is there to be read."""
    return type(x) in _LOOKED_INTO or isinstance(x, np.ndarray)


def is_repeatable(x: Any) -> bool:
    """Whether going through something leaves it as it is."""
    return type(x) in _REPEATABLE or isinstance(x, np.ndarray)


def is_known(x: Any) -> bool:
    """Whether something has no methods of the user's that are called for it."""
    return isinstance(x, Value | type | np.ndarray) or type(x) is Carried or type(x).__module__ in ("builtins", "numpy")


def runs_out(x: Any) -> bool:
    """Whether something gives its items once."""
    return hasattr(type(x), "__next__")


def is_fresh(x: Any) -> bool:
    """Whether something that gives its items once is of a kind that may be made for this one time."""
    return type(x) in _FRESH


def function_of(callee: Any) -> tuple[types.FunctionType, Callable[[Any], Any]] | None:
    """The function of the user's that a call runs, and how something else is called in place of it."""
    kind = type(callee)
    if kind is types.FunctionType:
        return (callee, lambda f: f) if not is_own(callee.__code__) else None
    if kind is types.MethodType and type(callee.__func__) is not types.FunctionType:  # that of a compiled method
        return function_of(callee.__func__)
    if kind is types.MethodType:
        found = function_of(callee.__func__)
        return found and (found[0], lambda f: types.MethodType(found[1](f), callee.__self__))
    if isinstance(callee, type) or kind.__module__ == "builtins":
        return None
    if kind.__module__.startswith(_COMPILING):  # what is compiled calls the function itself
        return function_of(getattr(callee, "function", None))
    if kind is partial:
        held = function_of(callee.func)
        return held and (held[0], lambda f: partial(held[1](f), *callee.args, **callee.keywords))
    method = next((vars(one)["__call__"] for one in kind.__mro__ if "__call__" in vars(one)), None)
    if type(method) is types.FunctionType and not is_own(method.__code__):
        return method, lambda f: types.MethodType(f, callee)
    return None


BUILTIN = {id(getattr(builtins, name)): name for name in ("min", "max", "sorted", "zip", "enumerate", "reversed")}

"""Code: what functions, modules and classes have names for."""

from __future__ import annotations

import builtins
import sys
import types
from importlib.util import resolve_name
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from ...callers import is_own
from .compared import MISSING, Where
from .library import CHANGING, IMPURE, is_library, is_of_library, is_pure, module_of
from .names import names_of
from .walk import Walk

_BUILTINS = dict(vars(builtins))  # as Python has them; others may be put there


_MAKING = frozenset(("__init__", "__new__", "__post_init__", "__init_subclass__", "__class_getitem__", "__set_name__"))
_TEXTS = frozenset(("__str__", "__repr__", "__format__"))
_ASIDE = frozenset(
    (
        *("__del__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__dir__", "__sizeof__"),
        *("__dict__", "__weakref__", "__doc__", "__module__", "__qualname__", "__annotations__", "__slots__"),
        *("__match_args__", "__firstlineno__", "__static_attributes__"),
    )
)


def look_at_function(walk: Walk, f: FunctionType, where: Where) -> None:
    """What a function has names for, if it is not a library's; its defaults, and variables of functions around it."""
    if walk.ran is not None and f.__code__ not in walk.ran:
        return
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=False):
        look_at_cell(walk, cell, name)
    walk.all_of([*(f.__defaults__ or ()), f.__kwdefaults__], where)
    if f.__dict__ or names_of(f.__code__).asked:
        walk.hold(f, vars(f), where)
    if is_library(f.__code__, f.__globals__):  # what a library has names for stays what it is
        walk.found.is_impure |= not is_own(f.__code__) and not is_pure(str(f.__globals__.get("__name__")))
        return
    # a module that is loaded again while a notebook runs may put other code into its functions
    attributes = ("__code__", "__defaults__", "__kwdefaults__")
    walk.found.facts += [(f, name, getattr(f, name)) for name in attributes if getattr(f, name)]
    names = names_of(f.__code__)
    walk.take(names)
    for name in names.variables:
        if not name.isidentifier():  # what rewrites code, as pytest does asserts, has names that no program has
            continue
        if name in f.__globals__:
            value = f.__globals__[name]
            walk.wait(value, name)
            walk.found.variables.append((f.__globals__, name, value, name))
            if names.by_text and isinstance(value, ModuleType):
                walk.texted.add(id(value))
        else:
            walk.found.absent.setdefault(id(f.__globals__), (f.__globals__, set()))[1].add(name)
            walk.found.is_impure |= name in IMPURE
            if name in IMPURE and name in names.passed:  # Python does not tell when C code calls it
                walk.found.unreachable = f"may have {name} called"
            if name not in _BUILTINS and name in vars(builtins):
                walk.wait(vars(builtins)[name], name)
                walk.found.variables.append((vars(builtins), name, vars(builtins)[name], name))
    for name in names.modules:
        _import(walk, name, f.__globals__)


def _import(walk: Walk, name: str, variables: dict[str, Any]) -> None:
    if name.startswith("."):
        try:
            name = resolve_name(name, str(variables.get("__package__")))
        except ImportError:  # it will be raised by the import
            return
    parts = name.split(".")
    for k in range(len(parts)):
        one = ".".join(parts[: k + 1])
        if one in sys.modules:
            walk.wait(sys.modules[one], one)
            walk.found.variables.append((sys.modules, one, sys.modules[one], one))
        else:
            walk.found.is_impure = True


def look_at_cell(walk: Walk, cell: types.CellType, where: Where) -> None:
    """What is in a variable of a function around."""
    if id(cell) in walk.seen and where is not cell:
        return
    walk.seen[id(cell)] = cell
    content = read_cell(cell)
    walk.found.cells.append((cell, content, where))
    if content is not MISSING:
        walk.wait(content, where)


def look_at_module(walk: Walk, module: ModuleType, where: Where) -> None:
    """A module of the user's by its names; of a library, whether it does more than to compute."""
    name = module.__name__
    if name.startswith("numpy.random"):
        walk.found.is_impure = True
        walk.found.generators.append(np.random.mtrand._rand)
    elif not is_of_library(name):
        walk.look_in(walk.hold(module, vars(module), where), ["__getattr__"])
    elif not is_pure(name):  # it could be followed through all of Python
        walk.found.is_impure = True
        walk.all_of([vars(module)[key] for key in CHANGING if key in vars(module)], where)


def look_at_class(walk: Walk, cls: type, where: Where, called: bool) -> None:
    """The methods that Python itself calls: those that make an object too, where the class may be `called`."""
    if type(cls) is not type:
        look_at_class(walk, type(cls), where, called=True)
    for one in cls.__mro__:
        module = module_of(one)
        if is_of_library(module):
            if not is_pure(module):
                walk.found.is_impure = True
            continue
        if id(one) not in walk.classes:
            walk.classes[id(one)] = walk.hold(one, vars(one), where)
        walk.look_in(walk.classes[id(one)], [name for name in vars(one) if _is_called(walk, name, called)])


def _is_called(walk: Walk, name: str, called: bool) -> bool:
    """Whether Python itself calls the method of that name."""
    if not (name.startswith("__") and name.endswith("__")):
        return False
    if name in _MAKING:
        return called or walk.makes
    if name in _TEXTS:
        return walk.prints
    return name not in _ASIDE


def read_cell(cell: types.CellType) -> Any:
    """What is in a variable, or MISSING."""
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING

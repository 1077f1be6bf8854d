"""Closed: whether a schedule or a rule can be asked ahead: it depends on its arguments, and on numbers that stay.

Many steps are made in one call, with the rates of all of them, and meanwhile neither the weights nor the history are
what they will be at each. A function that might look at those, or count its calls, is asked at its step.
"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from .. import schedules
from .settings import Setting

_PLAIN = int | float | complex | str | bytes | None | np.generic | np.ufunc
_MODULES = {"builtins", "math", "cmath", "operator", "numpy", "autograd"}
_CHANGING = {
    "random",
    "open",
    "input",
    "globals",
    "locals",
    "vars",
    "getattr",
    "setattr",
    "next",
    "iter",
    "exec",
    "eval",
}
_STORES = ("STORE_", "DELETE_", "IMPORT_")


def is_closed(function: Any, owner: Any = None) -> bool:
    """Whether what the function gives depends on its arguments alone; a method's also on numbers of its `owner`.

    >>> base, losses = 0.1, []
    >>> is_closed(lambda step: base * 0.5 ** (step // 10)), is_closed(lambda step: base / (1 + len(losses)))
    (True, False)
    """
    return _is_closed(function, owner, set())


def _is_closed(x: Any, owner: Any, seen: set[int]) -> bool:
    if id(x) in seen or isinstance(x, _PLAIN) or x in type(owner).__mro__[:-1]:
        return True
    seen.add(id(x))
    if isinstance(x, type | BuiltinFunctionType):
        return x.__module__ in _MODULES
    if isinstance(x, ModuleType):
        return x.__name__.partition(".")[0] in _MODULES
    if isinstance(x, tuple | frozenset):
        parts: Any = x
    elif isinstance(x, partial):
        parts = x.func, *x.args, *x.keywords.values()
    elif isinstance(x, FunctionType):
        parts = _read(x, owner)
    elif type(x).__module__ == schedules.__name__:
        parts = vars(x).values()
    else:
        return False
    return all(_is_closed(one, owner, seen) for one in parts)


def _read(function: FunctionType, owner: Any) -> Iterator[Any]:
    """What a function reads besides its arguments; something that is not closed where that cannot be told."""
    yield from (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    yield from (cell.cell_contents for cell in function.__closure__ or ())
    codes: list[CodeType] = [function.__code__]
    for code in codes:
        codes += [one for one in code.co_consts if isinstance(one, CodeType)]
        for instruction in dis.get_instructions(code):
            kind, name = instruction.opname, instruction.argval
            if kind.startswith(_STORES) and not kind.startswith("STORE_FAST"):
                yield [kind]
            elif kind in ("LOAD_GLOBAL", "LOAD_NAME"):
                yield [name] if name in _CHANGING else function.__globals__.get(name)
            elif kind in ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR"):
                yield [name] if name in _CHANGING else _attributes(owner, name)


def _attributes(owner: Any, name: str) -> tuple[Any, ...]:
    """What an optimiser has by this name, as far as that is not known at each step of a call."""
    if name in ("steps_done", "memory") or owner is None:
        return ()
    found = [vars(kind)[name] for kind in type(owner).__mro__[:-1] if name in vars(kind)]
    return tuple([one for one in found if not isinstance(one, Setting)] + [vars(owner).get(name)] * (not found))

"""Asking: whether code that is not written anew asks of what type a number is, or which of two it is."""

from __future__ import annotations

import builtins
import dis
import weakref
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import CodeType, FunctionType

from ...core.value import Value


@dataclass(frozen=True)
class Asking:
    """Functions that ask, by name; "" where none does."""

    kinds: str = ""
    identity: str = ""


_known: weakref.WeakKeyDictionary[CodeType, tuple[bool, bool, bool]] = weakref.WeakKeyDictionary()


def asks_for_kinds(functions: Iterable[FunctionType]) -> Asking:
    """What is asked in these functions."""
    kinds = identity = ""
    for function in functions:
        code = function.__code__
        by_type, by_class, by_identity = _asks(code)
        if by_type or (by_class and _knows_value(function)):
            kinds = kinds or code.co_qualname
        identity = identity or (code.co_qualname if by_identity else "")
    return Asking(kinds, identity)


def _knows_value(function: FunctionType) -> bool:
    """Whether a function has a name for the class of Values: by it a number that was chosen is one at once."""
    names = function.__code__.co_names
    known = [function.__globals__.get(name) for name in names]
    for cell in function.__closure__ or ():
        with suppress(ValueError):
            known.append(cell.cell_contents)
    return "Value" in names or any(x is Value or (type(x) is tuple and Value in x) for x in known)


def _asks(code: CodeType) -> tuple[bool, bool, bool]:
    """Whether code asks for a type, whether it asks if something is of a class, and whether for which object it is."""
    if code not in _known:
        by_type, by_class = "type" in code.co_names, "isinstance" in code.co_names
        by_identity, before = "id" in code.co_names, None
        for step in dis.get_instructions(code):
            by_type |= step.opname == "MATCH_CLASS"
            by_identity |= step.opname == "IS_OP" and not _is_about_other_things(before)
            before = step
        inner = [_asks(x) for x in code.co_consts if isinstance(x, CodeType)]
        own = by_type, by_class, by_identity
        _known[code] = tuple(any(x[k] for x in (own, *inner)) for k in range(3))  # type: ignore[assignment]
    return _known[code]


def _is_about_other_things(step: dis.Instruction | None) -> bool:
    """Whether the right side of `is` is nothing that a number could be."""
    if step is None:
        return False
    if step.opname == "LOAD_CONST":
        return step.argval is None or step.argval is ...
    return step.opname == "LOAD_GLOBAL" and step.argval in vars(builtins)

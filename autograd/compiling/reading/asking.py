"""Asking: whether code that is not written anew asks of what type a number is, or which of two it is."""

from __future__ import annotations

import builtins
import dis
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType


@dataclass(frozen=True)
class Asking:
    """Functions that ask, by name; "" where none does."""

    kinds: str = ""
    identity: str = ""


_known: weakref.WeakKeyDictionary[CodeType, tuple[bool, bool]] = weakref.WeakKeyDictionary()


def asks_for_kinds(codes: Iterable[CodeType]) -> Asking:
    """What is asked in these functions."""
    kinds = identity = ""
    for code in codes:
        has_kinds, has_identity = _asks(code)
        kinds = kinds or (code.co_qualname if has_kinds else "")
        identity = identity or (code.co_qualname if has_identity else "")
    return Asking(kinds, identity)


def _asks(code: CodeType) -> tuple[bool, bool]:
    if code not in _known:
        kinds = "type" in code.co_names or ("isinstance" in code.co_names and "Value" in code.co_names)
        identity, before = "id" in code.co_names, None
        for step in dis.get_instructions(code) if not identity else ():
            if step.opname == "IS_OP":
                identity |= not _is_about_other_things(before)
            before = step
        inner = [_asks(x) for x in code.co_consts if isinstance(x, CodeType)]
        _known[code] = kinds or any(x[0] for x in inner), identity or any(x[1] for x in inner)
    return _known[code]


def _is_about_other_things(step: dis.Instruction | None) -> bool:
    """Whether the right side of `is` is nothing that a number could be."""
    if step is None:
        return False
    if step.opname == "LOAD_CONST":
        return step.argval is None or step.argval is ...
    return step.opname == "LOAD_GLOBAL" and step.argval in vars(builtins)

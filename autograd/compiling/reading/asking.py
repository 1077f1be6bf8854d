"""Asking: whether code that is not written anew asks of what type a number is, or which of two it is.

Nobody is told when it does. So it is known from its instructions, and Python tells which functions run.
"""

from __future__ import annotations

import builtins
import dis
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

from ...core.value import Value
from ..outside.profiling import profiled


@dataclass
class Asking:
    """Functions that ask, and those of them that ran."""

    kinds: dict[int, CodeType] = field(default_factory=dict)  # by identity
    identity: dict[int, CodeType] = field(default_factory=dict)
    kinds_asked: str = ""  # by which function that ran
    identity_asked: str = ""

    @classmethod
    def of(cls, functions: Iterable[FunctionType]) -> Asking:
        """What is asked in these functions."""
        found = cls()
        for function in functions:
            code = function.__code__
            by_type, by_class, by_identity = _asks(code)
            if by_type or (by_class and _knows_value(function)):
                found.kinds[id(code)] = code
            if by_identity:
                found.identity[id(code)] = code
        return found

    def watch(self, run: Callable[[], Any], is_any: Callable[[], tuple[bool, bool]]) -> Any:
        """What `run` returns; notes who asks while there is any number of two kinds, and any that was chosen."""
        if not (self.kinds or self.identity):
            return run()

        def look(frame: Any, event: str, argument: Any) -> None:
            if event in ("call", "return"):  # one that began before may ask after
                code = frame.f_code
                if id(code) in self.kinds and is_any()[0]:
                    self.kinds_asked = code.co_qualname
                if id(code) in self.identity and is_any()[1]:
                    self.identity_asked = code.co_qualname

        with profiled(look):
            return run()


_known: weakref.WeakKeyDictionary[CodeType, tuple[bool, bool, bool]] = weakref.WeakKeyDictionary()


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

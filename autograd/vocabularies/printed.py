"""Printed functions: source that this package writes and runs, and that tracebacks show like any other.

Python reads the lines of a traceback from files, by way of `linecache`. What was never in a file is put there by hand,
and goes when the code goes: a program that is dropped leaves nothing behind.
"""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Callable
from itertools import count
from types import CodeType
from typing import Any

PREFIX = "<autograd "  # of the names that printed code has in place of a file's
_serials = count(1)


def code_of(what: str, source: str) -> CodeType:
    """Source, compiled; `what` is the name that tracebacks show it under."""
    file = f"{PREFIX}{what}, {next(_serials)}>"
    code = compile(source, file, "exec")
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    # it is the function in it that stays
    lasting = next((one for one in code.co_consts if isinstance(one, CodeType)), code)
    weakref.finalize(lasting, linecache.cache.pop, file, None).atexit = False
    return code


def printed(name: str, source: str, names: dict[str, Any], what: str = "") -> Callable[..., Any]:
    """The function of that name which the source defines; it sees `names`, as a module's function its globals."""
    exec(code_of(what or name, source), names)
    made: Callable[..., Any] = names[name]
    return made

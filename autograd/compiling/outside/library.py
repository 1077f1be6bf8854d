"""Library: which modules are Python's and NumPy's, what changes in them, and which functions do more than compute."""

from __future__ import annotations

import sys
from io import BytesIO, StringIO
from types import CodeType, ModuleType
from typing import Any

from ...callers import is_own

_ITSELF = __name__.split(".")[0]
# Modules of Python's whose functions give the same for the same, and do nothing else.
_PURE = frozenset(
    (
        "base64",
        "binascii",
        "colorsys",
        "difflib",
        "graphlib",
        "hashlib",
        "json",
        "textwrap",
        "unicodedata",
        "abc",
        "array",
        "bisect",
        "builtins",
        "cmath",
        "collections",
        "contextlib",
        "copy",
        "copyreg",
        "dataclasses",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "heapq",
        "inspect",
        "itertools",
        "keyword",
        "math",
        "numbers",
        "operator",
        "re",
        "reprlib",
        "statistics",
        "string",
        "struct",
        "types",
        "typing",
        "weakref",
        "_abc",
        "_bisect",
        "_collections",
        "_collections_abc",
        "_decimal",
        "_functools",
        "_heapq",
        "_operator",
        "_struct",
        "_weakref",
    )
)
CHANGING = ("environ", "argv", "_inst")  # what programs change in modules of Python's; the last is of `random`
IMPURE = frozenset(("print", "input", "open", "exec", "eval", "breakpoint", "__import__", "compile", "globals"))
IMPURE_NUMPY = frozenset(
    ("random", "load", "save", "savez", "savetxt", "loadtxt", "genfromtxt", "fromfile", "memmap", "tofile", "dump")
)


def module_of(kind: type) -> str:
    """The module of a class; one made in C may not say it as a text."""
    return kind.__module__ if isinstance(kind.__module__, str) else ""


def is_library(code: CodeType, variables: dict[str, Any]) -> bool:
    """Whether code, whose module has these variables, is Python's, NumPy's or this package's."""
    module = str(variables.get("__name__"))
    return is_own(code) or (module.split(".")[0] != _ITSELF and is_of_library(module))


def is_of_library(module: str) -> bool:
    """Whether a module is Python's, NumPy's or part of this package: what it has names for stays what it is."""
    root = module.split(".")[0]
    return root in (_ITSELF, "numpy", "builtins") or (root in sys.stdlib_module_names and root != "__main__")


def is_pure(module: str) -> bool:
    """Whether what a library has in a module gives the same for the same, and does nothing else."""
    root = module.split(".")[0]
    return root in _PURE or (root in (_ITSELF, "numpy") and ".random" not in module)


# Functions written in C whose module says that they look at the world, or change it.
_WORLDLY = frozenset(
    (
        "_io",
        "io",
        "nt",
        "posix",
        "time",
        "random",
        "_random",
        "select",
        "signal",
        "_signal",
        "_socket",
        "_ssl",
        "_uuid",
        "_warnings",
        "atexit",
        "_posixsubprocess",
        "fcntl",
        "mmap",
        "msvcrt",
        "termios",
    )
)
_HARMLESS = frozenset(("__import__", "fspath", "sched_yield", "seed"))


def impure(function: Any) -> str:
    """The name of a function written in C, if it does more than give the same result for the same; else "".

    >>> import math, random, time
    >>> impure(math.sin), impure(time.time), impure(print), impure(random.random)
    ('', 'time', 'print', 'random')
    """
    owner, name = getattr(function, "__self__", None), function.__name__
    if (isinstance(owner, StringIO | BytesIO) and owner not in (sys.stdout, sys.stderr)) or name in _HARMLESS:
        return ""
    kind = owner if isinstance(owner, type) else type(owner)
    module = kind.__module__ if owner is not None and not isinstance(owner, ModuleType) else function.__module__
    if module == "builtins" and isinstance(owner, ModuleType):
        return name if name in IMPURE else ""
    if module == "datetime":
        return name if name in ("now", "today", "utcnow") else ""
    return name if module in _WORLDLY else ""

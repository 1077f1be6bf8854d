"""Assembly: the words of the table as LLVM's text. Numba compiles them, and is not imported before one is needed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from llvmlite import binding as llvm

from .disk import kept, key_of

_FILE = Path(__file__).parent / "words.py"


@cache
def known() -> dict[str, int]:
    """The words that a kernel may call, and how many inputs each takes."""
    # to parse the file takes ten times as long
    found = re.findall(r"^def ([a-z]\w*)\((.*)\)", _FILE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: parameters.count(":") for name, parameters in found}


@cache
def width() -> int:
    """How many float64 the processor multiplies at once."""
    features = llvm.get_host_cpu_features()
    return 8 if features.get("avx512f") else 4 if features.get("avx") else 2


@cache
def assembly(name: str) -> str:
    """A module with the function `word.name`, which calls nothing but C's mathematics."""
    return kept(key_of(["word", name]), lambda: _compiled(name).encode()).decode()


def _compiled(name: str) -> str:
    from numba import cfunc, types

    from . import words

    signature = types.float64(*[types.float64] * known()[name])
    made = cfunc(signature, error_model="numpy")(getattr(words, name).py_func)
    # numba wraps a function that reports errors; these report none, so both become one when they are inlined
    text: str = made.inspect_llvm()
    return text.replace(made.native_name, f"word.{name}").replace("noinline", "nounwind")

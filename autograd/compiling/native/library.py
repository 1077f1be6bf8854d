"""Library: what every kernel may call, in the kernels' own language: `words.py`, and `many.py` on many numbers.

To parse all of it takes 10 ms, so that each function is a text until something that is compiled calls it.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from ...special.words import WORDS
from ...vocabularies.written import source_of


@cache
def known() -> dict[str, int]:
    """The words that a kernel may call, and how many inputs each takes."""
    texts = _texts("words")[1]
    found = {name: text.split(")", 1)[0].count(",") + 1 for name, text in texts.items()}
    written = {name: function.__code__.co_argcount - 1 for name, function in WORDS.items()}
    return {name: count for name, count in (written | found).items() if not name.startswith("_")}


@cache
def function(name: str) -> ast.FunctionDef | None:
    """The function of that name, if there is one."""
    text = (_texts("words")[1] | _texts("many")[1]).get(name) or (source_of(name) if name in WORDS else None)
    made = None if text is None else ast.parse(text).body[0]
    assert made is None or isinstance(made, ast.FunctionDef)
    return made


@cache
def constants() -> dict[str, ast.expr]:
    """The numbers that the words call by names of their own."""
    lines = ast.parse(_texts("words")[0]).body
    return {ast.unparse(line.targets[0]): line.value for line in lines if isinstance(line, ast.Assign)}


@cache
def _texts(file: str) -> tuple[str, dict[str, str]]:
    """What a file begins with, and the text of each function."""
    begin, *texts = (Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8").split("\ndef ")
    return begin, {text.split("(", 1)[0]: f"def {text}" for text in texts}

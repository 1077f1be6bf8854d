"""Writing: a function written anew, with branches as choices, to be run in place of it while it is recorded.

Everything else in it stays as it is: variables, the lines that tracebacks name, the order in which things are computed.
What a branch turns into is one text, run once or twice:

    if z > 0:                          k = _autograd.choose(_autograd.compare(">", z, 0), 3)
        s = s + z                      while k.goes(_autograd.locals()):
    else:                                  <the names are as before>
        s = s - z                          try:
                                               if k.is_first: s = s + z
                                               else: s = s - z
                                           except _autograd.Caught as error:
                                               if not k.failed(error): raise
                                       <the names are as chosen>

`_autograd`, a variable of a function around it, is the `Choosing` of the recording; what it answers is said there.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from types import CodeType

from ..outside.names import pieces
from . import rules
from .branch import Branch
from .source import code_of, source_of
from .writer import Writer

_ORDERING = frozenset(("max", "min", "sorted"))


@dataclass(eq=False)
class Written:
    """A function written anew."""

    code: CodeType
    branches: list[Branch]
    effect: str  # why it may not be called in an arm, or ""
    catches: bool  # whether something that is raised may be caught in it
    inner: dict[int, tuple[CodeType, str]] = field(default_factory=dict)  # functions made in it, and their effects


def may_choose(code: CodeType) -> bool:
    """Whether there is anything in a function's text that may be a choice."""
    text = written(code)
    return not isinstance(text, str) and (
        any(not branch.site.why for branch in text.branches) or not _ORDERING.isdisjoint(code.co_names)
    )


_known: dict[int, tuple[CodeType, Written | str]] = {}


def written(code: CodeType) -> Written | str:
    """A function's code written anew, or why it is not."""
    found = _known.get(id(code))
    if found is None:
        if len(_known) > 4096:
            _known.clear()
        found = _known[id(code)] = code, _write(code)
    return found[1]


def _write(code: CodeType) -> Written | str:
    source = source_of(code)
    if isinstance(source, str):
        return source
    if why := rules.refusal(source.tree):
        return why
    writer = Writer(code.co_filename)
    try:
        tree = writer.function(copy.deepcopy(source.tree))
        made = code_of(tree, code, source.owner, (*code.co_freevars, "_autograd"))
    except (RecursionError, SyntaxError) as error:
        return f"it could not be written anew ({error})"
    effects = {(name, line): why for name, line, why in writer.effects}
    found = Written(made, writer.branches, effects[code.co_name, source.tree.lineno], rules.catches(source.tree))
    for one in pieces(made):
        if one is not made:
            found.inner[id(one)] = one, effects.get((one.co_name, one.co_firstlineno), "")
    return found

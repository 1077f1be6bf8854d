"""Names: the names of variables and attributes in a piece of code."""

from __future__ import annotations

import dis
import re
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType

_BY_TEXT = frozenset(("vars", "attrgetter", "methodcaller", "__dict__", "__getattribute__", "dir"))
_PRINTS = frozenset(("str", "repr", "format", "ascii", "print"))
_FORMATS = frozenset(("format", "format_map"))
# By these anything at all can be found.
_REACHING = frozenset(
    ("__globals__", "__subclasses__", "_getframe", "currentframe", "import_module", "f_globals", "get_objects")
)


@dataclass(frozen=True)
class Names:
    """The names that a piece of code, and the code inside it, reads or writes."""

    variables: frozenset[str]
    attributes: frozenset[str]
    modules: frozenset[str]  # imported in it, with a dot for each level up
    asked: frozenset[str]  # attributes that there need not be
    passed: frozenset[str]  # variables that are loaded for something else than to be called
    reaching: str  # a name by which anything can be found
    prints: bool  # whether it makes text of objects
    by_text: bool  # whether it finds attributes by texts
    makes: bool  # whether it may make objects of a class that it has no name for, as type(x)() does


_known: weakref.WeakKeyDictionary[CodeType, Names] = weakref.WeakKeyDictionary()


def names_of(code: CodeType) -> Names:
    """The names in a piece of code.

    >>> sorted(names_of((lambda x: scale * x.size).__code__).variables)
    ['scale']
    """
    if code not in _known:
        variables, attributes, modules = set[str](), set[str](), set[str]()
        asked, passed = set[str](), set[str]()
        prints = by_text = makes = False
        for one in pieces(code):
            steps = steps_of(one)
            for k, step in enumerate(steps):
                kind, name = step.opname, step.argval
                if not isinstance(name, str):
                    pass
                elif kind == "IMPORT_NAME":
                    modules.add("." * steps[k - 2].argval + name)
                elif "GLOBAL" in kind or kind.endswith("_NAME") or kind == "LOAD_FROM_DICT_OR_GLOBALS":
                    variables.add(name)
                    if not (kind == "LOAD_GLOBAL" and step.arg and step.arg & 1):
                        passed.add(name)
                    if name in ("getattr", "hasattr", "setattr"):
                        text = _second_argument(steps[k + 1 :])
                        attributes |= {text or ""}
                        asked |= {text or ""}
                        by_text |= text is None
                    makes |= name == "type" and not _is_compared(steps[k + 1 :])
                elif "_ATTR" in kind or kind in ("LOAD_METHOD", "IMPORT_FROM"):
                    attributes.add(name)
                prints |= kind.startswith("FORMAT_") or kind == "CONVERT_VALUE"
            if not _FORMATS.isdisjoint(one.co_names):  # as in "{0.size}".format(x)
                texts = [x for x in one.co_consts if isinstance(x, str) and "{" in x]
                attributes.update(*(re.findall(r"\.(\w+)", text) for text in texts))
        by_text |= not _BY_TEXT.isdisjoint(variables | attributes)
        prints |= not _PRINTS.isdisjoint(variables | attributes)
        makes |= "__class__" in attributes
        names = frozenset(variables), frozenset(attributes), frozenset(modules), frozenset(asked), frozenset(passed)
        reaching = min(_REACHING & (variables | attributes), default="")
        _known[code] = Names(*names, reaching, prints, by_text, makes)
    return _known[code]


def pieces(code: CodeType) -> Iterator[CodeType]:
    """A piece of code, and those inside it."""
    waiting = [code]
    while waiting:
        one = waiting.pop()
        waiting += [x for x in one.co_consts if isinstance(x, CodeType)]
        yield one


def steps_of(code: CodeType) -> list[dis.Instruction]:
    """The instructions of one piece."""
    return [step for step in dis.get_instructions(code) if step.opname != "EXTENDED_ARG"]


def _second_argument(steps: Sequence[dis.Instruction]) -> str | None:
    """The text that a function just loaded gets as its second argument, or None if it is none in the code."""
    for step, before, after in _depths(steps):
        if after == 2 or after < 0:
            is_text = before == 1 and step.opname == "LOAD_CONST" and isinstance(step.argval, str)
            return step.argval if is_text else None
    return None


def _is_compared(steps: Sequence[dis.Instruction]) -> bool:
    """Whether what a function just loaded gives is compared, as in `type(x) is list`, or asked for its name."""
    end = next((k for k, (_, _, after) in enumerate(_depths(steps), start=1) if after < 0), len(steps))
    if end < len(steps) and steps[end].opname in ("LOAD_ATTR", "LOAD_METHOD"):
        return str(steps[end].argval).startswith("__")
    following = (step.opname for step in steps[end:])
    after = next((name for name in following if not name.startswith(("LOAD_", "BUILD_TUPLE"))), "")
    return after in ("IS_OP", "COMPARE_OP", "CONTAINS_OP")


def _depths(steps: Sequence[dis.Instruction]) -> Iterator[tuple[dis.Instruction, int, int]]:
    """Each step, and how much lies on the stack before and after it, beyond what did before the first."""
    depth = 0
    for step in steps:
        before = depth
        depth += dis.stack_effect(step.opcode, step.arg if step.opcode >= dis.HAVE_ARGUMENT else None, jump=False)
        yield step, before, depth

"""Source: the syntax tree of a function, found by its code and proved to be that of its code.

A file may have changed since it was imported, a notebook's cell may have been run again, a tool may have rewritten what
Python was given. So what is found is compiled, and taken only where the same instructions, names and constants come of
it that the function has.
"""

from __future__ import annotations
import __future__ as features

import ast
import copy
import inspect
import linecache
from dataclasses import dataclass
from itertools import pairwise
from types import CodeType
from typing import Any

from ..outside.names import pieces, steps_of

Function = ast.FunctionDef | ast.Lambda
_FUTURE = sum({getattr(features, name).compiler_flag for name in features.all_feature_names})
_MOST_LINES = 5_000  # of a file that is parsed for a lambda in it: 8 microseconds a line
_MOST_KNOWN = 4096


@dataclass(frozen=True)
class Source:
    """The tree of a function, its lines counted as in its file, without decorators, defaults and annotations."""

    tree: Function
    owner: str  # the class in whose body it stands, which private names are called after; or ""


_known: dict[int, tuple[CodeType, Source | str]] = {}  # by identity: equal code may stand in two files
_parsed: dict[str, tuple[list[str], ast.Module | None]] = {}


def source_of(code: CodeType) -> Source | str:
    """The source of a function's code, or why there is none."""
    found = _known.get(id(code))
    if found is None:
        if len(_known) > _MOST_KNOWN:
            _known.clear()
        found = _known[id(code)] = code, _find(code)
    return found[1]


def _find(code: CodeType) -> Source | str:
    if code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        return "it is a generator, or a coroutine"
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename)
    first = code.co_firstlineno - 1
    if not 0 <= first < len(lines):
        return "its source cannot be had"
    parts = code.co_qualname.split(".")
    owner = parts[-2] if len(parts) > 1 and parts[-2] != "<locals>" else ""
    trees = _lambdas(code, lines) if code.co_name == "<lambda>" else _definition(lines, first)
    for tree in trees:
        plain = _plain(tree)
        try:
            made = code_of(plain, code, owner, code.co_freevars)
        except (SyntaxError, ValueError, RecursionError):
            continue
        if is_same(made, code):
            return Source(plain, owner)
    if code.co_filename == "<string>":  # of which Python 3.13 knows the text that `python -c` ran, and no other
        return "its source cannot be had"
    return "its source is not what runs (a file that changed, or asserts that pytest rewrites)"


def _definition(lines: list[str], first: int) -> list[Function]:
    try:
        block = inspect.getblock(lines[first:])
        indented = block[0][:1].isspace()
        tree = ast.parse(("if 1:\n" if indented else "") + "".join(block))
    except (SyntaxError, ValueError, IndexError, RecursionError):
        return []
    ast.increment_lineno(tree, first - indented)
    found = tree.body[0].body[0] if isinstance(tree.body[0], ast.If) and indented else tree.body[0]
    return [found] if isinstance(found, ast.FunctionDef) else []


def _lambdas(code: CodeType, lines: list[str]) -> list[Function]:
    """Those that begin in the line: several where they are the same, and then it does not matter which it is."""
    if len(lines) > _MOST_LINES:
        return []
    known = _parsed.get(code.co_filename)
    if known is None or (known[0] is not lines and known[0] != lines):
        try:
            tree: ast.Module | None = ast.parse("".join(lines))
        except (SyntaxError, ValueError, RecursionError):
            tree = None
        if len(_parsed) > 64:
            _parsed.clear()
        known = _parsed[code.co_filename] = lines, tree
    if known[1] is None:
        return []
    return [x for x in ast.walk(known[1]) if isinstance(x, ast.Lambda) and x.lineno == code.co_firstlineno]


def _plain(tree: Function) -> Function:
    made = copy.deepcopy(tree)
    arguments = made.args
    arguments.defaults, arguments.kw_defaults = [], [None] * len(arguments.kwonlyargs)
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    for one in every:
        if one is not None:
            one.annotation = None
    if isinstance(made, ast.FunctionDef):
        made.decorator_list, made.returns = [], None
        if hasattr(made, "type_params"):
            setattr(made, "type_params", [])  # noqa: B010
    return made


def code_of(tree: Function, like: CodeType, owner: str, free: tuple[str, ...]) -> CodeType:
    """The code of a function like another: in a class of that name, with names of functions around it."""
    inside: ast.stmt
    if isinstance(tree, ast.Lambda):
        inside = ast.Expr(tree)
    else:  # by another name, for it may read its own as that of a variable of the module
        inside = ast.FunctionDef(**{**dict(ast.iter_fields(tree)), "name": "_autograd_function"})
        ast.copy_location(inside, tree)
    said: list[ast.stmt] = [ast.Global([owner])] if owner and owner not in free else []
    if owner:
        inside = ast.ClassDef(owner, [], [], [inside], [])
        if "type_params" in ast.ClassDef._fields:
            setattr(inside, "type_params", [])  # noqa: B010
    arguments = ast.arguments(
        [], [ast.arg(name) for name in free if not (owner and name == "__class__")], None, [], [], None, []
    )
    around = ast.FunctionDef("around", arguments, [*said, inside], [], None, None)
    if "type_params" in ast.FunctionDef._fields:
        setattr(around, "type_params", [])  # noqa: B010  # types are those of the oldest Python
    imported = [ast.alias(name) for name in sorted(_imported(like))]
    module = ast.Module([ast.Import(imported), around] if imported else [around], [])
    for one in (inside, around, *said):
        ast.copy_location(one, tree)
    ast.fix_missing_locations(module)
    made: CodeType = compile(module, like.co_filename, "exec", flags=like.co_flags & _FUTURE, dont_inherit=True)
    for _ in range(3 if owner else 2):
        made = next(x for x in made.co_consts if isinstance(x, CodeType))
    return made.replace(co_name=like.co_name, co_qualname=like.co_qualname)


def _imported(code: CodeType) -> set[str]:
    """The names of modules, as in `math.sin(x)`: Python calls what is in those in another way than methods."""
    plain, methods = set[str](), set[str]()
    for one in pieces(code):
        for step, following in pairwise(steps_of(one)):
            if step.opname == "LOAD_GLOBAL" and following.opname in ("LOAD_ATTR", "LOAD_METHOD"):
                is_method = following.opname == "LOAD_METHOD" or "NULL|self" in (following.argrepr or "")
                (methods if is_method else plain).add(step.argval)
    return plain - methods


def is_same(a: CodeType, b: CodeType) -> bool:
    """Whether two pieces of code do the same, line for line."""
    same = (
        a.co_code == b.co_code
        and a.co_names == b.co_names
        and a.co_varnames == b.co_varnames
        and a.co_freevars == b.co_freevars
        and a.co_cellvars == b.co_cellvars
        and (a.co_flags ^ b.co_flags) & ~inspect.CO_NESTED == 0
        and a.co_exceptiontable == b.co_exceptiontable
        and len(a.co_consts) == len(b.co_consts)
    )
    return same and all(map(_is_same_constant, a.co_consts, b.co_consts))


def _is_same_constant(x: Any, y: Any) -> bool:
    if isinstance(x, CodeType):
        return isinstance(y, CodeType) and is_same(x, y)
    if isinstance(x, tuple | frozenset):
        return type(x) is type(y) and len(x) == len(y) and repr(x) == repr(y)
    return type(x) is type(y) and repr(x) == repr(y)

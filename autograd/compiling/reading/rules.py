"""Rules: which branches may become choices, and why the others may not.

A choice computes both arms and takes the numbers of one. That is the same as a branch where an arm leaves nothing
behind but numbers under names of the function's own. What is known from the text stands here; what is only known when
the arm runs (of which kind the numbers are, what is called, what is raised) is looked at in `choices`, and the branch
is taken as Python takes it where one of these does not hold:

- An arm assigns local names only. An attribute, an item, a global name or the variable of a function around it would
  have changed for others too, although the arm was not taken.
- An arm calls only what gives a result and does nothing else: operations, functions of `math`, and functions of the
  user's whose text obeys the same rules. `print` would print, `append` would append.
- An arm ends where it ends. `break`, `continue` and `return` lead elsewhere, with other turns of a loop; but a
  `return` makes the rest of the function the other arm, and a `continue` the rest of the loop's body: see `endings`.
  A `for` that is left by `break` takes all its turns in a batch, and those after it do nothing.
- An arm ends at all: the turns of a `while` are counted by its numbers, and those of an arm not taken may be any.
- An arm raises nothing where it is not taken: so `raise` and `assert` are not in it, and what is raised is held back.
- A name that both arms assign is a number in both, or the same thing. Where one arm alone assigns it, it keeps the
  number that it had in the other; had it none, it has none afterwards, and who reads it then finds the mistake.
- Numbers stay of one kind, or nobody asks for it: a whole number that differs by the arm may be no index, no count, no
  key and no text, and no result by itself, where it is looked at as it is.
- A number that is a plain one by an arm divides only where it is not 0, and is raised to small powers alone: else
  Python raises, where a Value would be inf.
- Nobody asks whether one Value is another (`is`, as a key): one that was chosen is neither.
- What is computed stays within a few times what the branch itself computes: see `again`.

Operators of the user's own classes are taken for what operators are: to compute, and do nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .scopes import body_of, inside
from .source import Function

# These look at the function that calls them, and would see it as it is written anew.
FRAMES = frozenset(
    ("locals", "vars", "dir", "eval", "exec", "globals", "_getframe", "currentframe", "stack", "breakpoint")
)


def refusal(function: Function) -> str:
    """Why a function is not to be written anew at all; else ""."""
    for node in ast.walk(function):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if name in FRAMES:
            return f"it calls {name}, which looks at the function as it is"
        if name.startswith("_autograd"):
            return f"it has the name {name}"
        if isinstance(node, ast.ExceptHandler) and (node.type is None or _names(node.type, "BaseException")):
            return "it catches whatever is raised"
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.Match):
            return f"it has {_a(node)} in it"
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in inside(body_of(function))):
        return "it is a generator"
    return ""


def catches(function: Function) -> bool:
    """Whether something that is raised may be caught in it."""
    return any(isinstance(node, ast.ExceptHandler | ast.With) for node in ast.walk(function))


def effect(arm: Iterable[ast.stmt], own: frozenset[str], may_return: bool = False) -> str:
    """What keeps statements from being an arm of a choice, with its line; "" where nothing does.

    `own` are the names that they may assign. Those of a function that an arm calls `may_return`, and raise.
    """
    for one in arm:
        if said := _effect(one, own, may_return, in_loop=False):
            return said
    return ""


def _effect(node: ast.stmt, own: frozenset[str], may_return: bool, in_loop: bool) -> str:
    line = node.lineno
    parts: list[list[ast.stmt]] = []
    expressions: list[ast.AST | None] = []
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets, expressions = node.targets, [node.value]
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets, expressions = [node.target], [node.value]
    elif isinstance(node, ast.For):
        targets, expressions, parts = [node.target], [node.iter], [node.body, node.orelse]
        in_loop = True
    elif isinstance(node, ast.If):
        expressions, parts = [node.test], [node.body, node.orelse]
    elif isinstance(node, ast.Return):
        if not may_return:
            return f"line {line} returns out of it"
        expressions = [node.value]
    elif isinstance(node, ast.Raise | ast.Assert) and may_return:
        expressions = [*ast.iter_child_nodes(node)]
    elif isinstance(node, ast.Break | ast.Continue):
        return (
            ""
            if in_loop
            else f"line {line} leaves the loop's turn"
            if isinstance(node, ast.Continue)
            else f"line {line} leaves the loop"
        )
    elif isinstance(node, ast.Expr):
        if isinstance(node.value, ast.Call):
            return f"line {line} calls {ast.unparse(node.value.func)} for what it does"
        expressions = [node.value]
    elif isinstance(node, ast.Pass):
        pass
    elif isinstance(node, ast.While):
        return f"line {line} has a `while`, which may never end where the branch is not taken"
    else:
        return f"line {line} has {_a(node)} in it"
    for target in targets:
        for one in ast.walk(target):
            if isinstance(one, ast.Attribute | ast.Subscript) and isinstance(one.ctx, ast.Store):
                return f"line {line} writes {'an attribute' if isinstance(one, ast.Attribute) else 'an item'}"
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and one.id not in own:
                return f"line {line} assigns {one.id}, which is not the function's own"
    for expression in expressions:
        if expression is not None and (said := _impure(expression, own)):
            return f"line {line} {said}"
    for part in parts:
        for one in part:
            if said := _effect(one, own, may_return, in_loop):
                return said
    return ""


def _impure(expression: ast.AST, own: frozenset[str]) -> str:
    for node in ast.walk(expression):
        if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await):
            return "waits for another function"
        if isinstance(node, ast.NamedExpr) and node.target.id not in own:
            return f"assigns {node.target.id}, which is not the function's own"
    return ""


def is_lazy(expression: ast.AST) -> bool:
    """Whether an expression can be kept for later, in a function without a name: it assigns nothing."""
    return not any(
        isinstance(node, ast.NamedExpr | ast.Yield | ast.YieldFrom | ast.Await) for node in ast.walk(expression)
    )


def _names(expression: ast.expr, name: str) -> bool:
    return any(isinstance(x, ast.Name) and x.id == name for x in ast.walk(expression))


def _a(node: ast.AST) -> str:
    return f"`{type(node).__name__.lower().removesuffix('def')}`"

"""Scopes: which names a piece of a function assigns, and which are its own."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from .source import Function

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def inside(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes and what is in them, but for the bodies of functions that are made there."""
    waiting = [*nodes]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)


def assigned(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The names that are bound in this scope; those of a comprehension are its own."""
    found = set[str]()
    waiting = [*nodes]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler):
            found |= {node.name} if node.name else set()
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        if isinstance(node, _COMPREHENSIONS):
            found |= {one.target.id for one in ast.walk(node) if isinstance(one, ast.NamedExpr)}
        elif not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)
    return frozenset(found)


def shared(function: Function) -> frozenset[str]:
    """The names that a function says are of the module, or of a function around it."""
    said = (x for x in inside(body_of(function)) if isinstance(x, ast.Global | ast.Nonlocal))
    return frozenset(name for x in said for name in x.names)


def body_of(function: Function) -> list[ast.stmt]:
    """What a function does, as statements."""
    if isinstance(function, ast.Lambda):
        return [ast.copy_location(ast.Return(function.body), function)]
    return function.body


def read_outside(function: Function, parts: Iterable[ast.AST]) -> frozenset[str]:
    """The names that a function reads elsewhere than in these parts of it."""
    mine = {id(x) for part in parts for x in ast.walk(part)}
    return frozenset(
        x.id
        for x in ast.walk(function)
        if isinstance(x, ast.Name) and not isinstance(x.ctx, ast.Store) and id(x) not in mine
    )

"""Templates: pieces of a function's syntax tree, made of text."""

from __future__ import annotations

import ast
import copy
from typing import Any


def call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("_autograd", ast.Load()), name, ast.Load()), [*arguments], [])


def later(node: ast.expr) -> Any:
    return at(node, ast.Lambda(ast.arguments([], [], None, [], [], None, []), node))


def at(place: Any, made: Any) -> Any:
    return ast.fix_missing_locations(ast.copy_location(made, place))


def filled(
    text: str, place: ast.AST, names: dict[str, str], expressions: dict[str, ast.expr], parts: dict[str, list[ast.stmt]]
) -> list[ast.stmt]:
    """The statements of a text, at a place, with these in place of the names in capitals."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if "lineno" in node._attributes:
            ast.copy_location(node, place)
    _Filling(names, expressions, parts).visit(tree)
    return tree.body


class _Filling(ast.NodeTransformer):
    def __init__(
        self, names: dict[str, str], expressions: dict[str, ast.expr], parts: dict[str, list[ast.stmt]]
    ) -> None:
        self.names, self.expressions, self.parts = names, expressions, parts

    def visit_Expr(self, node: ast.Expr) -> Any:
        if isinstance(node.value, ast.Name) and node.value.id in self.parts:
            return [copy.deepcopy(x) if node.value.id == "NAMES" else x for x in self.parts[node.value.id]]
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id in self.expressions:
            return ast.copy_location(self.expressions[node.id], node)
        node.id = self.names.get(node.id, node.id)
        return node

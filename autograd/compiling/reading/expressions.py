"""Expressions: those of a function written anew, where a condition is a number and arms are kept for later."""

from __future__ import annotations

import ast
import copy
from typing import Any

from . import rules
from .branch import Branch
from .report import Site
from .templates import at, call, later

_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


class Expressions(ast.NodeTransformer):
    """Writes expressions, and notes the branches in them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.branches: list[Branch] = []
        self.effects: list[tuple[str, int, str]] = []  # of each function: its name, its line, why no arm may call it
        self.whole: Any = None
        self.own: frozenset[str] = frozenset()
        self.deep = 0  # loops and the like that are open

    def branch(self, node: Any, *names: frozenset[str], text: str = "") -> int:
        site = Site(self.file, node.lineno, text or text_of(node))
        made = Branch(site, *names)
        made.is_loop = any(name.startswith("_autograd_left") for name in made.names)
        self.branches.append(made)
        return len(self.branches) - 1

    def stays(self, node: Any, why: str) -> None:
        self.branches.append(Branch(Site(self.file, node.lineno, text_of(node), why)))

    def test(self, node: ast.expr) -> Any:
        """An expression that is asked whether it is true."""
        if isinstance(node, ast.Compare) and all(type(op) in _COMPARE for op in node.ops):
            symbols = [ast.Constant(_COMPARE[type(op)]) for op in node.ops]
            left, sides = self.visit(node.left), [*node.comparators]
            if len(sides) == 1:
                return at(node, call("compare", symbols[0], left, self.visit(sides[0])))
            if all(map(rules.is_lazy, sides)):
                pairs = [x for pair in zip(symbols, (later(self.visit(x)) for x in sides), strict=True) for x in pair]
                return at(node, call("chain", left, *pairs))
        if isinstance(node, ast.BoolOp) and all(map(rules.is_lazy, node.values[1:])):
            first, *rest = map(self.test, node.values)
            return at(node, call("all_of" if isinstance(node.op, ast.And) else "any_of", first, *map(later, rest)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return at(node, call("negated", self.test(node.operand)))
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("any", "all")
            and len(node.args) == 1
            and not node.keywords
            and isinstance(node.args[0], ast.GeneratorExp | ast.ListComp)
            and rules.is_lazy(node.args[0])
        ):
            each = copy.deepcopy(node.args[0])
            each = at(each, ast.GeneratorExp(self.test(each.elt), self.generators(each.generators)))
            function = at(node, ast.Name(node.func.id, ast.Load()))
            return at(node, call("of_each", function, later(each), later(self.visit(node))))
        return self.visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        if not (rules.is_lazy(node.body) and rules.is_lazy(node.orelse)):
            self.stays(node, "an arm of it assigns a name")
            return self.generic_visit(node)
        number = self.branch(node)
        arms = later(self.visit(node.body)), later(self.visit(node.orelse))
        return at(node, call("pick", self.test(node.test), *arms, ast.Constant(number)))

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        is_plain = all(isinstance(x, ast.Compare) or is_not(x) for x in node.values[:-1])  # True or False themselves
        if is_plain or not all(map(rules.is_lazy, node.values[1:])):
            return self.generic_visit(node)
        number = self.branch(node)
        first, *rest = map(self.visit, node.values)
        is_and = ast.Constant(isinstance(node.op, ast.And))
        return at(node, call("first_of", is_and, ast.Constant(number), first, *map(later, rest)))

    def visit_Compare(self, node: ast.Compare) -> Any:
        node = self.generic_visit(node)  # type: ignore[assignment]
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.Is | ast.IsNot | ast.In | ast.NotIn):
            sides = node.left, node.comparators[0]
            if isinstance(node.ops[0], ast.In | ast.NotIn):
                node.left, node.comparators = (
                    at(node, call("sought", sides[0])),
                    [at(node, call("sought", sides[1]))],
                )
            elif not any(isinstance(x, ast.Constant) and x.value in (None, ...) for x in sides):
                node.left, node.comparators = (
                    at(node, call("itself", sides[0])),
                    [at(node, call("itself", sides[1]))],
                )
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return node
        node = self.generic_visit(node)  # type: ignore[assignment]
        node.func = at(node.func, call("call", node.func))
        return node

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        node = self.generic_visit(node)  # type: ignore[assignment]
        if isinstance(node.ctx, ast.Load):
            node.value = at(node, call("seen", node.value, ast.Constant(node.attr)))
        return node

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        node = self.generic_visit(node)  # type: ignore[assignment]
        if isinstance(node.ctx, ast.Load):
            node.value = at(node, call("indexed", node.value))
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        return node  # a text is as it was recorded

    def visit_ListComp(self, node: Any) -> Any:
        for name in ("elt", "key", "value"):
            if hasattr(node, name):
                setattr(node, name, self.visit(getattr(node, name)))
        node.generators = self.generators(node.generators)
        return node

    visit_SetComp = visit_DictComp = visit_ListComp

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> Any:
        return at(node, call("fresh", self.visit_ListComp(node)))

    def generators(self, generators: list[ast.comprehension]) -> list[ast.comprehension]:
        for one in generators:
            one.iter = self.iterated(one.iter)
            for x in one.ifs:
                self.stays(x, "there are as many items as its numbers say; where(condition, item, 0.0) keeps them all")
            one.ifs = [self.visit(x) for x in one.ifs]
        return generators

    def iterated(self, node: ast.expr) -> Any:
        return at(node, call("iterated", self.visit(node)))

    def visit_Assign(self, node: ast.Assign) -> Any:
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) and node.targets[0].id in self.own:
            node.value = self._answer(node.value)
            return node
        return self.generic_visit(node)

    def _answer(self, node: ast.expr) -> Any:
        """A truth value that is given a name, to be asked for later."""
        is_compared = isinstance(node, ast.Compare) and all(type(op) in _COMPARE for op in node.ops)
        is_opposite = is_not(node)
        is_both = isinstance(node, ast.BoolOp) and all(isinstance(x, ast.Compare) for x in node.values)
        if not (is_compared or is_opposite or is_both):
            return self.visit(node)
        number = self.branch(node)
        return at(node, call("answer", self.test(node), ast.Constant(number)))


def is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def text_of(node: Any) -> str:
    if isinstance(node, ast.If | ast.While):
        return f"{'if' if isinstance(node, ast.If) else 'while'} {short(node.test)}"
    return short(node)


def short(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}..."

"""Writer: the functions and statements of a text written anew; see `writing`."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import Any

from . import endings, rules
from .endings import RESULT, without_end, without_ends
from .expressions import Expressions, short
from .scopes import assigned, body_of, read_outside, shared
from .source import Function
from .templates import at, call, filled

_DEEPEST = 16  # loops and the like in one another, of which a choice takes two
_CHOICE = """
K = _autograd.choose(TEST, NUMBER)
while K.goes(_autograd.locals()):
    NAMES
    try:
        if K.is_first:
            BODY
        else:
            OTHER
    except _autograd.Caught as _autograd_error:
        if not K.failed(_autograd_error):
            raise
NAMES
"""
_NAME = """
if K.sets:
    if TEXT in K.names:
        NAME = K.names[TEXT]
    else:
        try:
            del NAME
        except NameError:
            pass
"""


class Writer(Expressions):
    """Writes functions anew."""

    def function(self, node: Function) -> Function:
        """A function, and those that are made in it."""
        before = self.whole, self.own, self.deep
        self.whole, self.deep = node, 0
        arguments = {x.arg for x in ast.walk(node.args) if isinstance(x, ast.arg)}
        body = body_of(node)
        self.own = (assigned(body) | arguments) - shared(node)
        name = node.name if isinstance(node, ast.FunctionDef) else "<lambda>"
        self.effects.append((name, node.lineno, rules.effect(body, self.own, may_return=True)))
        if isinstance(node, ast.Lambda):
            node.body = self.visit(node.body)
        else:
            node.body = self.block(node.body, ast.Return)
        self.whole, self.own, self.deep = before
        return node

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        node.args = self.generic_visit(node.args)  # type: ignore[assignment]
        return self.function(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        node.decorator_list = [self.visit(x) for x in node.decorator_list]
        node.args = self.generic_visit(node.args)  # type: ignore[assignment]
        return self.function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return node

    # Statements.

    def block(self, body: Sequence[ast.stmt], end: endings.End | None) -> list[ast.stmt]:
        """Statements one after the other; `end` says what may end a branch at the end of them."""
        made: list[ast.stmt] = []
        for k, node in enumerate(body):
            why = ""
            if end is not None and isinstance(node, ast.If) and endings.may_end([node], end):
                tail, place = endings.structured(body[k:], end)
                why = "what would stand in both arms is long"
                if place == 0 and isinstance(one := tail[0], ast.If):
                    one = without_ends(copy.deepcopy(one), end)
                    own = self.own | {RESULT}
                    why = rules.effect([*one.body, *one.orelse], own) or self.too_deep()
                    if not why:
                        before, self.own = self.own, own
                        made += self.choice(one)
                        self.own = before
                        if end is ast.Return:
                            made.append(at(node, ast.Return(ast.Name(RESULT, ast.Load()))))
                        return made
            made += self.statement(node, end, why)
        return made or [ast.Pass()]

    def statement(self, node: ast.stmt, end: endings.End | None, why: str) -> list[ast.stmt]:
        if isinstance(node, ast.If):
            why = why or rules.effect([*node.body, *node.orelse], self.own) or self.too_deep()
            if not why:
                return self.choice(node)
            self.stays(node, why)
            node.test = self.visit(node.test)
            node.body, node.orelse = (
                self.block(arm, end if end and endings.always_ends(arm, end) else None) if arm else []
                for arm in (node.body, node.orelse)
            )
            return [node]
        if isinstance(node, ast.For) and (made := self._left(node)):
            return made
        if isinstance(node, ast.For | ast.While):
            if isinstance(node, ast.For):
                node.iter = self.iterated(node.iter)
            else:
                self.stays(node, "a `while` has as many turns as its numbers say; a `for` has turns that are known")
                node.test = self.visit(node.test)
            self.deep += 1
            node.body = self.block(node.body, ast.Continue)
            self.deep -= 1
            node.orelse = self.block(node.orelse, None) if node.orelse else []
            return [node]
        if isinstance(node, ast.With | ast.Try):
            self.deep += 2
            for name, parts in ast.iter_fields(node):
                if isinstance(parts, list) and parts and isinstance(parts[0], ast.stmt):
                    setattr(node, name, self.block(parts, None))
            for handler in getattr(node, "handlers", ()):
                handler.body = self.block(handler.body, None)
            for item in getattr(node, "items", ()):
                item.context_expr = self.visit(item.context_expr)
            self.deep -= 2
            return [node]
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            look = call("rebinds", at(node.target, ast.Name(node.target.id, ast.Load())))
            return [at(node, ast.Expr(look)), self.visit(node)]
        made = self.visit(node)
        return made if isinstance(made, list) else [made]

    def _left(self, node: ast.For) -> list[ast.stmt]:
        """A loop that is left by `break`, with all its turns: those after it do nothing. None where it has no `break`.

        left = False
        for x in xs:
            if not left:
                if x > y:
                    left = True
                else:
                    s = s + x
        """
        if node.orelse or not endings.may_end(node.body, ast.Break):
            return []
        body, place = endings.structured(copy.deepcopy(node.body), ast.Break | ast.Continue)
        left = f"_autograd_left_{len(self.branches)}"
        body = without_end(body, ast.Break, node, left)
        target = [] if assigned([node.target]).isdisjoint(read_outside(self.whole, [node])) else [node.target]
        before, self.own = self.own, self.own | {left}
        made: list[ast.stmt] = []
        if place >= 0 and not rules.effect(body, self.own) and not self.too_deep():
            number, item = len(self.branches), node.target
            if target:  # it stays what it was when the loop was left
                item = ast.Name(f"_autograd_item_{number}", ast.Store())
                body = [at(node, ast.Assign(target, ast.Name(item.id, ast.Load()))), *body]
            test = at(node.target, ast.UnaryOp(ast.Not(), ast.Name(left, ast.Load())))
            self.deep += 1
            turn = self.choice(at(node, ast.If(test, body, [])), f"break out of for {short(node.target)}")
            self.deep -= 1
            ends = call("leaves", ast.Name(left, ast.Load()), ast.Constant(number))
            turn.append(at(node.target, ast.If(ends, [ast.Break()], [])))
            made = [
                at(node, ast.Assign([ast.Name(left, ast.Store())], ast.Constant(False))),
                at(node, ast.For(item, call("looped", self.visit(node.iter), ast.Constant(number)), turn, [])),
            ]
        self.own = before
        return made

    def choice(self, node: ast.If, text: str = "") -> list[ast.stmt]:
        """The text that an `if` becomes."""
        names = assigned([*node.body, *node.orelse])
        parts = [*node.body, *node.orelse]
        private = names - read_outside(self.whole, parts) - {RESULT}
        private = frozenset(name for name in private if all(_begins(arm, name) for arm in (node.body, node.orelse)))
        made = frozenset(name for name in names if _makes_lists(node.body, name) and _makes_lists(node.orelse, name))
        number = self.branch(node, names, private, made, text=text)
        test = self.test(node.test)
        self.deep += 2
        body, other = self.block(node.body, None), self.block(node.orelse, None)
        self.deep -= 2
        k = f"_autograd_{number}"
        each = [
            one
            for name in sorted(names)
            for one in filled(_NAME, node.test, {"K": k, "NAME": name}, {"TEXT": ast.Constant(name)}, {})
        ]
        expressions = {"TEST": test, "NUMBER": ast.Constant(number)}
        parts_of = {"BODY": body, "OTHER": other, "NAMES": each or [ast.Pass()]}
        return filled(_CHOICE, node.test, {"K": k}, expressions, parts_of)

    def too_deep(self) -> str:
        return "" if self.deep < _DEEPEST else "it stands in too many others; Python nests no more than 20"


def _begins(arm: Sequence[ast.stmt], name: str) -> bool:
    """Whether an arm gives a name a value before it reads it."""
    for one in arm:
        if any(isinstance(x, ast.Name) and x.id == name for x in ast.walk(one)):
            is_read = any(
                isinstance(x, ast.Name) and x.id == name and isinstance(x.ctx, ast.Load) for x in ast.walk(one)
            )
            return isinstance(one, ast.Assign | ast.AnnAssign) and not is_read
    return True


def _makes_lists(arm: Sequence[ast.stmt], name: str) -> bool:
    """Whether whatever an arm assigns to a name is a list that is made there."""
    made = [
        x.value
        for one in arm
        for x in ast.walk(one)
        if isinstance(x, ast.Assign)
        and any(isinstance(y, ast.Name) and y.id == name for t in x.targets for y in ast.walk(t))
    ]
    return bool(made) and all(
        isinstance(x, ast.List | ast.ListComp | ast.Tuple | ast.Dict | ast.Constant | ast.BinOp) for x in made
    )

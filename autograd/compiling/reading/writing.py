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

import ast
import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from . import endings, rules
from .report import Site
from .scopes import assigned, body_of, read_outside, shared
from .source import Function, code_of, source_of

_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_DEEPEST = 16  # loops and the like in one another, of which a choice takes two
_ORDERING = frozenset(("max", "min", "sorted"))
_RESULT = "_autograd_result"
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


@dataclass(eq=False)
class Branch:
    """What a choice needs to know about the branch that it stands for."""

    site: Site
    names: frozenset[str] = frozenset()  # that its arms assign
    private: frozenset[str] = frozenset()  # those that nothing else in the function reads
    made: frozenset[str] = frozenset()  # those whose lists each arm makes for itself
    is_loop: bool = field(default=False, init=False)  # whether a loop is left in it


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
    writer = _Writer(code.co_filename)
    try:
        tree = writer.function(copy.deepcopy(source.tree))
        made = code_of(tree, code, source.owner, (*code.co_freevars, "_autograd"))
    except (RecursionError, SyntaxError) as error:
        return f"it could not be written anew ({error})"
    effects = {(name, line): why for name, line, why in writer.effects}
    found = Written(made, writer.branches, effects[code.co_name, source.tree.lineno], rules.catches(source.tree))
    waiting = [made]
    while waiting:
        one = waiting.pop()
        if one is not made:
            found.inner[id(one)] = one, effects.get((one.co_name, one.co_firstlineno), "")
        waiting += [x for x in one.co_consts if isinstance(x, CodeType)]
    return found


class _Writer(ast.NodeTransformer):
    def __init__(self, file: str) -> None:
        self.file = file
        self.branches: list[Branch] = []
        self.effects: list[tuple[str, int, str]] = []  # of each function: its name, its line, why no arm may call it
        self.whole: Any = None
        self.own: frozenset[str] = frozenset()
        self.deep = 0  # loops and the like that are open

    # Functions.

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

    def visit_Assign(self, node: ast.Assign) -> Any:
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) and node.targets[0].id in self.own:
            node.value = self._answer(node.value)
            return node
        return self.generic_visit(node)

    def _answer(self, node: ast.expr) -> Any:
        """A truth value that is given a name, to be asked for later."""
        is_compared = isinstance(node, ast.Compare) and all(type(op) in _COMPARE for op in node.ops)
        is_opposite = _is_not(node)
        is_both = isinstance(node, ast.BoolOp) and all(isinstance(x, ast.Compare) for x in node.values)
        if not (is_compared or is_opposite or is_both):
            return self.visit(node)
        number = self._branch(node)
        return _at(node, _call("answer", self.test(node), ast.Constant(number)))

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
                    one = _without_ends(copy.deepcopy(one), end)
                    own = self.own | {_RESULT}
                    why = rules.effect([*one.body, *one.orelse], own) or self._too_deep()
                    if not why:
                        before, self.own = self.own, own
                        made += self.choice(one)
                        self.own = before
                        if end is ast.Return:
                            made.append(_at(node, ast.Return(ast.Name(_RESULT, ast.Load()))))
                        return made
            made += self.statement(node, end, why)
        return made or [ast.Pass()]

    def statement(self, node: ast.stmt, end: endings.End | None, why: str) -> list[ast.stmt]:
        if isinstance(node, ast.If):
            why = why or rules.effect([*node.body, *node.orelse], self.own) or self._too_deep()
            if not why:
                return self.choice(node)
            self._stays(node, why)
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
                node.iter = self._iterated(node.iter)
            else:
                self._stays(node, "a `while` has as many turns as its numbers say; a `for` has turns that are known")
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
            look = _call("rebinds", _at(node.target, ast.Name(node.target.id, ast.Load())))
            return [_at(node, ast.Expr(look)), self.visit(node)]
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
        body = _without_end(body, ast.Break, node, left)
        target = [] if assigned([node.target]).isdisjoint(read_outside(self.whole, [node])) else [node.target]
        before, self.own = self.own, self.own | {left}
        made: list[ast.stmt] = []
        if place >= 0 and not rules.effect(body, self.own) and not self._too_deep():
            number, item = len(self.branches), node.target
            if target:  # it stays what it was when the loop was left
                item = ast.Name(f"_autograd_item_{number}", ast.Store())
                body = [_at(node, ast.Assign(target, ast.Name(item.id, ast.Load()))), *body]
            test = _at(node.target, ast.UnaryOp(ast.Not(), ast.Name(left, ast.Load())))
            self.deep += 1
            turn = self.choice(_at(node, ast.If(test, body, [])), f"break out of for {_short(node.target)}")
            self.deep -= 1
            ends = _call("leaves", ast.Name(left, ast.Load()), ast.Constant(number))
            turn.append(_at(node.target, ast.If(ends, [ast.Break()], [])))
            made = [
                _at(node, ast.Assign([ast.Name(left, ast.Store())], ast.Constant(False))),
                _at(node, ast.For(item, _call("looped", self.visit(node.iter), ast.Constant(number)), turn, [])),
            ]
        self.own = before
        return made

    def choice(self, node: ast.If, text: str = "") -> list[ast.stmt]:
        """The text that an `if` becomes."""
        names = assigned([*node.body, *node.orelse])
        parts = [*node.body, *node.orelse]
        private = names - read_outside(self.whole, parts) - {_RESULT}
        private = frozenset(name for name in private if all(_begins(arm, name) for arm in (node.body, node.orelse)))
        made = frozenset(name for name in names if _makes_lists(node.body, name) and _makes_lists(node.orelse, name))
        number = self._branch(node, names, private, made, text=text)
        test = self.test(node.test)
        self.deep += 2
        body, other = self.block(node.body, None), self.block(node.orelse, None)
        self.deep -= 2
        k = f"_autograd_{number}"
        each = [
            one
            for name in sorted(names)
            for one in _template(_NAME, node.test, {"K": k, "NAME": name}, {"TEXT": ast.Constant(name)}, {})
        ]
        expressions = {"TEST": test, "NUMBER": ast.Constant(number)}
        parts_of = {"BODY": body, "OTHER": other, "NAMES": each or [ast.Pass()]}
        return _template(_CHOICE, node.test, {"K": k}, expressions, parts_of)

    def _too_deep(self) -> str:
        return "" if self.deep < _DEEPEST else "it stands in too many others; Python nests no more than 20"

    def _branch(self, node: Any, *names: frozenset[str], text: str = "") -> int:
        site = Site(self.file, node.lineno, text or _text_of(node))
        made = Branch(site, *names)
        made.is_loop = any(name.startswith("_autograd_left") for name in made.names)
        self.branches.append(made)
        return len(self.branches) - 1

    def _stays(self, node: Any, why: str) -> None:
        self.branches.append(Branch(Site(self.file, node.lineno, _text_of(node), why)))

    # Expressions.

    def test(self, node: ast.expr) -> Any:
        """An expression that is asked whether it is true."""
        if isinstance(node, ast.Compare) and all(type(op) in _COMPARE for op in node.ops):
            symbols = [ast.Constant(_COMPARE[type(op)]) for op in node.ops]
            left, sides = self.visit(node.left), [*node.comparators]
            if len(sides) == 1:
                return _at(node, _call("compare", symbols[0], left, self.visit(sides[0])))
            if all(map(rules.is_lazy, sides)):
                pairs = [x for pair in zip(symbols, (_later(self.visit(x)) for x in sides), strict=True) for x in pair]
                return _at(node, _call("chain", left, *pairs))
        if isinstance(node, ast.BoolOp) and all(map(rules.is_lazy, node.values[1:])):
            first, *rest = map(self.test, node.values)
            return _at(node, _call("all_of" if isinstance(node.op, ast.And) else "any_of", first, *map(_later, rest)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return _at(node, _call("negated", self.test(node.operand)))
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
            each = _at(each, ast.GeneratorExp(self.test(each.elt), self._generators(each.generators)))
            function = _at(node, ast.Name(node.func.id, ast.Load()))
            return _at(node, _call("of_each", function, _later(each), _later(self.visit(node))))
        return self.visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        if not (rules.is_lazy(node.body) and rules.is_lazy(node.orelse)):
            self._stays(node, "an arm of it assigns a name")
            return self.generic_visit(node)
        number = self._branch(node)
        arms = _later(self.visit(node.body)), _later(self.visit(node.orelse))
        return _at(node, _call("pick", self.test(node.test), *arms, ast.Constant(number)))

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        is_plain = all(isinstance(x, ast.Compare) or _is_not(x) for x in node.values[:-1])  # True or False themselves
        if is_plain or not all(map(rules.is_lazy, node.values[1:])):
            return self.generic_visit(node)
        number = self._branch(node)
        first, *rest = map(self.visit, node.values)
        is_and = ast.Constant(isinstance(node.op, ast.And))
        return _at(node, _call("first_of", is_and, ast.Constant(number), first, *map(_later, rest)))

    def visit_Compare(self, node: ast.Compare) -> Any:
        node = self.generic_visit(node)  # type: ignore[assignment]
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.Is | ast.IsNot | ast.In | ast.NotIn):
            sides = node.left, node.comparators[0]
            if isinstance(node.ops[0], ast.In | ast.NotIn):
                node.left, node.comparators = (
                    _at(node, _call("sought", sides[0])),
                    [_at(node, _call("sought", sides[1]))],
                )
            elif not any(isinstance(x, ast.Constant) and x.value in (None, ...) for x in sides):
                node.left, node.comparators = (
                    _at(node, _call("itself", sides[0])),
                    [_at(node, _call("itself", sides[1]))],
                )
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return node
        node = self.generic_visit(node)  # type: ignore[assignment]
        node.func = _at(node.func, _call("call", node.func))
        return node

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        node = self.generic_visit(node)  # type: ignore[assignment]
        if isinstance(node.ctx, ast.Load):
            node.value = _at(node, _call("seen", node.value, ast.Constant(node.attr)))
        return node

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        node = self.generic_visit(node)  # type: ignore[assignment]
        if isinstance(node.ctx, ast.Load):
            node.value = _at(node, _call("indexed", node.value))
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        return node  # a text is as it was recorded

    def visit_ListComp(self, node: Any) -> Any:
        for name in ("elt", "key", "value"):
            if hasattr(node, name):
                setattr(node, name, self.visit(getattr(node, name)))
        node.generators = self._generators(node.generators)
        return node

    visit_SetComp = visit_DictComp = visit_ListComp

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> Any:
        return _at(node, _call("fresh", self.visit_ListComp(node)))

    def _generators(self, generators: list[ast.comprehension]) -> list[ast.comprehension]:
        for one in generators:
            one.iter = self._iterated(one.iter)
            for x in one.ifs:
                self._stays(x, "there are as many items as its numbers say; where(condition, item, 0.0) keeps them all")
            one.ifs = [self.visit(x) for x in one.ifs]
        return generators

    def _iterated(self, node: ast.expr) -> Any:
        return _at(node, _call("iterated", self.visit(node)))


def _without_ends(node: ast.If, end: endings.End, left: str = "") -> ast.If:
    """Its arms with a name for what they return, or for that they leave a loop, and without `continue`."""
    node.body, node.orelse = (_without_end(arm, end, node, left) for arm in (node.body, node.orelse))
    return node


def _without_end(arm: list[ast.stmt], end: endings.End, place: ast.stmt, left: str = "") -> list[ast.stmt]:
    last = arm[-1] if arm else None
    rest = arm[:-1]
    is_return = end is ast.Return
    ends = endings.may_end([last], ast.Break | ast.Continue if left else end) if last is not None else False
    if isinstance(last, ast.If) and (is_return or ends):
        return [*rest, _without_ends(last, end, left)] if ends else [*arm, _result(place, None)]
    if isinstance(last, ast.Break) and left:
        return [*rest, _at(last, ast.Assign([ast.Name(left, ast.Store())], ast.Constant(True)))]
    if isinstance(last, ast.Return) and is_return:
        return [*rest, _result(last, last.value)]
    if isinstance(last, ast.Continue) and not is_return:
        return rest or [_at(last, ast.Pass())]
    return [*arm, _result(place, None)] if is_return else arm


def _result(place: ast.stmt, value: ast.expr | None) -> Any:
    return _at(place, ast.Assign([ast.Name(_RESULT, ast.Store())], value or ast.Constant(None)))


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


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _text_of(node: Any) -> str:
    if isinstance(node, ast.If | ast.While):
        return f"{'if' if isinstance(node, ast.If) else 'while'} {_short(node.test)}"
    return _short(node)


def _short(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("_autograd", ast.Load()), name, ast.Load()), [*arguments], [])


def _later(node: ast.expr) -> Any:
    return _at(node, ast.Lambda(ast.arguments([], [], None, [], [], None, []), node))


def _at(place: Any, made: Any) -> Any:
    return ast.fix_missing_locations(ast.copy_location(made, place))


def _template(
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

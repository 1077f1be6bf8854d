"""Lower: the text of a kernel as LLVM's intermediate representation.

A kernel is written in a small part of Python: loops over `range`, arithmetic on integers, floats and conditions, arrays
behind pointers (`p[i]`, the vector `p[i : i + 8]`, and `p + i` for the pointer to that element), and calls: of its own
functions, of the library's, of `INSTRUCTIONS`, of LLVM's and C's functions of floats (`llvm.sqrt(x)`,
`libm.erf(x)`). Each expression has the type of what it is made of. Of `a if condition else b` both are computed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from llvmlite import ir

from . import library
from .instructions import (
    BYTE,
    FLOAT,
    INSTRUCTIONS,
    INT,
    SUMS,
    Pointer,
    element,
    foreign,
    is_vector,
    like,
    splat,
    spread,
)

_KINDS = {"f": FLOAT, "i": INT, "d": FLOAT, "q": INT, "b": BYTE}
_LONG = 30  # instructions of a word: those that compute a polynomial have more, those that choose or divide fewer
_OPERATORS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}
_ON_BITS = {ast.BitAnd: "and_", ast.BitOr: "or_", ast.LShift: "shl", ast.RShift: "ashr"}
_SYMBOLS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


class Lowering:
    """A module with the function `run`, and those that it calls; with loops, words are put inside them."""

    def __init__(self, text: str, takes: str, has_loops: bool) -> None:
        self.module = ir.Module("kernel")
        self._has_loops = has_loops
        self._text = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
        self._made: dict[Any, Any] = {}
        self.run = self.function("run", tuple((letter in "dqb", _KINDS[letter]) for letter in takes))

    def node(self, name: str) -> ast.FunctionDef:
        """The lines of a function, of the text or of the library."""
        found = self._text.get(name) or library.function(name)
        assert found is not None, name
        return found

    def function(self, name: str, takes: tuple[tuple[bool, Any], ...]) -> Any:
        """The function of that name for arguments of these types, each a pointer or not."""
        if (name, takes) not in self._made:
            kinds = [ir.PointerType() if is_pointer else kind for is_pointer, kind in takes]
            gives = ir.VoidType() if name.startswith("product_") else INT if name == "within" else FLOAT
            if name in library.known():
                gives = kinds[0]  # as many numbers as it takes
            made = ir.Function(self.module, ir.FunctionType(gives, kinds), f"{name}.{len(self._made)}")
            if name == "run":
                made.name = "run"
            else:
                made.linkage = "internal"
            self._made[name, takes] = made
            _Body(self, made, self.node(name), takes)
            if name in library.known():
                # loops become vector instructions only with all they call inside; straight lines would become endless
                is_inside = self._has_loops or len(made.entry_basic_block.instructions) < _LONG
                made.attributes.add("alwaysinline" if is_inside else "noinline")
        return self._made[name, takes]


class _Body:
    """The lines of one function."""

    def __init__(self, lowering: Lowering, made: Any, node: ast.FunctionDef, takes: Any) -> None:
        self.lowering = lowering
        self.gives = made.function_type.return_type
        self.builder = ir.IRBuilder(made.append_basic_block())
        self.flags = SUMS if node.name.startswith("product_") else ()
        self.is_word = node.name in library.known()
        self.is_straight = not any(isinstance(line, (ast.For, ast.If)) for line in node.body)
        self.values: dict[str, Any] = {}
        self.variables: dict[str, Any] = {}  # by name: where it is
        self.places: dict[Any, Any] = {}  # and where it was for each type that it had
        is_part = node.name.startswith("part_")
        if is_part:  # which would else become part of its only caller again
            made.attributes.add("noinline")
        for argument, value, (is_pointer, kind) in zip(node.args.args, made.args, takes, strict=True):
            self.values[argument.arg] = Pointer(value, kind) if is_pointer else value
            # what a product writes is nothing that it reads, and the arrays of a kernel do not overlap
            if is_pointer and (argument.arg in "zxyb" or node.name == "run" or is_part):
                value.add_attribute("noalias")
        self.lines(node.body)
        if not self.builder.block.is_terminated:
            self.builder.ret_void() if isinstance(self.gives, ir.VoidType) else self.builder.ret(FLOAT(0.0))

    def lines(self, nodes: Iterable[ast.stmt]) -> None:
        for node in nodes:
            if not isinstance(node, ast.Pass):
                getattr(self, f"_{type(node).__name__.lower()}")(node)

    # Statements.

    def _assign(self, node: ast.Assign) -> None:
        value = self.of(node.value)
        for target in node.targets:
            self._store(target, value)

    def _augassign(self, node: ast.AugAssign) -> None:
        self._store(node.target, self._binary(type(node.op), self.of(node.target), self.of(node.value)))

    def _store(self, target: Any, value: Any) -> None:
        if isinstance(target, ast.Subscript):
            array = self.of(target.value)
            if isinstance(target.slice, ast.Slice):
                place = self._element(array, self.of(target.slice.lower))
                self.builder.store(self._as(_neighbours(target.slice), value), place, align=8)
                return
            place = self._element(array, self.of(target.slice))
            if array.of is BYTE:
                value = self.builder.trunc(value, BYTE)
            self.builder.store(self._as(array.of, value), place)
            return
        if isinstance(target, ast.Tuple):
            for each, one in zip(target.elts, value, strict=True):
                self._store(each, one)
            return
        if self.is_straight or isinstance(value, Pointer):
            self.values[target.id] = value
            return
        known = self.variables.get(target.id)
        kind = FLOAT if known is not None and (known.kind, value.type) == (FLOAT, INT) else value.type
        if (target.id, kind) not in self.places:  # a name may stand for vectors of two widths, one after the other
            with self.builder.goto_entry_block():
                place = self.places[target.id, kind] = self.builder.alloca(kind)
            place.kind = kind
        self.variables[target.id] = self.places[target.id, kind]
        self.builder.store(self._as(kind, value), self.variables[target.id])

    def _for(self, node: ast.For) -> None:
        assert isinstance(node.iter, ast.Call)
        assert isinstance(node.target, ast.Name)
        bounds = [self.of(argument) for argument in node.iter.args]
        start, stop = (INT(0), bounds[0]) if len(bounds) == 1 else bounds[:2]
        step = bounds[2] if len(bounds) == 3 else INT(1)
        builder = self.builder
        before = builder.block
        test, body, after = (builder.append_basic_block(name) for name in ("test", "body", "after"))
        builder.branch(test)
        builder.position_at_end(test)
        index = builder.phi(INT)
        index.add_incoming(start, before)
        builder.cbranch(builder.icmp_signed("<", index, stop), body, after)
        builder.position_at_end(body)
        hidden = self.variables.pop(node.target.id, None)
        self.values[node.target.id] = index
        self.lines(node.body)
        if hidden is not None:
            self.variables[node.target.id] = hidden
        if not builder.block.is_terminated:
            index.add_incoming(builder.add(index, step, flags=("nsw",)), builder.block)
            builder.branch(test)
        builder.position_at_end(after)

    def _if(self, node: ast.If) -> None:
        with self.builder.if_then(self.of(node.test)):
            self.lines(node.body)

    def _return(self, node: ast.Return) -> None:
        assert node.value is not None
        self.builder.ret(self._as(self.gives, self.of(node.value)))

    def _expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):  # and no docstring
            self.of(node.value)

    # Expressions.

    def of(self, node: Any) -> Any:
        """The value of an expression."""
        return getattr(self, f"_{type(node).__name__.lower()}")(node)

    def _name(self, node: ast.Name) -> Any:
        if node.id in self.variables:
            place = self.variables[node.id]
            return self.builder.load(place, typ=place.kind)
        if node.id in self.values:
            return self.values[node.id]
        return FLOAT(float(node.id)) if node.id in ("inf", "nan") else self.of(library.constants()[node.id])

    def _constant(self, node: ast.Constant) -> Any:
        return FLOAT(node.value) if isinstance(node.value, float) else INT(node.value)

    def _tuple(self, node: ast.Tuple) -> Any:
        return tuple(map(self.of, node.elts))

    def _binop(self, node: ast.BinOp) -> Any:
        return self._binary(type(node.op), self.of(node.left), self.of(node.right))

    def _binary(self, op: type[ast.operator], a: Any, b: Any) -> Any:
        if isinstance(a, Pointer):
            return Pointer(self._element(a, b), a.of)
        a, b = self._alike(a, b)
        if op in _ON_BITS:
            return getattr(self.builder, _ON_BITS[op])(a, b)
        if element(a) != INT:
            return getattr(self.builder, f"f{_OPERATORS[op]}")(a, b, flags=self.flags)
        return getattr(self.builder, _OPERATORS[op])(a, b, flags=("nsw",))

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        value = self.of(node.operand)
        if isinstance(node.op, ast.Not):
            return self.builder.not_(value)
        if isinstance(value, ir.Constant):
            return value.type(-value.constant)
        return self.builder.fneg(value) if element(value) == FLOAT else self.builder.neg(value)

    def _compare(self, node: ast.Compare) -> Any:
        symbol = _SYMBOLS[type(node.ops[0])]
        a, b = self._alike(self.of(node.left), self.of(node.comparators[0]))
        if element(a) == FLOAT:
            return (self.builder.fcmp_unordered if symbol == "!=" else self.builder.fcmp_ordered)(symbol, a, b)
        return self.builder.icmp_signed(symbol, a, b)

    def _ifexp(self, node: ast.IfExp) -> Any:
        a, b = self._alike(self.of(node.body), self.of(node.orelse))
        return self.builder.select(*spread(self.builder, self.of(node.test), a, b))

    def _subscript(self, node: ast.Subscript) -> Any:
        """A number, or neighbours, as many as the slice `[i : i + 8]` says."""
        array = self.of(node.value)
        if not isinstance(node.slice, ast.Slice):
            return self.builder.load(self._element(array, self.of(node.slice)), typ=array.of)
        place = self._element(array, self.of(node.slice.lower))
        return self.builder.load(place, typ=_neighbours(node.slice), align=8)

    def _call(self, node: ast.Call) -> Any:
        inputs = [self.of(argument) for argument in node.args]
        if isinstance(node.func, ast.Attribute):
            assert isinstance(node.func.value, ast.Name)
            return foreign(self.builder, node.func.value.id, node.func.attr, *inputs)
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        if name in INSTRUCTIONS:
            return INSTRUCTIONS[name](self.builder, *inputs)
        if self.is_word:
            return self._written_out(self.lowering.node(name), inputs)
        if name in library.known():
            inputs = spread(self.builder, *(self._as(FLOAT, x) for x in inputs))
        takes = tuple((isinstance(x, Pointer), x.of if isinstance(x, Pointer) else x.type) for x in inputs)
        made = self.lowering.function(name, takes)
        return self.builder.call(made, [x.value if isinstance(x, Pointer) else x for x in inputs])

    def _written_out(self, node: ast.FunctionDef, inputs: list[Any]) -> Any:
        """What a part of a word gives, its lines written where it is called."""
        *lines, last = node.body
        assert isinstance(last, ast.Return)
        outer, self.values = self.values, {x.arg: value for x, value in zip(node.args.args, inputs, strict=True)}
        self.lines(lines)
        result = self.of(last.value)
        self.values = outer
        return result

    def _element(self, array: Pointer, index: Any) -> Any:
        return self.builder.gep(array.value, [index], inbounds=True, source_etype=array.of)

    def _alike(self, a: Any, b: Any) -> tuple[Any, Any]:
        if element(a) != element(b):
            a, b = self._as(FLOAT, a), self._as(FLOAT, b)
        return tuple(spread(self.builder, a, b))

    def _as(self, kind: Any, value: Any) -> Any:
        """A value as another kind of number, or as many of them."""
        if isinstance(kind, ir.VectorType) and not is_vector(value):
            return splat(self.builder, self._as(kind.element, value), kind.count)
        is_float = kind == FLOAT or (isinstance(kind, ir.VectorType) and kind.element == FLOAT)
        return self.builder.sitofp(value, like(value, FLOAT)) if is_float and element(value) == INT else value


def _neighbours(node: ast.Slice) -> Any:
    """The type of a slice, of which the text is `i : i + 8`."""
    assert isinstance(node.upper, ast.BinOp)
    assert isinstance(node.upper.right, ast.Constant)
    return ir.VectorType(FLOAT, node.upper.right.value)

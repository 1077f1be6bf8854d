"""Lower: the text of a kernel as LLVM's intermediate representation.

A kernel is written in a small part of Python: loops over `range`, arithmetic on integers, floats and conditions, arrays
behind pointers (`p[i]`, the vector `p[i : i + 8]`, and `p + i` for the pointer to that element), and calls. Numba would
take most of it too, but infers the type of every name first, which for thousands of lines is most of its time; here
each expression has the type of what it is made of.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

FLOAT, INT, BIT, BYTE = ir.DoubleType(), ir.IntType(64), ir.IntType(1), ir.IntType(8)
_KINDS = {"f": FLOAT, "i": INT, "d": FLOAT, "q": INT, "b": BYTE}
_SUMS = ("reassoc", "contract")  # sums of products may be taken in any order, and fused


@dataclass(frozen=True)
class Pointer:
    """The address of numbers of one type."""

    value: Any
    of: Any


class Lowering:
    """A module with the function `run`, and those that it calls; `words` tells how many inputs a word takes."""

    def __init__(self, text: str, takes: str, words: Callable[[str], int]) -> None:
        self.module = ir.Module("kernel")
        self.words = words
        self.called: set[str] = set()  # words
        self._text = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
        self._made: dict[Any, Any] = {}
        self.run = self.function("run", tuple((letter in "dqb", _KINDS[letter]) for letter in takes), FLOAT)

    def has(self, name: str) -> bool:
        """Whether the text defines this function."""
        return name in self._text

    def function(self, name: str, takes: tuple[tuple[bool, Any], ...], gives: Any) -> Any:
        """The function of that name for arguments of these types, each a pointer or not."""
        if (name, takes) not in self._made:
            node = self._text[name]
            kinds = [ir.PointerType() if is_pointer else kind for is_pointer, kind in takes]
            made = ir.Function(self.module, ir.FunctionType(gives, kinds), f"{name}.{len(self._made)}")
            if name == "run":
                made.name = "run"
            else:
                made.linkage = "internal"
            self._made[name, takes] = made
            _Body(self, made, node, takes)
        return self._made[name, takes]

    def word(self, name: str) -> Any:
        """A word of the table, as a function that is linked later."""
        if ("word", name) not in self._made:
            kind = ir.FunctionType(FLOAT, [FLOAT] * self.words(name))
            self._made["word", name] = ir.Function(self.module, kind, f"word.{name}")
            self.called.add(name)
        return self._made["word", name]


class _Body:
    """The lines of one function."""

    def __init__(self, lowering: Lowering, made: Any, node: ast.FunctionDef, takes: Any) -> None:
        self.lowering = lowering
        self.gives = made.function_type.return_type
        self.entry = made.append_basic_block("entry")
        self.builder = ir.IRBuilder(made.append_basic_block("start"))
        self.flags = _SUMS if node.name.startswith("product_") else ()
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
        with self.builder.goto_block(self.entry):
            self.builder.branch(made.blocks[1])

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
                self.builder.store(value, place, align=8)
                return
            place = self._element(array, self.of(target.slice))
            if array.of is BYTE:
                value = self.builder.trunc(value, BYTE)
            self.builder.store(self._as(array.of, value), place)
            return
        if isinstance(value, Pointer):
            self.values[target.id] = value
            return
        known = self.variables.get(target.id)
        kind = FLOAT if known is not None and (known.kind, value.type) == (FLOAT, INT) else value.type
        if (target.id, kind) not in self.places:  # a name may stand for vectors of two widths, one after the other
            with self.builder.goto_block(self.entry):
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
        self.of(node.value)

    # Expressions.

    def of(self, node: Any) -> Any:
        """The value of an expression."""
        if isinstance(node, ast.Name):
            if node.id in self.variables:
                place = self.variables[node.id]
                return self.builder.load(place, typ=place.kind)
            if node.id in ("inf", "nan"):
                return FLOAT(float(node.id))
            return self.values[node.id]
        if isinstance(node, ast.Constant):
            return FLOAT(node.value) if isinstance(node.value, float) else INT(node.value)
        if isinstance(node, ast.BinOp):
            return self._binary(type(node.op), self.of(node.left), self.of(node.right))
        if isinstance(node, ast.Subscript):
            array = self.of(node.value)
            if isinstance(node.slice, ast.Slice):
                return self._vector(array, node.slice)
            return self.builder.load(self._element(array, self.of(node.slice)), typ=array.of)
        if isinstance(node, ast.UnaryOp):
            value = self.of(node.operand)
            return self.builder.fneg(value) if value.type == FLOAT else self.builder.neg(value)
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.IfExp):
            a, b = self._alike(self.of(node.body), self.of(node.orelse))
            return self.builder.select(self.of(node.test), a, b)
        assert isinstance(node, ast.Call), ast.dump(node)
        return self._call(node)

    def _binary(self, op: Any, a: Any, b: Any) -> Any:
        if isinstance(a, Pointer):
            return Pointer(self._element(a, b), a.of)
        if isinstance(a.type, ir.VectorType) != isinstance(b.type, ir.VectorType):
            kind = a.type if isinstance(a.type, ir.VectorType) else b.type
            a, b = (x if x.type == kind else self._splat(x, kind.count) for x in (a, b))
        else:
            a, b = self._alike(a, b)
        if op in (ast.BitAnd, ast.BitOr):
            return (self.builder.and_ if op is ast.BitAnd else self.builder.or_)(a, b)
        name = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}[op]
        if a.type != INT:
            return getattr(self.builder, f"f{name}")(a, b, flags=self.flags)
        return getattr(self.builder, name)(a, b, flags=("nsw",))

    def _compare(self, node: ast.Compare) -> Any:
        symbol = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}[
            type(node.ops[0])
        ]
        a, b = self._alike(self.of(node.left), self.of(node.comparators[0]))
        if a.type == FLOAT:
            return (self.builder.fcmp_unordered if symbol == "!=" else self.builder.fcmp_ordered)(symbol, a, b)
        return self.builder.icmp_signed(symbol, a, b)

    def _call(self, node: ast.Call) -> Any:
        assert isinstance(node.func, ast.Name)
        if node.func.id == "splat":
            number, count = node.args
            assert isinstance(count, ast.Constant)
            assert isinstance(count.value, int)
            return self._splat(self._as(FLOAT, self.of(number)), count.value)
        name, inputs = node.func.id, [self.of(argument) for argument in node.args]
        if name == "plus":  # sums over lanes
            return self.builder.fadd(*inputs, flags=_SUMS)
        if name in ("min", "max"):
            return self.builder.select(self.builder.icmp_signed("<" if name == "min" else ">", *inputs), *inputs)
        if name == "int":
            return self.builder.fptosi(inputs[0], INT)
        if self.lowering.has(name):
            takes = tuple((isinstance(x, Pointer), x.of if isinstance(x, Pointer) else x.type) for x in inputs)
            gives = ir.VoidType() if name.startswith("product_") else INT if name == "within" else FLOAT
            made = self.lowering.function(name, takes, gives)
            return self.builder.call(made, [x.value if isinstance(x, Pointer) else x for x in inputs])
        return self.builder.call(self.lowering.word(name), [self._as(FLOAT, x) for x in inputs])

    def _vector(self, array: Pointer, bounds: ast.Slice) -> Any:
        """Neighbours, as many as the slice `[i : i + 8]` says."""
        assert isinstance(bounds.upper, ast.BinOp)
        assert isinstance(bounds.upper.right, ast.Constant)
        kind = ir.VectorType(FLOAT, bounds.upper.right.value)
        return self.builder.load(self._element(array, self.of(bounds.lower)), typ=kind, align=8)

    def _splat(self, number: Any, count: int) -> Any:
        """A vector of the same number; of one number it is the number itself."""
        if count == 1:
            return number
        kind = ir.VectorType(FLOAT, count)
        single = self.builder.insert_element(ir.Constant(kind, ir.Undefined), number, INT(0))
        return self.builder.shuffle_vector(
            single, ir.Constant(kind, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), count), [0] * count)
        )

    def _element(self, array: Pointer, index: Any) -> Any:
        return self.builder.gep(array.value, [index], inbounds=True, source_etype=array.of)

    def _alike(self, a: Any, b: Any) -> tuple[Any, Any]:
        if a.type == b.type:
            return a, b
        return self._as(FLOAT, a), self._as(FLOAT, b)

    def _as(self, kind: Any, value: Any) -> Any:
        return self.builder.sitofp(value, FLOAT) if kind == FLOAT and value.type == INT else value

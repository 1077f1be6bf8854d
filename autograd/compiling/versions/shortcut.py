"""Shortcut: a printed function for calls like one before: takes arguments apart, runs a program, arranges results.

Whatever is otherwise than it was printed for (an argument of another kind or size, a parameter that was replaced, a
comparison that turns) makes it return None, and the call is made the long way, which knows what to do or to say.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, groupby
from typing import Any

import numpy as np

from ...trees import Tree, is_leaf
from ...trees import count as size_of
from ...vocabularies.printed import printed
from ..calls.arguments import Layout
from ..calls.flattening import KINDS, NUMBERS, SAMPLES, keys_for, mark, regular, split
from ..calls.results import of_samples, pair_of
from .store import Home
from .version import Version

_OF_SAMPLES = "of_samples([rest], [outputs[1:]], [arange(n)], n)"
_MOST = 200  # arguments taken apart one by one: more lines take longer to compile than they save


def shortcut(
    version: Version,
    home: Home,
    layout: Layout,
    kind: str,
    chosen: tuple[int, ...],
    is_single: bool,
    is_mean: bool,
    has_aux: bool = False,
) -> Callable[..., Any] | None:
    """The function for a "value", a "gradient" by the arguments chosen, or "backward"; None where it saves nothing.

    The parameters are read from their home, and `backward` leaves derivatives there. With `has_aux`, the value is a
    pair.
    """
    if layout.names or sum(map(_lines, layout.trees)) > _MOST or (kind == "backward" and version.results):
        return None
    taking = _Taking()
    arguments = [f"a{k}" for k in range(len(layout.trees))]
    try:
        for name, tree, batched in zip(arguments, layout.trees, layout.batched, strict=True):
            taking.take(name, tree, batched)
    except _OneByOne:
        return None
    program, known = version.program, len(version.parameters)
    wanted = b"" if kind == "value" else version.wanted(kind == "backward", layout.wanted(chosen))
    has_samples = any(layout.batched)
    chunks = taking.chunks()
    if known or not chunks:
        chunks.insert(0, "numbers")
    given = [
        f"[{', '.join(chunks)}]",
        "own" if has_samples else "None",
        "wanted",
        "1.0 / n" if has_samples and is_mean else "1.0",
    ]
    place = home.place if kind == "backward" and program.native is not None and chunks == ["numbers"] else None
    if place is not None:
        given.append("place")  # machine code leaves them where they are to stay
    body = [
        *taking.lines,
        "if not same(): return None",
        *(["program.parameters = numbers = read()"] if known else []),
        *taking.columns(),
        f"outputs, failed, d, d_own = run({', '.join(given)})",
        # a tenth of the time of failed.any()
        *(["if 1 in failed.tobytes(): return None"] if program.graph.checks else []),
    ]
    value = "outputs.item(0)"
    if has_samples:
        value = f"float(total(outputs[0])){' / n' if is_mean else ''}"
    result, kept = version.result, dict[str, Any]()
    first, rest = pair_of(result) if has_aux else (result, result)
    if has_aux and kind != "value":
        value = f"({value}, {_OF_SAMPLES if has_samples else 'split(rest, outputs[1:, 0])'})"
    if kind == "backward":
        line, kept = home.keeping()
        body += [line, f"return {value}"]
    elif kind == "gradient":
        parts = [taking.arranged(layout, k, known) for k in chosen]
        body.append(f"return {value}, {parts[0] if is_single else '(' + ', '.join(parts) + ',)'}")
    elif has_samples:
        found = "of_samples([first], [outputs], [arange(n)], n)" if first[0] != "number" else "outputs[0]"
        body.append(f"return {found}{f', {_OF_SAMPLES}' if has_aux else ''}")
    elif result[0] == "number":
        body.append(f"return {value}")
    else:
        body.append("return split(result, outputs[:, 0])")
    names: dict[str, Any] = {
        **taking.names,
        "FLOAT": np.dtype(float),
        "ndarray": np.ndarray,
        "array": np.array,
        "empty": np.empty,
        "total": np.add.reduce,
        "arange": np.arange,
        "regular": regular,
        "keys_for": keys_for,
        "mark": mark,
        "split": split,
        "of_samples": of_samples,
        "result": result,
        "first": first,
        "rest": rest,
        "layout": layout,
        "same": home.is_same,
        "read": home.numbers,
        **kept,
        "place": place,
        "numbers": np.zeros(0),
        "program": program,
        "run": program.runs.run,
        "wanted": wanted,
    }
    source = "\n".join([f"def shortcut({', '.join(arguments)}):", *(f"    {line}" for line in body)])
    return printed("shortcut", source, names)


class _OneByOne(Exception):
    """The samples of an argument are not in an array, or in lists that make one."""


class _Taking:
    """Lines that take arguments apart, and the names of what they find."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self._shared: list[tuple[bool, str]] = []  # what was found, and whether it is an array
        self._own: list[tuple[str, Tree]] = []
        self._serial = count()

    def take(self, name: str, tree: Tree, batched: bool) -> None:
        """The lines for what goes by this name."""
        kind = tree[0]
        if kind == "same":
            self._take_constant(name, tree)
        elif kind == "fixed":
            same = f"{name}.shape == {tree[1]} and {name}.dtype.str == {tree[2]!r} and {name}.tobytes() == "
            self._unless(f"type({name}) is ndarray and {same}{self._constant(tree[3])}")
        elif kind == "dict":
            keys, known = ("tuple", tree[1]) if len(tree) == 3 else ("keys_for", tree[1:-1])
            self._unless(f"type({name}) is dict and {keys}({name}) == {self._constant(known)}")
            self._items(f"{name}.values()", tree[-1], batched)
        elif batched:
            self._take_samples(name, tree)
        elif kind == "number":
            number = tree[1] if len(tree) == 2 else float
            self._unless(f"type({name}) is {'float' if number is float else self._constant(number)}")
            if number is not float:
                self.lines.append(f"{name} = float({name})")
            self._shared.append((False, name))
        elif kind in ("array", "lists"):
            condition = f"{name}.shape == {tree[1]}"
            if len(tree) == 3 and kind == "array":
                condition += f" and {name}.dtype.type is {self._constant(tree[2])}"
            self._take_array(name, kind, condition, KINDS if len(tree) == 3 else NUMBERS)
            self.lines.append(f"if {name}.dtype is not FLOAT: {name} = {name}.astype(FLOAT)")
            self._shared.append((True, name))
        else:
            self._unless(f"type({name}) is {self._constant(_TYPES.get(kind, kind))} and len({name}) == {len(tree[1])}")
            self._items(name, tree[1], batched)

    def _take_constant(self, name: str, tree: Tree) -> None:
        """The line for what is part of the tree: a number or a text equal to it, and of objects, the same one."""
        x = self._constant(tree[1])
        if type(tree[1]) in (int, str):
            self._unless(f"{name} is {x} or (type({name}) is {type(tree[1]).__name__} and {name} == {x})")
        elif type(tree[1]) is float:
            self._unless(f"type({name}) is float and {name} == {x} and mark({name}) == {self._constant(tree[2])}")
        else:
            self._unless(f"{name} is {x}")

    def _take_samples(self, name: str, tree: Tree) -> None:
        kind, sizes = tree[0], tree[1] if len(tree) > 1 else ()
        if kind not in ("number", "array", "lists"):
            raise _OneByOne
        self._take_array(name, kind, f"{name}.ndim == {1 + len(sizes)} and {name}.shape[1:] == {sizes}")
        self.lines.append(f"n = len({name})" if not self._own else f"if len({name}) != n: return None")
        if not self._own:
            self._unless("n")
        self._own.append((name, tree))

    def _take_array(self, name: str, kind: str, condition: str, mode: int = SAMPLES) -> None:
        if kind != "array":
            other = name if kind == "number" else "None"
            self.lines.append(f"{name} = regular({name}, {mode}) if type({name}) is list else {other}")
        numbers = f"({name}.dtype is FLOAT or {name}.dtype.kind in 'fiub')"
        self._unless(f"type({name}) is ndarray and {condition} and {numbers}")

    def _items(self, name: str, trees: tuple[Tree, ...], batched: bool) -> None:
        parts = [f"x{next(self._serial)}" for _ in trees]
        if parts:
            self.lines.append(f"{', '.join(parts)}, = {name}")
        for part, tree in zip(parts, trees, strict=True):
            self.take(part, tree, batched)

    def _unless(self, condition: str) -> None:
        self.lines.append(f"if not ({condition}): return None")

    def _constant(self, x: Any) -> str:
        name = f"c{next(self._serial)}"
        self.names[name] = x
        return name

    def chunks(self) -> list[str]:
        """The numbers without samples: arrays, and the numbers between them together."""
        found = []
        for is_array, group in groupby(self._shared, key=lambda one: one[0]):
            names = [name for _, name in group]
            found += [f"{name}.reshape(-1)" for name in names] if is_array else [f"array([{', '.join(names)}])"]
        return found

    def columns(self) -> list[str]:
        """The lines that put samples into one array, a column for each."""
        if not self._own:
            return []
        lines, at = [], 0
        for name, tree in self._own:
            size = size_of(tree)
            turned = f"{name}.T" if tree[0] == "number" or len(tree[1]) < 2 else f"{name}.reshape(n, -1).T"
            lines.append(f"own[{at}:{at + size}] = {turned}")
            at += size
        return [f"own = empty(({at}, n))", *lines]

    def arranged(self, layout: Layout, k: int, known: int) -> str:
        """The expression for the derivative by the k-th argument."""
        if layout.batched[k]:
            return f"layout.arranged({k}, None, d_own)"
        return self._arranged(layout.slopes[k], known + layout.places[k][0])

    def _arranged(self, tree: Tree, at: int) -> str:
        kind = tree[0]
        if kind == "number":
            return f"float(d[{at}])"
        if kind == "same":
            return self._constant(tree[1])
        if kind in ("array", "lists"):
            part = f"d[{at}:{at + size_of(tree)}]"
            part = part if len(tree[1]) == 1 else f"{part}.reshape({tree[1]})"
            return part if kind == "array" else f"{part}.tolist()"
        parts = []
        for one in tree[-1]:
            parts.append(self._arranged(one, at))
            at += size_of(one)
        if kind == "dict":
            return f"dict(zip({self._constant(tree[1])}, [{', '.join(parts)}]))"
        if kind == "list":
            return f"[{', '.join(parts)}]"
        together = "".join(f"{part}, " for part in parts)
        return f"({together})" if kind == "tuple" else f"{self._constant(kind)}({together})"


_TYPES = {"list": list, "tuple": tuple}


def _lines(tree: Tree) -> int:
    """How many things are checked one by one."""
    return 1 if is_leaf(tree) else 1 + sum(map(_lines, tree[-1]))

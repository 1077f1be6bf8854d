"""Many Values drawn as few boxes: one for each scope, and one for all parts computed in the same way.

Values of a scope are one box. The others are one box where they have the same operation and label and their inputs
come from the same boxes: the loss terms of a thousand samples, or a sum added up term by term, become one box each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from typing import Any

from ..core.value import UNSET, Value
from .boxes import Box, Diagram, Row, Wire, box, wire
from .lettering import clean, counted, figure, fitted, span
from .naming import NOT_YET, kinds, symbol_of

Scope = Callable[[str], str]  # what of a scope's path is kept


@dataclass(eq=False)
class Group:
    """The Values drawn as one box."""

    key: Any
    first: Value
    last: Value
    size: int = 0
    scope: str = ""
    sources: frozenset[int] = frozenset()
    outputs: dict[int, Value] = field(default_factory=dict)  # those used by other boxes


@dataclass
class _Link:
    count: int
    x: Value
    node: Value
    place: int
    on: bool = False


def levels(values: Sequence[Value], word: str | None) -> Iterator[tuple[str, Scope, bool]]:
    """From fine to coarse: what the picture says it shows, what is kept of a scope, and whether numbers in names count.

    Raises:
        ValueError: no scope has a part that begins with `word`.
    """
    scopes = {value.scope for value in values} - {""}
    deepest = max((scope.count("/") + 1 for scope in scopes), default=0)
    if word is not None:
        cut = [_up_to(scope, word) for scope in scopes]
        if not any(cut):
            known = ", ".join(
                sorted({re.split(r"[\s\d]", part)[0] for scope in scopes for part in scope.split("/")})[:8]
            )
            raise ValueError(
                f"collapse={word!r} finds no scope of that name; "
                + (f"the scopes here are named {known}" if known else f'name one: with scope("{word} 1"): ...')
            )
        deepest = max(depth for depth in (len(path.split("/")) for path in cut if path))
        yield f"one box for each {word}", lambda scope: _up_to(scope, word) or scope, True
        deepest -= 1
    for depth in range(deepest, 0, -1):
        yield "one box for each scope", _first_parts(depth), True
    if not deepest and word is None:
        yield "", str, True
    yield "parts named alike are one box", lambda scope: re.sub(r"\d+", "", scope), False


def _up_to(scope: str, word: str) -> str:
    """The path down to its part named `word`, or "" if it has none."""
    parts = scope.split("/")
    found = next((k for k, part in enumerate(parts) if part.startswith(word)), None)
    return "" if found is None else "/".join(parts[: found + 1])


def _first_parts(depth: int) -> Scope:
    return lambda scope: "/".join(scope.split("/")[:depth])


def grouped(
    values: Sequence[Value],
    roots: Sequence[Value],
    most: int,
    scope_of: Scope = str,
    numbered: bool = True,
    cut: Collection[int] = (),
    on: Collection[object] = (),
) -> Diagram | None:
    """The picture of all `values` (earliest first) in at most `most` boxes, or None if it takes more."""
    grouping = _Grouping({id(root) for root in roots}, kinds(values, roots), scope_of, numbered)
    for value in values:
        grouping.add(value, () if id(value) in cut else value.inputs, on)
        if len(grouping.groups) > most:
            return None
    picture = Diagram(size=len(values))
    lit = {k for key, k in grouping.of.items() if key in on} if on else set()
    for k, one in enumerate(grouping.groups):
        picture.boxes.append(_box(one, f"g{k}", grouping.kind_of(one.first), id(one.first) in cut, k in lit))
    picture.wires = _wires(grouping)
    return picture


class _Grouping:
    """The boxes found so far, and what connects them."""

    def __init__(self, ends: set[int], kind_of: Callable[[Value], str], scope_of: Scope, numbered: bool) -> None:
        self.groups: list[Group] = []
        self.of: dict[int, int] = {}  # by id of a Value: its group
        self.links: dict[tuple[int, int], _Link] = {}
        self.ends = ends
        self.kind_of = kind_of
        self._by_key: dict[Any, int] = {}
        self._scope_of = cache(scope_of)
        self._numbered = numbered

    def add(self, value: Value, inputs: Sequence[Value], on: Collection[object]) -> None:
        """Puts a Value into its group, and connects that with the groups of its inputs."""
        scope = self._scope_of(value.scope) if value.scope else ""
        key, sources = self._key(value, inputs, scope)
        k = self.of[id(value)] = self._group(key, value, scope, sources)
        for place, x in enumerate(inputs):
            # constants are not shared: each group has its own, but for scopes, which read the same data
            s = self.of[id(x)] if x._serial else self._group(("constant", None if scope else k), x)
            if s == k:
                continue
            link = self.links.get((s, k))
            if link is None:
                link = self.links[s, k] = _Link(0, x, value, place)
            link.count += 1
            link.on = link.on or (id(value), place) in on
            self.groups[s].outputs[id(x)] = x

    def _key(self, value: Value, inputs: Sequence[Value], scope: str) -> tuple[Any, frozenset[int]]:
        """What Values of the same group have in common, and the groups of the inputs where that counts."""
        if id(value) in self.ends:
            return ("root", id(value)), frozenset()
        if scope:
            return ("scope", scope), frozenset()
        label = value.label if self._numbered else re.sub(r"\d+", "", value.label)
        if not inputs:
            return ("leaf", value.op, label, self.kind_of(value)), frozenset()
        kind = ("op", value.op, label)
        sources = frozenset([self.of[id(x)] for x in inputs if x._serial])
        for s in sources:
            before = self.groups[s]
            # a run of one operation, as in s = s + x, joins the box it continues
            if before.key[:3] == kind and sources - {s} <= before.sources:
                return before.key, before.sources
        return (*kind, sources), sources

    def _group(self, key: Any, value: Value, scope: str = "", sources: frozenset[int] = frozenset()) -> int:
        k = self._by_key.setdefault(key, len(self.groups))
        if k == len(self.groups):
            self.groups.append(Group(key, value, value, scope=scope, sources=sources))
        group = self.groups[k]
        group.size += 1
        group.last = value
        if key[0] == "constant":
            group.outputs[id(value)] = value
        return k


def _wires(grouping: _Grouping) -> list[Wire]:
    """A wire for each two groups connected; where that is by one input only, with its partial."""
    places = [count() for _ in grouping.groups]
    wires = []
    for (s, k), link in grouping.links.items():
        if link.count == 1:
            drawn = wire(link.x, link.node, link.place, s, k, link.on)
        else:
            drawn = Wire(s, k, 0, tip=counted(link.count, "connection"), on=link.on)
        wires.append(replace(drawn, place=next(places[k])))
    return wires


def _box(group: Group, key: str, kind: str, cut: bool, on: bool) -> Box:
    if group.size == 1:
        return box(group.first, key, kind, cut, on)
    outputs = list(group.outputs.values()) or [group.first]
    rows = [Row("data", "data", _range([x.data for x in outputs]))]
    if not group.first.is_constant:
        reached = [x.grad for x in outputs if x.grad is not UNSET]
        rows.append(Row("grad", "grad", _range(reached) if reached else NOT_YET))
    if group.scope:
        title, _, role = reversed((*group.scope.rpartition("/"),))
        rows.append(Row("count", "values", f"{group.size:,}"))
        tip = f"{group.scope}: {counted(group.size, 'value')}, {counted(len(outputs), 'output')}"
        symbol = fitted(clean(title), 15, 110, bold=True)
        return Box(key, "group", clean(title), symbol, clean(role), tuple(rows), tip, cut, on)
    first = group.first
    symbol = symbol_of(first)
    label = clean(first.label) + ("" if group.last.label == first.label else " …")
    title = " = ".join(filter(None, [label, symbol])) or {"constant": "constants"}.get(kind, kind)
    # a constant is counted as often as it is used, several constants once each
    times = len(outputs) if first.is_constant and len(outputs) > 1 else group.size
    tip = f"{title}, {times:,} times"
    return Box(key, kind, title, symbol or title, f"{times:,} ×", tuple(rows), tip, cut, on)


def _range(numbers: Sequence[float]) -> str:
    odd = [x for x in numbers if x != x]
    return figure(odd[0]) if odd else span(min(numbers), max(numbers))

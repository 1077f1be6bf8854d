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

from ..value import UNSET, Value
from .graph import Box, Graph, Row, Wire, box, wire
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
) -> Graph | None:
    """The picture of all `values` (earliest first) in at most `most` boxes, or None if it takes more."""
    groups: list[Group] = []
    by_key: dict[Any, int] = {}
    of: dict[int, int] = {}
    links: dict[tuple[int, int], _Link] = {}
    ends = {id(root) for root in roots}
    kind_of = kinds(values, roots)
    path = cache(scope_of)

    def group(key: Any, one: Value, scope: str = "", sources: frozenset[int] = frozenset()) -> int:
        k = by_key.setdefault(key, len(groups))
        if k == len(groups):
            groups.append(Group(key, one, one, scope=scope, sources=sources))
        groups[k].size += 1
        groups[k].last = one
        return k

    for value in values:
        inputs = () if id(value) in cut else value.inputs
        scope = path(value.scope) if value.scope else ""
        label = value.label if numbered else re.sub(r"\d+", "", value.label)
        if id(value) in ends:
            k = group(("root", id(value)), value)
        elif scope:
            k = group(("scope", scope), value, scope=scope)
        elif not inputs:
            k = group(("leaf", value.op, label, kind_of(value)), value)
        else:
            sources = frozenset([of[id(x)] for x in inputs if x.line])
            # a run of one operation, as in s = s + x, joins the box it continues
            run = next(
                (
                    s
                    for s in sources
                    if groups[s].key[:3] == ("op", value.op, label) and sources - {s} <= groups[s].sources
                ),
                None,
            )
            key = ("op", value.op, label, sources) if run is None else groups[run].key
            k = group(key, value, sources=sources)
        of[id(value)] = k
        for place, x in enumerate(inputs):
            if x.line:
                s = of[id(x)]
            else:
                s = group(("constant", None if scope else k), x)
                groups[s].outputs[id(x)] = x
            if s != k:
                link = links.get((s, k))
                if link is None:
                    link = links[s, k] = _Link(0, x, value, place)
                link.count += 1
                link.on = link.on or (id(value), place) in on
                groups[s].outputs[id(x)] = x
        if len(groups) > most:
            return None

    picture = Graph(size=len(values))
    lit = {of[id(value)] for value in values if id(value) in on} if on else set()
    for k, one in enumerate(groups):
        picture.boxes.append(_box(one, f"g{k}", kind_of(one.first), id(one.first) in cut, k in lit))
    places = [count() for _ in groups]
    for (s, k), link in links.items():
        if link.count == 1:
            drawn = wire(link.x, link.node, link.place, s, k, link.on)
        else:
            drawn = Wire(s, k, 0, tip=counted(link.count, "connection"), on=link.on)
        picture.wires.append(replace(drawn, place=next(places[k])))
    return picture


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

"""A recorded graph as JSON text and back: plain, versioned, safe to load from anybody, of any depth.

The text holds numbers, names of operations and labels, nothing that runs. Nodes stand in the order of recording, each
after its inputs, which it names by their places; each of their columns is a list.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from .copying import rebuild, takes, whole_graph
from .core.ops import Op, row
from .core.value import UNSET, Value
from .fields import Damage, Kind, anything, decoded, listed, named, number, one_of, read, record, whole
from .fields import text as label
from .verbs.ancestry import Segment

FORMAT, VERSION = "tapegrad graph", 1
NOTES = ("label", "scope")
LEAF, CONSTANT = -1, -2  # in place of the number of an operation


def to_json(values: Any) -> str:
    """A Value, or lists and dicts of Values, as JSON text, with all that they were computed from.

    Numbers keep every bit; adjoints, labels and scopes are kept too.

    >>> from autograd import Value, from_json, to_json
    >>> x = Value(3.0, label="x")
    >>> loaded = from_json(to_json({"x": x, "y": x * x}))
    >>> loaded["y"].backward()
    >>> loaded["x"]
    Value(data=3.0, grad=6.0, label='x')

    Raises:
        TypeError: something else than a Value is among them, or a part of the graph is checkpointed.
    """
    roots: list[Value] = []
    _each_root(values, roots.append)
    nodes = whole_graph(roots)
    place = {id(node): k for k, node in enumerate(nodes)}
    operations: dict[str, int] = {}
    codes, notes = [], {}
    for k, node in enumerate(nodes):
        if isinstance(node.op, Segment):
            raise TypeError(
                "a graph with a checkpointed part cannot be saved, since it is a function; record it plainly"
            )
        op = LEAF if node._serial else CONSTANT
        codes.append(op if node.op is None else operations.setdefault(node.op.name, len(operations)))
        texts = {key: node.notes[key] for key in NOTES if key in node.notes}
        if texts:
            notes[str(k)] = texts
    content = {
        "format": FORMAT,
        "version": VERSION,
        "roots": _each_root(values, lambda root: place[id(root)]),
        "operations": list(operations),
        "operation": codes,
        "data": [_plain(node._data) for node in nodes],
        # all in one list each: a million small lists would keep the garbage collector busy for longer than the rest
        "count": [len(node.inputs) for node in nodes],
        "inputs": [place[id(x)] for node in nodes for x in node.inputs],
        "partials": [_plain(partial) for node in nodes for partial in node.partials],
        "grad": {
            str(k): _plain(node._grad) for k, node in enumerate(nodes) if node._serial and node._grad is not UNSET
        },
        "notes": notes,
    }
    return json.dumps(content, separators=(",", ":"), allow_nan=False)


def from_json(text: str | bytes) -> Any:
    """The Values that `to_json` made the text of, ready for `backward`. Nothing in the text is run.

    Raises:
        ValueError: the text is not such a graph, is of a later version, or is damaged; the message says where.
    """
    try:
        content = decoded(text)
    except ValueError as error:
        raise ValueError(f"this is not the JSON of a graph: {error}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f'this JSON is not a graph: it does not say "format": "{FORMAT}"')
    if content.get("version") != VERSION:
        raise ValueError(
            f"this graph has version {content.get('version')!r}, and only {VERSION} can be read; update tapegrad"
        )
    return read(_graph, content, "this graph")


def _graph(content: dict[str, Any]) -> Any:
    """The kind of the whole text: first what stands alone, then what must fit to it."""
    alone = record(operations=listed(_operation), operation=listed(anything), count=listed(whole()))(content)
    rows, size, total = alone["operations"], len(alone["operation"]), sum(alone["count"])
    place = whole(most=size - 1)
    columns = record(
        operation=listed(whole(CONSTANT, len(rows) - 1), size),
        data=listed(number, size),
        count=listed(whole(), size),
        inputs=listed(place, total),
        partials=listed(number, total),
        grad=named(number, _key(size)),
        notes=named(named(label, one_of(*NOTES)), _key(size)),
        roots=_rooted(place),
    )(content)
    all_inputs, all_partials, grads, notes = (columns[name] for name in ("inputs", "partials", "grad", "notes"))
    nodes: list[Value] = []
    end = 0
    kinds = [*zip(columns["operation"], columns["count"], strict=True)]
    fits = {(code, count): takes(rows[code], count) if code >= 0 else not count for code, count in {*kinds}}
    for k, (kind, data) in enumerate(zip(kinds, columns["data"], strict=True)):
        code, count = kind
        begin, end = end, end + count
        places = all_inputs[begin:end]
        op = rows[code] if code >= 0 else None
        if not fits[kind] or (count and max(places) >= k):
            raise Damage(f"has for node {k} ({op or 'a leaf'}) the inputs {places}", ".inputs")
        state = data, grads.get(k), op, tuple(all_partials[begin:end]), notes.get(k, {})
        nodes.append(rebuild(None, tuple([nodes[at] for at in places]), state, code == CONSTANT, None))
    return _each_place(columns["roots"], nodes)


def _operation(x: Any) -> Op:
    try:
        return row(label(x))
    except Damage:
        raise
    except ValueError as error:
        raise Damage(f"is unknown: {error}") from None


def _key(size: int) -> Kind:
    """The place of a node as the key of a JSON object, which is text."""

    def kind(x: Any) -> int:
        if not isinstance(x, str) or not (x.isascii() and x.isdecimal() and len(x) < 20 and int(x) < size):
            raise Damage(f"must be the place of a node, from 0 to {size - 1}")
        return int(x)

    return kind


def _rooted(place: Kind) -> Kind:
    """Places of nodes, alone or in lists and dicts by name."""

    def kind(x: Any) -> Any:
        return named(kind)(x) if isinstance(x, dict) else listed(kind)(x) if isinstance(x, list) else place(x)

    return kind


def _plain(x: float) -> float | str:
    return x if math.isfinite(x) else str(x)


def _each_root(values: Any, take: Callable[[Value], Any]) -> Any:
    if isinstance(values, Value):
        return take(values)
    if isinstance(values, list | tuple):
        return [_each_root(value, take) for value in values]
    if isinstance(values, dict) and all(isinstance(key, str) for key in values):
        return {key: _each_root(value, take) for key, value in values.items()}
    raise TypeError(f"a graph is saved from Values, alone or in lists and dicts by name, not from {values!r}")


def _each_place(roots: Any, nodes: list[Value]) -> Any:
    if isinstance(roots, dict):
        return {key: _each_place(root, nodes) for key, root in roots.items()}
    return [_each_place(root, nodes) for root in roots] if isinstance(roots, list) else nodes[roots]

"""A recorded graph as JSON text and back: plain, versioned, safe to load from anybody, of any depth.

The text holds numbers, names of operations and labels, nothing that runs. Nodes stand in the order of recording, each
after its inputs, which it names by their places; each of their columns is a list.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from .copying import rebuild, whole_graph
from .ops import Op, row
from .value import UNSET, Value
from .verbs.history import Segment

FORMAT, VERSION = "tapegrad graph", 1
NOTES = ("label", "scope")
LEAF, CONSTANT = -1, -2  # in place of the number of an operation
_SPECIAL = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}  # JSON has no such numbers


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
        op = LEAF if node.line else CONSTANT
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
        "grad": {str(k): _plain(node._grad) for k, node in enumerate(nodes) if node.line and node._grad is not UNSET},
        "notes": notes,
    }
    return json.dumps(content, separators=(",", ":"), allow_nan=False)


def from_json(text: str | bytes) -> Any:
    """The Values that `to_json` made the text of, ready for `backward`. Nothing in the text is run.

    Raises:
        ValueError: the text is not such a graph, is of a later version, or is damaged; the message says where.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ValueError(f"this is not the JSON of a graph: {error}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f'this JSON is not a graph: it does not say "format": "{FORMAT}"')
    if content.get("version") != VERSION:
        raise ValueError(
            f"this graph has version {content.get('version')!r}, and only {VERSION} can be read; update tapegrad"
        )
    try:
        return _loaded(content)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"this graph is damaged: {type(error).__name__} {error}") from None


def _loaded(content: dict[str, Any]) -> Any:
    rows = [row(name) for name in content["operations"]]
    columns = content["operation"], content["data"], content["count"]
    all_inputs, all_partials = content["inputs"], content["partials"]
    lengths = [*map(len, columns), sum(columns[2]), len(all_inputs), len(all_partials)]
    if len(set(lengths[:3])) > 1 or len(set(lengths[3:])) > 1:
        raise ValueError(f"this graph is damaged: its columns have lengths {lengths}")
    nodes: list[Value] = []
    end = 0
    for k, (code, data, count) in enumerate(zip(*columns, strict=True)):
        begin, end = end, end + count
        places, partials = all_inputs[begin:end], all_partials[begin:end]
        op = rows[code] if code >= 0 else None
        if code < CONSTANT or not _fits(op, count) or any(type(at) is not int or not 0 <= at < k for at in places):
            raise ValueError(f"this graph is damaged: node {k} ({op or 'a leaf'}) has the inputs {places}")
        grad = content["grad"].get(str(k))
        notes = {key: str(text) for key, text in content["notes"].get(str(k), {}).items() if key in NOTES}
        state = (
            _number(data, k),
            None if grad is None else _number(grad, k),
            op,
            tuple(_number(partial, k) for partial in partials),
            notes,
        )
        nodes.append(rebuild(None, tuple([nodes[at] for at in places]), state, code == CONSTANT, None))
    return _each_place(content["roots"], nodes)


def _fits(op: Op | None, inputs: int) -> bool:
    if op is None:
        return inputs == 0
    groups = op.groups.count(True)
    rest = inputs - op.groups.count(False)
    return inputs > 0 and (rest >= 0 and rest % groups == 0 if groups else rest == 0)


def _plain(x: float) -> float | str:
    return x if math.isfinite(x) else str(x)


def _number(x: Any, k: int) -> float:
    if type(x) in (int, float):
        return float(x)
    if x not in _SPECIAL:
        raise ValueError(f"this graph is damaged: node {k} has the number {x!r}")
    return _SPECIAL[x]


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

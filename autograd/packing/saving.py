"""Saving: a program as a plain JSON file, which holds the recorded graph and no code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ..ops import TABLE
from .arguments import Shape, keys_for, keys_of, mark
from .graph import OPS, Check, Graph, code_of
from .nodes import Nodes

_FORMAT = "autograd program 1"
# What a program may know of the kinds of its numbers.
KIND_NAMES = {kind.__name__: kind for kind in (float, int, np.float64, np.float32, np.int64, np.int32, np.bool_)}
_OWN = {op.name: op for op in OPS if op.name not in TABLE}


def write(path: Any, graph: Graph, dtype: Any, signature: dict[str, Any], parameters: list[float]) -> None:
    """Writes what a program consists of. Operations go by their names."""
    names = sorted({OPS[node[0]].name for node in graph.nodes})
    index = {name: k for k, name in enumerate(names)}
    content = {
        "format": _FORMAT,
        "dtype": np.dtype(dtype).name,
        "signature": signature,
        "parameters": parameters,
        "operations": names,
        "nodes": [[index[OPS[node[0]].name], *node[1:]] for node in graph.nodes],
        "constants": graph.constants,
        "wide": graph.wide,
        "outputs": graph.outputs,
        "checks": [[x.left, x.symbol, x.right, x.outcome, x.place] for x in graph.checks],
        "scopes": list(graph.scopes.items()),
        "labels": list(graph.labels.items()),
    }
    try:
        text = json.dumps(content)
    except TypeError as error:
        raise TypeError(f"the program was recorded with an argument that no plain file can hold: {error}") from None
    Path(path).write_text(text, encoding="utf-8")


def read(path: Any) -> tuple[Graph, Any, dict[str, Any], list[float]]:
    """What `write` wrote: the graph, the type of its numbers, the signature and the parameters.

    Raises:
        ValueError: the file is no program, or needs an operation that this installation does not have.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise KeyError
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path} is not a program that Program.save wrote, or another version wrote it") from None
    codes = []
    for name in content["operations"]:
        op = _OWN.get(name) or TABLE.get(name)
        if op is None:
            raise ValueError(f"the program in {path} needs the operation {name!r}; define that primitive first")
        codes.append(code_of(op))
    graph = Graph(
        content["constants"],
        len(content["parameters"]),
        content["wide"],
        Nodes.of((codes[node[0]], *node[1:]) for node in content["nodes"]),
        content["outputs"],
        [Check(*check) for check in content["checks"]],
        {int(node): name for node, name in content["scopes"]},
        {int(node): name for node, name in content.get("labels", ())},
    )
    return graph, content["dtype"], content["signature"], content["parameters"]


def plain(shape: Shape) -> list[Any]:
    """A shape as lists; a named tuple becomes a tuple."""
    kind, *rest = shape
    if isinstance(kind, type):
        kind = "tuple"
    if kind in ("list", "tuple"):
        return [kind, [plain(part) for part in rest[0]]]
    if kind == "dict":
        return [kind, list(keys_of(shape)), [plain(part) for part in rest[1]]]
    if kind in ("same", "exact"):
        return [kind, rest[0].item() if isinstance(rest[0], np.generic) else rest[0]]
    return [kind, *(one.__name__ if one in KIND_NAMES.values() else one for one in rest)]


def shape_of(lists: list[Any]) -> Shape:
    """The shape that `plain` made lists of."""
    kind, *rest = lists
    if kind in ("list", "tuple"):
        return kind, tuple(map(shape_of, rest[0]))
    if kind == "dict":
        return kind, keys_for(dict.fromkeys(rest[0])), tuple(map(shape_of, rest[1]))
    if kind == "same":
        return kind, rest[0], mark(rest[0])
    if kind in ("array", "lists"):
        return kind, tuple(rest[0]), *map(KIND_NAMES.__getitem__, rest[1:])
    return (kind, *(KIND_NAMES.get(one, one) if kind == "number" else one for one in rest))

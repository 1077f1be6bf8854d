"""Saving: a program as a plain JSON file, which holds the recorded graph and no code.

Whoever runs a program reads and writes memory where its graph says, so a file is believed in nothing: every field has a
kind, and what one field says of another is looked at before a graph is made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ... import files
from ...copying import takes
from ...core.numeric import short
from ...core.ops import TABLE, Op
from ...fields import Damage, Kind, anything, columns, decoded, flag, listed, number, one_of, read, record, text, whole
from ...trees import Tree, count
from ..calls.flattening import keys_for, mark
from .graph import OPS, SYMBOLS, Check, Graph, code_of
from .nodes import Nodes

_FORMAT = "autograd program 2"
# What a program may know of the kinds of its numbers.
KIND_NAMES = {kind.__name__: kind for kind in (float, int, np.float64, np.float32, np.int64, np.int32, np.bool_)}
_OWN = {op.name: op for op in OPS if op.name not in TABLE}
_DEEPEST = 100  # trees within trees
_MOST_AXES, _LONGEST = 32, 2**31  # of an array of NumPy's


def write(path: Any, graph: Graph, dtype: Any, signature: dict[str, Any], parameters: list[float]) -> None:
    """Writes what a program consists of. Operations go by their names."""
    names = sorted({OPS[node[0]].name for node in graph.nodes})
    index = {name: k for k, name in enumerate(names)}
    content = {
        "format": _FORMAT,
        "dtype": np.dtype(dtype).name,
        "signature": signature,
        # nodes are numbered behind all of these, so with one more or fewer each would be another
        "counts": {"constants": len(graph.constants), "parameters": len(parameters), "nodes": len(graph.nodes)},
        "parameters": parameters,
        "operations": names,
        "nodes": [[index[OPS[node[0]].name], *node[1:]] for node in graph.nodes],
        "constants": graph.constants,
        "wide": graph.batched,
        "outputs": graph.outputs,
        "checks": [[x.left, x.symbol, x.right, x.outcome, x.place] for x in graph.checks],
        "scopes": list(graph.scopes.items()),
        "labels": list(graph.labels.items()),
    }
    try:
        encoded = json.dumps(content)
        read(_signature, json.loads(encoded)["signature"], "the signature")
    except (TypeError, ValueError) as error:
        raise TypeError(f"the program was recorded with an argument that no plain file can hold: {error}") from None
    files.write(path, encoded)


def load(path: Any) -> tuple[Graph, str, dict[str, Any], list[float]]:
    """What `write` wrote: the graph, the type of its numbers, the signature and the parameters.

    Raises:
        ValueError: the file is no program, is damaged, or needs an operation that this installation does not have.
    """
    try:
        content = decoded(Path(path).read_bytes())
    except ValueError as error:
        raise ValueError(f"{path} is not a program that Program.save wrote: {error}") from None
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise ValueError(f"{path} is not a program that Program.save wrote, or another version wrote it")
    return read(_program, content, path)  # type: ignore[no-any-return]


def _program(content: Any) -> tuple[Graph, str, dict[str, Any], list[float]]:
    """The kind of the whole file: first what stands alone, then what must fit to it."""
    counted = record(counts=record(constants=whole(), parameters=whole(), nodes=whole()))(content)["counts"]
    alone = record(
        dtype=one_of("float64", "float32"),
        signature=_signature,
        parameters=listed(number, counted["parameters"]),
        operations=listed(_operation),
        nodes=listed(_row, counted["nodes"]),
        constants=listed(number, counted["constants"]),
        wide=listed(flag),
    )(content)
    signature, operations, rows, batched = (alone[name] for name in ("signature", "operations", "nodes", "wide"))
    counts = [*map(count, signature["shapes"])]
    if sum(counts) != len(batched) or batched != [
        x for x, n in zip(signature["wide"], counts, strict=True) for _ in range(n)
    ]:
        raise Damage("must say of each number of the arguments what the signature says", ".wide")
    leaves = len(alone["constants"]) + len(alone["parameters"]) + len(batched)
    node = whole(most=leaves + len(rows) - 1)
    named = listed(columns(node=node, name=text))
    fitting = record(
        outputs=listed(node, count(signature["result"])),
        checks=listed(columns(left=node, symbol=one_of(*SYMBOLS), right=node, outcome=flag, place=text)),
        scopes=named,
        labels=named,
    )({"labels": [], **content})
    for k, row in enumerate(rows):
        _look_at(k, row, leaves, operations, alone["constants"])
    codes = [code_of(op) for op in operations]
    graph = Graph(
        alone["constants"],
        len(alone["parameters"]),
        batched,
        Nodes.of((codes[row[0]], *row[1:]) for row in rows),
        fitting["outputs"],
        [Check(*check) for check in fitting["checks"]],
        dict(fitting["scopes"]),
        dict(fitting["labels"]),
    )
    return graph, alone["dtype"], signature, alone["parameters"]


def _operation(x: Any) -> Op:
    op = _OWN.get(text(x)) or TABLE.get(x)
    if op is None:
        raise Damage(f"needs the operation {x!r}; define that primitive first")
    return op


def _row(x: Any) -> list[int]:
    if isinstance(x, list) and {*map(type, x)} == {int} and min(x) >= 0:  # at once: there may be a million
        return x
    return listed(whole())(x)  # type: ignore[no-any-return]


def _look_at(k: int, row: list[int], leaves: int, operations: list[Op], constants: list[float]) -> None:
    """A node is one of the operations, with as many inputs as that takes, all of them before it."""
    if not row or row[0] >= len(operations) or not takes(operations[row[0]], len(row) - 1):
        raise Damage(f"must be one of the operations with the inputs that it takes, got {row}", f".nodes[{k}]")
    if max(row[1:]) >= leaves + k:
        raise Damage(f"must read nodes before it, below {leaves + k}, got {row[1:]}", f".nodes[{k}]")
    op, last = operations[row[0]], row[-1]
    if op.domain[-1].index and last < len(constants) and constants[last] not in range(len(row) - 2):
        raise Damage(f"must pick one of {len(row) - 2} values, got the index {constants[last]:g}", f".nodes[{k}]")


def _signature(content: Any) -> dict[str, Any]:
    signature: dict[str, Any] = record(
        names=listed(text), shapes=listed(_tree), wide=listed(flag), result=_tree, has_aux=flag
    )(content)
    if not len(signature["names"]) <= len(signature["shapes"]) == len(signature["wide"]):
        raise Damage("must be one for each of the shapes", ".wide")
    if signature["has_aux"] and (signature["result"][0] not in ("tuple", "list") or len(signature["result"][1]) != 2):
        raise Damage("must be a pair, of which the first is differentiated", ".result")
    return signature


def _tree(x: Any, depth: int = 0) -> Tree:
    """The tree that `plain` made lists of."""
    kind, *rest = listed(anything)(x) or [None]
    parts = listed(lambda part: _tree(part, depth + 1))
    kinds: dict[Any, list[Kind]] = {
        "number": [],
        "same": [_plain],
        "exact": [_plain],
        "list": [parts],
        "tuple": [parts],
        "dict": [listed(_plain), parts],
        "array": [listed(whole(most=_LONGEST))],
        "lists": [listed(whole(1, _LONGEST))],
    }
    names = kinds.get(kind, []) if isinstance(kind, str) else []
    if kind in ("number", "array", "lists") and len(rest) > len(names):
        names = [*names, _kind_of_numbers]
    if not isinstance(kind, str) or kind not in kinds or len(rest) != len(names) or depth > _DEEPEST:
        raise Damage(f"must be the shape of an argument or a result, got {short(x)}")
    found = [inner(one) for inner, one in zip(names, rest, strict=True)]
    if kind in ("array", "lists") and not 0 < len(found[0]) <= _MOST_AXES:
        raise Damage(f"must have 1 to {_MOST_AXES} axes, got {len(found[0])}")
    if kind == "dict":
        keys = dict.fromkeys(found[0])
        if not len(keys) == len(found[0]) == len(found[1]):
            raise Damage(f"must have a shape for each of {len(keys)} keys, got {len(found[1])}")
        return kind, *keys_for(keys), tuple(found[1])
    if kind == "same":
        return kind, found[0], mark(found[0])
    return kind, *(tuple(one) if isinstance(one, list) else one for one in found)


def _kind_of_numbers(x: Any) -> Any:
    return KIND_NAMES[one_of(*KIND_NAMES)(x)]


def _plain(x: Any) -> Any:
    if x is not None and not isinstance(x, str | int | float):
        raise Damage(f"must be a text, a number, true, false or null, got {short(x)}")
    return x


def plain(tree: Tree) -> list[Any]:
    """A tree as lists; a named tuple becomes a tuple."""
    kind, *rest = tree
    if isinstance(kind, type):
        kind = "tuple"
    if kind in ("list", "tuple"):
        return [kind, [plain(part) for part in rest[0]]]
    if kind == "dict":
        return [kind, list(rest[0]), [plain(part) for part in rest[-1]]]
    if kind in ("same", "exact"):
        return [kind, rest[0].item() if isinstance(rest[0], np.generic) else rest[0]]
    return [kind, *(one.__name__ if one in KIND_NAMES.values() else one for one in rest)]

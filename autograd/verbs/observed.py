"""The sweep that is looked at: for hooks, for detect_anomaly, and through checkpointed parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core import sweep
from .adjoints import observed, pull_showing
from .ancestry import Segment, segments
from .hooks import hooked, hooks


def backward(nodes: Sequence[Any], roots: Sequence[Any], seeds: Sequence[float]) -> bool:
    """What `sweep.backward` does to the grads, to the last bit; False, and nothing done, where there is no need.

    `nodes` are the ancestors of the roots, latest first, their adjoints restarted.
    """
    if not observed() and not (segments and any(isinstance(node.op, Segment) for node in nodes)):
        return False
    leaves = {x._serial: x for node in nodes for x in node.inputs if x.op is None and x._serial}
    leaves.update((root._serial, root) for root in roots if root.op is None and root._serial)
    # sums go on from where they are, and so are rounded as in one sweep over everything; a hook sees only what is new
    adjoints = {line: leaf._grad for line, leaf in leaves.items() if line not in hooks}
    for root, seed in zip(roots, seeds, strict=True):
        adjoints[root._serial] = adjoints.get(root._serial, 0.0) + seed
    on_tape = {node._serial: node for node in nodes}

    def show(node: Any, adjoint: float) -> float:
        adjoint = hooked(node, adjoint)
        if node._serial in on_tape:
            on_tape[node._serial]._grad = adjoint
        return adjoint

    pull_showing(nodes, adjoints, show)
    for line, leaf in leaves.items():
        leaf._grad = leaf._grad + hooked(leaf, adjoints.get(line, 0.0)) if line in hooks else adjoints[line]
    return True


sweep.others.append(backward)

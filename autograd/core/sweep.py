"""Backward: one sweep over the recorded operations, last to first, applying the chain rule at each."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any
from weakref import WeakSet

from .watching import watch_touch, watchers

_by_line = attrgetter("_serial")

# Checkpointed parts that are alive: their operations are recorded again when a sweep reaches them.
segments: WeakSet[Any] = WeakSet()

# By line, the hooks of all Values that are alive. It is empty nearly always, and then a sweep looks no further.
hooks: dict[int, list[Callable[[float], Any]]] = {}

# Marks and adjoints are written on the nodes, so sweeps take turns: two threads may share parts of a graph.
_turn = threading.RLock()
if hasattr(os, "register_at_fork"):  # a child forked during another thread's sweep must not wait for it

    def _new_turn() -> None:
        global _turn
        _turn = threading.RLock()

    os.register_at_fork(after_in_child=_new_turn)


def ancestors(roots: Iterable[Any], zero: float) -> list[Any]:
    """The recorded operations that `roots` depend on, latest first, with their adjoints set to `zero`.

    `zero` must be a fresh 0.0 that no other object holds: it is both the value adjoints restart from and, by its
    identity, the mark of a node already found. A set of visited nodes would cost as much as all the rest.
    """
    found: list[Any] = []
    waiting = list(roots)
    push, pop, keep = waiting.append, waiting.pop, found.append
    while waiting:
        node = pop()
        if node._grad is zero or node.op is None:
            continue
        node._grad = zero
        while True:
            keep(node)
            a, b = node._a, node._b
            if a is None:
                for x in node._many[0]:
                    if x.op is not None and x._grad is not zero:
                        push(x)
                break
            # follow one input and let the other wait, 30 ns less than letting both wait
            if b is not None and b._grad is not zero and b.op is not None:
                if a._grad is not zero and a.op is not None:
                    push(a)
                b._grad = zero
                node = b
            elif a._grad is not zero and a.op is not None:
                a._grad = zero
                node = a
            else:
                break
    # the order of recording is a topological order, and depth first finds it in long runs, which sort at once
    found.sort(key=_by_line, reverse=True)
    return found


def sweep(nodes: Iterable[Any]) -> None:
    """Passes each node's adjoint on to its inputs: adjoint of input += adjoint of node * local partial.

    A node whose adjoint is exactly 0 passes nothing on. So the branch that `where` did not take, or a unit that is
    off, contributes 0 even where its partial is inf or nan.
    """
    for node in nodes:
        adjoint = node._grad
        if adjoint:
            a = node._a
            if a is not None:
                a._grad += adjoint * node._da
                b = node._b
                if b is not None:
                    b._grad += adjoint * node._db
            else:
                for x, dx in zip(*node._many, strict=False):
                    x._grad += adjoint * dx


def backward(roots: Sequence[Any], seeds: Sequence[float]) -> None:
    """Adds to every leaf's `grad` the derivative of `seeds[0] * roots[0] + seeds[1] * roots[1] + ...`.

    Raises:
        ValueError: a root depends on no leaf.
    """
    with _turn:
        nodes = ancestors(roots, float("0.0"))  # a call, for a new object each time
        if not any(map(_is_leaf, roots)) and not any(_is_leaf(x) for node in reversed(nodes) for x in node.inputs):
            raise ValueError(
                f"{roots[0]!r} depends on no Value that could have a gradient: it was computed from constants, under "
                "no_grad or after detach; compute it from a Value(...)"
            )
        if hooks or watchers or segments:
            from ..verbs import observed

            for root in roots if watchers else ():
                watch_touch(root, "calls {}.backward()")
            if observed.backward(nodes, roots, seeds):
                return
        for root, seed in zip(roots, seeds, strict=True):
            root._grad += seed
        sweep(nodes)


def _is_leaf(x: Any) -> bool:
    return x.op is None and x._serial > 0  # constants have no line

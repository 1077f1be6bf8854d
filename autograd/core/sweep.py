"""Backward: one sweep over the recorded operations, last to first, applying the chain rule at each."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from .watching import tell, watchers

by_line = attrgetter("_serial")  # the order of recording is a topological order

# Those who may do a sweep in another way, as where hooks look at adjoints; each says whether it has done it.
others: list[Callable[[Sequence[Any], Sequence[Any], Sequence[float]], bool]] = []

# Adjoints are written on the nodes, so sweeps take turns: two threads may share parts of a graph.
_turn = threading.RLock()
if hasattr(os, "register_at_fork"):  # a child forked during another thread's sweep must not wait for it
    os.register_at_fork(after_in_child=lambda: globals().update(_turn=threading.RLock()))


def walk(roots: Iterable[Any], goes: Callable[[Any], bool]) -> list[Any]:
    """Of the roots and what they were computed from, those where `goes(x)`, latest first; it looks behind no others."""
    found: dict[int, Any] = {}
    waiting = list(roots)
    while waiting:
        x = waiting.pop()
        if id(x) not in found and goes(x):
            found[id(x)] = x
            waiting += x.inputs
    return sorted(found.values(), key=by_line, reverse=True)


def ancestors(roots: Iterable[Any], zero: float) -> list[Any]:
    """The recorded operations that the roots depend on, latest first, with their adjoints set to `zero`.

    With marks on the nodes in place of a set it takes half the time: see `verbs.ancestry`, which puts that here.
    """
    found = walk(roots, lambda x: x.op is not None)
    for node in found:
        node._grad = zero
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
        read = (x for node in reversed(nodes) for x in node.inputs)
        if not any(x.op is None and x._serial for x in chain(roots, read)):  # a leaf; constants have no line
            raise ValueError(
                f"{roots[0]!r} depends on no Value that could have a gradient: it was computed from constants, under "
                "no_grad or after detach; compute it from a Value(...)"
            )
        for root in roots if watchers else ():
            tell("touched", root, "calls {}.backward()")
        for other in others:
            if other(nodes, roots, seeds):
                return
        for root, seed in zip(roots, seeds, strict=True):
            root._grad += seed
        sweep(nodes)

"""Unrolled: a looped graph turn by turn, as a graph again: for what knows no loops."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..graph.graph import Check, Graph
from ..graph.nodes import Integers, Nodes
from .looped import Body, Loop, Looped, Outside


def unrolled(looped: Looped) -> tuple[Graph, list[int]]:
    """The graph, and for each of its checks which of the looped graph's it is."""
    writing = _Writing(looped)
    of = writing.write_looped(looped, writing.leaves, 0)
    nodes = Nodes(*(np.concatenate(column) for column in zip(*writing.rows, strict=True)))
    made = Graph(
        writing.constants, looped.parameters, looped.batched, nodes, of[looped.outputs].tolist(), writing.checks
    )
    return made, writing.of_checks


class _Writing:
    def __init__(self, looped: Looped) -> None:
        self.constants = list(looped.constants)
        self._constants_of: dict[int, Integers] = {}
        self._add_constants(looped)
        more = len(self.constants) - len(looped.constants)
        leaf = np.arange(looped.leaves)
        self.leaves = np.where(leaf < looped.first_parameter, leaf, leaf + more)
        self.next = looped.leaves + more
        self.rows: list[tuple[Integers, Integers, Integers]] = []
        self.checks: list[Check] = []
        self.of_checks: list[int] = []

    def _add_constants(self, looped: Looped) -> None:
        for loop in looped.loops:
            body = loop.body
            self._constants_of[id(body)] = len(self.constants) + np.arange(len(body.constants))
            self.constants += body.constants
            if isinstance(body, Looped):
                self._add_constants(body)

    def write_looped(self, looped: Looped, leaves: Integers, first_check: int) -> Integers:
        """Adds the nodes of all loops; gives the new number of each number."""
        of = np.concatenate((leaves, np.zeros(len(looped) - looped.leaves, np.int64)))
        for start, loop in zip(looped.starts, looped.loops):
            results = np.arange(len(loop.body.outputs)) * loop.turns + start
            for turn in range(loop.turns):
                of[results + turn] = self._write_turn(loop, turn, of, start, first_check)
            first_check += len(loop.body.checks)
        return of

    def _write_turn(self, loop: Loop, turn: int, of: Integers, start: int, first_check: int) -> Any:
        body = loop.body
        read = [_read(loop, k, turn, of, start) for k in range(len(loop.reads))]
        leaves = np.concatenate((self._constants_of[id(body)], np.array(read, np.int64)))
        return self._write(body, leaves, first_check)[np.array(body.outputs, np.int64)]

    def _write(self, body: Body, leaves: Integers, first_check: int) -> Integers:
        if isinstance(body, Looped):
            return self.write_looped(body, leaves, first_check)
        nodes = body.nodes
        of = np.concatenate((leaves, self.next + np.arange(len(nodes))))
        self.next += len(nodes)
        self.rows.append((nodes.codes, nodes.sizes, of[nodes.inputs]))
        for k, check in enumerate(body.checks):
            self.checks.append(replace(check, left=int(of[check.left]), right=int(of[check.right])))
            self.of_checks.append(first_check + k)
        return of


def _read(loop: Loop, k: int, turn: int, of: Integers, start: int) -> int:
    """What the turn reads as its k-th argument."""
    read = loop.reads[k]
    if isinstance(read, Outside):
        return int(of[read.of[0 if read.is_same else turn]])
    if turn < read.back:
        return int(of[read.first[turn]])
    return int(of[start + read.result * loop.turns + turn - read.back])

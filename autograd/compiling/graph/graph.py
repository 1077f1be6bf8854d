"""Graph: a recorded computation as plain integers, free of the Values it was recorded on.

Nodes are numbered. The first are leaves: constants, then parameters, then arguments. Every later node is an operation,
counted in `OPS`, and reads only nodes before it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...core.ops import ROWS, Domain, Op
from .nodes import Flags, Integers, Nodes

# What `detach` and `no_grad` leave of a result: its number, with no way back for a gradient.
_detach = Op("detach", "", "x, without its history", lambda m, x: +x, lambda m, x, y: (0.0,), (Domain(-3.0, 3.0),))
# A number that all samples share, repeated for each: where an operation reads it in one group with others of a sample.
_lift = Op("lift", "", "x, for each sample", lambda m, x: +x, lambda m, x, y: (1.0,), (Domain(-3.0, 3.0),))
OPS = [*ROWS, _detach, _lift]
CODE_OF = {op.name: code for code, op in enumerate(OPS)}
DETACH, LIFT = CODE_OF["detach"], CODE_OF["lift"]


def code_of(op: Op) -> int:
    """The number of an operation; a primitive gets the next one when it is first met."""
    code = CODE_OF.get(op.name)
    if code is None or OPS[code] is not op:
        code = CODE_OF[op.name] = len(OPS)
        OPS.append(op)
    return code


COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
SYMBOLS = (*COMPARE,)


@dataclass(frozen=True)
class Check:
    """A comparison made while recording: the program holds only for numbers that give it the same outcome."""

    left: int
    symbol: str
    right: int
    outcome: bool
    place: str  # the line of the user's program that compared

    @property
    def printed(self) -> str:
        """The symbol as programs print it: one that stands above, so that no text becomes code, whatever the graph."""
        return SYMBOLS[SYMBOLS.index(self.symbol)]

    def __str__(self) -> str:
        return f"a comparison with {self.symbol} that was {self.outcome} when the program was recorded ({self.place})"


class Leaves:
    """What a function reads: constants, parameters and arguments, counted in this order."""

    constants: list[float]
    parameters: int
    batched: list[bool]  # for each argument, whether it has a number of its own for each sample of a batch

    @property
    def first_parameter(self) -> int:
        return len(self.constants)

    @property
    def first_argument(self) -> int:
        return len(self.constants) + self.parameters

    @property
    def leaves(self) -> int:
        return len(self.constants) + self.parameters + len(self.batched)

    @property
    def every_leaf(self) -> bytes:
        """A mark of 1 for each parameter and argument: as programs are told that all derivatives are wanted."""
        return bytes([1] * (self.leaves - self.first_parameter))

    @cached_property
    def widths(self) -> Flags:
        """For each node, whether it differs from sample to sample."""
        return self.depending(np.array([False] * self.first_argument + self.batched, bool), {LIFT: True})

    def needs(self, wanted: bytes) -> Flags:
        """For each node, whether a derivative by one of the `wanted` parameters and arguments passes through it."""
        marks = np.zeros(self.leaves, bool)
        marks[self.first_parameter :] = np.frombuffer(wanted, bool)
        return self.depending(marks, {DETACH: False})

    def depending(self, marks: Flags, fixed: Mapping[int, bool]) -> Flags:
        """For each node, whether it is computed from a marked leaf; `fixed` says so for some operations."""
        raise NotImplementedError

    def name(self, node: int) -> str:
        """What a node is called where a graph is printed; a constant is its number."""
        return f"v{node}" if node >= self.first_parameter else repr(float(self.constants[node]))


@dataclass(frozen=True, eq=False)
class Gap:
    """So many turns of a loop are left out between the nodes of two turns."""

    turns: int
    before: Integers  # the nodes of the turn before,
    after: Integers  # of the one behind,
    later: Integers  # and of the next one

    def moved(self, of: Integers) -> Gap:
        """The same by the new numbers of nodes, or -1 for those that are gone."""
        return Gap(self.turns, *(of[x][of[x] >= 0] for x in (self.before, self.after, self.later)))


@dataclass(frozen=True, eq=False)
class Graph(Leaves):
    """A recorded function. `nodes` holds the operations only: the node numbered `leaves + k` is `nodes[k]`."""

    constants: list[float]
    parameters: int
    batched: list[bool]
    nodes: Nodes
    outputs: list[int]
    checks: list[Check]
    scopes: dict[int, str] = field(default_factory=dict)  # where a node was computed, if that has a name
    labels: dict[int, str] = field(default_factory=dict)  # of the parameters and results that have one
    gaps: list[Gap] = field(
        default_factory=list
    )  # where turns are missing: the graph holds for fewer turns than there are

    @property
    def operations(self) -> int:
        """How many operations one run makes."""
        return len(self.nodes)

    def __len__(self) -> int:
        return self.leaves + len(self.nodes)

    def __str__(self) -> str:
        nodes = enumerate(self.nodes, self.leaves)
        lines = [f"v{k} = {OPS[code].name}({', '.join(map(self.name, inputs))})" for k, (code, *inputs) in nodes]
        return "\n".join([*lines, f"return {', '.join(map(self.name, self.outputs))}"])

    def roots(self) -> list[int]:
        """The nodes that must be computed: results, and what is compared."""
        return [*self.outputs, *(node for check in self.checks for node in (check.left, check.right))]

    def rebuilt(self, constants: list[float], nodes: Nodes, of: Integers) -> Graph:
        """The same function by other nodes; `of` has the new number of each old node, or -1 if it is gone."""

        def moved(names: dict[int, str]) -> dict[int, str]:
            found: dict[int, str] = {}
            for old, name in names.items():
                if (new := int(of[old])) >= 0:
                    found.setdefault(new, name)
            return found

        checks = [replace(check, left=int(of[check.left]), right=int(of[check.right])) for check in self.checks]
        return replace(
            self,
            constants=constants,
            nodes=nodes,
            outputs=[int(of[node]) for node in self.outputs],
            checks=needed_checks(checks, len(constants)),
            scopes=moved(self.scopes),
            labels=moved(self.labels),
            gaps=[gap.moved(of) for gap in self.gaps],
        )

    def depending(self, marks: Flags, fixed: Mapping[int, bool]) -> Flags:
        """For each node, whether it is computed from a marked leaf; `fixed` says so for some operations."""
        own = self.leaves + np.arange(len(self.nodes))
        marks = np.concatenate((marks, np.zeros(len(own), bool)))
        return self.nodes.depending(own, marks, fixed) if marks.any() else marks


def by_kind(checks: list[Check], kind: Callable[[Check], Hashable]) -> dict[Any, list[int]]:
    """The numbers of the checks of each kind: those are looked at together."""
    kinds: dict[Any, list[int]] = {}
    for k, check in enumerate(checks):
        kinds.setdefault(kind(check), []).append(k)
    return kinds


def needed_checks(checks: list[Check], constants: int) -> list[Check]:
    """Each comparison once, and none of constants: numbers that are read in a loop are compared again and again."""
    found: dict[tuple[int, str, int, bool], Check] = {}
    for check in checks:
        if check.left >= constants or check.right >= constants:
            found.setdefault((check.left, check.symbol, check.right, check.outcome), check)
    return list(found.values())

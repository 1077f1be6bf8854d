"""Simplify: computes once what is written twice, beforehand what is known, and not at all what no result needs.

In plain words: go through the nodes in order. Where all inputs are constants, the result is one; where a rule applies,
as x ** 2.0 is square(x), write that; where an earlier node computes the same, read that one. Then drop what no root
needs. Every rewriting is exact in IEEE arithmetic, inf, nan and -0.0 included: x + 0.0 stays, since -0.0 + 0.0 is 0.0.

>>> from autograd import Value
>>> from autograd.compiling.graph.trace import trace
>>> x, y = Value(3.0), Value(4.0)
>>> graph, *_ = trace(lambda: (x * y) ** 2.0 + y * x, [x, y], [False, False])
>>> print(graph)
v3 = mul(v1, v2)
v4 = pow(v3, 2.0)
v5 = mul(v2, v1)
v6 = add(v4, v5)
return v6
>>> print(simplify(graph))
v2 = mul(v0, v1)
v3 = square(v2)
v4 = add(v3, v2)
return v4

`tests/plain/simplify.py` is just that. But nearly all nodes of a graph stay as they are: here arrays tell which may
not, and only these, and what reads them if they change, are looked at one by one.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from ...core import floats
from .graph import CODE_OF, OPS, Graph
from .hashes import Hashes, hash_of, hashes_of
from .nodes import Flags, Integers, Nodes

_ADD, _POS, _MUL, _DIV = (CODE_OF[name] for name in ("add", "pos", "mul", "div"))
_SUM, _MEAN, _PICK = (CODE_OF[name] for name in ("sum", "mean", "pick"))
_POW, _SQUARE, _RECIPROCAL, _GATE = (CODE_OF[name] for name in ("pow", "square", "reciprocal", "gate"))
_POW_LESS = CODE_OF["pow_less"]
_POWERS = (0.0, 1.0, 2.0, -1.0)  # that are computed in another way


def simplify(graph: Graph) -> Graph:
    """Computes once what is written twice, and beforehand what depends on constants alone."""
    rewriting = _Rewriting(graph)
    rewriting.run()
    uses = np.bincount(graph.nodes.inputs, minlength=len(graph))
    uses[graph.roots()] += 1
    uses[graph.first_parameter : graph.leaves] += 1
    if uses.all() and not rewriting.is_any:
        return graph
    return _without_the_unread(graph, *rewriting.nodes(), rewriting.to(), rewriting.constants)


class _Rewriting:
    """The nodes that become others.

    Numbers below that of the first parameter are constants; new constants count down from -1. New nodes count on behind
    the last, and each has its place in front of the node that it was made for.
    """

    def __init__(self, graph: Graph) -> None:
        self.old, self.base, self.first_parameter = graph.nodes, graph.leaves, graph.first_parameter
        self.end = self.base + len(self.old)
        self.constants = list(graph.constants)
        self._constant = {(x, math.copysign(1.0, x)): k for k, x in enumerate(graph.constants)}
        self._moved: dict[int, int] = {}  # what is read in place of a node
        self._rows: dict[int, tuple[int, list[int]]] = {}  # operation and inputs of new nodes, and where they changed
        self._made_for: list[int] = []  # for each new node
        self._waiting = bytearray(self.base) + bytearray(self._candidates().tobytes())

    def run(self) -> None:
        """Looks at what is waiting, in the order of the nodes; what has to wait because of it stands behind."""
        k = self._waiting.find(1)
        while k >= 0:
            code, inputs = self._row(k)
            this = self._rewritten(k, code, [self._moved.get(x, x) for x in inputs])
            if this != k:
                self._moved[k] = this
                for reader in self._readers(k):
                    self._waiting[reader] = 1
            k = self._waiting.find(1, k + 1)

    @property
    def is_any(self) -> bool:
        """Whether anything became something else."""
        return bool(self._moved or self._rows)

    def nodes(self) -> tuple[Nodes, Integers]:
        """All nodes by their numbers, and the order in which they can run."""
        old, rows = self.old, dict(sorted(self._rows.items()))
        changed = np.array([*rows], np.int64) - self.base
        more = np.zeros(len(self._made_for), np.int64)
        codes, sizes = np.concatenate((old.codes, more)), np.concatenate((old.sizes, more))
        codes[changed], sizes[changed] = [code for code, _ in rows.values()], [len(x) for _, x in rows.values()]
        stays = np.ones(len(codes), bool)
        stays[changed] = False
        is_old = np.repeat(stays, sizes)
        inputs = np.empty(len(is_old), np.int64)
        inputs[is_old] = old.inputs[stays[old.readers]]
        inputs[~is_old] = [x for _, row in rows.values() for x in row]
        made_for = np.array(self._made_for, np.int64) - self.base
        order = np.argsort(np.concatenate((np.arange(len(old)), made_for - 0.5)))
        return Nodes(codes, sizes, inputs), order

    def to(self) -> Integers:
        """For each number that there was, what is read in its place."""
        to = np.arange(self.end)
        to[[*self._moved]] = [*self._moved.values()]
        return to

    # Rules.

    def _rewritten(self, k: int, code: int, inputs: list[int]) -> int:
        """What computes this: `k`, or what is to be read in its place."""
        if max(inputs) < self.first_parameter:
            data = OPS[code].split([self._data(x) for x in inputs])
            return self._number(float(OPS[code].forward(floats, *data)))
        if code == _POS:  # x * 1.0 stays: it is one of many such products, whose other factors are no 1.0
            return inputs[0]
        if code == _PICK and inputs[-1] < self.first_parameter:
            return inputs[int(self._data(inputs[-1]))]  # recorded, so it is an index that there is
        if code == _POW_LESS and inputs[1] < self.first_parameter:
            power = self._data(inputs[1])
            if (power - 1.0) + 1.0 == power and power - (power - 1.0) == 1.0:  # exact
                code, inputs = _POW, [inputs[0], self._number(power - 1.0)]
        if code == _POW and inputs[1] < self.first_parameter:
            power = self._data(inputs[1])
            if power in (0.0, 1.0):
                return inputs[0] if power else self._number(1.0)  # of nan too
            if power in (2.0, -1.0):
                code, inputs = _SQUARE if power == 2.0 else _RECIPROCAL, inputs[:1]
        if code == _GATE and inputs[0] < self.first_parameter:
            if not self._data(inputs[0]):
                return self._number(0.0)
            code = _MUL
        if code == _MEAN:
            count = self._number(float(len(inputs)))
            code, inputs = _DIV, [self._once(self.end + len(self._made_for), k, _SUM, inputs), count]
        return self._once(k, k, code, inputs)

    def _once(self, number: int, place: int, code: int, inputs: list[int]) -> int:
        """The first node that computes this, or `number`, which does from now on and stands at the place of a node."""
        key = hash_of(*_turned(code, inputs))
        found = self._known.get(key, number)
        # where others have the same hash this is computed twice, once in 2**64 times
        if found != number and _turned(*self._row(found)) == _turned(code, inputs):
            found = self._moved.get(found, found)
            if not place < found < self.end:
                return found
            self._waiting[found] = 1  # it stands behind, and finds this one when its turn comes
        self._known[key] = number
        if number >= self.end:
            self._made_for.append(place)
        if number >= self.end or self._row(number) != (code, inputs):
            self._rows[number] = code, inputs
        return number

    def _number(self, data: float) -> int:
        """The number of this constant; 0.0 and -0.0 are two."""
        key = (data, math.copysign(1.0, data))
        if key not in self._constant:
            self._constant[key] = self.first_parameter - 1 - len(self.constants)
            self.constants.append(data)
        return self._constant[key]

    def _data(self, x: int) -> float:
        """The number that a constant is."""
        return self.constants[x if x >= 0 else self.first_parameter - 1 - x]

    # What is looked up.

    def _candidates(self) -> Flags:
        """Nodes that read constants alone, that a rule may apply to, or that are written a second time."""
        old = self.old
        is_constant = old.inputs < self.first_parameter
        found: Flags = np.logical_and.reduceat(is_constant, old.starts[:-1]) if len(old) else is_constant
        found |= old.are(_POS, _MEAN)
        is_power = np.zeros(self.end, bool)
        is_power[: self.first_parameter] = [x in _POWERS for x in self.constants]
        for code, place, counts in (
            (_GATE, old.starts[:-1], is_constant),
            (_PICK, old.starts[1:] - 1, is_constant),
            (_POW, old.starts[:-1] + 1, is_power[old.inputs]),
            (_POW_LESS, old.starts[:-1] + 1, is_constant),
        ):
            nodes = np.flatnonzero(old.codes == code)
            found[nodes[counts[place[nodes]]]] = True
        order = np.argsort(self._hashes)
        same = np.diff(self._hashes[order]) == 0
        found[order[1:][same]] = found[order[:-1][same]] = True
        return found

    def _row(self, k: int) -> tuple[int, list[int]]:
        if k not in self._rows:
            code, *inputs = self.old[k - self.base]
            return code, inputs
        return self._rows[k]

    def _readers(self, x: int) -> list[int]:
        start, stop = np.searchsorted(self._read, [x, x + 1])
        return [self.base + reader for reader in self.old.readers[self._reading[start:stop]].tolist()]

    @cached_property
    def _reading(self) -> Integers:
        return np.argsort(self.old.inputs)

    @cached_property
    def _read(self) -> Integers:
        return self.old.inputs[self._reading]

    @cached_property
    def _known(self) -> dict[int, int]:
        """By hash, the first node that has it."""
        return dict(zip(self._hashes[::-1].tolist(), range(self.end - 1, self.base - 1, -1), strict=True))

    @cached_property
    def _hashes(self) -> Hashes:
        return hashes_of(self.old, self.old.are(_ADD, _MUL))


def _turned(code: int, inputs: list[int]) -> tuple[int, list[int]]:
    """The same for a node that computes the same: a + b is b + a."""
    return code, sorted(inputs) if code in (_ADD, _MUL) else inputs


def _without_the_unread(graph: Graph, nodes: Nodes, order: Integers, to: Integers, constants: list[float]) -> Graph:
    """Keeps what a root needs, with constants counted from 0 and nodes behind the leaves again."""
    base, first = graph.leaves, graph.first_parameter
    roots = to[np.array(graph.roots(), np.int64)]
    needed = _needed(nodes, base, roots)
    order = order[needed[order]]
    read = np.concatenate((nodes.inputs[needed[nodes.readers]], roots))
    read = read[read < first]
    used = np.flatnonzero(np.bincount(np.where(read < 0, first - 1 - read, read), minlength=len(constants)))
    of = np.full(base + len(nodes) + len(constants) - first, -1)
    of[np.where(used < first, used, first - 1 - used)] = np.arange(len(used))  # the new ones, below 0, from its end
    of[first:base] = len(used) + np.arange(base - first)
    of[base + order] = len(used) + base - first + np.arange(len(order))
    return graph.rebuilt([constants[k] for k in used.tolist()], nodes.kept(order, of), of[to])


def _needed(nodes: Nodes, base: int, roots: Integers) -> Flags:
    """For each node, whether a root is computed from it: those that nothing reads go, until none is left."""
    read = np.concatenate((nodes.inputs, roots))
    uses = np.bincount(read[read >= base] - base, minlength=len(nodes))
    needed = uses > 0
    unread = np.flatnonzero(~needed).tolist()
    while unread:
        for x in nodes[unread.pop()][1:]:
            if x >= base:
                uses[x - base] -= 1
                if not uses[x - base]:
                    needed[x - base] = False
                    unread.append(x - base)
    return needed

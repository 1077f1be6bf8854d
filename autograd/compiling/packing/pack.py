"""Pack: level by level, equal operations become one block, and sums of products become matrix products.

The level of a node is the longest way to it from a leaf. Nodes of one level do not depend on each other, so those with
the same operation run as one NumPy call on arrays; their results lie side by side in the workspace.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..graph.graph import CODE_OF, OPS, Graph
from .operands import Operand, Positions, common_shape, strides
from .rectangles import stacks

_DOT, _LINEAR = CODE_OF["dot"], CODE_OF["linear"]

Group = tuple[int, int, Positions]  # operation, number of inputs, nodes


@dataclass(frozen=True, eq=False)
class Block:
    """Nodes that run as one. The results have `shape` and lie at `at` and on, a row after the other."""

    code: int
    nodes: Positions  # -1 for a result that nothing reads: a gap in a matrix product
    at: int
    batched: bool
    operands: tuple[Operand, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.nodes.shape

    @cached_property
    def out(self) -> Operand:
        return Operand(self.at + np.arange(self.nodes.size).reshape(self.shape), self.batched)


@dataclass(frozen=True, eq=False)
class RowBlock(Block):
    """One row of the table on arrays: operands have the block's shape, groups of n have (n, *shape)."""


@dataclass(frozen=True, eq=False)
class ProductBlock(Block):
    """result[c, i, j] = sum over k of rows[c, i, k] * columns[c, j, k], plus bias[c, i, j] if there is one."""


def describe(block: Block) -> str:
    """What a block computes."""
    inner = f" of {block.operands[0].positions.shape[-1]} terms" if isinstance(block, ProductBlock) else ""
    sizes = " x ".join(str(size) for size in block.shape if size > 1) or "1"
    return f"{OPS[block.code].name}{inner}: {sizes}{' for each sample' if block.batched else ''}"


@dataclass(frozen=True, eq=False)
class Packed:
    """A graph in blocks: where each node lies, how large the two parts of the workspace are, and what runs."""

    graph: Graph
    blocks: list[Block]
    position: Positions  # of each node
    batched: NDArray[np.bool_]
    shared_size: int
    own_size: int


def pack(graph: Graph, groups: list[Group] | None = None) -> Packed:
    """Packs a graph whose sums are gathered; `groups` are those of `levels`, if they are known already."""
    batched, leaves = graph.widths, graph.leaves
    position = np.zeros(leaves + len(graph.nodes), np.int64)
    sizes = [0, 0]
    for part in (False, True):
        mine = np.flatnonzero(batched[:leaves] == part)
        position[mine] = np.arange(len(mine))
        sizes[part] = len(mine)
    packer = _Packer(graph, batched, position, sizes)
    for code, size, nodes in levels(graph) if groups is None else groups:
        packer.add(code, nodes + leaves, graph.nodes.table(nodes, size))
    return Packed(graph, packer.blocks, position, batched, sizes[0], sizes[1])


def levels(graph: Graph) -> list[Group]:
    """Nodes that can run as one, in an order in which they can run."""
    nodes = graph.nodes
    level = array("q", bytes(8 * len(graph.widths)))
    levels = np.frombuffer(level, np.int64)  # the same memory, which a loop reads faster as an array of Python
    for k, (a, b, rest) in enumerate(nodes.reads(), graph.leaves):
        level[k] = 1 + (max(level[a], level[b]) if rest is None else int(levels[rest].max()))
    # of a group the first stands for all: products were sorted by kind, and other groups are lifted
    seen = (nodes.starts[:-1], nodes.starts[:-1] + nodes.sizes // 2, nodes.starts[1:] - 1)
    kind = 2 * graph.widths + (np.arange(len(graph.widths)) < graph.first_parameter)
    kinds = [kind[nodes.inputs[place]] for place in seen]
    of_node = levels[graph.leaves :]
    order = np.lexsort((*kinds, nodes.sizes, nodes.codes, of_node))
    keys = np.stack((of_node, nodes.codes, nodes.sizes, *kinds))[:, order]
    cuts = np.flatnonzero((keys[:, 1:] != keys[:, :-1]).any(axis=0)) + 1
    found = sorted(np.split(order, cuts), key=lambda group: (of_node[group[0]], group[0])) if len(nodes) else []
    return [(int(nodes.codes[group[0]]), int(nodes.sizes[group[0]]), group) for group in found]


class _Packer:
    def __init__(self, graph: Graph, batched: NDArray[np.bool_], position: Positions, sizes: list[int]) -> None:
        self.graph, self.batched, self.position, self.sizes = graph, batched, position, sizes
        self.constants = np.array(graph.constants, float)
        self.blocks: list[Block] = []

    def add(self, code: int, nodes: Positions, inputs: Positions) -> None:
        if code in (_DOT, _LINEAR):
            self._add_products(code, nodes, inputs)
        else:
            self._add_row(code, nodes, inputs)

    def _place(self, kind: type[Block], code: int, nodes: Positions, operands: tuple[Operand, ...]) -> None:
        batched = bool(self.batched[nodes.flat[np.argmax(nodes)]])
        at = self.sizes[batched]
        self.sizes[batched] += nodes.size
        real = nodes >= 0
        self.position[nodes[real]] = at + np.arange(nodes.size).reshape(nodes.shape)[real]
        self.blocks.append(kind(code, nodes, at, batched, operands))

    def _operand(self, inputs: Positions) -> Operand:
        batched = bool(self.batched[inputs.flat[0]]) if inputs.size else False
        numbers = self.constants[inputs] if (inputs < len(self.constants)).all() else None
        return Operand(self.position[inputs], batched, numbers)

    def _add_row(self, code: int, nodes: Positions, inputs: Positions) -> None:
        groups = OPS[code].split(inputs.T)
        firsts = [self.position[group[0] if group.ndim == 2 else group] for group in groups if group.size]
        best = min(_orders(firsts), key=lambda order: _gathers([first[order] for first in firsts]))
        shape = common_shape([first[best] for first in firsts]) if firsts else (len(nodes),)
        operands = tuple(self._operand(group[..., best].reshape(*group.shape[:-1], *shape)) for group in groups)
        self._place(RowBlock, code, nodes[best].reshape(shape), operands)

    def _add_products(self, code: int, nodes: Positions, inputs: Positions) -> None:
        size = inputs.shape[1] // 2
        lefts, rights = inputs[:, :size], inputs[:, size : 2 * size]
        turn = True if self.batched[rights[0, 0]] else None
        for stack in stacks(lefts, rights, turn):
            rows, columns = (rights, lefts) if stack.turned else (lefts, rights)
            operands = [self._operand(rows[stack.first_of_row]), self._operand(columns[stack.first_of_column])]
            if code == _LINEAR:
                operands.append(self._operand(inputs[np.where(stack.sums < 0, stack.sums.max(), stack.sums), -1]))
            self._place(ProductBlock, code, np.where(stack.sums < 0, -1, nodes[stack.sums]), tuple(operands))


def _orders(rows: list[Positions]) -> Iterator[Positions]:
    """Orders to try: as recorded, or by where an operand lies."""
    yield np.arange(len(rows[0])) if rows else np.arange(1)
    for row in rows:
        yield np.argsort(row, kind="stable")


def _gathers(rows: list[Positions]) -> int:
    shape = common_shape(rows)
    return sum(strides(row.reshape(shape)) is None for row in rows)

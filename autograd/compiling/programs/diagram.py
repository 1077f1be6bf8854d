"""Diagram: a program as boxes and wires, for `draw`: a box for each block, and one for what each reads from outside."""

from __future__ import annotations

import numpy as np

from ...pictures.boxes import Box, Diagram, Row, Wire
from ..graph.graph import OPS, Graph
from ..graph.sums import gather_sums
from ..packing.operands import Operand
from ..packing.pack import Block, Packed, ProductBlock, pack
from .listing import places, sources

_KINDS = {"arguments": "input", "parameters": "weight"}


def diagram(graph: Graph, packed: Packed | None, max_nodes: int) -> Diagram:
    """The blocks of a graph, the last ones if there are more than fit; constants are not drawn."""
    packed = packed or pack(gather_sums(graph))
    read = [_read(packed, block) for block in packed.blocks]
    first, room = len(packed.blocks), max_nodes
    while first and room > 0:
        first -= 1
        room -= 1 + sum(isinstance(source, str) for source in read[first])
    first += room < 0
    drawing = Diagram(size=len(graph.nodes))
    at: dict[int, int] = {}
    for number in range(first, len(packed.blocks)):
        inputs = read[number]
        drawn: list[int] = []
        for source, operands in inputs.items():
            if isinstance(source, str):
                drawn.append(len(drawing.boxes))
                drawing.boxes.append(_outside(source, operands, f"v{len(drawing.boxes)}"))
            elif source in at:
                drawn.append(at[source])
        at[number] = len(drawing.boxes)
        cut = len(drawn) < len(inputs)
        drawing.boxes.append(_box(packed, number, f"v{len(drawing.boxes)}", cut))
        drawing.wires += [Wire(source, at[number], place) for place, source in enumerate(drawn)]
    if first:
        drawing.notice = f"The last {len(packed.blocks) - first} of {len(packed.blocks)} blocks; max_nodes draws more"
    else:
        drawing.notice = f"{len(graph.nodes):,} operations in {len(packed.blocks)} blocks"
    return drawing


def _read(packed: Packed, block: Block) -> dict[str | int, list[Operand]]:
    """What a block reads, each source once, with the operands that read it."""
    found: dict[str | int, list[Operand]] = {}
    for operand in block.operands:
        for source in sources(packed, operand):
            if source != "constants":
                found.setdefault(source, []).append(operand)
    return found


def _outside(source: str, operands: list[Operand], key: str) -> Box:
    numbers = len(np.unique(np.concatenate([operand.positions.reshape(-1) for operand in operands])))
    text = f"{numbers:,}{' a sample' if operands[0].batched else ''}"
    return Box(key, _KINDS[source], source, source, "", (Row("count", "numbers", text),), f"{text} {source}")


def _box(packed: Packed, number: int, key: str, cut: bool) -> Box:
    block = packed.blocks[number]
    op = OPS[block.code]
    sizes = " × ".join(str(size) for size in block.shape if size > 1) or "1"
    rows = [Row("count", "results", sizes + (" a sample" if block.batched else ""))]
    if isinstance(block, ProductBlock):
        rows.append(Row("count", "terms", str(block.operands[0].positions.shape[-1])))
    scopes = places(packed, block)
    ends = np.isin(block.nodes, packed.graph.outputs).any()
    return Box(
        key=key,
        kind="result" if ends else "operation",
        title=f"#{number} = {op.symbol}",
        symbol=op.symbol,
        role=_part(scopes),
        rows=tuple(rows),
        tip=f"{op.name}: {' ... '.join(scopes)}" if scopes else op.name,
        cut=cut,
    )


def _part(scopes: list[str]) -> str:
    """The part of the program that all of these are in: layer 1 of layer 1/neuron 1 and layer 1/neuron 16."""
    parts = {scope.split("/")[0] for scope in scopes}
    return parts.pop() if len(parts) == 1 else ""

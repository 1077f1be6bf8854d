"""Loop listing: a program with loops as text and as a picture: how many turns of what, and what goes on in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from ...pictures.boxes import Box, Diagram, Row, Wire
from ..graph.graph import OPS, Graph
from ..loops.looped import Earlier, Loop, Looped

_SHOWN = 6  # kinds of operations


def table_of_loops(looped: Looped) -> str:
    """A line for each loop, those in its turns below it."""
    return "\n".join(_lines(looped, ""))


def _lines(looped: Looped, indent: str) -> Iterator[str]:
    for loop in looped.loops:
        if not loop.body.operations:
            continue
        yield f"{indent}{_counted(loop)}{_carried(loop)}: {_operations(loop)}"
        if isinstance(loop.body, Looped):
            yield from _lines(loop.body, indent + "    ")


def _counted(loop: Loop) -> str:
    count = loop.body.operations
    operations = f"{count:,} operation{'s' * (count != 1)}"
    return operations if loop.turns == 1 else f"{loop.turns:,} turns of {operations}"


def _carried(loop: Loop) -> str:
    results = {read.result for read in loop.reads if isinstance(read, Earlier)}
    if not results:
        return ""
    return f", {len(results):,} number{'s' * (len(results) != 1)} going on from turn to turn"


def _operations(loop: Loop) -> str:
    counts = Counter[str]()
    _count(loop.body, 1, counts)
    most = [f"{name} {count:,}" for name, count in counts.most_common(_SHOWN)]
    return ", ".join(most + ["..."] * (len(counts) > _SHOWN))


def _count(body: Graph | Looped, times: int, counts: Counter[str]) -> None:
    if isinstance(body, Looped):
        for loop in body.loops:
            _count(loop.body, times * loop.turns, counts)
        return
    for code, count in enumerate(np.bincount(body.nodes.codes, minlength=1).tolist()):
        if count:
            counts[OPS[code].name] += times * count


def diagram_of_loops(looped: Looped, max_nodes: int) -> Diagram:
    """A box for each loop and for what is between them, the last ones if there are more than fit."""
    parts = [which for which, loop in enumerate(looped.loops) if loop.body.operations]
    shown = parts[-max(1, max_nodes - 2) :]
    drawing = Diagram(size=looped.operations)
    at: dict[str | int, int] = {}
    for which in shown:
        drawn = []
        sources = _sources(looped, looped.loops[which])
        for source in sources:
            if isinstance(source, str) and source not in at:
                at[source] = len(drawing.boxes)
                drawing.boxes.append(_leaves(looped, source, f"v{len(drawing.boxes)}"))
            if source in at:
                drawn.append(at[source])
        at[which] = len(drawing.boxes)
        drawing.boxes.append(_box(looped, which, f"v{len(drawing.boxes)}", len(drawn) < len(sources)))
        drawing.wires += [Wire(source, at[which], place) for place, source in enumerate(drawn)]
    loops = sum(loop.turns > 1 for loop in looped.loops)
    drawing.notice = f"{looped.operations:,} operations in {loops} loop{'s' * (loops != 1)}"
    if len(shown) < len(parts):
        drawing.notice = f"The last {len(shown)} of {len(parts)} parts; max_nodes draws more"
    return drawing


def _sources(looped: Looped, loop: Loop) -> list[str | int]:
    """What a loop reads: "parameters", "arguments", or other loops."""
    numbers = np.unique(np.concatenate([*loop.outside(), np.zeros(0, np.int64)]))
    leaves = numbers[(numbers >= looped.first_parameter) & (numbers < looped.leaves)]
    names = {"parameters": leaves < looped.first_argument, "arguments": leaves >= looped.first_argument}
    loops = np.unique(np.searchsorted(looped.starts, numbers[numbers >= looped.leaves], side="right") - 1)
    return [*(name for name, has in names.items() if has.any()), *loops.tolist()]


def _leaves(looped: Looped, name: str, key: str) -> Box:
    kind, count = ("weight", looped.parameters) if name == "parameters" else ("input", len(looped.batched))
    return Box(key, kind, name, name, "", (Row("count", "numbers", f"{count:,}"),), f"{count:,} {name}")


def _box(looped: Looped, which: int, key: str, cut: bool) -> Box:
    loop = looped.loops[which]
    carried = len({read.result for read in loop.reads if isinstance(read, Earlier)})
    rows = [Row("count", "operations", f"{loop.body.operations:,}")]
    if loop.turns > 1:
        rows = [Row("count", "turns", f"{loop.turns:,}"), *rows, Row("count", "going on", f"{carried:,}")]
    ends = {looped.loop_of(number) for number in looped.outputs}
    return Box(
        key=key,
        kind="result" if which in ends else "operation",
        title=f"#{which} = loop" if loop.turns > 1 else f"#{which}",
        symbol="loop" if loop.turns > 1 else "",
        role="",
        rows=tuple(rows),
        tip=f"{_counted(loop)}: {_operations(loop)}",
        cut=cut,
    )

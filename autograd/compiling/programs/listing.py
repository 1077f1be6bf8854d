"""Listing: a program as text. The blocks as a table, and the NumPy source that runs without this package."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...special.words import WORDS
from ...vocabularies import arrays
from ...vocabularies.written import source_of
from ..graph.graph import OPS
from ..numpy import runtime
from ..numpy.blocks import Blocks, function_text
from ..packing.operands import Operand
from ..packing.pack import Block, Packed, ProductBlock


def table(packed: Packed) -> str:
    """A line for each block: what it computes, for how many, from what, and where in the program that was."""
    rows = [("block", "operation", "results", "reads", "from")]
    for number, block in enumerate(packed.blocks):
        sizes = " x ".join(str(size) for size in block.shape if size > 1) or "1"
        reads = [_described(packed, operand) for operand in block.operands]
        if isinstance(block, ProductBlock):
            inner = block.operands[0].positions.shape[-1]
            shown = f"{reads[0]} @ {reads[1]}{f' + {reads[2]}' if len(reads) > 2 else ''}, {inner} terms"
        else:
            shown = ", ".join(reads)
        each = " for each sample" if block.batched else ""
        names = [" ... ".join(found) for found in (places(packed, block), labels(packed, block.nodes)) if found]
        rows.append((str(number), OPS[block.code].name, sizes + each, shown, ": ".join(names)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"{row[0]:>{widths[0]}}  " + "  ".join(f"{c:<{w}}" for c, w in zip(row[1:], widths[1:], strict=True))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def places(packed: Packed, block: Block) -> list[str]:
    """The first and the last scope that the results of a block were computed in."""
    return _ends(packed.graph.scopes, block.nodes)


def labels(packed: Packed, nodes: Any) -> list[str]:
    """The first and the last label that nodes have."""
    return _ends(packed.graph.labels, nodes)


def _ends(table: dict[int, str], nodes: Any) -> list[str]:
    names = list(dict.fromkeys(table[k] for k in nodes.reshape(-1).tolist() if k in table)) if table else []
    return names if len(names) < 2 else [names[0], names[-1]]


def sources(packed: Packed, operand: Operand) -> list[str | int]:
    """What an operand reads: "constants", "parameters", "arguments", or the numbers of blocks."""
    if operand.numbers is not None:
        return ["constants"]
    graph, batched = packed.graph, operand.batched
    mine = [(k, block.at) for k, block in enumerate(packed.blocks) if block.batched == batched]
    names: list[str | int] = ["constants", "parameters", "arguments", *(k for k, _ in mine)]
    starts = [0, *((0, 0) if batched else (graph.first_parameter, graph.first_argument)), *(at for _, at in mine)]
    found = np.unique(np.searchsorted(starts, operand.positions, side="right") - 1)
    return [names[k] for k in found.tolist()]


def _described(packed: Packed, operand: Operand) -> str:
    if operand.literal is not None:
        return f"{operand.literal:g}"
    graph, found = packed.graph, list[str]()
    for name in sources(packed, operand):
        if name == "parameters" and graph.labels:
            places = operand.positions  # of a parameter, the number of its node
            mine = places[(places >= graph.first_parameter) & (places < graph.first_argument)]
            found.append(" ... ".join(labels(packed, mine)) or name)
        else:
            found.append(f"#{name}" if isinstance(name, int) else name)
    return "/".join(found)


def source(blocks: Blocks, wanted: bytes) -> str:
    """The program as a file of Python that needs NumPy alone: `forward()`, `reverse()`, and the arrays they work in."""
    packed, graph, forward = blocks.packed, blocks.graph, blocks.forward.code
    sections = [*_head(packed, blocks.dtype)]
    functions = [*_functions("forward", forward.forward)]
    codes = [forward]
    setup = [*forward.setup]
    if len(graph.outputs) == 1:
        _, reverse, _ = blocks.reverse(wanted)
        codes.append(reverse)
        setup += ["", "# in reverse", *reverse.setup]
        functions += _functions("reverse", reverse.reverse)
    text = "\n".join([*setup, *functions])
    tables = [f"{name} = np.array({_numbers(x)})" for code in codes for name, x in code.data.items()]
    return "\n".join([*sections, *_helpers(text), "", *tables, *setup, "", *functions])


def _head(packed: Packed, dtype: Any) -> Iterator[str]:
    graph = packed.graph
    batched = sum(graph.batched)
    first, last = graph.first_parameter, graph.leaves - batched
    part = "own" if packed.batched[graph.outputs[:1]].any() else "shared"
    yield f'"""{len(packed.blocks)} blocks for {len(graph.nodes):,} operations.'
    yield ""
    if last > first:
        yield f"Parameters and arguments go into shared[{first}:{last}]."
    if batched:
        yield f"The arguments of each sample go into own[:{batched}], a column for each."
    if len(graph.outputs) == 1:
        at = packed.position[graph.outputs[0]]
        yield f"After forward() the result is {part}[{at}]. Set d_{part}[{at}] = 1.0 and run reverse(): the derivatives"
        yield "stand in d_shared and d_own where the numbers stand in shared and own."
    yield '"""'
    yield "from __future__ import annotations"
    yield ""
    yield "import builtins, math"
    yield "from functools import reduce"
    yield "from math import inf, nan"
    yield ""
    yield "import numpy as np"
    yield ""
    yield "samples = 1"
    yield f"dtype = np.{dtype}"
    for prefix in ("", "d_"):
        yield f"{prefix}shared = np.zeros({packed.shared_size}, dtype)"
        yield f"{prefix}own = np.zeros(({packed.own_size}, samples), dtype)"
    if graph.constants:
        yield f"shared[:{first}] = {_numbers(np.array(graph.constants))}"


def _helpers(text: str) -> Iterator[str]:
    """The source of the functions that the lines call, besides NumPy's, and of those that these call."""
    lines = inspect.getsource(arrays).splitlines()
    made = {line.split(" = ", 1)[0]: line for line in lines if re.match(r"\w+ = elementwise\(", line)}
    waiting, known = [text], set[str]()
    while waiting:
        for name in re.findall(r"(?<![.\w])(\w+)\(", waiting.pop()):
            if name in known:
                continue
            known.add(name)
            if name == "picked":
                found = inspect.getsource(arrays.pick).replace("def pick(", "def picked(")
            elif name in made:
                found = made[name]
            elif name in WORDS:
                found = source_of(name)
            else:
                function = getattr(runtime, name, getattr(arrays, name, None))
                if isinstance(function, np.ufunc):  # which words that are written once call by the words' own names
                    found = f"{name} = np.{function.__name__}"
                elif inspect.isfunction(function):
                    found = inspect.getsource(function)
                else:
                    continue
            waiting.append(found)
            if name not in made:  # those are defined last, when what makes them is
                yield f"\n\n{found}"
    used = [line for name, line in made.items() if name in known]
    if used:
        yield "\n".join(["", *used])


def _functions(name: str, parts: tuple[list[str], list[str]]) -> list[str]:
    shared, own = parts
    return ["", function_text(name, [*shared, *own] if name == "forward" else [*own, *shared])]


def _numbers(x: Any) -> str:
    """An array as a list, in lines of readable length."""
    text = re.sub(r"\b(nan|inf)\b", r"np.\1", repr(x.tolist()))
    return "\n    ".join(textwrap.wrap(text, 110, break_long_words=False, break_on_hyphens=False))

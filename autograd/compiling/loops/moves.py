"""Moves: lines that copy or add numbers from place to place, as loops where the places follow a pattern."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ...vocabularies.lines import Lines
from .layout import Place

_FEW = 4  # lines that are not worth a loop
_NAME = re.compile(r"[A-Za-z_]\w*")


def moves(lines: Lines, index: str, line: Callable[[Any, Any], str], pairs: list[tuple[Place, Place]]) -> None:
    """A line for each pair of places, or a loop where both follow a pattern."""
    for run in _runs(pairs):
        if len(run) < _FEW:
            lines.add(*(line((to, index), (of, index)) for to, of in run))
            continue
        steps = [one.at - other.at for one, other in zip(run[1], run[0], strict=True)]
        with lines.below(f"for k in range({len(run)}):"):
            ends = [(one, index, f"{step} * k" if step else "") for one, step in zip(run[0], steps, strict=True)]
            lines.add(line(*ends))


def _runs(pairs: list[tuple[Place, Place]]) -> Iterator[list[tuple[Place, Place]]]:
    """The pairs in runs in which both places go on by the same number of addresses each time."""
    run: list[tuple[Place, Place]] = []
    for pair in pairs:
        step = _step(run[-1], pair) if run else None
        if run and (step is None or (len(run) > 1 and step != _step(run[-2], run[-1]))):
            yield run
            run = []
        run.append(pair)
    if run:
        yield run


def _step(one: tuple[Place, Place], other: tuple[Place, Place]) -> tuple[int, ...] | None:
    kinds = [[(x.step, x.is_looked_up, x.is_own) for x in pair] for pair in (one, other)]
    if kinds[0] != kinds[1] or any(x.is_looked_up for x in one):
        return None
    return tuple(b.at - a.at for a, b in zip(one, other, strict=True))


def pruned(lines: list[str], after: list[str]) -> list[str]:
    """Without those that only name what no later line uses."""
    used = set(_NAME.findall("\n".join(after)))
    kept = []
    for line in reversed(lines):
        name, _, expression = line.strip().partition(" = ")
        is_name = name.isidentifier()
        if is_name and name not in used:
            continue
        used.update(_NAME.findall(expression if is_name else line))
        kept.append(line)
    return kept[::-1]

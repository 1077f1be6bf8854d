"""The operations between inputs and outputs, in order; a checkpointed part is computed again when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from ..ops import TABLE, Op
from ..sweep import segments


@dataclass(frozen=True, eq=False)
class Segment(Op):
    """The operation of a checkpointed function: it has no partials, and is recorded again when a sweep reaches it."""

    again: Callable[[], list[Any]]  # computes the outputs anew, recording
    lines: list[int]  # of the outputs, which follow one another

    def __post_init__(self) -> None:
        segments.add(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a graph with a checkpointed part cannot be copied or saved, because the part is a function; "
            "record it without checkpoint"
        )


_POS = TABLE["pos"]


@dataclass(frozen=True)
class Link:
    """Stands for an output of a checkpointed part while its value, recorded again, is at hand."""

    line: int
    a: Any
    op: Op
    b: None = None
    da: float = 1.0
    partials: tuple[float] = (1.0,)

    @property
    def inputs(self) -> tuple[Any]:
        return (self.a,)


def history(outputs: Iterable[Any], after: int, stop: Iterable[Any] = ()) -> list[Any]:
    """The operations after line `after` that `outputs` depend on, latest first; it does not look behind `stop`."""
    stopped = {x.line for x in stop}
    found: dict[int, Any] = {}
    waiting = [x for x in outputs if x.op is not None and x.line > after and x.line not in stopped]
    push, pop = waiting.append, waiting.pop
    while waiting:
        node = pop()
        while node.line not in found:
            found[node.line] = node
            a, b = node.a, node.b
            if a is None:
                for x in node.many[0]:
                    if x.line > after and x.op is not None and x.line not in stopped:
                        push(x)
                break
            if b is not None and b.line > after and b.op is not None and b.line not in stopped:
                push(b)
            if a.line <= after or a.op is None or a.line in stopped:
                break
            node = a
    return [found[line] for line in sorted(found, reverse=True)]


def replayed(nodes: Sequence[Any], forward: bool = False) -> Iterable[Any]:
    """The nodes, given latest first, in the order of a sweep, with checkpointed parts recorded again in their place."""
    ordered = reversed(nodes) if forward else iter(nodes)
    return _replayed(ordered, forward) if segments else ordered


def _replayed(nodes: Iterable[Any], forward: bool) -> Iterator[Any]:
    done: set[int] = set()
    for node in nodes:
        if not isinstance(node.op, Segment):
            yield node
        elif node.line not in done:
            # all that uses an output is recorded after the last of them, and all they use before the first
            done.update(node.op.lines)
            outputs = node.op.again()
            links = [Link(line, x, _POS) for line, x in zip(node.op.lines, outputs, strict=True)]
            if not forward:
                yield from reversed(links)
            yield from replayed(history(outputs, node.op.lines[-1]), forward)
            if forward:
                yield from links

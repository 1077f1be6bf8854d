"""The operations between inputs and outputs, in order; a checkpointed part is computed again when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from ..core.ops import TABLE, Op
from ..core.sweep import segments


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

    _serial: int
    _a: Any
    op: Op
    _b: None = None
    _da: float = 1.0
    partials: tuple[float] = (1.0,)

    @property
    def inputs(self) -> tuple[Any]:
        return (self._a,)


def history(outputs: Iterable[Any], after: int, stop: Iterable[Any] = ()) -> list[Any]:
    """The operations after line `after` that `outputs` depend on, latest first; it does not look behind `stop`."""
    stopped = {x._serial for x in stop}
    found: dict[int, Any] = {}
    waiting = [x for x in outputs if x.op is not None and x._serial > after and x._serial not in stopped]
    push, pop = waiting.append, waiting.pop
    while waiting:
        node = pop()
        while node._serial not in found:
            found[node._serial] = node
            a, b = node._a, node._b
            if a is None:
                for x in node._many[0]:
                    if x._serial > after and x.op is not None and x._serial not in stopped:
                        push(x)
                break
            if b is not None and b._serial > after and b.op is not None and b._serial not in stopped:
                push(b)
            if a._serial <= after or a.op is None or a._serial in stopped:
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
        elif node._serial not in done:
            # all that uses an output is recorded after the last of them, and all they use before the first
            done.update(node.op.lines)
            outputs = node.op.again()
            links = [Link(line, x, _POS) for line, x in zip(node.op.lines, outputs, strict=True)]
            if not forward:
                yield from reversed(links)
            yield from replayed(history(outputs, node.op.lines[-1]), forward)
            if forward:
                yield from links

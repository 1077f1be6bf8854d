"""The operations between inputs and outputs, in order; a checkpointed part is computed again when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from weakref import WeakSet

from ..core import sweep
from ..core.ops import TABLE, Op
from ..core.sweep import by_line

# Checkpointed parts that are alive: their operations are recorded again when a sweep reaches them.
segments: WeakSet[Any] = WeakSet()


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


def marked(roots: Iterable[Any], zero: float) -> list[Any]:
    """The recorded operations that `roots` depend on, latest first, with their adjoints set to `zero`.

    `zero` must be a fresh 0.0 that no other object holds: it is both the value adjoints restart from and, by its
    identity, the mark of a node already found. A set of visited nodes would cost as much as all the rest.
    """
    found: list[Any] = []
    waiting = list(roots)
    push, pop, keep = waiting.append, waiting.pop, found.append
    while waiting:
        node = pop()
        if node._grad is zero or node.op is None:
            continue
        node._grad = zero
        while True:
            keep(node)
            a, b = node._a, node._b
            if a is None:
                for x in node._many[0]:
                    if x.op is not None and x._grad is not zero:
                        push(x)
                break
            # follow one input and let the other wait, 30 ns less than letting both wait
            if b is not None and b._grad is not zero and b.op is not None:
                if a._grad is not zero and a.op is not None:
                    push(a)
                b._grad = zero
                node = b
            elif a._grad is not zero and a.op is not None:
                a._grad = zero
                node = a
            else:
                break
    # the order of recording is a topological order, and depth first finds it in long runs, which sort at once
    found.sort(key=by_line, reverse=True)
    return found


setattr(sweep, "ancestors", marked)  # noqa: B010


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

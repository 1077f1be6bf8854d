"""Straight: a program with nothing to pack as machine code, made of the very lines that Python would run.

    run(v1, v2, ..., results) -> 0.0, or nan where Python must run the lines

`v1` and on are the leaves; behind the results of the program come the derivatives that are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial, reduce
from typing import Any

from ..packing.graph import Graph
from ..packing.straight import Straight, Words
from .groups import Vocabulary
from .kernel import kernel
from .lines import Lines, UnprintableError

_MOST_LINES = 40_000  # LLVM takes about 0.1 ms for each


class NativeStraight(Straight):
    """Runs as machine code; what that does not know, or a nan on the way back, runs as Python."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._machines: dict[bytes, Callable[..., tuple[float, ...]] | None] = {}

    def function(self, wanted: bytes) -> Callable[..., Any]:
        """The function of the leaves; see `Straight.function`."""
        machine = self._machine(wanted)
        if machine is None:
            return super().function(wanted)
        lines = cache(partial(super().function, wanted))  # Python takes its time to compile them
        count, holds = len(self.graph.outputs), (True,) * len(self.graph.checks)

        def function(*leaves: float) -> Any:
            status, *numbers = machine(*leaves)
            return lines()(*leaves) if status else (numbers[:count], holds, numbers[count:])

        return function

    def inlined(self, wanted: bytes) -> tuple[list[str], dict[str, Any]]:
        """The line that calls the machine code; see `Straight.inlined`."""
        machine = self._machine(wanted)
        if machine is None:
            return super().inlined(wanted)
        root = self.name(self.graph.outputs[0])
        results = ["status", root if root.startswith("v") else "_", *self.slopes(wanted)]
        return [f"{', '.join(results)} = machine({self.leaves()})", "if status: return None"], {"machine": machine}

    def loops(self) -> str | None:
        """The lines, with those of the way back where there is one result."""
        wanted = self.graph.every_leaf if len(self.graph.outputs) == 1 else b""
        try:
            return self._text(wanted)
        except UnprintableError:
            return None

    def _text(self, wanted: bytes) -> str:
        """The function `run`.

        Raises:
            UnprintableError: it has a word that machine code does not know, or would take too long to compile.
        """
        lines, slopes = self.body(wanted, _words)[0], self.slopes(wanted)
        assigned = {line.split(" ", 1)[0] for line in lines}
        leaves = self.leaves()
        if len(lines) > _MOST_LINES:
            raise UnprintableError("the lines would take too long to compile")
        results = [*map(self.name, self.graph.outputs), *slopes]
        body = [
            "bad = 0.0",
            *lines,
            *(f"{slope} = 0.0" for slope in slopes if slope not in assigned),
            # added up: LLVM takes time that grows with the square of a chain of choices
            *(f"bad = bad + (nan if {slope} != {slope} else 0.0)" for slope in slopes),
            *(
                f"bad = bad + ({'0.0' if check.outcome else 'nan'} if {self.compared(check)} else "
                f"{'nan' if check.outcome else '0.0'})"
                for check in self.graph.checks
            ),
            *(f"results[{k}] = {name}" for k, name in enumerate(results)),
            "return bad",
        ]
        return "\n".join([f"def run({leaves}{', ' if leaves else ''}results):", *(f"    {line}" for line in body), ""])

    def _machine(self, wanted: bytes) -> Callable[..., tuple[float, ...]] | None:
        if wanted not in self._machines:
            try:
                text = self._text(wanted)
            except UnprintableError:
                self._machines[wanted] = None
            else:
                count = self.graph.leaves - self.graph.first_parameter
                self._machines[wanted] = kernel(text, "f" * count, len(self.graph.outputs) + sum(wanted))
        return self._machines[wanted]


class _Words(Vocabulary):
    """All groups are written out; sums of products too, which blocks have as matrix products."""

    def dot(self, xs: Sequence[Any], ys: Sequence[Any]) -> Any:
        return reduce(lambda a, b: a + b, [x * y for x, y in zip(xs, ys, strict=True)], 0.0)


def _words(lines: list[str]) -> Words:
    return _Words(Lines(lines=lines))

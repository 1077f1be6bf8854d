"""Lines: a program with nothing to pack as machine code, made of the very lines that Python would run.

    run(v1, v2, ..., results) -> 0.0, or nan where Python must run the lines

`v1` and on are the leaves; behind the results of the program come the derivatives that are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial, reduce
from typing import Any

from ...core.value import Value
from ...vocabularies.lines import Lines
from ..graph.graph import Graph
from ..python.lines import PythonLines, Words
from .groups import Vocabulary
from .kernel import kernel
from .trial import Trial
from .unprintable import UnprintableError

_MOST_LINES = 40_000  # LLVM takes about 0.1 ms for each
_PRICE, _PRICE_OF_ONE = 40_000, 500  # of machine code, and of an operation in it; a run of that in Python costs 1


class NativeLines(PythonLines):
    """Runs as machine code after a trial; what that does not know, or a nan on the way back, runs as Python."""

    def __init__(self, graph: Graph, at_once: bool = True) -> None:
        super().__init__(graph)
        self._machines: dict[bytes, Callable[..., tuple[float, ...]] | None] = {}
        self.trial = Trial(_PRICE + _PRICE_OF_ONE * len(graph.nodes), at_once)

    def _counts(self, wanted: bytes) -> bool:
        return self.trial.counts(1 + len(self.graph.nodes), wanted)

    def function(self, wanted: bytes) -> Callable[..., Any]:
        """The function of the leaves; see `PythonLines.function`."""
        lines = cache(partial(super().function, wanted))  # Python takes its time to compile them

        def of_trial(*leaves: float) -> Any:
            if self._counts(wanted):
                return lines()(*leaves)
            made = self._functions[wanted] = self._by_machine(wanted, lines)
            return made(*leaves)

        return of_trial

    def _by_machine(self, wanted: bytes, lines: Callable[[], Callable[..., Any]]) -> Callable[..., Any]:
        machine = self._machine(wanted)
        if machine is None:
            return lines()
        count, holds = len(self.graph.outputs), (True,) * len(self.graph.checks)

        def function(*leaves: float) -> Any:
            status, *numbers = machine(*leaves)
            return lines()(*leaves) if status else (numbers[:count], holds, numbers[count:])

        return function

    def shortcut(
        self, parameters: list[Value], wanted: bytes, result: str, same: Callable[[], bool] | None
    ) -> Callable[..., Any]:
        """The printed function; see `PythonLines`. When the trial is over it is printed anew, in its own place."""
        shortcut = partial(super().shortcut, parameters, wanted, result, same)
        is_over, made = self.trial.is_over(wanted), shortcut()
        if is_over:
            return made

        def printed_anew() -> Callable[..., Any]:
            other = shortcut()
            made.__globals__.update(other.__globals__)
            made.__code__ = other.__code__
            return made

        made.__globals__["printed_anew"] = printed_anew
        return made

    def inlined(self, wanted: bytes) -> tuple[list[str], dict[str, Any]]:
        """The line that calls the machine code; see `PythonLines`. In the trial, Python's lines, and the count."""
        if not self.trial.is_over(wanted):
            lines, names = super().inlined(wanted)
            arguments = ", ".join(f"v{k}" for k in range(self.graph.first_argument, self.graph.leaves))
            return [f"if not counts(): return printed_anew()({arguments})", *lines], names | {
                "counts": partial(self._counts, wanted)
            }
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


class NativeWords(Vocabulary):
    """All groups are written out; sums of products too, which blocks have as matrix products."""

    def dot(self, xs: Sequence[Any], ys: Sequence[Any]) -> Any:
        return reduce(lambda a, b: a + b, [x * y for x, y in zip(xs, ys, strict=True)], 0.0)


def _words(lines: list[str]) -> Words:
    return NativeWords(Lines(lines=lines))

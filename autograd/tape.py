"""Tape: the operations recorded while it is open, in order, and the comparisons made among them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from .callers import caller
from .core.numeric import number
from .core.value import Value
from .core.watching import Watcher, watching


@dataclass(frozen=True)
class Guard:
    """A comparison of Values read as True or False while a tape was open; other numbers may turn it."""

    left: Any
    symbol: str  # "<", "<=", ">", ">=", "==" or "!="
    right: Any
    outcome: bool
    line: int  # how many operations the tape held when the comparison was made


class Tape(Watcher):
    """The list of operations (a Wengert list) recorded in a `with` block, in order.

    `backward` needs no tape, since every Value knows its inputs; an open tape is for seeing what was recorded.

    >>> from autograd import Tape, Value
    >>> a, b = Value(-4.0, label="a"), Value(2.0, label="b")
    >>> with Tape() as tape:
    ...     y = (a + b) * b
    >>> tape.backward(y)
    >>> print(tape)
    line  operation  inputs  value  partials  adjoint
       0  add        a, b       -2  1, 1            2
       1  mul        #0, b      -4  2, -2           1

    A notebook shows it as a table. `Tape(sources=True)` also keeps, in `sources`, the file and the line of your code
    that recorded each operation, and the table has a column for it.
    """

    may_replay = True  # when it is compiled

    def __init__(self, *, sources: bool = False) -> None:
        self.nodes: list[Value] = []
        self.sources: list[tuple[str, int]] | None = [] if sources else None
        self.guards: list[Guard] = []
        self._open: AbstractContextManager[None] | None = None

    def __enter__(self) -> Tape:
        if self._open is not None:
            raise RuntimeError("this tape is open already; open a new one with `with Tape() as inner:`")
        self._open = watching(self)
        self._open.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        opened, self._open = self._open, None
        if opened is not None:
            opened.__exit__(kind, error, trace)

    def record(self, node: Value) -> None:
        """Appends a node; called for each operation while the tape is open."""
        if node.op is not None:
            self.nodes.append(node)
            if self.sources is not None:
                self.sources.append(caller())

    def compare(self, left: Any, symbol: str, right: Any, outcome: bool) -> None:
        """Appends a guard; called for each comparison while the tape is open."""
        self.guards.append(Guard(left, symbol, right, outcome, len(self.nodes)))

    def backward(self, root: Value, seed: Any = 1.0) -> None:
        """Adds `seed` times the derivative of `root` to the `grad` of every leaf it depends on.

        Raises:
            ValueError: `root` was not recorded on this tape.
        """
        if not any(node is root for node in reversed(self.nodes)):
            raise ValueError(f"{root!r} was not recorded on this tape; compute it inside `with Tape() as tape:`")
        root.backward(number(seed))

    def compile(self, result: Any) -> Any:
        """What was recorded up to `result`, as a function that computes it anew from the Values' present `data`.

        Call it for the number, or its `backward()` to add to the gradients as well: it runs as matrix code. See
        `autograd.compile`, which compiles a function and takes arguments.

        >>> from autograd import Tape, Value
        >>> w = Value(3.0)
        >>> with Tape() as tape:
        ...     y = w * w
        >>> square = tape.compile(y)
        >>> w.data = 5.0
        >>> square(), square.backward(), w.grad
        (25.0, 25.0, 10.0)
        """
        from .compiling.function import compile_tape

        return compile_tape(self.nodes, [(x.left, x.symbol, x.right, x.outcome) for x in self.guards], result)

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.nodes)

    def __getitem__(self, line: int) -> Value:
        return self.nodes[line]

    def __str__(self) -> str:
        from .pictures.table import as_text

        return as_text(self.nodes, self.sources)

    def _repr_html_(self) -> str:
        from .pictures.table import as_html

        return as_html(self.nodes, self.sources)

    def __repr__(self) -> str:
        return f"<Tape of {len(self.nodes)} operations>"

"""detect_anomaly: the first operation that gives inf or nan raises, and so does the first adjoint that becomes so."""

from __future__ import annotations

import linecache
import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from .callers import caller, shown
from .core.value import Value
from .core.watching import Watcher, watched_only_by, watching, watching_here
from .modes import Scope


class Sources(Watcher):
    """Notes on each node the line of the program that recorded it."""

    def record(self, node: Any) -> None:
        """Notes the line."""
        node.note("source", caller())


class Anomaly(Sources):
    """Looks at each result, and leaves its line on it for the sweep to come."""

    def record(self, node: Any) -> None:
        """Raises if the node's number is not finite."""
        super().record(node)
        if node.op is not None and not math.isfinite(node._data):
            for watcher in watching_here():
                if isinstance(watcher, Scope):
                    watcher.record(node)  # its turn may come after this
            raise FloatingPointError(f"{node.op} gave {node._data!r} from {_operands(node)}{place(node)}")

    def cut_off(self, node: Any, source: Any) -> None:
        """Looks at a result that `no_grad` is about to cut off from its operation."""
        if node is source:
            self.record(node)


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Within the `with` block (or the decorated function), the first inf or nan raises.

    Results are looked at as they are recorded, adjoints as `backward` and the verbs pass them on. The error names the
    operation, its operands and the line of the program. It slows recording several times: use it to look for a fault.

    >>> from autograd import Value, detect_anomaly, log
    >>> x = Value(0.0, label="x")
    >>> with detect_anomaly():
    ...     y = log(x)
    Traceback (most recent call last):
    FloatingPointError: log gave -inf from x = 0.0, at <doctest ...>, line 2: y = log(x)

    Raises:
        FloatingPointError: as said.
    """
    with watching(Anomaly()):
        yield


def looking() -> bool:
    """Whether `detect_anomaly` is in force here."""
    return any(isinstance(watcher, Anomaly) for watcher in watching_here())


def unalarmed() -> AbstractContextManager[None]:
    """A `with` block in which detect_anomaly looks away; the others watch on."""
    return watched_only_by([watcher for watcher in watching_here() if not isinstance(watcher, Anomaly)])


def check_adjoint(node: Any, x: Any, partial: float, adjoint: float, total: float) -> None:
    """Raises if the adjoint of the input `x` of `node` has become inf or nan."""
    if x._serial and not math.isfinite(total):
        raise FloatingPointError(
            f"the adjoint of {_describe(x)} became {total!r} in {node.op} of {_operands(node)}: "
            f"the adjoint {adjoint!r} of the result {node._data!r} times the partial {partial!r}{place(node)}"
        )


def _operands(node: Any) -> str:
    shown = [_describe(x) for x in node.inputs[:8]]
    return ", ".join([*shown, *(["..."] if len(node.inputs) > 8 else [])])


def _describe(x: Value) -> str:
    return f"{x.label} = {x.data!r}" if x.label else f"{x.op} = {x.data!r}" if x.op else repr(x.data)


def place(node: Any) -> str:
    """Where in the program a node was recorded, as the end of a sentence."""
    scope = f" in scope {node.scope!r}" if node.scope else ""
    if "source" not in node.notes:
        return f"{scope}; record inside detect_anomaly too, and the line of the program is named"
    file, line = node.notes["source"]
    text = linecache.getline(file, line).strip()
    return f"{scope}, at {shown(file)}, line {line}{': ' + text if text else ''}"

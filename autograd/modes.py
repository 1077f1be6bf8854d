"""`no_grad`: compute with Values without recording."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .recording import Watcher, watching
from .value import Value


class _CutOff(Watcher):
    first = True  # an open tape must not see what is not recorded

    def record(self, node: Value) -> None:
        node.edges = ()
        node.op = None
        node.line = 0


@contextmanager
def no_grad() -> Iterator[None]:
    """Results computed in the `with` block (or the decorated function) are constants: they keep no history.

    >>> from autograd import Value, no_grad
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.is_constant
    (9.0, True)
    """
    with watching(_CutOff()):
        yield

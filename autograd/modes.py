"""What a `with` block changes about recording: `no_grad` keeps nothing, `scope` names where it happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .core.value import Value
from .core.watching import Watcher, watch_cut, watching, watching_here


class NoGrad(Watcher):
    first = True  # an open tape must not see what is not recorded

    def record(self, node: Value) -> None:
        watch_cut(node, node)
        node._a = node._b = node.op = None
        node._serial = 0


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
    with watching(NoGrad()):
        yield


class Scope(Watcher):
    def __init__(self, path: str) -> None:
        self.path = path

    def record(self, node: Value) -> None:
        node.scope = self.path


@contextmanager
def scope(name: str) -> Iterator[None]:
    """Names the part of the program that the `with` block (or the decorated function) is; scopes nest.

    >>> from autograd import Value, scope
    >>> x = Value(3.0)
    >>> with scope("layer 1"), scope("neuron 2"):
    ...     y = x * x
    >>> y.scope
    'layer 1/neuron 2'
    """
    outer = [watcher.path for watcher in watching_here() if isinstance(watcher, Scope)][-1:]
    with watching(Scope("/".join([*outer, name]))):
        yield

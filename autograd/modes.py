"""What a `with` block changes about recording: `no_grad` keeps nothing, `scope` names where it happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from .core.value import Value
from .core.watching import Watcher, watchers, watching, watching_here


class NoGrad(Watcher):
    first = True  # an open tape must not see what is not recorded

    def record(self, node: Value) -> None:
        for watcher in watching_here():
            watcher.cut_off(node, node)
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


# Of a Value: where in the program it was computed, as in "layer 1/neuron 2", or "".


def _scope_of(value: Value) -> str:
    scope: str = value.notes.get("scope", "")
    return scope


def _put_into(value: Value, scope: str) -> None:
    # the Values of a scope share their notes, which are replaced and never written into
    value._notes = {**value._notes, "scope": scope} if hasattr(value, "_notes") else _scope_notes(scope)
    for watcher in watching_here() if watchers else ():
        watcher.named(value)


def _within(value: Value, scope: str) -> None:
    """Puts a result that has just been recorded into a scope, inside those open: `with scope` for one node.

    >>> y = Value(3.0) * 2.0
    >>> y.within("layer 1")
    >>> y.scope
    'layer 1'
    """
    # it has notes only if somebody watches, and looking would take 200 ns in every neuron
    value._notes = _scope_notes(f"{value.scope}/{scope}" if watchers and value.scope else scope)
    for watcher in watching_here() if watchers else ():
        watcher.named(value)


@cache
def _scope_notes(scope: str) -> dict[str, Any]:
    return {"scope": scope}


setattr(Value, "scope", property(_scope_of, _put_into))  # noqa: B010
setattr(Value, "within", _within)  # noqa: B010

"""Methods: a compiled function as an attribute of a class has programs of its own for each instance.

They are kept by the class's object, by the identity of the instance, and go with it: nothing is stored in the instance,
which is copied, compared and pickled as if the method was an ordinary one.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import replace
from types import MethodType
from typing import Any

from ..core.watching import watchers
from .compiled import Compiled
from .versions.versions import Versions

_MOST = 1000  # instances whose programs one method keeps; the ways to their parameters may keep them alive
_MOST_UNWATCHED = 64  # of classes whose instances can't be referred to weakly, and so are kept alive


class _Versions(Versions):
    """Those of one instance, which they do not keep alive."""

    def __init__(self, like: Versions, instance: Callable[[], Any]) -> None:
        self._instance = instance
        batch = frozenset(one - 1 if isinstance(one, int) else one for one in like.options.batch)
        super().__init__(like.wrapped, replace(like.options, batch=batch), like.static_of_instances)

    @property
    def function(self) -> Callable[..., Any]:
        """The function as a method of the instance."""
        instance = self._instance()
        if instance is None:
            raise ReferenceError(
                f"the object whose method {self.wrapped.__qualname__} is has gone; keep it while you call that"
            )
        method: Callable[..., Any] = self.wrapped.__get__(instance)
        return method


class OfInstance(Compiled):
    """A method for one instance; called through a bound method, which brings the instance along."""

    def __init__(self, method: Compiled, key: int, versions: Versions) -> None:
        self._method, self._key = method, key
        self.keeps: Any = None  # what must live while this does
        super().__init__(versions)

    def __call__(self, instance: Any, /, *args: Any, **options: Any) -> Any:
        """See `Compiled`."""
        if id(instance) != self._key:  # copies of bound methods have the copy of the instance, and this
            return self._method.__get__(instance)(*args, **options)
        if not options and not watchers:
            known = self._values.get(len(args))
            if known is not None and (found := known(*args)) is not None:
                return found
        return super().__call__(*args, **options)


def _bind(method: Compiled, instance: Any) -> Any:
    """The method of an instance that has none yet."""
    if isinstance(method.function, staticmethod) or not hasattr(type(method.function), "__get__"):
        return method
    known, key = method.instances, id(instance)
    try:
        reference: Callable[[], Any] = weakref.ref(instance, lambda _: known.pop(key, None))
        most = _MOST
    except TypeError:
        reference, most = (lambda: instance), _MOST_UNWATCHED
    while len(known) >= most:
        known.pop(next(iter(known)), None)
    versions = _Versions(method.versions, reference)
    known[key] = OfInstance(method, key, versions)
    first = OfInstance(method, key, versions)
    first.keeps = instance  # for nobody else may, as in Model().loss.backward(x)
    return MethodType(first, instance)


Compiled.bind = _bind

"""Closure: all that a function can read from outside, so that a program notices when it would read something else.

A program is one run of a function. The next run of the function itself could find another Value, number or function by
the same name, in the same list, under the same attribute. So before a function is recorded everything that it may read
is looked through, from its names on, and remembered; and it is compared, by identity, before each call.

What may it read? The variables that it has names for, and those of the functions that it can call: its code says which
names it reads, of variables and of attributes. What is in lists, tuples, dicts, sets and arrays, all of it. Of modules,
classes and objects the attributes by those names. And so on from what was found there, until nothing new is found.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from itertools import chain
from operator import is_
from types import CodeType
from typing import Any

from ...vocabularies.printed import printed
from .code import read_cell
from .compared import MISSING, Compared, alike, path_of
from .kinds import look_through
from .walk import Found

_OWN_HASH: Any = object.__hash__
_END = object()  # stands behind the items of each container, so that none can pass for the next one's


class Closure:
    """What a function can read from outside, as it was when this was made; it is kept alive.

    `unreachable` says what cannot be looked at, or is too much of it; `is_impure` whether it has a name for what gives
    something else at each call, or does something besides giving a result: a clock, a file, `print`. With `ran`, the
    code of functions that ran, others are left aside.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Any] = (),
        ran: Container[CodeType] | None = None,
    ) -> None:
        found = look_through(function, arguments, ran)
        self.unreachable, self.is_impure, self.generators = found.unreachable, found.is_impure, found.generators
        self._values = found.values
        self._found = found
        self._arrays = [(x, _bytes(x)) for x in found.arrays]
        self._arrange()
        self.is_same = self._check(found)

    def has(self, value: Any) -> bool:
        """Whether this Value was found."""
        return id(value) in self._values

    def functions(self) -> list[Any]:
        """The user's functions that it can call."""
        return [function for function, name, _ in self._found.facts if name == "__code__"]

    def __bool__(self) -> bool:
        """Whether there is anything to look at."""
        return self._is_any

    def _check(self, found: Found) -> Callable[[], bool]:
        """Whether the function would find the very same, as a function printed for it: a loop takes longer."""
        names: dict[str, Any] = {"holds": self._holds, "MISSING": MISSING}
        same = []
        for k, (cell, value, _) in enumerate(found.cells):
            names |= {f"c{k}": cell, f"v{k}": value}
            same.append(f"(c{k}.cell_contents is v{k} or alike(c{k}.cell_contents, v{k}))")
        for k, (variables, name, value, _) in enumerate(found.variables):
            names |= {f"g{k}": variables.get, f"w{k}": value}
            same.append(f"(g{k}({name!r}, MISSING) is w{k} or alike(g{k}({name!r}, MISSING), w{k}))")
        for k, (variables, size, _) in enumerate(found.sizes):
            names[f"n{k}"] = variables
            same.append(f"len(n{k}) == {size}")
        for k, (function, attribute, value) in enumerate(found.facts):
            names |= {f"f{k}": function, f"o{k}": value}
            same.append(f"f{k}.{attribute} is o{k}")
        for k, (variables, absent) in enumerate(found.absent.values()):
            names |= {f"k{k}": variables.keys(), f"a{k}": frozenset(absent)}
            same.append(f"k{k}.isdisjoint(a{k})")
        if self._hashed or self._others or self._arrays:
            same.append("holds()")
        names["alike"] = alike
        self._is_any = bool(same)
        lines = [
            "def is_same():",
            "    try:",
            *(f"        if not ({one}): return False" for one in same),
            "        return True",
            # what was deleted, what has no hash, a dict that grows while another thread looks
            "    except (RuntimeError, TypeError, ValueError):",
            "        return False",
        ]
        return printed("is_same", "\n".join(lines), names)

    def _arrange(self) -> None:
        # Where a hash is the object's own, one number stands for many items: 4 ns an item, where comparing takes 18.
        # One other item always gives another number, several do but for one case in 2**64.
        hashed, others = list[Compared](), list[Compared]()
        for source in self._found.sources:
            is_own = all(kind.__hash__ is _OWN_HASH for kind in set(map(type, source.items)))
            (hashed if is_own else others).append(source)
        self._hashed = [source.now for source in hashed]
        self._hash = hash((*(tuple(source.items) for source in hashed),))
        self._others = [x for source in others for x in (source.now, (_END,))]
        self._other_items = [x for source in others for x in (*source.items, _END)]

    def _holds(self) -> bool:
        """Whether the containers have the same items, and the arrays the same numbers."""
        return (
            (
                hash((*map(tuple, self._hashed),)) == self._hash
                and all(map(is_, chain.from_iterable(self._others), self._other_items))
            )
            or self._are_alike()
        ) and all(_bytes(x) == before for x, before in self._arrays)

    def _are_alike(self) -> bool:
        """Whether other items are the same numbers, or attributes that nobody reads."""
        if all(source.is_alike() for source in self._found.sources):
            self._arrange()
            return True
        return False

    def difference(self) -> str:
        """What is otherwise than it was, as a path from the function's names."""
        found = self._found
        for cell, before, name in found.cells:
            if not alike(read_cell(cell), before):
                return name
        for variables, name, before, where in found.variables:
            if not alike(variables.get(name, MISSING), before):
                return path_of(where)
        for variables, size, where in found.sizes:
            if len(variables) != size:
                return path_of(where)
        for function, attribute, before in found.facts:
            if getattr(function, attribute) is not before:
                return f"{function.__qualname__}.{attribute}"
        for variables, absent in found.absent.values():
            if not variables.keys().isdisjoint(absent):
                return min(variables.keys() & absent)
        for source in found.sources:
            if what := source.difference():
                return what
        return next(
            (path_of(where) for (x, before), where in zip(self._arrays, found.arrays_at) if _bytes(x) != before), ""
        )


def _bytes(x: Any) -> tuple[Any, ...]:
    return x.shape, x.dtype, x.tobytes()

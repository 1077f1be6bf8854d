"""Fields: what stands in a file is looked at, field by field, before anything is made of it.

A kind is a function: it takes what JSON gave and returns what is meant, or raises `Damage`, which says where. Kinds are
put together as the file is:

    >>> point = record(name=text, at=listed(number, 2))
    >>> read(point, {"name": "a", "at": [1, 2]}, "the point")
    {'name': 'a', 'at': [1.0, 2.0]}
    >>> read(point, {"name": "a", "at": [1, None]}, "the point")
    Traceback (most recent call last):
    ...
    ValueError: the point is damaged: at[1] must be a number, got None

Nothing is allocated by a number that was read, only by the length of what is there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

from .core.numeric import short

Kind = Callable[[Any], Any]

_SPECIAL = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}  # JSON has no such numbers


class Damage(ValueError):
    """A field is not what it must be; `path` leads to it."""

    def __init__(self, says: str, path: str = "") -> None:
        super().__init__(f"{path.lstrip('.') or 'the content'} {says}")
        self.says, self.path = says, path

    def within(self, place: str) -> Damage:
        """The same, seen from outside of the list or record that has the field at that place."""
        return Damage(self.says, place + self.path)


def read(kind: Kind, content: Any, what: object) -> Any:
    """The content as its kind has it.

    Raises:
        ValueError: it is of another kind; the message begins with `what` it is and names the field.
    """
    try:
        return kind(content)
    except Damage as damage:
        raise ValueError(f"{what} is damaged: {damage}") from None
    except RecursionError:
        raise ValueError(f"{what} is damaged: it is nested too deeply") from None


def decoded(text: str | bytes) -> Any:
    """What a JSON text holds.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def anything(x: Any) -> Any:
    """Whatever JSON can hold: for what is looked at by whom it belongs to."""
    return x


def flag(x: Any) -> bool:
    """True or False."""
    if not isinstance(x, bool):
        raise Damage(f"must be true or false, got {short(x)}")
    return x


def text(x: Any) -> str:
    """A string."""
    if not isinstance(x, str):
        raise Damage(f"must be a text, got {short(x)}")
    return x


def number(x: Any) -> float:
    """A float; of those that JSON has not, the names."""
    if type(x) is float:
        return x
    if isinstance(x, str) and x in _SPECIAL:
        return _SPECIAL[x]
    if not isinstance(x, Real) or isinstance(x, bool):
        raise Damage(f"must be a number, got {short(x)}")
    try:
        return float(x)
    except OverflowError:
        raise Damage(f"is beyond the range of a float: {short(x)}") from None


def whole(least: int = 0, most: int | None = None) -> Kind:
    """An integer within these bounds, both included."""

    def kind(x: Any) -> int:
        if type(x) is not int or x < least or (most is not None and x > most):
            bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
            raise Damage(f"must be a whole number {bounds}, got {short(x)}")
        return x

    return kind


def one_of(*choices: Any) -> Kind:
    """One of these texts or numbers."""

    def kind(x: Any) -> Any:
        for choice in choices:
            if type(x) is type(choice) and x == choice:
                return choice
        raise Damage(f"must be {' or '.join(map(repr, choices))}, got {short(x)}")

    return kind


def optional(inner: Kind) -> Kind:
    """None, or what the other kind has."""
    return lambda x: None if x is None else inner(x)


def listed(inner: Kind, length: int | None = None) -> Kind:
    """A list of one kind, of that length where one is given."""

    def kind(x: Any) -> list[Any]:
        if not isinstance(x, list | tuple):
            raise Damage(f"must be a list, got {short(x)}")
        if length is not None and len(x) != length:
            raise Damage(f"must be a list of {length}, got {len(x)} entries")
        found: list[Any] = []
        try:
            for item in x:
                found.append(inner(item))
        except Damage as damage:
            raise damage.within(f"[{len(found)}]") from None
        return found

    return kind


def columns(**kinds: Kind) -> Kind:
    """A list with one entry for each of these names, which stand in messages alone."""
    entries, inner = listed(anything, len(kinds)), record(**kinds)
    return lambda x: tuple(inner(dict(zip(kinds, entries(x), strict=True))).values())


def record(**kinds: Kind) -> Kind:
    """A dictionary that has these fields; what else it has is left out."""

    def kind(x: Any) -> dict[str, Any]:
        if not isinstance(x, Mapping):
            raise Damage(f"must be fields by their names, got {short(x)}")
        found = {}
        for name, inner in kinds.items():
            if name not in x:
                raise Damage("is missing", f".{name}")
            try:
                found[name] = inner(x[name])
            except Damage as damage:
                raise damage.within(f".{name}") from None
        return found

    return kind


def named(inner: Kind, key: Kind = text) -> Kind:
    """A dictionary of one kind, under any names, or under keys of a kind."""

    def kind(x: Any) -> dict[Any, Any]:
        if not isinstance(x, Mapping):
            raise Damage(f"must be fields by their names, got {short(x)}")
        found = {}
        for name, item in x.items():
            try:
                found[key(name)] = inner(item)
            except Damage as damage:
                raise damage.within(f"[{short(name)}]") from None
        return found

    return kind


STATE = named(anything, anything)  # what an object keeps by names: it looks itself at what stands under each

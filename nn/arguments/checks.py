"""Checks: what arguments must be; each returns plain numbers or lists, or says in a sentence what is wrong."""

from __future__ import annotations

import operator
import reprlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from autograd import Value

_NOT_LISTS = (Value, float, int, str, bytes, dict, set)


def whole(name: str, x: Any, least: int = 1) -> int:
    """`x` as an integer of at least `least`."""
    try:
        number = operator.index(x)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {reprlib.repr(x)}") from None
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {number}")
    return number


def real(name: str, x: Any) -> float:
    """`x` as a float."""
    try:
        return Value(x).data
    except TypeError:
        remedy = "; take its number with .data" if isinstance(x, Value) else ""
        raise TypeError(f"{name} must be a number, got {reprlib.repr(x)} ({type(x).__name__}){remedy}") from None
    except ValueError:
        raise ValueError(f"{name} is beyond the range of a float: {reprlib.repr(x)}") from None


def finite(name: str, x: Any) -> float:
    """`x` as a float that is neither nan nor infinite."""
    number = real(name, x)
    if number - number != 0.0:  # a comparison, so that a compiled function asks it of other numbers too
        raise ValueError(f"{name} is {number}; repair or drop it first")
    return number


def rate(name: str, x: Any) -> float:
    """`x` as a finite float of at least 0."""
    number = finite(name, x)
    if number < 0.0:
        raise ValueError(f"{name} must be at least 0, got {number}")
    return number


def bound(name: str, x: Any) -> float:
    """`x` as a finite float above 0."""
    number = finite(name, x)
    if number <= 0.0:
        raise ValueError(f"{name} must be above 0, got {number}")
    return number


def share(name: str, x: Any) -> float:
    """`x` as a float in [0, 1)."""
    number = finite(name, x)
    if not 0.0 <= number < 1.0:
        raise ValueError(f"{name} must be in [0, 1), got {number}; 0.9 is usual")
    return number


def shares(name: str, x: Any) -> tuple[float, float]:
    """`x` as two floats in [0, 1)."""
    try:
        first, second = x
    except (TypeError, ValueError):
        raise ValueError(f"{name} are two numbers, as in (0.9, 0.999), got {x!r}") from None
    return share(f"{name}[0]", first), share(f"{name}[1]", second)


def yes_or_no(name: str, x: Any) -> bool:
    """`x`, which must be True or False."""
    if not isinstance(x, bool):
        raise TypeError(f"{name} is True or False, got {x!r}")
    return x


def is_index(number: Any, count: int) -> bool:
    """Whether it is a whole number from 0 to `count - 1`."""
    # one comparison, and not one for each of its conditions: a compiled function makes it at every call
    return count > 0 and bool(number // 1.0 % count == number)


def as_list(x: Any) -> list[Any] | None:
    """A list, tuple, array or other iterable as a list; None if `x` is not one."""
    if type(x) is list:
        return x
    if isinstance(x, _NOT_LISTS):
        return None
    if hasattr(x, "tolist"):  # NumPy's arrays, and what behaves like them
        x = x.tolist()
    return list(x) if isinstance(x, Iterable) else None


def list_of(x: Any) -> list[Any]:
    """What was given as a list, or one alone as a list of one."""
    several = as_list(x)
    return [x] if several is None else several


def pairs(these: list[Any], name: str, those: list[Any], name_of_those: str) -> None:
    """Two lists must have one length, and not be empty."""
    if not these and not those:
        raise ValueError(f"there are no {name}; give at least one")
    if len(these) != len(those):
        raise ValueError(f"{len(these)} {name} need as many {name_of_those}, got {len(those)}")


def rows(name: str, X: Any) -> list[list[float]]:
    """`X` as rows of finite floats, all of one length; a row of one number may be that number."""
    samples = as_list(X)
    if samples is None:
        raise TypeError(f"{name} must be a list of rows, got {reprlib.repr(X)}")
    if not samples:
        raise ValueError(f"{name} is empty; give at least one row")
    found = []
    for i, sample in enumerate(samples):
        row = as_list(sample)
        if row is None:
            found.append([finite(f"{name}[{i}]", sample)])
        else:
            found.append([finite(f"{name}[{i}][{j}]", x) for j, x in enumerate(row)])
        if not found[i] or len(found[i]) != len(found[0]):
            raise ValueError(
                f"{name}[{i}] has {len(found[i])} numbers where {name}[0] has {len(found[0])}; give rows of one length"
            )
    return found


def targets(name: str, y: Any) -> list[Any]:
    """`y` as a list with a finite number, or a list of finite numbers, for each sample."""
    samples = as_list(y)
    if samples is None:
        raise TypeError(f"{name} must be a list with a target for each row, got {reprlib.repr(y)}")
    found: list[Any] = []
    for i, sample in enumerate(samples):
        outputs = as_list(sample)
        if outputs is None:
            finite(f"{name}[{i}]", sample)
            found.append(sample)  # a label stays the integer it is
        else:
            found.append([finite(f"{name}[{i}][{j}]", x) for j, x in enumerate(outputs)])
    return found


def data(x: Any) -> Any:
    """The number of a Value; a number as it is."""
    return x.data if isinstance(x, Value) else x


def prediction(x: Any) -> Any:
    """One output of a model: a Value as it is, a plain number as a float."""
    return x if isinstance(x, Value) else real("a prediction", x)


def target(x: Any) -> Any:
    """One target: a Value as it is, a plain number as a float; not nan."""
    wanted = x if isinstance(x, Value) else real("a target", x)
    number = data(wanted)
    if in_doubt() and number != number:
        raise ValueError("a target is nan; repair or drop the sample first")
    return wanted


def label(x: Any, classes: int) -> Any:
    """A target that names one of the classes, counted from 0."""
    wanted = x if isinstance(x, Value) else real("a target", x)
    if in_doubt() and not is_index(data(wanted), classes):
        raise ValueError(
            f"label {data(target(wanted)):g} is not one of the {classes} classes; labels are whole numbers from 0 to "
            f"{classes - 1}"
        )
    return wanted


_KNOWN = ContextVar("known", default=False)


@contextmanager
def known_targets() -> Iterator[None]:
    """In the `with` block losses take targets as they are, because the training has looked at every one before."""
    token = _KNOWN.set(True)
    try:
        yield
    finally:
        _KNOWN.reset(token)


def in_doubt() -> bool:
    """Whether a loss looks at its targets; in a compiled function that is a comparison more at every call."""
    return not _KNOWN.get()

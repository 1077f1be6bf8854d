"""What a loss or a metric is given: predictions, targets and labels, each one number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from autograd import Value

from .numbers import is_index, real


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

"""The activation of a neuron: any operation of one input from autograd's table, by name, or a function."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import autograd
from autograd import TABLE

IDENTITY = ("linear", "identity")


def names() -> list[str]:
    """The names an activation may have: "linear" and every row of the table that needs one input."""
    return [
        "linear",
        *(
            row.name
            for row in TABLE.values()
            if not any(row.groups) and all(more.default is not more.empty for more in row.parameters[1:])
        ),
    ]


def activation(choice: Any) -> tuple[str, Callable[[Any], Any] | None]:
    """The name and the function of an activation; the function of "linear" is None, since there is nothing to do.

    `choice` may be a name, a function of autograd, or any function of a Value; True and False mean "relu" and
    "linear", as in micrograd's `nonlin`.
    """
    if isinstance(choice, bool):
        choice = "relu" if choice else "linear"
    name = getattr(choice, "__name__", "function")
    if callable(choice) and getattr(autograd, name, None) is choice:
        choice = name
    if choice in IDENTITY:
        return "linear", None
    known = names()
    if isinstance(choice, str):
        if choice in known:
            return choice, getattr(autograd, choice)
        if choice in ("softmax", "log_softmax"):
            raise ValueError(
                f"{choice} is of several outputs together, not of each neuron; leave the last layer linear, train with "
                f"nn.cross_entropy, which contains it, and apply autograd.{choice} to the outputs"
            )
        nearest = difflib.get_close_matches(choice.lower(), known, n=1) or ["relu"]
        raise ValueError(f"there is no activation {choice!r}; did you mean {nearest[0]!r}? Any of: {', '.join(known)}")
    if not callable(choice):
        raise TypeError(f'an activation is a name such as "tanh" or a function of one Value, not {choice!r}')
    return name, choice

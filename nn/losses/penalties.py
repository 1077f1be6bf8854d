"""Penalties: added to a loss, they keep parameters small, so that a network does not learn its samples by heart.

loss = nn.cross_entropy(outputs, labels) + nn.l2(model.parameters(), 1e-4)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import autograd
from autograd import Value

from ..arguments.checks import rate
from ..arguments.keywords import named


@named
def l2(parameters: Iterable[Value], strength: float = 1e-4) -> Any:
    """strength * (w1^2 + w2^2 + ...), which shrinks every parameter by the same factor; also called ridge.

    `weight_decay` of an optimiser is the same as strength = weight_decay / 2 here. Source: Hoerl & Kennard 1970, "Ridge
    regression"; Krogh & Hertz 1991, "A simple weight decay can improve generalization".

    >>> from autograd import Value
    >>> l2([Value(3.0), Value(-4.0)], 0.5).data
    12.5
    """
    given = _parameters(parameters)
    return rate("strength", strength) * autograd.dot(given, given)


@named
def l1(parameters: Iterable[Value], strength: float = 1e-4) -> Any:
    """strength * (|w1| + |w2| + ...), which makes parameters that are of little use exactly 0; also called lasso.

    Its gradient at 0 is 0. Source: Tibshirani 1996, "Regression shrinkage and selection via the lasso".

    >>> from autograd import Value
    >>> l1([Value(3.0), Value(-4.0)], 0.5).data
    3.5
    """
    return rate("strength", strength) * autograd.sum([autograd.abs(w) for w in _parameters(parameters)])


def _parameters(parameters: Any) -> list[Value]:
    if callable(getattr(parameters, "parameters", None)):
        raise TypeError(f"a penalty takes the parameters of {parameters!r}; write model.parameters()")
    try:
        given = list(parameters)
    except TypeError:
        raise TypeError(f"a penalty takes a list of Values, got {parameters!r}") from None
    if not given:
        raise ValueError("a penalty of no parameters; give at least one Value")
    return given

"""primitive: an operation of your own, from a function and its partials, used like any row of the table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from .core import floats
from .core.numeric import number
from .core.ops import REAL, TABLE, Domain, Op
from .needed import has_numpy
from .vocabularies import functions
from .vocabularies.recorders import recorder

_own: set[str] = set()  # names of primitives: those of the table are not for the taking


def primitive(
    *, partials: Callable[..., Any], symbol: str = "", domain: Sequence[Domain] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes an operation of the decorated function of numbers; `partials(*inputs, y)` gives its partials at `y`.

    The function may use anything that works on floats. The partials are also asked for on Values, so that they can be
    differentiated again: there, write `+ - * /` and functions of autograd, or other primitives. Each use is one node
    on the tape, whatever is inside. `gradcheck` tells whether the partials are right.

    >>> import math
    >>> from autograd import grad, primitive
    >>> @primitive(partials=lambda x, y: [1 / (x * (1 - x))])
    ... def log_odds(x):
    ...     return math.log(x / (1 - x))
    >>> grad(log_odds)(0.5), grad(grad(log_odds))(0.5)
    (4.0, 0.0)

    A function whose first parameter is called `m` is a row like those of `autograd.ops`: it and its partials are then
    written in the words of a vocabulary `m`, run on arrays at full speed, and print their formula.

    >>> @primitive(partials=lambda m, x, y: [3.0 * m.square(x)])
    ... def cube(m, x):
    ...     return x * x * x
    >>> grad(grad(cube))(2.0)
    12.0

    Raises:
        ValueError: an operation or a word of the table has that name already.
    """

    def define(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__
        parameters = list(inspect.signature(function).parameters.values())
        if name not in _own and (name in TABLE or hasattr(floats, name) or hasattr(functions, name)):
            raise ValueError(f"there is an operation called {name!r} already; give the primitive another name")
        is_row = bool(parameters) and parameters[0].name == "m"
        width = len(parameters) - is_row
        if not width:
            raise ValueError(f"the primitive {name!r} has no inputs; give it at least one parameter")
        says = (inspect.getdoc(function) or f"the primitive {name}").splitlines()[0].rstrip(".")
        forward, slopes = (function, partials) if is_row else _words(name, function, partials, parameters)
        op = Op(name, symbol or name, says, forward, slopes, tuple(domain) if domain else (REAL,) * width)
        made = _recorder(op)
        made.__module__, made.__doc__ = function.__module__, function.__doc__
        _own.add(name)
        TABLE[name] = op
        setattr(functions, name, made)
        return made

    return define


def _recorder(op: Op) -> Callable[..., Any]:
    try:
        return recorder(op)
    except Exception as error:
        raise TypeError(
            f"{op.name} and its partials have a parameter m, so they are written with + - * and words of m, as in "
            f"m.exp(x); leave m out where other functions are called ({error})"
        ) from error


def _on_floats(scalar: Callable[..., Any]) -> Callable[..., float]:
    return lambda *inputs: number(scalar(*inputs))


def _words(
    name: str, function: Callable[..., Any], partials: Callable[..., Any], parameters: list[inspect.Parameter]
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A row that asks the vocabulary for the function and for each partial: they become words of it."""
    width = len(parameters)
    by = [f"{name}_by_{parameter.name}" for parameter in parameters]

    def slope(k: int) -> Callable[..., Any]:
        def word(*inputs_and_result: Any) -> Any:
            slopes = partials(*inputs_and_result)
            slopes = slopes if isinstance(slopes, list | tuple) else [slopes]
            if len(slopes) != width:
                raise ValueError(f"{name} has {width} inputs, but its partials are {len(slopes)}; give one for each")
            return slopes[k]

        return word

    words = {name: function, **{word: slope(k) for k, word in enumerate(by)}}
    for word, scalar in words.items():
        setattr(floats, word, _on_floats(scalar))
        setattr(functions, word, scalar)  # the function itself is replaced by the one that records it
    if has_numpy():
        from .vocabularies import arrays

        for word, scalar in words.items():
            setattr(arrays, word, arrays.elementwise(_on_floats(scalar), width + (word != name)))

    def forward(m: Any, *inputs: Any) -> Any:
        return getattr(m, name)(*inputs)

    vocabulary = inspect.Parameter("m", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    forward.__signature__ = inspect.Signature([vocabulary, *parameters])  # type: ignore[attr-defined]
    return forward, lambda m, *inputs_and_result: tuple(getattr(m, word)(*inputs_and_result) for word in by)

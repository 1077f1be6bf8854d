"""Keywords: an argument that is called otherwise here than elsewhere, or misspelt, is told by its right name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from functools import update_wrapper
from types import FunctionType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from .elsewhere import remedy

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")


def named(function: Callable[P, R]) -> Callable[P, R]:
    """The function, or class; a call that does not fit its arguments is told how they are called, and runs nothing.

    >>> import nn
    >>> nn.SGD([], learning_rate=0.1)
    Traceback (most recent call last):
    TypeError: SGD() got an unexpected keyword argument 'learning_rate', which is called lr here
    """
    if isinstance(function, type):
        kind: Any = function
        kind.__init__ = named(kind.__init__)
        return function
    tell = _tell

    def call(*args: P.args, **options: P.kwargs) -> R:
        try:
            return function(*args, **options)
        except TypeError as error:
            tell(error, function, args, options)
            raise

    made: Callable[P, R] = _made(call, function)
    return made


class taking(Generic[P, A]):
    """Lets a function of a dataclass be called with the fields: each is said once, in the class, for many functions.

    In the docstring of the function `{arguments}` stands for what the class says of them. A method `__init__` may be
    such a function too.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Line:
    ...     slope: float
    ...     offset: float = 0.0
    >>> @taking(Line)
    ... def root(line: Line) -> float:
    ...     return -line.offset / line.slope
    >>> root(2.0, offset=1.0), [*inspect.signature(root).parameters]
    (-0.5, ['slope', 'offset'])
    """

    def __init__(self, kind: Callable[P, A]) -> None:
        self.kind: Any = kind

    @overload
    def __call__(self, function: Callable[[A], R]) -> Callable[P, R]: ...
    @overload
    def __call__(self, function: Callable[[Any, A], R]) -> Callable[Concatenate[Any, P], R]: ...
    def __call__(self, function: Any) -> Any:
        """The function, called with the fields."""
        kind, tell, of_self = self.kind, _tell, int(function.__name__ == "__init__")

        def call(*args: Any, **options: Any) -> Any:
            try:
                given = kind(*args[of_self:], **options)
            except TypeError as error:
                tell(error, made, args, options)
                raise
            return function(*args[:of_self], given)

        made: Any = _made(call, function)
        own, fields = inspect.signature(function), inspect.signature(kind).parameters.values()
        made.__signature__ = own.replace(parameters=[*[*own.parameters.values()][:of_self], *fields])
        made.__doc__ = inspect.cleandoc(function.__doc__ or "").replace("{arguments}", _said(kind)) or None
        return made


def _made(call: Any, function: Any) -> Any:
    """The call in the function's place, with the globals of its module: doctest looks there for what belongs to it."""
    module = inspect.unwrap(function).__globals__
    return update_wrapper(FunctionType(call.__code__, module, call.__name__, None, call.__closure__), function)


def _said(kind: type) -> str:
    """What a class and those before it say of their arguments."""
    docs = [inspect.cleandoc(one.__doc__ or "").partition("Args:\n")[2] for one in reversed(kind.__mro__)]
    return "\n".join(["Args:", *filter(None, docs)])


def _tell(error: TypeError, function: Callable[..., Any], args: tuple[Any, ...], options: Mapping[str, Any]) -> None:
    """Lets the error say what is wrong with the call, unless it comes from within."""
    if error.__traceback__ is not None and error.__traceback__.tb_next is None:
        error.args = (_wrong(function, args, options) or re.sub(r"^\S+(?=\(\))", function.__qualname__, str(error)),)


def _wrong(function: Callable[..., Any], args: tuple[Any, ...], options: Mapping[str, Any]) -> str:
    """What is wrong with the call, where it is a name or a place."""
    is_init = function.__name__ == "__init__"
    what = type(args[0]).__name__ if is_init else function.__name__
    known = _names(function, type(args[0]).__mro__ if is_init else ())
    for name in options:
        if name not in known:
            return f"{what}() got an unexpected keyword argument {name!r}{remedy(name, list(known))}"
    places = [name for name, kind in known.items() if kind is not inspect.Parameter.KEYWORD_ONLY]
    given = len(args) - is_init
    if given > len(places):
        more = ", ".join(f"{name}=..." for name in list(known)[len(places) :][: given - len(places)])
        return f"{what}() takes {', '.join(places)} by their places, and got {given}; name the others, as in {more}"
    return ""


def _names(function: Callable[..., Any], kinds: tuple[type, ...]) -> dict[str, Any]:
    """The names of the arguments, also of those that a class leaves to the ones before it, with their kinds."""
    found: dict[str, Any] = {}
    for one in [vars(kind)["__init__"] for kind in kinds if "__init__" in vars(kind)] or [function]:
        parameters = list(inspect.signature(one).parameters.values())[bool(kinds) :]
        for parameter in parameters:
            if parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
                found.setdefault(parameter.name, parameter.kind)
        if not any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters):
            break
    return found

"""Drawers: who knows things that are no Values, such as the networks of a package, registers here what draws them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .picture import Picture

Drawer = Callable[[Any, Sequence[Any] | None, bool], "Picture"]  # of a thing, with `inputs` and `gradients`

_drawers: dict[str, tuple[Callable[[Any], bool], Drawer]] = {}


def drawer(what: str, knows: Callable[[Any], bool]) -> Callable[[Drawer], Drawer]:
    """Lets `draw` draw by the function what `knows` recognises; `what` is that in words, as "a model".

    >>> from autograd import draw, pictures
    >>> @drawer("a sentence", lambda x: isinstance(x, str))
    ... def draw_sentence(sentence, inputs, gradients):
    ...     return pictures.Picture("<svg/>", sentence)
    >>> draw("a sentence")
    <Picture of a sentence; .save("graph.svg") writes it>
    >>> del _drawers["a sentence"]
    """

    def register(draws: Drawer) -> Drawer:
        _drawers[what] = knows, draws
        return draws

    return register


def drawer_of(thing: Any) -> Drawer | None:
    """What draws it, if anybody registered that."""
    return next((draws for knows, draws in _drawers.values() if knows(thing)), None)


def drawn() -> list[str]:
    """What can be drawn besides Values, in words."""
    return [*_drawers]

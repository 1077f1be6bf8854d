"""slide: one picture for each of many numbers, with a slider to go through them, in one HTML file."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterable
from html import escape
from importlib.resources import files
from typing import Any

from .lettering import counted
from .page import Page
from .palette import SANS


class Slides(Page):
    """Pictures with a slider, as one HTML page that needs nothing else; a notebook shows it, `save` writes it."""

    saved = "slides are saved"

    def __init__(self, name: str, values: list[Any], svgs: list[str]) -> None:
        self.svgs = svgs
        width, height = _size(svgs[0])
        says = [f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value}" for value in values]
        parts = {
            "title": escape(f"{counted(len(svgs), 'picture')} by {name}"),
            "name": escape(name),
            "font": SANS,
            "width": f"{width:.0f}",
            "last": str(len(svgs) - 1),
            "frames": "\n".join(f'<template title="{escape(word)}">{svg}</template>' for word, svg in zip(says, svgs)),
        }
        super().__init__(files(__package__) / "slide.html", parts, height + 58, svgs[0])

    def __repr__(self) -> str:
        return f'<Slides of {counted(len(self.svgs), "picture")}; .save("slides.html") writes them>'


def slide(picture: Callable[[Any], Any], **values: Iterable[Any]) -> Slides:
    """Calls `picture` with each of the values, named as the slider is to be, and shows what it returns with a slider.

    That may be a picture of `draw`, or a figure or axes of matplotlib, which are closed then.

    >>> from autograd import Value, draw, slide
    >>> def square(x):
    ...     return draw(Value(x, label="x") ** 2)
    >>> slide(square, x=[0.0, 0.5, 1.0])
    <Slides of 3 pictures; .save("slides.html") writes them>

    Raises:
        TypeError: not one name with its values is given, or `picture` returns something else.
        ValueError: there are no values.
    """
    if len(values) != 1:
        raise TypeError(f"slide takes the values of one name, as in slide(picture, x=[1, 2, 3]), not of {len(values)}")
    ((name, given),) = values.items()
    steps = list(given)
    if not steps:
        raise ValueError(f"{name} has no values to slide through; give at least one")
    return Slides(name, steps, [_svg(picture(value)) for value in steps])


def _svg(drawn: Any) -> str:
    """The SVG of a picture of ours or of matplotlib's."""
    svg = getattr(drawn, "svg", None)
    if isinstance(svg, str):
        return svg
    figure: Any = getattr(drawn, "figure", None)  # of axes, and of a figure itself
    if not hasattr(figure, "savefig"):
        raise TypeError(
            f"the function must return a picture of draw, or a figure or axes of matplotlib, not {drawn!r} "
            f"({type(drawn).__name__})"
        )
    import matplotlib

    text = io.StringIO()
    # text as text is a third of the size, and dates and random names would make every file differ
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "slide"}):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)
    whole = text.getvalue()
    return whole[whole.index("<svg") :]


def _size(svg: str) -> tuple[float, float]:
    """Width and height in pixels."""
    found = re.search(r'<svg[^>]*? width="([\d.]+)(pt)?"', svg), re.search(r'<svg[^>]*? height="([\d.]+)(pt)?"', svg)
    width, height = (float(size[1]) * (4 / 3 if size[2] else 1) if size else 400.0 for size in found)
    return width, height

"""slide: one picture for each of many numbers, with a slider to go through them, in one HTML file."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any

from ..files import write
from .frame import framed
from .lettering import counted
from .palette import SANS

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body{{margin:0;padding:8px;background:#fff;color:#20252b;font:15px {font}}}
.bar{{display:flex;gap:12px;align-items:center;max-width:{width:.0f}px;margin:0 auto}}
input{{flex:1;min-width:60px;accent-color:#0072b2}}output{{min-width:110px;font-variant-numeric:tabular-nums}}
#stage svg{{display:block;margin:8px auto 0;max-width:100%;height:auto}}
</style>
</head>
<body>
<div class="bar"><output id="now" for="slider" aria-live="polite"></output>
<input id="slider" type="range" min="0" max="{last}" value="0" aria-label="{name}"></div>
<div id="stage"></div>
{frames}
<script>
"use strict";
const frames = document.querySelectorAll("template");
const [now, slider, stage] = ["now", "slider", "stage"].map(id => document.getElementById(id));
const show = () => {{
  const frame = frames[slider.value];
  now.textContent = frame.title;
  slider.setAttribute("aria-valuetext", frame.title);
  stage.replaceChildren(frame.content.cloneNode(true));
}};
slider.oninput = show;
show();
</script>
</body>
</html>
"""


class Slides:
    """Pictures with a slider, as one HTML page that needs nothing else; a notebook shows it, `save` writes it."""

    def __init__(self, name: str, values: list[Any], svgs: list[str]) -> None:
        self.svgs = svgs
        width, self.height = _size(svgs[0])
        says = [f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value}" for value in values]
        self.html = _PAGE.format(
            title=escape(f"{counted(len(svgs), 'picture')} by {name}"),
            name=escape(name),
            font=SANS,
            width=width,
            last=len(svgs) - 1,
            frames="\n".join(f'<template title="{escape(word)}">{svg}</template>' for word, svg in zip(says, svgs)),
        )

    def __repr__(self) -> str:
        return f'<Slides of {counted(len(self.svgs), "picture")}; .save("slides.html") writes them>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": framed(self.html, repr(self), self.height + 58, self.svgs[0])}

    def save(self, path: str | Path) -> Path:
        """Writes the page.

        Raises:
            ValueError: the name does not end in .html.
        """
        path = Path(path)
        if path.suffix != ".html":
            raise ValueError(f"slides are saved as .html, not as {path.name!r}; change the name's ending")
        path.parent.mkdir(parents=True, exist_ok=True)
        return write(path, self.html)


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

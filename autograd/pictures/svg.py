"""The elements that pictures are painted with, as text."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from .lettering import width
from .palette import STYLE
from .plan import Point

MARGIN = 12.0
_NOTICE = 26.0


def document(content: str, across: float, down: float, says: str, notice: str = "", left: float = 0.0) -> str:
    """The whole picture: `across` by `down` pixels from (`left`, 0), with a margin, and below it the notice."""
    if notice:
        across = max(across, width(notice, 11))
        content += text("ag-notice", left, down + _NOTICE - 8, notice)
        down += _NOTICE
    w, h = across + 2 * MARGIN, down + 2 * MARGIN
    x, y = left - MARGIN, -MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ag" width="{_n(w)}" height="{_n(h)}" '
        f'viewBox="{_n(x)} {_n(y)} {_n(w)} {_n(h)}" role="group" aria-label="{escape(says)}">'
        f"<style>{STYLE}</style>"
        f'<rect class="ag-page" x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}"/>{content}</svg>\n'
    )


def image(svg: str, says: str, style: str = "max-width:100%") -> str:
    """An SVG as an image: an untrusted notebook drops SVG and keeps images."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{escape(says)}" src="data:image/svg+xml;base64,{data}" style="{style}"/>'


def text(kind: str, x: float, y: float, words: str, anchor: str = "") -> str:
    """A line of text; `anchor` is "end" or "middle", else it begins at x."""
    where = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}"{where}>{escape(words)}</text>'


def rectangle(kind: str, x: float, y: float, w: float, h: float, radius: float = 0.0) -> str:
    """A rectangle, with round corners if a radius is given."""
    rounded = f' rx="{_n(radius)}"' if radius else ""
    return f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}"{rounded}/>'


def cap(kind: str, x: float, y: float, w: float, h: float, radius: float, below: bool = False) -> str:
    """A rectangle whose two upper corners, or two lower ones, are round."""
    r, sign = radius, -1 if below else 1
    sweep = 0 if below else 1
    base, edge = (y, y + h) if below else (y + h, y)
    return (
        f'<path class="{kind}" d="M{_n(x)} {_n(base)}V{_n(edge + sign * r)}a{_n(r)} {_n(r)} 0 0 {sweep} {_n(r)} '
        f'{_n(-sign * r)}H{_n(x + w - r)}a{_n(r)} {_n(r)} 0 0 {sweep} {_n(r)} {_n(sign * r)}V{_n(base)}Z"/>'
    )


def path(curve: Sequence[Point], to: float | None = None) -> str:
    """The `d` of a Bezier curve, going on level to x = `to`."""
    start, *rest = curve
    d = [f"M{_n(start[0])} {_n(start[1])}"]
    d += ["C" + " ".join(f"{_n(x)} {_n(y)}" for x, y in rest[k : k + 3]) for k in range(0, len(rest), 3)]
    return "".join(d) + (f"H{_n(to)}" if to is not None else "")


def group(kind: str, content: str, key: str = "", says: str = "") -> str:
    """Several elements as one, with what a pointer resting on them reads."""
    marks = f' data-key="{escape(key)}"' if key else ""
    if says:
        marks += f' role="img" aria-label="{escape(says)}"'
        content = f"<title>{escape(says)}</title>{content}"
    return f'<g class="{kind}"{marks}>{content}</g>'


def _n(x: float) -> str:
    return f"{x:.1f}".removesuffix(".0").replace("-0", "0") if abs(x) < 0.05 else f"{x:.1f}".removesuffix(".0")

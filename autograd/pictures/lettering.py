"""How numbers and names are written in pictures, and how wide they come out: estimated, with no font at hand."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from ..core import floats

# Advance widths in em, those of the widest common interface font (DejaVu Sans, Verdana); others are narrower.
_NARROW = frozenset(" .,:;'|!()[]{}ijlIft`-/\\\"r")
_WIDE = frozenset("mwMW@%&")
_MONOSPACED = 0.61
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # XML has no way to write most of these
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def figure(x: float) -> str:
    """The number with four significant digits and a true minus sign; whole numbers up to six digits in full.

    >>> figure(-0.28092), figure(13280.0), figure(1e-300), figure(-float("inf"))
    ('−0.2809', '13280', '1e−300', '−inf')
    """
    text = str(int(x)) if abs(x) < 1e6 and x == int(x) else f"{x:.4g}" if x == x else "nan"
    return re.sub(r"e\+?(-?)0*(\d)", r"e\1\2", text).replace("-", "−")


def figure_exactly(x: float) -> str:
    """The number with all its digits if they are few: the 1.0001 of a formula is not written 1.

    >>> figure_exactly(1.0001), figure_exactly(2.0), figure_exactly(float("inf")), figure_exactly(1e-300)
    ('1.0001', '2', 'inf', '1e−300')
    """
    few = len(repr(x)) <= 8 and abs(x) < 1e6 and x != int(x)
    return repr(x).replace("-", "−") if few else figure(x)


def span(low: float, high: float) -> str:
    """Two numbers as the range they bound, or the one that both are."""
    return figure(low) if low == high or low != low else f"{figure(low)} … {figure(high)}"


def counted(n: int, noun: str) -> str:
    """A count with its noun: `1 value`, `13,280 values`."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}{'es' if noun.endswith('x') else 's'}"


def clean(text: Any) -> str:
    """A name as one line that XML can hold."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", re.sub(r"\s+", " ", str(text)).strip())


def width(text: str, size: float, bold: bool = False, monospaced: bool = False) -> float:
    """How many pixels wide `text` is at that font size, rather over than under."""
    return size * floats.sum([_advance(c, monospaced) for c in text]) * (1.08 if bold else 1.0)


def _advance(c: str, monospaced: bool) -> float:
    if c in _JOINERS or unicodedata.combining(c):
        return 0.0
    if ord(c) >= 0x1F000:
        return 1.35  # emoji
    if unicodedata.east_asian_width(c) in "WF":
        return 1.05
    if monospaced:
        return _MONOSPACED
    if c in _NARROW:
        return 0.4
    if c in _WIDE:
        return 1.0
    return 0.75 if c.isupper() else 0.66 if ord(c) < 0x2000 else 0.85


def fitted(text: str, size: float, room: float, bold: bool = False) -> str:
    """`text`, or as much of its beginning as fits, with an ellipsis."""
    if width(text, size, bold) <= room:
        return text
    kept = text[:200]
    while kept and width(kept + "…", size, bold) > room:
        kept = kept[:-1].rstrip("".join(_JOINERS))
    return kept.rstrip() + "…"

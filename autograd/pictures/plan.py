"""Where everything goes: what a layout is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

Point = tuple[float, float]


@dataclass(frozen=True)
class Footprint:
    """The room a box takes, and where on its left and right side wires end and begin, counted from its top."""

    width: float
    height: float
    tail: float
    heads: tuple[float, ...] = ()


@dataclass(frozen=True)
class Link:
    """A wire from one box to a place among the inputs of another."""

    source: int
    target: int
    place: int


@dataclass
class Plan:
    """The top left corner of each box, and each wire as a Bezier curve: a point, then three for each piece."""

    corners: list[Point] = field(default_factory=list)
    curves: list[list[Point]] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def level(points: list[Point]) -> list[Point]:
    """One smooth Bezier curve through the points, level at each."""
    curve = [points[0]]
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (x1 + x2) / 2
        curve += [(middle, y1), (middle, y2), (x2, y2)]
    return curve

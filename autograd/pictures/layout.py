"""The layout of a picture: Graphviz's where it is installed, else the built-in one."""

from __future__ import annotations

from collections.abc import Sequence

from .dot import by_graphviz
from .layered import layered
from .plan import Footprint, Link, Plan


def layout(footprints: Sequence[Footprint], links: Sequence[Link]) -> Plan:
    """Where boxes and wires go."""
    return by_graphviz(footprints, links) or layered(footprints, links)

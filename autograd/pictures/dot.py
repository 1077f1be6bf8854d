"""Graphviz: the layout by its `dot` program where that is installed, and graphs in its language."""

from __future__ import annotations

import json
import shutil
import subprocess
import warnings
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from .boxes import Diagram
from .palette import LIGHT
from .plan import Footprint, Link, Plan, Point, level

if TYPE_CHECKING:
    import graphviz

PATIENCE = 5.0  # seconds
_MOST = 300  # boxes: dot takes 0.1 s for 250 and 3 s for 700, where the built-in layout takes 0.5 s
_INCH = 72.0  # a pixel is drawn where dot has a point

_given_up: set[str] = set()  # programs that failed: each is warned of once and not asked again


def by_graphviz(footprints: Sequence[Footprint], links: Sequence[Link]) -> Plan | None:
    """The places and curves that `dot` chooses, or None where it is missing, too slow or broken."""
    program = shutil.which("dot")
    if program is None or program in _given_up or not 0 < len(footprints) <= _MOST:
        return None
    try:
        done = subprocess.run(
            [program, "-Tjson"], input=_question(footprints, links), capture_output=True, timeout=PATIENCE, check=True
        )
        return _answer(json.loads(done.stdout), footprints, links)
    except subprocess.TimeoutExpired:
        trouble = f"gave no answer within {PATIENCE:g} s"
    except (OSError, subprocess.SubprocessError) as error:
        trouble = f"failed ({error})"
    except (ValueError, KeyError, TypeError, IndexError):
        trouble = "gave an answer that cannot be read"
    _given_up.add(program)
    warnings.warn(f"Graphviz's {program} {trouble}; pictures use the built-in layout from now on", stacklevel=2)
    return None


def _question(footprints: Sequence[Footprint], links: Sequence[Link]) -> bytes:
    """The graph for dot: boxes of fixed size, each with a port for every input."""
    busiest = max(len(shape.heads) for shape in footprints)
    apart = 0.62 + 0.06 * min(18, max(0, busiest - 2))  # inches; many wires want more room
    lines = [
        "digraph {",
        f"graph [rankdir=LR, nodesep=0.22, ranksep={apart:.2f}, splines=spline]",
        "node [shape=record, fixedsize=true, fontsize=1, margin=0]",
        "edge [arrowhead=none, tailport=e]",
    ]
    for k, shape in enumerate(footprints):
        ports = "|".join(f"<p{place}>" for place in range(len(shape.heads)))
        size = f"width={shape.width / _INCH:.4f}, height={shape.height / _INCH:.4f}"
        lines.append(f'n{k} [{size}, label="{ports}"]')
    lines += [f'n{link.source} -> n{link.target} [headport="p{link.place}:w", id={k}]' for k, link in enumerate(links)]
    return "\n".join([*lines, "}"]).encode()


def _answer(answer: dict[str, Any], footprints: Sequence[Footprint], links: Sequence[Link]) -> Plan:
    """Dot's places, with y counted downwards and each wire's ends moved to where its boxes want them."""
    width, height = (float(x) for x in answer["bb"].split(",")[2:])
    corners: list[Point] = [(0.0, 0.0)] * len(footprints)
    for node in answer["objects"]:
        k = int(node["name"][1:])
        x, y = (float(part) for part in node["pos"].split(","))
        corners[k] = (x - footprints[k].width / 2, height - y - footprints[k].height / 2)
    ends = [_ends(corners, footprints, link) for link in links]
    gap = min((end[0] - start[0] for start, end in ends if end[0] > start[0]), default=0.0)
    curves: list[list[Point]] = [[] for _ in links]
    for edge in answer.get("edges", []):
        k = int(edge["id"])
        points = [(float(x), height - float(y)) for x, y in (part.split(",") for part in edge["pos"].split())]
        start, end = ends[k]
        # between neighbouring columns nothing is in the way, and a plain curve is calmer than dot's
        curves[k] = level([start, end]) if 0 < end[0] - start[0] < gap + 1 else _ending(points, start, end)
    if not all(curves):
        raise ValueError("a wire is missing")
    return Plan(corners, curves, width, height)


def _ends(corners: Sequence[Point], footprints: Sequence[Footprint], link: Link) -> tuple[Point, Point]:
    (x1, y1), (x2, y2) = corners[link.source], corners[link.target]
    source, target = footprints[link.source], footprints[link.target]
    return (x1 + source.width, y1 + source.tail), (x2, y2 + target.heads[link.place])


def _ending(points: list[Point], start: Point, end: Point) -> list[Point]:
    """The curve with its ends moved, level there; the pull of an end moves with it."""
    if len(points) % 3 != 1 or len(points) < 4:
        raise ValueError("not a Bezier curve")
    (x1, _), (x2, _) = points[1], points[-2]
    return [start, (max(x1, start[0] + 12), start[1]), *points[2:-2], (min(x2, end[0] - 12), end[1]), end]


def to_dot(graph: Diagram) -> graphviz.Digraph:
    """The graph in Graphviz's own language, for those who go on with its tools."""
    import graphviz

    digraph = graphviz.Digraph(
        graph_attr={"rankdir": "LR", "label": graph.notice.replace("\\", "\\\\"), "fontname": "sans-serif"},
        node_attr={"shape": "plain", "fontname": "sans-serif", "fontsize": "12"},
        edge_attr={"color": LIGHT.edge, "fontname": "monospace", "fontsize": "10", "arrowsize": "0.6"},
    )
    for box in graph.boxes:
        digraph.node(box.key, label=_table(box), tooltip=box.tip.replace("\\", "\\\\"))
    for wire in graph.wires:
        digraph.edge(graph.boxes[wire.source].key, graph.boxes[wire.target].key, label=wire.label)
    return digraph


def _table(box: Any) -> str:
    head, line = LIGHT.kinds[box.kind]
    title = " ".join(filter(None, [f"<b>{_escape(box.title)}</b>" if box.title else "", _escape(box.role)])) or " "
    rows = [f'<tr><td colspan="2" bgcolor="{head}">{title}</td></tr>']
    for row in box.rows:
        color = {"data": LIGHT.data, "grad": LIGHT.grad}.get(row.kind, LIGHT.muted)
        rows.append(
            f'<tr><td align="left">{row.name}</td>'
            f'<td align="right"><font color="{color}">{_escape(row.text)}</font></td></tr>'
        )
    attributes = f'border="1" cellborder="0" cellspacing="0" cellpadding="3" style="rounded" color="{line}"'
    return f"<<table {attributes}>{''.join(rows)}</table>>"


def _escape(text: str) -> str:
    return escape(text, quote=True).replace("&#x27;", "&#39;")

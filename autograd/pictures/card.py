"""The card style: a box a Value, with its name, its number and its gradient; each wire carries its local partial."""

from __future__ import annotations

from collections import defaultdict

from . import svg
from .boxes import Box, Diagram, Wire
from .lettering import fitted, width
from .naming import NOT_YET
from .plan import Footprint, Plan

_HEAD, _ROW, _FOOT, _PAD, _RADIUS = 24.0, 20.0, 2.0, 8.0, 7.0
_LEAST, _MOST = 104.0, 190.0  # how wide a card may be
_PITCH = 14.0  # between the labels of two inputs


class Cards:
    """Measures and paints cards, all of one width so that columns line up."""

    def __init__(self, graph: Diagram) -> None:
        self.graph = graph
        self.wide = min(_MOST, max([_LEAST, *(_needed(box) for box in graph.boxes)]))
        # what stands on a wire has its place in front of the card, where nothing else can be
        leads = [width(wire.label, 11, monospaced=True) + 14 for wire in graph.wires if wire.label]
        leads += [24.0 for box in graph.boxes if box.cut]
        self.lead = max(leads, default=0.0)
        self.inputs: dict[int, int] = defaultdict(int)
        self.labelled: dict[int, bool] = defaultdict(bool)
        for wire in graph.wires:
            self.inputs[wire.target] += 1
            self.labelled[wire.target] |= bool(wire.label)

    def footprint(self, k: int) -> Footprint:
        """The room of box `k`."""
        n = self.inputs[k]
        pitch = _PITCH if self.labelled[k] else 3.0
        box = self.graph.boxes[k]
        height = _HEAD if _is_chip(box) else max(_HEAD + _ROW * len(box.rows) + _FOOT, n * pitch + 8)
        heads = tuple(height * (place + 0.5) / n for place in range(n))
        return Footprint(self.lead + self.wide, height, height / 2, heads)

    def left(self, plan: Plan) -> float:
        """Where the drawing begins: a card without inputs leaves the place before it empty."""
        return min(
            x + (0.0 if self.inputs[k] or box.cut else self.lead)
            for k, (box, (x, _)) in enumerate(zip(self.graph.boxes, plan.corners, strict=True))
        )

    def paint(self, plan: Plan) -> str:
        """Wires first, cards over them."""
        wires = [self._wire(wire, plan, k) for k, wire in enumerate(self.graph.wires)]
        return "".join(wires + [self._card(box, plan, k) for k, box in enumerate(self.graph.boxes)])

    def _wire(self, wire: Wire, plan: Plan, k: int) -> str:
        curve = plan.curves[k]
        x, y = curve[-1]
        middle, end = x + self.lead / 2, x + self.lead
        if not wire.label:
            drawn = f'<path class="ag-edge" d="{svg.path(curve, end)}"/>'
        else:
            half = width(wire.label, 11, monospaced=True) / 2 + 2  # the wire leaves room for its label
            drawn = (
                f'<path class="ag-edge" d="{svg.path(curve, middle - half)}M{middle + half:.1f} {y:.1f}H{end:.1f}"/>'
            )
            drawn += svg.text("ag-partial", middle, y + 4, wire.label, "middle")
        return svg.group("ag-wire ag-on" if wire.on else "ag-wire", drawn, f"w{k}", wire.tip)

    def _card(self, box: Box, plan: Plan, k: int) -> str:
        x, y = plan.corners[k][0] + self.lead, plan.corners[k][1]
        w, h = self.wide, self.footprint(k).height
        if _is_chip(box):
            name = svg.text("ag-role", x + _PAD, y + 16.5, box.role)
            number = svg.text("ag-data", x + w - _PAD, y + 16.5, box.rows[0].text, "end")
            shape = svg.rectangle(f"ag-head-{box.kind}", x, y, w, h, _RADIUS)
            outline = svg.rectangle(f"ag-line ag-line-{box.kind}", x, y, w, h, _RADIUS)
            return svg.group("ag-card", shape + name + number + outline, box.key, box.tip)
        drawn = [
            svg.rectangle("ag-body", x, y, w, h, _RADIUS),
            svg.cap(f"ag-head-{box.kind}", x, y, w, _HEAD, _RADIUS),
        ]
        for place, row in enumerate(box.rows):
            top = y + _HEAD + place * _ROW
            if row.kind == "grad":
                # always there, so that the player can show it
                kind = "ag-gradrow ag-hidden" if row.text == NOT_YET else "ag-gradrow"
                # the last row ends as round as the card, if the card ends with it
                ends = top + _ROW + _FOOT > y + h - 1
                drawn.append(
                    svg.cap(kind, x, top, w, _ROW + _FOOT, _RADIUS, below=True)
                    if ends
                    else svg.rectangle(kind, x, top, w, _ROW)
                )
            drawn.append(svg.text("ag-name", x + _PAD, top + 14.5, row.name))
            drawn.append(svg.text(f"ag-{row.kind}", x + w - _PAD, top + 14.5, row.text, "end"))
        role = width(box.role, 11) + 8 if box.role else 0.0
        title = fitted(box.title, 13.5, w - 2 * _PAD - role, bold=True)
        drawn.append(svg.text("ag-title", x + _PAD, y + 17, title))
        if box.role:
            room = w - 2 * _PAD - width(title, 13.5, bold=True) - 6
            drawn.append(svg.text("ag-role", x + w - _PAD, y + 16.5, fitted(box.role, 11, room), "end"))
        drawn.append(svg.rectangle(f"ag-line ag-line-{box.kind}", x, y, w, h, _RADIUS))
        if box.cut:
            drawn.append(svg.text("ag-more", x - 6, y + h / 2 + 4, "…", "end"))
        return svg.group("ag-card ag-on" if box.on else "ag-card", "".join(drawn), box.key, box.tip)


def _is_chip(box: Box) -> bool:
    """A number without a name takes one line."""
    return box.kind == "constant" and not box.title


def _needed(box: Box) -> float:
    head = width(box.title, 13.5, bold=True) + (width(box.role, 11) + 10 if box.role else 0)
    rows = [width(row.name, 11) + 12 + width(row.text, 12.5, monospaced=True) for row in box.rows]
    return 2 * _PAD + max([head, *rows])

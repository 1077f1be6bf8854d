"""The wire style: operations are circles; above each wire the number it carries, below it the gradient that returns."""

from __future__ import annotations

from collections import defaultdict

from . import svg
from .boxes import Box, Diagram, Wire
from .lettering import fitted, width
from .naming import NOT_YET
from .plan import Footprint, Plan

_SIZE, _MERGE, _PITCH = 36.0, 24.0, 36.0
_NAME = 130.0  # how wide a leaf's name may be


class Circuit:
    """Measures and paints circles and the wires between them."""

    def __init__(self, graph: Diagram) -> None:
        self.graph = graph
        texts = [text for wire in graph.wires for text in (wire.value, wire.grad)]
        texts += [row.text for box in graph.boxes for row in box.rows]
        self.lead = max((width(text, 11, monospaced=True) for text in texts), default=0.0) + 10
        self.inputs: dict[int, int] = defaultdict(int)
        for wire in graph.wires:
            self.inputs[wire.target] += 1
        self.used = {wire.source for wire in graph.wires}
        self.most = max((self._head(box) for box in graph.boxes), default=0.0)

    def _head(self, box: Box) -> float:
        """How wide the circle, or the name of a leaf, is."""
        if box.kind in ("operation", "result", "group"):
            return max(_SIZE, width(box.symbol, 15, bold=True) + 20)
        return min(_NAME, width(box.title, 13.5, bold=True)) + 12

    def _stub(self, k: int) -> float:
        return 0.0 if k in self.used else self.lead

    def footprint(self, k: int) -> Footprint:
        """The room of box `k`, with that of the labels before it."""
        n = self.inputs[k]
        height = max(_SIZE, n * _PITCH)
        heads = tuple(height * (place + 0.5) / n for place in range(n))
        return Footprint(self.lead + _MERGE + self.most + self._stub(k), height, height / 2, heads)

    def left(self, plan: Plan) -> float:
        """Where the drawing begins: a leaf leaves the place before its name empty."""
        return min(
            x + (0.0 if self.inputs[k] or box.cut else self.footprint(k).width - self._head(box) - self._stub(k))
            for k, (box, (x, _)) in enumerate(zip(self.graph.boxes, plan.corners, strict=True))
        )

    def paint(self, plan: Plan) -> str:
        """Wires first, circles over them."""
        wires = [self._wire(wire, plan, k) for k, wire in enumerate(self.graph.wires)]
        return "".join(wires + [self._node(box, plan, k) for k, box in enumerate(self.graph.boxes)])

    def _wire(self, wire: Wire, plan: Plan, k: int) -> str:
        curve = plan.curves[k]
        x, y = curve[-1]
        target = self.footprint(wire.target)
        middle = plan.corners[wire.target][1] + target.height / 2
        left = x + target.width - self._stub(wire.target) - self._head(self.graph.boxes[wire.target])
        merge = x + self.lead
        bend = min(_MERGE / 2, 12.0)
        turn = (
            f"C{merge + bend:.1f} {y:.1f} {merge + bend:.1f} {middle:.1f} {merge + _MERGE:.1f} {middle:.1f}H{left:.1f}"
        )
        drawn = f'<path class="ag-edge" d="{svg.path(curve, merge)}{turn}"/>' + self._labels(
            x, y, wire.value, wire.grad
        )
        return svg.group("ag-wire ag-on" if wire.on else "ag-wire", drawn, f"w{k}", wire.tip)

    def _labels(self, x: float, y: float, value: str, grad: str) -> str:
        above = svg.text("ag-over", x + self.lead / 2, y - 4, value, "middle") if value else ""
        return above + (svg.text("ag-under", x + self.lead / 2, y + 12.5, grad, "middle") if grad else "")

    def _node(self, box: Box, plan: Plan, k: int) -> str:
        shape = self.footprint(k)
        right = plan.corners[k][0] + shape.width - self._stub(k)
        y = plan.corners[k][1] + shape.height / 2
        w = self._head(box)
        drawn = ""
        if self._stub(k):
            rows = {row.kind: row.text for row in box.rows}
            drawn = f'<path class="ag-edge" d="M{right:.1f} {y:.1f}h{self.lead:.1f}"/>'
            drawn += self._labels(right, y, rows.get("data", ""), rows.get("grad", NOT_YET) if len(rows) > 1 else "")
        if box.kind in ("operation", "result", "group"):
            place = (right - w, y - _SIZE / 2, w, _SIZE, _SIZE / 2)
            drawn += svg.rectangle(f"ag-head-{box.kind}", *place)
            drawn += svg.rectangle(f"ag-line ag-line-{box.kind}", *place)
            drawn += svg.text("ag-symbol", right - w / 2, y + 5, box.symbol, "middle")
            if " = " in box.title:
                drawn += svg.text("ag-name", right - w / 2, y + _SIZE / 2 + 12, box.title.split(" = ")[0], "middle")
        else:
            name = fitted(box.title, 13.5, _NAME, bold=True)
            drawn += svg.text("ag-title", right - 10, y + 4.5, name, "end")
            drawn += svg.rectangle(f"ag-line ag-line-{box.kind}", right - 5, y - 2.5, 5, 5, 2.5)
        if box.cut:
            drawn += svg.text("ag-more", right - w - 6, y + 4, "…", "end")
        return svg.group("ag-node ag-on" if box.on else "ag-node", drawn, box.key, box.tip)

"""Grades: the report of what was found, to print, to draw, to keep as JSON, and to give marks by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from ..files import write
from ..pictures.boxes import Row, of_values
from ..pictures.drawing import painted
from ..pictures.lettering import figure
from ..pictures.picture import Picture
from .findings import Finding
from .graphs import called
from .slips import near


@dataclass(frozen=True)
class Grade:
    """What is wrong in a class, and how much is right; it counts as true if nothing is wrong."""

    name: str
    findings: tuple[Finding, ...]
    checks: tuple[tuple[str, bool], ...]  # each operation and each property of the walk back: whether it is right
    absent: tuple[str, ...] = ()  # operations that the class does not have
    remarks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.findings

    @property
    def score(self) -> float:
        """The share of what was examined that is right, from 0 to 1."""
        if not self.checks:
            return 0.0
        return sum(right for _, right in self.checks) / len(self.checks)

    @property
    def code(self) -> int:
        """The exit code for a grader: 0 if all is right, else 1."""
        return 0 if self else 1

    def __str__(self) -> str:
        right = sum(right for _, right in self.checks)
        lines = [f"{self.name}: {right} of {len(self.checks)} checks passed"]
        lines += [f"\n{finding}" for finding in self.findings] or ["Every gradient is right."]
        if self.absent:
            lines.append(f"\nNot there, and not examined: {', '.join(map(called, self.absent))}")
        lines += [f"\nTo know: {remark}" for remark in self.remarks]
        return "\n".join(lines)

    __repr__ = __str__

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON holds it; `kind` and `operations` of a finding are for programs, `says` is for people."""
        return {
            "class": self.name,
            "right": bool(self),
            "score": round(self.score, 4),
            "checks": dict(self.checks),
            "findings": [finding.as_json() for finding in self.findings],
            "absent": list(self.absent),
            "remarks": list(self.remarks),
        }

    def save(self, path: str | Path) -> Path:
        """Writes it as .json, or its picture as .svg, or its text as .txt.

        Raises:
            ValueError: the name ends otherwise, or there is no picture because nothing is wrong.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".svg":
            return self.picture().save(path)
        if path.suffix not in (".json", ".txt"):
            raise ValueError(f"a grade is saved as .json, .txt or .svg, not as {path.name!r}; change the name's ending")
        return write(path, json.dumps(self.as_json(), indent=1) if path.suffix == ".json" else str(self))

    def picture(self, k: int = 0) -> Picture:
        """The graph of the finding `k`, the first of those that have one, with the right gradients and theirs.

        Raises:
            ValueError: no finding has a graph.
        """
        drawn = [finding for finding in self.findings if finding.graph is not None]
        if not 0 <= k < len(drawn):
            raise ValueError(f"there is no picture {k}: {len(drawn)} findings have a graph to draw")
        return picture(drawn[k])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The text, and in a notebook the picture of the first finding above it."""
        bundle = {"text/plain": str(self)}
        drawn = [finding for finding in self.findings if finding.graph is not None]
        if drawn:
            shown = picture(drawn[0])._repr_mimebundle_()["text/html"]
            bundle["text/html"] = f"{shown}<pre>{escape(str(self))}</pre>"
        return bundle


def picture(finding: Finding) -> Picture:
    """A graph, in each box the right gradient and, if it is another, theirs."""
    graph = finding.graph
    assert graph is not None
    values = graph.values
    diagram = of_values(values, [values[-1]])
    for k, value in enumerate(values):
        at = diagram.at[id(value)]
        box = diagram.boxes[at]
        wrong = _wrong_rows(finding, k)
        if wrong:
            right = "data" if finding.of_data else "grad"
            rows = [replace(row, name="right") if row.kind == right and right == "grad" else row for row in box.rows]
            diagram.boxes[at] = replace(box, rows=(*rows, *wrong), on=True)
    return painted(diagram)


def _wrong_rows(finding: Finding, k: int) -> Sequence[Row]:
    if finding.of_data:
        return [Row("grad", "yours", figure(finding.yours))] if k == finding.node else []
    if k >= len(finding.grads) or finding.graph is None:
        return []
    yours, right = finding.grads[k], finding.graph.grads[k]
    return [] if near(yours, right) else [Row("grad", "yours", figure(yours))]

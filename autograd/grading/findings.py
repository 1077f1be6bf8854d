"""Findings: a misconception with the graph that shows it, both numbers, and the sentence that helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .graphs import Graph, called

# The kinds of misconceptions, as reports and JSON name them, and what helps.
KINDS = {
    "forward": "the result itself is wrong, before any gradient",
    "log base": "a logarithm to another base: the natural one is meant",
    "radians": "an angle in degrees: radians are meant",
    "in place": "`+=` changes a node that others use",
    "no seed": "backward does not begin with 1, the derivative of the result by itself",
    "forgotten operand": "an operand gets no gradient",
    "wrong sign": "a gradient has the wrong sign",
    "missing chain factor": "the chain rule: local derivative times the gradient of the result",
    "missing local derivative": "the chain rule: local derivative times the gradient of the result",
    "swapped operands": "a·b grows with a by b, and with b by a",
    "counted twice": "a gradient is added twice",
    "pow": "the derivative of xⁿ is n·xⁿ⁻¹",
    "div": "x / y grows with x by 1 / y, and with y by −x / y²",
    "relu": "relu has the slope 1 above 0, and 0 below",
    "relu at 0": "a convention: at exactly 0 its slope is 0, as in micrograd, PyTorch and JAX",
    "formula": "the local derivative is another",
    "overwrites": "`=` where `+=` belongs: who is used twice, receives twice",
    "shared node": "one node as both operands of an operation receives from both",
    "no topological order": "a node passes its gradient on before it has received all of it",
    "repeated backward": "a second backward through the same graph gives something else",
    "equal numbers": "nodes are taken for the same because their numbers are equal; compare them by `is`",
    "stale grads": "gradients of an earlier graph get into a later one",
    "raises": "it raises an exception",
    "does not end": "it does not end",
    "died": "it ends the process in which it runs",
    "does not run": "there is no class that can be used",
    "unknown": "the gradients are wrong, in a way that is none of the usual",
}


@dataclass(frozen=True)
class Finding:
    """What is wrong, in which operations, and the smallest graph found that shows it."""

    kind: str
    operations: tuple[str, ...]
    says: str
    graph: Graph | None = None
    node: int = 0  # of the graph, the one whose numbers are shown
    right: float = 0.0
    yours: float = 0.0
    grads: tuple[float, ...] = ()  # all of theirs, where it got so far
    of_data: bool = False  # the numbers are results, not gradients

    def __str__(self) -> str:
        where = f" in {', '.join(map(called, self.operations))}" if self.operations else ""
        lines = [f"{self.kind}{where}: {self.says}"]
        if self.graph is not None:
            lines += [f"    {line}" for line in self.graph.code()]
            if self.grads or self.of_data:
                what = f"{self.graph.names[self.node]}.{'data' if self.of_data else 'grad'}"
                lines.append(f"    {what} is {self.yours:.6g}, and should be {self.right:.6g}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """It as JSON holds it."""
        told: dict[str, Any] = {"kind": self.kind, "operations": list(self.operations), "says": self.says}
        if self.graph is not None:
            told["code"] = self.graph.code()
            if self.grads or self.of_data:
                what = "data" if self.of_data else "grad"
                told |= {"number": f"{self.graph.names[self.node]}.{what}", "right": self.right, "yours": self.yours}
        return told


def merged(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for each kind and sentence, with all its operations."""
    kept: dict[tuple[str, str], Finding] = {}
    for one in findings:
        key = one.kind, one.says
        first = kept.get(key, one)
        operations = tuple(dict.fromkeys([*first.operations, *one.operations]))
        kept[key] = Finding(**{**vars(first), "operations": operations})
    return list(kept.values())

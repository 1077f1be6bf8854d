"""The figures of a run of the benchmarks, and how they are shown."""

from __future__ import annotations

import math
import statistics
from typing import Any

from environments import PEERS

Results = dict[str, Any]
OURS = [peer.name for peer in PEERS if peer.ours]
OTHERS = [peer.name for peer in PEERS if not peer.ours]


def median(timing: dict[str, Any]) -> float:
    """Seconds for a step; nan where nothing was measured."""
    return statistics.median(timing["seconds"]) if timing["seconds"] else math.nan


def medians(results: Results, workload: str) -> dict[str, float]:
    """Seconds for a step by peer, those that were measured."""
    return {name: median(timing) for name, timing in results["timings"][workload].items() if timing["seconds"]}


def best(results: Results, workload: str) -> tuple[str, float]:
    """tapegrad's fastest way and its seconds."""
    ours = {name: seconds for name, seconds in medians(results, workload).items() if name in OURS}
    name = min(ours, key=ours.__getitem__)
    return name, ours[name]


def form(way: str) -> str:
    """Of a way of tapegrad's: native, compiled (to NumPy) or eager."""
    return way.split()[1].rstrip(",")


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def ratio(x: float) -> str:
    """A ratio to tapegrad's time; bold where another is faster."""
    return f"**{two(x)}**" if x < 1 else two(x)


def two(x: float) -> str:
    """Two digits, without exponents."""
    return f"{x:.2g}" if x < 0.995 else f"{x:.1f}" if x < 9.95 else f"{x:,.0f}"


def shown(seconds: float) -> str:
    """Seconds with three digits and a unit."""
    if math.isnan(seconds):
        return "–"
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= 0.9995 * size:
            return f"{_digits(seconds / size)} {unit}"
    return f"{_digits(seconds * 1e9)} ns"


def _digits(x: float) -> str:
    return f"{x:.2f}" if x < 9.995 else f"{x:.1f}" if x < 99.95 else f"{x:,.0f}"

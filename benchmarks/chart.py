"""The results as one picture: for four workloads, the time of a step by every engine, on a logarithmic scale."""

from __future__ import annotations

import math
from html import escape

from figures import OURS, Results, best, form, medians, shown

PANELS = (
    ("moons", "micrograd's moons step, 100 samples"),
    ("online", "the same network, one sample a step"),
    ("gpt, 8 letters", "GPT, 4,192 parameters, a word of 8 letters"),
    ("digits", "one epoch of handwritten digits"),
)
WIDTH, COLUMN, ROW, TOP, NAMES, SCALE = 960, 480, 20, 62, 150, 230
FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


def drawing(results: Results) -> str:
    """The chart as SVG, for light and dark pages."""
    panels = [(name, title) for name, title in PANELS if name in results["timings"]]
    rows = [_rows(results, name) for name, _ in panels]
    heights = [TOP + ROW * max(map(len, pair)) + 16 for pair in (rows[k : k + 2] for k in range(0, len(rows), 2))]
    parts = []
    y = 58.0
    for k, (_, title) in enumerate(panels):
        parts.append(_panel(title, rows[k], 16 + COLUMN * (k % 2), y))
        if k % 2:
            y += heights[k // 2]
    height = 58 + sum(heights)
    told = results["machine"]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
            f'height="{height:.0f}" font-family="{FONT}" role="img" '
            f'aria-label="{escape(_alternative(results, panels))}">',
            f"<style>{_STYLE}</style>",
            f'<rect class="page" width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>',
            '<text class="ink" x="16" y="26" font-size="17" font-weight="600" fill="#1b1f24">'
            "Time for loss and gradient</text>",
            '<text class="soft" x="16" y="45" font-size="12" fill="#59636e">'
            f"one thread, float64, medians of {results['repeats']} interleaved repeats; logarithmic scale, left is "
            f"faster; {told['date']}, make bench</text>",
            *parts,
            "</svg>",
        ]
    )


_STYLE = (
    "@media (prefers-color-scheme: dark){.page{fill:#0d1117}.ink{fill:#e6edf3}.soft{fill:#9198a1}.line{stroke:#30363d}"
    ".ours{fill:#58a6ff}.other{fill:#9198a1}.time{stroke:#0d1117}}"
)


def _rows(results: Results, workload: str) -> list[tuple[str, float, bool]]:
    """Names, seconds and whether it is ours, fastest first; of tapegrad the fastest and the plain eager way."""
    measured = medians(results, workload)
    way, least = best(results, workload)
    rows = [(name, seconds, False) for name, seconds in measured.items() if name not in OURS]
    rows.append((f"tapegrad {form(way)}" if form(way) != "eager" else way, least, True))
    if "tapegrad eager" in measured and way != "tapegrad eager":
        rows.append(("tapegrad eager", measured["tapegrad eager"], True))
    return sorted(rows, key=lambda row: row[1])


def _panel(title: str, rows: list[tuple[str, float, bool]], x: float, y: float) -> str:
    low = math.floor(math.log10(min(seconds for _, seconds, _ in rows)))
    high = math.ceil(math.log10(max(seconds for _, seconds, _ in rows)))
    left, bottom = x + NAMES, y + TOP + ROW * len(rows) - 12

    def place(seconds: float) -> float:
        return left + SCALE * (math.log10(seconds) - low) / (high - low)

    parts = [
        f'<text class="ink" x="{x}" y="{y + 22}" font-size="13" font-weight="600" fill="#1b1f24">{escape(title)}</text>'
    ]
    for power in range(low, high + 1):
        at = place(10.0**power)
        parts.append(
            f'<line class="line" x1="{at:.1f}" x2="{at:.1f}" y1="{y + TOP - 16}" y2="{bottom}" stroke="#d8dee4"/>'
            f'<text class="soft" x="{at:.1f}" y="{y + TOP - 21}" font-size="10" text-anchor="middle" fill="#59636e">'
            f"{_tick(power)}</text>"
        )
    for k, (name, seconds, ours) in enumerate(rows):
        at, middle = place(seconds), y + TOP + ROW * k
        weight, kind, colour, ink = (600, "ours", "#0072b2", "ours") if ours else (400, "other", "#7b8494", "ink")
        fill = "#0072b2" if ours else "#1b1f24"
        parts.append(
            f'<text class="{ink}" x="{left - 12}" y="{middle + 4}" font-size="12" font-weight="{weight}" '
            f'text-anchor="end" fill="{fill}">{escape(name)}</text>'
            f'<circle class="{kind}" cx="{at:.1f}" cy="{middle}" r="{5.5 if ours else 4.5}" fill="{colour}"/>'
            f'<text class="time {ink}" x="{at + 10:.1f}" y="{middle + 4}" font-size="11" font-weight="{weight}" '
            f'stroke="#ffffff" stroke-width="4" paint-order="stroke" '
            f'fill="{fill}">{shown(seconds)}</text>'
        )
    return "\n".join(parts)


def _tick(power: int) -> str:
    for unit, size in (("s", 0), ("ms", -3), ("µs", -6), ("ns", -9)):
        if power >= size:
            return f"{10 ** (power - size)} {unit}"
    return f"1e{power} s"


def _alternative(results: Results, panels: list[tuple[str, str]]) -> str:
    return "; ".join(
        f"{title}: " + ", ".join(f"{who} {shown(seconds)}" for who, seconds, _ in _rows(results, name))
        for name, title in panels
    )

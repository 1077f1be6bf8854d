"""The tape as a table: line, operation, inputs, value, local partials, adjoint, and the source line when kept."""

from __future__ import annotations

import linecache
from collections.abc import Sequence
from html import escape
from itertools import chain
from pathlib import Path

from ..core.value import UNSET, Value
from .lettering import clean
from .naming import NOT_YET
from .palette import DARK, LIGHT, MONO, Theme

MOST = 100  # rows: of a longer tape, its beginning and its end
_NAMES = ("line", "operation", "inputs", "value", "partials", "adjoint", "source")
_TO_THE_RIGHT = {"line", "value", "adjoint"}
_WIDEST = 60  # characters of a cell

_Table = tuple[tuple[str, ...], list[tuple[str, ...]]]
_Sources = Sequence[tuple[str, int]] | None  # the file and the line that recorded each node


def as_text(nodes: Sequence[Value], sources: _Sources = None) -> str:
    """The table for a terminal, aligned."""
    names, rows = _cells(nodes, sources)
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    sides = [">" if name in _TO_THE_RIGHT else "<" for name in names]
    aligned = (
        "  ".join(f"{cell:{side}{wide}}" for cell, side, wide in zip(row, sides, widths, strict=True)).rstrip()
        for row in [names, *rows]
    )
    return "\n".join(aligned)


def as_html(nodes: Sequence[Value], sources: _Sources = None) -> str:
    """The table for a notebook; an untrusted one drops the style and keeps the table."""
    names, rows = _cells(nodes, sources)

    def row(cells: tuple[str, ...], tag: str) -> str:
        shown = (f'<{tag} class="ag-{name}">{escape(cell)}</{tag}>' for name, cell in zip(names, cells, strict=True))
        return f"<tr>{''.join(shown)}</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    return (
        f'<style>{STYLE}</style><table class="ag-tape"><thead>{row(names, "th")}</thead><tbody>{body}</tbody></table>'
    )


def _cells(nodes: Sequence[Value], sources: _Sources) -> _Table:
    """The names of the columns, and a row for each operation."""
    total = len(nodes)
    half = MOST // 2
    shown = range(total) if total <= MOST else chain(range(half), range(total - half, total))
    line_of = {id(node): f"#{line}" for line, node in enumerate(nodes)}
    names: tuple[str, ...] = _NAMES if sources is not None else _NAMES[:-1]
    rows: list[tuple[str, ...]] = []
    for line in shown:
        node = nodes[line]
        inputs = [_shortened(x.label) or line_of.get(id(x)) or f"{x.data:.4g}" for x in node.inputs]
        # a constant has no gradient, so no partial is kept for it
        partials = [NOT_YET if x.is_constant else f"{d:.4g}" for x, d in zip(node.inputs, node.partials, strict=True)]
        adjoint = NOT_YET if node.grad is UNSET else f"{node.grad:.4g}"
        cells = (str(line), str(node.op), _few(inputs), f"{node.data:.4g}", _few(partials), adjoint)
        rows.append(cells if sources is None else (*cells, _source(*sources[line])))
    if total > MOST:
        skipped = ("…", f"{total - 2 * half:,} more", *[""] * (len(names) - 2))
        rows.insert(half, skipped)
    return names, rows


def _few(items: list[str]) -> str:
    """The items in a row; of many, the first and how many more."""
    return ", ".join(items if len(items) <= 6 else [*items[:5], f"… {len(items) - 5} more"])


def _shortened(text: str, most: int = 24) -> str:
    text = clean(text)
    return text if len(text) <= most else text[: most - 1] + "…"


def _source(file: str, line: int) -> str:
    """Where an operation was recorded, and what is written there."""
    written = linecache.getline(file, line)
    return _shortened(f"{Path(file).name}:{line}: {written}".rstrip(" :"), _WIDEST)


def _colours(theme: Theme) -> str:
    t = theme
    return (
        f".ag-tape{{background:{t.page};color:{t.text}}}.ag-tape th{{color:{t.muted};border-color:{t.edge}}}"
        f".ag-tape tr{{background:{t.page}!important}}"  # a notebook's stripes are of its own theme, not of this one
        f".ag-tape td.ag-value{{color:{t.data}}}.ag-tape td.ag-adjoint{{color:{t.grad}}}"
        f".ag-tape td.ag-line,.ag-tape td.ag-source{{color:{t.muted}}}"
    )


STYLE = (
    f".ag-tape{{border-collapse:collapse;font:12.5px {MONO}}}"
    ".ag-tape th,.ag-tape td{padding:3px 10px;text-align:left;white-space:pre}"
    ".ag-tape th{border-bottom:1px solid;font-weight:600}"
    ".ag-tape .ag-line,.ag-tape .ag-value,.ag-tape .ag-adjoint{text-align:right}"
    f"{_colours(LIGHT)}@media (prefers-color-scheme:dark){{{_colours(DARK)}}}"
)

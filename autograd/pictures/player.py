"""play: a computation to step through, forward and back, in one HTML file that needs nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from importlib.resources import files

from ..core.value import Value
from .boxes import Row
from .drawing import check, graph_of, painted
from .lettering import clean, counted, figure
from .page import Page
from .palette import DARK, LIGHT, MONO, SANS, Theme
from .select import ancestors
from .steps import adjoints, steps


class Player(Page):
    """Every step of a computation and of its sweep back, as one HTML page; a notebook shows it, `save` writes it.

    >>> from autograd import Value, play
    >>> x = Value(3.0, label="x")
    >>> play(x * x + 1)
    <Player of 6 steps; .save("backward.html") writes it>
    """

    saved = "a player is saved"

    def __init__(self, parts: Mapping[str, str], count: int, height: float) -> None:
        super().__init__(files(__package__) / "player.html", parts, min(height, 680), parts["drawing"])
        self.count = count

    def __repr__(self) -> str:
        return f'<Player of {counted(self.count, "step")}; .save("backward.html") writes it>'


def play(root: Value, *, max_nodes: int = 80) -> Player:
    """Steps through the computation of `root`, one operation at a time, and then back through the chain rule.

    Each step back says what it adds: adjoint += upstream × partial = product, and the sum so far. The gradients are
    those that `root.backward()` adds to leaves at 0; no `grad` is read or changed. Of a graph of more than `max_nodes`
    boxes the last operations are stepped through, and the rest of the sweep is one step.

    Raises:
        TypeError: `root` is not a Value.
        ValueError: `root` depends on no Value that could have a gradient.
    """
    if not isinstance(root, Value):
        raise TypeError(f"play takes a Value, the result of a computation, not {root!r} ({type(root).__name__})")
    check(max_nodes)
    values, _ = ancestors([root])
    if not any(value.is_leaf and not value.is_constant for value in values):
        raise ValueError(f"{root!r} depends on no Value that could have a gradient; compute it from a Value(...)")
    graph = graph_of([root], max_nodes)
    total = adjoints(root, values)
    for key, k in graph.at.items():
        box = graph.boxes[k]
        graph.boxes[k] = replace(box, rows=(box.rows[0], Row("grad", "grad", figure(total[key]))))
    sequence = steps(root, values, graph)
    picture = painted(graph)
    content = {
        "steps": [step.as_dict() for step in sequence],
        "boxes": {box.key: _called(box.title) for box in graph.boxes},
    }
    parts = {
        "title": escape(f"{clean(root.label) or 'A result'} and its gradients, step by step"),
        "style": _STYLE,
        "drawing": picture.svg,
        "steps": json.dumps(content, ensure_ascii=False).replace("<", "\\u003c"),  # no </script> within
    }
    lines = max(len(step.says) for step in sequence)
    drawn = re.search(r' height="([\d.]+)"', picture.svg)
    return Player(parts, len(sequence), (float(drawn[1]) if drawn else 300.0) + 110 + 20 * lines)


def _called(title: str) -> str:
    return title or "constant"


def _colours(theme: Theme) -> str:
    t = theme
    blue, orange = t.kinds["input"], t.grad_row
    return (
        f"body{{background:{t.page};color:{t.text}}}"
        f"button{{background:{t.kinds['operation'][0]};color:{t.text};border-color:{t.edge}}}"
        f"button:disabled{{color:{t.muted};border-color:{t.kinds['constant'][0]}}}"
        f"input{{accent-color:{t.positive}}}output{{color:{t.muted}}}"
        f"#phase.start{{background:{t.kinds['constant'][0]};color:{t.text}}}"
        f"#phase.forward{{background:{blue[0]};color:{t.data}}}#phase.backward{{background:{orange};color:{t.grad}}}"
    )


_STYLE = (
    f"body{{margin:0;font:14px {SANS}}}"
    "main{display:flex;flex-direction:column;height:100vh;padding:12px;box-sizing:border-box}"
    ".bar{display:flex;gap:8px;align-items:center}"
    "button{font:inherit;padding:5px 12px;border:1px solid;border-radius:7px;cursor:pointer;white-space:nowrap}"
    "button:disabled{cursor:default}#play{min-width:86px}"
    "input{flex:1;min-width:60px}output{min-width:64px;text-align:right;font-variant-numeric:tabular-nums}"
    ".says{display:flex;gap:10px;align-items:baseline;margin:12px 0;min-height:44px}"
    "#phase{padding:3px 9px;border-radius:7px;font-weight:600;font-size:13px}"
    f"#caption{{font:13.5px/1.5 {MONO}}}#caption p{{margin:0}}"
    "#stage{overflow:auto;flex:1;min-height:120px}#stage svg{display:block;margin:0 auto}"
    ".ag-back>.ag-edge{stroke-dasharray:6 4}.ag-wire.ag-back>.ag-edge{animation:ag-flow .7s linear infinite}"
    "@keyframes ag-flow{to{stroke-dashoffset:10}}"
    "@media (prefers-reduced-motion:reduce){.ag-back>.ag-edge{animation:none!important}}"
    f"{_colours(LIGHT)}@media (prefers-color-scheme:dark){{{_colours(DARK)}}}"
)

"""The colours of the pictures, light and dark, and the style sheet made of them.

Colours are written out, twice: a converter such as librsvg knows neither CSS variables nor dark mode, and then draws
the light ones. Meaning never rests on colour alone: kinds are also written in words, negative weights are also dashed.
"""

from __future__ import annotations

from dataclasses import dataclass

SANS = "Inter,system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"


@dataclass(frozen=True)
class Theme:
    """One set of colours; `kinds` has the header and the outline of each kind of box."""

    page: str
    body: str
    text: str
    muted: str
    edge: str
    data: str
    grad: str
    grad_row: str
    active: str
    active_text: str
    positive: str
    negative: str
    kinds: dict[str, tuple[str, str]]
    tints: tuple[str, ...]  # of a unit's activation, from -4/4 over 0 to 4/4


LIGHT = Theme(
    page="#ffffff",
    body="#ffffff",
    text="#1b2130",
    muted="#596275",
    edge="#7b8494",
    data="#005a9c",
    grad="#a63a00",
    grad_row="#fff0e5",
    active="#d55e00",
    active_text="#a63a00",
    positive="#0072b2",
    negative="#d55e00",
    kinds={
        "input": ("#e3effa", "#0072b2"),
        "weight": ("#fdeecb", "#a86500"),
        "bias": ("#fdeecb", "#a86500"),
        "constant": ("#eef0f3", "#7b8494"),
        "result": ("#e8e2fa", "#5d43b0"),
        "operation": ("#f5f5fb", "#535b70"),
        "group": ("#e6f3ec", "#2f7d5b"),
    },
    tints=("#e29a60", "#efb78d", "#f7d5bb", "#fcece0", "#ffffff", "#e6f0f8", "#c4ddf0", "#98c4e4", "#6caed9"),
)
DARK = Theme(
    page="#10151f",
    body="#182030",
    text="#e8ebf2",
    muted="#a3adc0",
    edge="#7f8aa0",
    data="#7cc0f8",
    grad="#ffa574",
    grad_row="#35241b",
    active="#ff8c3a",
    active_text="#ffa574",
    positive="#4aa8e8",
    negative="#ff8c3a",
    kinds={
        "input": ("#14354f", "#4aa8e8"),
        "weight": ("#42330f", "#d9a13b"),
        "bias": ("#42330f", "#d9a13b"),
        "constant": ("#2b3242", "#8a94a8"),
        "result": ("#322a5c", "#a592f5"),
        "operation": ("#252d3f", "#8f9ab2"),
        "group": ("#163b2d", "#5bbf94"),
    },
    tints=("#8a4a1c", "#6e3d1b", "#52301b", "#34251d", "#182030", "#18304a", "#1a4263", "#1c547f", "#20679c"),
)


def rules(theme: Theme) -> str:
    """The style rules that name colours, one class a colour and a use."""
    t = theme
    lines = [
        f".ag-page{{fill:{t.page}}}",
        f".ag-body{{fill:{t.body}}}",
        f".ag-title,.ag-symbol,.ag-unit,.ag-heading{{fill:{t.text}}}",
        f".ag-role,.ag-name,.ag-notice,.ag-count,.ag-more,.ag-partial{{fill:{t.muted}}}",
        f".ag-data,.ag-over{{fill:{t.data}}}",
        f".ag-grad,.ag-under{{fill:{t.grad}}}",
        f".ag-gradrow{{fill:{t.grad_row}}}",
        f".ag-edge{{stroke:{t.edge}}}",
        f".ag-arrow{{fill:{t.active}}}",
        f".ag-pos{{stroke:{t.positive}}}",
        f".ag-neg{{stroke:{t.negative}}}",
        f".ag-on>.ag-edge,.ag-on>.ag-line{{stroke:{t.active}}}",
        f".ag-on>.ag-partial{{fill:{t.active_text}}}",
    ]
    for kind, (head, line) in t.kinds.items():
        lines += [f".ag-head-{kind}{{fill:{head}}}", f".ag-line-{kind}{{stroke:{line}}}"]
    lines += [f".ag-tint{step}{{fill:{tint}}}" for step, tint in enumerate(t.tints)]
    return "".join(lines)


_SHAPES = "".join(
    [
        f".ag{{font-family:{SANS}}}",
        ".ag-title{font-size:13.5px;font-weight:600}",
        ".ag-role,.ag-name,.ag-notice{font-size:11px}",
        f".ag-data,.ag-grad,.ag-count{{font-family:{MONO};font-size:12.5px}}",
        f".ag-partial,.ag-over,.ag-under{{font-family:{MONO};font-size:11px}}",
        ".ag-heading{font-size:13.5px}",
        ".ag-symbol{font-size:15px;font-weight:600}",
        f".ag-unit{{font-family:{MONO};font-size:12px}}",
        ".ag-more{font-size:18px}",
        ".ag-edge{fill:none;stroke-width:1.4px}",
        ".ag-line{fill:none;stroke-width:1.6px}",
        ".ag-pos,.ag-neg{fill:none}",
        ".ag-dashed{stroke-dasharray:5 4}",
        ".ag-hidden{display:none}",
    ]
)
# `.ag-on` outranks the colours of a kind, whose rules are single classes
_ON = ".ag-on>.ag-edge,.ag-on>.ag-line{stroke-width:2.8px}.ag-on>.ag-partial{font-weight:700}"
STYLE = f"{_SHAPES}{_ON}{rules(LIGHT)}@media (prefers-color-scheme:dark){{{rules(DARK)}}}"

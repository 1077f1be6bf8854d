"""What is written can be read: contrast of at least 4.5 to 1, light and dark, and meaning never by colour alone."""

import re

import pytest
from pictured import classes, extremes, network_values, neuron, of_class, parsed

import nn
from autograd import Value, draw, explain, play
from autograd.pictures import palette, player, table
from autograd.pictures.palette import DARK, LIGHT

NEEDED = 4.5  # WCAG 2.2, success criterion 1.4.3


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


def fills(theme):
    """The colour of each class."""
    found = {}
    for names, colour in re.findall(r"([^{}]+)\{fill:(#\w{6})\}", palette.rules(theme)):
        found.update((name.strip().removeprefix("."), colour) for name in names.split(","))
    return found


def bounds(shape):
    """Left, top, right and bottom of a filled shape."""
    if shape.tag.endswith("}rect"):
        x, y, w, h = (float(shape.get(key)) for key in ("x", "y", "width", "height"))
        return x, y, x + w, y + h
    d = shape.get("d")
    x, base = map(float, re.match(r"M(\S+) (-?[\d.]+)", d).groups())
    edge, radius = map(float, re.search(r"V(-?[\d.]+)a([\d.]+)", d).groups())
    right = float(re.search(r"H(-?[\d.]+)", d)[1]) + radius
    return x, min(base, edge - radius), right, max(base, edge + radius)


def pictures():
    a, b = Value(1.0, label="a"), Value(-2.0, label="b")
    total = network_values(30)
    total.backward()
    model = nn.MLP(2, [5, 1], activation="tanh", seed=2)
    yield draw(neuron())
    yield draw(neuron(), style="wire")
    yield draw(extremes())
    yield draw(total)
    yield draw(total, style="wire")
    yield draw(total, max_nodes=9, collapse=None)
    yield draw(nn.MLP(20, [20, 2], seed=2))
    yield from (draw(model, inputs=[x, 1.0]) for x in (-3.0, -1.0, 0.0, 0.3, 2.0))
    yield explain(a * b + a, a).picture


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_from_what_it_stands_on(theme):
    colour_of = fills(theme)
    checked = set()
    for picture in pictures():
        painted = []
        for element in parsed(picture.svg).iter():
            kinds = classes(element)
            if element.tag.endswith("}text"):
                size, anchor = 5.0 * len(element.text or ""), element.get("text-anchor")
                middle = float(element.get("x")) + {"end": -size / 2, "middle": 0.0}.get(anchor, size / 2)
                y = float(element.get("y")) - 4
                under = [kind for kind, (x1, y1, x2, y2) in painted if x1 <= middle <= x2 and y1 <= y <= y2]
                checked.add((kinds[0], under[-1]))
            elif kinds and kinds[0] in colour_of and "ag-hidden" not in kinds and kinds[0] != "ag-arrow":
                painted.append((kinds[0], bounds(element)))
    assert len(checked) > 20
    poor = {pair: contrast(colour_of[pair[0]], colour_of[pair[1]]) for pair in checked}
    assert not {pair: ratio for pair, ratio in poor.items() if ratio < NEEDED}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_pages_of_the_player_and_the_table_can_be_read(theme):
    constant, operation, given = (theme.kinds[kind][0] for kind in ("constant", "operation", "input"))
    pairs = [
        (theme.text, theme.page),
        (theme.muted, theme.page),
        (theme.data, theme.page),
        (theme.grad, theme.page),
        (theme.active_text, theme.page),
        (theme.text, operation),
        (theme.muted, operation),
        (theme.text, constant),
        (theme.data, given),
        (theme.grad, theme.grad_row),
    ]
    assert all(contrast(a, b) >= NEEDED for a, b in pairs)
    used = set(re.findall(r"#\w{6}\b", player._colours(theme) + table._colours(theme)))
    assert used <= {colour for pair in pairs for colour in pair} | {theme.edge, theme.positive}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_and_outlines_stand_out_from_the_page(theme):
    # 3 to 1 is what WCAG 2.2, success criterion 1.4.11, asks of graphics
    lines = [theme.edge, theme.active, theme.positive, theme.negative, *(line for _, line in theme.kinds.values())]
    assert all(contrast(line, theme.page) >= 3 for line in lines)


def test_both_themes_colour_the_same_classes():
    assert fills(LIGHT).keys() == fills(DARK).keys()
    assert LIGHT.kinds.keys() == DARK.kinds.keys()


def test_no_picture_needs_css_variables_or_a_font_from_elsewhere():
    for picture in pictures():
        assert not re.search(r"var\(|@import|@font-face|url\(", picture.svg)
    assert "var(" not in play(neuron()).html


def test_every_kind_is_also_written_in_words():
    root = parsed(draw(neuron()).svg)
    for kind, word in (("input", "input"), ("weight", "weight"), ("bias", "bias"), ("constant", "const")):
        cards = [card for card in of_class(root, "ag-card") if of_class(card, f"ag-line-{kind}")]
        assert cards
        assert all(word in [text.text for text in of_class(card, "ag-role")] for card in cards)

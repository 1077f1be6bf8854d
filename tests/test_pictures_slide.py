"""slide: one picture for each value, in a page that needs nothing else and a notebook that may not be trusted."""

import base64
import re
from html import unescape

import pytest

from autograd import Value, draw, play, slide


def drawn(x):
    return draw(Value(x, label="x") * 2.0)


def content(slides):
    """What the slider says at each place, and the picture there."""
    found = re.findall(r'<template title="(.*?)">(.*?)</template>', slides.html, re.DOTALL)
    return [unescape(says) for says, _ in found], [svg for _, svg in found]


def test_every_value_has_its_picture_in_order():
    values = [0.5, 1.0, -2.0]
    slides = slide(drawn, x=values)
    assert content(slides)[1] == [drawn(x).svg for x in values]
    assert content(slides)[0] == ["x = 0.5", "x = 1", "x = -2"]
    assert 'max="2"' in slides.html


def test_figures_and_axes_of_matplotlib_are_drawn_and_closed_and_give_the_same_page_twice():
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("agg")

    def line(k):
        figure, axes = plt.subplots()
        axes.plot([0, k])
        return figure if k % 2 else axes

    slides = slide(line, k=range(3))
    assert not plt.get_fignums()
    assert all(svg.startswith("<svg") for svg in content(slides)[1])
    assert slides.html == slide(line, k=range(3)).html


def test_names_from_outside_cannot_write_html():
    slides = slide(lambda text: drawn(1.0), text=['"></template><b>', "&amp;"])
    assert content(slides)[0] == ['text = "></template><b>', "text = &amp;"]
    assert "<b>" not in slides.html


@pytest.mark.parametrize("shown", [slide(drawn, x=[1.0]), play(Value(1.0, label="x") * 2.0)], ids=["slide", "play"])
def test_without_its_frame_a_picture_remains(shown):
    html = shown._repr_mimebundle_()["text/html"]
    assert html.count("<iframe") == 1
    assert unescape(re.search(r"srcdoc='([^']*)'", html)[1]) == shown.html
    rest = re.sub(r"<iframe.*</iframe>", "", html, flags=re.DOTALL)
    svg = base64.b64decode(re.search(r"data:image/svg\+xml;base64,([^\"]+)", rest)[1]).decode()
    assert svg.startswith("<svg")


def test_saved_is_the_page(tmp_path):
    slides = slide(drawn, x=[1.0])
    assert slides.save(tmp_path / "new" / "x.html").read_text() == slides.html
    with pytest.raises(ValueError, match=r"x\.svg"):
        slides.save(tmp_path / "x.svg")


@pytest.mark.parametrize(
    ("error", "says", "call"),
    [
        (TypeError, "one name", lambda: slide(drawn)),
        (TypeError, "not of 2", lambda: slide(drawn, x=[1], y=[2])),
        (ValueError, "no values", lambda: slide(drawn, x=[])),
        (TypeError, "not None", lambda: slide(lambda x: None, x=[1])),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(error, says, call):
    with pytest.raises(error, match=says):
        call()


def test_where_no_page_can_be_shown_the_picture_says_how_to_get_one():
    html = slide(lambda x: draw(Value(x) ** 2), x=[1.0, 2.0])._repr_mimebundle_()["text/html"]
    still, _, frame = html.partition("<iframe")
    assert "run this cell, or trust this notebook" in still
    assert "grid-area:1/1/3/2" in frame  # the page lies over both the picture and what it says

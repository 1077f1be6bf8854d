"""How a notebook shows a picture or a page of its own, and what it shows of them while it is not trusted."""

from __future__ import annotations

import base64
from html import escape


def image(svg: str, says: str, style: str = "max-width:100%") -> str:
    """An SVG as an image: an untrusted notebook drops SVG and keeps images."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{escape(says)}" src="data:image/svg+xml;base64,{data}" style="{style}"/>'


def framed(html: str, says: str, height: float, still: str) -> str:
    """A page in a frame, over the picture `still`: an untrusted notebook drops the frame, and the picture remains.

    In a page of their own, several of a kind in one notebook, and the keys they listen to, do not meet.
    """
    one = "grid-area:1/1;"
    behind = image(still, says, f"{one}max-width:100%;max-height:{height:.0f}px")
    page = html.replace("&", "&amp;").replace("'", "&#x27;")  # pages hold many double quotes, and few of these
    frame = (
        f"<iframe title='{escape(says)}' srcdoc='{page}' sandbox=\"allow-scripts\" "
        f'style="{one}width:100%;height:{height:.0f}px;border:0;background:#fff"></iframe>'
    )
    return f'<div style="display:grid">{behind}{frame}</div>'

"""Page: an HTML file that needs nothing else, made of a template; a notebook shows it in a frame."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ..files import write
from .svg import image

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

STILL = "A still picture. To step through it, run this cell, or trust this notebook."


class Page:
    """A page that needs nothing else; a notebook shows it, `save` writes it."""

    saved: ClassVar[str] = "the page is saved"  # how the sentence begins that tells of a wrong name

    def __init__(self, template: Traversable, parts: Mapping[str, str], height: float, still: str = "") -> None:
        """Fills the places {{so}} of the template; `still` is a picture of the whole, where no page can be shown."""
        page = template.read_text(encoding="utf-8")
        self.html = re.sub(r"\{\{(\w+)\}\}", lambda mark: parts[mark[1]], page)
        self.height, self.still = height, still

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The page in a frame, over its picture: an untrusted notebook drops the frame, and the picture remains.

        In a page of their own, several of a kind in one notebook, and the keys they listen to, do not meet.
        """
        says, height = repr(self), f"{self.height:.0f}px"
        one = "grid-area:1/1/3/2;"  # over both rows: the picture, and what is said below it
        behind = ""
        if self.still:
            behind = image(self.still, says, f"grid-area:1/1;max-width:100%;max-height:{self.height - 28:.0f}px")
            behind += f'<em style="grid-area:2/1;padding-left:8px;color:#7b8494;line-height:28px">{STILL}</em>'
        page = self.html.replace("&", "&amp;").replace("'", "&#x27;")  # pages hold many double quotes, and few of these
        frame = (
            f"<iframe title='{escape(says)}' srcdoc='{page}' sandbox=\"allow-scripts\" "
            f'style="{one}width:100%;height:{height};border:0;background:#fff"></iframe>'
        )
        return {"text/plain": says, "text/html": f'<div style="display:grid">{behind}{frame}</div>'}

    def save(self, path: str | Path) -> Path:
        """Writes the page.

        Raises:
            ValueError: the name does not end in .html.
        """
        path = Path(path)
        if path.suffix != ".html":
            raise ValueError(f"{self.saved} as .html, not as {path.name!r}; change the name's ending")
        path.parent.mkdir(parents=True, exist_ok=True)
        return write(path, self.html)

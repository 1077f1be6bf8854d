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
        one, says, height = "grid-area:1/1;", repr(self), f"{self.height:.0f}px"
        behind = image(self.still, says, f"{one}max-width:100%;max-height:{height}") if self.still else ""
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

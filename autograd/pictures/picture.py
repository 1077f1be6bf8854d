"""Picture: a drawing that shows itself in a notebook and saves itself to a file."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import write
from .boxes import Diagram
from .dot import to_dot
from .svg import image

if TYPE_CHECKING:
    import graphviz

# programs that make a bitmap of an SVG, with how each is called
_CONVERTERS = {
    "rsvg-convert": ["--zoom", "2", "--output", "{png}", "{svg}"],
    "inkscape": ["--export-dpi=192", "--export-filename={png}", "{svg}"],
}


class Picture:
    """A drawing as SVG; a notebook shows it, `save` writes it.

    >>> from autograd import Value, draw
    >>> x = Value(3.0, label="x")
    >>> picture = draw(x * x)
    >>> picture
    <Picture of 2 values; .save("graph.svg") writes it>
    >>> print(picture.svg[:4])
    <svg
    """

    def __init__(self, svg: str, says: str, graph: Diagram | None = None) -> None:
        self.svg = svg
        self.says = says
        self.graph = graph

    def __repr__(self) -> str:
        return f'<Picture of {self.says}; .save("graph.svg") writes it>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "image/svg+xml": self.svg, "text/html": image(self.svg, self.says)}

    def to_dot(self) -> graphviz.Digraph:
        """The same graph for Graphviz's own tools.

        Raises:
            TypeError: the picture is not of a computation graph.
        """
        if self.graph is None:
            raise TypeError(f"a picture of {self.says} is no graph of Values; its drawing is in .svg")
        return to_dot(self.graph)

    def save(self, path: str | Path) -> Path:
        """Writes the picture as .svg, as .dot, or as .png where a program that converts it is installed.

        Raises:
            ValueError: the name ends in none of these.
            RuntimeError: no converter to .png is installed, or it failed.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".svg":
            write(path, self.svg)
        elif path.suffix in (".dot", ".gv"):
            write(path, self.to_dot().source)
        elif path.suffix == ".png":
            self._save_bitmap(path)
        else:
            raise ValueError(
                f"a picture is saved as .svg, .dot or .png, not as {path.name!r}; change the name's ending"
            )
        return path

    def _save_bitmap(self, path: Path) -> None:
        found = next((name for name in _CONVERTERS if shutil.which(name)), None)
        if found is None:
            raise RuntimeError(
                f"no program that makes {path.name!r} of SVG is installed; install librsvg (rsvg-convert) or Inkscape, "
                f"or save it as {path.with_suffix('.svg').name!r}, which every browser opens"
            )
        with tempfile.TemporaryDirectory() as folder:
            source, made = self.save(Path(folder) / "picture.svg"), Path(folder) / "picture.png"
            command = [found, *(part.format(png=made, svg=source) for part in _CONVERTERS[found])]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=120)
                bitmap = made.read_bytes()
            except (OSError, subprocess.SubprocessError) as error:
                raise RuntimeError(f"{found} could not make {path.name!r} ({error}); save it as .svg instead") from None
            write(path, bitmap)

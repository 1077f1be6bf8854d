"""Runs the sources of the notebooks and writes each with its outputs, or compares (`--check`): `make notebooks`.

A source is Python with cells marked as Jupytext, VS Code and Spyder mark them: `# %%` begins code and
`# %% [markdown]` begins text, in comments. A cell that is meant to fail begins `# %% tags=["raises-exception"]`.

Each source runs top to bottom in a process of its own, and the same source gives the same bytes: cells are numbered,
pictures carry no date, hashes have a fixed seed, and a cell that shows an address in memory is refused.
"""

from __future__ import annotations

import ast
import base64
import io
import json
import linecache
import os
import re
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["AUTOGRAD_NATIVE"] = "0"  # the same last digits with machine code and without it

HERE = Path(__file__).parent
SOURCES = HERE / "src"
DPI = 144  # of pictures: twice what a notebook shows them at, so that they are sharp on paper too
NEAR = 40  # of 255: how far a colour may be from the one that was drawn

_MARK = re.compile(r"# %%(?P<text> \[markdown\])?(?: tags=(?P<tags>\[.*\]))?$")
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python", "version": "3"},
}


@dataclass(frozen=True)
class Cell:
    """A piece of a source: text or code, the line it begins at, and its tags."""

    source: str
    line: int
    is_text: bool = False
    tags: tuple[str, ...] = ()


def main(names: list[str], check: bool = False) -> int:
    """Builds the notebooks of the sources named, or all, or compares them with a fresh run; returns the exit status."""
    sources = [Path(name) for name in names] or sorted(SOURCES.glob("*.py"))
    status = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for source, notebook in zip(sources, pool.map(built, sources)):
            path = HERE / f"{source.stem}.ipynb"
            if check:
                found = changed(json.loads(path.read_text(encoding="utf-8")), json.loads(notebook))
                print(f"{path.relative_to(HERE.parent)}  {'; '.join(found) or 'as in a fresh run'}")
                status |= bool(found)
            else:
                path.write_text(notebook, encoding="utf-8")
                print(f"{path.relative_to(HERE.parent)}  {len(notebook) / 1000:,.0f} kB")
    return status


def changed(kept: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """The cells in which two notebooks differ; pictures of plots are compared pixel by pixel, within a tolerance."""
    if len(kept["cells"]) != len(fresh["cells"]):
        return [f"{len(fresh['cells'])} cells, and not {len(kept['cells'])}"]
    pairs = zip(kept["cells"], fresh["cells"])
    return [f"cell {k} differs" for k, (one, other) in enumerate(pairs, 1) if not _same_cell(one, other)]


def _same_cell(one: dict[str, Any], other: dict[str, Any]) -> bool:
    pictures, texts = [], []
    for cell in json.loads(json.dumps([one, other])):
        pictures.append(
            [x["data"].pop("image/png") for x in cell.get("outputs", []) if "image/png" in x.get("data", {})]
        )
        texts.append(cell)
    return texts[0] == texts[1] and all(map(same_picture, *pictures))


def same_picture(one: str, other: str) -> bool:
    """Whether two pictures, as notebooks hold them, are as wide and as high, and differ nowhere by more than NEAR."""
    from PIL import Image, ImageChops

    first, second = (Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB") for text in (one, other))
    off = ImageChops.difference(first, second).getextrema() if first.size == second.size else [(255, 255)]
    return max(high for _, high in off) <= NEAR


def built(source: Path) -> str:
    """The notebook of a source, run in a process of its own.

    Raises:
        RuntimeError: a cell failed; the message is its traceback.
    """
    settings = os.environ | {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg", "PYTHONUTF8": "1"}
    command = [sys.executable, str(HERE / "build.py"), "--print", str(Path(source).resolve())]
    # a notebook's kernel runs beside it too, and matplotlib finds its settings there
    done = subprocess.run(command, cwd=HERE, env=settings, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise RuntimeError(f"{Path(source).name} does not run:\n{done.stderr}")
    return done.stdout


def cells(source: str) -> list[Cell]:
    """The cells of a source.

    Raises:
        ValueError: a line begins `# %%` and goes on in a way that is not understood.
    """
    found: list[Cell] = []
    for number, line in enumerate(source.splitlines(), start=1):
        if line.startswith("# %%"):
            mark = _MARK.match(line)
            if mark is None:
                raise ValueError(f'line {number}: a cell begins "# %%", "# %% [markdown]" or with tags, not {line!r}')
            found.append(Cell("", number, bool(mark["text"]), tuple(json.loads(mark["tags"] or "[]"))))
        elif found:
            cell = found[-1]
            text = re.sub("^# ?", "", line) if cell.is_text else line
            found[-1] = Cell(f"{cell.source}{text}\n", cell.line, cell.is_text, cell.tags)
    return [Cell(cell.source.strip("\n"), cell.line, cell.is_text, cell.tags) for cell in found]


def notebook(source: Path) -> dict[str, Any]:
    """The notebook of a source, run here, as JSON holds it."""
    session = Session()
    made, count = [], 0
    for k, cell in enumerate(cells(source.read_text(encoding="utf-8")), start=1):
        entry: dict[str, Any] = {
            "cell_type": "markdown" if cell.is_text else "code",
            "id": f"cell-{k:02}",
            "metadata": {"tags": list(cell.tags)} if cell.tags else {},
            "source": cell.source.splitlines(keepends=True),
        }
        if not cell.is_text:
            count += 1
            entry |= {"execution_count": count, "outputs": session.run(cell, count, f"{source.name}, cell {k}")}
        made.append(entry)
    return {"cells": made, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}


class Session:
    """One run of a notebook: the names its cells share, and what the cell that runs has shown so far."""

    def __init__(self) -> None:
        import matplotlib.pyplot as plt

        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.outputs: list[dict[str, Any]] = []
        self.printed = io.StringIO()
        self.plt = plt
        plt.switch_backend("agg")
        plt.show = self.show_figures

    def run(self, cell: Cell, count: int, where: str) -> list[dict[str, Any]]:
        """Runs a cell and returns its outputs, as a notebook holds them."""
        self.outputs, self.printed = [], io.StringIO()
        # named as Jupyter names it; its lines are found by tracebacks and by whatever shows source code
        name, text = f"Cell In[{count}]", cell.source + "\n"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        *body, last = ast.parse(text, name).body or [ast.Pass()]
        if not isinstance(last, ast.Expr):
            body, last = [*body, last], ast.parse("None").body[0]
        try:
            with redirect_stdout(self.printed):
                exec(compile(ast.Module(body, []), name, "exec"), self.names)
                result = eval(compile(ast.Expression(last.value), name, "eval"), self.names)
        except Exception as error:
            if "raises-exception" not in cell.tags:
                lines = [at.lineno or 0 for at in traceback.extract_tb(error.__traceback__) if at.filename == name]
                raise RuntimeError(f"{where}, line {cell.line + lines[-1]} of the source") from error
            self.flush()
            kind, says = type(error).__name__, str(error)
            shown = {"ename": kind, "evalue": says, "output_type": "error", "traceback": [f"{kind}: {says}"]}
            self.outputs.append(shown)
            return self.outputs
        if "raises-exception" in cell.tags:
            raise RuntimeError(f"{where} is meant to fail and does not")
        self.show_figures()
        if result is not None:
            data = {kind: _lines(text) for kind, text in sorted(bundle(result).items())}
            self.outputs.append(
                {"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"}
            )
        for output in self.outputs:
            address = _ADDRESS.search(json.dumps(output))
            if address:
                raise RuntimeError(f"{where} shows {address[0]!r}, which is new in every run: give the result a name")
        return self.outputs

    def flush(self) -> None:
        """Makes what has been printed an output."""
        text = self.printed.getvalue()
        if text:
            self.outputs.append({"name": "stdout", "output_type": "stream", "text": _lines(text)})
            self.printed.seek(0)
            self.printed.truncate()

    def show_figures(self) -> None:
        """Makes every open figure an output, as `plt.show()` does in a notebook, and closes it."""
        from PIL import Image  # matplotlib brings it along

        self.flush()
        for number in self.plt.get_fignums():
            figure = self.plt.figure(number)
            drawn, png = io.BytesIO(), io.BytesIO()
            figure.savefig(drawn, format="png", dpi=DPI, bbox_inches="tight")
            picture = Image.open(drawn).convert("RGB")
            light(picture).save(png, "PNG", optimize=True)  # matplotlib's own file would carry its version too
            size = {"height": round(picture.height * 100 / DPI), "width": round(picture.width * 100 / DPI)}
            self.outputs.append(
                {
                    "data": {
                        "image/png": base64.b64encode(png.getvalue()).decode(),
                        "text/plain": [repr(figure)],
                    },
                    "metadata": {"image/png": size},
                    "output_type": "display_data",
                }
            )
            self.plt.close(figure)


def light(picture: Any) -> Any:
    """A picture in at most 256 colours, a third of the bytes, where they are enough: else as it is."""
    from PIL import Image, ImageChops

    # this method loses the colours of small areas; the others make bands of what should be smooth
    fewer = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    off = ImageChops.difference(picture, fewer.convert("RGB")).getextrema()
    return fewer if max(high for _, high in off) <= NEAR else picture


def bundle(result: Any) -> dict[str, str]:
    """What a notebook shows of a result, by the kind of text."""
    if hasattr(result, "_repr_mimebundle_"):
        shown: dict[str, str] = result._repr_mimebundle_()
        return shown
    page = {"text/html": result._repr_html_()} if hasattr(result, "_repr_html_") else {}
    return {"text/plain": repr(result), **page}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def as_text(made: dict[str, Any]) -> str:
    """A notebook as its file holds it."""
    return json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _print(names: Iterable[str]) -> int:
    warnings.simplefilter("error")
    sys.path.insert(0, str(HERE.parent))
    for name in names:
        sys.stdout.write(as_text(notebook(Path(name))))
    return 0


if __name__ == "__main__":
    option, names = (sys.argv[1], sys.argv[2:]) if sys.argv[1:2] in (["--print"], ["--check"]) else ("", sys.argv[1:])
    sys.exit(_print(names) if option == "--print" else main(names, option == "--check"))

"""Runs the sources of the notebooks and writes each with its outputs, or compares (`--check`): `make notebooks`.

A source is Python with cells marked as Jupytext, VS Code and Spyder mark them: `# %%` begins code and
`# %% [markdown]` begins text, in comments. A cell that is meant to fail begins `# %% tags=["raises-exception"]`.

From a source come two notebooks: one with all outputs, to be read, and in `learn/` one without, in which a reader
writes predictions and exercises, and the notebook checks them. A cell `# %% tags=["predict"]` has the right prediction,
a cell `# %% tags=["check"]` what is looked at in the answer to the exercise whose solution follows; only the second
notebook has them. In them `# within 0.01` says how near is near enough, `# right ...` what is right where the solution
is but one of many, and `# slip ... -> ...` what a usual mistake gives, and what it shows.

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
import textwrap
import traceback
import warnings
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["AUTOGRAD_NATIVE"] = "0"  # the same last digits with machine code and without it
sys.path.insert(0, str(Path(__file__).parent.parent))

from autograd.checks.answers import plain, sealed

HERE = Path(__file__).parent
SOURCES = HERE / "src"
LEARN = HERE / "learn"
DPI = 144  # of pictures: twice what a notebook shows them at, so that they are sharp on paper too
NEAR = 40  # of 255: how far a colour may be from the one that was drawn

_MARK = re.compile(r"# %%(?P<text> \[markdown\])?(?: tags=(?P<tags>\[.*\]))?$")
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")
_FORM = {
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python", "version": "3"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
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
            for path, text in zip((HERE / f"{source.stem}.ipynb", LEARN / f"{source.stem}.ipynb"), notebook):
                if check:
                    found = changed(json.loads(path.read_text(encoding="utf-8")), json.loads(text))
                    print(f"{path.relative_to(HERE.parent)}  {'; '.join(found) or 'as in a fresh run'}")
                    status |= bool(found)
                else:
                    path.write_text(text, encoding="utf-8")
                    print(f"{path.relative_to(HERE.parent)}  {len(text) / 1000:,.0f} kB")
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


def built(source: Path) -> tuple[str, str]:
    """The two notebooks of a source, to read and to learn by, run in a process of its own.

    Raises:
        RuntimeError: a cell failed; the message is its traceback.
    """
    settings = os.environ | {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg", "PYTHONUTF8": "1"}
    command = [sys.executable, str(HERE / "build.py"), "--print", str(Path(source).resolve())]
    # a notebook's kernel runs beside it too, and matplotlib finds its settings there
    done = subprocess.run(command, cwd=HERE, env=settings, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise RuntimeError(f"{Path(source).name} does not run:\n{done.stderr}")
    read, learn = json.loads(done.stdout)
    return read, learn


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


def notebooks(source: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The notebooks of a source, run here, as JSON holds them: to read, and to learn by."""
    session = Session()
    given = cells(source.read_text(encoding="utf-8"))
    learn = Lesson(source.stem)
    made, count = [], 0
    for k, cell in enumerate(given, start=1):
        if not {"predict", "check"}.isdisjoint(cell.tags):
            solutions = [solution for later in given[k:] if (solution := solved_in(later))]
            learn.ask(cell, session.names, solutions[0] if solutions else ("", ""))
            continue
        entry: dict[str, Any] = _entry(cell, len(made) + 1)
        learn.add(cell)
        if not cell.is_text:
            count += 1
            entry |= {"execution_count": count, "outputs": session.run(cell, count, f"{source.name}, cell {k}")}
        made.append(entry)
    return {"cells": made, **_FORM}, {"cells": learn.cells(), **_FORM}


def _entry(cell: Cell, number: int) -> dict[str, Any]:
    return {
        "cell_type": "markdown" if cell.is_text else "code",
        "id": f"cell-{number:02}",
        "metadata": {"tags": list(cell.tags)} if cell.tags else {},
        "source": cell.source.splitlines(keepends=True),
    }


def solved_in(cell: Cell) -> tuple[str, str] | None:
    """The code of a folded solution, and all that it says."""
    found = re.search(r"<details>.*?</summary>(.*?)</details>", cell.source, re.DOTALL) if cell.is_text else None
    code = re.search(r"```python\n(.*?)```", found[1], re.DOTALL) if found else None
    return (code[1], found[1].strip()) if found and code else None


class Lesson:
    """A notebook to learn by: without outputs, with questions, and their answers sealed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.questions: dict[str, dict[str, Any]] = {}
        self.kept: list[Cell] = []

    def add(self, cell: Cell) -> None:
        """Adds a cell that both notebooks have; folded solutions are left out, and cells that tell the answer."""
        if cell.is_text:
            text = re.sub(r"<details>.*?</details>\s*", "", cell.source, flags=re.DOTALL).strip("\n")
            text = text.replace("](../", "](../../")
            self.kept += [Cell(text, cell.line, True)] if text else []
        elif not re.search(r"^\s*assert .*", cell.source, re.MULTILINE) or "..." not in cell.source:
            self.kept.append(cell)

    def ask(self, cell: Cell, names: dict[str, Any], solution: tuple[str, str]) -> None:
        """Adds a question; what is right, and what slips give, is computed with the names that are there by now."""
        code, told = _told(cell.source)
        is_guess = "predict" in cell.tags
        kind = "prediction" if is_guess else "exercise"
        name = f"{kind} {1 + sum(one.startswith(kind) for one in self.questions)}"
        within = float(told.get("within", ["0.01" if is_guess else "1e-6"])[0])
        question: dict[str, Any] = {"within": within}
        if is_guess:
            values, _, says = code.removeprefix("my_guess = ").partition("  # ")
            question["right"] = plain(eval(values, dict(names)))
            slips = [(plain(eval(wrong, dict(names))), says) for wrong, says in _slips(told)]
            right = question["right"]
            dots = ", ".join(["..."] * (len(right) if isinstance(right, list) else 1))
            shown = f'my_guess = {dots}  # {says}\nanswers.check("{name}", my_guess)'
        else:
            question |= {"right": _looked_at(code, names, solution[0]), "solution": solution[1]}
            if "right" in told:
                question["right"] = plain(eval(told["right"][0], dict(names)))
            slips = [(_looked_at(code, names, solution[0], wrong), says) for wrong, says in _slips(told)]
            shown = _checking(name, code)
        question["slips"] = [[wrong, f"{says[:1].upper()}{says[1:]}"] for wrong, says in slips]
        self.questions[name] = question
        self.kept.append(Cell(shown, cell.line))

    def cells(self) -> list[dict[str, Any]]:
        """All of it, as a notebook holds cells."""
        seal = "\n".join(textwrap.wrap(sealed(self.questions), 110))
        says = WELCOME.format(name=self.name)
        opening = f'from autograd.checks import Answers\n\nanswers = Answers("""\n{seal}\n""")  # sealed; run this cell'
        title, *rest = self.kept
        made = [title, Cell(says, 0, True), Cell(opening, 0, False, ("answers",)), *rest]
        entries = [_entry(cell, k) for k, cell in enumerate(made, start=1)]
        entries[2]["metadata"]["jupyter"] = {"source_hidden": True}
        return [
            one if one["cell_type"] == "markdown" else one | {"execution_count": None, "outputs": []} for one in entries
        ]


WELCOME = (
    "*This copy is yours to work in. Before each surprise it asks what you expect: write `my_guess` in place of the "
    'dots, run the cell, and go on. Exercises are checked in the same way, and `answers.solution("exercise 1")` tells '
    "who has tried. The same notebook with all its outputs, to read, is [here](../{name}.ipynb).*"
)


def _told(source: str) -> tuple[str, dict[str, list[str]]]:
    """The code of a question, and what its comments tell, by their first word."""
    code, told = [], dict[str, list[str]]()
    word = ""
    for line in source.splitlines():
        found = re.match(r"# (within|right|slip) (.*)", line)
        if found:
            word = found[1]
            told.setdefault(word, []).append(found[2])
        elif line.startswith("#   ") and word:
            told[word][-1] += " " + line[1:].strip()
        else:
            code.append(line)
    return "\n".join(code).strip("\n"), told


def _slips(told: dict[str, list[str]]) -> Iterable[tuple[str, str]]:
    for slip in told.get("slip", []):
        wrong, _, says = slip.partition(" -> ")
        yield wrong, says


def _looked_at(code: str, names: dict[str, Any], solution: str, slip: str = "") -> Any:
    """What a check looks at, once the solution and then perhaps a slip has been run."""
    there = dict(names)
    exec(solution, there)
    exec(slip, there)
    *body, last = ast.parse(code).body
    exec(compile(ast.Module(body, []), "<check>", "exec"), there)
    return plain(eval(ast.unparse(last), there))


def _checking(name: str, code: str) -> str:
    """The cell that hands to the answers what is looked at."""
    *body, last = ast.parse(code).body
    lines = code.splitlines()
    shown = lines[last.lineno - 1 :]
    if not body and len(code) < 70:
        return f'answers.check("{name}", lambda: {code})'
    inside = [f"    {line}".rstrip() for line in [*lines[: last.lineno - 1], f"return {shown[0]}", *shown[1:]]]
    inside = [line for line, before in zip(inside, ["", *inside]) if line or before]  # one empty line, not two
    return "\n".join(["def looked_at():", *inside, "", "", f'answers.check("{name}", looked_at)'])


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
    for name in names:
        sys.stdout.write(json.dumps([as_text(made) for made in notebooks(Path(name))]))
    return 0


if __name__ == "__main__":
    option, names = (sys.argv[1], sys.argv[2:]) if sys.argv[1:2] in (["--print"], ["--check"]) else ("", sys.argv[1:])
    sys.exit(_print(names) if option == "--print" else main(names, option == "--check"))

"""The notebooks: they run, show what is committed, keep to their form, and their exercises can be solved."""

import ast
import base64
import importlib
import io
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")
ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "notebooks"))
build = importlib.import_module("build")

SOURCES = sorted(build.SOURCES.glob("*.py"))
each_notebook = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
_NUMBER = re.compile(r"-?\d+(?:\.(\d+))?(?:e([+-]\d+))?")


# All of them run in `make test-all`.
FAST = ("02_the_tape_and_the_walk_back", "03_one_neuron_one_step")
each_run = pytest.mark.parametrize(
    "source",
    [pytest.param(x, id=x.stem, marks=() if x.stem in FAST else pytest.mark.slow) for x in SOURCES],
)


def exercises(source):
    """For each folded solution its code, and the code of the last cell before it that asserts something."""
    check = None
    for cell in build.cells(source.read_text()):
        if not cell.is_text and re.search(r"^\s*assert ", cell.source, re.MULTILINE):
            check = cell.source
        if cell.is_text and "<details>" in cell.source:
            code = re.search(r"```python\n(.*?)```", cell.source, re.DOTALL)
            assert code, f"a solution without code in line {cell.line}"
            yield code[1], check


def solved(source):
    """Cells in which wrong answers are refused and the solutions are accepted."""
    for code, check in exercises(source):
        names = [node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name) and bound(node)]
        names += [node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]
        wrong = "".join(f"{name} = Wrong('nan')\n" for name in sorted(set(names)))
        indented = "".join(f"    {line}\n" for line in check.splitlines())
        yield "\n# %%\nclass Wrong(float):\n    __call__ = lambda self, *numbers: self\n"
        yield f"{wrong}try:\n{indented}except (AssertionError, TypeError, ValueError):\n    pass\n"
        yield "else:\n    raise AssertionError('the check accepts a wrong answer')\n"
        yield f"# %%\n{code}\n# %%\n{check}\n"


def bound(name):
    return isinstance(name.ctx, ast.Store)


def committed(source):
    return json.loads((ROOT / "notebooks" / f"{source.stem}.ipynb").read_text())["cells"]


def texts(cell):
    """What a cell shows as text, by the kind of output."""
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            yield "printed", "".join(output["text"])
        elif output["output_type"] == "error":
            yield "error", f"{output['ename']}: {output['evalue']}"
        else:
            yield " ".join(output["data"]), "".join(output["data"]["text/plain"])


def same(one, other):
    """Whether two texts differ in the last digit of a number at most: exp and tanh do, from machine to machine."""
    if _NUMBER.sub("#", one) != _NUMBER.sub("#", other):
        return False
    for a, b in zip(_NUMBER.finditer(one), _NUMBER.finditer(other)):
        last_digit = 10.0 ** (int(a[2] or 0) - len(a[1] or ""))
        if a[0] != b[0] and abs(float(a[0]) - float(b[0])) > max(1.01 * last_digit, 1e-9 * abs(float(a[0]))):
            return False
    return True


@each_run
def test_a_notebook_runs_and_the_committed_one_shows_the_same(source, tmp_path):
    # pictures are not compared: their bytes depend on the versions of matplotlib and Graphviz
    kept, copy = committed(source), tmp_path / source.name
    copy.write_text(source.read_text() + "".join(solved(source)))  # the exercises too
    for now, then in zip(json.loads(build.built(copy)[0])["cells"][: len(kept)], kept, strict=True):
        assert (now["source"], now["id"], now["metadata"]) == (then["source"], then["id"], then["metadata"])
        shown, before = list(texts(now)), list(texts(then))
        assert [kind for kind, _ in shown] == [kind for kind, _ in before]
        for (_, new), (_, old) in zip(shown, before):
            assert same(new, old), f"{old!r} became {new!r}; run `make notebooks`"


@each_notebook
def test_a_notebook_keeps_to_its_form(source):
    cells = build.cells(source.read_text())
    text = "\n".join(cell.source for cell in cells if cell.is_text)
    long = [cell.line for cell in cells if not cell.is_text and not cell.tags and len(cell.source.splitlines()) > 12]
    assert not long, f"cells of more than 12 lines begin at lines {long}"
    assert cells[0].is_text
    assert cells[0].source.startswith("# ")
    assert len(list(exercises(source))) == 2
    assert re.search(r"^## .*(Recap|What you have seen)", text, re.MULTILINE)


@each_notebook
def test_links_between_notebooks_lead_somewhere(source):
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", source.read_text())
    assert all((ROOT / "notebooks" / target).exists() for target in linked), linked
    later = [other for other in SOURCES if other.stem > source.stem]
    assert not later or f"{later[0].stem}.ipynb" in linked


@pytest.mark.slow
def test_a_second_run_gives_the_same_bytes():
    # two runs here: the committed bytes hold the pictures of another machine's matplotlib and Graphviz
    with ThreadPoolExecutor(2) as pool:
        for source, one, other in zip(SOURCES, pool.map(build.built, SOURCES), pool.map(build.built, SOURCES)):
            assert one == other, source.name


def test_numbers_are_the_same_up_to_their_last_digit():
    assert same("loss 0.1234 after 7", "loss 0.1235 after 7")
    assert same("2.5e-17", "2.6e-17")
    assert not same("loss 0.1234", "loss 0.1236")
    assert not same("7 epochs", "9 epochs")
    assert not same("the loss", "a loss")


@pytest.mark.parametrize("line", ["# %% [md]", "# %%x", '# %% tags="raises"'])
def test_a_cell_that_begins_oddly_is_refused_with_its_line(line):
    with pytest.raises(ValueError, match="line 2"):
        build.cells(f"# %%\n{line}\n")


def run(tmp_path, source):
    path = tmp_path / "cells.py"
    path.write_text(source)
    return json.loads(build.built(path)[0])["cells"]


def test_a_cell_shows_what_it_prints_its_figures_and_its_last_expression(tmp_path):
    source = "# %%\nimport matplotlib.pyplot as plt\nprint('a')\nplt.plot([1, 2])\nplt.show()\nprint('b')\n1 + 1\n"
    outputs = run(tmp_path, source)[0]["outputs"]
    assert [output["output_type"] for output in outputs] == ["stream", "display_data", "stream", "execute_result"]
    assert outputs[1]["data"]["image/png"].startswith("iVBOR")
    assert outputs[3]["data"] == {"text/plain": ["2"]}


def test_a_failure_that_is_meant_is_shown_and_any_other_ends_the_build(tmp_path):
    cell = run(tmp_path, '# %% tags=["raises-exception"]\nprint(1)\n1 / 0\n')[0]
    assert cell["outputs"][1]["evalue"] == "division by zero"
    assert cell["metadata"] == {"tags": ["raises-exception"]}
    with pytest.raises(RuntimeError, match=r"cells.py, cell 1.*line 2"):
        run(tmp_path, "# %%\n1 / 0\n")
    with pytest.raises(RuntimeError, match="meant to fail"):
        run(tmp_path, '# %% tags=["raises-exception"]\n1\n')


def test_a_picture_keeps_the_colours_of_its_smallest_parts(tmp_path):
    source = "# %%\nimport matplotlib.pyplot as plt\nimport numpy as np\n"
    source += "plt.imshow(np.add.outer(np.arange(300), np.arange(300)))\n"  # hundreds of colours
    source += "plt.plot(10, 10, 'o', color='#ff0000', markersize=2)\nplt.show()\n"  # and one more, in a few places
    kept = run(tmp_path, source)[0]["outputs"][-1]["data"]["image/png"]
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(base64.b64decode(kept))).convert("RGB")
    assert min(abs(255 - r) + g + b for _, (r, g, b) in image.getcolors(1 << 20)) < 20


def test_the_comparison_finds_a_picture_a_number_and_a_cell_that_changed(tmp_path):
    plot = "# %%\nimport matplotlib.pyplot as plt\nplt.plot([1, {}])\nplt.show()\nprint({})\n"
    one, other, third = ({"cells": run(tmp_path, plot.format(*x))} for x in [(2, 3), (2.2, 3), (2, 4)])
    assert build.changed(one, one) == []
    for cell in other["cells"]:
        cell["source"] = one["cells"][0]["source"]
    assert build.changed(one, other) == ["cell 1 differs"]
    assert build.changed(one, third) == ["cell 1 differs"]
    assert build.changed(one, {"cells": []}) == ["0 cells, and not 1"]


def test_a_cell_that_shows_an_address_is_refused(tmp_path):
    with pytest.raises(RuntimeError, match="new in every run"):
        run(tmp_path, "# %%\nobject()\n")

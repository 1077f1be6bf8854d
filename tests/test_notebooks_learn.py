"""The copies to learn by: nothing in them tells an answer, and each answer is judged as it deserves."""

import contextlib
import importlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.checks import Answers
from autograd.checks.answers import DOTS, remark, same, sealed

pytest.importorskip("matplotlib")
ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "notebooks"))
build = importlib.import_module("build")

SOURCES = sorted(build.SOURCES.glob("*.py"))
each_notebook = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
FAST = ("02_the_tape_and_the_walk_back", "03_one_neuron_one_step")
each_run = pytest.mark.parametrize(
    "source",
    [pytest.param(x, id=x.stem, marks=() if x.stem in FAST else pytest.mark.slow) for x in SOURCES],
)


def committed(source):
    return json.loads((build.LEARN / f"{source.stem}.ipynb").read_text())["cells"]


def code_of(cells):
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def questions(source):
    """For each question the code of its solution, and its slips with what they show."""
    cells = build.cells(source.read_text())
    for k, cell in enumerate(cells):
        if "check" in cell.tags:
            solution = next(found for later in cells[k:] if (found := build.solved_in(later)))
            yield solution[0], list(build._slips(build._told(cell.source)[1]))
        elif "predict" in cell.tags:
            code, told = build._told(cell.source)
            yield code, [(f"my_guess = {wrong}", says) for wrong, says in build._slips(told)]


def said(code, names):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, names)
    return printed.getvalue().strip()


def run_through(source):
    """Runs a copy as somebody would who first leaves the dots, then makes every slip, and then answers rightly."""
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    names = {"__name__": "__main__"}
    asked = questions(source)
    for cell in committed(source):
        if cell["cell_type"] != "code":
            continue
        code = "".join(cell["source"])
        checks = re.search(r"^answers\.check\(", code, re.MULTILINE)
        if "raises-exception" in cell["metadata"].get("tags", []):
            with pytest.raises(Exception, match=r"\w"):
                exec(code, names)
        elif not checks:
            said(code, names)
        else:
            yield code, said(code, dict(names)), None
            right, slips = next(asked)
            again = code.partition("\n")[2] if code.startswith("my_guess") else code
            for wrong, says in slips:
                there = dict(names)
                exec(right, there)
                exec(wrong, there)
                yield wrong, said(again, there), says
            exec(right, names)
            yield right, said(again, names), "Right."
        plt.close("all")
    assert next(asked, None) is None


def main(source):
    """Says on which answers a copy does not say what it should."""
    for code, printed, wanted in run_through(Path(source)):
        if wanted is None:
            assert printed == DOTS, (code, printed)
        elif wanted == "Right.":
            assert printed == wanted, (code, printed)
        else:
            assert printed == f"Not yet. {wanted[:1].upper()}{wanted[1:]}", (code, printed)


@each_run
def test_each_answer_is_judged_as_it_deserves(source):
    # in a process of its own: notebooks set what others must not see
    paths = [str(ROOT), str(ROOT / "tests")]
    code = f"import sys; sys.path[:0] = {paths}; import test_notebooks_learn as t; t.main({str(source)!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=build.LEARN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@each_notebook
def test_a_copy_has_no_outputs_and_no_solutions(source):
    cells = committed(source)
    assert not any(cell.get("outputs") for cell in cells)
    text = "".join("".join(cell["source"]) for cell in cells)
    assert "<details>" not in text
    assert "assert " not in "".join(code for code in code_of(cells) if "answers.check" in code)
    for right, _ in questions(source):
        assert right.partition("  # ")[0].strip() not in text


@each_notebook
def test_a_copy_asks_wherever_the_text_says_predict(source):
    text = [cell.source for cell in build.cells(source.read_text()) if cell.is_text]
    predictions = sum("**Predict" in cell for cell in text)
    assert sum(code.startswith("my_guess") for code in code_of(committed(source))) >= predictions - 1
    assert sum("exercise" in code and "answers.check" in code for code in code_of(committed(source))) == 2


@each_notebook
def test_a_copy_has_the_code_of_the_other_and_links_that_lead_somewhere(source):
    other = json.loads((ROOT / "notebooks" / f"{source.stem}.ipynb").read_text())["cells"]
    mine = code_of(committed(source))
    assert all(code in mine for code in code_of(other) if "assert" not in code)
    text = "".join("".join(cell["source"]) for cell in committed(source))
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (build.LEARN / target).exists(), target


def test_usual_slips_are_seen_in_any_number():
    asked = {"right": 2.302585, "within": 1e-3}
    assert "sign" in remark(-2.302585, asked)
    assert "base 10" in remark(1.0, asked)
    assert "percent" in remark(25.0, {"right": 0.25})
    assert "degrees" in remark(90.0, {"right": 1.5707963, "within": 1e-4})
    assert "order" in remark([2.0, 1.0], {"right": [1.0, 2.0]})
    assert "1 of 2" in remark([1.0, 3.0], {"right": [1.0, 2.0]})
    assert "2 are asked for" in remark([1.0], {"right": [1.0, 2.0]})
    assert remark("x", {"right": "y", "hint": "Look."}) == "Look."


def test_answers_are_the_same_up_to_what_is_allowed_and_no_farther():
    assert same([1.0, "Yes"], [1.0005, "yes "], 1e-3)
    assert not same([1.0], [1.01], 1e-3)
    assert not same(True, 1.0, 1e-3)
    assert not same([1.0], 1.0, 1e-3)
    assert same(1000.0, 1000.5, 1e-3)


def test_an_answer_that_raises_is_told_and_an_unknown_question_refused(capsys):
    answers = Answers(sealed({"exercise 1": {"right": 1}}))
    answers.check("exercise 1", lambda: 1 / 0)
    assert "ZeroDivisionError" in capsys.readouterr().out
    answers.check("exercise 1", lambda: ... + 1)
    assert DOTS in capsys.readouterr().out
    with pytest.raises(KeyError, match="exercise 1"):
        answers.check("exercise 2", 1)

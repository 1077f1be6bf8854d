"""grade: what is wrong in a student's class is named, nothing right is accused, and whatever it does is survived."""

import doctest
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
import students

import autograd
from autograd.checks import grade
from autograd.grading import findings, slips
from autograd.grading.graphs import NUMBERS, Graph, chance_graph, smaller

ROOT = Path(__file__).parent.parent
SHARE = 0.95  # of the mistakes must be named right

MICROGRAD = """
    class Value:
        def __init__(self, data, _children=()):
            self.data, self.grad = data, 0
            self._backward = lambda: None
            self._prev = set(_children)
        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            out = Value(self.data + other.data, (self, other))
            def _backward():
                self.grad += out.grad
                other.grad += out.grad
            out._backward = _backward
            return out
        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            out = Value(self.data * other.data, (self, other))
            def _backward():
                self.grad += other.data * out.grad
                other.grad += self.data * out.grad
            out._backward = _backward
            return out
        def backward(self):
            topo, visited = [], set()
            def build_topo(v):
                if v not in visited:
                    visited.add(v)
                    for child in v._prev:
                        build_topo(child)
                    topo.append(v)
            build_topo(self)
            self.grad = 1
            for v in reversed(topo):
                v._backward()
"""


def graded(tmp_path, source, **options):
    path = tmp_path / "student.py"
    path.write_text(dedent(source))
    return grade(path, **options)


def changed(old, new):
    """The class above, with a mistake."""
    assert old in MICROGRAD
    return MICROGRAD.replace(old, new)


def named(tmp_path, seed):
    """Whether the first finding is the mistake that was made, in its operation."""
    student = students.wrong(seed)
    found = graded(tmp_path, students.source(student)).findings
    first = found[0] if found else None
    return first and first.kind == student.kind and (not student.operation or student.operation in first.operations)


def test_mistakes_are_named_with_their_operation(tmp_path):
    assert all(named(tmp_path, seed) for seed in range(200, 230))


@pytest.mark.slow
def test_of_200_mistakes_nearly_all_are_named_right(tmp_path):
    made = [students.wrong(seed) for seed in range(200)]
    assert {student.style for student in made} == set(students.STYLES)
    assert len({student.kind for student in made}) > 12
    missed = [seed for seed in range(200) if not named(tmp_path, seed)]
    assert len(missed) <= (1 - SHARE) * 200, missed


@pytest.mark.parametrize("few", [pytest.param(range(7)), pytest.param(range(7, 50), marks=pytest.mark.slow)])
def test_nothing_that_is_right_is_accused(tmp_path, few):
    for seed in few:
        found = graded(tmp_path, students.source(students.right(seed)))
        assert found, f"{seed}: {found}"
        assert found.score == 1


def test_micrograd_itself_and_our_own_value_are_right(tmp_path):
    assert graded(tmp_path, MICROGRAD)
    assert grade(autograd.Value)
    assert grade(autograd.Value, in_process=True)


def test_a_class_that_follows_every_path_is_right_and_told_what_that_costs(tmp_path):
    source = """
        class Value:
            def __init__(self, data, inputs=()):
                self.data, self.grad, self.inputs = data, 0.0, inputs
            def __add__(self, other):
                return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
            def __mul__(self, other):
                return Value(self.data * other.data, ((self, other.data), (other, self.data)))
            def backward(self, grad=1.0):
                self.grad += grad
                for x, partial in self.inputs:
                    x.backward(grad * partial)
    """
    found = graded(tmp_path, source, seconds=0.5)
    assert found
    assert any("every path" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("old", "new", "kind", "says"),
    [
        ("self.grad += other.data * out.grad", "self.grad += other.grad * out.grad", "forgotten operand", "left"),
        ("other.grad += self.data * out.grad", "self.grad += self.data * out.grad", "forgotten operand", "right"),
        ("out._backward = _backward\n            return out\n        def __mul__", "return out\n        def __mul__",
         "forgotten operand", "out._backward = _backward"),
        ("out._backward = _backward\n            return out\n        def __mul__",
         "out._backward = _backward()\n            return out\n        def __mul__", "raises", "NoneType"),
        ("reversed(topo)", "topo", "no topological order", "reversed"),
        ("self.grad = 1\n", "pass\n", "no seed", "begin with 1"),
        ("visited.add(v)", "pass", "no topological order", "each node once"),
        ("v._backward()\n", "v._backward(); v._backward()\n", "counted twice", "twice"),
        ("out = Value(self.data + other", "self.data += 1; out = Value(self.data + other", "in place", "new node"),
    ],
)  # fmt: skip
def test_how_students_err_and_what_they_are_told(tmp_path, old, new, kind, says):
    found = graded(tmp_path, changed(old, new))
    assert kind in [one.kind for one in found.findings]
    assert says in str(found)


def test_a_class_that_keeps_no_inner_gradients_or_clears_all_of_them_first_is_right(tmp_path):
    loop = "for v in reversed(topo):\n                v._backward()\n"
    assert graded(
        tmp_path, changed(loop, f"{loop}            for v in topo[:]:\n                v.grad *= not v._prev\n")
    )
    assert graded(
        tmp_path, changed("self.grad = 1\n", "\n            for v in topo: v.grad = 0\n            self.grad = 1\n")
    )


def test_single_precision_and_a_tanh_made_of_exponentials_are_right(tmp_path):
    source = """
        import numpy as np
        class Value:
            def __init__(self, data, prev=()):
                self.data, self.grad, self.prev, self.step = np.float32(data), np.float32(0), prev, lambda: None
            def __add__(self, other):
                out = Value(self.data + other.data, (self, other))
                def step():
                    self.grad += out.grad
                    other.grad += out.grad
                out.step = step
                return out
            def __mul__(self, other):
                out = Value(self.data * other.data, (self, other))
                def step():
                    self.grad += other.data * out.grad
                    other.grad += self.data * out.grad
                out.step = step
                return out
            def tanh(self):
                t = (np.exp(2 * self.data) - 1) / (np.exp(2 * self.data) + 1)
                out = Value(t, (self,))
                def step():
                    self.grad += (1 - t ** 2) * out.grad
                out.step = step
                return out
            def backward(self):
                order = []
                def build(v):
                    if all(v is not other for other in order):
                        for x in v.prev:
                            build(x)
                        order.append(v)
                build(self)
                self.grad = np.float32(1)
                for v in reversed(order):
                    v.step()
    """
    found = graded(tmp_path, source)
    assert found, found


def test_a_dataclass_that_compares_numbers_is_told_to_compare_nodes(tmp_path):
    source = """
        from dataclasses import dataclass
        @dataclass
        class Value:
            data: float
            grad: float = 0.0
            inputs: tuple = ()
            def __add__(self, other):
                return Value(self.data + other.data, 0.0, ((self, 1.0), (other, 1.0)))
            def __mul__(self, other):
                return Value(self.data * other.data, 0.0, ((self, other.data), (other, self.data)))
            def backward(self):
                order = []
                def build(v):
                    if v not in order:
                        for x, _ in v.inputs:
                            build(x)
                        order.append(v)
                build(self)
                self.grad = 1.0
                for v in reversed(order):
                    for x, partial in v.inputs:
                        x.grad += partial * v.grad
    """
    assert [one.kind for one in graded(tmp_path, source).findings] == ["equal numbers"]


def test_the_report_has_a_graph_that_runs_and_both_numbers(tmp_path):
    found = graded(tmp_path, changed("self.grad += out.grad", "self.grad = out.grad"))
    first = found.findings[0]
    assert (first.kind, first.operations, len(first.graph.steps)) == ("overwrites", ("add",), 2)
    *code, last = str(first).splitlines()[1:]
    names = {"Value": autograd.Value}
    exec(dedent("\n".join(code)), names)
    name, yours, right = re.search(r"(\w)\.grad is (\S+), and should be (\S+)", last).groups()
    assert names[name].grad == float(right) != float(yours)


def test_the_picture_shows_the_right_gradient_and_theirs(tmp_path):
    found = graded(tmp_path, changed("self.grad += out.grad", "self.grad = out.grad"))
    svg = found.picture().svg
    assert svg.count(">right<") == svg.count(">yours<") == 1
    assert "<svg" in found._repr_mimebundle_()["text/html"] or "image/svg" in found._repr_mimebundle_()["text/html"]
    with pytest.raises(ValueError, match="no picture 1"):
        found.picture(1)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("while True: pass", "does not end"),
        ("self.backward()", "raises"),
        ("import sys; sys.exit(0)", "raises"),
        ("import os; os._exit(0)", "died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "died"),
        ("bytearray(10**11)", "raises"),
        ("1 / 0", "raises"),
        ("input()", "raises"),
    ],
)
def test_a_class_that_hangs_recurses_exits_or_crashes_is_survived(tmp_path, body, kind):
    found = graded(tmp_path, changed("topo, visited = [], set()", body), seconds=0.5)
    assert kind in [one.kind for one in found.findings], found
    assert found.code == 1


def test_what_a_class_prints_and_writes_stays_where_it_is(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    noisy = 'print("x" * 100000); import sys; sys.stderr.write("y"); open("junk.txt", "w").write("z")'
    assert graded(tmp_path, changed("topo, visited = [], set()", f"{noisy}; topo, visited = [], set()"))
    assert capfd.readouterr() == ("", "")
    assert os.listdir(tmp_path) == ["student.py"]


def test_nothing_of_the_student_runs_here_unless_asked(tmp_path):
    source = "import sys, os\nos.environ['SEEN'] = 'yes'\n" + dedent(MICROGRAD)
    (tmp_path / "student.py").write_text(source)
    assert grade(tmp_path / "student.py")
    assert "SEEN" not in os.environ
    assert "student" not in sys.modules


def test_no_process_is_left_over(tmp_path):
    graded(tmp_path, changed("topo, visited = [], set()", "while True: pass"), seconds=0.2)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("source", ["def f(:", "x = 1", "import nowhere", "class Value: pass", "raise SystemExit"])
def test_a_file_that_cannot_be_used_gets_no_marks_and_a_reason(tmp_path, source):
    found = graded(tmp_path, source)
    assert (found.score, found.code) == (0, 1)
    assert found.findings[0].says


def test_what_is_not_there_is_listed_and_counts_only_where_it_is_needed(tmp_path):
    assert "tanh" in graded(tmp_path, MICROGRAD).absent
    found = graded(tmp_path, MICROGRAD, needed=("add", "mul", "tanh"))
    assert found.score < 1
    assert [one.operations for one in found.findings] == [("tanh",)]
    with pytest.raises(ValueError, match="tahn"):
        graded(tmp_path, MICROGRAD, needed=("tahn",))


def test_a_mistake_in_what_another_is_made_of_is_named_once(tmp_path):
    more = """
        def __pow__(self, n):
            out = Value(self.data ** n, (self,))
            def _backward():
                self.grad += n * self.data ** n * out.grad
            out._backward = _backward
            return out
        def __truediv__(self, other):
            return self * other ** -1
    """
    found = graded(tmp_path, dedent(MICROGRAD) + "".join(f"    {line}\n" for line in dedent(more).splitlines()))
    assert [(one.kind, one.operations) for one in found.findings] == [("pow", ("pow",))]


def test_no_two_operations_excuse_each_other(tmp_path):
    more = """
        def __neg__(self):
            return Value(-self.data)
        def __sub__(self, other):
            return self + (-other)
        def __rsub__(self, other):
            return Value(other) + (-self)
    """
    found = graded(tmp_path, dedent(MICROGRAD) + "".join(f"    {line}\n" for line in dedent(more).splitlines()))
    assert [(one.kind, one.operations) for one in found.findings] == [("forgotten operand", ("neg",))]


def test_the_command_gives_graders_a_code_json_and_a_picture(tmp_path):
    (tmp_path / "student.py").write_text(dedent(changed("self.grad += out.grad", "self.grad = out.grad")))
    command = [sys.executable, "-m", "autograd.checks", str(tmp_path / "student.py")]
    files = ["--json", str(tmp_path / "grade.json"), "--picture", str(tmp_path / "grade.svg")]
    done = subprocess.run([*command, *files], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    told = json.loads((tmp_path / "grade.json").read_text())
    assert told["findings"][0]["kind"] == "overwrites"
    assert 0 < told["score"] < 1
    assert (tmp_path / "grade.svg").read_text().startswith("<svg")
    none = subprocess.run([*command[:-1], "nowhere.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert none.returncode == 2
    assert "nowhere.py" in none.stderr


def test_every_slip_is_of_a_kind_that_reports_know():
    every = [*slips.GENERAL, *(slip for each in slips.SPECIAL.values() for slip in each)]
    assert {slip.kind for slip in every} <= findings.KINDS.keys()


def test_graphs_drawn_by_chance_are_tame_and_become_smaller():
    dice = random.Random(3)
    for size in range(1, 9):
        graph = chance_graph(dice, size, ["neg", "tanh", "pow"], ["add", "mul", "sub"])
        assert set(graph.leaves) <= set(NUMBERS)
        assert all(abs(x) < 1e4 for x in graph.data + graph.grads)
        assert all(less.size < graph.size and less.grads for less in smaller(graph))


def test_the_right_gradients_are_those_of_the_rules():
    graph = Graph((3.0, 4.0, 5.0), (("mul", 0, 1), ("sub", 3, 2), ("mul", 4, 4)))
    assert graph.grads == [56.0, 42.0, -14.0, 14.0, 14.0, 1.0]  # by hand, in notebook 2
    assert graph.code()[1:] == ["d = a * b", "e = d - c", "f = e * e", "f.backward()"]


def test_the_example_for_nbgrader_gives_points_between_none_and_all(tmp_path):
    source = (ROOT / "examples" / "grading" / "nbgrader_cell.py").read_text()
    *body, last = source.splitlines()
    names = {"Value": autograd.Value}
    exec("\n".join(body), names)
    assert eval(last, names) == 10.0


def test_the_example_for_otter_passes_what_is_right():
    names = {}
    exec((ROOT / "examples" / "grading" / "otter_q1.py").read_text(), names)
    cases = [dedent(case["code"]) for suite in names["test"]["suites"] for case in suite["cases"]]
    parsed = doctest.DocTestParser().get_doctest("".join(cases), {"Value": autograd.Value}, "q1", None, 0)
    assert doctest.DocTestRunner().run(parsed) == (0, 4)


def test_the_example_for_gradescope_writes_a_line_for_each_check(tmp_path):
    (tmp_path / "value.py").write_text(dedent(changed("self.grad += out.grad", "self.grad = out.grad")))
    names = {"__name__": "example"}
    exec((ROOT / "examples" / "grading" / "gradescope.py").read_text(), names)
    names["main"](str(tmp_path / "value.py"), str(tmp_path / "results.json"))
    told = json.loads((tmp_path / "results.json").read_text())
    assert {"name": "overwrites", "score": 0, "max_score": 1} in told["tests"]
    assert "use `+=`" in told["output"]

"""Everything eager works where NumPy is missing, pictures too; what needs it says so in a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HIDE = """
import sys
sys.modules["numpy"] = None
import autograd
from autograd import *
"""


def run(code: str) -> str:
    """What a program prints on a machine without NumPy."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HIDE + code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_arithmetic_backward_and_tapes():
    code = """
x, y = Value(2.0, label="x"), Value(-3.0)
with Tape(sources=True) as tape, scope("here"):
    z = (2 * x + y**2 / 3 - 1).tanh() + autograd.max(x, y, 0.5) + abs(y) % 2 + linear([x, 1], [y, 2], 0.5)
tape.backward(z)
assert z.scope == "here" and "tanh" in str(tape) and "tanh" in tape._repr_html_()
assert x.grad and x > y and x != "x" and x == 2 and sum([x, y]).data == -1.0
with no_grad():
    assert (x * y).is_constant
with detect_anomaly():
    try:
        log(x - 2.0)
    except FloatingPointError as error:
        assert "log gave -inf" in str(error)
for wrong in ("text", None, [1.0], 1j):
    try:
        Value(wrong)
    except TypeError as error:
        assert "one real number" in str(error)
print(exp(0.0), floor(-2.5), round(x / 3, 2).data, round(softmax([x, x])[0].data, 9))
"""
    assert run(code) == "1.0 -3.0 0.67 0.5\n"


def test_verbs_of_every_kind_and_their_checks():
    code = """
f = lambda p: p["a"] ** 2 * p["b"][0] + exp(p["b"][1])
at = {"a": 2.0, "b": [3.0, 0.0]}
print(grad(f)(at), value_and_grad(f)(at)[0], grad(grad(lambda x: x**3))(2.0))
print(jacobian(lambda x: [x[0] * x[1], x[0] ** 2])([2.0, 3.0]), hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0]))
many = jacobian(lambda x: [x[k] * x[k - 1] for k in range(12)])([float(k) for k in range(12)])
print(many[3][:5], jvp(lambda x: [x[0] * x[1]], [2.0, 3.0], [1.0, 0.0]), hvp(lambda x: x[0] ** 3, [2.0], [1.0]))
value, pullback = vjp(lambda x: [x[0] * x[1], x[0]], [2.0, 3.0])
x = Value(3.0)
print(pullback([1.0, 1.0]), gradients(x * x, x), jacobian(lambda v: [x * v[0]])([2.0])[0][0].data)
backward([x * x, 5 * x], seeds=[1.0, 10.0])
with hook(x, print):
    (x * 2).backward()
print(gradcheck(lambda v: tanh(v[0]) * v[1], [0.3, 2.0]).operations)
derivative_table("tanh")
"""
    out = run(code)
    assert "{'a': 12.0, 'b': [4.0, 1.0]} 13.0 12.0\n[[3.0, 2.0], [4.0, 0.0]] [[10.0, 6.0], [6.0, 0.0]]\n" in out
    assert "[0.0, 0.0, 3.0, 2.0, 0.0] ([6.0], [3.0]) [12.0]\n[4.0, 2.0] 6.0 3.0\n2.0\n8\ntanh(x)" in out


def test_primitives_checkpoints_copies_and_files():
    code = """
import copy, math, pickle
@primitive(partials=lambda x, y: [1 / (x * (1 - x))])
def log_odds(x):
    return math.log(x / (1 - x))
@primitive(partials=lambda m, x, y: [3.0 * m.square(x)])
def cube(m, x):
    return x * x * x
@checkpoint
def steps(x):
    for _ in range(10):
        x = x - 0.1 * cube(x)
    return [x, {"more": log_odds(x / 10)}]
x = Value(0.5)
y = steps(x)[0]
y.backward()
z = sigmoid(x) * log_odds(x)
print(grad(grad(log_odds))(0.5), x.grad < 1, copy.deepcopy(z).data == z.data == from_json(to_json({"z": z}))["z"].data)
print(pickle.loads(pickle.dumps(z)).inputs[0].op)
"""
    assert run(code) == "0.0 True True\nsigmoid\n"


def test_pictures_of_every_kind(tmp_path):
    code = f"""
from pathlib import Path
a, b = Value(2.0, label="a"), Value(-3.0, label="b")
with scope("layer"):
    y = (a * b + 1.0).tanh()
y.backward()
assert "<svg" in draw(y)._repr_mimebundle_()["image/svg+xml"]
play(y).save(r"{tmp_path}/play.html")
slide(lambda x: draw(Value(x) * 2), x=[1.0, 2.0]).save(r"{tmp_path}/slide.html")
print(explain(y, a))
print(len(Path(r"{tmp_path}/play.html").read_text()) > 1000)
"""
    assert run(code).endswith("True\n")


@pytest.mark.parametrize(
    "needs",
    [
        "autograd.compile(lambda x: x * x)",
        "autograd.UncompiledWarning",
        "jacobian(lambda x: [x[0]], sparse=True)([1.0])",
        "hessian(lambda x: x[0] * x[1], sparse=True)([1.0, 2.0])",
        "Tape().compile(Value(1.0))",
    ],
)
def test_what_needs_numpy_says_so(needs):
    code = f"""
try:
    {needs}
except ImportError as error:
    print(error)
"""
    assert "needs NumPy, which is not installed: pip install numpy" in run(code)


def test_help_shows_what_is_there():
    code = """
import pydoc
print("tanh" in pydoc.render_doc(autograd), {"compile", "Compiled"} & {*dir(autograd)})
"""
    assert run(code) == "True set()\n"


def test_a_thread_may_import_numpy_meanwhile():
    code = """if True:
        import sys, types
        import autograd
        sys.modules["numpy"] = types.ModuleType("numpy")  # as it is at first, empty
        assert autograd.grad(lambda x: x * x)(3.0) == 6.0
    """
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize("order", ["import numpy as np; import autograd", "import autograd; import numpy as np"])
def test_numpy_may_be_imported_before_or_after(order):
    code = f"""if True:
        {order}
        from autograd import Value, grad
        x = Value(2.0)
        assert type(np.exp(x)) is type(np.float64(2) * x) is type(np.add(1, x)) is type(x)
        assert (np.array([[1.0, 2.0]]) @ np.array([x, x]))[0].data == 6.0
        assert np.float64(1) < x and x == np.float64(2) and Value(np.bool_(True)) == np.bool_(True)
        assert Value(np.array(3)).data == 3.0 and (x * np.array([1.0, 2.0]))[1].data == 4.0
        assert grad(lambda a: np.sum(a * a))(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]
    """
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True)

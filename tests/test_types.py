"""Types that editors see: stubs printed from the rows, programs of users under mypy and pyright."""

import ast
import inspect
import re
import runpy
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

import autograd
from autograd import Value
from autograd.core.ops import ROWS, TABLE

ROOT = Path(__file__).parent.parent
stub = runpy.run_path(str(ROOT / "docs" / "stub.py"))

# Programs as users write them. A line with "wrong" is an error to type checkers, and says which to mypy; no other is.
PROGRAMS = {
    "by_hand.py": '''
        """A network as micrograd's readers write it."""
        import random
        from collections.abc import Sequence

        from autograd import Value, draw, explain, mean, play, sum

        class Neuron:
            def __init__(self, nin: int, nonlin: bool = True) -> None:
                self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
                self.b = Value(0)
                self.nonlin = nonlin

            def __call__(self, x: Sequence[Value | float]) -> Value:
                act = sum(wi * xi for wi, xi in zip(self.w, x)) + self.b
                return act.relu() if self.nonlin else act

            def parameters(self) -> list[Value]:
                return [*self.w, self.b]

        class Layer:
            def __init__(self, nin: int, nout: int, nonlin: bool) -> None:
                self.neurons = [Neuron(nin, nonlin) for _ in range(nout)]

            def __call__(self, x: Sequence[Value | float]) -> list[Value]:
                return [neuron(x) for neuron in self.neurons]

        class MLP:
            def __init__(self, nin: int, nouts: list[int]) -> None:
                sizes = [nin, *nouts]
                self.layers = [Layer(a, b, b is not sizes[-1]) for a, b in zip(sizes, sizes[1:])]

            def __call__(self, x: Sequence[Value | float]) -> Value:
                for layer in self.layers:
                    x = layer(x)
                return sum(x)

            def parameters(self) -> list[Value]:
                return [p for layer in self.layers for neuron in layer.neurons for p in neuron.parameters()]

        def training(model: MLP, xs: list[list[float]], ys: list[float]) -> Value:
            losses, loss = [Value(0.0)], Value(0.0)
            for k in range(20):
                losses = [(1 - y * model(x)).relu() for x, y in zip(xs, ys)]
                loss = sum(losses) / len(losses) + 1e-4 * sum(p * p for p in model.parameters())
                for p in model.parameters():
                    p.grad = 0
                loss.backward()
                for p in model.parameters():
                    p.data -= (1.0 - 0.9 * k / 20) * p.grad
            return loss + mean(losses)

        random.seed(0)
        model = MLP(2, [3, 1])
        loss = training(model, [[2.0, 3.0], [1.0, -1.0]], [1.0, -1])
        loss.label = f"{loss.data:.3f}"
        print(draw(loss).svg, play(loss).html, explain(loss, model.parameters()[0]).paths)
        print(loss._prev, loss._op, loss.inputs[0].partials, abs(-loss) ** 2 % 3 // 1, round(loss, 2), loss < 3)
    ''',
    "with_nn.py": """
        import autograd
        import nn
        from autograd import Tape, Value, gradients, no_grad

        model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        with Tape() as tape:
            loss: Value = nn.mean_squared_error([model([1.0, 2.0])], [1.0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with no_grad():
            score: float = model([1.0, 2.0]).data
        weight = model.parameters()[0]
        print(len(tape), tape.nodes[0].data, gradients(loss, weight), autograd.grad(autograd.tanh)(score))
        nn.fit(model, [[1.0, 2.0], [0.0, 1.0]], [1.0, 0.0], loss=nn.mean_squared_error, epochs=1)
    """,
    "compiled.py": """
        import numpy as np

        import autograd
        from autograd import Compiled, Picture, Value, draw

        w = Value(2.0)

        @autograd.compile
        def plain(x: float, y: float = 1.0) -> Value:
            return (w * x - y) ** 2

        @autograd.compile(argnums=(0, 1), policy="raise", dtype=np.float32)
        def options(x: float, y: float) -> Value:
            return w * x * y

        @autograd.compile(batch=(0, "y"))
        def batch(x: float, y: float) -> Value:
            return w * x * y

        @autograd.compile(has_aux=True)
        def aux(x: float) -> tuple[Value, str]:
            return w * x, "twice"

        class Model:
            @autograd.compile
            def loss(self, x: float) -> Value:
                return w * x

        def steps(loss: Compiled[[float, float], float]) -> float:
            return loss.backward(1.0, 2.0)

        def picture(root: Value) -> Picture:
            return draw(root)

        loss: float = plain.backward(3.0, y=5.0) + Model().loss.backward(1.0) + steps(plain)
        value, gradient = plain.value_and_grad(3.0, 5.0)
        (number, text), by_x = aux.value_and_grad(3.0)
        print(plain(3.0), batch([1.0, 2.0], [3.0, 4.0]), batch.backward([1.0], [2.0]), value + number)
        print(options(1.0, 2.0), plain.program.source, plain.cache_info(), plain.flat([w]).gradient, plain.__name__)
        print(autograd.compile(lambda x: x * x)(3.0), autograd.compile(lambda x: x * x, batch=0)([3.0]))
    """,
    "wrong.py": """
        import math

        import autograd
        from autograd import Value

        x = Value(1.0)

        @autograd.compile
        def loss(x: float) -> Value:
            return autograd.tanh(Value(x))

        class Model:
            @autograd.compile
            def loss(self, x: float) -> Value:
                return Value(x)

        autograd.tahn(x)  # wrong: attr-defined
        x.tahn()  # wrong: attr-defined
        (x * x).tahn()  # wrong: attr-defined
        autograd.sum([x, x]).tahn()  # wrong: attr-defined
        autograd.tanh(1.0).backward()  # wrong: attr-defined
        autograd.tanh("1")  # wrong: call-overload
        autograd.tanh([x])  # wrong: call-overload
        autograd.maximum(x)  # wrong: call-overload
        autograd.sum(["1"])  # wrong: list-item
        x.tanh(2)  # wrong: call-arg
        x.maximum("2")  # wrong: arg-type
        x + "1"  # wrong: operator
        math.exp(x)  # wrong: arg-type
        float(x)  # wrong: arg-type
        Value("1")  # wrong: arg-type
        loss("1")  # wrong: arg-type
        loss(1.0, 2.0)  # wrong: call-arg
        loss.backward()  # wrong: call-arg
        loss.backwards(1.0)  # wrong: attr-defined
        Model().loss("1")  # wrong: arg-type
        autograd.compile(loss, policy="rise")  # wrong: call-overload
        autograd.draw(x, styl="wire")  # wrong: call-arg
        autograd.draw(x).sav("x.svg")  # wrong: attr-defined
    """,
}
RIGHT = [name for name in PROGRAMS if name != "wrong.py"]


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """A folder outside of the repository, with the programs in it."""
    folder = tmp_path_factory.mktemp("programs")
    for name, text in PROGRAMS.items():
        (folder / name).write_text(inspect.cleandoc(text) + "\n")
    return folder


def checked(program, folder, monkeypatch):
    """What a type checker says of the programs, where the package lies as if it was installed."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False).stdout


def wrong(folder):
    lines = (folder / "wrong.py").read_text().splitlines()
    return {("wrong.py", k, line.partition("# wrong: ")[2]) for k, line in enumerate(lines, 1) if "# wrong" in line}


def test_programs_of_users_pass_mypy_and_mistakes_are_errors(programs, monkeypatch):
    cache = ROOT / ".mypy_cache" / "programs"  # without it, this takes 7 s
    said = checked([sys.executable, "-m", "mypy", "--strict", f"--cache-dir={cache}", "."], programs, monkeypatch)
    found = re.findall(r"^(\w+\.py):(\d+): error: .*\[([\w-]+)\]$", said, re.MULTILINE)
    assert {(name, int(line), code) for name, line, code in found} == wrong(programs), said


@pytest.mark.skipif(not shutil.which("pyright"), reason="no pyright")
def test_pyright_finds_the_same(programs, monkeypatch):
    said = checked(["pyright", "--pythonpath", sys.executable, "."], programs, monkeypatch)
    found = {(name, int(line)) for name, line in re.findall(r"(\w+\.py):(\d+):\d+ - error", said)}
    assert found == {(name, line) for name, line, _ in wrong(programs)}, said


@pytest.mark.parametrize("name", RIGHT)
def test_the_programs_run(name, programs):
    assert runpy.run_path(str(programs / name))


def test_the_packages_say_that_they_are_typed():
    assert all(resources.files(package).joinpath("py.typed").is_file() for package in ("autograd", "nn"))


# The stubs.


def test_the_stubs_are_those_that_make_stub_writes():
    for path, text in stub["written"]().items():
        assert path.read_text(encoding="utf-8") == text, f"{path} is not what the rows say; run `make stub`"


def definitions(path, owner=None):
    """What a stub, or a class of it, defines: for each name its definitions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: dict[str, list] = {}
    for node in next(x for x in tree.body if getattr(x, "name", "") == owner).body if owner else tree.body:
        names = (
            [alias.asname for alias in node.names if alias.asname]
            if isinstance(node, ast.ImportFrom)
            else [node.target.id]
            if isinstance(node, ast.AnnAssign)
            else [getattr(node, "name", "_")]
        )
        for name in names:
            found.setdefault(name, []).append(node)
    return found


def test_the_stub_has_every_public_name_and_no_other():
    names = {name for name in definitions(stub["FUNCTIONS"]) if not name.startswith("_") or name == "__version__"}
    assert names - {"TABLE"} == set(dir(autograd))  # the table is for nn


def test_the_stub_gives_every_row_its_inputs():
    for name, ways in definitions(stub["FUNCTIONS"]).items():
        if name in TABLE:
            inputs = list(inspect.signature(getattr(autograd, name)).parameters)
            for way in (way.args for way in ways):
                assert [x.arg for x in (*way.args, *way.kwonlyargs, way.vararg) if x] == inputs, name


def test_the_stub_of_the_methods_has_all_that_the_class_itself_has_not():
    methods = definitions(stub["METHODS"], "Methods")
    own = definitions(ROOT / "autograd" / "core" / "value.py", "Value")
    assert set(methods) >= {op.name for op in ROWS}
    assert {name for name in dir(Value(1.0)) if not name.startswith("_")} <= {*methods, *own}
    assert all(hasattr(Value, name) for name in methods)


def test_the_stub_has_the_options_of_compile():
    options = definitions(stub["FUNCTIONS"], "_Options")
    assert {"function", "batch", "has_aux", *options} == set(inspect.signature(autograd.compile).parameters)


@pytest.mark.parametrize("owner", [None, "Compiled"])
def test_the_stub_says_the_same_as_the_package(owner):
    for name, ways in definitions(stub["FUNCTIONS"], owner).items():
        for way in ways:
            says = ast.get_docstring(way) if isinstance(way, ast.FunctionDef | ast.ClassDef) else None
            if says:
                assert inspect.getdoc(getattr(getattr(autograd, owner) if owner else autograd, name)).startswith(says)

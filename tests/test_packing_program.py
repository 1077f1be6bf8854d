"""A program prints itself, runs on its own, and is saved to a plain file."""

import random
import subprocess
import sys

import numpy as np
import pytest
from packing_graphs import random_function

import autograd
from autograd import Value
from autograd.compiling import GuardError, Program
from autograd.compiling.graph.simplify import simplify
from autograd.compiling.graph.sums import gather_sums
from autograd.compiling.graph.trace import trace
from autograd.compiling.numpy.blocks import Blocks
from autograd.compiling.packing.pack import pack
from autograd.compiling.programs import listing


def network(width=8, samples=6):
    draw = random.Random(0)
    weights = [[Value(draw.uniform(-1, 1)) for _ in range(width)] for _ in range(width)]
    rows = [[draw.uniform(-1, 1) for _ in range(width)] for _ in range(samples)]

    def loss():
        with autograd.scope("hidden"):
            hidden = [[autograd.tanh(sum(w * x for w, x in zip(unit, row))) for unit in weights] for row in rows]
        with autograd.scope("loss"):
            return sum(h * h for units in hidden for h in units)

    return loss, [w for unit in weights for w in unit]


def test_a_program_lists_its_blocks_with_shapes_and_scopes():
    loss, _ = network()
    f = autograd.compile(loss)
    f()
    assert [" ".join(line.split()) for line in str(f.program).splitlines()] == [
        "863 operations, 64 parameters, 0 arguments, in 3 blocks",
        "block operation results reads from",
        "0 dot 6 x 8 constants @ parameters, 8 terms hidden",
        "1 tanh 48 #0 hidden",
        "2 dot 1 #1 @ #1, 48 terms loss",
    ]


def test_the_printed_source_runs_with_numpy_alone(tmp_path):
    loss, parameters = network()
    f = autograd.compile(loss)
    value = f.backward()
    numbers = [one.data for one in parameters]
    file = tmp_path / "program.py"
    file.write_text(f.program.source)
    graph = f.program.packed.graph
    at, first = f.program.packed.position[graph.outputs[0]], graph.first_parameter
    code = (
        f"import sys; sys.modules['autograd'] = None; sys.path.insert(0, {str(tmp_path)!r}); from program import *\n"
        f"shared[{first}:{first + len(numbers)}] = {numbers}; forward(); d_shared[{at}] = 1.0; reverse()\n"
        f"print(repr([float(shared[{at}]), *d_shared[{first}:{first + len(numbers)}].tolist()]))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert eval(printed.stdout) == [value, *(one.grad for one in parameters)]


@pytest.mark.parametrize("seed", range(20))
def test_the_printed_source_of_a_random_graph_computes_what_the_program_does(seed):
    function = random_function(seed, 3, 25)
    x = [Value(number) for number in (0.3, -0.7, 1.1)]
    graph, _, _ = trace(lambda: function(x), x, [False] * 3)
    blocks = Blocks(pack(gather_sums(simplify(graph))), float)
    numbers, wanted = np.array([0.3, -0.7, 1.1]), b"\1\1\1"
    space = {}
    with np.errstate(all="ignore"):
        outputs, _, slopes, _ = blocks.run([numbers], None, wanted, 1.0)
        exec(listing.source(blocks, wanted), space)
        first, at = blocks.graph.first_parameter, blocks.packed.position[blocks.graph.outputs[0]]
        space["shared"][first : first + 3] = numbers
        space["forward"]()
        space["d_shared"][at] = 1.0
        space["reverse"]()
    assert space["shared"][at] == outputs[0, 0]
    assert np.array_equal(space["d_shared"][first : first + 3], slopes)


def test_straight_lines_print_as_python():
    f = autograd.compile(lambda a, b: (a + b) * autograd.exp(b))
    f(1.0, 2.0)
    assert f.program.form == "straight"
    assert "v2 = v0 + v1" in f.program.source
    assert "exp(v1)" in f.program.source
    assert str(f.program) == "3 operations, 0 parameters, 2 arguments, in straight"


def test_a_saved_program_runs_without_its_function(tmp_path):
    loss, parameters = network()
    f = autograd.compile(lambda scale, extra: loss() * scale + extra["a"][0] * extra["a"][1])
    value = f(2.0, {"a": (3.0, 4.0)})
    f.program.save(tmp_path / "program.json")
    loaded = Program.load(tmp_path / "program.json")
    assert loaded(2.0, {"a": (3.0, 4.0)}) == value
    for one in parameters:
        one.zero_grad()
    f.backward(2.0, {"a": (3.0, 4.0)})
    found, by_parameters, by_arguments = loaded.value_and_gradients(2.0, {"a": (3.0, 4.0)})
    assert found == value
    assert by_parameters.tolist() == [one.grad for one in parameters]
    assert by_arguments[1] == {"a": (4.0, 3.0)}
    assert loaded(1.0, {"a": (3.0, 4.0)}, parameters=np.zeros(64)) == 12.0


def test_a_program_takes_truth_values_beside_numbers_as_it_was_recorded_with_them(tmp_path):
    f = autograd.compile(lambda x: x["a"] * 2.0 if x["is it"] else x["a"])
    given = {"a": 3, "is it": True, "none": None}
    assert f(given) == 6.0
    f.program.save(tmp_path / "program.json")
    assert f.program(given) == Program.load(tmp_path / "program.json")(given) == 6.0


def test_a_saved_batch_program_runs_any_number_of_samples(tmp_path):
    f = autograd.compile(lambda w, x: w * x, batch="x")
    f(2.0, x=[1.0])
    f.program.save(tmp_path / "program.json")
    assert Program.load(tmp_path / "program.json")(3.0, x=[1.0, 2.0, 3.0]) == [3.0, 6.0, 9.0]


def test_a_saved_program_refuses_what_it_was_not_recorded_for(tmp_path):
    w = Value(2.0)
    f = autograd.compile(lambda x: (-x, w * x)[x > 0])  # an index is no choice
    f(1.0)
    f.program.save(tmp_path / "program.json")
    loaded = Program.load(tmp_path / "program.json")
    assert loaded(3.0) == 6.0
    with pytest.raises(GuardError, match="comparison with > that was True"):
        loaded(-1.0)
    with pytest.raises(ValueError, match="recorded for arguments"):
        loaded([1.0])
    with pytest.raises(ValueError, match="has 1 parameters, but 2 are given"):
        loaded(1.0, parameters=[1.0, 2.0])
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ValueError, match="not a program"):
        Program.load(tmp_path / "other.json")


def test_primitives_are_packed_like_the_rows_of_the_table():
    @autograd.primitive(partials=lambda m, x, y: [3.0 * m.square(x)])
    def packing_cube(m, x):
        return x * x * x

    @autograd.primitive(partials=lambda x, y: [2.0 * x])
    def packing_square(x):
        return x * x

    f = autograd.compile(lambda xs: sum(packing_cube(x) + packing_square(x) for x in xs), batch=0, reduce="sum")
    value, slopes = f.value_and_grad([[1.0, 2.0], [3.0, 4.0]])
    assert value == 1 + 8 + 27 + 64 + 1 + 4 + 9 + 16
    assert slopes == [[5.0, 16.0], [33.0, 56.0]]


def test_a_program_shows_labels_and_keeps_them_in_its_file(tmp_path):
    weights = [[Value(0.1 * (i + j), label=f"w{4 * i + j}") for j in range(4)] for i in range(16)]
    biases = [Value(0.0) for _ in range(16)]

    def f(x):
        with autograd.scope("hidden"):
            hidden = [autograd.tanh(sum(w * a for w, a in zip(row, x)) + b) for row, b in zip(weights, biases)]
        for k, one in enumerate(hidden):
            one.label = f"h{k}"
        return sum(hidden)

    compiled = autograd.compile(f, batch=0)
    compiled([[1.0] * 4])
    shown = str(compiled.program)
    assert "arguments @ w0 ... w63 + parameters, 4 terms" in shown
    assert shown.splitlines()[3].endswith("hidden: h0 ... h15")
    compiled.program.save(tmp_path / "program.json")
    assert str(autograd.compiling.Program.load(tmp_path / "program.json")) == shown


def test_a_label_of_what_is_written_twice_or_left_out_does_no_harm():
    w = Value(2.0, label="w")

    def f(x):
        twice = [+w * a for a in x] + [w * a for a in x]
        unused = twice[0] * 3.0
        known = Value(1.0) * 2.0
        for one, label in ((twice[-1], "last"), (unused, "unused"), (known, "known")):
            one.label = label
        return sum(autograd.exp(one) for one in twice) * known

    compiled = autograd.compile(f, batch=0)
    assert compiled([[0.0] * 40]).tolist() == [160.0]
    assert "w" in str(compiled.program)
    assert "unused" not in str(compiled.program)

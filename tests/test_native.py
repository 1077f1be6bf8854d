"""Machine code computes what NumPy's calls do: on random graphs, in batches of any size, and step after step."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from packing_graphs import random_function

import autograd
import nn
from autograd import Value
from autograd.packing.blocks import Blocks
from autograd.packing.graph import OPS
from autograd.packing.pack import pack
from autograd.packing.rows import Rows
from autograd.packing.simplify import simplify
from autograd.packing.straight import Straight
from autograd.packing.sums import gather_sums
from autograd.packing.trace import trace

pytest.importorskip("numba")

from autograd.native import is_native
from autograd.native.rows import NativeRows
from autograd.native.run import Native
from autograd.native.straight import NativeStraight


def packed(function, sizes, parameters=(), wide=True):
    x = [Value(0.1 * k) for k in range(sizes)]
    graph, _, found = trace(lambda: function([*x, *parameters]), x, [wide] * len(x))
    return pack(gather_sums(simplify(graph))), [one.data for one in found]


def close(found, expected, tolerance=1e-9):
    return all(np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True) for a, b in zip(found, expected))


def seeds(count, fast):
    return [pytest.param(seed, marks=pytest.mark.slow) if seed >= fast else seed for seed in range(count)]


@pytest.mark.parametrize("seed", seeds(300, fast=12))
def test_machine_code_agrees_with_numpy_on_a_random_graph(seed):
    draw = np.random.default_rng(seed)
    parameters = [Value(x) for x in draw.uniform(-2, 2, seed % 4)]
    inputs = 1 + seed % 5
    function = random_function(seed, inputs + len(parameters), int(draw.integers(1, 25)))
    for wide in (True, False) if seed % 3 == 0 else (True,):
        graph, numbers = packed(function, inputs, parameters, wide)
        native, blocks = Native(graph), Blocks(graph, float)
        wanted = b"\1" * (len(numbers) + inputs)
        for samples in ((1, 20) if seed % 2 else (3, 70)) if wide else (1,):
            x = draw.uniform(-2, 2, (inputs, samples))
            given = ([np.array(numbers)], x) if wide else ([np.array(numbers), x[:, 0]], None)
            with np.errstate(all="ignore"):
                found, expected = native.run(*given, wanted, 0.5), blocks.run(*given, wanted, 0.5)
            made = native.kernel(native.lanes(samples if wide else 1), wanted)
            assert made or "round" in {OPS[node[0]].name for node in graph.graph.nodes}  # the one word no kernel knows
            assert [x.shape for x in found if x.size] == [x.shape for x in expected if x.size]
            assert close(found, expected)


SHAPES = [(1, 3, 2, 1), (5, 1, 4, 3), (2, 7, 5, 9), (4, 8, 16, 16), (1, 20, 33, 4), (6, 5, 1, 40)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("batch", ["rows", "columns", "both", "neither"])
def test_products_of_any_shape_and_any_side_in_lanes(shape, batch):
    heads, rows, columns, terms = shape
    draw = np.random.default_rng(0)

    def products(a, b):
        each = [
            autograd.linear(a[h][i], b[h][j], a[0][i][0])
            for h in range(heads)
            for i in range(rows)
            for j in range(columns)
        ]
        return autograd.sum([autograd.tanh(x) * (k % 3 - 0.7) for k, x in enumerate(each)])

    a, b = draw.normal(size=(heads, rows, terms)), draw.normal(size=(heads, columns, terms))
    named = {"rows": (0,), "columns": (1,), "both": (0, 1), "neither": ()}[batch]
    many = [np.stack([x * (1 + k) for k in range(11)]) if place in named else x for place, x in enumerate((a, b))]
    results = []
    for native in (True, False):
        f = autograd.compile(products, batch=named, argnums=(0, 1), native=native)
        value, slopes = f.value_and_grad(*(x if place in named else x.tolist() for place, x in enumerate(many)))
        results.append((value, *map(np.array, slopes)))
    assert close(*results)


@pytest.mark.parametrize("apart", [True, False])
def test_a_loss_written_sample_by_sample_is_machine_code_whatever_the_order_of_its_parameters(apart):
    w = [[Value(0.1 * i - 0.2 * j) for j in range(3)] for i in range(8)]  # the last of a row may be the bias
    b = [Value(0.3 * i) for i in range(8)] if apart else [row[2] for row in w]
    v = [Value(0.05 * k - 0.2) for k in range(8)]
    data = np.random.default_rng(0).normal(size=(20, 3)).tolist()

    def loss():
        total = 0.0
        for x, y, target in data:
            hidden = [autograd.relu(row[0] * x + row[1] * y + one) for row, one in zip(w, b)]
            total = total + (autograd.dot(hidden, v) - target) ** 2
        return total

    parameters = [*(x for row in w for x in row), *(b if apart else []), *v]

    def gradient(native):
        f = autograd.compile(loss, native=native)
        for one in parameters:
            one.zero_grad()
        value = f.backward()
        if native:
            assert f.program.native.kernel(1, b"\1" * f.program.graph.parameters)
        return value, [one.grad for one in parameters]

    assert close(gradient(True), gradient(False))


def of_layers(x, y):
    return (model(list(x)) - y) ** 2


model = nn.MLP(3, [8, 5, 1], activation="tanh", seed=0)


@pytest.mark.parametrize("samples", [1, 2, 8, 9, 32, 33, 64, 65, 200])
def test_a_batch_of_any_size_fills_its_tiles(samples):
    draw = np.random.default_rng(samples)
    x, y = draw.normal(size=(samples, 3)), draw.normal(size=samples)
    results = []
    for native in (True, False):
        f = autograd.compile(of_layers, batch=(0, 1), native=native)
        for one in model.parameters():
            one.zero_grad()
        results.append([f(x, y), f.backward(x, y), [one.grad for one in model.parameters()]])
    assert close(*results)


def test_two_threads_share_the_samples_and_add_up_their_derivatives():
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(301, 3)), draw.normal(size=301)
    one, two = (autograd.compile(of_layers, batch=(0, 1), native=True, threads=threads) for threads in (1, 2))
    assert close([one(x, y), *one.value_and_grad(x, y)], [two(x, y), *two.value_and_grad(x, y)])


def test_many_threads_of_python_use_one_function():
    draw = np.random.default_rng(0)
    f = autograd.compile(of_layers, batch=(0, 1), native=True)
    data = [(draw.normal(size=(40, 3)), draw.normal(size=40)) for _ in range(8)]
    expected = [f(*one) for one in data]
    found = [None] * len(data)

    def work(k):
        for _ in range(50):
            found[k] = f(*data[k])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(data))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(a, b) for a, b in zip(found, expected))


@pytest.mark.parametrize("seed", seeds(200, fast=40))
def test_lines_with_nothing_to_pack_agree_with_python_on_a_random_graph(seed):
    draw = np.random.default_rng(seed)
    parameters = [Value(x) for x in draw.uniform(-2, 2, seed % 4)]
    inputs = 1 + seed % 5
    function = random_function(seed, inputs + len(parameters), int(draw.integers(1, 25)))
    x = [Value(0.1 * k) for k in range(inputs)]
    graph, _, found = trace(lambda: function([*x, *parameters]), x, [False] * inputs)
    native, python = NativeStraight(graph), Straight(graph)
    wanted = bytes(draw.integers(0, 2, len(found) + inputs).tolist())
    for _ in range(5):
        given = [np.array([one.data for one in found]), draw.uniform(-2, 2, inputs)]
        for asked in (b"", wanted):
            results, failed, slopes, _ = native.run(given, None, asked, 1.0)
            expected = python.run(given, None, asked, 1.0)
            assert close([results, failed, slopes], expected[:3])
    words = {OPS[node[0]].name for node in graph.nodes}
    assert native.loops() or "round" in words


@pytest.mark.parametrize("seed", seeds(200, fast=40))
def test_the_interpreter_agrees_with_python_on_a_random_graph(seed):
    draw = np.random.default_rng(seed)
    parameters = [Value(x) for x in draw.uniform(-2, 2, seed % 4)]
    inputs = 1 + seed % 5
    function = random_function(seed, inputs + len(parameters), int(draw.integers(1, 25)))
    x = [Value(0.1 * k) for k in range(inputs)]
    graph, _, found = trace(lambda: function([*x, *parameters]), x, [False] * inputs)
    native, python = NativeRows(graph), Rows(graph)
    wanted = bytes(draw.integers(0, 2, len(found) + inputs).tolist())
    for numbers in (draw.uniform(-2, 2, inputs), draw.choice([0.0, -0.0, 1.0, np.inf, -np.inf, np.nan], inputs)):
        given = [np.array([one.data for one in found]), numbers]
        for asked in (b"", wanted):
            results, failed, slopes, _ = native.run(given, None, asked, 0.5)
            expected = python.run(given, None, asked, 0.5)
            assert close([results, failed, slopes * np.frombuffer(wanted, bool)], [*expected[:2], expected[2]])
    groups = {OPS[node[0]].name for node in graph.nodes if any(OPS[node[0]].groups)}
    words = {OPS[node[0]].name for node in graph.nodes}
    assert native.loops() or groups - {"sum", "dot", "linear"} or "round" in words


def test_a_graph_too_long_to_be_printed_is_interpreted():
    w = Value(0.5)

    def f(xs):
        state = list(xs)
        for k in range(700):
            turned = state[1:] + state[:1]
            state = [a + 0.001 * (autograd.sin(b) - w * a) for a, b in zip(state, turned)]
            if k % 100 == 0:
                state[0] = state[0] + autograd.dot(state, turned) * 0.01 + autograd.linear(xs, xs, 0.5) * 0.001
        return autograd.sum(state) if state[0] > -5.0 else state[1]

    native, eager = autograd.compile(f, native=True), [Value(0.1 * k) for k in range(5)]
    value, slopes = native.value_and_grad([x.data for x in eager])
    root = f(eager)
    root.backward()
    assert native.program.form == "rows"
    assert close([value, slopes], [root.data, [x.grad for x in eager]])
    assert "if code == 0:" in native.program.loops
    expected = w.grad
    w.zero_grad()
    native.backward([x.data for x in eager])
    assert close([w.grad], [expected])
    assert native([-50.0, 0.0, 0.0, 0.0, 0.0]) == f([-50.0, 0.0, 0.0, 0.0, 0.0]).data
    assert native.cache_info().turned == 1


def test_a_long_chain_with_a_word_that_is_not_known_runs_in_python():
    def f(x):
        for _ in range(13_000):
            x = autograd.round(x * 1.001, 3.0) + x * 0.001
        return x

    native, python = (autograd.compile(f, native=choice) for choice in (True, False))
    assert close(native.value_and_grad(0.3), python.value_and_grad(0.3))


def test_lines_with_nothing_to_pack_are_machine_code_where_that_will_do():
    def f(a, b):
        top = a if a > b else b
        return top * autograd.exp(a) + autograd.sqrt(b) + autograd.round(a) * 0.0 if b < 0.0 else top * b + a**3

    native, python = (autograd.compile(f, argnums=(0, 1), native=choice) for choice in (True, False))
    for given in [(1.0, 2.0), (2.0, 1.0), (-1.0, 0.0), (0.5, -0.0), (1.0, -2.0), (3, 4), (float("inf"), 1.0)]:
        for _ in range(2):  # the second time by a printed function
            assert close([native(*given)], [python(*given)])
            assert close(native.value_and_grad(*given), python.value_and_grad(*given))
    assert native.program.form == "straight"
    assert "def run(" in native.program.loops
    assert "results[0] = " in native.program.loops


def test_a_group_in_lines_is_written_out_and_an_index_that_is_none_still_raises():
    def f(a, b, k):
        return autograd.dot([a, b], [b, a]) + autograd.logsumexp([a, b, a * b]) * autograd.pick([a, b, 3.0], k)

    native, python = (autograd.compile(f, argnums=(0, 1), native=choice) for choice in (True, False))
    for k in range(3):
        assert close(native.value_and_grad(0.5, -1.5, k), python.value_and_grad(0.5, -1.5, k))
    assert "run(" in native.program.loops
    for wrong in (3, -1, 0.5, float("nan")):
        with pytest.raises(IndexError):
            native.value_and_grad(0.5, -1.5, wrong)


def test_a_comparison_that_turns_is_noticed():
    def f(x):
        return x * 2.0 if x > 0.0 else autograd.exp(x) + autograd.sum([x * k for k in range(40)])

    native, numpy = (autograd.compile(f, batch=0, native=choice) for choice in (True, False))
    x = np.array([1.0, -2.0, 3.0, -0.5, float("nan"), 0.0])
    assert close([native(x), *native.value_and_grad(x[:4])], [numpy(x), *numpy.value_and_grad(x[:4])])
    assert native.cache_info().turned == 1


def test_an_index_that_is_none_raises_as_elsewhere():
    def f(xs, k):
        return autograd.pick([x * 2.0 for x in xs], k) + autograd.sum([x * x for x in xs])

    for size in (5, 50):
        native = autograd.compile(f, batch=(0, 1), native=True)
        xs = np.arange(2.0 * size).reshape(2, size)
        assert native(xs, [1, size - 1]).tolist() == [f(list(xs[0]), 1), f(list(xs[1]), size - 1)]
        for wrong in (size, -1, 0.5, float("nan")):
            with pytest.raises(IndexError):
                native(xs, [0, wrong])


def test_an_adjoint_of_zero_passes_nothing_on_to_an_infinite_slope():
    def f(x):
        return autograd.where(x, autograd.sqrt(x), 1.0) + autograd.sum([x * k for k in range(40)])

    native = autograd.compile(f, batch=0, native=True)
    _, slopes = native.value_and_grad([0.0, 4.0])
    assert slopes.tolist() == [780.0 / 2, (780.25) / 2]


def test_a_group_too_large_to_be_written_out_is_a_loop():
    def f(xs):
        return (
            autograd.logsumexp(xs) + autograd.max(xs) * autograd.min(xs) + autograd.norm(xs) + autograd.var(xs)
        ) * autograd.sum(xs) + autograd.mean(xs)

    xs = np.random.default_rng(0).normal(size=(6, 50))
    results = [autograd.compile(f, batch=0, native=native).value_and_grad(xs) for native in (True, False)]
    assert close(*results)


@pytest.mark.parametrize("batch_size", [1, 7, 32, 100])
@pytest.mark.parametrize("kind", ["SGD", "momentum", "Adam", "schedule"])
def test_epochs_in_one_kernel_give_the_weights_of_steps_one_by_one(kind, batch_size):
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(100, 3)), draw.normal(size=100)
    order = np.concatenate([draw.permutation(100) for _ in range(3)])

    def trained(native):
        learner = nn.MLP(3, [6, 1], activation="tanh", seed=1)
        f = autograd.compile(lambda x, y: (learner(list(x)) - y) ** 2, batch=(0, 1), native=native)
        parameters = list(learner.parameters())
        optimizer = {
            "SGD": lambda: nn.SGD(parameters, lr=0.05, weight_decay=0.01),
            "momentum": lambda: nn.SGD(parameters, lr=0.02, momentum=0.9, nesterov=True),
            "Adam": lambda: nn.Adam(parameters, lr=0.01),
            "schedule": lambda: nn.SGD(parameters, lr=nn.schedules.Cosine(0.1, 400)),
        }[kind]()
        flat = f.flat(parameters)
        losses = flat.epochs(optimizer, x, y).run(order, batch_size)
        return [losses, flat.data, flat.gradient, *optimizer.memory.values(), optimizer.steps_done]

    found, expected = trained(True), trained(False)
    assert len(found[0]) == -(-300 // batch_size)
    assert close(found, expected)


def test_a_step_that_cannot_be_made_leaves_all_as_it_was():
    w = Value(1.0)
    f = autograd.compile(lambda x: (w * x) ** 2 + autograd.sum([w * k for k in range(30)]), batch=0, native=True)
    flat = f.flat([w])
    optimizer = nn.SGD([w], lr=0.001)
    steps = flat.epochs(optimizer, np.array([1.0, 2.0, float("inf"), 1.0]))
    losses = steps.run(np.array([0, 1, 0, 2, 1]), 1)
    assert len(losses) == 3 == optimizer.steps_done
    assert np.isfinite(flat.data).all()


def test_a_rule_that_has_no_more_than_an_update_is_followed_step_by_step():
    class Descent:
        def update(self, data, gradient):
            data -= 0.01 * gradient

    w = Value(2.0)
    flat = autograd.compile(lambda x: (w * x - 1.0) ** 2, batch=0, native=True).flat([w])
    steps = flat.epochs(Descent(), np.array([1.0, 2.0, 4.0]))
    assert close([steps.run([0, 1, 2], 2), flat.data], [[5.0, 45.1584], [1.3924]])


def test_a_long_chain_is_compiled_as_it_is():
    def chain(w, x):
        for _ in range(6000):
            x = w * x + 0.1
        return x

    native, python = (autograd.compile(chain, argnums=(0, 1), native=choice) for choice in (True, False))
    assert close(native.value_and_grad(0.999, 0.25), python.value_and_grad(0.999, 0.25))
    assert native.program.form == "straight"
    assert native.program.loops.count("\n") > 16_000


def test_a_long_way_of_few_numbers_is_compiled_in_seconds():
    def f(*x):
        for _ in range(50):
            x = [a + 0.01 * (b * c - 0.5 * a) for a, b, c in zip(x, x[1:] + x[:1], x[2:] + x[:2])]
        return autograd.sum(x)

    x = [0.3 + 0.01 * k for k in range(30)]
    native, numpy = (autograd.compile(lambda x: f(*x), native=choice) for choice in (True, False))
    start = time.process_time()
    found = native.value_and_grad(x)
    assert time.process_time() - start < 15.0
    assert np.isfinite(found[0])
    assert close(found, numpy.value_and_grad(x))
    assert "part_1(p, q, w, d)" in native.program.loops


PROGRAM = """
import time, numpy as np, autograd, nn
model = nn.MLP(2, [4, 1], seed=0)
f = autograd.compile(lambda x: model(list(x)), batch=0, native=True)
print(f(np.ones((3, 2))).tolist())
"""


def run(**environment):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    ).stdout


def test_machine_code_is_kept_on_disk_and_damage_to_it_is_noticed(tmp_path):
    first = run(AUTOGRAD_CACHE=str(tmp_path))
    kept = max(tmp_path.iterdir(), key=lambda path: path.stat().st_size)  # the others hold words
    code = kept.read_bytes()
    assert run(AUTOGRAD_CACHE=str(tmp_path)) == first
    kept.write_bytes(code[: len(code) // 2])
    assert run(AUTOGRAD_CACHE=str(tmp_path)) == first
    assert kept.read_bytes()[:32] == code[:32] or len(kept.read_bytes()) > len(code) // 2
    assert run(AUTOGRAD_CACHE="") == first
    (tmp_path / "file").write_text("")
    assert run(AUTOGRAD_CACHE=str(tmp_path / "file" / "below")) == first


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers")
def test_ctrl_c_does_not_wait_for_the_compiler(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    f = autograd.compile(of_layers, batch=(0, 1), native=True)
    with monkeypatch.context() as patch:
        patch.setenv("AUTOGRAD_CACHE", "")
        patch.setattr("autograd.native.kernel._functions", {})
        patch.setattr("autograd.native.kernel._compiled", lambda text, takes, gives: time.sleep(3.0))
        handler = signal.signal(signal.SIGALRM, interrupt)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            start = time.perf_counter()
            with pytest.raises(KeyboardInterrupt):
                f(np.ones((2, 3)), np.ones(2))
            assert time.perf_counter() - start < 2.0
        finally:
            signal.signal(signal.SIGALRM, handler)
    assert f(np.ones((2, 3)), np.ones(2)).shape == (2,)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers")
def test_ctrl_c_does_not_wait_for_the_compiler_of_whole_epochs(monkeypatch):
    from autograd.native import kernel

    compiled = kernel._compiled

    def interrupt(*_):
        signal.raise_signal(signal.SIGINT)

    def slow(text, *rest):
        if "order" not in text:
            return compiled(text, *rest)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        return time.sleep(3.0)

    monkeypatch.setenv("AUTOGRAD_NATIVE", "1")
    monkeypatch.setenv("AUTOGRAD_CACHE", "")
    monkeypatch.setattr(kernel, "_functions", {})
    monkeypatch.setattr(kernel, "_compiled", slow)
    model = nn.MLP(2, [3, 1], seed=0)
    training = nn.Training(
        model, [[0.0, 1.0], [1.0, 0.0]] * 8, [1.0, 0.0] * 8, loss=nn.squared_error, batch_size=4, epochs=50
    )
    handler = signal.signal(signal.SIGALRM, interrupt)
    try:
        start = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            training.run()
        assert time.perf_counter() - start < 2.8
    finally:
        signal.signal(signal.SIGALRM, handler)
    monkeypatch.setattr(kernel, "_compiled", compiled)
    assert training.run().epochs == 50


def test_what_is_recorded_again_is_not_compiled_again(monkeypatch):
    def made():
        return autograd.compile(lambda a, b: a * b + autograd.sqrt(a) * 1.25, native=True)(4.0, 3.0)

    first = made()
    monkeypatch.setattr("autograd.native.kernel._compiled", None)
    monkeypatch.setenv("AUTOGRAD_CACHE", "")
    assert first == made() == 14.5


def test_old_machine_code_makes_room(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_CACHE", str(tmp_path))
    monkeypatch.setattr("autograd.native.disk._MOST", 2)
    monkeypatch.setattr("autograd.native.kernel._functions", {})
    for k in range(4):
        f = autograd.compile(lambda x, k=k: autograd.sum([x * i for i in range(40 + k)]), batch=0, native=True)
        f([1.0, 2.0])
    assert len(list(tmp_path.iterdir())) == 2


def test_the_loops_of_a_program_can_be_read():
    f = autograd.compile(of_layers, batch=(0, 1), native=True)
    f(np.ones((2, 3)), np.ones(2))
    assert "# back through tanh: 8 for each sample" in f.program.loops
    assert "for n in range(8):" in f.program.loops
    g = autograd.compile(of_layers, batch=(0, 1), native=False)
    g(np.ones((2, 3)), np.ones(2))
    with pytest.raises(ValueError, match="not as machine code"):
        print(g.program.loops)


def test_only_some_of_the_ways_through_a_function_are_compiled():
    def f(x, limits):
        return autograd.sum([x * k if x > one else -x * k for k, one in enumerate(limits)])

    g = autograd.compile(f, native=True)
    limits = [float(k) for k in range(30)]
    for k in range(12):
        assert g(k + 0.5, limits) == f(k + 0.5, limits)
    assert g.cache_info().turned == 11
    assert g.program.native is None


def test_native_is_where_numba_is_unless_it_is_turned_off(monkeypatch):
    monkeypatch.delenv("AUTOGRAD_NATIVE", raising=False)
    assert is_native(None)
    assert not is_native(False)
    monkeypatch.setenv("AUTOGRAD_NATIVE", "0")
    assert not is_native(None)
    assert is_native(True)


def test_without_numba_it_is_missed_only_where_it_is_asked_for(monkeypatch):
    monkeypatch.delenv("AUTOGRAD_NATIVE", raising=False)
    monkeypatch.setattr("autograd.native.find_spec", lambda name: None)
    assert not is_native(None)
    assert autograd.compile(lambda x: x * x)(3.0) == 9.0
    with pytest.raises(ModuleNotFoundError, match="pip install"):
        autograd.compile(lambda x: x * x, native=True)


def test_sums_of_squares_and_of_their_products_with_others():
    def f(xs, ws):
        rows = [xs[k : k + 10] for k in range(0, 40, 10)]
        lengths = [autograd.dot(row, row) for row in rows]
        return autograd.sum(lengths) * autograd.dot(ws, ws) + autograd.dot(lengths, ws) + autograd.linear(ws, ws, ws[0])

    draw = np.random.default_rng(0)
    xs, ws = draw.normal(size=(5, 40)), draw.normal(size=4)
    for batch in (0, ()):
        given = (xs, ws) if batch == 0 else (xs[0], ws)
        results = [
            autograd.compile(f, batch=batch, argnums=(0, 1), native=k).value_and_grad(*given) for k in (True, False)
        ]
        assert close(results[0][:1], results[1][:1])
        assert close(results[0][1], results[1][1])

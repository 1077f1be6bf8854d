"""Machine code computes what NumPy's calls do: on random graphs, in batches of any size, and step after step."""

import threading
import time

import numpy as np
import pytest
from packing_graphs import seeds

import autograd
import nn
from autograd import Value
from autograd.compiling.graph.graph import OPS
from autograd.compiling.graph.simplify import simplify
from autograd.compiling.graph.sums import gather_sums
from autograd.compiling.numpy.blocks import Blocks
from autograd.compiling.packing.pack import pack

pytest.importorskip("llvmlite")

from native_graphs import close, model, of_layers, recorded

from autograd.compiling.native.blocks import NativeBlocks


@pytest.mark.parametrize("seed", seeds(300, fast=6))
def test_machine_code_agrees_with_numpy_on_a_random_graph(seed):
    for batched in (True, False) if seed % 3 == 0 else (True,):
        recording, numbers, inputs, draw = recorded(seed, batched)
        graph = pack(gather_sums(simplify(recording)))
        native, blocks = NativeBlocks(graph), Blocks(graph, float)
        wanted = b"\1" * (len(numbers) + inputs)
        for samples in ((1, 20) if seed % 2 else (3, 70)) if batched else (1,):
            x = draw.uniform(-2, 2, (inputs, samples))
            given = ([numbers], x) if batched else ([numbers, x[:, 0]], None)
            with np.errstate(all="ignore"):
                found, expected = native.run(*given, wanted, 0.5), blocks.run(*given, wanted, 0.5)
            made = native.kernel(native.lanes(samples if batched else 1), wanted)
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


def test_a_comparison_that_turns_is_noticed():
    def f(x):
        if x > 0.0:
            return x * 2.0
        xs = [x * 0]
        xs.extend(x * k for k in range(1, 40))  # which a choice would not do
        return autograd.exp(x) + autograd.sum(xs)

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


def test_the_loops_of_a_program_can_be_read():
    f = autograd.compile(of_layers, batch=(0, 1), native=True)
    f(np.ones((2, 3)), np.ones(2))
    assert "# back through tanh: 8 for each sample" in f.program.loops
    assert "for n in range(8):" in f.program.loops
    g = autograd.compile(of_layers, batch=(0, 1), native=False)
    g(np.ones((2, 3)), np.ones(2))
    with pytest.raises(ValueError, match="not as machine code"):
        print(g.program.loops)


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

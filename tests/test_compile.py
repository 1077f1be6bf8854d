"""`autograd.compile`: arguments, parameters, batches, guards, and what is refused."""

import asyncio
import gc
import threading
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

import autograd
from autograd import UncompiledWarning, Value


class Pair(NamedTuple):
    left: float
    right: float


def test_lists_dicts_tuples_and_arrays_come_in_and_gradients_go_out_alike():
    f = autograd.compile(lambda p: p["a"] * p["b"][0] + p["c"].sum() * p["b"][1] + p["d"].left * p["d"].right)
    value, gradient = f.value_and_grad({"a": 2.0, "b": (3, 4.0), "c": np.array([[1.0, 2.0]]), "d": Pair(5.0, 6.0)})
    assert value == 48.0
    assert gradient["a"] == 3.0
    assert gradient["b"] == (2.0, 3.0)
    assert gradient["c"].tolist() == [[4.0, 4.0]]
    assert gradient["d"] == Pair(6.0, 5.0)


def test_results_keep_the_arrangement_the_function_returns():
    f = autograd.compile(lambda x: {"double": [2 * x, (x, 1)], "name": "x"})
    assert f(3.0) == {"double": [6.0, (3.0, 1.0)], "name": "x"}


def test_whatever_is_no_number_is_passed_on_and_chooses_the_program():
    f = autograd.compile(lambda x, kind: x * x if kind == "square" else x + x)
    assert (f(3.0, "square"), f(3.0, "double"), f(5.0, kind="square")) == (9.0, 6.0, 25.0)


def test_parameters_are_read_at_each_call_and_collect_gradients():
    w = Value(2.0)
    f = autograd.compile(lambda x: w * x)
    assert f(3.0) == 6.0
    w.data = 5.0
    assert f(3.0) == 15.0
    assert f.backward(3.0) == 15.0
    f.backward(4.0)
    assert w.grad == 7.0


def test_a_value_given_as_an_argument_collects_its_gradient():
    x = Value(3.0)
    f = autograd.compile(lambda x, y: x * x * y)
    assert f.backward(x, 2.0) == 18.0
    assert x.grad == 12.0


def test_a_result_computed_before_passes_its_gradient_on():
    w = Value(3.0)
    square = w * w
    f = autograd.compile(lambda x: square * x)
    f.backward(2.0)
    assert w.grad == 12.0


def test_a_value_that_the_function_makes_starts_each_call_anew():
    def count(xs):
        total = Value(10.0)
        for x in xs:
            total = total + x
        return total

    f = autograd.compile(count)
    assert (f([1.0, 2.0]), f([3.0, 4.0])) == (13.0, 17.0)


def test_an_argument_the_result_does_not_depend_on_has_gradient_zero():
    f = autograd.compile(lambda x, y: 2 * x, argnums=(0, 1))
    assert f.value_and_grad(1.0, 2.0) == (2.0, (2.0, 0.0))
    assert autograd.compile(lambda x: 7.0).value_and_grad(1.0) == (7.0, 0.0)


def test_whole_numbers_choose_through_pick():
    table = [Value(x) for x in (1.0, 10.0, 100.0)]
    f = autograd.compile(lambda k: autograd.pick(table, k) * 2)
    assert [f(k) for k in (0, 1, 2)] == [2.0, 20.0, 200.0]
    f.backward(1)
    assert [x.grad for x in table] == [0.0, 2.0, 0.0]


@pytest.mark.parametrize("index", [-1, 3, 0.5])
@pytest.mark.parametrize("batch", [(), (0,)])
def test_an_index_that_there_is_not_raises_as_in_the_function_itself(index, batch):
    table = [Value(x) for x in (1.0, 10.0, 100.0)]
    f = autograd.compile(lambda k: autograd.pick(table, k), batch=batch)
    f([0] if batch else 0)
    with pytest.raises(IndexError, match=f"no value at index {index:g}; give a whole number from 0 to 2"):
        f([0, index] if batch else index)


def test_indices_that_repeat_in_a_batch_add_up():
    table = [Value(x) for x in (1.0, 10.0, 100.0)]
    f = autograd.compile(lambda k: autograd.pick(table, k) ** 2, batch=0, reduce="sum")
    assert f([2, 0, 2, 2]).tolist() == [1e4, 1.0, 1e4, 1e4]
    f.backward([2, 0, 2, 2])
    assert [x.grad for x in table] == [2.0, 0.0, 600.0]


# Batches.


def test_a_batch_is_named_by_position_or_by_name():
    def f(w, x):
        return w * x

    for batch in (1, "x", (1,), ["x"]):
        compiled = autograd.compile(f, batch=batch)
        assert compiled(2.0, [1.0, 2.0]).tolist() == [2.0, 4.0]
        assert compiled(2.0, x=[1.0, 2.0]).tolist() == [2.0, 4.0]


def test_derivatives_of_a_batch_are_those_of_the_mean_or_of_the_sum():
    for reduce, share in (("mean", 0.5), ("sum", 1.0)):
        f = autograd.compile(lambda w, x: w * x * x, batch="x", argnums=(0, 1), reduce=reduce)
        value, (by_w, by_x) = f.value_and_grad(3.0, [1.0, 2.0])
        assert value == 15.0 * share
        assert by_w == 5.0 * share
        assert by_x.tolist() == [6.0 * share, 12.0 * share]


def test_structured_samples_and_results_come_one_per_sample():
    f = autograd.compile(lambda s: [s["a"] + s["b"][0], s["b"][1]], batch=0)
    samples = {"a": [1.0, 2.0], "b": [[3.0, 4.0], [5.0, 6.0]]}
    assert f(samples) == [[4.0, 4.0], [7.0, 6.0]]
    g = autograd.compile(lambda s: s["a"] * s["b"][0] * s["b"][1], batch=0, reduce="sum")
    value, by = g.value_and_grad(samples)
    assert value == 72.0
    assert by["a"].tolist() == [12.0, 30.0]
    assert by["b"] == [[4.0, 3.0], [12.0, 10.0]]


def test_samples_may_be_lists_of_dicts():
    f = autograd.compile(lambda s: s["a"] * s["b"], batch=0)
    assert f([{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}]).tolist() == [2.0, 12.0]


@pytest.mark.parametrize("samples", [1, 2, 33, 5000])
def test_large_batches_run_in_tiles_and_come_out_the_same(samples):
    weights = [[0.1 * (i + j) for j in range(20)] for i in range(20)]

    def f(weights, x):
        return sum(autograd.tanh(sum(w * one for w, one in zip(row, x))) for row in weights)

    x = np.random.default_rng(samples).normal(size=(samples, 20))
    compiled = autograd.compile(f, batch="x", argnums=(0, 1))
    hidden = np.tanh(x @ np.array(weights).T)
    value, (by_weights, by_x) = compiled.value_and_grad(weights, x)
    slope = (1 - hidden**2) / samples
    assert np.allclose(compiled(weights, x), hidden.sum(axis=1), rtol=1e-12)
    assert np.isclose(value, hidden.sum(axis=1).mean(), rtol=1e-12)
    assert np.allclose(by_weights, slope.T @ x, rtol=1e-9, atol=1e-13)
    assert np.allclose(by_x, slope @ np.array(weights), rtol=1e-9, atol=1e-13)


def test_single_precision_keeps_single_precision():
    f = autograd.compile(lambda x: autograd.exp(x) * autograd.sigmoid(x), batch=0, dtype=np.float32)
    x = np.linspace(-3, 3, 50)
    found = f(x)
    assert found.dtype == np.float32
    assert np.allclose(found, np.exp(x) / (1 + np.exp(-x)), rtol=1e-5)


# Guards.


def piecewise(x):
    kind = "square" if x > 1.0 else "mirror" if x < 0.0 else "line"  # texts, so that it stays a guard
    return {"square": x * x, "mirror": -x, "line": 3 * x}[kind]


def test_a_comparison_that_turns_records_the_other_way_and_both_are_kept():
    f = autograd.compile(piecewise)
    assert [f(x) for x in (2.0, -1.0, 0.5, 3.0, -2.0, 0.25)] == [4.0, 1.0, 1.5, 9.0, 2.0, 0.75]
    info = f.cache_info()
    assert (info.recordings, info.programs, info.turned) == (3, 3, 2)
    assert "test_compile.py" in info.last_turned
    assert [f.value_and_grad(x)[1] for x in (2.0, -1.0, 0.5, 3.0)] == [4.0, -1.0, 3.0, 6.0]
    assert f.cache_info().recordings == 3


def test_a_batch_is_split_where_samples_go_different_ways():
    f = autograd.compile(piecewise, batch=0, reduce="sum")
    x = np.array([2.0, -1.0, 0.5, 3.0, -2.0, 0.25])
    for _ in range(2):
        assert f(x).tolist() == [4.0, 1.0, 1.5, 9.0, 2.0, 0.75]
        value, slopes = f.value_and_grad(x)
        assert value == 18.25
        assert slopes.tolist() == [4.0, -1.0, 3.0, 6.0, -1.0, 3.0]
    assert f.cache_info().recordings == 3


def test_the_policy_raise_names_the_comparison_and_its_line():
    f = autograd.compile(piecewise, policy="raise")
    assert f(2.0) == 4.0
    with pytest.raises(ValueError, match=r"comparison with > .* True .*test_compile.py:\d+.* policy='record'"):
        f(0.5)
    assert f(3.0) == 9.0


def test_lists_of_six_lengths_have_a_large_program_each_and_nobody_is_warned():
    def f(xs):
        total = sum(xs)
        for _ in range(1600):
            total = total * 0.5 + total * total * 0.01
        return total

    compiled = autograd.compile(f, native=False)
    for size in [*range(3, 9), 3, 8]:
        xs = [0.25 * k for k in range(size)]
        assert compiled(xs) == pytest.approx(f(xs), rel=1e-12)
    assert compiled.cache_info().recordings == 6


def test_guards_that_turn_at_every_call_give_right_answers_in_bounded_memory():
    f = autograd.compile(lambda x, n: x + sum(1 for k in range(80) if n > k))
    with pytest.warns(UncompiledWarning, match=r"a comparison with > .* came out otherwise"):
        assert [f(0.5, float(n)) for n in range(80)] == [n + 0.5 for n in range(80)]
    assert f.cache_info().programs <= 17


def test_a_recursion_that_compares_is_recorded_at_each_depth_once():
    def halve(x, times=0):
        return (x, times) if x < 1.0 else halve(x / 2, times + 1)

    f = autograd.compile(halve)
    for _ in range(2):
        assert [f(x) for x in (0.5, 3.0, 100.0, 1000.0)] == [(0.5, 0), (0.75, 2), (0.78125, 7), (0.9765625, 10)]
    assert f.cache_info().programs == 4


@pytest.mark.parametrize("batch", [(), (0,)])
def test_comparisons_with_nan_come_out_as_in_the_function(batch):
    def f(x):
        return x * 2 if x > 0.0 else x * 3 if x != x else x * 5

    compiled = autograd.compile(f, batch=batch)
    xs = [1.0, float("nan"), -1.0]
    found = compiled(xs) if batch else [compiled(x) for x in xs]
    assert np.array_equal(found, [2.0, float("nan"), -5.0], equal_nan=True)


def test_equality_and_truth_are_comparisons_too():
    f = autograd.compile(lambda x: x if x else x + 7.0)
    assert [f(0.0), f(2.0), f(0.0)] == [7.0, 2.0, 7.0]


# What stays as in eager runs.


def test_the_branch_not_taken_gives_nothing_even_where_its_partial_is_infinite():
    for form in ((), (0,)):
        compiled = autograd.compile(lambda x: autograd.where(autograd.step(x), autograd.sqrt(x), x), batch=form)
        given = [0.0, 4.0] if form else 0.0
        _, slope = compiled.value_and_grad(given)
        assert np.array_equal(slope, [0.5, 0.125]) if form else slope == 1.0


def test_an_adjoint_of_zero_passes_nothing_through_a_matrix_of_infinities():
    def f(w, x):
        hidden = [autograd.relu(sum(a * b for a, b in zip(row, x))) for row in w]
        return sum(hidden)

    w, x = [[-1.0, -2.0], [1.0, 2.0], [-1.0, 0.0]] * 8, [1.0, float("inf")]
    values = [[Value(a) for a in row] for row in w], [Value(a) for a in x]
    f(*values).backward()
    compiled = autograd.compile(f, argnums=(0, 1))
    _, (by_w, by_x) = compiled.value_and_grad(w, x)
    assert compiled.program.form == "blocks"
    assert np.array_equal(by_w, [[a.grad for a in row] for row in values[0]], equal_nan=True)
    assert np.array_equal(by_x, [a.grad for a in values[1]], equal_nan=True)


def test_what_is_detached_or_computed_without_gradient_is_computed_anew_but_passes_none_back():
    def f(x):
        with autograd.no_grad():
            scale = x * x
        return x * scale + x.detach() * x

    for batch in ((), (0,)):
        compiled = autograd.compile(f, batch=batch, reduce="sum")
        for x in (2.0, 3.0):
            value, slope = compiled.value_and_grad([x] if batch else x)
            assert value == x**3 + x**2
            assert float(np.squeeze(slope)) == x**2 + x


def test_a_call_within_an_open_tape_or_no_grad_is_the_same():
    w = Value(2.0)
    f = autograd.compile(lambda x: w * x)
    with autograd.Tape() as tape, autograd.no_grad():
        assert f.backward(3.0) == 6.0
    assert w.grad == 3.0
    assert len(tape) == 0


def test_a_compiled_function_within_another_is_recorded_with_it():
    inner = autograd.compile(lambda x: x * x)
    outer = autograd.compile(lambda x: inner(x) + inner(2.0))
    assert outer.value_and_grad(3.0) == (13.0, 6.0)


def test_one_program_serves_many_threads():
    f = autograd.compile(lambda x: sum(autograd.sin(a) * b for a, b in pairwise(x)), batch=0)
    batches = [np.random.default_rng(k).normal(size=(k + 1, 40)) for k in range(8)]
    expected = [f(x) for x in batches]
    wrong = []

    def work(k):
        wrong.extend(k for _ in range(30) if not np.array_equal(f(batches[k]), expected[k]))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_recorded_graph_is_gone_when_the_program_is_made():
    f = autograd.compile(lambda x: sum(x) * 2)
    gc.collect()
    before = sum(issubclass(type(one), Value) for one in gc.get_objects())
    f([1.0] * 500)
    assert sum(issubclass(type(one), Value) for one in gc.get_objects()) <= before


def test_a_chain_of_a_hundred_thousand_operations_compiles():
    def chain(x):
        for _ in range(100_000):
            x = autograd.sin(x)
        return x

    value, slope = autograd.compile(chain).value_and_grad(1.0)
    x = Value(1.0)
    y = chain(x)
    y.backward()
    assert (value, slope) == (y.data, x.grad)


# What is refused.


def test_a_compiled_function_given_values_is_differentiated_through():
    cube = autograd.compile(lambda x: x * x * x)
    assert cube(2.0) == 8.0
    assert autograd.grad(cube)(2.0) == 12.0
    assert autograd.grad(autograd.grad(cube))(2.0) == 12.0
    x = Value(2.0)
    y = cube(x * 1.0)
    y.backward()
    assert (y.data, x.grad) == (8.0, 12.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: autograd.compile(3), "compile takes a function, not 3"),
        (lambda: autograd.compile(abs, reduce="max"), "reduce is 'mean' or 'sum', not 'max'"),
        (lambda: autograd.compile(abs, policy="ignore"), "policy is 'record' or 'raise', not 'ignore'"),
        (lambda: autograd.compile(abs, dtype=int), "dtype is numpy.float64 or numpy.float32"),
        (lambda: autograd.compile(lambda x: x, batch="y"), "batch names the argument 'y', but the function has x"),
        (lambda: autograd.compile(lambda x: x, batch=1), "batch names the argument at position 1"),
        (lambda: autograd.compile(lambda x: x, batch=0)([]), "has no samples, and no samples have no result"),
        (lambda: autograd.compile(lambda x: x, batch=0)(3.0), "needs one entry for each sample"),
        (lambda: autograd.compile(lambda x, y: x * y, batch=(0, 1))([1.0], [1.0, 2.0]), r"samples.*\[1, 2\]"),
        (lambda: autograd.compile(lambda x: x[0], batch=0)([[1.0], [1.0, 2.0]]), "samples of 0 differ in shape"),
        (lambda: autograd.compile(lambda x: x).program, "there is no program yet"),
        (lambda: autograd.compile(lambda x: [x, x]).value_and_grad(1.0), "the gradient is that of one number"),
        (lambda: autograd.compile(lambda x: x).backward(1.0), "finds no Value to add a gradient to"),
        (lambda: autograd.compile(lambda x: x).value_and_grad(), "no argument 0 to differentiate by"),
        (lambda: autograd.compile(lambda x: x).backward(Value(1.0) * 2), "pass its number with x.data"),
        (lambda: autograd.compile(lambda x, y: x * y, batch=0)([1.0], Value(1.0) * 2), "pass its number with x.data"),
        (lambda: autograd.compile(lambda x: x)({1, 2}), "takes numbers, sequences, dicts, arrays and hashable"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


# Parameters that are replaced.


class Model:
    def __init__(self, *weights):
        self.weights = [Value(w) for w in weights]

    def __call__(self, x):
        return sum(w * x for w in self.weights)


def test_a_parameter_replaced_by_a_value_or_by_a_number_is_noticed():
    model = Model(1.0, 2.0)
    for f in (autograd.compile(model), autograd.compile(lambda x: model(x))):
        model.weights = [Value(1.0), Value(2.0)]
        assert f(3.0) == 9.0
        model.weights[0] = Value(5.0)
        assert f(3.0) == 21.0
        f.backward(3.0)
        assert [w.grad for w in model.weights] == [3.0, 3.0]
        model.weights[1] = 10.0
        assert f(3.0) == 45.0


def test_another_number_of_parameters_is_noticed():
    model = Model(1.0, 2.0)
    f = autograd.compile(model, batch=0)
    assert f([1.0]).tolist() == [3.0]
    model.weights.append(Value(4.0))
    assert f([1.0]).tolist() == [7.0]
    del model.weights[:2]
    assert f([1.0]).tolist() == [4.0]


def test_a_variable_bound_to_another_value_is_noticed():
    w = Value(2.0)
    f = autograd.compile(lambda x: w * x)
    assert f(1.0) == 2.0
    w = Value(3.0)
    assert f(1.0) == 3.0


# Tapes.


def test_a_tape_compiles_what_was_recorded_on_it():
    with autograd.Tape() as tape:
        w = [Value(1.0 + k) for k in range(30)]
        before = [a * b for a, b in pairwise(w)]
        root = sum(before) * before[0]
    f = tape.compile(root)
    assert f() == root.data
    root.backward()
    expected = [one.grad for one in w]
    for one in w:
        one.zero_grad()
    f.backward()
    assert [one.grad for one in w] == pytest.approx(expected, rel=1e-14)
    w[0].data = 7.0
    assert f() != root.data


def test_a_tape_refuses_numbers_that_turn_its_comparisons():
    x = Value(2.0)
    with autograd.Tape() as tape:
        y = x * x if x > 0 else -x
    f = tape.compile(y)
    assert f() == 4.0
    x.data = -2.0
    with pytest.raises(ValueError, match="comparison with > that was True"):
        f()


def test_a_result_computed_between_two_openings_of_a_tape_is_a_parameter():
    x = Value(2.0)
    tape = autograd.Tape()
    with tape:
        first = x * x
    between = x * 10
    with tape:
        y = first * between
    f = tape.compile(y)
    assert f() == 80.0
    f.backward()
    assert x.grad == 120.0


def test_what_another_thread_computes_while_a_function_is_recorded_is_refused():
    w = Value(3.0)

    def f(x):
        made = []
        thread = threading.Thread(target=lambda: made.append(autograd.sin(x) * w))
        thread.start()
        thread.join()
        return made[0] * x

    with pytest.raises(ValueError, match="by another thread while the function was recorded"):
        autograd.compile(f)(2.0)


def test_a_compiled_function_within_another_is_recorded_with_it_and_its_gradient_is_refused():
    inner = autograd.compile(lambda x: x * x * x)
    outer = autograd.compile(lambda x: inner(x) * x)
    assert [outer.value_and_grad(x) for x in (2.0, 3.0)] == [(16.0, 32.0), (81.0, 108.0)]
    for x in (2.0, Value(2.0)):
        for ask in (inner.value_and_grad, inner.backward):
            with pytest.raises(TypeError, match="would keep for ever; differentiate the function itself"):
                autograd.compile(lambda y, ask=ask, x=x: ask(x) * y)(1.0)
    assert inner.value_and_grad(2.0) == (8.0, 12.0)


def in_threads(work, count):
    threads = [threading.Thread(target=work, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("size", [1, 40])
def test_threads_that_record_and_call_one_function_get_the_results_of_their_own_numbers(size):
    w, found = Value(0.5), {}

    @autograd.compile
    def f(xs):
        y = autograd.sum([autograd.sin(x * w) for x in xs])
        return y * w if xs[0] > 2.0 else y

    def work(k):
        found[k] = {repr(f.value_and_grad([0.5 * k] * size)) for _ in range(100)}

    in_threads(work, 8)
    for k in range(8):
        f.value_and_grad([0.5 * k] * size)  # by the program for it, whichever is tried first
        assert found[k] == {repr(f.value_and_grad([0.5 * k] * size))}


def test_tasks_of_asyncio_call_one_function_in_turns_and_in_threads():
    w = Value(3.0)
    f = autograd.compile(lambda x: autograd.sin(x) * w)

    async def calls(k):
        found = []
        for _ in range(10):
            found += [f(0.1 * k), await asyncio.to_thread(f, 0.1 * k)]
        return found

    async def gathered():
        return await asyncio.gather(*[calls(k) for k in range(5)])

    for k, found in enumerate(asyncio.run(gathered())):
        assert found == [f.function(Value(0.1 * k)).data] * 20


def test_a_method_may_be_decorated_and_each_instance_has_its_programs():
    class Line:
        def __init__(self, slope):
            self.slope = Value(slope)

        @autograd.compile(batch="x", reduce="sum")
        def height(self, x):
            return self.slope * x

    a, b = Line(2.0), Line(3.0)
    for line in (a, b, a):
        assert line.height([1.0, 2.0]).tolist() == [line.slope.data, 2 * line.slope.data]
    assert b.height.backward([1.0, 2.0]) == 9.0
    assert (a.slope.grad, b.slope.grad) == (0.0, 3.0)
    assert a.height.cache_info().recordings == 1


def test_recording_leaves_the_collector_as_it_was():
    def fails(x):
        assert not gc.isenabled()
        raise ArithmeticError(x)

    for enabled in (True, False):
        (gc.enable if enabled else gc.disable)()
        try:
            with pytest.raises(ArithmeticError):
                autograd.compile(fails)(1.0)
            assert autograd.compile(lambda x: x * gc.isenabled())(1.0) == 0.0
            assert gc.isenabled() == enabled
        finally:
            gc.enable()


@pytest.mark.parametrize("kind", [list, tuple, dict])
def test_a_list_that_may_compute_in_a_way_of_its_own_is_refused(kind):
    class Mine(kind):
        def __getitem__(self, key):
            return 10.0 * super().__getitem__(key)

    compiled = autograd.compile(lambda x: x[0])
    with pytest.raises(TypeError, match=f"a Mine is more than its entries; pass {kind.__name__}\\(x\\)"):
        compiled(Mine({0: 1.0} if kind is dict else [1.0]))

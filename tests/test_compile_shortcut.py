"""Repeated calls of a compiled function: the printed short way gives what the long way gave, or leaves it to that."""

from typing import NamedTuple

import numpy as np
import pytest

import autograd
from autograd import Value


class Pair(NamedTuple):
    left: object
    right: object


ROWS = np.arange(1.0, 61.0).reshape(20, 3) / 7

# Arguments, each with the function that makes a list of the numbers in it.
ARGUMENTS = {
    "number": (2.5, lambda a: [a]),
    "array": (ROWS, lambda a: [x for row in a for x in row]),
    "whole numbers": (np.arange(40), list),
    "cube": (ROWS.reshape(2, 10, 3), lambda a: list(a.reshape(-1))),
    "transposed": (ROWS.T, lambda a: list(a[0]) + list(a[2])),
    "list": (ROWS[:, 0].tolist(), list),
    "lists": (ROWS.tolist(), lambda a: [x for row in a for x in row]),
    "list of arrays": ([ROWS[0], ROWS, 3.0], lambda a: [*a[0], *a[1].reshape(-1), a[2]]),
    "dict": ({"w": ROWS, "b": [1.0, 2.0], "n": 4.0}, lambda a: [*a["w"].reshape(-1), *a["b"], a["n"]]),
    "named tuple": (Pair(ROWS, (1.0, "text")), lambda a: [*a.left.reshape(-1), a.right[0]]),
    "nothing": (None, lambda a: [1.0]),
    "empty": ([(), 1.0], lambda a: [a[1]]),
}
SAMPLES = {
    "numbers": (ROWS[:, 1], lambda a: [a]),
    "list": (ROWS[:, 1].tolist(), lambda a: [a]),
    "rows": (ROWS, list),
    "lists": (ROWS.tolist(), list),
    "matrices": (ROWS.reshape(10, 2, 3), lambda a: list(a.reshape(-1))),
    "whole numbers": (np.arange(20), lambda a: [a]),
    "dict": ({"a": ROWS, "b": ROWS[:, 0].tolist()}, lambda a: [*a["a"], a["b"]]),
    "tuples": ([(1.0, 2.0), (3.0, 4.0)], list),
}


def squares(numbers):
    return sum(autograd.tanh(0.1 * x) * x for x in numbers)


def twice(samples):
    if isinstance(samples, dict):
        return {key: twice(x) for key, x in samples.items()}
    return np.concatenate([samples, samples]) if isinstance(samples, np.ndarray) else samples + samples


def same(found, expected):
    if isinstance(expected, dict):
        return type(found) is dict and list(found) == list(expected) and same([*found.values()], [*expected.values()])
    if isinstance(expected, list | tuple):
        return type(found) is type(expected) and len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, np.ndarray):
        return found.shape == expected.shape and found.dtype == expected.dtype and np.array_equal(found, expected)
    return type(found) is type(expected) and found == expected


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", ARGUMENTS)
def test_a_repeated_call_is_the_first_again(kind, dtype, monkeypatch):
    argument, numbers = ARGUMENTS[kind]
    w = Value(1.5)
    f = autograd.compile(lambda a, b: squares(numbers(a)) * w + b, argnums=(1, 0), dtype=dtype)
    first = f(argument, 2.0), f.value_and_grad(argument, 2.0), f.backward(argument, 2.0)
    once = w.grad
    monkeypatch.setattr("autograd.compiling.versions.versions.given", None)  # which the long way begins with
    assert same((f(argument, 2.0), f.value_and_grad(argument, 2.0), f.backward(argument, 2.0)), first)
    assert (w.grad, f.cache_info().recordings) == (2 * once, 1)
    w.data = 3.0
    assert f(argument, 2.0) == pytest.approx(2 * first[0] - 2.0, rel=1e-6)


@pytest.mark.parametrize("reduce", ["mean", "sum"])
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_repeated_batch_is_the_first_again_with_any_number_of_samples(kind, reduce, monkeypatch):
    samples, numbers = SAMPLES[kind]
    w = Value(1.5)
    f = autograd.compile(lambda a, b: squares(numbers(a)) * w * b[0], batch=0, argnums=(0, 1), reduce=reduce)
    for given in (samples, twice(samples)):
        first = f(given, [2.0]), f.value_and_grad(given, [2.0]), f.backward(given, [2.0])
        if kind != "tuples":
            monkeypatch.setattr("autograd.compiling.versions.versions.given", None)  # which the long way begins with
        assert same((f(given, [2.0]), f.value_and_grad(given, [2.0]), f.backward(given, [2.0])), first)
    assert f.cache_info().recordings == 1


def test_arguments_of_another_kind_or_size_go_the_long_way():
    f = autograd.compile(lambda x: sum(one * one for one in x))
    calls = [np.ones(30), np.ones(20), [1.0] * 30, [1] * 30, (1.0,) * 30, np.ones(30, np.float32), [Value(1.0)] * 30]
    sizes = [30, 20, 30, 30, 30, 30]
    for _ in range(2):
        assert [f(x) for x in calls[:-1]] == sizes
        assert f(calls[-1]).data == 30.0
        assert [type(f.value_and_grad(x)[1]) for x in calls[:-1]] == [type(x) for x in calls[:3]] + [
            list,
            tuple,
            np.ndarray,
        ]


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ((np.ones((5, 2)), np.ones(4)), r"as many entries as there are samples, but here \[4, 5\]"),
        ((np.ones((0, 2)), np.ones(0)), "no samples"),
        (([], []), "no samples"),
    ],
)
def test_samples_that_do_not_fit_are_refused_after_others_too(samples, message):
    f = autograd.compile(lambda x, y: x[0] * x[1] - y, batch=(0, 1))
    for _ in range(2):
        f(np.ones((5, 2)), np.ones(5))
    with pytest.raises(ValueError, match=message):
        f(*samples)


def test_a_comparison_that_turns_in_a_repeated_batch_splits_it():
    f = autograd.compile(lambda x: (-x, x * x)[x > 0], batch=0, reduce="sum")  # an index is no choice
    for x in ([1.0, 2.0], [3.0, 4.0], [3.0, -4.0], [1.0, -2.0], [-1.0, -2.0], [-3.0, -2.0], [3.0, 4.0]):
        assert f(x).tolist() == [a * a if a > 0 else -a for a in x]
        assert f.value_and_grad(np.array(x))[1].tolist() == [2 * a if a > 0 else -1.0 for a in x]
    assert f.cache_info().recordings == 2


def test_a_repeated_call_within_another_function_is_recorded_with_it():
    w = Value(3.0)
    inner = autograd.compile(lambda x: w * x)
    assert inner(2.0) == inner(2.0) == 6.0
    outer = autograd.compile(lambda x: inner(2.0) * x)
    assert outer.backward(5.0) == 30.0
    assert w.grad == 10.0


def test_the_program_knows_what_the_parameters_were_in_a_repeated_call(tmp_path):
    weights = [Value(0.1 * k) for k in range(30)]
    f = autograd.compile(lambda x: sum(w * w * x for w in weights))
    f(np.array([1.0])[0])
    for w in weights:
        w.data = 1.0
    assert f(2.0) == f(2.0) == 60.0
    f.program.save(tmp_path / "program.json")
    assert autograd.compiling.Program.load(tmp_path / "program.json")(2.0) == 60.0


@pytest.mark.parametrize("native", [False, True])
def test_whole_numbers_and_those_of_numpy_take_the_short_way_too(native):
    if native:
        pytest.importorskip("llvmlite")
    f = autograd.compile(lambda a, b: a * b + autograd.exp(a), argnums=(0, 1), native=native)
    expected = f.value_and_grad(2.0, 3.0)
    f.versions.run = None  # the long way would fail
    for a, b in [(2, 3), (2, 3.0), (np.float64(2.0), 3), (2.0, np.float64(3.0))]:
        value, slopes = f.value_and_grad(a, b)
        assert (value, slopes) == expected
        assert {type(x) for x in (value, *slopes)} == {float}
    with pytest.raises(ValueError, match="beyond the range of a float"):
        f.value_and_grad(10**400, 1.0)

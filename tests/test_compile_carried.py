"""Numbers that a compiled function reads by `data` are those of each call."""

import copy
import gc
import json
import math
import pickle
import random

import numpy as np
import pytest
from packing_graphs import seeds
from reading_programs import reading_program

import autograd
from autograd import Value
from autograd.compiling.graph.carried import Carried
from autograd.compiling.graph.simplify import simplify
from autograd.compiling.graph.sums import gather_sums
from autograd.compiling.graph.trace import trace
from autograd.compiling.graph.tracer import Tracer
from autograd.compiling.numpy.blocks import Blocks
from autograd.compiling.packing.pack import pack
from autograd.compiling.python.interpreter import Interpreter
from autograd.compiling.python.lines import PythonLines


class Case:
    """A random program that reads numbers, with parameters, and rows of arguments."""

    def __init__(self, seed, special=()):
        self.draw, self.special = random.Random(-1 - seed), special
        self.program = reading_program(seed, verbs=not special)
        self.parameters = [Value(0.0) for _ in range(2)]
        self.move()

    def move(self):
        """Other numbers for all."""
        for parameter in self.parameters:
            parameter.data = self._number()
        self.rows = [[self._number() for _ in range(2)] for _ in range(3)]

    def _number(self):
        return self.draw.choice(self.special) if self.special else self.draw.uniform(-2, 2)

    def eager(self, row):
        """The results, and the gradients by arguments and parameters; or the class of the error."""
        xs = list(map(Value, row))
        for parameter in self.parameters:
            parameter.zero_grad()
        try:
            loss, numbers = self.program(xs, self.parameters)
        except (ArithmeticError, TypeError, ValueError) as error:
            return type(error)
        loss.backward()
        return [loss.data, *numbers], [x.grad for x in xs], [x.grad for x in self.parameters]


def answer(call):
    try:
        return call()
    except (ArithmeticError, TypeError, ValueError) as error:
        return type(error)


def assert_close(found, expected):
    assert found is expected or np.allclose(found, expected, rtol=1e-7, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("seed", seeds(800, fast=60))
def test_a_program_that_reads_numbers_gives_what_it_gives_eagerly(seed):
    case = Case(seed)
    both = autograd.compile(lambda xs: case.program(xs, case.parameters), native=False)
    loss = autograd.compile(lambda xs: case.program(xs, case.parameters)[0], native=False)
    for _ in range(3):
        for row in case.rows:
            expected = case.eager(row)
            if isinstance(expected, type):
                assert answer(lambda row=row: both(row)) is expected
                continue
            results, by_row, by_parameters = expected
            value, numbers = both(row)
            assert_close([value, *numbers], results)
            value, slopes = loss.value_and_grad(row)
            assert_close([value, *slopes], [results[0], *by_row])
            for parameter in case.parameters:
                parameter.zero_grad()
            loss.backward(row)
            assert_close([x.grad for x in case.parameters], by_parameters)
        case.move()


@pytest.mark.parametrize("seed", seeds(300, fast=40))
def test_a_batch_of_a_program_that_reads_numbers_gives_what_each_sample_gives(seed):
    case = Case(seed)
    batched = autograd.compile(lambda xs: case.program(xs, case.parameters), batch=0, native=False)
    for _ in range(2):
        expected = [case.eager(row) for row in case.rows]
        wrong = [one for one in expected if isinstance(one, type)]
        found = answer(lambda: batched(case.rows))
        if wrong:
            assert found in wrong
        else:
            assert_close([[value, *numbers] for value, numbers in found], [results for results, _, _ in expected])
        case.move()


@pytest.mark.parametrize("seed", seeds(200, fast=40))
@pytest.mark.parametrize("form", [PythonLines, Interpreter, lambda graph: Blocks(pack(gather_sums(graph)), float)])
def test_where_the_checks_of_a_program_hold_every_form_gives_what_is_right(form, seed):
    assert_right_where_checks_hold(form, Case(seed))


@pytest.mark.parametrize("seed", seeds(400, fast=60))
@pytest.mark.parametrize("form", [Interpreter, lambda graph: Blocks(pack(graph), float)])
def test_so_it_is_at_zeros_of_both_signs_infinities_and_nan(form, seed):
    numbers = [0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 2.0, 0.5, -3.0, -1e-300]
    with np.errstate(all="ignore"):
        assert_right_where_checks_hold(form, Case(seed, numbers))


def assert_right_where_checks_hold(form, case):
    xs = list(map(Value, case.rows[0]))
    if isinstance(case.eager(case.rows[0]), type):
        return
    graph, _, found = trace(lambda: case.program(xs, case.parameters), xs, [False] * 2)
    runs = form(simplify(graph))
    for _ in range(6):
        for row in case.rows:
            outputs, failed, _, _ = runs.run([np.array([*(x.data for x in found), *row])], None, b"", 1.0)
            if not failed.any():
                assert_close(outputs[:, 0], case.eager(row)[0])
        case.move()


# One by one. Each function is recorded at the first number, and called with the others.


def results_at(function, numbers, x=1.5):
    """What the compiled function of a parameter and x gives, how often it was recorded, and what is right."""
    w = Value(0.0)
    compiled = autograd.compile(lambda x: function(w, x), native=False)
    found, right = [], []
    for number in numbers:
        w.data = number
        found.append(compiled(x))
        right.append(function(Value(number), Value(x)))
    return found, compiled.cache_info().recordings, [x.data if isinstance(x, Value) else x for x in right]


@pytest.mark.parametrize(
    "function",
    [
        lambda w, x: x * w.data,
        lambda w, x: (3.0 - w.data) / (1.0 + w.data**2) + x,
        lambda w, x: abs(w.data) ** 0.5 * x,
        lambda w, x: autograd.linear([], [], w.data) * x,
        lambda w, x: divmod(w.data + 0.5, 4.0)[1] * x,
        lambda w, x: autograd.exp(w.data) * autograd.maximum(x, w.data),
        lambda w, x: autograd.sum([w.data, x, 1.0]) + autograd.dot([w.data], [w.data]),
        lambda w, x: np.exp(w.data) * np.float64(2.0) * x,
        lambda w, x: Value(w.data) * w.detach() * x,
        lambda w, x: x * autograd.grad(lambda t: t * t * t * w.data)(w.data),
        lambda w, x: x * autograd.hessian(lambda t: t * t * t * w.detach())(2.0),
        lambda w, x: x * autograd.jacobian(lambda t: [t[0] * w.data, t[0] * t[1]])([2.0, w.data])[1][0],
        lambda w, x: x * autograd.jvp(lambda t: t * t * w.data, 3.0, 2.0)[1],
        lambda w, x: x * autograd.vjp(lambda t: t * t, 3.0)[1](w.data),
        lambda w, x: x * autograd.gradients(w * w * w, w),
        lambda w, x: w.data,
        lambda w, x: x if isinstance(w.data, float) else 0.0,
    ],
)
def test_a_number_that_is_computed_with_is_carried_through_one_program(function):
    found, recordings, right = results_at(function, [2.0, 3.0, 0.25, 1e-9])
    assert np.allclose(found, right, rtol=1e-12)
    assert recordings == 1


@pytest.mark.parametrize(
    "function",
    [
        lambda w, x: math.exp(w.data) * x,
        lambda w, x: float(w.data) * x,
        lambda w, x: float(f"{w.data}") * x,
        lambda w, x: float(f"{w * 2:.3f}") * x,
        lambda w, x: {2.0: 5.0}.get(w.data, 1.0) * x,
        lambda w, x: int(w.data) * x,
        lambda w, x: [1.0, 2.0, 3.0, 4.0][round(w.data)] * x,
        lambda w, x: np.array([w.data, 1.0]).max() * x,
        lambda w, x: copy.copy(w) * x,
        lambda w, x: (w * x).partials[1] * x,
        lambda w, x: float(w.data.hex() == (2.0).hex()) * x,
    ],
)
def test_where_the_plain_number_gets_out_the_program_is_for_that_number_alone(function):
    found, recordings, right = results_at(function, [2.0, 3.0, 2.0, 3.0])
    assert np.allclose(found, right, rtol=1e-12)
    assert recordings == 2


@pytest.mark.parametrize("numbers", [[0.0, -0.0, 0.0], [math.nan, 1.0, math.nan], [-0.0, math.nan, -0.0]])
def test_zeros_of_both_signs_and_nan_are_different_numbers(numbers):
    found, recordings, right = results_at(lambda w, x: len(f"{w.data}") * x, numbers)
    assert found == right
    assert recordings == 2


@pytest.mark.parametrize(
    ("function", "number"),
    [
        (lambda w: 1.0 / w.data, 0.0),
        (lambda w: 2.0 % w.data, 0.0),
        (lambda w: w.data**-1, 0.0),
        (lambda w: 1e200**w.data, 2.0),
    ],
)
def test_what_raises_with_plain_numbers_raises_when_compiled(function, number):
    w = Value(1.0)
    compiled = autograd.compile(lambda x: x * function(w), native=False)
    assert compiled(2.0) == 2.0 * function(w)
    w.data = number
    with pytest.raises(ArithmeticError):
        compiled(2.0)


def test_a_power_of_a_negative_number_is_complex_as_with_plain_numbers():
    found, _, right = results_at(lambda w, x: abs(w.data**0.5) * x, [4.0, -4.0, 9.0])
    assert np.allclose(found, right)


def test_a_function_that_takes_no_carried_number_is_recorded_with_plain_ones():
    found, recordings, right = results_at(lambda w, x: json.loads(json.dumps(w.data)) * x, [2.0, 3.0, 2.0])
    assert (found, recordings) == (right, 2)


def test_a_function_that_asks_whether_the_type_is_float_is_recorded_with_plain_numbers():
    found, recordings, right = results_at(lambda w, x: x * w.data if type(w.data) is float else x, [2.0, 3.0, 2.0])
    assert (found, recordings) == (right, 2)


def test_a_function_that_asks_for_other_types_may_carry_numbers():
    found, recordings, right = results_at(lambda w, x: x * w.data if type(w) is list else x - w.data, [2.0, 3.0, 2.0])
    assert (found, recordings) == (right, 1)


def test_a_number_that_was_kept_after_the_recording_is_one_like_any_other():
    w, kept = Value(2.0), []
    compiled = autograd.compile(lambda x: kept.append(w.data) or w * x, native=False)
    assert (compiled(3.0), w.data) == (6.0, 2.0)
    (number,) = kept
    assert (number + 1, number < 3.0, round(number), f"{number:.1f}", number * Value(2.0) == 4.0) == (
        3.0,
        1,
        2,
        "2.0",
        1,
    )
    assert type(number * 2) is float


def test_nothing_is_left_of_a_recording_for_the_cyclic_collector():
    w, x = Value(2.0), Value(1.0)
    before = [type(one) in (Tracer, Carried) for one in gc.get_objects()]
    trace(lambda: x * w.data + max(w.data, math.exp(w.data)), [x], [False])
    assert sum(type(one) in (Tracer, Carried) for one in gc.get_objects()) <= sum(before)


def test_a_result_out_of_a_pickle_is_refused_for_nobody_saw_how_it_was_computed():
    w = Value(2.0)
    with pytest.raises(ValueError, match="taken out of a pickle"):
        autograd.compile(lambda x: pickle.loads(pickle.dumps(w * w)) * x)(1.0)


def test_a_carried_number_has_no_gradient():
    w = Value(3.0)
    square = autograd.compile(lambda x: w * w.data * x, native=False)
    assert (square.backward(2.0), w.grad) == (18.0, 6.0)
    w.data, w.grad = 5.0, None
    assert (square.backward(2.0), w.grad) == (50.0, 10.0)


def test_loss_and_accuracy_are_those_of_each_call():
    w = Value(-1.0)
    both = autograd.compile(lambda x: ((w * x - 2.0) ** 2, float((w * x).data > 0)))
    assert both(1.0) == (9.0, 0.0)
    w.data = 3.0
    assert both(1.0) == (1.0, 1.0)


def test_a_comparison_that_is_made_again_and_again_is_checked_once():
    w = Value(2.0)

    def clipped(x):
        for _ in range(50):
            x = x * 0.5 if w.data > 1.0 else x
            assert Value(3.0) > 2.0
        return x

    compiled = autograd.compile(clipped, native=False)
    compiled(1.0)
    assert len(compiled.program.graph.checks) == 1


def test_what_a_function_does_to_values_is_told():
    w, x, effects = Value(2.0, label="w"), Value(1.0), []

    def trained():
        loss = w * x
        loss.backward()
        w.data -= 0.1 * w.grad
        w.zero_grad()
        return loss

    trace(trained, [x], [False], effects=effects)
    assert [one.split(" (")[0] for one in effects] == [
        "calls Value.backward()",
        "reads w.grad",
        "writes w.data",
        "clears w.grad",
    ]
    assert "test_compile_carried.py:" in effects[0]

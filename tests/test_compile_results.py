"""What a compiled function returns besides numbers: as in a plain call, and right at every call; `has_aux`."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.compiling import Program


@pytest.mark.parametrize(
    "result",
    [None, "text", [], {}, (), True, np.bool_(False), 3, np.int64(4), Fraction(1, 3), [None, ("a", {2: 2, True: []})]],
)
def test_results_without_a_number_come_back_as_they_are(result):
    f = autograd.compile(lambda x: result)
    for _ in range(3):
        assert repr(f(0.5)) == repr(result)


def test_truth_values_and_counts_are_right_at_every_call():
    f = autograd.compile(lambda x: (x * 2, x < 1, sum(1 for k in range(3) if x > k), [np.bool_(True)]))
    for x in (0.5, 2.5, 0.25, 1.5, -1.0):
        assert repr(f(x)) == repr((x * 2, x < 1, sum(1 for k in range(3) if x > k), [np.bool_(True)]))


def test_arrays_of_whole_numbers_are_new_ones_each_time():
    f = autograd.compile(lambda x: (x, np.array([1, 2])))
    f(1.0)[1][0] = 7
    assert f(1.0)[1].tolist() == [1, 2]
    assert f(1.0)[1].dtype == int


def test_a_whole_number_that_is_the_result_has_gradient_zero():
    f = autograd.compile(lambda x: sum([]))
    assert (f(1.0), f.value_and_grad(1.0)) == (0, (0.0, 0.0))


def test_truth_values_of_samples_make_an_array_and_others_a_list():
    f = autograd.compile(lambda x: x > 1, batch=0)
    g = autograd.compile(lambda x: "big" if x > 1 else None, batch=0)
    for _ in range(2):
        assert f([0.5, 2.0, 3.0]).tolist() == [False, True, True]
        assert f([0.5, 2.0]).dtype == bool
        assert g([0.5, 2.0]) == [None, "big"]


@dataclass(frozen=True)
class State:
    hidden: object


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (lambda x: {1, 2}, r"not \{1, 2\} \(set\); return the numbers in it"),
        (lambda x: (v for v in [x]), "returns its numbers at once, and no generator"),
        (lambda x: State(x), "holds Values, which would stay as they are now; return them in lists"),
        (lambda x: State([x * 2]), "holds Values"),
        (lambda x: frozenset([x * 2]), "holds Values"),
    ],
)
def test_results_that_would_keep_old_numbers_are_refused(result, message):
    with pytest.raises(TypeError, match=message):
        autograd.compile(result)(2.0)


def test_an_object_that_was_there_before_is_returned_as_it_is():
    model = State(Value(2.0))
    assert autograd.compile(lambda x: (model, model.hidden * x))(3.0) == (model, 6.0)


# has_aux.


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("size", [1, 40])
def test_what_is_returned_besides_the_loss_has_the_numbers_of_this_call(size, native):
    if native:
        pytest.importorskip("llvmlite")
    w = [Value(2.0) for _ in range(size)]

    def f(x):
        hidden = [autograd.tanh(one * x) for one in w]
        return sum(hidden), {"hidden": hidden, "is large": hidden[0] > 0.9, "text": "a", "count": size}

    compiled = autograd.compile(f, has_aux=True, native=native)
    for x in (0.25, 0.5, 1.0, 0.25):
        hidden = [float(np.tanh(2 * x))] * size
        aux = {"hidden": pytest.approx(hidden), "is large": hidden[0] > 0.9, "text": "a", "count": size}
        expected = (pytest.approx(sum(hidden)), aux)
        slope = pytest.approx(2 * size * (1 - hidden[0] ** 2))
        assert compiled(x) == expected
        assert compiled.value_and_grad(x) == (expected, slope)
        assert compiled.backward(x) == expected
        assert w[0].grad == pytest.approx(x * (1 - hidden[0] ** 2))
        for one in w:
            one.zero_grad()


@pytest.mark.parametrize("native", [False, True])
def test_of_a_batch_each_sample_has_its_own(native):
    if native:
        pytest.importorskip("llvmlite")
    w = Value(2.0)

    def f(x, y):
        error = w * x - y
        return error**2, (error, error > 0)

    x, y = np.array([1.0, 2.0, 3.0]), np.array([3.0, 3.0, 3.0])
    compiled = autograd.compile(f, batch=(0, 1), has_aux=True, native=native)
    alone = autograd.compile(lambda x, y: (f(x, y)[0], f(x, y)[1][0]), batch=(0, 1), has_aux=True, native=native)
    for _ in range(3):
        assert compiled.backward(x, y) == (11 / 3, [(-1.0, False), (1.0, True), (3.0, True)])
        assert compiled.value_and_grad(x, y)[0] == (11 / 3, [(-1.0, False), (1.0, True), (3.0, True)])
        losses, rest = compiled(x, y)
        assert (losses.tolist(), rest) == ([1.0, 1.0, 9.0], [(-1.0, False), (1.0, True), (3.0, True)])
        assert [each.tolist() for each in alone(x, y)] == [[1.0, 1.0, 9.0], [-1.0, 1.0, 3.0]]
        assert alone.backward(x, y)[1].tolist() == [-1.0, 1.0, 3.0]
    assert w.grad == pytest.approx(6 * 2 * (-1.0 + 2.0 + 9.0) / 3)


def test_steps_over_all_parameters_at_once_learn_from_the_first_result():
    w = Value(2.0)
    flat = autograd.compile(lambda x: ((w * x - 1.0) ** 2, w * x), batch=0, has_aux=True).flat([w])
    for _ in range(2):
        assert flat.backward([1.0, 2.0]) == 5.0
        assert flat.gradient.tolist() == [7.0]


def test_several_results_are_refused_with_the_remedy():
    f = autograd.compile(lambda x: (x, x))
    with pytest.raises(ValueError, match=r"the gradient is that of one number.*compile with has_aux=True"):
        f.value_and_grad(1.0)
    with pytest.raises(ValueError, match="has_aux=True says that the function returns a pair"):
        autograd.compile(lambda x: x, has_aux=True).value_and_grad(1.0)


def test_a_saved_program_differentiates_the_first_result(tmp_path):
    f = autograd.compile(lambda x: (x * x, [x * 3, True, 2]), has_aux=True)
    f(3.0)
    f.program.save(tmp_path / "program.json")
    program = Program.load(tmp_path / "program.json")
    assert repr(program(2.0)) == repr((4.0, [6.0, True, 2]))
    value, _, (slope,) = program.value_and_gradients(2.0)
    assert (value, slope) == (4.0, 4.0)

"""Parameters in one array: the same gradient as through Values, which are written when asked for or recorded anew."""

import gc
import random
import weakref

import pytest

import autograd
from autograd import Value


def polynomial(parameters, x):
    total = parameters[0]
    for p in parameters[1:]:
        total = total * x + p
    return autograd.tanh(total) if total < 1.0 else autograd.square(total)  # a comparison that turns


@pytest.mark.parametrize("seed", range(5))
def test_steps_on_the_array_are_those_on_the_values_whatever_turns(seed):
    draw = random.Random(seed)
    start = [draw.uniform(-1, 1) for _ in range(4)]
    rows = [draw.uniform(-2, 2) for _ in range(12)]
    values, twins = [Value(x) for x in start], [Value(x) for x in start]
    flat = autograd.compile(lambda x: polynomial(values, x), batch=0).flat(values[::-1])
    eager = autograd.compile(lambda x: polynomial(twins, x), batch=0)
    for _ in range(30):
        loss = flat.backward(rows)
        for twin in twins:
            twin.zero_grad()
        assert loss == pytest.approx(eager.backward(rows), rel=1e-12)
        assert flat.gradient.tolist() == pytest.approx([twin.grad for twin in twins[::-1]], rel=1e-9, abs=1e-12)
        flat.data -= 0.1 * flat.gradient
        for twin in twins:
            twin.data -= 0.1 * twin.grad
    flat.write_back()
    assert [value.data for value in values] == pytest.approx([twin.data for twin in twins], rel=1e-9)
    assert [value.grad for value in values[::-1]] == flat.gradient.tolist()


def test_what_is_pulled_is_what_was_written_and_other_parameters_are_read_each_time():
    w, other = Value(1.0), Value(2.0)
    flat = autograd.compile(lambda x: w * x + other, batch=0).flat([w, Value(5.0)])
    assert flat.backward([1.0]) == 3.0
    w.data, other.data = 3.0, 4.0
    assert flat.backward([1.0]) == 5.0
    flat.refresh()
    assert flat.backward([1.0]) == 7.0
    assert flat.gradient.tolist() == [1.0, 0.0]


def test_what_is_no_parameter_is_told():
    w = Value(1.0)
    early = w * 2
    with pytest.raises(ValueError, match="is a result or a constant"):
        autograd.compile(lambda x: early * x, batch=0).flat([early])
    with pytest.raises(ValueError, match="compute it inside the function"):
        autograd.compile(lambda x: early * x, batch=0).flat([w]).backward([1.0])


def test_a_parameter_that_is_replaced_is_noticed_at_the_next_pull():
    model = [Value(2.0)]
    flat = autograd.compile(lambda x: model[0] * x, batch=0).flat(model)
    assert flat.backward([3.0]) == 6.0
    model[0] = Value(5.0)
    flat.refresh()
    assert flat.backward([3.0]) == 15.0
    assert flat.gradient.tolist() == [0.0]


def test_what_is_assigned_is_copied_into_the_array_that_is_read():
    w = Value(2.0)
    flat = autograd.compile(lambda x: w * x, batch=0).flat([w])
    mine = flat.data
    flat.data = flat.data + 1.0
    assert flat.data is mine
    assert flat.backward([4.0]) == 12.0
    flat.gradient = [7.0]
    flat.write_back()
    assert (w.data, w.grad) == (3.0, 7.0)
    with pytest.raises(ValueError, match="broadcast"):
        flat.data = [1.0, 2.0]


@pytest.mark.parametrize("named", [False, True])
def test_an_array_goes_though_its_function_stays(named):
    w = Value(1.0)
    squares = autograd.compile(lambda x: (w * x) ** 2, batch=0)
    gone = []
    for _ in range(3):
        flat = squares.flat([w])
        for _ in range(3):
            assert (flat.backward(x=[1.0, 3.0]) if named else flat.backward([1.0, 3.0])) == 5.0
        gone.append(weakref.ref(flat))
    del flat
    gc.collect()
    assert [flat() for flat in gone] == [None] * 3
    assert not squares.versions.last.homes

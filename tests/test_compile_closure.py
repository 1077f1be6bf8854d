"""What a compiled function notices before each call: parameters that were replaced, wherever it finds them."""

from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd
from autograd import Value


@dataclass(slots=True)
class Slotted:
    weights: Any


class Plain:
    def __init__(self, weights):
        self.weights = weights


class Named(NamedTuple):
    weights: Any


def total(weights, x):
    return sum(weights) * x


PLACES = {
    "list": lambda: [Value(2.0), Value(3.0)],
    "list with a number": lambda: [Value(2.0), 3.0],
    "deque": lambda: deque([Value(2.0), Value(3.0)]),
    "array": lambda: np.array([Value(2.0), Value(3.0)]),
}
HOLDERS = {
    "itself": lambda x: (x, lambda: x),
    "attribute": lambda x: (holder := Plain(x), lambda: holder.weights),
    "slot": lambda x: (holder := Slotted(x), lambda: holder.weights),
    "named tuple": lambda x: (holder := Named(x), lambda: holder.weights),
    "dict in a tuple in a list": lambda x: (
        holder := [({"weights": x, "name": "w"}, 1)],
        lambda: holder[0][0]["weights"],
    ),
}


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("place", PLACES)
def test_an_equal_value_in_the_place_of_another_is_noticed_wherever_it_stands(place, holder):
    weights = PLACES[place]()
    _, read = HOLDERS[holder](weights)
    f = autograd.compile(lambda x: sum(read()) * x)
    assert (f.backward(1.0), f.backward(2.0)) == (5.0, 10.0)
    before = weights[0]
    weights[0] = Value(2.0)
    assert f.backward(1.0) == 5.0
    assert (before.grad, weights[0].grad) == (3.0, 1.0)
    weights[0] = 2.0
    assert f(1.0) == 5.0
    assert f.cache_info().recordings == 3


def test_parameters_that_change_places_are_noticed():
    rows = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    f = autograd.compile(lambda x: (rows[0][0] - rows[0][-1]) * x + (rows[1][0] * 10 - rows[1][-1]) * x)
    assert f(1.0) == 25.0
    rows[0][0], rows[1][1] = rows[1][1], rows[0][0]
    assert f(1.0) == 31.0
    rows[0].append(rows[1].pop(0))  # the same in the same order, with another end
    assert f(1.0) == 10.0
    assert f.cache_info().recordings == 3


@pytest.mark.parametrize("other", [None, float("nan"), [1.0], "text"])
def test_what_is_no_parameter_any_more_reaches_the_function(other):
    weights = [Value(2.0)]
    f = autograd.compile(lambda x: weights[0] * x if isinstance(weights[0], Value) else 7.0)
    assert f(3.0) == 6.0
    weights[0] = other
    assert f(3.0) == 7.0


def test_the_arguments_of_a_partial_function_are_looked_through():
    weights = [Value(2.0), Value(3.0)]
    f = autograd.compile(partial(total, weights))
    assert f(2.0) == 10.0
    weights[1] = Value(4.0)
    assert f(2.0) == 12.0


def test_a_variable_that_was_deleted_is_noticed_by_the_function_itself():
    w = Value(2.0)
    f = autograd.compile(lambda x: w * x)
    assert f(1.0) == 2.0

    def forget():
        nonlocal w
        del w

    forget()
    with pytest.raises(NameError, match="'w'"):
        f(1.0)


@pytest.mark.parametrize(("size", "form"), [(1, "straight"), (40, "blocks")])
def test_another_number_that_a_variable_is_bound_to_is_noticed_in_every_form(size, form):
    factor = 2.0
    f = autograd.compile(lambda *x: sum(a * a * factor for a in x))
    ones = [1.0] * size
    assert f(*ones) == f(*ones) == 2.0 * size
    factor = 3.0
    assert f(*ones) == f(*ones) == 3.0 * size
    assert (f.program.form, f.cache_info().recordings) == (form, 2)

"""Value: a number among numbers, that says what is wrong and remembers where it came from."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import autograd as ag
from autograd import Value

BAD = ["3", b"3", None, [1.0], (1.0,), {1: 2}, {1.0}, 1j, np.complex128(1), np.array([1.0, 2.0]), object(), Value(1.0)]
TOO_LARGE = [10**400, -(10**400), Fraction(10**400), Decimal("sNaN")]


@pytest.mark.parametrize("number", [True, 3, 3.0, np.float32(3), np.int8(3), np.bool_(True), np.array(3.0), Fraction(3),
                                    Decimal(3)], ids=repr)  # fmt: skip
def test_every_real_number_becomes_a_float(number):
    assert type(Value(number).data) is float
    assert Value(number).data == float(number)
    assert (Value(1.0) * (number if np.ndim(number) == 0 else 0)) == float(number)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: type(bad).__name__)
def test_what_is_not_a_real_number_is_refused_in_a_sentence(bad):
    with pytest.raises(TypeError, match=r"(holds one real number, not .*;|a plain number is needed here, not .*;)"):
        Value(bad)
    x = Value(1.0)
    with pytest.raises(TypeError):
        x.data = bad
    if bad is not None:  # as in PyTorch, where None means "no gradient yet"
        with pytest.raises(TypeError):
            x.grad = bad
    assert (x.data, x.grad) == (1.0, 0.0)


@pytest.mark.parametrize(
    "bad", [b for b in BAD if not isinstance(b, Value | np.ndarray)], ids=lambda b: type(b).__name__
)
@pytest.mark.parametrize(
    "operate",
    [
        lambda x, b: x + b,
        lambda x, b: b + x,
        lambda x, b: x * b,
        lambda x, b: b**x,
        lambda x, b: x < b,
        lambda x, b: ag.maximum(x, b),
        lambda x, b: ag.sum([x, b]),
    ],
)
def test_operators_refuse_it_too(operate, bad):
    with pytest.raises(TypeError, match=";"):
        operate(Value(1.0), bad)
    with pytest.raises(TypeError, match=";"):
        operate(Value(1.0).exp(), bad)


@pytest.mark.parametrize("bad", TOO_LARGE, ids=lambda bad: type(bad).__name__)
def test_a_number_beyond_the_range_of_floats_is_refused(bad):
    with pytest.raises(ValueError, match="beyond the range of a float"):
        Value(bad)
    with pytest.raises(ValueError, match="beyond the range of a float"):
        Value(1.0) + bad
    with pytest.raises(ValueError, match="beyond the range of a float"):
        Value(10**5000 * 0 + 1.0) * 10**5000


def test_arithmetic_mixes_with_numbers_on_both_sides():
    x = Value(5.0)
    got = [
        x + 2,
        2 + x,
        x - 2,
        2 - x,
        x * 2,
        2 * x,
        x / 2,
        2 / x,
        x // 2,
        2 // x,
        x % 2,
        2 % x,
        x**2,
        2**x,
        -x,
        +x,
        abs(-x),
    ]
    n = 5.0
    expected = [
        n + 2,
        2 + n,
        n - 2,
        2 - n,
        n * 2,
        2 * n,
        n / 2,
        2 / n,
        n // 2,
        2 // n,
        n % 2,
        2 % n,
        n**2,
        2**n,
        -n,
        n,
        n,
    ]
    assert [value.data for value in got] == expected
    assert all(isinstance(value, Value) for value in got)
    assert [v.data for v in (*divmod(x, 2), *divmod(7, x))] == [*divmod(n, 2), *divmod(7, n)]
    assert [v.data for v in (round(x / 3, 2), math.floor(x / 2), math.ceil(x / 2), math.trunc(-x / 2))] == [
        1.67,
        2,
        3,
        -2,
    ]


def test_comparisons_read_the_numbers_and_give_bools():
    x, y = Value(1.0), Value(2.0)
    assert (x < y, x <= y, x > y, x >= y, x == y, x != y) == (True, True, False, False, False, True)
    assert (x < 2, x > 2, x == 1, x == 1, x != 1, x < 10**400, x > Fraction(1, 2)) == (
        True,
        False,
        True,
        True,
        False,
        True,
        True,
    )
    assert x == Value(1.0)
    assert x != "1"
    assert x != None  # noqa: E711
    assert bool(x) is True
    assert bool(Value(0.0)) is False
    nan = Value(math.nan)
    assert (nan == nan, nan < 1, nan >= 1, nan != nan) == (False, False, False, True)
    assert max([x, y]) is y
    assert sorted([y, x])[0] is x


def test_equality_compares_numbers_and_the_hash_is_the_objects():
    x, y = Value(1.0), Value(1.0)
    assert x == y
    assert len({x, y}) == 2
    assert {x: "x"}[x] == "x"


def test_a_value_does_not_lose_its_gradient_in_math():
    x = Value(1.0)
    for lossy in (math.exp, math.sqrt, float, int, complex):
        with pytest.raises(TypeError, match=r"autograd.exp\(x\).*x.data"):
            lossy(x)


def test_sum_of_values_and_of_generators_works_with_and_without_a_start():
    xs = [Value(1.0), Value(2.0), Value(3.0)]
    assert sum(xs).data == 6.0
    assert sum((x * x for x in xs), Value(0.5)).data == 14.5
    assert math.prod(xs).data == 6.0


def test_adding_in_place_rebinds():
    x = Value(1.0)
    y = x
    y += 1
    assert (x.data, y.data) == (1.0, 2.0)


def test_a_result_knows_its_operation_inputs_and_partials():
    x, y = Value(3.0), Value(4.0)
    z = x * y
    assert (z.op.name, z.partials, z.is_leaf) == ("mul", (4.0, 3.0), False)
    assert z.inputs[0] is x
    assert z.inputs[1] is y
    square = x * x
    assert square.inputs == (x, x)
    assert square.inputs[0] is square.inputs[1] is x
    assert (x.op, x.inputs, x.partials, x.is_leaf) == (None, (), (), True)
    assert x.line < y.line < z.line < square.line


def test_numbers_in_formulas_are_constants():
    x = Value(3.0)
    y = 2 * x
    two, _ = y.inputs
    assert (two.is_constant, two.data, two.grad, y.partials[0]) == (True, 2.0, 0.0, 0.0)
    assert (x * 2).inputs[1] is two  # shared
    zero, minus = (x + 0.0).inputs[1], (x + -0.0).inputs[1]
    assert math.copysign(1, zero.data) != math.copysign(1, minus.data)
    with pytest.raises(ValueError, match=r"make a leaf of it with Value\(2.0\)"):
        two.data = 3
    with pytest.raises(ValueError, match=r"make a leaf of it with Value\(2.0\)"):
        two.grad = 3


def test_detach_keeps_the_number_and_drops_the_history():
    x = Value(3.0)
    y = (x * x).detach()
    assert (y.data, y.is_leaf, y.is_constant) == (9.0, True, True)
    (x * y).backward()
    assert x.grad == 9.0


def test_labels_are_strings_and_show_in_the_repr():
    x = Value(3, label="x")
    assert repr(x) == "Value(data=3.0, grad=0.0, label='x')"
    x.label = "y"
    assert x.label == "y"
    assert repr(x + 1) == "Value(data=4.0, grad=0.0)"
    assert f"{x:.2f}" == "3.00"
    with pytest.raises(TypeError, match="label='3'"):
        Value(1.0, label=3)


def test_results_of_subclasses_are_values_and_their_constructors_run():
    class Weight(Value):
        def __init__(self, data):
            super().__init__(data, label="w")

    w = Weight(2.0)
    y = w * Value(3.0)
    y.backward()
    assert isinstance(w, Weight)
    assert (w.label, w.grad, y.data) == ("w", 3.0, 6.0)
    assert (Value(3.0) - w).data == 1.0
    assert (1 - w).data == -1.0


def test_numpy_scalars_stay_out_of_the_numbers():
    x = Value(np.float64(2.0))
    x.data -= np.float64(0.5) * x.data
    x.grad = np.float64(1.0)
    assert (type(x.data), type(x.grad), type((x * np.float64(2)).data)) == (float, float, float)


def test_groups_take_lists_tuples_generators_or_the_values_themselves():
    x, y = Value(1.0), Value(2.0)
    for total in (ag.sum([x, y]), ag.sum((x, y)), ag.sum(v for v in (x, y)), ag.sum(x, y), x.sum(y), ag.sum([x, 2])):
        assert (total.data, total.op.name, len(total.inputs)) == (3.0, "sum", 2)
    assert ag.max(x, y, 0).data == 2.0
    assert ag.dot(np.array([x, y]), [1, 2]).data == 5.0


def test_groups_of_no_values_have_the_empty_result_or_an_error():
    assert (ag.sum([]), ag.prod([]), ag.dot([], []), ag.norm([])) == (0.0, 1.0, 0.0, 0.0)
    for name in ("mean", "var", "max", "min", "logsumexp"):
        with pytest.raises(ValueError, match=f"{name} of no values"):
            getattr(ag, name)([])
    with pytest.raises(ValueError, match="got 1 and 2 of them"):
        ag.dot([Value(1.0)], [1, 2])
    with pytest.raises(ValueError, match="got 0 and 1 of them"):
        ag.dot([], [Value(1.0)])


@pytest.mark.parametrize("index", [3, -1, 1.5, math.nan, math.inf])
def test_pick_refuses_an_index_outside_the_values(index):
    with pytest.raises(IndexError, match="give a whole number from 0 to 2"):
        ag.pick([Value(1.0), 2, 3], index)


def test_numbers_alone_give_numbers():
    assert type(ag.exp(0)) is float
    assert type(ag.maximum(1, 2)) is float
    assert type(ag.sum([1, 2])) is float
    assert type(ag.where(True, 1, 2)) is float
    assert type(ag.pick([1, 2], 0)) is float
    assert ag.linear([1, 2], [3, 4], 5) == 16.0
    with pytest.raises(TypeError, match="make one Value of each element"):
        ag.exp([1.0])


def test_the_printed_function_can_be_read():
    import inspect

    assert "floats.tanh(x_)" in inspect.getsource(ag.tanh)
    assert "a_ * b_" in inspect.getsource(Value.__mul__)


def test_a_star_import_leaves_pythons_own_functions_alone():
    namespace = {}
    exec("from autograd import *", namespace)
    assert {"Value", "exp", "dot", "where", "logsumexp", "softmax"} <= namespace.keys()
    assert not {"sum", "max", "min", "abs", "round", "pow"} & namespace.keys()

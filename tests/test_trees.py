"""Random nested lists, tuples, named tuples, dicts and arrays come back as they were: from verbs and compiled calls."""

import random
import re
from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import autograd
from autograd import Value, gradients, hessian, jacobian, jvp, value_and_grad, vjp

Point = namedtuple("Point", "x y")
KEYS = ["a", "b", "a longer one", 1, 2.5, None, ("a", 1), frozenset("k")]


def tree(draw, depth=4):
    """Random nested numbers."""
    kinds = ["number", "numbers", "rows", "array", "list", "tuple", "point", "dict"]
    kind = draw.choice(kinds if depth else kinds[:4])
    if kind == "number":
        return draw.random()
    if kind == "array":
        sizes = [draw.randint(0, 3) for _ in range(draw.randint(1, 3))]
        return np.array([draw.random() for _ in range(np.prod(sizes))]).reshape(sizes)
    if kind in ("numbers", "rows"):
        rows = [[draw.random() for _ in range(3)] for _ in range(draw.randint(1, 2))]
        return rows if kind == "rows" else rows[0]
    parts = [tree(draw, depth - 1) for _ in range(2 if kind == "point" else draw.randint(0, 3))]
    if kind == "dict":
        return dict(zip(draw.sample(KEYS, 3), parts, strict=False))
    return Point(*parts) if kind == "point" else parts if kind == "list" else tuple(parts)


def leaves(x):
    """The numbers in it, in order."""
    if isinstance(x, np.ndarray):
        return x.ravel().tolist()
    if isinstance(x, list | tuple | dict):
        return [leaf for part in (x.values() if isinstance(x, dict) else x) for leaf in leaves(part)]
    return [x]


def filled(x, numbers):
    """The same arrangement of others; arrays of floats stay such."""
    if isinstance(x, np.ndarray):
        found = [next(numbers) for _ in range(x.size)]
        kind = float if all(isinstance(one, float) for one in found) else object
        return np.array(found, kind).reshape(x.shape)
    if isinstance(x, dict):
        return {key: filled(part, numbers) for key, part in x.items()}
    if isinstance(x, list | tuple):
        parts = [filled(part, numbers) for part in x]
        return Point(*parts) if isinstance(x, Point) else type(x)(parts)
    return next(numbers)


def zeros(x):
    return filled(x, iter([0.0] * len(leaves(x))))


def shown(x):
    """What is in it and how it is arranged, to be compared."""
    if isinstance(x, np.ndarray):
        return "array", x.shape, x.dtype, x.ravel().tolist()
    if isinstance(x, dict):
        return "dict", [(type(key), key, shown(part)) for key, part in x.items()]
    if isinstance(x, list | tuple):
        return type(x), [*map(shown, x)]
    return type(x), x


def half_of_squares(x):
    return sum((leaf * leaf / 2 for leaf in leaves(x)), 0.0)


@pytest.fixture(params=range(60))
def x(request):
    return tree(random.Random(request.param))


def test_a_gradient_is_arranged_as_the_argument(x):
    value, gradient = value_and_grad(half_of_squares)(x)
    assert value == pytest.approx(half_of_squares(x), rel=1e-12)
    assert shown(gradient) == shown(x)


def test_values_tangents_and_weights_are_arranged_as_results(x):
    value, pullback = vjp(lambda x: x, x)
    assert shown(value) == shown(pullback(x)) == shown(x)
    value, tangent = jvp(lambda x, y: [x, y], (x, 1.0), (zeros(x), 2.0))
    assert shown(value) == shown([x, 1.0])
    assert shown(tangent) == shown([zeros(x), 2.0])


def test_gradients_by_values_are_arranged_as_the_values(x):
    values = filled(x, iter([*map(Value, leaves(x))]))
    if leaves(x):
        assert shown(gradients(half_of_squares(values), values)) == shown(x)


def test_a_jacobian_has_the_rows_of_the_result_and_the_columns_of_the_argument(x):
    made = jacobian(lambda x, y: [half_of_squares(x) * y, y], argnums=(0, 1))(x, 2.0)
    assert leaves(made[0]) == pytest.approx([*(2 * leaf for leaf in leaves(x)), half_of_squares(x)], rel=1e-12)
    assert shown(made[1]) == shown((zeros(x), 1.0))
    second = hessian(lambda x, y: half_of_squares(x) + y, argnums=(0, 1))(x, 2.0)
    assert sorted(leaves(second))[-len(leaves(x)) - 1 :] == [0.0] + [1.0] * len(leaves(x))  # the unit matrix, 0 by y
    assert shown(second[1]) == shown((zeros(x), 0.0))


def test_a_compiled_call_gives_results_and_gradients_in_their_arrangement(x):
    same = autograd.compile(lambda x: x)
    squares = autograd.compile(lambda x, y: half_of_squares(x) * y)
    for _ in range(3):  # recorded, then the short way
        assert shown(same(x)) == shown(x)
        value, gradient = squares.value_and_grad(x, 1.0) if leaves(x) else (0.0, x)
        assert value == pytest.approx(half_of_squares(x), rel=1e-12)
        assert shown(gradient) == shown(x)


@pytest.mark.filterwarnings("ignore::autograd.UncompiledWarning")
def test_a_function_that_runs_uncompiled_sees_and_gives_the_same_arrangement(x):
    compiled = autograd.compile(lambda x: (random.random() * 0.0, half_of_squares(x), x))
    for _ in range(3):
        assert shown(compiled(x)[2]) == shown(x)
        assert compiled(x)[1] == pytest.approx(half_of_squares(x), rel=1e-12)


def test_samples_come_back_one_by_one(x):
    samples = [x, filled(x, iter([0.5] * len(leaves(x)))), x]
    compiled = autograd.compile(lambda x, y: [x, y], batch=(0, 1))
    squares = autograd.compile(lambda x, y: half_of_squares(x) * y, batch=(0, 1), reduce="sum")
    if leaves(x):
        for _ in range(2):
            assert [*map(shown, compiled(samples, [1.0, 2.0, 3.0]))] == [
                shown([sample, y]) for sample, y in zip(samples, [1.0, 2.0, 3.0], strict=True)
            ]
            _, slopes = squares.value_and_grad(samples, [1.0] * 3)
            assert [*map(leaves, leaves_of_samples(slopes, 3))] == [*map(leaves, samples)]


def leaves_of_samples(slopes, samples):
    """A gradient by each sample: an array, or a dict of arrays, has them as rows."""
    if isinstance(slopes, dict):
        parts = {key: leaves_of_samples(part, samples) for key, part in slopes.items()}
        return [{key: part[k] for key, part in parts.items()} for k in range(samples)]
    assert len(slopes) == samples
    return [*slopes]


@pytest.mark.parametrize("seed", range(60))
def test_what_is_no_number_is_named_by_its_place(seed):
    draw = random.Random(seed)
    x = tree(draw)
    numbers = leaves(x)
    if numbers:
        wrong = draw.randrange(len(numbers))
        numbers[wrong:] = ["three", *[True] * (len(numbers) - wrong - 1)]
        broken = filled(x, iter(numbers))
        with pytest.raises(TypeError, match=r"^argument.* is 'three' \(str\), not a real number") as said:
            jacobian(lambda x: x)(broken)
        place = re.match(r"argument(.*) is 'three'", str(said.value))[1]
        assert eval(f"broken{place}") == "three"


def test_each_of_several_arguments_gets_its_own_numbers():
    compiled = autograd.compile(lambda *lists: [sum(one) for one in lists])
    assert compiled([np.float64(1.0), np.float32(2.0)], [np.float64(3.0)], (4.0, [5.0])[1]) == [3.0, 3.0, 5.0]


def test_classes_of_lists_and_dicts_count_as_plain_ones_for_the_verbs():
    class Row(list):
        pass

    x = Row([1.0, OrderedDict(a=2.0)])
    assert shown(value_and_grad(half_of_squares)(x)[1]) == shown([1.0, {"a": 2.0}])


def test_keys_that_are_equal_are_the_same_for_a_direction():
    assert jvp(lambda x: x[1], {1: 2.0}, {True: 3.0}) == (2.0, 3.0)

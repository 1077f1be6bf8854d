"""The table tests itself: every row, on every vocabulary, at random points, two orders of derivative."""

import math
import random
from itertools import count, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.core import floats
from autograd.core.ops import ROWS, Op
from autograd.vocabularies import arrays, functions, text

POINTS = 20
each_row = pytest.mark.parametrize("op", ROWS, ids=str)


def draw(op: Op, rng: random.Random) -> list:
    """A random point of the row's domain: a number for each input, a list of numbers for each group."""
    size = rng.randint(1, 5)
    point: list = []
    for domain in op.domain:
        if domain.index:
            point.append(float(rng.randrange(size)))
        elif domain.least is not None:
            point.append([rng.uniform(domain.low, domain.high) for _ in range(size)])
        else:
            point.append(rng.uniform(domain.low, domain.high))
    return point


def points(op: Op) -> list[list]:
    rng = random.Random(op.name)
    return [draw(op, rng) for _ in range(POINTS)]


def flat(groups) -> list:
    return [x for group in groups for x in (group if isinstance(group, list | tuple | np.ndarray) else [group])]


def like(point: list, xs: list) -> list:
    left = iter(xs)
    return [[next(left) for _ in x] if isinstance(x, list) else next(left) for x in point]


def moved(xs: list[float], k: int, by: float) -> list[float]:
    return [*xs[:k], xs[k] + by, *xs[k + 1 :]]


def slope(f, xs: list[float], k: int) -> float:
    """df/dx_k by central differences of order 4: its truncation and rounding errors at this step are near 1e-11."""
    h = 2e-4 * max(1.0, abs(xs[k]))
    return (8 * (f(moved(xs, k, h)) - f(moved(xs, k, -h))) - (f(moved(xs, k, 2 * h)) - f(moved(xs, k, -2 * h)))) / (
        12 * h
    )


def smooth(f, xs: list[float], places) -> bool:
    """Whether f has neither jump nor kink within the reach of `slope`: the slopes left and right of xs agree."""
    h = 1e-3 * max(1.0, max(map(abs, xs)))
    return all(abs(f(moved(xs, k, h)) - 2 * f(xs) + f(moved(xs, k, -h))) < 0.02 * h * (1 + abs(f(xs))) for k in places)


# whole-number inputs: the digits of round, the index of pick, the order of polygamma
NOT_VARIED = {("round", 1), ("pick", -1), ("polygamma", 0)}


def varied(op: Op, xs: list) -> list[int]:
    fixed = {place if place >= 0 else len(xs) + place for name, place in NOT_VARIED if name == op.name}
    return [k for k in range(len(xs)) if k not in fixed]


@each_row
def test_partials_are_the_slopes_of_the_forward_function(op):
    checked = 0
    for point in points(op):
        xs = flat(point)

        def f(xs, point=point):
            return op.forward(floats, *like(point, xs))

        if smooth(f, xs, varied(op, xs)):
            partials = flat(op.partials(floats, *point, f(xs)))
            for k in varied(op, xs):
                assert partials[k] == pytest.approx(slope(f, xs, k), rel=1e-8, abs=1e-8), (point, k)
            checked += 1
    assert checked >= POINTS // 2


@each_row
def test_partials_recorded_on_values_are_differentiable_again(op):
    checked = 0
    for point in points(op):
        leaves = [Value(x) for x in flat(point)]
        groups = like(point, leaves)
        recorded = flat(op.partials(functions, *groups, getattr(autograd, op.name)(*groups)))
        for which, first in enumerate(recorded):

            def partial(xs, point=point, which=which):
                groups = like(point, xs)
                return flat(op.partials(floats, *groups, op.forward(floats, *groups)))[which]

            xs = flat(point)
            if not smooth(partial, xs, varied(op, xs)):
                continue
            for leaf in leaves:
                leaf.zero_grad()
            if isinstance(first, Value):
                assert first.data == pytest.approx(partial(xs), rel=1e-12, abs=1e-300)
                if has_leaf(first):
                    first.backward()
            for k in varied(op, xs):
                assert leaves[k].grad == pytest.approx(slope(partial, xs, k), rel=1e-7, abs=1e-7), (point, which, k)
            checked += 1
    assert checked >= POINTS // 2


def has_leaf(value: Value) -> bool:
    return not value.is_constant and (value.is_leaf or any(has_leaf(x) for x in value.inputs))


@each_row
def test_every_vocabulary_computes_the_same_numbers(op):
    sample = points(op)
    for point in sample:
        y = op.forward(floats, *point)
        partials = flat(op.partials(floats, *point, y))

        value = getattr(autograd, op.name)(*[[Value(x) for x in g] if isinstance(g, list) else Value(g) for g in point])
        assert value.data == y
        assert value.partials == pytest.approx(tuple(partials), rel=1e-14)
        assert getattr(autograd, op.name)(*point) == y  # numbers in, a number out

        assert run_printed(op, point) == pytest.approx([y, *partials], rel=1e-14)

    batch = [point for point in sample if len(flat(point)) == len(flat(sample[0]))]
    columns = [np.array(column).T if np.ndim(column) > 1 else np.array(column) for column in zip(*batch, strict=True)]
    y = op.forward(arrays, *columns)
    by_array = [y, *flat_columns(op.partials(arrays, *columns, y), columns)]
    for k, point in enumerate(batch):
        y_k = op.forward(floats, *point)
        by_float = [y_k, *flat(op.partials(floats, *point, y_k))]
        assert [np.broadcast_to(column, len(batch))[k] for column in by_array] == pytest.approx(by_float, rel=1e-12)


def flat_columns(partials, columns) -> list:
    return [row for partial, column in zip(partials, columns, strict=True)
            for row in (partial if column.ndim > 1 else [partial])]  # fmt: skip


def run_printed(op: Op, point: list) -> list[float]:
    names = count(1)
    atoms = [[text.Text(f"x{next(names)}") for _ in x] if isinstance(x, list) else text.Text(f"x{next(names)}")
             for x in point]  # fmt: skip
    (setup, (y,)) = text.program([op.forward(text.words, *atoms)], "s")
    (more, partials) = text.program(flat(op.partials(text.words, *atoms, text.Text("y"))), "t")
    source = "\n".join([*setup, f"y = {y}", *more, f"partials = [{', '.join(partials)}]"])
    namespace = {**vars(floats), "inf": math.inf, "nan": math.nan}
    namespace.update((f"x{k}", x) for k, x in enumerate(flat(point), 1))
    exec(source, namespace)
    return [namespace["y"], *namespace["partials"]]


@each_row
def test_every_row_is_a_function_and_a_method_that_record_one_node(op):
    point = draw(op, random.Random(1))
    values = [[Value(x) for x in g] if isinstance(g, list) else Value(g) for g in point]
    node = getattr(autograd, op.name)(*values)
    assert node.op is op
    assert all(a is b for a, b in zip(node.inputs, flat(values), strict=True))
    first = values[0][0] if isinstance(values[0], list) else values[0]
    rest = [g[:1] if isinstance(g, list) else g for g in values[1:]]
    if op.name != "pick":
        assert getattr(first, op.name)(*rest).op is op
    assert first.pick(0).op.name == "pick"


@each_row
def test_every_row_says_what_it_computes(op):
    assert getattr(autograd, op.name).__doc__.lower().startswith(op.says.lower())
    assert op.symbol


def test_formulas_keep_their_case_and_sentences_begin_with_a_capital():
    says = {op.name: getattr(autograd, op.name).__doc__ for op in ROWS}
    assert (says["add"], says["neg"], says["expm1"]) == ("a + b", "-x", "exp(x) - 1, exact near 0")
    assert says["tanh"] == "The hyperbolic tangent of x."
    assert says["dot"] == "The sum of the products x1 y1 + x2 y2 + ..."
    assert says["where"].startswith("a where the condition")
    assert all(sentence[0].isupper() == sentence.startswith("The ") for sentence in says.values())


numbers = st.one_of(
    st.floats(),  # subnormals, inf and nan among them
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 40.0, -40.0, 710.0, -710.0, 1e200, -1e200, 5e-324, math.inf, -math.inf]),
)


@each_row
@given(data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_floats_and_arrays_meet_the_same_numbers_also_at_the_ends_of_the_number_line(op, data):
    point = [
        float(data.draw(st.integers(0, 2)))
        if domain.index
        else data.draw(st.lists(numbers, min_size=3, max_size=3))
        if domain.least is not None
        else data.draw(st.sampled_from([0.0, 2.0, -1.0]) if (op.name, k) in NOT_VARIED else numbers)
        for k, domain in enumerate(op.domain)
    ]
    y = op.forward(floats, *point)
    assert isinstance(y, float)  # nothing raised: no ZeroDivisionError, no OverflowError, no complex number
    partials = flat(op.partials(floats, *point, y))
    with np.errstate(all="ignore"):
        columns = [np.array(x)[..., np.newaxis] for x in point]
        y_array = op.forward(arrays, *columns)
        partials_array = flat_columns(op.partials(arrays, *columns, y_array), columns)
    for a, b in zip([y, *partials], [y_array, *partials_array], strict=True):
        assert same(a, b), (point, [y, *partials], [y_array, *partials_array])


def same(a: float, b) -> bool:
    (b,) = np.broadcast_to(np.asarray(b, dtype=float), 1)
    if math.isnan(a) or math.isnan(b) or math.isinf(a) or math.isinf(b):
        return (math.isnan(a) and math.isnan(b)) or a == b or near_overflow(a, b)
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b)) + 1e-320


def near_overflow(a: float, b: float) -> bool:
    """Whether one rounds to inf and the other just not: the last digits of math and NumPy differ."""
    return not (math.isnan(a) or math.isnan(b)) and min(abs(a), abs(b)) > 1.7e308 and (a > 0) == (b > 0)


EDGES = [0.0, 0.25, 1.0, math.nextafter(1.0, 0.0), 2.0, 3.0, 709.0, 711.0, 2.0**53, 1e300, 5e-324, math.inf, math.nan]


@pytest.mark.parametrize(
    ("words", "inputs"),
    [
        ("div floordiv mod pow", 2),
        ("exp expm1 log log1p log2 log10 sqrt sin cos tan asin acos sinh cosh acosh atanh", 1),
    ],
)
def test_where_python_raises_numbers_are_what_arrays_are(words, inputs):
    for word, xs in product(words.split(), product([*EDGES, *(-x for x in EDGES)], repeat=inputs)):
        with np.errstate(all="ignore"):
            expected = float(getattr(arrays, word)(*map(np.float64, xs)))
        if not math.isfinite(expected):
            found = getattr(floats, word)(*xs)
            assert found == expected or (math.isnan(found) and math.isnan(expected)), (word, xs)

"""Branches: an `if` whose arms only compute is a choice inside one program; any other stays a guard, and says why."""

import contextlib
import math
import threading

import numpy as np
import pytest

import autograd
from autograd import UncompiledWarning, Value, exp, log, sqrt

W, U = Value(0.5, label="w"), Value(-0.5, label="u")
INF, NAN = math.inf, math.nan
POINTS = [1.0, -1.0, 0.0, -0.0, 0.25, 3.0, NAN, INF, -INF]


def slopes_of(f, *xs):
    """The number a function gives, and its derivatives by what it is given and by W and U, without compiling it."""
    given = [Value(x) for x in xs]
    y = f(*given)
    if not isinstance(y, Value):
        return float(y), [0.0] * (len(xs) + 2)
    adjoints = autograd.gradients(y, [*given, W, U]) if not y.is_constant else [0.0] * (len(xs) + 2)
    return y.data, [float(x.data if isinstance(x, Value) else x) for x in adjoints]


def compiled_slopes(compiled, *xs):
    value, by_arguments = compiled.value_and_grad(*xs)
    for w in (W, U):
        w.zero_grad()
    with contextlib.suppress(ValueError):  # there is no Value to add a gradient to
        compiled.backward(*xs)
    return value, [*map(float, by_arguments), W.grad, U.grad]


def agrees(f, points, **options):
    """Compares a compiled function with itself at points given from first to last, and from last to first."""
    count = len(points[0])
    for order in (points, points[::-1]):
        compiled = autograd.compile(f, argnums=tuple(range(count)), **options)
        for point in order:
            value, slopes = slopes_of(f, *point)
            found, others = compiled_slopes(compiled, *point)
            assert np.array_equal([value], [found], equal_nan=True), (point, value, found)
            assert np.allclose(slopes, others, rtol=1e-13, atol=0, equal_nan=True), (point, slopes, others)
    return compiled


def all_points(count):
    return [(x,) for x in POINTS] if count == 1 else [(x, y) for x in POINTS for y in POINTS]


# What becomes a choice.


def chain(x):
    return W if -1 < x <= 1 else U * x if 1 < x < 3 != x else x


def elif_else(x, y):
    s = 0.0
    if x > y:
        s = s + x * W
    elif x < -1:
        t = x + 1
        s -= t * y
    else:
        s = s * 2 + y
    return s * 2


def early(x, y):
    if x == y:
        return x * W
    z = x - y
    if z > 0:
        if z > 2:
            return U * z
        return z * z
    return -z


def part_of_a_sum(x, y):
    s = x * W
    if y > 0:
        s = s + exp(y)
    if x > 0:
        s = s - y
    if x > y:
        s *= U
    return s


def arm_not_taken_is_nan(x):
    if x > 0:
        return sqrt(x) * W + log(x)
    return x * W


def divides_by_zero(x):
    return autograd.sigmoid(1 / x) * W if x != 0 else W


def adjoint_is_infinite(x):
    y = x if x > 0 else 2 * x
    return sqrt(y)


def both_or_either(x, y):
    if (x > 0 and y > 0) or not x <= y:
        return x * W
    return y * U


def in_turn(x, y):
    return W * y if x != 0 and 1 / x > y else U


def values_of_or_and_and(x):
    return (x or W) * 2 + (x and U)


def largest_and_smallest(x, y):
    return max(x * W, y * W, x * U) - min(x, y) * W


def largest_of_a_list(x, y):
    return max([x, y, W * x]) + min(v * y for v in (x, U))


def some_and_every(x, y):
    if any(v > 1 for v in (x, y, W)) and not all(v < 3 for v in [x, y]):
        return x * W
    return y * U if any(v == 0 for v in [x, y]) else W


def each_of_a_loop(x, y):
    s = 0
    for k in range(4):
        if k > 2:
            s = s + W
        if x * k > y:
            s = s + (x - k) * U
    return s


def goes_on(x, y):
    s = 0
    for v in (x, y, x * y):
        if v < 0:
            continue
        s = s + v * W
    return s


def walrus(x, y):
    if (d := x * W - y) > 0.2:
        return d
    return -d


def with_flags(x, y):
    flag = x > 0
    other = not y > x
    return (2.0 if flag else 1.0) * x * (W if other else U)


def whole_numbers(x):
    s = 1 if x > 0 else -1
    return s * x**2 * W + s // 2


def pairs(x, y):
    low, high = (x, y * W) if x < y else (y, x * U)
    return low + 2 * high


def swapped(x, y):
    a, b = x * W, y
    if a > b:
        a, b = b, a
    return a + b * b


def clamp(x, low, high):
    if x < low:
        return low
    return high if x > high else x


def calls_another(x, y):
    if x > y:
        return clamp(x, -1.0, y) * W
    return clamp(y * U, -1.0, 1.0)


def halves(x, times=4):
    if times == 0 or x < 0.1:
        return x * W
    return halves(x / 2, times - 1)


def comprehension(x, y):
    return sum([v * W if v > 0 else v * U for v in (x, y)]) + sum(v if v < y else y for v in (x, W))


def with_a_function(x, y):
    def shifted(z):
        return z + x if z > y else z - s

    s = y * W
    if x > 0:
        s = shifted(x)
    return shifted(s)


def numbers_that_are_read(x):
    s = 0.0
    if W.data > 0.2:
        s = W.data * 2
    return s * x


CHOICES = [
    *(chain, elif_else, early, part_of_a_sum, arm_not_taken_is_nan, divides_by_zero, adjoint_is_infinite),
    *(both_or_either, in_turn, values_of_or_and_and, largest_and_smallest, largest_of_a_list, some_and_every),
    *(each_of_a_loop, goes_on, walrus, with_flags, whole_numbers, pairs, swapped, calls_another, halves),
    *(comprehension, with_a_function, numbers_that_are_read),
]


@pytest.mark.parametrize("f", CHOICES, ids=lambda f: f.__name__)
def test_one_program_gives_what_the_function_gives_at_ties_kinks_nan_and_infinity(f):
    points = all_points(f.__code__.co_argcount - len(f.__defaults__ or ()))
    compiled = agrees(f, points)
    info, report = compiled.cache_info(), compiled.explain_branches()
    assert (info.recordings, info.turned) == (1, 0), report
    assert report.chosen
    assert not report.guards, report


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("f", CHOICES, ids=lambda f: f.__name__)
def test_a_batch_of_all_ways_through_a_function_is_one_program(f, native):
    if native:
        pytest.importorskip("llvmlite")
    count = f.__code__.co_argcount - len(f.__defaults__ or ())
    points = all_points(count)[: 27 if native else None]
    places = tuple(range(count))
    compiled = autograd.compile(f, batch=places, argnums=places, reduce="sum", native=native)
    columns = [np.array(column) for column in zip(*points, strict=True)]
    with np.errstate(invalid="ignore"):  # the sum over all samples is inf - inf
        values, slopes = compiled(*columns), compiled.value_and_grad(*columns)[1]
    for k, point in enumerate(points):
        value, right = slopes_of(f, *point)
        digits = 4e-16 if native else 0  # of exp and the like as machine code
        assert np.allclose([value], [values[k]], rtol=digits, atol=0, equal_nan=True), (point, value, values[k])
        assert np.allclose(right[:count], [x[k] for x in slopes], rtol=1e-12, equal_nan=True), point
    assert compiled.cache_info().recordings == 1


def newton(p):
    v = 1.0
    for _ in range(20):
        error = v * v - p
        if abs(error) < 1e-12:
            break
        v = v - error / (2 * v)
    return v * W


def first_large(xs):
    s = 0.0
    for k, x in enumerate(xs):
        if x < 0:
            continue
        if x > 2.0:
            s = s + k
            break
        s = s + x * W
    return s


def last_item(xs):
    for x in xs:
        if x > 1.0:
            break
    return x * W


def loops_in_a_loop(xs):
    s = xs[0] * W
    for i in range(3):
        for j in range(4):
            if s > 3:
                break
            s = s * 1.5 + i - j
        if s < -2:
            break
        s = s + xs[1]
    return s


@pytest.mark.parametrize("f", [first_large, last_item, loops_in_a_loop, newton], ids=lambda f: f.__name__)
def test_in_a_batch_a_loop_that_samples_leave_at_different_turns_is_one_program(f):
    rng = np.random.default_rng(0)
    samples = rng.uniform(0.1, 9.0, 60) if f is newton else rng.normal(size=(60, 5))
    compiled = autograd.compile(f, batch=0, reduce="sum")
    values, slopes = compiled(samples), compiled.value_and_grad(samples)[1]
    for sample, value, slope in zip(samples.tolist(), values, slopes, strict=True):
        x = [Value(one) for one in (sample if isinstance(sample, list) else [sample])]
        y = f(x if isinstance(sample, list) else x[0]) + 0.0 * W
        assert y.data == value
        assert np.allclose([float(one) for one in autograd.gradients(y, x)], slope, rtol=1e-12)
    assert compiled.cache_info().recordings == 1
    assert "break out of for" in str(compiled.explain_branches())


def test_what_gives_its_items_once_is_not_gone_through_further_than_the_loop_does():
    def f(xs):
        items = iter(xs)
        for x in items:
            if x > 0:
                break
        return x * W + sum(items)

    samples = np.random.default_rng(0).normal(size=(8, 3))
    compiled = autograd.compile(f, batch=0)
    assert np.allclose(compiled(samples), [f([*row]).data for row in samples.tolist()])
    assert "gives its items once" in str(compiled.explain_branches())


def test_an_index_that_is_kept_from_a_loop_that_is_left_stays_what_it_is():
    def f(x):
        for k in range(5):
            if x * k > 2:
                break
        return (1.0, 2.0, 3.0, 4.0, 5.0)[k] * x * W

    xs = np.random.default_rng(0).normal(size=20)
    assert np.allclose(autograd.compile(f, batch=0)(xs), [f(x).data for x in xs.tolist()])


def test_numbers_are_sorted_as_python_sorts_them():
    def middle(x, y):
        a, b, c = sorted([x * W, y * W, U])
        return a + 2 * b + 4 * c

    points = [(x, y) for x in POINTS[:6] for y in POINTS[:6]]
    assert agrees(middle, points).cache_info().recordings == 1
    agrees(middle, all_points(2))  # where one is nan it is looked at


# What stays a guard.


def writes_an_item(x):
    xs = [1.0, x]
    if x > 0:
        xs[0] = x * W
    return xs[0] * xs[1]


def appends(x):
    xs = [x]
    if x > 0:
        xs.append(W)
    return sum(xs) * U


def adds_to_a_list(x):
    xs = [x]
    if x > 0:
        xs += [W]
    return sum(xs) * U


def leaves_a_loop(x):
    s = x * W
    for _ in range(3):
        if s > 1:
            break
        s = s * 2
    return s


def leaves_a_loop_of_effects(x):
    xs = [x]
    for _ in range(3):
        if xs[-1] > 1:
            break
        xs.append(xs[-1] * 2)
    return sum(xs) * W


def takes_turns(x):
    s = x * W
    while 0.01 < s < 1:
        s = s * 2
    return s


def raises(x):
    if x < -5:
        raise ValueError("too small")
    return x * W


def is_an_index(x):
    return (U, W * x)[1 if x > 0 else 0]


def is_a_count(x):
    s = x
    for _ in range(3 if x > 0 else 1):
        s = s * W
    return s


def is_a_text(x):
    return x * (W if ("positive" if x > 0 else "negative") == "positive" else U)


def is_another(x):
    best = W if x > 0 else U
    return x if best is W else best


def is_a_key(x):
    best = W if x > 0 else U
    return {W: 2.0, U: 3.0}[best] * x


def asks_for_a_kind(x):
    s = 0
    if x > 0:
        s = W * x
    return s + (5.0 if isinstance(s, int) else 7.0)


def kind(s):
    return 5.0 if isinstance(s, Value) else 7.0


def has_another_ask(x):
    s = 0
    if x > 0:
        s = W * x
    return s * 2 + kind(s)


def is_known_by_two_names(x):
    xs, ys = [1.0, 2.0], [3.0, 4.0]
    zs = xs if x > 0 else ys
    zs[0] = x
    return xs[0] * W + ys[0] * U


def has_no_value(x):
    if x > 0:
        t = x * W
    try:
        return t * U
    except UnboundLocalError:
        return x


def runs_out(x):
    items = iter([x, 2 * x, 3 * x])
    y = sum(items) if x > 0 else x
    return y * W + sum(items)


def divides(x):
    try:
        y = 1 / (0 if x > 0 else 2)
    except ZeroDivisionError:
        y = 5.0
    return y * x * W


def divides_what_may_be_a_number(x):
    s = 0
    if x > 0.5:
        s = x * W
    try:
        return 1 / s
    except ZeroDivisionError:
        return x * U


UNREAD = {"Value": Value}
exec("def unread(f, x):\n    s = f(x)\n    return 5.0 if isinstance(s, Value) else 7.0\n", UNREAD)


def is_asked_of_afterwards(x):
    def f(y):
        s = 0
        if y > 0:
            s = W * y
        return s

    return f(x) + UNREAD["unread"](f, x)


class Counted:
    def __init__(self):
        self.count = 0

    @property
    def next(self):
        self.count += 1
        return 2.0


def reads_a_property(x):
    counted = Counted()
    y = x
    if x > 0:
        y = x * counted.next
    return y + counted.count


def changes_a_variable_around(x):
    count = 0

    def more():
        nonlocal count
        count += 1
        return W

    y = more() * x if x > 0 else x
    return y + count


GUARDS = {
    writes_an_item: "writes an item",
    appends: "calls xs.append for what it does",
    adds_to_a_list: "changes something of the type list in place",
    leaves_a_loop: "without a batch there is a program for each number of turns",
    leaves_a_loop_of_effects: "leaves the loop",
    takes_turns: "`while` has as many turns as its numbers say",
    raises: "has `raise` in it",
    is_an_index: "is needed as a plain number, an index or a text",
    is_a_count: "is needed as a plain number, an index or a text",
    is_a_text: "a text that differs by the arm",
    is_another: "is compared by `is`",
    is_a_key: "is used as a key",
    asks_for_a_kind: "is asked for its type",
    has_another_ask: "and kind asks for types",
    is_known_by_two_names: "may be known by another name too",
    has_no_value: "assigned by one arm alone",
    is_asked_of_afterwards: "unread asks for types",
    divides: "may be 0",
    divides_what_may_be_a_number: "may be 0",
    runs_out: "something that gives its items once",
    reads_a_property: "reads next",
    changes_a_variable_around: "has `nonlocal` in it",
}


@pytest.mark.parametrize("f", GUARDS, ids=lambda f: f.__name__)
def test_what_cannot_be_proved_stays_a_guard_and_says_why(f):
    points = [(x,) for x in (1.0, -1.0, 0.25, -2.0, 3.0)]
    report = agrees(f, points).explain_branches()
    assert GUARDS[f] in str(report)
    assert report.guards
    assert f"{__file__.rpartition('/')[2]}:" in str(report)


def test_whole_numbers_and_truth_values_come_back_as_they_are():
    def label(x):
        return 1 if x > 0 else 0

    def both(x):
        flag = x > 0
        return (x if flag else -x), flag

    f, g = autograd.compile(label), autograd.compile(both, batch=0)
    assert [f(x) for x in (1.0, -1.0)] == [1, 0]
    assert [type(f(x)) for x in (1.0, -1.0)] == [int, int]
    assert g([1.0, -2.0, 3.0]) == [(1.0, True), (2.0, False), (3.0, True)]


def test_what_an_arm_does_outside_is_done_as_often_as_it_is_taken():
    seen = []

    def f(x):
        if x > 0:
            seen.append("positive")
        return x * W

    compiled = autograd.compile(f)
    with pytest.warns(UncompiledWarning):
        found = [compiled(x) for x in (-1.0, 1.0, -2.0, 2.0)]
    assert found == [-0.5, 0.5, -1.0, 1.0]
    assert len(seen) == 2


def test_what_is_raised_where_an_arm_is_not_taken_is_held_back():
    table = (1.0, 2.0)

    def f(x, k):
        y = x * U
        if x > 0:
            y = table[k] * W
        return y

    compiled = autograd.compile(f, static=1)
    assert compiled(-1.0, 5) == 0.5
    assert compiled(1.0, 1) == 1.0
    with pytest.raises(IndexError):
        compiled(1.0, 5)


def test_a_name_that_an_arm_alone_gives_a_value_is_missed_by_who_reads_it():
    def f(x):
        if x > 0:
            t = x * W
        return t * U

    compiled = autograd.compile(f)
    for _ in range(2):
        assert compiled(2.0) == -0.5
        with pytest.raises(UnboundLocalError):
            compiled(-2.0)
    assert "give it one before" in str(compiled.explain_branches())


def test_a_name_that_is_used_within_its_arm_alone_needs_no_value_before():
    def f(x):
        s = x * W
        if x > 0:
            t = x * x
            s = s + t
        if x > 1:
            t = s * U
            s = t * t
        return s

    assert agrees(f, all_points(1)).cache_info().recordings == 1


def test_what_is_not_taken_is_looked_at_from_outside_all_the_same():
    scale = {"other": 2.0}

    def helper(x):
        return x * scale["other"]

    def f(x):
        return x * W if x > 0 else helper(x)

    compiled = autograd.compile(f)
    assert compiled(1.0) == 0.5
    assert compiled(-1.0) == -2.0
    scale["other"] = 3.0
    assert compiled(-1.0) == -3.0


def test_the_network_with_an_if_for_each_unit_is_as_good_as_one_with_relu():
    rng = np.random.default_rng(0)
    rows = [[Value(x) for x in row] for row in rng.normal(size=(16, 2))]
    outs = [Value(x) for x in rng.normal(size=16)]

    def branching(x):
        s = 0
        for row, v in zip(rows, outs, strict=True):
            z = row[0] * x[0] + row[1] * x[1]
            if z > 0:
                s = s + v * z
        return s

    def relu(x):
        return sum(v * (row[0] * x[0] + row[1] * x[1]).relu() for row, v in zip(rows, outs, strict=True))

    points = rng.normal(size=(1000, 2))
    found = []
    for f in (branching, relu):
        compiled = autograd.compile(f, batch=0)
        for v in outs:
            v.zero_grad()
        found.append((compiled(points), compiled.value_and_grad(points)[1], compiled.backward(points)))
        found[-1] += ([v.grad for v in outs],)
        assert compiled.cache_info().recordings == 1
    for mine, right in zip(*found, strict=True):
        assert np.allclose(mine, right, rtol=1e-12)


def test_a_large_arm_stays_a_guard_where_there_is_no_batch():
    def f(x):
        if x > 0:
            y = x
            for k in range(2000):
                y = y * 0.999 + x * (k * W)
        else:
            y = x * U
        return y

    compiled = autograd.compile(f)
    assert [compiled(x) for x in (1.0, -1.0)] == [f(x).data for x in (1.0, -1.0)]
    assert "more than 500 operations" in str(compiled.explain_branches())


def test_the_program_says_which_branches_are_choices_and_which_are_guards():
    def f(x):
        y = x if x > 0 else x * W
        while y > 3:
            y = y / 2
        return y

    compiled = autograd.compile(f)
    compiled(1.0)
    text = str(compiled.program)
    assert "`x if x > 0 else x * W` is a choice" in text
    assert "`while y > 3` stays a guard: a `while` has as many turns as its numbers say" in text


def test_the_warning_names_the_line_its_reason_and_what_to_write():
    def f(xs):
        xs = list(xs)
        for k in range(len(xs) - 1):
            if xs[k] > xs[k + 1]:
                xs[k], xs[k + 1] = xs[k + 1], xs[k]
        return xs[0] * W + xs[1]

    compiled = autograd.compile(f)
    rng = np.random.default_rng(0)
    with pytest.warns(UncompiledWarning, match=r"no choice .*: line \d+ writes an item.*autograd.where"):
        [compiled(rng.normal(size=8).tolist()) for _ in range(100)]


def test_source_that_cannot_be_had_means_guards():
    names = {"W": W}
    exec("def f(x):\n    return x * W if x > 0 else x\n", names)
    compiled = autograd.compile(names["f"])
    assert [compiled(x) for x in (2.0, -1.0)] == [1.0, -1.0]
    assert compiled.cache_info().recordings == 2
    assert "cannot be had" in str(compiled.explain_branches())


def test_a_file_that_has_changed_is_not_believed(tmp_path):
    file = tmp_path / "changed.py"
    text = "def f(x):\n    return x * 2.0 if x > 0 else x\n"
    file.write_text(text.replace("2.0", "3.0"))
    names = {}
    exec(compile(text, str(file), "exec"), names)
    compiled = autograd.compile(names["f"])
    assert [compiled(x) for x in (2.0, -1.0)] == [4.0, -1.0]
    assert "not what runs" in str(compiled.explain_branches())


class Base:
    __low = 0.5

    def __call__(self, x):
        return self.low(x) if x < 0 else W * x

    def low(self, x):
        return x if x < -1 else self.__low * x


class Above(Base):
    def low(self, x):
        if x < -2:
            return super().low(x) * U
        return x * U


@pytest.mark.parametrize("f", [Base(), Above(), Above().low, lambda x: Base()(x)], ids=range(4))
def test_methods_objects_that_are_called_and_those_of_bases_are_read_too(f):
    compiled = autograd.compile(f)
    xs = (1.0, -0.5, -1.5, -3.0)
    assert [compiled(x) for x in xs] == [float(y.data if isinstance(y, Value) else y) for y in map(f, xs)]


def largest_by_if(xs):
    best, place = xs[0], 0
    for k in range(1, len(xs)):
        if xs[k] > best:
            best, place = xs[k], k
    return best * (place + 1)


def median_by_selection(xs):
    xs, k = list(xs), len(xs) // 2
    while True:
        low, high = [x for x in xs if x < xs[0]], [x for x in xs if x > xs[0]]
        if k < len(low):
            xs = low
        elif k < len(xs) - len(high):
            return xs[0]
        else:
            xs, k = high, k - len(xs) + len(high)


def sorted_by_bubbles(xs):
    xs = list(xs)
    for end in range(len(xs) - 1, 0, -1):
        for k in range(end):
            if xs[k] > xs[k + 1]:
                xs[k], xs[k + 1] = xs[k + 1], xs[k]
    return xs[0] + 2 * xs[1] + 4 * xs[-1]


def value_of_a_field(xs):
    values = [0.0] * 6
    for _ in range(4):
        around = [(values[max(k - 1, 0)], values[min(k + 1, 5)]) for k in range(6)]
        values = [xs[k % 5] + 0.9 * max(pair) for k, pair in enumerate(around)]
    return values[0]


@pytest.mark.filterwarnings("ignore::autograd.UncompiledWarning")
@pytest.mark.parametrize(
    "f", [largest_by_if, median_by_selection, sorted_by_bubbles, value_of_a_field], ids=lambda f: f.__name__
)
def test_searching_sorting_and_planning_are_right_whatever_becomes_of_their_branches(f):
    compiled = autograd.compile(f)
    rng = np.random.default_rng(0)
    for xs in rng.integers(-3, 4, (60, 5)).astype(float).tolist():
        given = [Value(x) for x in xs]
        y = f(given)
        value, slopes = compiled.value_and_grad(xs)
        assert np.isclose(value, y.data)
        assert np.allclose(slopes, autograd.gradients(y, given))


def test_an_option_with_a_barrier_is_one_program_as_good_as_one_with_where():
    def paid(s, z, crossed, above):
        alive, growth = 1.0, 0.01
        for k in range(40):
            s = s * exp(growth * z[k])
            alive = crossed(s, alive)
        return above(s, alive)

    def branching(s, z):
        def crossed(s, alive):
            if s > 104.0:
                alive = 0.0
            return alive

        return paid(s, z, crossed, lambda s, alive: alive * (s - 100.0) if s > 100.0 else 0.0)

    def by_hand(s, z):
        def crossed(s, alive):
            return autograd.where(autograd.less(104.0, s), 0.0, alive)

        def above(s, alive):
            return autograd.where(autograd.less(100.0, s), alive * (s - 100.0), 0.0)

        return paid(s, z, crossed, above)

    z = np.random.default_rng(0).normal(size=(200, 40))
    compiled, right = (autograd.compile(f, batch=1) for f in (branching, by_hand))
    assert np.array_equal(compiled(100.0, z), right(100.0, z))
    assert np.allclose(compiled.value_and_grad(100.0, z), right.value_and_grad(100.0, z), rtol=1e-12)
    assert compiled.cache_info().recordings == 1


def test_threads_record_choices_of_one_function_at_once():
    found = []

    def run(x):
        compiled = autograd.compile(early)
        found.append((x, compiled(x, 0.5)))

    threads = [threading.Thread(target=run, args=(x,)) for x in (1.0, -1.0, 3.0, 0.5) * 4]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 16
    for x, y in found:
        assert y == slopes_of(early, x, 0.5)[0]


def test_tracebacks_name_the_lines_of_the_function():
    def f(x, k):
        y = x * W if x > 0 else x
        return (y, x)[k]

    compiled = autograd.compile(f, static=1)
    compiled(1.0, 0)
    with pytest.raises(IndexError) as caught:
        compiled(1.0, 2)
    assert caught.traceback[-1].lineno == f.__code__.co_firstlineno + 1

"""Compiled methods: each instance has programs of its own, and nothing of them in it; copies and pickles."""

import copy
import functools
import gc
import inspect
import pickle
import pydoc
import weakref
from dataclasses import dataclass

import pytest

import autograd
from autograd import Value


class Line:
    def __init__(self, slope=2.0):
        self.slope = Value(slope)

    @autograd.compile
    def height(self, x):
        """How high it is."""
        return self.slope * x

    def steps(self, x):
        return self.slope * x

    fast = autograd.compile(steps)
    also = fast

    @autograd.compile(batch="x", static="n", has_aux=True)
    def many(self, x, n=1):
        return self.slope * x * n, x > 1

    @autograd.compile
    def __call__(self, x):
        return self.slope * x + 1

    @classmethod
    @autograd.compile
    def of_class(cls, x):
        return x * len(cls.__name__)

    @staticmethod
    @autograd.compile
    def static(x):
        return x * 3

    @autograd.compile
    @staticmethod
    def static_inside(x):
        return x * 4

    @property
    @autograd.compile
    def squared(self):
        return self.slope * self.slope


class Steeper(Line):
    @autograd.compile
    def height(self, x):
        return 10.0 * super().height(x)


class Slotted:
    __slots__ = ("slope",)

    def __init__(self, slope):
        self.slope = Value(slope)

    @autograd.compile
    def height(self, x):
        return self.slope * x


@dataclass
class Equal:
    slope: Value

    @autograd.compile
    def height(self, x):
        return self.slope * x


@autograd.compile
def square(x: float) -> float:
    """The square of x."""
    return x * x


def test_nothing_is_stored_in_the_instance():
    line = Line()
    assert [line.height(1.0), line.height.backward(3.0), line(1.0), line.squared] == [2.0, 6.0, 3.0, 4.0]
    assert list(vars(line)) == ["slope"]
    assert line.slope.grad == 3.0


def test_a_method_that_overrides_another_may_call_it():
    line = Steeper()
    assert [line.height(1.0) for _ in range(3)] == [20.0] * 3
    assert line.height.backward(1.0) == 20.0
    assert line.slope.grad == 10.0
    assert Line.height(line, 1.0) == 2.0


def test_two_names_leave_the_method_as_it_is():
    line = Line()
    assert line.fast(1.0) == line.also(1.0) == 2.0
    assert isinstance(line.steps(1.0), Value)
    assert line.also.cache_info().recordings == 1


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_before_and_after_the_first_call_have_programs_of_their_own(again):
    line = Line()
    before = again(line)
    assert line.height(1.0) == 2.0
    after = again(line)
    for k, one in enumerate([before, after, again(after)]):
        one.slope = Value(5.0 + k)
        assert [one.height(1.0), again(one.height)(1.0), line.height(1.0)] == [5.0 + k, 5.0 + k, 2.0]


def test_a_bound_method_that_is_copied_with_its_instance_belongs_to_the_copy():
    line = Line()
    line.callback = line.height
    assert line.callback(1.0) == 2.0
    twin = copy.deepcopy(line)
    twin.slope.data = 7.0
    assert (twin.callback(1.0), line.callback(1.0)) == (7.0, 2.0)


def test_instances_that_are_equal_or_have_slots_are_told_apart():
    for kind in (Equal, Slotted):
        a, b = (kind(Value(2.0)), kind(Value(2.0))) if kind is Equal else (kind(2.0), kind(2.0))
        assert a.height(1.0) == b.height(1.0) == 2.0
        b.slope.data = 5.0
        assert [a.height(1.0), b.height(1.0)] == [2.0, 5.0]


def test_programs_go_with_their_instance():
    line = Line()
    line.height(1.0)
    line.many.backward([1.0, 2.0])
    gone, methods = weakref.ref(line), [vars(Line)["height"], vars(Line)["many"]]
    known = [len(one.instances) for one in methods]
    del line
    gc.collect()
    assert gone() is None
    assert [len(one.instances) for one in methods] == [count - 1 for count in known]
    for k in range(200):
        assert Slotted(float(k)).height(2.0) == 2.0 * k
    assert len(vars(Slotted)["height"].instances) <= 64


def test_an_instance_that_nobody_else_holds_lives_as_long_as_its_call():
    assert Line().height(1.0) == Line(2.0).height.backward(1.0) == 2.0
    assert Line(3.0).height.value_and_grad(1.0) == (3.0, 3.0)
    height = Line(4.0).height
    gc.collect()
    assert height(2.0) == 8.0


def test_options_count_arguments_without_the_instance():
    line = Line()
    for x, n in (([1.0, 2.0], 2), ([1.0, 2.0], 3)):
        values, large = line.many(x, n=n)
        assert (values.tolist(), large.tolist()) == ([2.0 * n, 4.0 * n], [False, True])
        assert line.many.backward(x, n)[0] == 3.0 * n


def test_class_and_static_methods_are_what_they_are():
    for owner in (Line, Line()):
        assert [owner.of_class(1.0), owner.static(1.0), owner.static_inside(1.0)] == [4.0, 3.0, 4.0]
    assert Steeper.of_class(1.0) == 7.0


def test_a_compiled_function_is_copied_and_pickled_by_its_name_or_by_what_it_was_made_of():
    assert copy.copy(square) is copy.deepcopy(square) is pickle.loads(pickle.dumps(square)) is square
    assert pickle.loads(pickle.dumps(Line.height)) is Line.height
    limited = autograd.compile(functools.partial(max, 1.0), batch=0)
    limited([3.0])
    assert pickle.loads(pickle.dumps(limited))([0.5, 3.0]).tolist() == [1.0, 3.0]
    line = Line()
    model = {"line": line, "compiled": autograd.compile(line)}
    assert model["compiled"](1.0) == 3.0
    twin = copy.deepcopy(model)
    twin["line"].slope.data = 5.0
    assert (twin["compiled"](1.0), model["compiled"](1.0)) == (6.0, 3.0)


def test_it_looks_like_the_function():
    assert (square.__name__, square.__module__) == ("square", __name__)
    assert square.__doc__.startswith("The square of x.\n\nCompiled by `autograd.compile`")
    assert str(inspect.signature(square)) == "(x: float) -> float"
    assert str(inspect.signature(Line().height)) == "(x)"
    assert "The square of x." in pydoc.plain(pydoc.render_doc(square))
    assert "height(self, x)" in pydoc.plain(pydoc.render_doc(Line))

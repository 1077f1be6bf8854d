"""primitive: a user's own operation is used like a row, in every vocabulary and to every order."""

import copy
import inspect
import math
import pickle

import numpy as np
import pytest

import autograd
from autograd import (
    GradientError,
    Value,
    derivative_table,
    from_json,
    grad,
    gradcheck,
    hessian,
    primitive,
    to_json,
)
from autograd.core import floats
from autograd.core.ops import GROUP
from autograd.vocabularies import arrays, text


@primitive(partials=lambda x, y: [autograd.cos(x)], symbol="~")
def wave(x):
    """The sine, by way of math."""
    return math.sin(x)


@primitive(partials=lambda m, a, b, y: (2.0 * a * b, m.square(a)))
def volume(m, a, b=2.0):
    return m.square(a) * b


@primitive(partials=lambda m, xs, y: ([3.0 * m.square(x) for x in xs],), domain=[GROUP])
def cubes(m, xs):
    return m.sum(m.each(lambda x: x * x * x, xs))


def test_a_primitive_is_one_node_and_computes_on_plain_numbers():
    y = wave(Value(0.5)) * volume(2.0, Value(3.0))
    assert [(x.op.name, x.op.symbol) for x in y.inputs] == [("wave", "~"), ("volume", "volume")]
    assert (wave(0.5), volume(3), cubes(1.0, 2.0)) == (math.sin(0.5), 18.0, 9.0)
    assert wave.__doc__ == "The sine, by way of math."


def test_a_primitive_has_derivatives_of_every_order():
    assert grad(grad(grad(wave)))(0.5) == pytest.approx(-math.cos(0.5), rel=1e-14)
    assert hessian(wave)(0.5) == pytest.approx(-math.sin(0.5), rel=1e-14)
    assert hessian(volume, argnums=(0, 1))(2.0, 3.0) == ((6.0, 4.0), (4.0, 0.0))
    assert hessian(lambda x: cubes(x))([1.0, 2.0]) == [[6.0, 0.0], [0.0, 12.0]]
    assert gradcheck(lambda x: wave(x) * volume(x, wave(x)) + cubes([x, x * x]), 0.4)


def test_a_primitive_works_in_every_vocabulary():
    x = np.linspace(-1.0, 1.0, 5)
    for f, op in ((wave, autograd.TABLE["wave"]), (volume, autograd.TABLE["volume"])):
        rest = () if f is wave else (3.0,)
        y = op.forward(arrays, x, *rest)
        assert y.tolist() == pytest.approx([op.forward(floats, v, *rest) for v in x.tolist()])
        slopes = op.partials(arrays, x, *rest, y)[0].tolist()
        assert slopes == pytest.approx([op.partials(floats, v, *rest, f(v, *rest))[0] for v in x.tolist()])
    assert str(autograd.TABLE["wave"].forward(text.words, text.Text("x"))) == "wave(x)"


def test_a_primitive_is_compiled_alone_in_blocks_and_in_batches():
    weights = [Value(0.1 * k) for k in range(20)]

    def f(x):
        return autograd.sum([wave(w * x) * volume(w, x) for w in weights]) + cubes([x, weights[3]])

    compiled, batched = autograd.compile(f), autograd.compile(f, batch=0)
    assert autograd.compile(wave)(0.3) == pytest.approx(math.sin(0.3))
    assert compiled(0.3) == pytest.approx(f(0.3).data)
    assert compiled.value_and_grad(0.3)[1] == pytest.approx(grad(f)(0.3).data)
    assert batched([0.3, 0.4]).tolist() == pytest.approx([f(0.3).data, f(0.4).data])


def test_a_primitive_stands_in_the_table_and_in_saved_graphs(capsys):
    derivative_table("volume")
    assert "    y      = square(a) * b\n" in capsys.readouterr().out
    x = Value(0.5)
    for copied in (copy.deepcopy(wave(x)), pickle.loads(pickle.dumps(wave(x))), from_json(to_json(wave(x)))):
        copied.backward()
        assert copied.inputs[0].grad == math.cos(0.5)


def test_gradcheck_tells_at_once_that_a_partial_is_wrong():
    @primitive(partials=lambda x, y: 2.0 * x)
    def third_power(x):
        return x**3

    line = inspect.currentframe().f_lineno + 3
    says = rf"^third_power\(1.5\) has a wrong partial .*: 3, .* 6.75, at .*line {line}"
    with pytest.raises(GradientError, match=says):
        gradcheck(lambda x: 5 * third_power(x), 1.5)


def test_a_primitive_can_be_defined_again_but_takes_no_name_of_the_table():
    for factor in (1.0, 2.0):

        @primitive(partials=lambda x, y, factor=factor: [factor])
        def scaled(x, factor=factor):
            return factor * x

    with pytest.raises(ValueError, match="there is an operation called 'tanh' already; give the primitive another"):

        @primitive(partials=lambda x, y: [1.0])
        def tanh(x):
            return x

    with pytest.raises(ValueError, match="has no inputs"):

        @primitive(partials=lambda y: [])
        def nothing():
            return 1.0


def test_a_wrong_number_of_partials_and_a_hidden_function_are_explained():
    @primitive(partials=lambda a, b, y: [b])
    def short(a, b):
        return a * b

    with pytest.raises(ValueError, match="short has 2 inputs, but its partials are 1; give one for each"):
        short(Value(1.0), 2.0)
    with pytest.raises(TypeError, match=r"written with .* words of m, .* leave m out"):

        @primitive(partials=lambda m, x, y: [math.cos(x)])
        def hidden(m, x):
            return math.sin(x)

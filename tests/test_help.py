"""What dir lists and help shows: what is public, in sentences and formulas, and what can be done with it."""

import inspect
import pydoc

import pytest

import autograd
from autograd import Value


def help_on(thing):
    return pydoc.plain(pydoc.render_doc(thing))


def test_dir_lists_what_is_public_and_nothing_else():
    assert {*autograd.__all__} < {*dir(autograd)}
    assert {name for name in dir(autograd) if name.startswith("_")} == {"__version__"}
    assert {name for name in dir(autograd) if inspect.ismodule(getattr(autograd, name))} == {"linalg"}
    assert not {"Any", "import_module", "TABLE"} & {*dir(autograd)}
    x = Value(1.0)
    assert {"data", "tanh", "sum", "backward", "label"} < {*dir(x)}
    assert not {"arctan", "velocity", "_a", "_data", "_compare"} & {*dir(x)}
    x.velocity = 0.0
    assert "velocity" in dir(x)


def test_the_star_brings_what_is_listed_and_leaves_pythons_own_names_alone():
    names: dict = {}
    exec("from autograd import *", names)
    assert names.keys() - {"__builtins__"} == {*autograd.__all__}
    assert not names.keys() & {"sum", "max", "min", "abs", "round", "pow"}


@pytest.mark.parametrize("name", [name for name in dir(autograd) if name != "__version__"])
def test_help_has_a_text_for_every_public_name(name):
    text = getattr(autograd, name).__doc__
    assert text
    assert text.splitlines()[0].strip() in help_on(getattr(autograd, name))


def test_help_on_a_value_is_about_values():
    assert "made without running" not in help_on(Value(1.0))
    assert "A number that can be differentiated" in help_on(Value(1.0) * 2.0)


def test_help_on_a_compiled_function_says_what_can_be_done_with_it():
    @autograd.compile
    def loss(x, y=1.0):
        """The squared error."""
        return (Value(2.0) * x - y) ** 2

    assert str(inspect.signature(loss)) == "(x, y=1.0)"
    text = help_on(loss)
    assert "loss(x, y=1.0)\n    The squared error.\n" in text
    for what in (".backward(...)", ".value_and_grad(...)", ".flat(...)", ".program\n", ".cache_info(...)"):
        assert what in text
    assert ".backward(...)" in help_on(autograd.compile(lambda x: x * x))
    assert "has_aux" in help_on(autograd.compile)

"""Printed functions show in tracebacks, and their lines go when they go."""

import gc
import inspect
import linecache
import traceback
from types import CodeType, FunctionType

import pytest

import autograd
from autograd import Value, grad, primitive
from autograd.callers import is_own
from autograd.vocabularies import printed
from autograd.vocabularies.printed import PREFIX


def entries() -> set[str]:
    return {file for file in linecache.cache if file.startswith(PREFIX)}


@pytest.fixture
def codes(monkeypatch):
    """All code that is printed meanwhile."""
    made = []

    def spy(*arguments):
        made.append(compile(*arguments))
        return made[-1]

    monkeypatch.setattr(printed, "compile", spy, raising=False)
    return made


def test_an_error_inside_a_printed_function_shows_its_line(codes):
    @primitive(partials=lambda m, x, y: [m.cos(x)])
    def printed_sine(m, x):
        return m.sin(x)

    assert grad(grad(lambda x: printed_sine(x) * x))(0.5)
    w = Value(2.0)
    for f in (lambda x: autograd.exp(w * x) + x, lambda x: w * x if x > 0 else x):
        compiled = autograd.compile(f)
        for k in range(4):
            assert compiled(1.0 + k) == pytest.approx(f(1.0 + k).data)
            compiled.backward(1.0 + k)
    batched = autograd.compile(lambda x: w * x + x, batch="x")
    assert len(batched([1.0, 2.0, 3.0])) == 3
    batched.backward([1.0, 2.0, 3.0])
    seen = set()
    for code in codes:
        for part in (one for one in code.co_consts if isinstance(one, CodeType) and one.co_names):
            with pytest.raises((AttributeError, NameError, TypeError)) as caught:
                # it knows no names here, and says so from its first line that uses one
                FunctionType(part, {})(*[1.0] * (part.co_argcount + part.co_kwonlyargcount))
            last = traceback.extract_tb(caught.value.__traceback__)[-1]
            assert last.filename == part.co_filename
            assert last.line, part
            assert last.line in "".join(linecache.getlines(part.co_filename))
            assert is_own(part)
            seen.add(part.co_name)
    assert seen >= {"printed_sine", "printed", "shortcut", "program", "is_same", "forward_own", "reverse_r_own"}, seen


def test_a_traceback_shows_the_row():
    with pytest.raises(TypeError) as caught:
        autograd.tanh("text")
    assert "return forward(floats, x if type(x) is float else number(x))" in "".join(
        traceback.format_exception(caught.value)
    )
    assert "node = Bare()" in inspect.getsource(autograd.tanh)


def test_programs_that_are_dropped_leave_no_lines_behind():
    w = Value(2.0)

    def compiled(k):
        f = autograd.compile(lambda x: w * x + float(k))
        f.backward(1.0)
        return f(1.0)

    compiled(-1)
    gc.collect()
    before = entries()
    for k in range(200):
        assert compiled(k) == 2.0 + k
    gc.collect()
    assert len(entries() - before) <= 2, "at most what a cache of the last program holds"

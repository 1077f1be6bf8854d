"""Tape: what was recorded while it was open, in order."""

import pytest

import autograd as ag
from autograd import Tape, Value, no_grad, scope


def test_a_tape_lists_operations_in_the_order_of_recording():
    x = Value(2.0)
    before = x + 1
    with Tape() as tape:
        a = x * x
        b = a.exp()
    b + before
    assert list(tape) == [a, b]
    assert (len(tape), tape[1]) == (2, b)
    assert repr(tape) == "<Tape of 2 operations>"


def test_a_tape_sees_inner_tapes_operations_but_not_what_no_grad_hides():
    x = Value(2.0)
    with Tape() as outer:
        a = x * x
        with Tape() as inner:
            b = x + 1
        with no_grad():
            x * 3
    assert list(outer) == [a, b]
    assert list(inner) == [b]
    with no_grad(), Tape() as tape:
        x * x
    assert len(tape) == 0


def test_backward_through_a_tape_wants_a_root_recorded_on_it():
    x = Value(2.0)
    outside = x * x
    with Tape() as tape:
        inside = outside * 3
    tape.backward(inside)
    assert x.grad == 12.0
    with pytest.raises(ValueError, match="compute it inside `with Tape"):
        tape.backward(outside)


def test_comparisons_are_guards_on_an_open_tape():
    x, y = Value(2.0), Value(3.0)
    with Tape() as tape:
        z = x * y
        assert z > y
        assert (z == 1) is False
        assert x
    x < y  # noqa: B015
    assert [(g.symbol, g.outcome, g.line) for g in tape.guards] == [(">", True, 1), ("==", False, 1), ("!=", True, 1)]
    assert tape.guards[0].left is z
    assert tape.guards[0].right is y


def test_a_tape_cannot_be_opened_twice_at_once_but_continues_later():
    x = Value(2.0)
    tape = Tape()
    with tape, pytest.raises(RuntimeError, match="open already"), tape:
        pass
    with tape:
        x * x
    assert len(tape) == 1


def test_a_tape_closes_when_an_error_leaves_it():
    x = Value(2.0)
    with pytest.raises(KeyError), Tape() as tape:
        raise KeyError
    x * x
    assert len(tape) == 0


def test_the_printed_tape_shows_every_number():
    x, w = Value(2.0, label="x"), Value(-1.5, label="w")
    with Tape() as tape:
        y = ag.tanh(x * w)
    y.backward()
    lines = str(tape).splitlines()
    assert lines[0].split() == ["line", "operation", "inputs", "value", "partials", "adjoint"]
    assert lines[1].split() == ["0", "mul", "x,", "w", "-3", "-1.5,", "2", "0.009866"]
    assert len(lines) == 3


def test_scopes_nest_and_end():
    x = Value(2.0)
    with scope("layer 1"):
        a = x * x
        with scope("neuron 2"):
            b = x + 1
    c = x + 2
    assert [v.scope for v in (x, a, b, c)] == ["", "layer 1", "layer 1/neuron 2", ""]
    a.label = "a"
    assert (a.scope, a.label, b.label) == ("layer 1", "a", "")


def test_no_grad_decorates_functions():
    @no_grad()
    def square(x):
        return x * x

    assert square(Value(3.0)).is_constant
    assert (Value(3.0) * 1).inputs

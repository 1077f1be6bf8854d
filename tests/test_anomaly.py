"""Where a NaN came from, and hooks on adjoints: sweeps that are looked at, at no cost to the others."""

import gc
import inspect
import math
import sys
from types import SimpleNamespace

import pytest

import autograd
from autograd import (
    Value,
    backward,
    detect_anomaly,
    exp,
    grad,
    gradients,
    hessian,
    hook,
    jacobian,
    log,
    no_grad,
    scope,
    sqrt,
    where,
)
from autograd.callers import shown
from autograd.verbs.hooks import hooks


def test_the_first_result_that_is_not_finite_raises_with_operation_operands_scope_and_line():
    x = Value(-1.0, label="x")
    line = inspect.currentframe().f_lineno + 2
    with pytest.raises(FloatingPointError) as caught, detect_anomaly(), scope("model"):
        log(x) * 0
    assert str(caught.value) == f"log gave nan from x = -1.0 in scope 'model', at {__file__}, line {line}: log(x) * 0"


def test_finite_results_pass_and_outside_nothing_raises():
    with detect_anomaly():
        y = exp(Value(1.0)) + 1
        y.backward()
    assert math.isinf(exp(Value(1e9)).data)


def test_the_first_adjoint_that_is_not_finite_raises_with_the_operation_it_came_through():
    x = Value(0.0, label="x")
    with detect_anomaly():
        y = sqrt(x) * 3
        with pytest.raises(
            FloatingPointError, match=r"adjoint of x = 0.0 became inf in sqrt of x = 0.0: .* 3.0 .* line \d+: y ="
        ):
            y.backward()
        for f in (grad(sqrt), hessian(sqrt), jacobian(lambda v: [sqrt(v), v])):
            with pytest.raises(FloatingPointError, match="sqrt"):
                f(0.0)
        with pytest.raises(FloatingPointError, match="sqrt"):
            gradients(y, x)


def test_an_adjoint_met_in_a_graph_recorded_before_names_all_but_the_line():
    y = sqrt(Value(0.0))
    with detect_anomaly(), pytest.raises(FloatingPointError, match="record inside detect_anomaly too"):
        y.backward()


def test_an_infinity_that_a_branch_leaves_aside_raises_no_alarm_among_adjoints():
    x = Value(0.0)
    y = where(x > 0, sqrt(x), x)
    with detect_anomaly():
        y.backward()
        assert x.grad == 1.0
        assert grad(lambda v: v**2.0)(-3.0) == -6.0
        assert grad(grad(lambda v: v**2.0))(-3.0) == 2.0


def test_under_no_grad_the_operation_is_named_too():
    with detect_anomaly(), no_grad(), pytest.raises(FloatingPointError, match=r"log gave -inf from 0.0, at .*log\("):
        log(Value(0.0))
    with no_grad(), detect_anomaly(), pytest.raises(FloatingPointError, match=r"log gave -inf from 0.0, at .*log\("):
        log(Value(0.0))


def test_hessians_are_the_same_while_somebody_looks():
    def f(x):
        return exp(x[0] * x[1]) + x[1] ** 3

    expected = hessian(f)([0.3, 0.5])
    with detect_anomaly():
        assert hessian(f)([0.3, 0.5]) == [pytest.approx(row) for row in expected]
    with no_grad(), detect_anomaly():
        assert hessian(f)([0.3, 0.5]) == [pytest.approx(row) for row in expected]


def test_detect_anomaly_decorates_a_function():
    @detect_anomaly()
    def f(x):
        return 1 / x

    with pytest.raises(FloatingPointError, match=r"div gave inf from 1.0, 0.0"):
        f(Value(0.0))


# Hooks.


def test_a_hook_sees_the_adjoint_and_what_it_returns_takes_its_place():
    x = Value(3.0)
    y = x * x
    seen = []
    with hook(y, seen.append), hook(y, lambda adjoint: min(adjoint, 0.5)), hook(y, seen.append):
        (4 * y).backward()
    assert (seen, y.grad, x.grad) == ([4.0, 0.5], 0.5, 3.0)
    (4 * y).backward()
    assert x.grad == 3.0 + 24.0


def test_a_hook_on_a_leaf_sees_what_one_sweep_adds():
    x = Value(3.0)
    x.grad = 100.0
    seen = []
    with hook(x, lambda adjoint: seen.append(adjoint) or -adjoint):
        (x * x).backward()
    assert (seen, x.grad) == ([6.0], 94.0)
    with hook(x, lambda adjoint: 2.0):
        backward([x, x * 0.0])
    assert x.grad == 96.0


def test_hooks_take_part_in_the_verbs_and_in_gradients():
    def f(x):
        y = x * x
        hook(y, lambda adjoint: adjoint * 10)
        return y * 3

    assert grad(f)(1.0) == 60.0
    assert grad(grad(f))(1.0) == 60.0
    x = Value(2.0)
    y = x * x
    with hook(y, lambda adjoint: adjoint + 1), hook(x, lambda adjoint: -adjoint):
        assert gradients(y * 3, [x, y]) == [-16.0, 4.0]


def test_hooks_go_when_removed_and_with_their_value():
    x = Value(1.0)
    handle = hook(x * x, print)
    gc.collect()
    assert not hooks
    handle.remove()
    handle = hook(x, print)
    handle.remove()
    handle.remove()
    assert not hooks


def test_a_hook_on_the_wrong_thing_says_so():
    with pytest.raises(TypeError, match=r"a hook sits on a Value, not on 3.0"):
        hook(3.0, print)
    with pytest.raises(TypeError, match="a hook is a function of the adjoint, not 1"):
        hook(Value(1.0), 1)
    with pytest.raises(ValueError, match="is a constant, which no sweep reaches"):
        hook(Value(1.0).detach(), print)


def test_hooks_inside_a_compiled_function_are_refused():
    def inside(x):
        y = x * x
        hook(y, lambda adjoint: 2.0 * adjoint)
        return grad(lambda t: t * y)(x)

    with pytest.raises(ValueError, match="a hook set in a compiled function is called once"):
        autograd.compile(inside)(3.0)


def test_hooks_on_parameters_see_what_a_compiled_sweep_adds():
    w, seen = Value(2.0), []
    compiled = autograd.compile(lambda x: w * x)
    for _ in range(2):
        with hook(w, lambda adjoint: seen.append(adjoint) or -adjoint):
            compiled.backward(3.0)
    assert (seen, w.grad) == ([3.0, 3.0], -6.0)
    flat = compiled.flat([w])
    with hook(w, lambda adjoint: 10 * adjoint):
        flat.backward(3.0)
    assert flat.gradient.tolist() == [30.0]


def test_a_tape_with_a_hooked_node_is_not_compiled():
    x = Value(3.0)
    with autograd.Tape() as tape:
        y = x * x
    with hook(y, print), pytest.raises(ValueError, match="has a hook, which no compiled program calls"):
        tape.compile(y)


@pytest.mark.parametrize("batch", [(), (0,)])
def test_detect_anomaly_sees_what_a_compiled_function_computes(batch):
    compiled = autograd.compile(lambda x: autograd.sqrt(x), batch=batch)
    at = [1.0, 0.0] if batch else 0.0
    compiled(at)
    with detect_anomaly():
        compiled(at)
        with pytest.raises(FloatingPointError, match=r"the adjoint of 0.0 became inf in sqrt"):
            compiled.value_and_grad(at)
        with pytest.raises(FloatingPointError, match="log gave -inf"):
            autograd.compile(lambda x: autograd.log(x), batch=batch)(at)


def test_a_cell_of_a_notebook_is_named_as_jupyter_names_it(monkeypatch):
    names = SimpleNamespace(
        format_code_name=lambda file: ("Cell", "In[7]") if file == "/tmp/ipykernel_1/2.py" else None
    )
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(compile=names))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    assert shown("/tmp/ipykernel_1/2.py") == "Cell In[7]"
    assert shown("program.py") == "program.py"

"""CasADi's functions printed as C and compiled by the system's compiler (`jit`), with the loops inside."""

from __future__ import annotations

import tempfile
from typing import Any

import casadi as ca
from task import LeftOut, Task

from . import by_hand_c, casadi
from .casadi import expression, hessian, numbers, online, rosenbrock, run, sample_loss

MOST = 1_000  # parameters; the compiler takes minutes for the straight line of a larger network


def about() -> str:
    by_hand_c.about()  # raises LeftOut if there is no compiler
    flags = by_hand_c.FLAGS[:2]
    options = {"compiler": by_hand_c.compiler(), "flags": flags, "directory": f"{tempfile.gettempdir()}/"}
    casadi.OPTIONS.update(jit=True, compiler="shell", jit_options=options)
    return f"{casadi.about()}, compiled as C with {' '.join(flags)}"


def mean(inputs: dict[str, Any]) -> Any:
    """The mean loss and its gradient as a function of the parameters and a column for each sample."""
    symbols, sample, loss = sample_loss(inputs)
    if symbols.numel() > MOST:
        raise LeftOut(f"a network of more than {MOST:,} parameters")
    count = len(inputs["X"])
    each = ca.Function("each", [symbols, sample], [loss, ca.densify(ca.gradient(loss, symbols))])
    p, columns = ca.MX.sym("p", symbols.numel()), ca.MX.sym("columns", sample.numel(), count)
    total, slope = each.map("total", "serial", count, [0], [0, 1])(p, columns)
    return ca.Function("mean", [p, columns], [total / count, slope / count], casadi.OPTIONS)


def hinge(inputs: dict[str, Any]) -> Task:
    step, (value, slope) = run(mean(inputs), list(numbers(inputs)))
    return Task(step, lambda: [*value.tolist(), *slope.tolist()])


def epoch(inputs: dict[str, Any]) -> Task:
    symbols, sample, loss = sample_loss(inputs)
    updated = ca.Function("updated", [symbols, sample], [symbols - inputs["rate"] * ca.gradient(loss, symbols)])
    step, (last,) = run(updated.fold(len(inputs["X"]), casadi.OPTIONS), list(numbers(inputs)))
    return Task(step, last.tolist)


def descent(inputs: dict[str, Any]) -> Task:
    data, samples = numbers(inputs)
    p, columns = ca.MX.sym("p", len(data)), ca.MX.sym("columns", *samples.T.shape)
    updated = ca.Function("updated", [p, columns], [p - inputs["rate"] * mean(inputs)(p, columns)[1]])
    steps = updated.fold(inputs["steps"])
    last = steps(p, ca.repmat(columns, 1, inputs["steps"]))
    step, (found,) = run(ca.Function("descent", [p, columns], [last], casadi.OPTIONS), [data, samples])
    return Task(step, found.tolist)


TASKS = {
    "expression": expression,
    "rosenbrock": rosenbrock,
    "rosenbrock hessian": hessian,
    "hinge": hinge,
    "online": online,
    "epoch": epoch,
    "descent": descent,
}

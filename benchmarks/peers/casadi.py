"""CasADi: the formulas on scalar symbols (SX), differentiated once into a function of its virtual machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import casadi as ca
import numpy as np
import scalar_formulas as formulas
from task import LeftOut, Task

from .scalar_engine import Engine, tree

Array = Any
OPTIONS: dict[str, Any] = {}  # of the functions that are timed; casadi_jit has others
MOST = 100_000  # scalar operations in one function; building a larger one takes long


def about() -> str:
    return f"CasADi {ca.__version__}"


class Symbols(Engine):
    """The vocabulary of the formulas on symbols."""

    def __init__(self) -> None:
        super().__init__(ca.SX, ca.exp, ca.log)

    def relu(self, x: Any) -> Any:
        return ca.fmax(x, 0.0)


VOCABULARY = Symbols()


def run(function: ca.Function, inputs: list[Array]) -> tuple[Callable[[], Any], list[Array]]:
    """The function bound to buffers, which its documentation recommends for many calls, and its results."""
    buffer, call = function.buffer()
    for k, x in enumerate(inputs):
        buffer.set_arg(k, memoryview(x))
    outputs = [np.zeros(function.nnz_out(k)) for k in range(function.n_out())]
    for k, out in enumerate(outputs):
        buffer.set_res(k, memoryview(out))
    keep = buffer, inputs  # the function writes into their memory
    return lambda: (call(), keep), outputs


def gradient(leaves: list[Any], data: list[float], loss: Any) -> Task:
    """The value and its gradient by the leaves."""
    symbols = ca.vertcat(*leaves)
    function = ca.Function("gradient", [symbols], [loss, ca.densify(ca.gradient(loss, symbols))], OPTIONS)
    step, (value, slope) = run(function, [np.array(data)])
    return Task(step, lambda: [*value.tolist(), *slope.tolist()])


def symbol(_: float = 0.0) -> Any:
    return ca.SX.sym("x")


def expression(inputs: dict[str, Any]) -> Task:
    a, b = symbol(), symbol()
    return gradient([a, b], [inputs["a"], inputs["b"]], formulas.expression(a, b, VOCABULARY.relu))


def chain(inputs: dict[str, Any]) -> Task:
    w, x = symbol(), symbol()
    return gradient([w, x], [inputs["w"], inputs["x"]], formulas.chain(w, x, inputs["operations"]))


def rosenbrock(inputs: dict[str, Any]) -> Task:
    leaves = [symbol() for _ in inputs["x"]]
    return gradient(leaves, inputs["x"], formulas.rosenbrock(leaves))


def hessian(inputs: dict[str, Any]) -> Task:
    """Its nonzeros, of which the zeros around are left to the reader."""
    n = len(inputs["x"])
    x = ca.SX.sym("x", n)
    second = ca.hessian(formulas.rosenbrock(ca.vertsplit(x)), x)[0]
    step, (entries,) = run(ca.Function("hessian", [x], [second], OPTIONS), [np.array(inputs["x"])])
    sparsity = second.sparsity()
    return Task(step, lambda: np.array(ca.DM(sparsity, entries)).ravel().tolist())


def hinge(inputs: dict[str, Any]) -> Task:
    layers = tree(symbol, inputs["layers"])
    leaves = formulas.flat(layers)
    if 2 * len(leaves) * len(inputs["X"]) > MOST:
        raise LeftOut(f"a function of more than {MOST:,} operations")
    loss = formulas.hinge_loss(VOCABULARY, layers, inputs["X"], inputs["y"], inputs["l2"])
    return gradient(leaves, formulas.flat(inputs["layers"]), loss)


def gpt(inputs: dict[str, Any]) -> Task:
    weights = {name: tree(symbol, matrix) for name, matrix in inputs["weights"].items()}
    loss = formulas.gpt_loss(VOCABULARY, weights, inputs["tokens"], inputs["heads"])

    def flat(matrices: dict[str, Any]) -> list[Any]:
        return [p for matrix in matrices.values() for row in matrix for p in row]

    return gradient(flat(weights), flat(inputs["weights"]), loss)


def online(inputs: dict[str, Any]) -> Task:
    symbols, sample, loss = sample_loss(inputs)
    updated = symbols - inputs["rate"] * ca.gradient(loss, symbols)
    data, samples = numbers(inputs)
    now = np.zeros(len(samples[0]))
    call, (out,) = run(ca.Function("updated", [symbols, sample], [updated], OPTIONS), [data, now])

    def step() -> None:
        for row in samples:
            now[:] = row
            call()
            data[:] = out

    return Task(step, data.tolist)


def sample_loss(inputs: dict[str, Any]) -> tuple[Any, Any, Any]:
    """A network's parameters, a sample with its label, and its loss, as symbols."""
    layers = tree(symbol, inputs["layers"])
    x, y = [symbol() for _ in inputs["X"][0]], symbol()
    loss = formulas.hinge_loss(VOCABULARY, layers, [x], [y], inputs["l2"])
    return ca.vertcat(*formulas.flat(layers)), ca.vertcat(*x, y), loss


def numbers(inputs: dict[str, Any]) -> tuple[Array, Array]:
    """Those parameters, and the samples with their labels."""
    samples = np.array([[*x, y] for x, y in zip(inputs["X"], inputs["y"])])
    return np.array(formulas.flat(inputs["layers"])), samples


def digits(inputs: dict[str, Any]) -> Task:
    """The gradient of one sample, mapped over a batch by CasADi itself."""
    layers = tree(symbol, inputs["layers"])
    leaves = ca.vertcat(*formulas.flat(layers))
    x = [symbol() for _ in inputs["X"][0]]
    chosen = [symbol() for _ in layers[-1][1]]  # 1 for the label, else 0
    logits = formulas.network(VOCABULARY, layers, x)
    loss = ca.log(sum(ca.exp(z) for z in logits)) - sum(z * one for z, one in zip(logits, chosen))
    of_sample = ca.Function("of_sample", [leaves, ca.vertcat(*x, *chosen)], [ca.densify(ca.gradient(loss, leaves))])
    rows = np.array([[*x, *(float(k == y) for k in range(len(chosen)))] for x, y in zip(inputs["X"], inputs["y"])])
    size, rate, data = inputs["batch"], inputs["rate"], np.array(formulas.flat(inputs["layers"]))
    batches = [np.ascontiguousarray(rows[k : k + size]) for k in range(0, len(rows), size)]
    steps = []
    for batch in batches:
        count = len(batch)
        p, columns = ca.MX.sym("p", len(data)), ca.MX.sym("columns", len(rows[0]), count)
        updated = p - rate / count * ca.sum2(of_sample.map(count)(ca.repmat(p, 1, count), columns))
        steps.append(run(ca.Function("updated", [p, columns], [updated]), [data, batch]))

    def step() -> None:
        for call, (out,) in steps:
            call()
            data[:] = out

    return Task(step, data.tolist)


TASKS = {
    "expression": expression,
    "chain": chain,
    "rosenbrock": rosenbrock,
    "rosenbrock hessian": hessian,
    "hinge": hinge,
    "online": online,
    "digits": digits,
    "gpt": gpt,
}

"""Derivatives worked out by hand, in C, compiled by the system's compiler: about what the machine can do."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from task import LeftOut, Task

Array = Any
# -ffast-math by its parts: linked as a whole, it would make the process that loads the library flush subnormals to 0
FAST = ["-fno-math-errno", "-fno-trapping-math", "-fno-signed-zeros", "-fassociative-math", "-freciprocal-math"]
FLAGS = ["-O3", "-march=native", *FAST, "-ffinite-math-only", "-shared", "-fPIC"]
LANES = 8  # as in by_hand.c
CALLS = 10_000  # of the expression in one step: a call from Python would take longer than it


def compiler() -> str:
    """The system's C compiler."""
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if found is None:
        raise LeftOut("there is no C compiler")
    return found


def about() -> str:
    """Raises LeftOut if there is no compiler."""
    says = subprocess.run([compiler(), "--version"], capture_output=True, text=True, check=True).stdout
    return f"C ({says.splitlines()[0]}, {' '.join(FLAGS[:2])}, fast math)"


@cache
def library() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "by_hand.so"
        source = Path(__file__).with_name("by_hand.c")
        subprocess.run([compiler(), *FLAGS, "-o", str(made), str(source), "-lm"], check=True, capture_output=True)
        found = ctypes.CDLL(str(made))
    found.hinge.restype = ctypes.c_double
    return found


def at(array: Array) -> Any:
    return ctypes.c_void_p(array.ctypes.data)


def long(n: int) -> Any:
    return ctypes.c_long(n)


def double(x: float) -> Any:
    return ctypes.c_double(x)


def aligned(size: int) -> Array:
    """Zeros, of which the first lies where a vector of lanes may."""
    room = np.zeros(size + LANES)
    first = -room.ctypes.data % (8 * LANES) // 8
    return room[first : first + size]


class Net:
    """A network's parameters, and room for its gradient and for what is kept between forward and backward."""

    def __init__(self, inputs: dict[str, Any]) -> None:
        layers = inputs["layers"]
        widths = [len(layers[0][0][0]), *(len(biases) for _, biases in layers)]
        self.sizes, self.layers = np.array(widths, dtype=np.int_), len(layers)
        self.parameters = np.concatenate([part for w, b in layers for part in (np.array(w).T.ravel(), np.array(b))])
        self.gradient = np.zeros_like(self.parameters)
        self.work = aligned(LANES * (sum(widths) + 2 * max(widths) + len(self.parameters)))
        self.X, self.y = np.array(inputs["X"]), np.array(inputs["y"])

    def start(self) -> tuple[Any, ...]:
        """The first arguments of every function on networks."""
        return at(self.sizes), long(self.layers), at(self.parameters), at(self.X), at(self.y), long(len(self.X))

    def end(self) -> tuple[Any, ...]:
        return at(self.gradient), at(self.work)

    def in_order(self, flat: Array) -> list[float]:
        """Neuron by neuron, as the other peers answer."""
        found: list[float] = []
        for rows, columns in zip(self.sizes[:-1], self.sizes[1:]):
            matrix, flat = flat[: rows * columns], flat[rows * columns :]
            found += matrix.reshape(rows, columns).T.ravel().tolist() + flat[:columns].tolist()
            flat = flat[columns:]
        return found


def expression(inputs: dict[str, Any]) -> Task:
    given, out = np.array([inputs["a"], inputs["b"]]), np.zeros(3)
    call, arguments = library().expression, (at(given), at(out), long(CALLS))
    return Task(lambda: (call(*arguments), given), out.tolist, facts={"steps": CALLS})


def chain(inputs: dict[str, Any]) -> Task:
    out = np.zeros(3)
    call = library().chain
    arguments = double(inputs["w"]), double(inputs["x"]), long(inputs["operations"] // 2), at(out)
    return Task(lambda: call(*arguments), out.tolist)


def rosenbrock(inputs: dict[str, Any]) -> Task:
    x = np.array(inputs["x"])
    out = np.zeros(1 + len(x))
    call, arguments = library().rosenbrock, (at(x), long(len(x)), at(out), at(out[1:]))
    return Task(lambda: (call(*arguments), x), out.tolist)


def hessian(inputs: dict[str, Any]) -> Task:
    x = np.array(inputs["x"])
    out = np.zeros((len(x), len(x)))
    call, arguments = library().rosenbrock_hessian, (at(x), long(len(x)), at(out))
    return Task(lambda: (call(*arguments), x), lambda: out.ravel().tolist())


def hinge(inputs: dict[str, Any]) -> Task:
    net = Net(inputs)
    value: list[float] = []
    call, arguments = library().hinge, (*net.start(), double(inputs["l2"]), *net.end())

    def step() -> None:
        value[:] = [call(*arguments)]

    return Task(step, lambda: [*value, *net.in_order(net.gradient)])


def online(inputs: dict[str, Any]) -> Task:
    net = Net(inputs)
    call, arguments = library().online, (*net.start(), double(inputs["l2"]), double(inputs["rate"]), *net.end())
    return Task(lambda: call(*arguments), lambda: net.in_order(net.parameters))


def epoch(inputs: dict[str, Any]) -> Task:
    return restarted(Net(inputs), library().online, double(inputs["l2"]), double(inputs["rate"]))


def descent(inputs: dict[str, Any]) -> Task:
    return restarted(
        Net(inputs), library().descent, double(inputs["l2"]), double(inputs["rate"]), long(inputs["steps"])
    )


def restarted(net: Net, call: Any, *numbers: Any) -> Task:
    """A training from the same start each time."""
    start, arguments = net.parameters.copy(), (*net.start(), *numbers, *net.end())

    def reset() -> None:
        net.parameters[:] = start

    return Task(lambda: call(*arguments), lambda: net.in_order(net.parameters), reset=reset)


def digits(inputs: dict[str, Any]) -> Task:
    net = Net(inputs)
    call, arguments = library().digits, (*net.start(), long(inputs["batch"]), double(inputs["rate"]), *net.end())
    return Task(lambda: call(*arguments), lambda: net.in_order(net.parameters))


TASKS = {
    "expression": expression,
    "chain": chain,
    "rosenbrock": rosenbrock,
    "rosenbrock hessian": hessian,
    "hinge": hinge,
    "online": online,
    "epoch": epoch,
    "descent": descent,
    "digits": digits,
}
LEFT_OUT = {"gpt": "nobody has written it by hand"}

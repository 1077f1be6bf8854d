"""Graphs: small computations as data, with their right gradients and the lines of Python that they stand for."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..core.value import Value
from ..vocabularies import functions

Argument = int | tuple[float]  # a node by its place, or a number in the formula
Step = tuple[Any, ...]  # an operation's name, and its arguments

BINARY = {"add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "div": "{} / {}"}
METHODS = ("relu", "tanh", "exp", "log", "sigmoid", "sqrt", "sin", "cos")
FORMS = BINARY | {"pow": "{} ** {}", "neg": "-{}"} | {name: f"{{}}.{name}()" for name in METHODS}
_CALLED = {"add": "+", "sub": "- (between two)", "mul": "*", "div": "/", "pow": "**", "neg": "- (in front of one)"}


def called(name: str) -> str:
    """What people call an operation."""
    return _CALLED.get(name, name)


@dataclass(frozen=True)
class Graph:
    """Numbers to begin with, and the operations on them; `backward` starts at the last."""

    leaves: tuple[float, ...]
    steps: tuple[Step, ...]

    def script(self) -> list[list[Any]]:
        """What a process is asked to do: build it, go back, and read every number and gradient."""
        return [*self.building(), ["backward", self.size - 1], ["read"]]

    def building(self, first: int = 0) -> list[list[Any]]:
        """Its leaves, and its operations; with `first`, its leaves are there already and that many nodes too."""
        moved = 0 if not first else first - len(self.leaves)
        leaves = [] if first else [["leaf", x] for x in self.leaves]
        places = [[name, *(_moved(x, len(self.leaves), moved) for x in of)] for name, *of in self.steps]
        return [*leaves, *(["op", *step] for step in places)]

    @property
    def size(self) -> int:
        """How many nodes it has."""
        return len(self.leaves) + len(self.steps)

    @cached_property
    def values(self) -> list[Value]:
        """It in Values of ours, after the walk back."""
        nodes = [Value(x, label=name) for x, name in zip(self.leaves, self.names)]
        for k, (name, *of) in enumerate(self.steps):
            inputs = [x[0] if isinstance(x, tuple) else nodes[x] for x in of]
            is_operator = name in ("neg", "pow", *BINARY)
            made = _operator(name, inputs) if is_operator else getattr(functions, name)(*inputs)
            made.label = self.names[len(self.leaves) + k]
            nodes.append(made)
        nodes[-1].backward()
        return nodes

    @property
    def data(self) -> list[float]:
        """The numbers of its nodes."""
        return [value.data for value in self.values]

    @property
    def grads(self) -> list[float]:
        """The right gradients."""
        return [float(value.grad) for value in self.values]

    @property
    def names(self) -> list[str]:
        """a, b, c, ..."""
        return [chr(97 + k) if k < 26 else f"n{k}" for k in range(self.size)]

    def code(self) -> list[str]:
        """The lines of Python that it stands for."""
        names = self.names
        given = ", ".join(names[: len(self.leaves)])
        lines = [f"{given} = {', '.join(f'Value({x})' for x in self.leaves)}"]
        for name, (op, *of) in zip(names[len(self.leaves) :], self.steps):
            shown = [repr(x[0]) if isinstance(x, tuple) else names[x] for x in of]
            lines.append(f"{name} = {FORMS[op].format(*shown)}")
        return [*lines, f"{names[-1]}.backward()"]


def _moved(x: Argument, leaves: int, by: int) -> list[float] | int:
    return list(x) if isinstance(x, tuple) else x + by if x >= leaves else x


def _operator(name: str, inputs: Sequence[Any]) -> Any:
    if name == "neg":
        return -inputs[0]
    a, b = inputs
    return {"add": lambda: a + b, "sub": lambda: a - b, "mul": lambda: a * b, "div": lambda: a / b}.get(
        name, lambda: a**b
    )()


GENTLE = 4.0  # what functions are asked for: with 80, a tanh made of exponentials overflows in single precision
NUMBERS = (2.0, 3.0, -1.5, 0.5, -2.5, 4.0, 1.25, -0.75)


def chance_graph(dice: random.Random, size: int, unary: Sequence[str], binary: Sequence[str]) -> Graph:
    """A graph of `size` operations of those named, in which every node counts, and no number gets out of hand."""
    for _ in range(50):
        leaves = tuple(dice.sample(NUMBERS, dice.randint(1, 3)))
        count, steps = len(leaves), list[Step]()
        for k in range(size):
            latest = count + k - 1
            if unary and (not binary or dice.random() < 0.3):
                name = dice.choice(list(unary))
                steps.append((name, latest, *([(float(dice.choice([2, 3])),)] if name == "pow" else [])))
            else:
                pair = [latest, dice.randrange(latest + 1)]
                dice.shuffle(pair)
                steps.append((dice.choice(list(binary)), *pair))
        graph = Graph(leaves, tuple(steps))
        numbers = [*graph.data, *graph.grads]
        if any(abs(graph.data[of[0]]) > GENTLE for name, *of in graph.steps if name in METHODS):
            continue
        if all(1e-3 < abs(x) < 1e3 for x in graph.data) and all(abs(x) < 1e4 for x in numbers):
            return graph
    return Graph((2.0, 3.0), ((next(iter(binary), "add"), 0, 1),))


def smaller(graph: Graph) -> list[Graph]:
    """The graphs with one operation less, whose result becomes a leaf or one of its inputs."""
    found = []
    for k, (_, *of) in enumerate(graph.steps):
        if k == len(graph.steps) - 1:
            if len(graph.steps) > 1:
                found.append(pruned(Graph(graph.leaves, graph.steps[:-1])))
            continue
        node = len(graph.leaves) + k
        for instead in [x for x in of if not isinstance(x, tuple)]:
            steps = [
                (name, *(_without(x, node, instead) for x in inputs))
                for j, (name, *inputs) in enumerate(graph.steps)
                if j != k
            ]
            found.append(pruned(Graph(graph.leaves, tuple(steps))))
    return found


def _without(x: Argument, node: int, instead: int) -> Argument:
    if isinstance(x, tuple):
        return x
    return instead if x == node else x - (x > node)


def pruned(graph: Graph) -> Graph:
    """A graph without the nodes that its result does not need."""
    count = len(graph.leaves)
    needed = {graph.size - 1}
    for k in range(len(graph.steps) - 1, -1, -1):
        if count + k in needed:
            needed |= {x for x in graph.steps[k][1:] if not isinstance(x, tuple)}
    place = {old: new for new, old in enumerate(sorted(needed))}
    leaves = tuple(x for k, x in enumerate(graph.leaves) if k in needed)
    steps = [
        (name, *(x if isinstance(x, tuple) else place[x] for x in of))
        for k, (name, *of) in enumerate(graph.steps)
        if count + k in needed
    ]
    return Graph(leaves, tuple(steps))

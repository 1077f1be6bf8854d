"""Lines: a graph with nothing to pack as a Python function, a line for each operation, printed from the rows."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq
from typing import Any

import numpy as np

from ...core import floats
from ...core.value import Value
from ...vocabularies import text
from ...vocabularies.printed import printed
from ...vocabularies.text import Text
from ..graph.graph import OPS, Check, Graph
from ..numpy.blocks import Floats, Ran
from .interpreter import Interpreter

MOST_INPUTS = 64  # of one node: the text of a row is taken apart by recursion


class Words(text.Words):
    """The vocabulary `text`, without detours around numbers that are known."""

    def gate(self, a: Any, b: Any) -> Any:
        return a * b if isinstance(a, float) and a else Text("gate", (a, b))

    def pow(self, a: Any, b: Any) -> Any:
        return a if b == 1.0 else a * a if b == 2.0 else Text("pow", (a, b))

    def square(self, x: Any) -> Any:
        return x * x

    def div(self, a: Any, b: Any) -> Any:
        if isinstance(b, float) and b and isinstance(a, Text) and a.arguments is None:
            return Text(f"({a.head} / {b!r})")  # nothing to fear from a divisor that is no 0
        return Text("div", (a, b))


words = Words()


class PythonLines:
    """Runs a graph as plain Python on floats."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.interpreter = Interpreter(graph)
        self._functions: dict[bytes, Callable[..., Any]] = {}

    def run(self, shared: list[Floats], own: Floats | None, wanted: bytes, weight: float) -> Ran:
        """Runs the program; see `Program.run`."""
        if wanted not in self._functions:
            self._functions[wanted] = self.function(wanted)
        outputs, holds, gradients = self._functions[wanted](*np.concatenate(shared).tolist())
        if weight != 1.0 or not all(map(eq, gradients, gradients)):  # nan is not equal to itself
            return self.interpreter.run(shared, own, wanted, weight)
        d_shared = np.zeros(self.graph.leaves - self.graph.first_parameter)
        if wanted:
            d_shared[np.frombuffer(wanted, bool)] = gradients
        failed = ~np.array(holds, bool).reshape(-1, 1)
        return np.array(outputs, float).reshape(-1, 1), failed, d_shared, np.zeros((0, 1))

    def function(self, wanted: bytes) -> Callable[..., Any]:
        """The printed function: leaves to (results, whether each check holds, derivatives by the wanted leaves)."""
        return printed("program", self.source(wanted), dict(vars(floats)))

    def loops(self) -> str | None:
        """What becomes machine code: nothing."""
        return None

    def source(self, wanted: bytes = b"") -> str:
        """Python; the words that it calls are those of `autograd.core.floats`."""
        lines, results = self.body(wanted)
        return "\n".join(
            [f"def program({self.leaves()}):", *(f"    {line}" for line in lines), f"    return {results}", ""]
        )

    def shortcut(
        self, parameters: list[Value], wanted: bytes, result: str, same: Callable[[], bool] | None
    ) -> Callable[..., Any]:
        """The printed function of the arguments alone, as floats; `result` is what it returns, in the program's names.

        It returns None where something else than the lines printed is called for: an argument is no number, the
        parameters are not the `same`, a comparison comes out otherwise, a gradient is nan.
        """
        graph = self.graph
        lines, namespace = self.inlined(wanted)
        names = [f"v{k}" for k in range(graph.first_argument, graph.leaves)]
        source = [
            f"def shortcut({', '.join(names)}):",
            f"    if not ({' and '.join(f'type({name}) is float' for name in names)}):",
            f"        given = plain({', '.join(names)})",
            "        if given is None: return None",
            f"        {', '.join(names)}, = given",
            *(["    if not same(): return None"] if same else []),
            *(f"    v{graph.first_parameter + k} = parameters[{k}]._data" for k in range(graph.parameters)),
            *(f"    {line}" for line in lines),
            f"    return {result}",
        ]
        namespace |= {"parameters": parameters, "same": same, "plain": _plain}
        return printed("shortcut", "\n".join(source), namespace)

    def inlined(self, wanted: bytes) -> tuple[list[str], dict[str, Any]]:
        """The lines between leaves and result that `shortcut` prints, and the names that they need."""
        lines, _ = self.body(wanted)
        slopes = self.slopes(wanted)
        known = {line.split(" ", 1)[0] for line in lines}
        checks = [self._holds(check) for check in self.graph.checks]
        lines += [
            *(f"{name} = 0.0" for name in slopes if name not in known),
            *(f"if {' or '.join(f'{name} != {name}' for name in slopes)}: return None" for _ in slopes[:1]),
            *(f"if not ({check}): return None" for check in checks),
        ]
        return lines, dict(vars(floats))

    def slopes(self, wanted: bytes) -> list[str]:
        """What the derivatives that are wanted are called."""
        return [f"d{self.graph.first_parameter + k}" for k, has in enumerate(wanted) if has]

    def _holds(self, check: Check) -> str:
        return f"({self.compared(check)}) is {'True' if check.outcome else 'False'}"

    def compared(self, check: Check) -> str:
        """A comparison in the program's names."""
        return f"{self.name(check.left)} {check.printed} {self.name(check.right)}"

    def name(self, node: int) -> str:
        """What a node is called; a constant is its number."""
        return self.graph.name(node)

    def leaves(self) -> str:
        """What parameters and arguments are called."""
        return ", ".join(f"v{k}" for k in range(self.graph.first_parameter, self.graph.leaves))

    def body(
        self, wanted: bytes, vocabulary: Callable[[list[str]], Words] = lambda lines: words
    ) -> tuple[list[str], str]:
        """The lines of the function, and what it returns. The words of another vocabulary may add lines themselves."""
        graph = self.graph
        names: list[Any] = [*graph.constants, *(Text(f"v{k}") for k in range(graph.first_parameter, graph.leaves))]
        lines: list[str] = []
        mine = vocabulary(lines)
        for k, node in enumerate(graph.nodes, start=graph.leaves):
            op = OPS[node[0]]
            value = op.forward(mine, *op.split([names[x] for x in node[1:]]))
            before, (expression,) = text.program([value], f"s{k}_")
            lines += [*before, f"v{k} = {expression}"]
            names.append(Text(f"v{k}"))
        outputs = _tuple([shown(names[x]) for x in graph.outputs])
        holds = _tuple([self._holds(check) for check in graph.checks])
        if not wanted:
            return lines, f"{outputs}, {holds}, ()"
        return lines, f"{outputs}, {holds}, {self._reverse(names, wanted, lines, mine)}"

    def _reverse(self, names: list[Any], wanted: bytes, lines: list[str], words: Words) -> str:
        """Adds the lines of the way back, and returns the derivatives by the leaves."""
        graph, nodes, needs = self.graph, [*self.graph.nodes], self.graph.needs(wanted).tolist()
        root = graph.outputs[0]
        reached = {root}
        lines.append(f"d{root} = 1.0")
        for k in range(len(names) - 1, graph.leaves - 1, -1):
            if k not in reached or not needs[k]:
                continue
            node = nodes[k - graph.leaves]
            op = OPS[node[0]]
            partials = op.partials(words, *op.split([names[x] for x in node[1:]]), names[k])
            wants = [(x, slope) for x, slope in zip(node[1:], op.joined(partials), strict=True) if needs[x]]
            before, terms = text.program([chained(Text(f"d{k}"), slope) for _, slope in wants], f"p{k}_")
            lines += before
            for (x, _), term in zip(wants, terms, strict=True):
                lines.append(f"d{x} {'+=' if x in reached else '='} {term}")
                reached.add(x)
        leaves = [graph.first_parameter + k for k, has in enumerate(wanted) if has]
        return _tuple([f"d{k}" if k in reached else "0.0" for k in leaves])


def _plain(*given: Any) -> list[float] | None:
    """These as floats, if all of them are numbers that a float can be."""
    try:
        return [float(x) for x in given] if all(type(x) in (float, int, np.float64) for x in given) else None
    except OverflowError:
        return None


def chained(g: Text, slope: Any) -> Any:
    """An adjoint times a partial, without the product where that is 1.0 or -1.0."""
    if not isinstance(slope, Text) and abs(slope) == 1.0:
        return g if slope > 0 else -g
    return g * slope


def shown(x: Any) -> str:
    """An expression or a number as source text."""
    return text.program([x])[1][0]


def _tuple(items: list[str]) -> str:
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"

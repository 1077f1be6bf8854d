"""Walks back: what goes wrong between operations that are right by themselves, in what order, how often, from when."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .findings import Finding
from .graphs import BINARY, Graph, chance_graph, smaller
from .operations import Operations
from .process import MOST_LOST, Answer
from .slips import near

RANDOM = 60  # graphs drawn by chance


@dataclass
class Walks:
    """The examinations of the walk back; each says whether it found nothing wrong."""

    operations: Operations
    findings: list[Finding] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def examine(self) -> None:
        """All of them, those first on which the others build."""
        binary = [name for name in BINARY if name in self.operations.good]
        if any(one.kind == "no topological order" for one in self.operations.findings):
            return
        if not binary:
            self.remarks.append("no operation of two numbers is right, so the walk back could not be examined")
            return
        examinations: list[tuple[str, Callable[[], list[Finding]]]] = [
            ("adds up what arrives", self.adding),
            ("one node as both operands", self.twice),
            ("order of the walk", self.order),
            ("nodes with equal numbers", self.equal),
            ("a second graph", self.second_graph),
            ("a second backward", self.second_backward),
            ("+= makes a new node", self.in_place),
        ]
        for name, examination in examinations:
            if self.operations.student.lost > MOST_LOST:
                return
            found = examination()
            self.findings += found
            if not found:
                self.passed.append(name)
        if not self.findings:
            found = self.by_chance()
            self.findings += found
            if not found:
                self.passed.append("random graphs")
        if not self.findings and self.operations.student.lost <= MOST_LOST:
            self._long()

    def adding(self) -> list[Finding]:
        """Whether an operation adds to the gradients of its operands, or overwrites what is there."""
        outer, found = self._binary(), list[Finding]()
        for name in self.operations.good:
            for graph, place in _used_again(name, outer):
                # on the way back the operation comes after the outer one, so it meets a gradient that is there
                if not self.operations.is_composed(name, graph):
                    found += self._overwritten(name, graph, place)
        guilty = {one.operations for one in found if one.kind == "overwrites"}
        if len(guilty) >= max(2, len(self.operations.good) - 1):
            says = self._adds("every operation sets")
            return [Finding(**{**vars(found[0]), "operations": (), "says": says})]
        return found

    def twice(self) -> list[Finding]:
        """Whether a node that is both operands of an operation receives from both."""
        if any(one.kind == "overwrites" for one in self.findings):
            return []
        found = []
        for name in (name for name in BINARY if name in self.operations.good):
            graph = Graph((2.0,), ((name, 0, 0),))
            says = "one node as both operands, as in a + a, receives the gradient of one of them alone"
            found += self._one("shared node", graph, says, lambda grads: True, (name,))
        return found

    def order(self) -> list[Finding]:
        """Whether a node passes on what it has received once, and when it has received all of it."""
        early = "a node passes its gradient on before everyone who used it has given it its share"
        often = (
            "a node that is used twice passes its gradient on twice, the first time before it has all of it: visit "
            "each node once, after everyone who uses it"
        )
        if any(one.kind in ("overwrites", "shared node") for one in self.findings):
            return []
        for graph in self._shared():
            answer = self._asked(graph)
            if answer.error:
                return [self.operations.failure(graph, answer, ())]
            grads = [grad for _, grad in answer.reads[0]]
            off = _off(graph, grads)
            if off:
                k = off[0]
                more = abs(grads[k]) > abs(graph.grads[k])
                return [self._finding("no topological order", (), often if more else early, graph, k, grads)]
        return []

    def equal(self) -> list[Finding]:
        """Whether two nodes with the same number are told apart."""
        if self.findings:
            return []
        a, b = self._binary(), self._binary(last=True)
        says = "two nodes with the same number are taken for one: `in` and `==` compare numbers here; use `is` or id"
        for graph in (
            Graph((2.0, 2.0, 3.0), ((a, 0, 2), (a, 1, 2), (b, 3, 4))),
            Graph((2.0, 2.0), ((a, 0, 1), (b, 2, 0))),
            Graph((1.0, 1.0), ((a, 0, 1), (b, 2, 2))),
        ):
            found = self._one("equal numbers", graph, says, lambda grads: True)
            if found:
                return found
        return []

    def second_graph(self) -> list[Finding]:
        """Whether a graph built after another, or beside it, on the same leaves gets its own gradients."""
        if self.findings:
            return []
        op, other = self._binary(), self._binary(last=True)
        first = Graph((2.0, 3.0), ((op, 0, 1), (op, 2, 0)))
        second = Graph((2.0, 3.0), ((other, 0, 1), (op, 1, 2)))
        n, end = first.size, first.size + len(second.steps) - 1
        after = [*first.building(), ["backward", n - 1], ["zero", [0, 1]], *second.building(n), ["backward", end]]
        beside = [*first.building(), *second.building(n), ["backward", n - 1], ["zero", [0, 1]], ["backward", end]]
        again = [*first.building(), ["backward", n - 1], *second.building(n), ["backward", end]]
        for script, allowed in (
            (after, [second.grads[:2]]),
            (beside, [second.grads[:2]]),
            (again, [second.grads[:2], [x + y for x, y in zip(first.grads, second.grads[:2])]]),
        ):
            answer = self.operations.student.run([*script, ["read"]])
            if answer.error:
                return [Finding("raises", (), f"a second graph on the same leaves: {answer.says}", second)]
            grads = [answer.reads[0][k][1] for k in (0, 1)]
            if not any(all(map(near, grads, right)) for right in allowed):
                says = (
                    "after the backward of one graph, and its leaves set to 0, another graph on the same leaves gets "
                    "wrong gradients: something of the first is still there"
                )
                k = next((k for k in (0, 1) if not near(grads[k], second.grads[k])), 0)
                return [Finding("stale grads", (), says, second, k, second.grads[k], grads[k], tuple(grads))]
        return []

    def second_backward(self) -> list[Finding]:
        """Whether backward through the same graph, with all gradients set to 0, gives the same again."""
        if self.findings:
            return []
        op = self._binary()
        graph = Graph((2.0, 3.0), ((op, 0, 1), (op, 2, 0)))
        everything, end = list(range(graph.size)), graph.size - 1
        script = [*graph.building(), ["backward", end], ["zero", everything], ["backward", end], ["read"]]
        answer = self.operations.student.run(script)
        if answer.error:
            self.remarks.append(f"a second backward() through the same graph is not possible: {answer.says}")
            return []
        grads = [grad for _, grad in answer.reads[0]]
        says = "a second backward() through the same graph, all its gradients set to 0, gives other numbers"
        return [self._finding("repeated backward", (), says, graph, k, grads) for k in _off(graph, grads)[:1]]

    def in_place(self) -> list[Finding]:
        """Whether `c += a` leaves the node that was called c as it was."""
        op = self._binary()
        graph = Graph((2.0, 3.0), ((op, 0, 1),))
        if "add" not in self.operations.good:
            return []
        answer = self.operations.student.run([*graph.building(), ["op", "iadd", 2, 0], ["read"]])
        if answer.error:
            return [Finding("raises", ("add",), f"with +=: {answer.says}", graph)]
        was = answer.reads[0][2][0]
        if near(was, graph.data[2]):
            return []
        says = "`c += a` changes the node that was called c, which others may have used; it must make a new one"
        return [Finding("in place", ("add",), says, graph, 2, graph.data[2], was, of_data=True)]

    def by_chance(self) -> list[Finding]:
        """Graphs drawn by chance, small ones first; the first that is wrong is made as small as it can be."""
        dice = random.Random(0)
        good = self.operations.good
        unary = [name for name in ("neg", "pow", "relu", "tanh", "sigmoid", "sin", "cos") if name in good]
        binary: list[str] = [name for name in BINARY if name in good and name != "div"] or [self._binary()]
        for k in range(RANDOM):
            graph = chance_graph(dice, 1 + 8 * k // RANDOM, unary, binary)
            if self._is_wrong(graph):
                return [self._smallest(graph)]
        return []

    def _smallest(self, graph: Graph) -> Finding:
        while less := next((one for one in smaller(graph) if self._is_wrong(one)), None):
            graph = less
        answer = self._asked(graph)
        if answer.error:
            return self.operations.failure(graph, answer, ())
        grads = [grad for _, grad in answer.reads[0]]
        off = [k for k, right in enumerate(graph.grads) if not near(grads[k], right)]
        k = off[-1]  # the latest: whoever uses it has the right gradient, so it is they who passed on a wrong one
        users = tuple(dict.fromkeys(name for name, *of in graph.steps if k in of))
        says = "by itself each operation is right, and yet here a gradient is wrong"
        return self._finding("unknown", users, says, graph, k, grads)

    def _is_wrong(self, graph: Graph) -> bool:
        answer = self._asked(graph)
        return bool(answer.error) or bool(_off(graph, [grad for _, grad in answer.reads[0]]))

    def _long(self) -> None:
        """What is no mistake in the derivatives, and will be met in use."""
        op = "add" if "add" in self.operations.good else self._binary()
        chain = Graph((2.0, 1.0), tuple((op, k + 1 if k else 0, 1) for k in range(3000)))
        script: list[list[Any]] = [["leaf", 2.0], ["leaf", 1.0]]
        script += [["op", *step] for step in chain.steps]
        answer = self.operations.student.run([*script, ["backward", chain.size - 1]])
        if answer.error == "RecursionError":
            self.remarks.append("a chain of 3,000 operations is too deep for its recursion; a list has no such end")
        elif answer.error:
            self.remarks.append(f"a chain of 3,000 operations: {answer.says}")
        ladder = Graph((2.0,), tuple(("add", k, k) for k in range(22)))
        if "add" in self.operations.good:
            answer = self.operations.student.run([*ladder.building(), ["backward", 22]])
            if answer.error == "Timeout":
                self.remarks.append("it walks every path, and there are millions of them after 22 doublings b = b + b")

    def _overwritten(self, name: str, graph: Graph, place: int) -> list[Finding]:
        answer = self._asked(graph)
        if answer.error:
            return [self.operations.failure(graph, answer, (name,))]
        grads = [grad for _, grad in answer.reads[0]]
        if near(grads[place], graph.grads[place]):
            return []
        node = graph.values[len(graph.leaves)]
        alone = float(node.grad) * float(node.partials[place])
        others = graph.grads[place] - alone
        if not near(grads[place], alone) and not near(grads[place], others):  # one of two is lost
            return []
        return [self._finding("overwrites", (name,), self._adds("it sets"), graph, place, grads)]

    def _adds(self, who: str) -> str:
        return f"{who} the gradient of an operand with `=`, and what others gave it is lost: use `+=`"

    def _shared(self) -> Iterator[Graph]:
        """Nodes that several use, of whom one uses another: in each order of operands."""
        op = self._binary()
        for first in ((3, 2), (2, 3)):
            yield Graph((2.0, 3.0), ((op, 0, 1), (op, 2, 1), (op, *first)))
        for last in ((4, 2), (2, 4)):
            for middle in ((3, 2), (2, 3)):
                yield Graph((2.0, 3.0), ((op, 0, 1), (op, 2, 1), (op, *middle), (op, *last)))
        yield Graph((2.0,), ((op, 0, 0), (op, 1, 1), (op, 2, 2)))
        yield Graph((2.0, 3.0), ((op, 0, 1), (op, 2, 0), (op, 3, 2), (op, 4, 3), (op, 2, 5)))

    def _binary(self, last: bool = False) -> str:
        """An operation of two numbers that is right, with which contributions are told apart."""
        kept = [name for name in ("add", "mul", "sub", "div") if name in self.operations.good]
        return kept[-1 if last and kept[-1] != "div" else 0]

    def _asked(self, graph: Graph) -> Answer:
        return self.operations.grads(graph)

    def _one(
        self,
        kind: str,
        graph: Graph,
        says: str,
        shows: Callable[[list[float]], bool],
        operations: tuple[str, ...] = (),
    ) -> list[Finding]:
        """A finding of this kind, if the graph is wrong in the way that shows it."""
        answer = self._asked(graph)
        if answer.error:
            return [self.operations.failure(graph, answer, operations)]
        grads = [grad for _, grad in answer.reads[0]]
        off = _off(graph, grads)
        return [self._finding(kind, operations, says, graph, off[0], grads)] if off and shows(grads) else []

    def _finding(
        self, kind: str, operations: tuple[str, ...], says: str, graph: Graph, k: int, grads: list[float]
    ) -> Finding:
        return Finding(kind, operations, says, graph, k, graph.grads[k], grads[k], tuple(grads))


def _off(graph: Graph, grads: Sequence[float]) -> list[int]:
    """The leaves whose gradients are wrong: those of inner nodes need not be kept."""
    return [k for k in range(len(graph.leaves)) if not near(grads[k], graph.grads[k])]


def _used_again(name: str, outer: str) -> Iterator[tuple[Graph, int]]:
    """An operation whose operand is used once more, by the one that follows; and which operand that is."""
    if name in BINARY:
        yield Graph((2.0, 3.0), ((name, 0, 1), (outer, 2, 0))), 0
        yield Graph((3.0, 2.0), ((name, 0, 1), (outer, 2, 1))), 1
    else:
        yield Graph((2.0,), ((name, 0, (3.0,)) if name == "pow" else (name, 0), (outer, 1, 0))), 0

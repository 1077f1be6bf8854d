"""Operations by themselves: each is asked for its result and for the gradients of its operands, and slips are named."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from .findings import Finding
from .graphs import BINARY, METHODS, Argument, Graph, Step, called
from .process import MOST_LOST, Answer, Student
from .slips import At, explaining, near

_PAIRS = ((2.0, 3.0), (-1.5, 0.5), (0.5, -2.5), (4.0, 1.25))
_ANYWHERE = (2.0, -1.5, 0.5, -0.75)
_POINTS = {"log": (2.0, 0.5, 3.0), "sqrt": (4.0, 0.5, 3.0), "exp": (0.5, -0.75, 1.25), "tanh": (0.5, -0.75, 1.25)}
_POWERS = ((2.0, 3.0), (-1.5, 3.0), (3.0, 2.0), (0.5, -1.0), (-2.5, 2.0))
_UPS = (-1.5, 3.0, 0.5, -2.5, 1.25)

ALL = (*BINARY, "neg", "pow", *METHODS)
LOST = {"Timeout": "does not end", "Died": "died"}
_CARRIERS = (("mul", True), ("mul", False), ("div", True), ("sub", False), ("neg", True))
_ABSENT = ("AttributeError", "TypeError", "NotImplementedError", "NameError")


def _composed() -> dict[str, list[tuple[Step, ...]]]:
    """How an operation may be made of others: where those are wrong, it is not to be blamed.

    Each is made of operations that stand before it in add, mul, pow, exp, neg, sub, div: no two may excuse each other.
    """
    less_one, one, two = (-1.0,), (1.0,), (2.0,)
    big = (("mul", 0, two), ("exp", 1), ("sub", 2, one), ("add", 2, one))
    return {
        "neg": [(("mul", 0, less_one),), (("mul", less_one, 0),)],
        "sub": [
            (("neg", 1), ("add", 0, 2)),
            (("mul", 1, less_one), ("add", 0, 2)),
            (("mul", less_one, 1), ("add", 0, 2)),
        ],
        "div": [(("pow", 1, less_one), ("mul", 0, 2))],
        "sqrt": [(("pow", 0, (0.5,)),)],
        "tanh": [(*big, ("div", 3, 4)), (*big, ("pow", 4, less_one), ("mul", 3, 5))],
        "sigmoid": [
            (("neg", 0), ("exp", 1), ("add", 2, one), ("pow", 3, less_one)),
            (("neg", 0), ("exp", 1), ("add", 2, one), ("div", one, 3)),
            (("neg", 0), ("exp", 1), ("add", one, 2), ("div", one, 3)),
        ],
    }


_COMPOSED = _composed()


@dataclass
class Operations:
    """What was found out about each operation."""

    student: Student
    absent: list[str] = field(default_factory=list)
    good: list[str] = field(default_factory=list)  # right in every operand, by themselves
    failed: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    seeded: bool = True  # whether backward begins with 1
    carrier: tuple[str, bool] | None = None  # an operation that passes back another gradient than 1, from its left?

    def begin(self) -> list[Finding]:
        """Whether backward begins with 1, the derivative of the result by itself."""
        simplest = (_alone("add", 2.0, 3.0), _alone("mul", 2.0, 3.0))
        graph = next((one for one in simplest if self._is_right_without_grad(one)), None)
        if graph is None:
            return []
        answer = self.student.run(graph.script())
        if answer.error in LOST:
            return [self.failure(graph, answer, ())]  # there is no use in going on
        if answer.error or near(answer.reads[0][0][1], graph.grads[0]) or near(answer.reads[0][2][1], 1.0):
            return []
        self.seeded = False
        yours, grads = answer.reads[0][2][1], tuple(grad for _, grad in answer.reads[0])
        says = f"after backward the gradient of the result itself is {yours:g}; it must begin with 1"
        return [Finding("no seed", (), says, graph, 2, 1.0, yours, grads)]

    def _is_right_without_grad(self, graph: Graph) -> bool:
        answer = self.student.run([*graph.building(), ["read"]])
        return not answer.error and near(answer.reads[0][2][0], graph.data[2])

    def examine(self) -> None:
        """Asks every operation that is there."""
        here = [name for name in ALL if self._is_there(name)]
        self.absent = [name for name in ALL if name not in here and name not in self.failed]
        if self.student.lost > MOST_LOST:
            return
        ways = [way for way in _CARRIERS if way[0] in here] if self._reaches(here) else []
        self.carrier = next((way for way in ways if self._carries(*way)), None)
        wrong = {name: found for name in here if (found := self._wrong(name))}
        for name, found in wrong.items():
            self.failed.append(name)
            if not found[0].grads or not self.is_composed(name, found[0].graph):
                self.findings += found
        self.good = [name for name in here if name not in wrong]
        for name in [name for name in BINARY if name in self.good]:
            for step in ((name, 0, (2.0,)), (name, (2.0,), 0)):
                self._with_a_number(name, Graph((4.0,), (step,)))
        if "relu" in self.good:
            self._relu_at_0()

    def grads(self, graph: Graph) -> Answer:
        """The numbers and gradients of a graph after the walk back, begun with a 1 where the class forgets it."""
        script = graph.script()
        return self.student.run(script if self.seeded else [*script[:-2], ["seed", graph.size - 1], *script[-2:]])

    def failure(self, graph: Graph, answer: Answer, operations: tuple[str, ...]) -> Finding:
        """What is said of a script that did not come to its end."""
        return Finding(LOST.get(answer.error, "raises"), operations, answer.says, graph)

    def _is_there(self, name: str) -> bool:
        graph = _alone(name, *_points(name)[0])
        answer = self.student.run(graph.building())
        if not answer.error:
            return True
        if answer.error not in _ABSENT or answer.step < len(graph.leaves):
            self.failed.append(name)
            self.findings.append(self.failure(graph, answer, (name,)))
        return False

    def _reaches(self, here: list[str]) -> bool:
        """Whether gradients get farther than the operands of the last operation."""
        for op in ("add", "mul"):
            graph = Graph((2.0, 3.0, 0.5), ((op, 0, 1), (op, 3, 2)))
            answer = self.grads(graph) if op in here else Answer(error="absent")
            if not answer.error:
                grads = [grad for _, grad in answer.reads[0]]
                if any(grads[:2]) or not near(grads[3], graph.grads[3]):
                    return True
                says = (
                    "only the operands of the last operation get a gradient: the walk must go from the result to the "
                    "leaves; is `reversed` missing, or does it not go on?"
                )
                yours, right = grads[0], graph.grads[0]
                self.findings.append(Finding("no topological order", (), says, graph, 0, right, yours, tuple(grads)))
                return False
        return True

    def _carries(self, name: str, left: bool) -> bool:
        graph = _alone(name, 2.0, -1.5)
        answer = self.grads(graph)
        place = 0 if left else 1
        return not answer.error and near(answer.reads[0][place][1], graph.grads[place])

    def _under(self, graph: Graph, k: int) -> Graph:
        """A graph whose result is used once more, so that its gradient is not 1."""
        if self.carrier is None:
            return graph
        name, left = self.carrier
        leaves, count = (*graph.leaves, _UPS[k % len(_UPS)]), len(graph.leaves)
        steps = [(op, *(x if isinstance(x, tuple) or x < count else x + 1 for x in of)) for op, *of in graph.steps]
        out = graph.size
        more: Step = (name, out) if name == "neg" else (name, out, count) if left else (name, count, out)
        return Graph(leaves, (*steps, more))

    def _wrong(self, name: str) -> list[Finding]:
        """What is wrong in an operation: its result, or the gradient of one operand or both."""
        small = [_alone(name, *point) for point in _points(name)]
        graphs = [*small, *(self._under(graph, k) for k, graph in enumerate(small))]
        answers = list[Answer]()
        for graph in graphs:
            answers.append(self.grads(graph))
            if answers[-1].error:  # the others may take as long to fail
                return [self.failure(graph, answers[-1], (name,))]
        operands = len([x for x in small[0].steps[0][1:] if not isinstance(x, tuple)])
        for graph, answer in zip(small, answers):
            for place in range(operands):
                if not near(answer.reads[0][place][0], graph.leaves[place]):
                    return [_changed(name, graph, answer, place)]
        for graph, answer in zip(small, answers):
            out = graph.size - 1
            if not near(answer.reads[0][out][0], graph.data[out]):
                return [_forward(name, graph, answer)]
        if not any(answer.reads[0][place][1] for answer in answers for place in range(operands)):
            says = "no operand gets a gradient: is its backward attached to the result, as out._backward = _backward?"
            grads = tuple(grad for _, grad in answers[0].reads[0])
            return [Finding("forgotten operand", (name,), says, small[0], 0, small[0].grads[0], 0.0, grads)]
        found = []
        for place in range(operands):
            points = [_at(graph, place, len(small[0].leaves)) for graph in graphs]
            got = [answer.reads[0][place][1] for answer in answers]
            wrong = [k for k, (at, g) in enumerate(zip(points, got)) if not near(at.up * at.partial, g)]
            if wrong:
                slip = explaining(name, points, got)
                what = ("left operand", "right operand")[place] if operands > 1 else "operand"
                says = slip.says.format(place=what) if slip else f"the gradient of its {what} is wrong"
                k = wrong[0]
                kind = slip.kind if slip else "formula"
                grads = tuple(grad for _, grad in answers[k].reads[0])
                found.append(Finding(kind, (name,), says, graphs[k], place, graphs[k].grads[place], got[k], grads))
        return found

    def is_composed(self, name: str, graph: Graph | None) -> bool:
        """Whether a graph that begins with it gives the same if that is made of others: it is not to blame then."""
        if graph is None:
            return False
        alone = self.grads(graph)
        count = len(graph.leaves)
        for steps in _COMPOSED.get(name, []):
            made = self.grads(_spelled(graph, steps))
            if alone.error or made.error:
                continue
            pairs = [*zip(alone.reads[0][:count], made.reads[0][:count]), (alone.reads[0][-1], made.reads[0][-1])]
            if all(near(a, b) for one, other in pairs for a, b in zip(one, other)):
                return True
        return False

    def _with_a_number(self, name: str, graph: Graph) -> None:
        """Whether `2 - a` is right, where `a - b` is; what is not there is no mistake."""
        answer, code = self.grads(graph), graph.code()[1][4:]
        if answer.error in _ABSENT and answer.step < 2:
            self.absent.append(code)
        elif answer.error:
            self.findings.append(self.failure(graph, answer, (name,)))
        elif not near(answer.reads[0][1][0], graph.data[1]):
            found = _forward(name, graph, answer)
            self.findings.append(replace(found, says=f"with a number, {code}, the result is wrong"))
        elif not near(answer.reads[0][0][1], graph.grads[0]):
            grads = tuple(grad for _, grad in answer.reads[0])
            says = f"with a number, {code}, the gradient is wrong"
            self.findings.append(Finding("formula", (name,), says, graph, 0, graph.grads[0], grads[0], grads))

    def _relu_at_0(self) -> None:
        graph = Graph((0.0,), (("relu", 0),))
        answer = self.grads(graph)
        if answer.error:
            self.findings.append(self.failure(graph, answer, ("relu",)))
        elif answer.reads[0][0][1] != 0.0:
            yours = answer.reads[0][0][1]
            says = f"at exactly 0 its slope is {yours:g}; micrograd, PyTorch and JAX have 0 there"
            grads = tuple(grad for _, grad in answer.reads[0])
            self.findings.append(Finding("relu at 0", ("relu",), says, graph, 0, 0.0, yours, grads))


def _points(name: str) -> list[tuple[float, ...]]:
    if name in BINARY:
        return list(_PAIRS)
    if name == "pow":
        return list(_POWERS)
    return [(x,) for x in _POINTS.get(name, _ANYWHERE)]


def _alone(name: str, x: float, y: float = 0.0) -> Graph:
    """An operation by itself."""
    if name in BINARY:
        return Graph((x, y), ((name, 0, 1),))
    return Graph((x,), ((name, 0, (y,)) if name == "pow" else (name, 0),))


def _spelled(graph: Graph, steps: tuple[Step, ...]) -> Graph:
    """A graph with other steps in place of its first, which read the same leaves."""
    count, more = len(graph.leaves), len(steps) - 1
    read = [x for x in graph.steps[0][1:] if not isinstance(x, tuple)]
    begun = len(read)

    def place(x: Argument) -> Argument:
        return x if isinstance(x, tuple) else read[x] if x < begun else x - begun + count

    first = [(name, *map(place, of)) for name, *of in steps]
    moved = [[x if isinstance(x, tuple) or x < count else x + more for x in of] for _, *of in graph.steps[1:]]
    rest = [(step[0], *of) for step, of in zip(graph.steps[1:], moved)]
    return Graph(graph.leaves, (*first, *rest))


def _at(graph: Graph, place: int, count: int) -> At:
    """What is known of one operand of the first operation of a graph."""
    of = graph.steps[0][1:]
    node = graph.values[len(graph.leaves)]
    partials = [float(x) for x in node.partials]
    other = of[1 - place] if len(of) == 2 else 0
    number = other[0] if isinstance(other, tuple) else graph.leaves[other] if len(of) == 2 else math.nan
    others = partials[1 - place] if count == 2 else math.nan
    return At(graph.leaves[place], number, node.data, float(node.grad), partials[place], others)


def _changed(name: str, graph: Graph, answer: Answer, place: int) -> Finding:
    yours, right = answer.reads[0][place][0], graph.leaves[place]
    says = "it changes the number of its operand; it must leave that as it is, and make a new node"
    return Finding("in place", (name,), says, graph, place, right, yours, of_data=True)


def _forward(name: str, graph: Graph, answer: Answer) -> Finding:
    out = graph.size - 1
    yours, right, x = answer.reads[0][out][0], graph.data[out], graph.leaves[0]
    kind, says = "forward", f"the result of {called(name)} is wrong"
    if name == "log" and near(yours, math.log10(x)):
        kind, says = "log base", "it is the logarithm to base 10; the natural one is meant, math.log(x)"
    elif name in ("sin", "cos") and near(yours, getattr(math, name)(math.radians(x))):
        kind, says = "radians", "it takes degrees; radians are meant, as math.sin and math.cos take them"
    elif near(yours, -right):
        kind, says = "wrong sign", "the result has the wrong sign: are the operands the other way round?"
    return Finding(kind, (name,), says, graph, out, right, yours, of_data=True)

"""gradcheck: every recorded operation against differences of its own row, so that a failure names the culprit."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..anomaly import Sources, place
from ..core import floats
from ..core.ops import Op
from ..core.value import Value
from ..core.watching import watching
from ..modes import no_grad
from ..trees import fill, flatten
from ..verbs import differentiable
from ..verbs.adjoints import pull, push
from ..verbs.ancestry import history
from ..verbs.evaluation import Evaluation, despite_no_grad, evaluate
from .differences import differences

TOLERANCE = 1e-6  # relative; differences in double precision reach 1e-10 and better


class GradientError(AssertionError):
    """A derivative is not what differences say."""


@dataclass
class Report:
    """What `gradcheck` found where nothing is wrong: it counts as true, and tells of kinks."""

    operations: int = 0  # that were checked
    kinks: list[str] = field(default_factory=list)
    worst: float = 0.0  # the largest relative distance of a partial from its differences

    def __str__(self) -> str:
        return "\n".join([f"{self.operations} operations agree with differences to {self.worst:.0e}", *self.kinks])


def gradcheck(f: Callable[..., Any], *args: Any, order: int = 2) -> Report:
    """Checks the derivatives of `f` at `args` against central differences, and gives a report that counts as true.

    Every operation that `f` records, and with `order` 2 every one that its gradient records, is checked by itself: its
    partials against differences of its own formula, with steps fitted to its inputs. Then `f` as a whole is checked,
    forward against reverse (<w, Jv> = <J'w, v>) and against differences along a direction. At a kink the slopes on
    both sides are found; a partial between them is right, and the report tells of the kink.

    >>> from autograd import gradcheck, relu, tanh
    >>> print(gradcheck(lambda x: tanh(x[0]) * x[1], [0.3, 2.0]))
    8 operations agree with differences to ...
    >>> print(gradcheck(lambda x: relu(x) + x, 0.0).kinks[0])
    relu(0.0) has a kink: by its input 1 the slopes are 0 and 1, the partial is 0, at <doctest ...

    Raises:
        GradientError: a derivative is wrong; the message names the operation and the line of the program.
        ValueError: a result is not finite, or `order` is neither 1 nor 2.
    """
    if order not in (1, 2):
        raise ValueError(f"gradcheck checks derivatives of order 1 or 2, not {order}")
    report = Report()
    checked: set[Any] = set()
    with despite_no_grad(), watching(Sources()):
        run = evaluate(f, args, {}, tuple(range(len(args))))
        for node in reversed(run.nodes):
            if not math.isfinite(node.data):
                raise ValueError(f"gradcheck needs finite results, but {_shown(node)} is {node.data}{place(node)}")
            _check_operation(node, report, checked)
        dice = random.Random(0)
        weights = [dice.uniform(0.5, 1.5) for _ in run.outputs]
        direction = [dice.uniform(0.5, 1.5) * (abs(x.data) or 1.0) for x in run.inputs]
        _check_forward_against_reverse(run, weights, direction)
        if order == 2:
            gradient = _pulled(differentiable.pull, run, weights)
            further = history([slope for slope in gradient if isinstance(slope, Value)], run.after)
            for node in reversed(further):
                if math.isfinite(node.data):  # what is not may be left aside by a `where` to come
                    _check_operation(node, report, checked)
    if not report.kinks:
        _check_whole(f, run, weights, direction)
        if order == 2:
            _check_gradient(f, run, weights, direction, further, gradient)
    return report


def _check_operation(node: Any, report: Report, checked: set[Any]) -> None:
    """The partials of one node against differences of its row's formula."""
    op, inputs = node.op, node.inputs
    data = [x.data for x in inputs]
    key = op, *data, *(x.is_constant for x in inputs)
    if key in checked:
        return
    checked.add(key)
    report.operations += 1
    given = zip(op.domain, op.groups, op.split(data))
    domains = op.joined([[domain] * len(x) if many else domain for domain, many, x in given])
    for k, (x, partial) in enumerate(zip(inputs, node.partials, strict=True)):
        if x.is_constant or domains[k].index or domains[k].low == domains[k].high:
            continue
        found = differences(_of_one_input(op, data, k), data[k])
        if math.isnan(found.slope):
            report.kinks.append(f"{_shown(node)} is at the edge of its domain by its input {k + 1}{place(node)}")
        elif not found.allows(partial, TOLERANCE):
            raise GradientError(
                f"{_shown(node)} has a wrong partial by its input {k + 1}: {partial:.12g}, but differences of its "
                f"formula give {found.slope:.12g}{place(node)}"
            )
        elif found.is_kink:
            report.kinks.append(
                f"{_shown(node)} has a kink: by its input {k + 1} the slopes are {found.left:.6g} and "
                f"{found.right:.6g}, the partial is {partial:.6g}{place(node)}"
            )
        elif found.error < TOLERANCE * abs(partial):
            report.worst = max(report.worst, abs(partial - found.slope) / abs(partial))


def _of_one_input(op: Op, data: Sequence[float], k: int) -> Callable[[float], float]:
    """The formula of a row as a function of its input k, the others fixed."""
    return lambda t: float(op.forward(floats, *op.split([*data[:k], t, *data[k + 1 :]])))


def _check_forward_against_reverse(run: Evaluation, weights: Sequence[float], direction: Sequence[float]) -> None:
    tangents = {x._serial: part for x, part in zip(run.inputs, direction, strict=True)}
    push(run.nodes, tangents)
    forward = [weight * tangents.get(y._serial, 0.0) for y, weight in zip(run.outputs, weights, strict=True)]
    reverse = [a * part for a, part in zip(_pulled(pull, run, weights), direction, strict=True)]
    size = sum(map(abs, forward)) + sum(map(abs, reverse))
    if abs(sum(forward) - sum(reverse)) > 1e-9 * size:  # false where a slope is infinite
        raise GradientError(
            f"forward and reverse disagree: <w, Jv> = {sum(forward):.12g}, but <J'w, v> = {sum(reverse):.12g}"
        )


def _check_whole(f: Callable[..., Any], run: Evaluation, weights: Sequence[float], direction: Sequence[float]) -> None:
    """The sum of the outputs, weighted, along one direction, against differences."""

    def moved(t: float) -> float:
        with no_grad():
            at = [Value(x.data + t * part) for x, part in zip(run.inputs, direction, strict=True)]
            returned = f(*fill(run.ins, at))
        outputs, _ = flatten(returned, "the result")
        return math.fsum(w * (y.data if isinstance(y, Value) else y) for w, y in zip(weights, outputs, strict=True))

    derivative = sum(a * part for a, part in zip(_pulled(pull, run, weights), direction, strict=True))
    _compare("the derivative", derivative, moved)


def _check_gradient(
    f: Callable[..., Any],
    run: Evaluation,
    weights: Sequence[float],
    direction: Sequence[float],
    nodes: Sequence[Any],
    gradient: Sequence[Any],
) -> None:
    """The gradient of that sum along the same direction, against differences."""

    def moved(t: float) -> float:
        at = fill(run.ins, (x.data + t * part for x, part in zip(run.inputs, direction, strict=True)))
        near = evaluate(f, at, {}, tuple(range(len(at))))
        return math.fsum(a * part for a, part in zip(_pulled(pull, near, weights), direction, strict=True))

    adjoints: dict[int, float] = {}
    for slope, part in zip(gradient, direction, strict=True):
        if isinstance(slope, Value):
            adjoints[slope._serial] = adjoints.get(slope._serial, 0.0) + part
    pull(nodes, adjoints)
    second = sum(adjoints.get(x._serial, 0.0) * part for x, part in zip(run.inputs, direction, strict=True))
    _compare("the second derivative", second, moved)


def _compare(what: str, derivative: float, moved: Callable[[float], float]) -> None:
    found = differences(moved, 0.0)
    if not found.allows(derivative, 10 * TOLERANCE):
        raise GradientError(
            f"every operation is right, but {what} of the function as a whole is {derivative:.12g} along a direction "
            f"in which differences give {found.slope:.12g}: it depends on an input in a way that is not recorded, as "
            "through .data, detach, or a number drawn anew at each call"
        )


def _pulled(sweep: Callable[..., None], run: Evaluation, weights: Sequence[float]) -> list[Any]:
    adjoints: dict[int, Any] = {}
    for y, weight in zip(run.outputs, weights, strict=True):
        adjoints[y._serial] = adjoints.get(y._serial, 0.0) + weight
    sweep(run.nodes, adjoints)
    return [adjoints.get(x._serial, 0.0) for x in run.inputs]


def _shown(node: Any) -> str:
    shown = [repr(x.data) for x in node.inputs[:6]]
    return f"{node.op}({', '.join([*shown, *(['...'] if len(node.inputs) > 6 else [])])})"

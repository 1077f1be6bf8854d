"""The symptoms that diagnose looks for: each function measures, and returns its findings and what it has measured."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from statistics import fmean, pstdev
from typing import Any

from autograd import Tape, Value

from ..layers.parameters import by_layer, layer_of, numbers, root_mean_square, write
from ..training.engine import Engine
from ..training.interrupts import held

# What is conspicuous. Rules of thumb, chosen so that the networks of the examples pass when they train well.
LARGE_INPUT = 10.0  # standard deviations or means of a column; weights are drawn for inputs of size about 1
UNLIKE_INPUTS = 30.0  # times one column's standard deviation that of another
SHARE_DEAD = 0.1  # of the units of a layer
FLAT = 0.05  # of the largest slope that the activation has
SHARE_FLAT = 0.5  # of the outputs of a layer
VANISHED = 1e-3  # of the gradients of the layer with the largest
EXPLODED = 1e3
STEPS = 10
STEEPEST = {"sigmoid": 0.25, "tanh": 1.0, "hard_tanh": 1.0, "softsign": 1.0}

Found = tuple[list["Finding"], str]


@dataclass(frozen=True)
class Finding:
    """One thing that keeps a network from learning."""

    what: str
    where: str
    number: float  # that shows it
    says: str  # the finding with its number, in a sentence
    remedy: str

    def __str__(self) -> str:
        return f"{self.what} in {self.where}: {self.says}. {self.remedy}"


def inputs(rows: Sequence[Sequence[float]]) -> Found:
    """Columns that are large, far from 0, constant, or unlike each other in size."""
    columns = list(zip(*rows))
    means, spreads = [fmean(column) for column in columns], [pstdev(column) for column in columns]
    found = []
    standardise = "Scale the columns with nn.data.standardise, and new rows with the means and deviations of these."
    for k, (mean, spread) in enumerate(zip(means, spreads)):
        if len(rows) > 1 and min(columns[k]) == max(columns[k]):
            if abs(mean) > LARGE_INPUT:
                says = f"it is {mean:.4g} in every row, and moves each unit as a bias of that size would"
                found.append(Finding("badly scaled inputs", f"column {k}", mean, says, "Leave the column out."))
        elif abs(mean) > LARGE_INPUT or spread > LARGE_INPUT:
            says = f"its mean is {mean:.4g} and its standard deviation {spread:.4g}"
            largest = max(abs(mean), spread)
            found.append(Finding("badly scaled inputs", f"column {k}", largest, says, standardise))
    moving = [(spread, k) for k, spread in enumerate(spreads) if spread > 0.0]
    if not found and moving and max(moving)[0] > UNLIKE_INPUTS * min(moving)[0]:
        (low, small), (high, large) = min(moving), max(moving)
        says = f"the deviation of column {large} is {high:.3g}, {high / low:.3g} times the {low:.3g} of column {small}"
        found.append(Finding("badly scaled inputs", f"columns {small} and {large}", high / low, says, standardise))
    return _summed_up(found), f"inputs with deviations from {min(spreads):.2g} to {max(spreads):.2g}"


def _summed_up(found: list[Finding]) -> list[Finding]:
    """Of more than three findings of one kind the largest, which counts the others."""
    if len(found) <= 3:
        return found
    worst = max(found, key=lambda finding: abs(finding.number))
    says = f"{worst.says}, and {len(found) - 1} other columns are conspicuous too"
    return [Finding(worst.what, worst.where, worst.number, says, worst.remedy)]


def units(model: Callable[[Any], Any], rows: Sequence[Sequence[float]]) -> Found:
    """ReLU units that are 0 for every sample, and units whose activation is flat where the samples lie."""
    alive: dict[tuple[str, str, int], bool] = {}  # by layer, scope and place of the unit
    flat: dict[tuple[str, str], list[bool]] = {}  # by layer and activation
    for row in rows:
        with Tape() as tape:
            outputs = model([Value(x).detach() for x in row])
        ends = {id(x) for x in (outputs if isinstance(outputs, list) else [outputs])}
        places: dict[str, int] = {}
        for node in tape:
            name, layer = node.op.name if node.op is not None else "", layer_of(node)
            if name == "relu":
                places[node.scope] = places.get(node.scope, 0) + 1
                key = (layer, node.scope, places[node.scope])
                alive[key] = alive.get(key, False) or node.data > 0.0
            elif name in STEEPEST and id(node) not in ends:  # an output may well be sure of itself
                flat.setdefault((layer, name), []).append(abs(node.partials[0]) < FLAT * STEEPEST[name])
    found = []
    for layer in dict.fromkeys(layer for layer, _, _ in alive):
        here = [lives for (of, _, _), lives in alive.items() if of == layer]
        dead = here.count(False)
        if dead >= SHARE_DEAD * len(here) and dead:
            says = (
                f"{dead} of {len(here)} units give 0 for all {len(rows)} samples, so no gradient reaches their weights"
            )
            remedy = 'Lower the learning rate, standardise the inputs, or use "leaky_relu", and draw new weights.'
            found.append(Finding("dead ReLU units", layer, dead / len(here), says, remedy))
    for (layer, name), are_flat in flat.items():
        share = sum(are_flat) / len(are_flat)
        if share > SHARE_FLAT:
            says = f"for {share:.0%} of outputs the slope of {name} is below {FLAT:.0%} of its largest"
            remedy = "Standardise the inputs, draw smaller weights (init=None takes what suits), or use relu."
            found.append(Finding("saturated units", layer, share, says, remedy))
    looked = [f"{len(alive)} ReLU units, {list(alive.values()).count(False)} dead"] if alive else []
    looked += [f"{layer}: {sum(f) / len(f):.0%} of {name} flat" for (layer, name), f in flat.items()]
    return found, "; ".join(looked)


def gradients(engine: Engine, parameters: Sequence[Value], samples: int) -> Found:
    """Layers whose gradients are much smaller than those of another, or very large, or not finite."""
    engine.pull()
    loss = engine.gradient(range(samples))
    engine.push()
    sizes = {
        layer: root_mean_square([parameter.grad for parameter in found])
        for layer, found in by_layer(parameters).items()
    }
    if not isfinite(loss) or not all(map(isfinite, sizes.values())):
        layer = next((layer for layer, size in sizes.items() if not isfinite(size)), next(iter(sizes)))
        says = f"the loss is {loss:.4g} and the size of the gradients {sizes[layer]:.4g}"
        remedy = "Find where it began with autograd.detect_anomaly(), and lower the learning rate."
        return [Finding("numbers that are not finite", layer, loss, says, remedy)], ""
    largest = max(sizes.values())
    leader = max(sizes, key=sizes.__getitem__)
    found = []
    faint = [layer for layer, size in sizes.items() if size < VANISHED * largest]
    if faint:
        layer = min(faint, key=sizes.__getitem__)
        share = sizes[layer] / largest
        others = f"; {len(faint)} layers have less than {VANISHED:g} of it" if len(faint) > 1 else ""
        says = f"their root mean square is {sizes[layer]:.3g}, {share:.1g} of that in {leader}{others}"
        remedy = "Use relu or another activation with a slope of 1, weights drawn to suit it, or fewer layers."
        found.append(Finding("vanishing gradients", layer, share, says, remedy))
    if largest > EXPLODED:
        says = f"their root mean square is {largest:.3g}"
        remedy = "Clip them (clip_norm=1.0 in the optimizer), standardise inputs and targets, or draw smaller weights."
        found.append(Finding("exploding gradients", leader, largest, says, remedy))
    return found, "gradients " + ", ".join(f"{layer} {size:.2g}" for layer, size in sizes.items())


def rate(engine: Engine, parameters: Sequence[Value], samples: int, optimizer: Any) -> Found:
    """Whether ten steps raise the loss, or ten with a rate 10, 100 or 1000 times as high would lower it far more."""
    lr, batch = float(optimizer.lr), range(samples)
    engine.pull()
    start = engine.gradient(batch)
    if not isfinite(start) or not lr:
        return [], ""
    ends = {
        factor: _after(engine, parameters, batch, optimizer, lr * factor)
        for factor in (0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)
    }
    best = min(ends, key=ends.__getitem__)
    looked = f"{STEPS} steps with lr {lr:.3g} take the loss from {start:.4g} to {ends[1.0]:.4g}"
    if ends[1.0] > 1.02 * start + 1e-12:
        says = f"{STEPS} steps with lr {lr:.3g} raise the loss from {start:.4g} to {_said(ends[1.0])}"
        remedy = f"Try lr={lr * best:.2g}, which takes it to {ends[best]:.4g}."
        if best >= 1.0:
            remedy = "Lower it, and see whether the loss falls."
        return [Finding("a learning rate too high", "the optimizer", ends[1.0] / (start or 1.0), says, remedy)], looked
    gain, more = start - ends[1.0], start - ends[best]
    if best > 1.0 and more > 0.05 * start and more > 5.0 * gain:
        remedy = f"Try lr={lr * best:.2g}, which takes it to {ends[best]:.4g}."
        return [Finding("a learning rate too low", "the optimizer", gain / (start or 1.0), looked, remedy)], looked
    return [], looked


def _said(loss: float) -> str:
    return f"{loss:.4g}" if isfinite(loss) else "a number that is not finite"


def _after(engine: Engine, parameters: Sequence[Value], batch: Sequence[int], optimizer: Any, lr: float) -> float:
    """The loss after some steps, which are taken back; inf where it is not finite."""
    before, state = numbers(parameters), copy.deepcopy(optimizer.state_dict())
    given = vars(optimizer)["lr"]
    try:
        optimizer.lr = lr
        for _ in range(STEPS):
            if not isfinite(engine.gradient(batch)):
                return inf
            engine.step(optimizer)
        end = engine.gradient(batch)
        return end if isfinite(end) else inf
    except FloatingPointError:
        return inf
    finally:
        with held():
            optimizer.lr = given
            optimizer.load_state_dict(state)
            write(parameters, before)
            engine.pull()

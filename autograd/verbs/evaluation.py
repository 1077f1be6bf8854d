"""One run of a function for a verb: inputs made fresh for it, its operations recorded, its outputs flattened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ..core.value import Value, constant, new_constant
from ..core.watching import serials, watched_only_by, watchers, watching_here
from ..modes import NoGrad
from ..replaying import followed, is_followed, replaying
from ..trees import Tree, fill, flatten
from ..vocabularies import functions
from .ancestry import history

Argnums = int | Sequence[int]


@dataclass
class Evaluation:
    """A function's inputs and outputs, and the operations between them, latest first."""

    inputs: list[Value]
    ins: Tree
    outputs: list[Value]
    outs: Tree
    nodes: list[Value]
    after: int  # the line after which the function recorded
    open: bool  # whether derivatives depend on Values from outside, and so are recorded themselves
    wrap: bool  # whether results are Values because arguments were
    read: bool = False  # whether derivatives are recorded, and yet numbers, because a compiled function reads numbers

    def results(self, numbers: Iterable[Any]) -> list[Any]:
        """Derivatives (or outputs) as the verb returns them: Values where arguments were, else plain numbers."""
        if self.open and not self.read:
            return [x if isinstance(x, Value) else new_constant(x) for x in numbers]
        plain = [x.data if isinstance(x, Value) else x for x in numbers]
        return [new_constant(x) if type(x) is float else constant(x) for x in plain] if self.wrap else plain


def evaluate(f: Callable[..., Any], args: Sequence[Any], options: dict[str, Any], argnums: Argnums = 0) -> Evaluation:
    """Runs `f(*args, **options)`, recording even under `no_grad`; the arguments `argnums` names are its inputs.

    An argument that is a Value is entered as a copy that depends on it. A derivative by the copy does not see other
    ways in which `f` reaches the Value, so in `grad(lambda x: x * grad(lambda y: x + y)(x))` the two stay apart.
    """
    if not callable(f):
        raise TypeError(f"a derivative is that of a function, and {f!r} is none; give the function, as in grad(f)(x)")
    given, ins = flatten(_chosen(args, argnums), "argument" if isinstance(argnums, int) else "arguments")
    # what will be computed again is recorded under no_grad too, which then cuts it off
    cut_off = any(isinstance(watcher, NoGrad) for watcher in watching_here()) and not replaying()
    with despite_no_grad():
        first = next(serials)
        inputs = [_entered(x) for x in given]
        after = next(serials)
        returned = f(*_replaced(args, argnums, fill(ins, inputs)), **options)
    if returned is None:
        raise TypeError(f"{_name(f)} returned None, not a number; a missing `return` is a common cause")
    numbers, outs = flatten(returned, f"the result of {_name(f)}")
    outputs = [x if isinstance(x, Value) else new_constant(x) for x in numbers]
    nodes = history(outputs, after)
    outside = any(0 < x._serial < first for x in outputs) or _reads_outside(nodes, first)
    wrap = outside or any(isinstance(x, Value) for x in given)
    recorded = outside or any(isinstance(x, Value) and (x._serial or followed(x)) for x in given)
    is_open = recorded and not cut_off
    read = not is_open and reads_followed(nodes, inputs)
    return Evaluation(inputs, ins, outputs, outs, nodes, after, is_open or read, wrap, read)


def despite_no_grad() -> AbstractContextManager[None]:
    """A `with` block in which operations are recorded, whatever is around it; the others watch on."""
    return watched_only_by([watcher for watcher in watching_here() if not isinstance(watcher, NoGrad)])


def reads_followed(nodes: Iterable[Any], inputs: Iterable[Any]) -> bool:
    """Whether a compiled function is being recorded, in which these operations have other numbers at other calls."""
    leaves = (x for node in nodes for x in node.inputs if x.op is None)
    return bool(watchers) and any(map(is_followed, chain(inputs, leaves)))


def _reads_outside(nodes: Iterable[Any], first: int) -> bool:
    for node in nodes:
        a, b = node._a, node._b
        if a is None:
            if any(0 < x._serial < first for x in node._many[0]):
                return True
        elif 0 < a._serial < first or (b is not None and 0 < b._serial < first):
            return True
    return False


def _entered(x: Any) -> Value:
    if not isinstance(x, Value) or (x.is_constant and not followed(x)):
        return Value(x._data if isinstance(x, Value) else x)
    copy: Value = functions.pos(x)
    copy.label = x.label
    return copy


def _chosen(args: Sequence[Any], argnums: Argnums) -> Any:
    for k in [argnums] if isinstance(argnums, int) else argnums:
        if not -len(args) <= k < len(args):
            raise ValueError(f"there is no argument {k} to differentiate by: the function was given {len(args)}")
    return args[argnums] if isinstance(argnums, int) else tuple(args[k] for k in argnums)


def _replaced(args: Sequence[Any], argnums: Argnums, chosen: Any) -> list[Any]:
    replaced = list(args)
    for k, argument in [(argnums, chosen)] if isinstance(argnums, int) else zip(argnums, chosen, strict=True):
        replaced[k] = argument
    return replaced


def _name(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", type(f).__name__)

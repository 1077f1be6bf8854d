"""checkpoint: a function that keeps only its results on the tape, and is recorded again when a sweep reaches it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from ..anomaly import Anomaly
from ..core.ops import GROUP
from ..core.record import recorded
from ..core.value import Value
from ..core.watching import Watcher, serials, watched_only_by, watching, watching_here
from ..modes import NoGrad, Scope
from ..trees import fill, flatten, is_array
from .ancestry import Segment

_NAN = float("nan")
_P = ParamSpec("_P")
_R = TypeVar("_R")


def checkpoint(f: Callable[_P, _R]) -> Callable[_P, _R]:
    """The same function in less memory: of what it computes only the results stay, and a sweep computes the rest anew.

    A loop of n steps, called in runs of sqrt(n) steps, takes the memory of about 2 sqrt(n) steps and the time of one
    more run forward. Gradients are the same to the last bit. `f` must give the same results again: it may read Values
    and numbers from outside, but they must not change before the sweep, and it may not draw random numbers. Calls nest,
    and verbs and higher derivatives see through them. With a tape open everything is recorded, and nothing saved.

    >>> from autograd import Value, checkpoint
    >>> @checkpoint
    ... def hundred_steps(x):
    ...     for _ in range(100):
    ...         x = x - 0.01 * x * x
    ...     return x
    >>> x = Value(1.0)
    >>> y = x
    >>> for _ in range(100):
    ...     y = hundred_steps(y)
    >>> y.backward()
    >>> x.grad
    9.6...e-05

    Raises:
        ValueError: (in the sweep) an input was written since, or `f` gave another result when run again.
    """

    @wraps(f)
    def checkpointed(*args: Any, **options: Any) -> Any:
        if not all(isinstance(watcher, Anomaly | Scope) for watcher in watching_here()):
            return f(*args, **options)  # a tape, a trace or gradcheck wants to see each node; no_grad, none
        kept = _snapshot(args), _snapshot(options)
        used = _Used(next(serials))
        with watching(NoGrad()), watching(used):
            returned = f(*args, **options)
        numbers, arranged = flatten(returned, f"the result of {f.__name__}")
        inputs = tuple(used.values.values())
        if not inputs:
            return returned
        places = [k for k, x in enumerate(numbers) if isinstance(x, Value) and x.is_constant]
        results = [numbers[k].data for k in places]
        read = [x.data for x in inputs]

        def again() -> list[Any]:
            if [x.data for x in inputs] != read:
                raise ValueError(
                    f"an input of the checkpointed {f.__name__} was written after it ran, so it cannot be run again; "
                    "sweep before writing .data"
                )
            args, options = _snapshot(kept[0]), _snapshot(kept[1])
            with watched_only_by(watcher for watcher in watching_here() if isinstance(watcher, Anomaly)):
                numbers, _ = flatten(f(*args, **options), "the result")
            outputs = [numbers[k] for k in places]
            for y, before in zip(outputs, results, strict=True):
                now = y.data if isinstance(y, Value) else y
                if now != before and not (now != now and before != before):
                    raise ValueError(
                        f"the checkpointed {f.__name__} gave {before!r} first and {now!r} when run again; it must "
                        "give the same each time: draw random numbers outside and pass them in"
                    )
            return [y if isinstance(y, Value) else Value(y) for y in outputs]

        segment = Segment("checkpoint", "⟲", f"{f.__name__}, run again when needed", _none, _none, (GROUP,), again, [])
        for k, result in zip(places, results, strict=True):
            # its partials are not known, and nobody shall take them for 0
            numbers[k] = recorded(segment, result, inputs, (_NAN,) * len(inputs))
            segment.lines.append(numbers[k]._serial)
        return fill(arranged, numbers)

    return checkpointed


class _Used(Watcher):
    """Collects the Values from before `start` that operations read."""

    first = True  # before the operations are cut off from their inputs

    def __init__(self, start: int) -> None:
        self.start = start
        self.values: dict[int, Value] = {}

    def record(self, node: Any) -> None:
        """Notes what the node reads."""
        for x in node.inputs:
            if 0 < x._serial < self.start:
                self.values[x._serial] = x


def _none(m: Any, *inputs: Any) -> Any:
    raise TypeError("a checkpointed function has no row; open a tape around it to record its operations")


def _snapshot(x: Any) -> Any:
    """A copy of lists, tuples, dicts and arrays, whose owner may write into them; what is in them is not copied."""
    if isinstance(x, list):
        return [_snapshot(part) for part in x]
    if type(x) is tuple:
        return tuple(_snapshot(part) for part in x)
    if isinstance(x, dict):
        return {key: _snapshot(part) for key, part in x.items()}
    return x.copy() if is_array(x) else x

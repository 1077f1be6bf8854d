"""Uncompiled: a compiled function run as it is, where no program would be right, or none would be used again."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ...anomaly import Anomaly
from ...callers import caller
from ...core.numeric import number
from ...core.value import Value
from ...core.watching import serials, watched_only_by, watching_here
from ...trees import Tree
from ...verbs.adjoints import pull
from ...verbs.ancestry import history
from ..calls.arguments import Arguments, Unchanged
from ..calls.results import flatten_result


class UncompiledWarning(UserWarning):
    """A compiled function runs as it is, because of what the message says; it is right, and slower."""


def warn(message: str) -> None:
    """Says so at the line of the user's program that called."""
    file, line = caller()
    warnings.warn_explicit(message, UncompiledWarning, file, line)


class Ran:
    """One run of the function on Values: its results and, if they are wanted, its derivatives."""

    def __init__(self, function: Callable[..., Any], call: Arguments, sample: int) -> None:
        values, args, options = call.example(sample)
        before, begun = Unchanged(args, options), next(serials)
        with watched_only_by([watcher for watcher in watching_here() if isinstance(watcher, Anomaly)]):
            result = function(*args, **options)
        before.refuse_changed()
        self._arguments = values
        self._outputs: list[Any] = []
        self.result: Tree = flatten_result(result, self._outputs, begun)

    @property
    def numbers(self) -> Any:
        """The results, in a column."""
        return np.array([[x.data if isinstance(x, Value) else number(x)] for x in self._outputs], float).reshape(-1, 1)

    def derivatives(self, weight: float) -> tuple[list[Value], Any, Any]:
        """The leaves that the first result depends on, and `weight` times its derivatives by them and the arguments."""
        root = self._outputs[0]
        if not isinstance(root, Value) or root.is_constant:
            return [], np.zeros(0), np.zeros(len(self._arguments))
        nodes = history([root], 0)
        adjoints = {root._serial: weight}
        pull(nodes, adjoints)
        mine = {x._serial for x in self._arguments}
        leaves = {x._serial: x for node in nodes for x in node.inputs if x.op is None and x._serial}
        if root.op is None:
            leaves[root._serial] = root
        others = [leaves[line] for line in sorted(leaves.keys() - mine)]
        by_leaf, by_argument = (
            np.array([adjoints.get(x._serial, 0.0) for x in these], float) for these in (others, self._arguments)
        )
        return others, by_leaf, by_argument

"""Jacobians and Hessians of an evaluated function: a row for each output, a column for each input."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from ..core.value import Value
from ..core.watching import watching_here
from ..modes import NoGrad
from ..needed import has_numpy, need_numpy
from ..trees import array, leaves
from . import differentiable
from .adjoints import in_parts, observed, pull, pull_rows, push
from .ancestry import history
from .curvature import push_pairs, push_values
from .evaluation import Evaluation, despite_no_grad
from .sparsity import Coordinates, bits, colours, pattern, transposed

# Up to so many sweeps run one by one, at 0.13 us for an operation; more run at once, with rows of numbers, at 1.2 us.
FEW = 9


def jacobian_matrix(run: Evaluation, sparse: bool = False) -> Any:
    """The derivative of each output by each input, as rows or, if `sparse`, as coordinates.

    Forward or reverse, whichever takes fewer sweeps. Inputs (or outputs) that no output (or input) shares go together.
    """
    height, width = len(run.outputs), len(run.inputs)
    if sparse:
        need_numpy("a sparse jacobian")
    if run.open:
        return _arranged(_recorded(run), (height, width), sparse)
    if not sparse and (min(height, width) <= FEW or not has_numpy()):
        reverse = height <= width or observed()
        arrived = _one_by_one(run, [1 << k for k in range(height if reverse else width)], reverse)
        return arrived if reverse else [[column[i] for column in arrived] for i in range(height)]
    import numpy as np

    rows = pattern(run.inputs, run.outputs, run.nodes)
    columns = transposed(rows, width)
    by_column, by_row = colours(rows, columns), colours(columns, rows)
    reverse = len(by_row) <= len(by_column) or observed()
    together = by_row if reverse else by_column
    group_of = {member: k for k, group in enumerate(together) for member in bits(group)}
    at = np.array([(i, j, group_of[i if reverse else j]) for i, row in enumerate(rows) for j in bits(row)], dtype=int)
    i, j, group = at.reshape(-1, 3).T
    arrived = (_one_by_one if len(together) <= FEW or observed() else _at_once)(run, together, reverse)
    values = np.reshape(arrived, (len(together), width if reverse else height))[group, j if reverse else i]
    found = Coordinates(i, j, values, (height, width))
    return found if sparse else found.dense()


def _one_by_one(run: Evaluation, groups: Sequence[int], reverse: bool) -> list[list[float]]:
    """What arrives at the inputs (in reverse, else at the outputs) from each group of outputs (else of inputs)."""
    begin, end = (run.outputs, run.inputs) if reverse else (run.inputs, run.outputs)
    rows = []
    for group in groups:
        numbers = dict.fromkeys((begin[member]._serial for member in bits(group)), 1.0)
        (pull if reverse else push)(run.nodes, numbers)
        rows.append([numbers.get(x._serial, 0.0) for x in end])
    return rows


def _at_once(run: Evaluation, groups: Sequence[int], reverse: bool) -> Any:
    """The same in few sweeps, of which each takes many groups along, as rows of numbers."""
    import numpy as np

    begin, end = (run.outputs, run.inputs) if reverse else (run.inputs, run.outputs)
    arrived = np.zeros((len(groups), len(end)))
    for part in in_parts(len(groups), len(run.nodes)):
        rows: dict[int, Any] = {}
        for unit, group in zip(np.eye(len(part)), groups[part.start : part.stop], strict=True):
            for member in bits(group):
                line = begin[member]._serial
                rows[line] = rows[line] + unit if line in rows else unit  # one Value may be two outputs
        (pull_rows if reverse else push)(run.nodes, rows)
        for place, x in enumerate(end):
            arrived[part.start : part.stop, place] = rows.get(x._serial, 0.0)
    return arrived


def hessian_matrix(run: Evaluation, sparse: bool = False) -> Any:
    """The second derivatives of the one output, as rows or, if `sparse`, as coordinates."""
    shape = len(run.inputs), len(run.inputs)
    if sparse:
        need_numpy("a sparse hessian")
    place = {x._serial: k for k, x in enumerate(run.inputs)}
    entries: dict[tuple[int, int], Any] = {}
    if run.open and not observed():
        with despite_no_grad():
            entries = push_values(run.nodes, run.inputs, run.outputs[0])
        if any(isinstance(watcher, NoGrad) for watcher in watching_here()):
            entries = {at: x.detach() if isinstance(x, Value) else x for at, x in entries.items()}
    elif observed():
        gradient: dict[int, Any] = {run.outputs[0]._serial: 1.0}
        with despite_no_grad():  # where results are plain numbers all the same
            differentiable.pull(run.nodes, gradient)
        for i, x in enumerate(run.inputs):
            slope = gradient.get(x._serial)
            if isinstance(slope, Value):
                seconds: dict[int, Any] = {slope._serial: 1.0}
                (differentiable.pull if run.open else pull)(history([slope], run.after), seconds)
                entries.update(((i, place[line]), second) for line, second in seconds.items() if line in place)
    else:
        for line, row in push_pairs(run.nodes, run.outputs[0]).items():
            for other, second in row.items():
                if line in place and other in place:
                    i, j = place[line], place[other]
                    entries[i, j] = entries[j, i] = second
    return _arranged(entries, shape, sparse, any(leaf[0] == "array" for leaf in leaves(run.ins)))


def _recorded(run: Evaluation) -> dict[tuple[int, int], Any]:
    """The entries of the Jacobian as Values; those that are 0 for good are absent."""
    slopes = cache(lambda node: list(differentiable.partials(node)))
    entries = {}
    if len(run.outputs) <= len(run.inputs):
        for i, y in enumerate(run.outputs):
            adjoints: dict[int, Any] = {y._serial: 1.0}
            differentiable.pull(run.nodes, adjoints, slopes)
            entries.update({(i, j): adjoints[x._serial] for j, x in enumerate(run.inputs) if x._serial in adjoints})
    else:
        for j, x in enumerate(run.inputs):
            tangents: dict[int, Any] = {x._serial: 1.0}
            differentiable.push(run.nodes, tangents, slopes)
            entries.update({(i, j): tangents[y._serial] for i, y in enumerate(run.outputs) if y._serial in tangents})
    return entries


def _arranged(entries: dict[tuple[int, int], Any], shape: tuple[int, int], sparse: bool, as_array: bool = False) -> Any:
    if sparse:
        import numpy as np

        at = np.array(sorted(entries), dtype=int).reshape(-1, 2)
        return Coordinates(at[:, 0], at[:, 1], array([entries[i, j] for i, j in at.tolist()], (len(at),)), shape)
    rows: Any
    if as_array and not any(isinstance(entry, Value) for entry in entries.values()):
        import numpy as np

        rows = np.zeros(shape)
    else:
        rows = [[0.0] * shape[1] for _ in range(shape[0])]
    for (i, j), entry in entries.items():
        rows[i][j] = entry
    return rows

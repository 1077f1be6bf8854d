"""Shares: what came out of one call, in a share for each way that its samples took; and how they are put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.value import Value
from ...trees import Tree
from ..calls.arguments import Arguments
from ..calls.flattening import split
from ..calls.results import of_samples, pair_of
from .version import Version


@dataclass(slots=True, eq=False)
class Share:
    """What came out for those samples of a call that took the same way through the function."""

    samples: Any
    version: Version | None  # None where the function itself ran
    result: Tree
    parameters: list[Value]
    outputs: Any  # a row for each result, a column for each sample
    d_parameters: Any
    d_shared: Any
    d_own: Any


def results(call: Arguments, shares: list[Share], has_aux: bool) -> Any:
    """What the function returns; of a batch, with an entry for each sample, and two of them with `has_aux`."""
    if call.own is None:
        return split(shares[0].result, shares[0].outputs[:, 0])
    if not has_aux:
        return _of_samples(call, shares, [share.result for share in shares])
    return _of_samples(call, shares, [pair_of(share.result)[0] for share in shares]), rest(call, shares)


def mean_or_sum(call: Arguments, shares: list[Share], is_mean: bool) -> float:
    """The results of the samples as one number."""
    if call.own is None:
        return float(shares[0].outputs[0, 0])
    total = sum(float(np.add.reduce(share.outputs[0])) for share in shares)
    return total / call.samples if is_mean else total


def rest(call: Arguments, shares: list[Share]) -> Any:
    """What the function returns besides its first result."""
    trees = [pair_of(share.result)[1] for share in shares]
    return split(trees[0], shares[0].outputs[1:, 0]) if call.own is None else _of_samples(call, shares, trees, 1)


def by_arguments(call: Arguments, shares: list[Share], chosen: tuple[int, ...]) -> tuple[Any, ...]:
    """The derivatives by these arguments, arranged like them."""
    d_shared, d_own = shares[0].d_shared, shares[0].d_own
    if len(shares) > 1:
        d_shared = sum(share.d_shared for share in shares)
        d_own = np.empty((len(d_own), call.samples), d_own.dtype)
        for share in shares:
            d_own[:, share.samples] = share.d_own
    return tuple([call.layout.arranged(k, d_shared, d_own) for k in chosen])


def _of_samples(call: Arguments, shares: list[Share], trees: list[Tree], first: int = 0) -> Any:
    """The results of a batch, of these trees, whose numbers begin at the row `first` of all."""
    columns, places = [share.outputs[first:] for share in shares], [share.samples for share in shares]
    return of_samples(trees, columns, places, call.samples)

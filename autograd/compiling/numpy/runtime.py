"""Runtime: the few functions that a packed program calls besides NumPy's own. Its source contains them."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ...vocabularies.arrays import gate
from ...vocabularies.arrays import pick as picked

Array = Any


def view(flat: Array, at: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """flat[at + i * strides[0] + j * strides[1] + ...]; an axis of samples stays behind."""
    step, *behind = flat.strides
    steps = (*(step * stride for stride in strides), *behind)
    return np.lib.stride_tricks.as_strided(flat[at:], (*shape, *flat.shape[1:]), steps)


def scatter(flat: Array, order: Array, starts: Array, places: Array, values: Array) -> None:
    """Adds values to their places; those for one place are made neighbours first, and summed."""
    values = values.reshape(len(order), *flat.shape[1:])[order]
    flat[places] += np.add.reduceat(values, starts, axis=0)


def outer(a: Array, b: Array, out: Array) -> Array:
    """np.matmul(a, b, out=out), which takes three times as long where its sums have one term."""
    if a.shape[-1] > 1:
        return np.matmul(a, b, out=out)
    if out.size < 4096 or out.shape[-1] > 500:  # multiply takes 0.2 us a row, einsum 3 times as long a number
        return np.multiply(a, b, out=out)
    return np.einsum("...ij,...jk->...ik", a, b, out=out)


def gated(spec: str, g: Array, x: Array) -> Array:
    """np.einsum(spec, g, x), but where g is 0 nothing comes through, not even from inf or nan."""
    factors, result = spec.split("->")
    gs, xs = factors.split(",")
    over = [letter for letter in dict.fromkeys(gs + xs) if letter not in result]
    if over:  # one term after the other: all at once could need more memory than there is
        letter = over[0]
        size = g.shape[gs.index(letter)] if letter in gs else x.shape[xs.index(letter)]
        rest = f"{gs.replace(letter, '')},{xs.replace(letter, '')}->{result}"
        return builtins.sum(
            gated(
                rest,
                g.take(k, axis=gs.index(letter)) if letter in gs else g,
                x.take(k, axis=xs.index(letter)) if letter in xs else x,
            )
            for k in range(size)
        )
    aligned = [
        np.einsum(f"{letters}->{''.join(sorted(letters, key=result.index))}", array)[
            tuple(slice(None) if letter in letters else np.newaxis for letter in result)
        ]
        for letters, array in ((gs, g), (xs, x))
    ]
    return gate(*aligned)


def pick(xs: Array, index: Array) -> Array:
    """The word `pick`, for whole indices within range only."""
    index = np.asarray(index)
    right = (index >= 0) & (index < len(xs)) & (index % 1 == 0)
    if not np.all(right):
        at = float(index[~right].flat[0])
        raise IndexError(f"there is no value at index {at:g}; give a whole number from 0 to {len(xs) - 1}")
    return picked(xs, index)

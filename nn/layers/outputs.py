"""What a model gives for many rows, as plain numbers: one by one, or by a program where one can be made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Value


def outputs_of(model: Callable[[Any], Any], rows: Any) -> list[Any]:
    """What the model gives for each of many rows: by a program, where that can be made."""
    try:
        found = autograd.compile(lambda row: model(list(row)), batch=0)(np.array(rows, dtype=float))
        some = range(0, len(rows), max(1, len(rows) // 3))
        if agree([plain(found[k]) for k in some], eager_outputs(model, [rows[k] for k in some])):
            return list(plain(found))
    except (TypeError, ValueError, IndexError, AttributeError, KeyError):
        pass  # what cannot be compiled runs as it is
    return eager_outputs(model, rows)


def eager_outputs(model: Callable[[Any], Any], rows: Any) -> list[Any]:
    """What the model gives for each row, as plain numbers, with nothing recorded."""
    with autograd.no_grad():
        return [plain(model(row)) for row in rows]


def plain(outputs: Any) -> Any:
    """Outputs, as numbers where they are Values."""
    if isinstance(outputs, Value):
        return outputs.data
    if isinstance(outputs, list | tuple):
        return [plain(one) for one in outputs]
    return outputs.tolist() if hasattr(outputs, "tolist") else outputs


def agree(these: Any, those: Any) -> bool:
    """Whether two arrays of numbers are the same but for rounding."""
    return bool(np.allclose(these, those, rtol=1e-9, atol=1e-12, equal_nan=True))

"""Checkpoints: weights, optimizer and position as plain JSON, whole at any moment and exact to the last bit.

JSON keeps a float exactly, since Python prints the shortest digits that read back as the same number. Nothing in the
file is ever run, as it would be in a pickle.
"""

from __future__ import annotations

import copy
import json
import os
import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograd import Value, fields, files

from ..layers.parameters import numbers, parameters_of, write
from .interrupts import held

FORMAT, VERSION = "tapegrad checkpoint", 1
_LEARNED = fields.record(
    model=fields.STATE, others=fields.listed(fields.number), optimizer=fields.optional(fields.STATE)
)


def save(path: str | Path, model: Any, optimizer: Any = None) -> Path:
    """Writes what `model` has learned to a file, and what `optimizer` remembers, if it is given.

    >>> import nn, tempfile
    >>> model, twin = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = nn.save(f"{folder}/model.json", model)
    ...     nn.load(path, twin)
    >>> [p.data for p in model.parameters()] == [p.data for p in twin.parameters()]
    True

    The file takes the place of an older one only when all of it is on the disk, so a crash leaves one or the other.

    Raises:
        TypeError: the model has no numbers to write.
    """
    path, model = _in_order(path, model, optimizer, "save")
    state = learned(model, optimizer)
    if not state["model"] and not state["others"]:
        raise TypeError(f"{model!r} has no parameters, so there is nothing to save; give the model that was trained")
    return put(path, state)


def load(path: str | Path, model: Any, optimizer: Any = None) -> None:
    """Gives `model` what `save` or a `Checkpoint` wrote, and `optimizer` its state; all or, if it raises, nothing.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no checkpoint, a damaged one, or one of another model or optimizer.
        TypeError: the model has no numbers to change.
    """
    path, model = _in_order(path, model, optimizer, "load")
    learn(get(path), model, optimizer, path)


def _in_order(path: Any, model: Any, optimizer: Any, verb: str) -> tuple[Any, Any]:
    """The path and the model, which may be given in either order."""
    if isinstance(model, str | os.PathLike) and not isinstance(path, str | os.PathLike):
        path, model = model, path
    is_odd = optimizer is not None and not hasattr(optimizer, "state_dict")
    if not isinstance(path, str | os.PathLike) or isinstance(model, str | os.PathLike) or is_odd:
        given = ", ".join(reprlib.repr(x) for x in (path, model, optimizer) if x is not None)
        raise TypeError(
            f"nn.{verb} takes a path, a model and perhaps its optimizer, as in nn.{verb}('model.json', model), "
            f"got {given}"
        )
    return path, model


def learned(model: Any, optimizer: Any) -> dict[str, Any]:
    """What the training has made of a model and its optimizer, as plain numbers, strings, lists and dicts."""
    return {
        "model": model.state_dict() if hasattr(model, "state_dict") else {},
        "others": numbers(_others(model, optimizer)),
        "optimizer": None if optimizer is None else optimizer.state_dict(),
    }


def learn(state: Mapping[str, Any], model: Any, optimizer: Any, path: str | Path) -> None:
    """Gives model and optimizer what `learned` gave; all or, if it raises, nothing."""
    state, others = fields.read(_LEARNED, state, path), _others(model, optimizer)
    if optimizer is not None and state["optimizer"] is None:
        raise ValueError(f"{path} was saved without an optimizer; load it without one")
    if len(others) != len(state["others"]) and (others or optimizer is not None):
        whose = "its optimizer" if hasattr(model, "state_dict") else "the model, with its optimizer,"
        raise ValueError(f"{path} does not fit: {whose} had {len(state['others'])} parameters, and has {len(others)}")
    before = copy.deepcopy(learned(model, optimizer))
    with held():
        try:
            _take(state, model, optimizer, others)
        except Exception as error:
            _take(before, model, optimizer, others)
            raise ValueError(f"{path} does not fit: {error}") from error


def _take(state: Mapping[str, Any], model: Any, optimizer: Any, others: list[Value]) -> None:
    if hasattr(model, "load_state_dict"):
        model.load_state_dict(state["model"])
    if optimizer is not None:
        optimizer.load_state_dict(state["optimizer"])
    if others:
        write(others, state["others"])


def _others(model: Any, optimizer: Any) -> list[Value]:
    """The parameters that are not in the state of the model: those that only the optimizer knows, or all of them."""
    if not hasattr(model, "state_dict"):
        return parameters_of(model, optimizer)
    own = {id(parameter) for parameter in model.parameters()}
    return [] if optimizer is None else [parameter for parameter in optimizer.parameters if id(parameter) not in own]


def put(path: str | Path, state: Mapping[str, Any]) -> Path:
    """Writes a file that is whole at any moment: the old one, until all of the new one is on the disk."""
    return files.write(path, json.dumps({"format": FORMAT, "version": VERSION, **state}, separators=(",", ":")))


def get(path: str | Path) -> dict[str, Any]:
    """What `put` wrote."""
    try:
        state = fields.decoded(Path(path).read_bytes())
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no checkpoint {path}; nn.save or nn.Checkpoint writes one") from None
    except ValueError as error:
        raise ValueError(f"{path} is no checkpoint, or a damaged one ({error})") from None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(f"{path} is no checkpoint: it does not say that its format is {FORMAT!r}")
    if state.get("version") != VERSION:
        raise ValueError(f"{path} has version {state.get('version')}, and this program reads {VERSION}; update it")
    return state

"""Checkpoints: weights, optimizer and position as plain JSON, whole at any moment and exact to the last bit.

JSON keeps a float exactly, since Python prints the shortest digits that read back as the same number. Nothing in the
file is ever run, as it would be in a pickle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograd import Value, files

from .interrupts import held
from .parameters import numbers, write

FORMAT, VERSION = "tapegrad checkpoint", 1


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
    """
    return put(path, learned(model, optimizer))


def load(path: str | Path, model: Any, optimizer: Any = None) -> None:
    """Gives `model` what `save` or a `Checkpoint` wrote, and `optimizer` its state; all or, if it raises, nothing.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no checkpoint, or one of another model or optimizer.
    """
    learn(get(path), model, optimizer, path)


def learned(model: Any, optimizer: Any) -> dict[str, Any]:
    """What the training has made of a model and its optimizer, as plain numbers, strings, lists and dicts."""
    others = _others(model, optimizer)
    return {
        "model": model.state_dict() if hasattr(model, "state_dict") else {},
        "others": numbers(others),
        "optimizer": None if optimizer is None else optimizer.state_dict(),
    }


def learn(state: Mapping[str, Any], model: Any, optimizer: Any, path: str | Path) -> None:
    """Gives model and optimizer what `learned` gave; all or, if it raises, nothing."""
    others = _others(model, optimizer)
    if optimizer is not None and state.get("optimizer") is None:
        raise ValueError(f"{path} was saved without an optimizer; load it without one")
    before = learned(model, None)
    with held():
        try:
            if hasattr(model, "load_state_dict"):
                model.load_state_dict(state["model"])
            if optimizer is not None:
                if len(others) != len(state["others"]):
                    raise ValueError(f"the optimizer had {len(state['others'])} parameters, and has {len(others)}")
                optimizer.load_state_dict(state["optimizer"])
                write(others, state["others"])
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            if hasattr(model, "load_state_dict"):
                model.load_state_dict(before["model"])
            raise ValueError(f"{path} does not fit: {error}") from error


def _others(model: Any, optimizer: Any) -> list[Value]:
    """The parameters that only the optimizer knows: all of them, where the model is a function."""
    own = {id(parameter) for parameter in model.parameters()} if hasattr(model, "state_dict") else set()
    return [] if optimizer is None else [parameter for parameter in optimizer.parameters if id(parameter) not in own]


def put(path: str | Path, state: Mapping[str, Any]) -> Path:
    """Writes a file that is whole at any moment: the old one, until all of the new one is on the disk."""
    return files.write(path, json.dumps({"format": FORMAT, "version": VERSION, **state}, separators=(",", ":")))


def get(path: str | Path) -> dict[str, Any]:
    """What `put` wrote."""
    try:
        state = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no checkpoint {path}; nn.save or nn.Checkpoint writes one") from None
    except ValueError as error:
        raise ValueError(f"{path} is no checkpoint, or a damaged one ({error})") from None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(f"{path} is no checkpoint: it does not say that its format is {FORMAT!r}")
    if state.get("version") != VERSION:
        raise ValueError(f"{path} has version {state.get('version')}, and this program reads {VERSION}; update it")
    return state

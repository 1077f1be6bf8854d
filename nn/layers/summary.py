"""The summary of a network: its layers, their shapes, and how many parameters each has."""

from __future__ import annotations

from typing import Any

from .freezing import is_frozen


def summary(model: Any) -> str:
    """A table with a line for each layer.

    >>> import nn
    >>> print(nn.MLP(4, [8, 3], activation="tanh", seed=0).summary())
    layer     is                       shape    parameters
    layers.0  Layer(4, 8, 'tanh')      4 -> 8           40
    layers.1  Layer(8, 3, 'linear')    8 -> 3           27
    total                                               67
    """
    lines = [("layer", "is", "shape", "parameters")]
    inside: list[str] = []  # names of parts whose parts have no line of their own
    counted: set[int] = set()  # ids of parameters, since one may be shared
    parts = model.named_modules()
    for name, part in parts:
        if name and any(name.startswith(f"{outer}.") for outer in inside):
            continue
        below = [one for _, one in part.named_modules()[1:]]
        known = isinstance(part.shape, tuple) and len(part.shape) == 2
        alone = known or not below
        own = {id(p) for p in part.parameters()}
        if alone:
            inside.append(name)
        else:
            own -= {id(p) for one in below for p in one.parameters()}
        if alone or own:
            shape = f"{part.shape[0]} -> {part.shape[1]}" if known else ""
            lines.append((name or "itself", _short(part), shape, f"{len(own - counted):,}"))
            counted |= own
    every = model.parameters()
    frozen = sum(map(is_frozen, every))
    lines.append(("total", f"{frozen:,} of them frozen" if frozen else "", "", f"{len(every):,}"))
    name_width, is_width, shape_width, count_width = (max(map(len, column)) for column in zip(*lines))
    return "\n".join(
        f"{name:{name_width}}  {what:{is_width}}  {shape:{shape_width}}  {count:>{count_width}}".rstrip()
        for name, what, shape, count in lines
    )


def _short(part: Any) -> str:
    text = repr(part)
    return type(part).__name__ if len(text) > 40 or text.startswith("<") else text

"""The network view: units as circles in columns, weights as lines whose width is their size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from autograd import pictures

from .columns import columns, is_model

_RADIUS, _DOWN, _ACROSS, _HEAD = 26.0, 68.0, 200.0, 46.0
_THINNEST, _THICKEST = 0.7, 8.0
_MOST = 12  # units in a column, and layers in a row; more are counted

_Line = tuple[float, str, int, int]  # size, tooltip, and the units it joins


@pictures.drawer("a model with layers of neurons", is_model)
def draw_network(model: Any, inputs: Sequence[Any] | None, gradients: bool) -> pictures.Picture:
    """The picture of a model."""
    return _View(model, inputs, gradients).picture()


class _View:
    def __init__(self, model: Any, inputs: Sequence[Any] | None, gradients: bool) -> None:
        self.columns = columns(model, inputs)
        self.gradients = gradients
        self.drawn = _shown(len(self.columns))
        self.units = [_shown(column.height) for column in self.columns]
        self.tallest = max(len(self.units[k]) for k in self.drawn if k is not None)
        self.tops = [_HEAD + (self.tallest - len(shown)) * _DOWN / 2 + _RADIUS for shown in self.units]
        self.lines = {k: list(self._lines(k)) for k in self.drawn if k and k - 1 in self.drawn}
        sizes = [abs(size) for lines in self.lines.values() for size, *_ in lines if isfinite(size)]
        self.largest = max(sizes, default=0.0)
        self.thickest = _THICKEST / (1 + max(map(len, self.lines.values()), default=0) / 150)
        # tints compare the units of a layer: the outputs of one may be far larger than those of another
        self.brightest = [
            max((abs(x) for x in self._inside(k) if isfinite(x)), default=0.0) for k in range(len(self.columns))
        ]

    def picture(self) -> pictures.Picture:
        parts, lines = [], []
        for place, k in enumerate(self.drawn):
            x = place * _ACROSS + 60
            if k is None:
                skipped = f"… {len(self.columns) - len(self.drawn) + 1:,} more layers …"
                parts.append(pictures.svg.text("ag-role", x, _HEAD + self.tallest * _DOWN / 2 - 10, skipped, "middle"))
                continue
            parts.append(pictures.svg.text("ag-heading", x, 12, self.columns[k].title, "middle"))
            parts.append(
                pictures.svg.text(
                    "ag-role", x, 29, pictures.fitted(self.columns[k].subtitle, 11, _ACROSS - 10), "middle"
                )
            )
            lines += [(abs(line[0]), self._line(k, x, *line)) for line in self.lines.get(k, [])]
            parts += [self._unit(k, j, x, self.tops[k] + at * _DOWN) for at, j in enumerate(self.units[k])]
        lines.sort(key=lambda line: line[0])  # the widest on top
        says = f"a network of {', '.join(str(column.height) for column in self.columns)} units"
        width = (len(self.drawn) - 1) * _ACROSS + 120
        height = _HEAD + (self.tallest - 1) * _DOWN + 2 * _RADIUS + 4
        drawing = "".join([line for _, line in lines] + parts)
        return pictures.Picture(pictures.svg.document(drawing, width, height, says, self._legend()), says)

    def _lines(self, k: int) -> Iterator[_Line]:
        """The weights between the drawn units of a layer and of the one before."""
        for b in self.units[k]:
            for a in self.units[k - 1]:
                if a is not None and b is not None:
                    weight = self.columns[k].weights[b][a]
                    name = (
                        "/".join(filter(None, [pictures.clean(weight.scope), pictures.clean(weight.label)])) or "weight"
                    )
                    says = f"{name}: {weight.data!r}\ngradient: {pictures.grad_in_full(weight)}"
                    yield weight.grad if self.gradients else weight.data, says, a, b

    def _line(self, k: int, x: float, size: float, says: str, a: int, b: int) -> str:
        share = min(1.0, abs(size) / self.largest) if self.largest and size == size else 0.0
        kind = "ag-pos" if size > 0 else "ag-neg ag-dashed" if size < 0 else "ag-edge"
        x1, x2 = x - _ACROSS + _RADIUS, x - _RADIUS
        y1 = self.tops[k - 1] + self.units[k - 1].index(a) * _DOWN
        y2 = self.tops[k] + self.units[k].index(b) * _DOWN
        middle = (x1 + x2) / 2
        curve = pictures.svg.path([(x1, y1), (middle, y1), (middle, y2), (x2, y2)])
        look = f"stroke-width:{_THINNEST + (self.thickest - _THINNEST) * share:.2f}px;opacity:{0.5 + 0.5 * share:.2f}"
        return pictures.svg.group("ag-weight", f'<path class="{kind}" style="{look}" d="{curve}"/>', says=says)

    def _inside(self, k: int) -> list[float]:
        """The numbers in the circles: what flowed through, else the biases or their gradients."""
        column = self.columns[k]
        if column.outputs is not None:
            return column.outputs
        return [0.0 if b is None else b.grad if self.gradients else b.data for b in column.biases]

    def _unit(self, k: int, j: int | None, x: float, y: float) -> str:
        column = self.columns[k]
        if j is None:
            skipped = f"{column.height - len(self.units[k]) + 1:,} more"
            return pictures.svg.text("ag-more", x, y - 2, "⋮", "middle") + pictures.svg.text(
                "ag-role", x, y + 16, skipped, "middle"
            )
        number, bias = self._inside(k)[j], column.biases[j]
        words = f"x{j + 1}" if not k and column.outputs is None else "" if self._is_empty(k, j) else _short(number)
        brightest = self.brightest[k]
        share = number / brightest if brightest and number == number else 0.0
        says = f"{column.title}, unit {j + 1}" + ("" if column.outputs is None else f": {number!r}")
        if bias is not None:
            says += f"\nbias: {bias.data!r}, gradient: {pictures.grad_in_full(bias)}"
        place = (x - _RADIUS, y - _RADIUS, 2 * _RADIUS, 2 * _RADIUS, _RADIUS)
        circle = pictures.svg.rectangle(f"ag-tint{4 + round(4 * max(-1.0, min(1.0, share)))}", *place)
        circle += pictures.svg.rectangle("ag-line ag-line-operation", *place)
        return pictures.svg.group(
            "ag-node", circle + pictures.svg.text("ag-unit", x, y + 4, words, "middle"), says=says
        )

    def _is_empty(self, k: int, j: int) -> bool:
        """Whether there is neither an output nor a bias to show."""
        return self.columns[k].outputs is None and self.columns[k].biases[j] is None

    def _legend(self) -> str:
        weights = (weight for column in self.columns for row in column.weights for weight in row)
        if self.gradients and all(pictures.grad_in_full(weight) == "none yet" for weight in weights):
            return "No gradients yet: call backward() on a loss first."
        line = "gradient of the weight" if self.gradients else "weight"
        flows = self.columns[0].outputs is not None
        inside = "output" if flows else "gradient of the bias" if self.gradients else "bias"
        return f"Line: {line}, the wider the larger; blue and solid above 0, orange and dashed below. Circle: {inside}."


def _shown(n: int) -> list[int | None]:
    """Which of `n` are drawn: all, or the first and the last, with None for those between."""
    return list(range(n)) if n <= _MOST else [*range(_MOST - 3), None, n - 2, n - 1]


def _short(x: float) -> str:
    """Two decimals, or two digits of a number too long for that."""
    text = f"{x:.2f}"
    return text.replace("-", "−") if len(text) <= 6 else pictures.figure(float(f"{x:.2g}"))

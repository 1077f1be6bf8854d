"""Dataset: rows of numbers to learn from, and what is to be predicted for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Dataset:
    """Rows `X` and their targets `y`: labels, where `classes[label]` is a label's name, or numbers if there are none.

    `features[j]` is the name of column j.
    """

    X: list[list[float]]
    y: list[Any]
    features: tuple[str, ...]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.X)

    def __repr__(self) -> str:
        features = ", ".join(self.features[:6]) + (", ..." if len(self.features) > 6 else "")
        classes = f"; classes {', '.join(self.classes)}" if self.classes else ""
        return f"<Dataset of {len(self.X)} rows: {features}{classes}>"

"""Trial: when machine code is made for a program, which is after it ran often enough to pay for that.

A new program runs at once, in a form that needs no compiler: as lines of Python, as NumPy calls, or by its rows. Each
run counts by its size, and when all that count reaches a price, which follows from the size of the program, its next
runs are machine code. The price, which stands with each form (`blocks`, `lines`, `interpreter`), is about a tenth of
the time that it takes to compile: what was compiled is kept on disk, where later processes find it.

Neither a clock nor what lies on the disk is asked. The forms agree to rounding and not to the last bit, so the run at
which machine code takes over must be the same each time, for the whole to repeat bit for bit. `native=True` or
AUTOGRAD_NATIVE=1 have it made for the first run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Trial:
    """What the runs of a program have paid so far, for each kernel that they would have used."""

    def __init__(self, price: float, at_once: bool) -> None:
        self.price = -1.0 if at_once else price
        self._paid: dict[Any, float] = {}
        self.steps: Callable[[], int] | None = None  # of a training, which count in place of the runs

    def is_over(self, kernel: Any = None) -> bool:
        """Whether there is to be machine code for the runs that use this kernel."""
        return self._paid.get(kernel, 0.0) > self.price

    def counts(self, cost: float, kernel: Any = None) -> bool:
        """Whether one more run is part of the trial; it costs so much."""
        if self.steps is not None:
            return self.steps() * cost <= self.price
        if self.is_over(kernel):
            return False
        self._paid[kernel] = self._paid.get(kernel, 0.0) + cost
        return True

"""Credit: a function that takes a new way at each call is not recorded for ever, since recordings must be paid for.

Recording and packing take as long as the function itself takes for a hundred samples or so. So that many samples pay
for one; the first few are free, of large programs fewer, and a program that is used again soon pays for itself. Samples
are counted, no time is taken: runs repeat exactly.
"""

from __future__ import annotations

from .version import Version

_PRICE, _FREE, _USE = 256, 16, 32
_LARGE, _DEAREST = 2_000, 4  # a program of so many operations more costs the price once more, up to so often


class Credit:
    """The samples of one function that are left to pay for recordings."""

    def __init__(self) -> None:
        self._left = _FREE * _PRICE

    @property
    def is_enough(self) -> bool:
        """Whether a program may be recorded."""
        return self._left >= _PRICE

    def pay(self, samples: int) -> None:
        """So many samples were run."""
        self._left = min(self._left + samples, _FREE * _PRICE)

    def spend(self, version: Version) -> None:
        """A version was recorded."""
        version.owes = _PRICE * min(1 + len(version.program.graph.nodes) // _LARGE, _DEAREST)
        self._left -= version.owes

    def use(self, version: Version, samples: int) -> None:
        """A version ran so many samples, and gives back what it cost."""
        back = min(version.owes, _USE * samples)
        version.owes -= back
        self.pay(back)

    def use_up(self) -> None:
        """Nothing is recorded until more samples have paid."""
        self._left = 0

"""Credit: a function that takes a new way at each call is not recorded for ever, since recordings must be paid for.

Recording and packing take as long as the function itself takes for a hundred samples or so. So that many samples pay
for one; the first few are free, of large programs fewer, and a program that is used again soon pays for itself. A new
length of a list costs the price once, however large the program is: there are few, as of words, and they come again.
Samples are counted, no time is taken: runs repeat exactly.
"""

from __future__ import annotations

from ...trees import Tree, mapped
from ..calls.arguments import Layout
from .version import Version

_PRICE, _FREE, _USE = 256, 16, 32
_LARGE, _DEAREST = 2_000, 4  # a program of so many operations more costs the price once more, up to so often
_FEW = 64  # lengths


class Credit:
    """The samples of one function that are left to pay for recordings."""

    def __init__(self) -> None:
        self._left = _FREE * _PRICE
        self._lengths: set[tuple[Tree, ...]] = set()

    @property
    def is_enough(self) -> bool:
        """Whether a program may be recorded."""
        return self._left >= _PRICE

    def pay(self, samples: int) -> None:
        """So many samples were run."""
        self._left = min(self._left + samples, _FREE * _PRICE)

    def spend(self, version: Version, layout: Layout) -> None:
        """A version was recorded for arguments of that layout."""
        lengths = tuple([mapped(tree, _without_constants) for tree in layout.trees])
        is_new = lengths not in self._lengths and len(self._lengths) < _FEW
        if is_new:
            self._lengths.add(lengths)
        version.owes = _PRICE * (1 if is_new else min(1 + len(version.program.graph.nodes) // _LARGE, _DEAREST))
        self._left -= version.owes

    def use(self, version: Version, samples: int) -> None:
        """A version ran so many samples, and gives back what it cost."""
        back = min(version.owes, _USE * samples)
        version.owes -= back
        self.pay(back)

    def use_up(self) -> None:
        """Nothing is recorded until more samples have paid."""
        self._left = 0


def _without_constants(leaf: Tree) -> Tree:
    return leaf[:1] if leaf[0] == "same" else leaf[:3] if leaf[0] == "fixed" else leaf

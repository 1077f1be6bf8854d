"""Branch: what is known of a branch in the text of a function, that a choice may stand for."""

from __future__ import annotations

from dataclasses import dataclass, field

from .report import Site


@dataclass(eq=False)
class Branch:
    """What a choice needs to know about the branch that it stands for."""

    site: Site
    names: frozenset[str] = frozenset()  # that its arms assign
    private: frozenset[str] = frozenset()  # those that nothing else in the function reads
    made: frozenset[str] = frozenset()  # those whose lists each arm makes for itself
    is_loop: bool = field(default=False, init=False)  # whether a loop is left in it

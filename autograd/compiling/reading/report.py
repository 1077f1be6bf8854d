"""Report: which branches of a function became choices, which stayed guards, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Site:
    """A branch in the text of a function."""

    file: str
    line: int
    text: str
    why: str = ""  # it cannot be a choice, whatever its numbers are

    @property
    def place(self) -> str:
        """The line as the places of comparisons are written."""
        return f"{Path(self.file).name}:{self.line}"


@dataclass
class Report:
    """What became of the branches that compare Values, the last time that the function was recorded."""

    chosen: dict[Site, int] = field(default_factory=dict)  # how often each was met as a choice
    stayed: dict[Site, str] = field(default_factory=dict)  # why each is looked at as Python does
    unread: dict[str, str] = field(default_factory=dict)  # functions that are not written anew, and why
    whole: str = ""  # why there are no choices at all
    guards: dict[str, int] = field(default_factory=dict)  # by place: comparisons that the program holds for

    def why(self, place: str) -> str:
        """Why the comparison at a place is looked at, and no choice; "" where nothing is known about it."""
        if self.whole:
            return self.whole
        here = [why for site, why in self.stayed.items() if site.place == place]
        unread = [f"{name} is not read, because {why}" for name, why in self.unread.items()]
        return (here or unread or [""])[0]

    def advice(self, reason: str) -> str:
        """Why the comparison that turned is no choice, and what to write in place of it; it is named with its place."""
        places = re.findall(r"\((\S+:\d+)\)", reason)
        why = self.why(places[-1]) if places else ""
        if not why:
            return ""
        return (
            f"; that is no choice inside one program: {why}. A branch is one where both arms only compute numbers for "
            "local names; autograd.where(autograd.less(a, b), x, y) always is"
        )

    def lines(self, is_short: bool = False) -> list[str]:
        """A line for each branch, choices first; if it `is_short`, for those of which something is known."""
        chosen = [(site.line, f"{site.place}  `{site.text}` is a choice{_times(n)}") for site, n in self.chosen.items()]
        known = {site.place: f"  `{site.text}`" for site in self.stayed}
        guards = [
            f"{place}{known.get(place, '')} stays a guard{_times(n)}{f': {why}' if (why := self.why(place)) else ''}"
            for place, n in self.guards.items()
            if not is_short or place in known
        ]
        return [*(line for _, line in sorted(chosen)), *guards]

    def __str__(self) -> str:
        return "\n".join(self.lines()) or "no branch compares Values"

    __repr__ = __str__


def _times(count: int) -> str:
    return f", met {count:,} times" if count > 1 else ""

"""Again: a function that compared Values, recorded once more with its branches as choices.

The first recording is that of the function itself. It says which functions compared something, and which called those:
only these are read and written anew, so that a function that compares nothing costs nothing here. It also says what the
second must find: the same numbers, arranged alike. Where that fails, or the second needs too much, the first is kept as
it is; nothing depends on the second but that it serves other numbers too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

from ...core.watching import watching
from ...trees import Tree
from ..calls.static import PlainNeededError
from ..graph.graph import Graph
from ..graph.trace import Seen
from .asking import Asking
from .choices import Choosing
from .chosen import Mixed, Undone
from .report import Report, Site
from .writing import may_choose, written

_TRIES = 4  # recordings, each with more branches as they are
_FAILURES = 3  # recordings of which nothing came, after which none is tried
# How many operations the second recording may have: so many times those of the first, and so many more. With more,
# calls without a batch would take longer than those of several programs. A batch would be split among as many programs
# as there are ways through the function, or each sample would run by itself.
_MOST, _MOST_OF_BATCH = (6, 500), (16, 4_000)

Recorded = tuple[Graph, Tree, list[Any]]


@dataclass
class Again:
    """What is known of one function's branches."""

    report: Report = field(default_factory=Report)
    excluded: dict[Site, str] = field(default_factory=dict)
    failures: int = 0

    def record(
        self,
        function: Callable[..., Any],
        first: Seen,
        tree: Tree,
        reachable: Iterable[FunctionType],
        is_batch: bool,
        trace: Callable[[Callable[..., Any], Choosing, Seen], Recorded],
    ) -> Recorded | None:
        """The function recorded with choices, or None; `trace` records what it is given in place of the function."""
        if not first.codes or self.failures >= _FAILURES:
            return None
        if not any(map(may_choose, first.comparing.values())):
            texts = {code.co_qualname: written(code) for code in first.comparing.values()}
            unread = {name: text for name, text in texts.items() if isinstance(text, str)}
            found = [one.site for text in texts.values() if not isinstance(text, str) for one in text.branches]
            self.report = Report(stayed={site: site.why for site in found if site.why}, unread=unread)
            return None
        times, more = _MOST_OF_BATCH if is_batch else _MOST
        most = times * first.count + more
        asking = Asking.of(f for f in reachable if not self._is_read(f.__code__, first))
        for _ in range(_TRIES):
            choosing = Choosing(first.codes, self.excluded, asking, most, is_batch)
            self.report = choosing.report
            seen = Seen()
            try:
                recorded = trace(function, choosing, seen)
            except Undone as undone:
                if not undone.sites:
                    return self._failed(str(undone))
                self.excluded |= dict.fromkeys(undone.sites, undone.why)
                continue
            except NameError as error:
                name = (re.findall(r"'(\w+)'", str(error)) or [""])[0]
                sites = choosing.dropped.get(name, set())
                if not sites - self.excluded.keys():
                    return self._failed(str(error))
                why = f"{name} is read where one arm alone gave it a value; give it one before"
                self.excluded |= dict.fromkeys(sites, why)
                continue
            except (Exception, PlainNeededError) as error:
                return self._failed(f"with choices it raises {type(error).__name__}: {error}")
            if not choosing.report.chosen:
                self.failures += 1
                return None
            if asking.identity_asked:
                return self._failed(
                    f"{asking.identity_asked} compares by `is`, and a number that was chosen is neither of the two"
                )
            if asking.kinds_asked and not choosing.asker:
                continue  # knowing who asks
            if not _is_alike(first, tree, seen, recorded[1], choosing):
                kept = (choosing.merged.get(id(x)) for x in seen.outputs)
                sites = {site for one in kept if one and one[2] for site in one[1]}
                if not sites - self.excluded.keys():
                    return self._failed("what it returns is arranged otherwise, or another number")
                self.excluded |= dict.fromkeys(sites, "the whole number or the truth value that it gives is returned")
                continue
            self.failures = 0
            return recorded
        return self._failed("too many of its branches turned out to be none")

    def is_long(self) -> None:
        """The recording is so long that turns of its loops were left out: then it is not recorded again, whole."""
        self.report = Report(whole="the recording is so long that turns of its loops were left out")

    def _is_read(self, code: CodeType, first: Seen) -> bool:
        """Whether code is written anew wherever it runs."""
        return id(code) in first.codes and not isinstance(written(code), str)

    def _failed(self, why: str) -> Recorded | None:
        self.failures += 1
        self.report.chosen.clear()
        self.report.whole = why
        return None

    def note(self, graph: Graph) -> None:
        """Remembers for which comparisons a program holds."""
        self.report.guards = dict(Counter(check.place for check in graph.checks))


def _is_alike(first: Seen, tree: Tree, second: Seen, other: Tree, choosing: Choosing) -> bool:
    """Whether both gave the same numbers, in the same arrangement."""
    if len(first.outputs) != len(second.outputs):
        return False
    if not all(x == y or (x != x and y != y) for x, y in zip(first.numbers, second.numbers, strict=True)):
        return False
    return tree == other or _as_floats(tree, iter(second.outputs), choosing) == other


def _as_floats(tree: Tree, outputs: Any, choosing: Choosing) -> Tree:
    """The tree with a number in place of a whole one that is one of two, of which the other is none."""
    kind = tree[0]
    if kind in ("number", "exact"):
        x = next(outputs)
        known = choosing.merged.get(id(x))
        is_float = kind == "exact" and type(x) is Mixed and known is not None and not known[2]
        return ("number",) if is_float and not isinstance(tree[1], bool) else tree
    if kind == "array":
        for _ in range(_size(tree[1])):
            next(outputs)
        return tree
    if kind in ("same", "fixed"):
        return tree
    return (*tree[:-1], tuple([_as_floats(one, outputs, choosing) for one in tree[-1]]))


def _size(shape: Iterable[int]) -> int:
    size = 1
    for one in shape:
        size *= one
    return size


def run_of(function: Callable[..., Any], choosing: Choosing, args: Any, named: Any) -> Callable[[], Any]:
    """What runs the function written anew."""

    def run() -> Any:
        with watching(choosing):
            return choosing.asking.watch(lambda: choosing.call(function)(*args, **named), choosing.is_any)

    return run

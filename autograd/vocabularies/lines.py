"""Lines: source that is collected line by line, each at the depth of the loops that it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

Index = int | str  # a number, or the name of a loop's variable


class Lines:
    """Collects lines, each at the depth of the loops it stands in."""

    def __init__(self, depth: int = 0, lines: list[str] | None = None) -> None:
        self.lines: list[str] = [] if lines is None else lines
        self.depth = depth

    def add(self, *lines: str) -> None:
        self.lines += ["    " * self.depth + line for line in lines]

    @contextmanager
    def below(self, line: str) -> Iterator[None]:
        """In the `with` block, lines belong to this one."""
        self.add(line)
        self.depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.add("pass")
        self.depth -= 1

    @contextmanager
    def loop(self, name: str, stop: int, start: int = 0, step: int = 1) -> Iterator[Index]:
        """A loop, and its index; the one index itself, where there is but one."""
        if stop - start <= step and stop > start:
            yield start
            return
        steps = f", {step}" if step != 1 else ""
        first = f"{start}, " if start or steps else ""
        with self.below(f"for {name} in range({first}{stop}{steps}):"):
            yield name

    @contextmanager
    def loops(self, name: str, sizes: Sequence[int]) -> Iterator[list[Index]]:
        """Loops over all axes of an array."""
        with ExitStack() as stack:
            yield [stack.enter_context(self.loop(f"{name}{axis}", size)) for axis, size in enumerate(sizes)]

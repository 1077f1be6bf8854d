"""Task: what a peer makes of a workload, ready to be timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Task:
    """One timed step and what it computes.

    A step is one function, or two where a graph is recorded first and then swept: the second takes what the first
    returns. `answer` gives, after a step, the numbers that are compared with the other peers': the value and the
    gradient, or what training made of the parameters. A training that begins anew in each step has a `reset`, which
    is not timed.
    """

    step: Callable[[], Any]
    answer: Callable[[], list[float]]
    sweep: Callable[[Any], Any] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    reset: Callable[[], Any] | None = None

    def run(self, times: int = 1, clock: Callable[[], float] = time.perf_counter) -> tuple[float, float]:
        """Seconds for the step (or for recording), and for the sweep, each the mean over `times` steps."""
        step, sweep = self.step, self.sweep
        if self.reset is not None:
            seconds = 0.0
            for _ in range(times):
                self.reset()
                start = clock()
                step()
                seconds += clock() - start
            return seconds / times, 0.0
        if sweep is None:
            start = clock()
            for _ in range(times):
                step()
            return (clock() - start) / times, 0.0
        recording = sweeping = 0.0
        for _ in range(times):
            start = clock()
            graph = step()
            recorded = clock()
            sweep(graph)
            sweeping += clock() - recorded
            recording += recorded - start
            del graph
        return recording / times, sweeping / times


class LeftOut(Exception):
    """A peer leaves a workload out, and says why."""

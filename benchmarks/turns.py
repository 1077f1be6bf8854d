"""Running peers in turns: each in a process of its own, checked against the reference, then timed one after another."""

from __future__ import annotations

import json
import math
import os
import select
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments import ONE_THREAD, Peer
from workloads import Workload

HERE = Path(__file__).parent
TOLERANCE = 1e-9  # of the largest number of an answer


@dataclass(frozen=True)
class Plan:
    """How much time is spent."""

    repeats: int = 7
    budget: float = 0.02  # seconds for one turn: a step that is shorter is repeated within it
    long: float = 1.0  # a step that takes more seconds is measured once
    patience: float = 25.0  # seconds that a peer may take for its first step
    clock: str = "perf_counter"  # of Python's module `time`


QUICK = Plan(repeats=7, budget=0.004, long=0.2, patience=5.0)
BRIEF = Plan(repeats=7, budget=0.008, long=0.02, clock="process_time")  # others may be at work on the machine


@dataclass
class Timing:
    """What was measured of one peer on one workload; or why nothing was."""

    left_out: str = ""
    ready: float = 0.0  # seconds until the first result: building, recording, compiling, and one step
    seconds: list[float] = field(default_factory=list)  # for one step, in each turn
    recording: list[float] = field(default_factory=list)  # the part of it that records, where it can be told apart
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def minimum(self) -> float:
        return min(self.seconds)


class Failed(Exception):
    """A peer's process ended, or took too long."""


class Worker:
    """A peer's process."""

    def __init__(self, peer: Peer, python: Path, kernels: Path | None = None) -> None:
        self.peer = peer
        self.folder = tempfile.TemporaryDirectory()  # compiled code is not left behind, nor found by the next process
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - open as long as the process
        self.process = subprocess.Popen(
            [python, str(HERE / "worker.py"), peer.module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env={
                **os.environ,
                **ONE_THREAD,
                "TMPDIR": self.folder.name,
                "AUTOGRAD_CACHE": str(kernels or self.folder.name),
                **dict(peer.variables),
            },
        )
        self.unread = b""

    def ask(self, patience: float = 120.0, **request: Any) -> dict[str, Any]:
        """The answer to a request.

        Raises:
            Failed: there is none.
        """
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed(self._reason()) from None
        answer: dict[str, Any] = json.loads(self._line(patience))
        return answer

    def _line(self, patience: float) -> bytes:
        assert self.process.stdout is not None
        channel = self.process.stdout.fileno()
        end = time.monotonic() + patience
        while b"\n" not in self.unread:
            if not select.select([channel], [], [], max(0.0, end - time.monotonic()))[0]:
                self.close()
                raise Failed(f"its first step was not done after {patience:.0f} s")
            part = os.read(channel, 1 << 20)
            if not part:
                raise Failed(self._reason())
            self.unread += part
        line, _, self.unread = self.unread.partition(b"\n")
        return line

    def _reason(self) -> str:
        code = self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines()
        return f"it failed: {lines[-1] if lines else f'exit {code}'}"

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.errors):
            if pipe is not None and not pipe.closed:
                pipe.close()
        self.folder.cleanup()


def measure(group: Sequence[Workload], peers: Sequence[tuple[Peer, Path]], plan: Plan) -> dict[str, dict[str, Timing]]:
    """The timings of a group of workloads by the workload's and the peer's name."""
    workers = [Worker(peer, python) for peer, python in peers]
    try:
        for worker in workers:
            with suppress(Failed):  # wait until all have imported what they need, which would disturb the first
                worker.ask(do="about")
        found = {}
        for workload in group:
            for k, (peer, python) in enumerate(peers):
                if workers[k].process.poll() is not None:  # it failed at the workload before
                    workers[k].close()
                    workers[k] = Worker(peer, python)
            print(f"{workload.name} ...", end="", flush=True)
            start = time.monotonic()
            found[workload.name] = _measure(workload, workers, plan)
            timings = found[workload.name].items()
            told = ", ".join(f"{name} {t.median * 1e3:.4g} ms" for name, t in timings if t.seconds)
            print(f" {time.monotonic() - start:.0f} s: {told}", flush=True)
            for name, timing in timings:
                if timing.left_out:
                    print(f"  without {name}: {timing.left_out}", flush=True)
        return found
    finally:
        for worker in workers:
            worker.close()


def first_calls(workload: Workload, peers: Sequence[tuple[Peer, Path]], plan: Plan) -> dict[str, dict[str, float]]:
    """By peer, the seconds until the first result in a fresh process: with compiled code to make, and with it found."""
    inputs, found = workload.inputs(), {}
    for peer, python in peers:
        with tempfile.TemporaryDirectory() as kernels, suppress(Failed):
            times = {}
            for name in ("cold", "warm"):
                worker = Worker(peer, python, Path(kernels))
                try:
                    said = worker.ask(do="prepare", kind=workload.kind, inputs=inputs, memory=False, clock=plan.clock)
                finally:
                    worker.close()
                if "ready" in said:
                    times[name] = said["ready"]
            if times:
                found[peer.name] = times
    return found


def _measure(workload: Workload, workers: list[Worker], plan: Plan) -> dict[str, Timing]:
    inputs = workload.inputs()
    timings = {worker.peer.name: Timing() for worker in workers}
    reference: list[float] = []
    running: list[tuple[Worker, int]] = []
    for worker in workers:
        timing = timings[worker.peer.name]
        try:
            said = worker.ask(
                plan.patience if reference else 120.0,  # the first is the reference
                do="prepare", kind=workload.kind, inputs=inputs, memory=workload.memory, clock=plan.clock,
            )  # fmt: skip
            if "left_out" in said:
                timing.left_out = said["left_out"]
                if not timing.left_out:  # a way of ours that makes no difference here
                    del timings[worker.peer.name]
                continue
            reference = reference or said["answer"]
            check(said["answer"], reference)
            timing.ready, timing.facts = said["ready"], said["facts"]
            first = sum(_turn(worker, workload, plan, 1))
            if first > plan.long:
                timing.seconds = [first / _steps(workload, timing)]
            else:
                running.append((worker, max(1, min(100_000, math.ceil(plan.budget / max(first, 1e-7))))))
        except Failed as reason:
            timing.left_out = str(reason)
    for _ in range(plan.repeats):
        for worker, times in running:
            timing = timings[worker.peer.name]
            recording, sweep = _turn(worker, workload, plan, times)
            timing.seconds.append((recording + sweep) / _steps(workload, timing))
            if sweep:
                timing.recording.append(recording)
    for worker, _ in running:
        if not workload.trains:  # what was timed last was still the right thing
            try:
                check(worker.ask(do="answer")["answer"], reference)
            except Failed as reason:
                timings[worker.peer.name] = Timing(left_out=str(reason))
    return timings


def _turn(worker: Worker, workload: Workload, plan: Plan, times: int) -> tuple[float, float]:
    recording, sweep = worker.ask(do="time", times=times, collector=workload.collector, clock=plan.clock)["seconds"]
    return recording, sweep


def _steps(workload: Workload, timing: Timing) -> int:
    return workload.steps * int(timing.facts.get("steps", 1))


def check(answer: Sequence[float], reference: Sequence[float]) -> None:
    """Raises Failed where an answer is not the reference's: a peer that computes something else is not timed."""
    if len(answer) != len(reference):
        raise Failed(f"it gives {len(answer)} numbers instead of {len(reference)}")
    scale = max(map(abs, reference))
    wrong = [abs(a - b) for a, b in zip(answer, reference) if not abs(a - b) <= TOLERANCE * scale]  # nan is wrong too
    if wrong:
        worst = max(wrong)
        raise Failed(f"its gradient is off by {worst / scale:.1e} of the largest number")

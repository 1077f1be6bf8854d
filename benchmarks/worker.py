"""One peer in a process of its own: it makes tasks ready and times them when asked, a line of JSON at a time.

The peer's own `print` goes to the standard error, so that nothing but answers is on the standard output.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from task import LeftOut, Task


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if hasattr(os, "sched_setaffinity"):  # one core: a library that starts threads all the same gains nothing by it
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sys.setrecursionlimit(100_000_000)  # some peers recurse once for each operation
    peer = importlib.import_module(f"peers.{sys.argv[1]}")
    tasks: list[Task] = []  # the one under way
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "about":
            answer: dict[str, Any] = {"about": peer.about()}
        elif request["do"] == "prepare":
            answer = prepare(peer, request, tasks)
        elif request["do"] == "answer":
            answer = {"answer": tasks[0].answer()}
        else:
            answer = {"seconds": timed(tasks[0], request)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def prepare(peer: Any, request: dict[str, Any], tasks: list[Task]) -> dict[str, Any]:
    """Makes a task, runs its first step, and says how long both took and what was computed."""
    tasks.clear()
    gc.collect()
    make = peer.TASKS.get(request["kind"])
    if make is None:
        return {"left_out": getattr(peer, "LEFT_OUT", {}).get(request["kind"], "")}
    clock = getattr(time, request["clock"])
    start = clock()
    try:
        task: Task = make(request["inputs"])
    except LeftOut as reason:
        return {"left_out": str(reason)}
    making = clock() - start - task.facts.get("recording", 0.0)
    gc.collect()
    if request["memory"] and task.sweep is not None:
        before = resident()
        graph = task.step()
        task.facts["bytes"] = resident() - before
        task.sweep(graph)
        del graph
    ready = making + sum(task.run(1, clock))
    tasks.append(task)
    return {"ready": ready, "answer": task.answer(), "facts": task.facts}


def timed(task: Task, request: dict[str, Any]) -> tuple[float, float]:
    gc.collect()
    (gc.enable if request["collector"] else gc.disable)()
    seconds = task.run(request["times"], getattr(time, request["clock"]))
    gc.enable()
    return seconds


def resident() -> int:
    """Bytes of memory this process occupies; 0 where the system does not say."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if pages.exists() else 0


if __name__ == "__main__":
    main()

"""Where a compiled step spends its time, by Python's profiler: the evidence for what notes.py says.

python benchmarks/why.py online gpt "rosenbrock hessian"

AUTOGRAD_NATIVE=0 shows the NumPy form where llvmlite is installed.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
import time

from peers import tapegrad_compiled, tapegrad_flat
from workloads import workloads

os.environ.setdefault("AUTOGRAD_NATIVE", "1")
SECONDS = 1.0
TASKS = {**tapegrad_compiled.TASKS, **tapegrad_flat.TASKS}  # the faster way of each


def main() -> None:
    for workload in workloads():
        if any(workload.name.startswith(name) for name in sys.argv[1:]):
            task = TASKS[workload.kind](workload.inputs())
            task.run()
            start = time.perf_counter()
            task.run()
            times = max(1, int(SECONDS / (time.perf_counter() - start)))
            with cProfile.Profile() as profile:
                task.run(times)
            print(f"\n{workload.name}: {times} steps")
            pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(16)


if __name__ == "__main__":
    main()

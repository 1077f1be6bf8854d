"""One command that measures tapegrad against other engines and against code written by hand.

    make bench          every peer that can be installed, all workloads; writes RESULTS.md, chart.svg and
                        the table in the README
    make bench-quick    some workloads, the small peers and those installed already; prints only
    make bench-native   what native code is aimed at, in three minutes, by the processor's time and the fastest turn
                        of each, for others may be at work on the machine; prints only

Each peer runs in a process and an environment of its own, on one core and one thread, in float64. Its value and
gradient are compared with those worked out by hand before anything is timed. Then the peers take turns. Before each
turn the collector's garbage is cleared, outside the clock.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

import chart
import native
import report
from environments import FOLDER, PEERS, NotInstalled, Peer, python_of
from turns import BRIEF, QUICK, Failed, Plan, Timing, Worker, first_calls, measure
from workloads import Workload, workloads

HERE = Path(__file__).parent
LAST = FOLDER / "last.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="some workloads, in under a minute; prints only")
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="NAME", help="workloads whose names begin so, or `native`; prints"
    )
    parser.add_argument("--again", action="store_true", help="write the results of the last full run once more")
    options = parser.parse_args()
    if options.again:
        return write(json.loads(LAST.read_text()))
    start = time.time()
    briefly = options.only == ["native"]
    plan = QUICK if options.quick else BRIEF if briefly else Plan()
    peers, about = ready([peer for peer in PEERS if not briefly or peer.name in native.PEERS], options.quick)
    chosen = [
        w for w in workloads() if (w.quick or not options.quick) and any(is_meant(w, name) for name in options.only)
    ]
    found: dict[str, dict[str, Timing]] = {}
    for name, group in groupby(chosen, key=lambda workload: "" if options.quick else workload.group):
        few = briefly and name == "net"
        found |= measure(list(group), [one for one in peers if not few or one[0].name in native.IN_GRID], plan)
    if briefly:
        for timing in (timing for row in found.values() for timing in row.values() if timing.seconds):
            timing.seconds = [timing.minimum]
    results = {
        "machine": report.machine(),
        "about": about,
        "repeats": plan.repeats,
        "timings": {name: {peer: asdict(timing) for peer, timing in row.items()} for name, row in found.items()},
    }
    if not options.quick:
        results["first"] = first(results, [w for w in chosen if not briefly or w.group != "net"], peers, plan)
    results["minutes"] = (time.time() - start) / 60
    if options.quick or options.only != [""]:
        print("\n" + report.summary(results))
        print("\n" + native.section(results))
    else:
        FOLDER.mkdir(exist_ok=True)
        LAST.write_text(json.dumps(results))
        write(results)
    print(f"\n{results['minutes']:.1f} minutes")


def is_meant(workload: Workload, name: str) -> bool:
    return workload.name in native.WORKLOADS if name == "native" else workload.name.startswith(name)


def first(
    results: dict[str, Any], chosen: list[Workload], peers: list[tuple[Peer, Path]], plan: Plan
) -> dict[str, dict[str, dict[str, float]]]:
    """The first calls of the fastest native way of each workload."""
    print("first calls ...", flush=True)
    found = {}
    for workload in chosen:
        way = native.fastest(results, workload.name)
        if way is not None and workload.name in native.WORKLOADS:
            fastest = [(peer, python) for peer, python in peers if peer.name == way[0]]
            found[workload.name] = first_calls(workload, fastest, plan)
    return found


def ready(chosen: list[Peer], quick: bool) -> tuple[list[tuple[Peer, Path]], dict[str, str]]:
    """The peers that run here, and what each is, or why it is left out."""
    found, about = [], {}
    for peer in chosen:
        try:
            python = python_of(peer, install=peer.small or not quick)
            worker = Worker(peer, python)
            try:
                said = worker.ask(do="about")
            finally:
                worker.close()
            about[peer.name] = said["about"]
            found.append((peer, python))
        except (NotInstalled, Failed) as reason:
            about[peer.name] = f"left out: {reason}"
            print(f"{peer.name} is left out: {reason}", flush=True)
    return found, about


def write(results: dict[str, Any]) -> None:
    """RESULTS.md, the chart, and the README's table."""
    (HERE / "RESULTS.md").write_text(report.document(results), encoding="utf-8")
    (HERE / "chart.svg").write_text(chart.drawing(results), encoding="utf-8")
    readme = HERE.parent / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(report.MARK)
    if rest:
        readme.write_text(before + report.for_readme(results) + rest.partition(report.MARK)[2], encoding="utf-8")
    print(f"\nwrote {HERE.name}/RESULTS.md, {HERE.name}/chart.svg and the table in README.md")


if __name__ == "__main__":
    main()

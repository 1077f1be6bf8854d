"""The results as a Markdown document."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import native
from environments import PEERS
from figures import OTHERS, OURS, Results, best, form, median, medians, ratio, shown, table, two
from notes import NOTES
from workloads import Workload, workloads


def machine() -> dict[str, str]:
    """What the figures were measured on, and when."""
    information = Path("/proc/cpuinfo")
    named = (
        [line for line in information.read_text().splitlines() if "model name" in line] if information.exists() else []
    )
    processor = named[0].split(":")[1].strip() if named else platform.processor() or platform.machine()
    return {
        "processor": f"{processor}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.machine()}",
        "date": date.today().isoformat(),
    }


def document(results: Results) -> str:
    """All of RESULTS.md."""
    told = results["machine"]
    parts = [
        "# Results",
        "Written by `make bench`; [run.py](run.py) says how it measures. Every figure here is of that one run: "
        f"{told['date']}, {told['processor']}, {told['system']}, one thread, float64, {results['repeats']} interleaved "
        f"repeats in {results['minutes']:.1f} minutes.",
        "A step computes the value and the whole gradient; each peer's were compared with those worked out by hand, to "
        "1e-9, before it was timed. Garbage collector on, as Python starts, unless said. Steps of more than a second "
        "were timed once, and are marked so.",
        versions(results),
        "## Summary",
        "How many times as long as tapegrad's fastest way each of the others takes; **below 1 it is faster than "
        "tapegrad**. A dash: left out, with the reason further below.",
        summary(results),
        "## Where another is faster",
        ahead(results),
        "## Native",
        native.section(results),
        "## Growth",
        growth(results),
        "## Recording and packing",
        "What `autograd.compile` costs once (the first call: recording the function, then packing it), and after how "
        "many steps that is paid back, compared with recording anew in every step (the faster eager way).",
        packing(results),
        "## Every workload",
        *(one(results, workload) for workload in workloads() if workload.name in results["timings"]),
    ]
    return "\n\n".join(parts) + "\n"


def for_readme(results: Results) -> str:
    """The part of the README that states the ratios: from a line with this mark to the next."""
    told = results["machine"]
    lines = [
        "![Time for loss and gradient, tapegrad against other engines](benchmarks/chart.svg)",
        "How many times as long as tapegrad others take; **below 1 they are faster**. A step is the value and the "
        f"whole gradient, in float64 on one thread; medians of {results['repeats']} interleaved repeats on "
        f"{told['date']}, {told['processor']}.",
        summary(results, {name: title for name, title in IN_README.items() if name in results["timings"]}),
    ]
    if "moons" in results["timings"] and "moons, collector off" in results["timings"]:
        lines.append(_eager(results))
    return "\n\n".join([MARK, *lines, MARK])


MARK = "<!-- what stands between these two lines is written by `make bench` -->"
IN_README = {
    "moons": "micrograd's moons network (2-16-16-1), 100 samples",
    "moons, training": "the same, 100 steps of descent in one call, a step",
    "online": "the same, one sample a step",
    "online, epoch": "the same, 100 such steps in one call, a step",
    "net 256 x 1000": "network 2-256-256-1, 1,000 samples",
    "digits": "handwritten digits, an epoch",
    "gpt, 8 letters": "GPT of 4,192 parameters, a word of 8 letters",
    "expression": "the expression of micrograd's README",
    "rosenbrock gradient": "Rosenbrock's function of 100 numbers, gradient",
    "rosenbrock hessian": "the same, Hessian",
    "chain of 1,000,000": "a chain of 1,000,000 operations",
}


def _eager(results: Results) -> str:
    """How recording anew in every step compares."""
    on, off = medians(results, "moons"), medians(results, "moons, collector off")

    def against(name: str, way: str) -> str:
        return f"{shown(on[name])} ({two(on[name] / on[way])} times as long; {two(off[name] / off[way])} without "

    ours, theirs = "tapegrad eager", [name for name in ("micrograd", "XAD") if name in on and name in off]
    told = [f"{name} {against(name, ours)}Python's garbage collector)" for name in theirs]
    return (
        f"Recording anew in every step, as micrograd does, a moons step takes tapegrad {shown(on[ours])}, or "
        f"{shown(on['tapegrad eager, linear'])} with `autograd.linear` for each neuron; {', '.join(told)}."
    )


def versions(results: Results) -> str:
    known: dict[str, None] = dict.fromkeys(results["about"][peer.name] for peer in PEERS)
    return "\n".join(f"- {text}" for text in known)


def summary(results: Results, titles: Mapping[str, str] | None = None) -> str:
    """A row for each workload, or for those with a title, and a column for each peer."""
    names = titles or {name: name for name in results["timings"]}
    columns = [name for name in OTHERS if any(name in medians(results, workload) for workload in names)]
    rows = []
    for workload in names:
        measured = medians(results, workload)
        way, least = best(results, workload)
        cells = [ratio(measured[name] / least) if name in measured else "–" for name in columns]
        rows.append([names[workload], f"{shown(least)} ({form(way)})", *cells])
    return table(["", "tapegrad", *columns], rows)


def ahead(results: Results) -> str:
    """The workloads on which somebody is faster, by how much, and what is known about why."""
    lines, kinds = [], {}
    for workload in workloads():
        if workload.name in results["timings"]:
            _, least = best(results, workload.name)
            faster = sorted((s, name) for name, s in medians(results, workload.name).items() if s < least)
            if faster:
                kinds[workload.kind] = NOTES.get(workload.kind, "")
                told = ", ".join(f"{name} {two(least / s)}x" for s, name in faster)
                lines.append(f"- {workload.name}: {told}")
    return "\n\n".join(["\n".join(lines), *filter(None, kinds.values())])


def growth(results: Results) -> str:
    """How time grows with the width and the batch of a network, and time and memory with the length of a chain."""
    timings = results["timings"]
    nets = [name for name in timings if name.startswith("net ")]
    columns = [name for name in [*OURS, *OTHERS] if any(name in medians(results, net) for net in nets)]
    by_net = [
        [net.removeprefix("net "), *(shown(medians(results, net).get(name, math.nan)) for name in columns)]
        for net in nets
    ]
    chains = [name for name in timings if name.startswith("chain of ")]
    chained = [name for name in [*OURS, *OTHERS] if any(name in medians(results, chain) for chain in chains)]
    by_chain = [[name, *(_per_operation(timings[chain][name], chain) for chain in chains)] for name in chained]
    return "\n\n".join(
        [
            "A network 2-width-width-1 by the number of samples, loss and gradient:",
            table(["width x batch", *columns], by_net),
            "A chain of operations: nanoseconds and bytes (resident memory that recording takes) for each operation. "
            "CasADi and `compile` record before the clock starts, as their users do.",
            table(["", *(chain.removeprefix("chain of ") for chain in chains)], by_chain),
        ]
    )


def _per_operation(timing: dict[str, Any], chain: str) -> str:
    operations = int(chain.removeprefix("chain of ").replace(",", ""))
    if not timing["seconds"]:
        return "–"
    held = timing["facts"].get("bytes")
    return f"{median(timing) / operations * 1e9:,.0f} ns" + (f", {held / operations:,.0f} B" if held else "")


def packing(results: Results) -> str:
    rows = []
    for workload, timings in results["timings"].items():
        eager = min((s for name, s in medians(results, workload).items() if name in EAGER), default=math.nan)
        for name in filter(lambda way: form(way) == "compiled", OURS):
            timing = timings.get(name)
            if timing is not None and timing["seconds"] and "recording" in timing["facts"]:
                step, recording = median(timing), timing["facts"]["recording"]
                steps = next(w.steps for w in workloads() if w.name == workload)
                once = timing["ready"] - step * steps
                pays = math.ceil(once / (eager - step)) if eager > step else None
                rows.append(
                    [
                        f"{workload}, {name.removeprefix('tapegrad ')}",
                        shown(recording),
                        shown(max(once - recording, 0.0)),
                        shown(eager),
                        shown(step),
                        "never" if pays is None and eager == eager else f"{pays:,}" if pays else "–",
                    ]
                )
    return table(["", "record", "pack", "eager step", "compiled step", "pays after steps"], rows)


EAGER = ("tapegrad eager", "tapegrad eager, linear")


def one(results: Results, workload: Workload) -> str:
    """Everything measured on one workload."""
    timings = results["timings"][workload.name]
    _, least = best(results, workload.name)
    rows, left_out = [], []
    for name, timing in sorted(timings.items(), key=lambda item: median(item[1]) if item[1]["seconds"] else math.inf):
        if timing["seconds"]:
            once = " (once)" if len(timing["seconds"]) == 1 else ""
            recording = shown(statistics.median(timing["recording"])) if timing["recording"] else ""
            cells = [shown(median(timing)) + once, shown(min(timing["seconds"])), recording, shown(timing["ready"])]
            rows.append([name, *cells, ratio(median(timing) / least)])
        else:
            left_out.append(f"{name}: {timing['left_out']}")
    told = "\n\nLeft out: " + "; ".join(left_out) + "." if left_out else ""
    head = ["", "median", "minimum", "of it recording", "until the first result", "ratio"]
    return f"### {workload.name}\n\n{workload.says}.\n\n{table(head, rows)}{told}"

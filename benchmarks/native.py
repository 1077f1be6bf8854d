"""Native: what programs compiled by LLVM are to reach, what was measured, and where that is not reached."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from statistics import geometric_mean

from figures import OTHERS, OURS, Results, form, medians, shown, table, two


@dataclass(frozen=True)
class Target:
    """The most that a step may take: seconds, or, with somebody to compare with, a share of what theirs takes."""

    says: str
    workload: str
    most: float
    against: str = ""
    instead: str = ""  # the workload of theirs, if it is another


NUMPY = "its NumPy form"
TARGETS = (
    Target("moons, a step called from Python", "moons", 1.0, "JAX"),
    Target("moons, a step of a whole training", "moons, training", 1.0, "JAX"),
    Target("moons, a step of a whole training", "moons, training", 4.0, "C by hand"),
    Target("online, a sample of an epoch", "online, epoch", 1.0, "JAX"),
    Target("online, a sample of an epoch", "online, epoch", 1.0, "CasADi, C jit"),
    Target("the same, theirs called for each sample", "online, epoch", 1.0, "CasADi, C jit", "online"),
    Target("the expression of micrograd's README", "expression", 1.5e-6),
    Target("Rosenbrock, gradient", "rosenbrock gradient", 2.0, "CasADi"),
    Target("Rosenbrock, Hessian", "rosenbrock hessian", 2.0, "CasADi"),
    Target("the GPT, a word of 8 letters", "gpt, 8 letters", 1 / 3, NUMPY),
    Target("the GPT of examples/gpt.py", "gpt example", 1 / 3, NUMPY),
)
GRID = tuple(f"net {width} x {count}" for width in (16, 64, 256) for count in (1, 10, 100, 1000))
RIVALS = ("NumPy by hand", "PyTorch", "JAX")
MEAN = 0.7  # of the best of them, by the geometric mean
COLD, WARM = 5.0, 0.5  # seconds of a first call, with machine code to make and with it found on the disk

WORKLOADS = (*dict.fromkeys(target.workload for target in TARGETS), "online", *GRID)
PEERS = (
    *(way for way in OURS if "all samples" not in way and "linear" not in way),
    *(other for other in OTHERS if other in ("C by hand", "CasADi", "CasADi, C jit", *RIVALS)),
)
IN_GRID = (
    *(f"tapegrad {form}{way}" for form in ("native", "compiled") for way in ("", ", parameters in one array")),
    *RIVALS,
)


def measured(results: Results, workload: str) -> dict[str, float]:
    """Seconds for a step by peer; none if the workload was not run."""
    return medians(results, workload) if workload in results["timings"] else {}


def ways(results: Results, workload: str, wanted: str) -> dict[str, float]:
    """Seconds for a step by way of tapegrad's, those of one form."""
    found = measured(results, workload)
    return {name: seconds for name, seconds in found.items() if name in OURS and form(name) == wanted}


def fastest(results: Results, workload: str) -> tuple[str, float] | None:
    """The native way that took least, and its seconds."""
    found = ways(results, workload, "native")
    name = min(found, key=found.__getitem__, default=None)
    return None if name is None else (name, found[name])


def section(results: Results) -> str:
    """What is aimed at and what was reached."""
    if not any(fastest(results, workload) for workload in WORKLOADS):
        return "Nothing was measured: llvmlite is not installed, or no program was compiled by it."
    parts = [
        "With llvmlite installed (the extra `fast`) a program is compiled to machine code; its NumPy form is "
        "the same program without. What is aimed at, with the fastest way to call each form:",
        _targets(results),
        *_grid(results),
        "Every way of calling the two forms:",
        _forms(results),
        "The first call in a fresh process (record, pack, compile, run), by the fastest way; cold: the machine code is "
        f"made, warm: found on the disk. Aimed at: {shown(COLD)} and {shown(WARM)}.",
        _first(results),
    ]
    return "\n\n".join(parts)


def _targets(results: Results) -> str:
    rows = []
    for target in TARGETS:
        found = fastest(results, target.workload)
        if found is None:
            continue
        seconds, least = found[1], min(ways(results, target.workload, "compiled").values(), default=nan)
        if not target.against:
            theirs, share, most = "", seconds, shown(target.most)
        else:
            theirs = (
                least
                if target.against == NUMPY
                else measured(results, target.instead or target.workload).get(target.against)
            )
            if theirs is None:
                continue
            share, most = seconds / theirs, f"{two(target.most)} of {target.against}"
            theirs = shown(theirs)
        told = two(share) if target.against else shown(share)
        rows.append(
            [target.says, shown(seconds), shown(least), theirs, told, most, "yes" if share <= target.most else "**no**"]
        )
    return table(["", "native", "NumPy form", "theirs", "ratio", "at most", "reached"], rows)


def _grid(results: Results) -> list[str]:
    rows, shares, slower = [], [], []
    for workload in GRID:
        found = fastest(results, workload)
        if found is None:
            continue
        others = {name: seconds for name, seconds in measured(results, workload).items() if name in RIVALS}
        if not others:
            continue
        share = found[1] / min(others.values())
        shares.append(share)
        cell = workload.removeprefix("net ")
        if share > 1.0:
            slower.append(f"{cell} ({two(share)} of {min(others, key=others.__getitem__)})")
        least = min(ways(results, workload, "compiled").values(), default=nan)
        shown_others = [shown(others.get(name, nan)) for name in RIVALS]
        rows.append(
            [cell, shown(found[1]), shown(least), *shown_others, f"**{two(share)}**" if share > 1 else two(share)]
        )
    if not rows:
        return []
    mean = geometric_mean(shares)
    reached = "as" if mean <= MEAN else "**not** as"
    where = f"in {len(slower)} of {len(rows)}: {', '.join(slower)}" if slower else f"in none of {len(rows)}"
    return [
        "A network 2-width-width-1 by the number of samples, loss and gradient; the ratio is that to the fastest of "
        f"{', '.join(RIVALS[:-1])} and {RIVALS[-1]}:",
        table(["width x batch", "native", "NumPy form", *RIVALS, "ratio"], rows),
        f"The geometric mean of the ratios is {two(mean)}, {reached} aimed at ({MEAN}). "
        f"Slower than the fastest {where}.",
    ]


def _forms(results: Results) -> str:
    rows = []
    for workload in WORKLOADS:
        native = ways(results, workload, "native")
        for name, seconds in ways(results, workload, "compiled").items():
            twin = name.replace("compiled", "native", 1)
            if twin in native:
                way = name.removeprefix("tapegrad compiled").removeprefix(", ") or "arguments"
                rows.append([workload, way, shown(native[twin]), shown(seconds), two(seconds / native[twin])])
    return table(["", "way", "native", "NumPy form", "times as fast"], rows)


def _first(results: Results) -> str:
    rows = []
    for workload, by_way in results.get("first", {}).items():
        for way, times in by_way.items():
            reached = times["cold"] <= COLD and times["warm"] <= WARM
            name = way.removeprefix("tapegrad ")
            rows.append([workload, name, shown(times["cold"]), shown(times["warm"]), "yes" if reached else "**no**"])
    return table(["", "way", "cold", "warm", "reached"], rows) if rows else "Not measured."

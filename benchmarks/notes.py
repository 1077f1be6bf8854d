"""Why another is faster where it is, by kind of workload; printed with the results where somebody is.

Each is what `python benchmarks/why.py NAME` shows. Look again when the compiler changes.
"""

NOTES = {
    "expression": (
        "**The expression**: its machine code takes less than 10 ns; the rest is Python, looking at two arguments, "
        "calling, and making a tuple of the results. CasADi's prepared call takes no arguments and makes no results, "
        "but reads and writes buffers that were bound to it before, as C does."
    ),
    "hinge": (
        "**Networks**: with few samples most of a native step is the Python around its machine code: taking the "
        "arguments apart, finding the program, arranging the gradient. A training in one call goes without. In wide "
        "networks the machine code itself takes longest: their matrix products."
    ),
    "chain": (
        "**A chain** has nothing to pack. Up to 12,000 operations it becomes machine code of its own; a longer one is "
        "run by an interpreter in machine code, which reads what comes next and where its numbers lie, as CasADi's "
        "does. By hand in C it is a loop of two operations that are known to the compiler."
    ),
    "online": "**One sample a step**: as for small networks.",
    "epoch": (
        "**An epoch of single samples in one call**: CasADi prints the step of one sample as straight-line C, with "
        "every number's place known to the compiler; by hand there are no samples to gather either."
    ),
    "rosenbrock": "**Rosenbrock's gradient**: as for small networks.",
    "rosenbrock hessian": (
        "**Rosenbrock's Hessian**: CasADi, too, returns the 298 entries that can differ from 0; by hand three "
        "diagonals are written into zeros. Else as for small networks."
    ),
}

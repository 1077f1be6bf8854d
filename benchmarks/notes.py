"""Why another is faster where it is, by kind of workload; printed with the results where somebody is.

Each is what `python benchmarks/why.py NAME` shows. Look again when the compiler changes.
"""

_CALLS = (
    "a compiled step is a few dozen NumPy calls and the Python around them: taking the arguments apart, finding the "
    "program, arranging the gradient. On few numbers, that is nearly all of the time, and the arithmetic next to none. "
    "C, CasADi's virtual machine and XLA's compiled code run the whole step in one call. Reaching them takes the same: "
    "the program printed as C, or compiled by Numba, instead of as NumPy calls."
)

NOTES: dict[str, str] = {
    "expression": "**The expression**: nothing here packs, so that the program is straight-line Python. Most of the time "
    "is in those lines, at about what Python takes for as many arithmetic operations; CasADi runs as many of its own "
    "instructions in C++.",
    "hinge": "**Networks**: for one to a hundred samples, " + _CALLS + " At a thousand samples most of the time is in "
    "the program's NumPy calls; by hand there are fewer of them.",
    "chain": "**A chain** has nothing to pack. Recording anew in every step is Python's work, a node for each operation; "
    "CasADi records before the clock starts, and what is left is one pass over its instructions in C++. By hand, "
    "nothing is recorded at all.",
    "online": "**One sample a step**: as for small networks, " + _CALLS,
    "rosenbrock": "**Rosenbrock's gradient**: as for small networks, the Python around the NumPy calls is most of it.",
    "rosenbrock hessian": "**Rosenbrock's Hessian**: CasADi returns the 298 entries that can differ from 0, without the "
    "zeros; by hand three diagonals are written into zeros. tapegrad records all 10,000 entries as results of the "
    "function and copies each out in every step.",
    "gpt": "**The GPT**: three quarters of the time is in the program's NumPy calls, which are more than by hand, on "
    "arrays of a few hundred numbers each; XLA and CasADi make no calls.",
}

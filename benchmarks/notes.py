"""Why another is faster where it is, by kind of workload; printed with the results where somebody is.

Each is what `python benchmarks/why.py NAME` shows. Look again when the compiler changes.
"""

NOTES = {
    "expression": (
        "**The expression** has nothing to pack: the program is straight-line Python, and most of the time is in "
        "those lines. CasADi runs about as many instructions of its own in C++, the C compiler's are the "
        "machine's."
    ),
    "hinge": (
        "**Networks**: a compiled step is a few dozen NumPy calls and the Python around them: taking the "
        "arguments apart, finding the program, arranging the gradient. With one to a hundred samples that Python "
        "is most of the time, with a thousand the NumPy calls are. C, CasADi's virtual machine and XLA run the "
        "whole step in one call. To reach them, the program would have to be compiled, by Numba or as C, instead "
        "of being printed as NumPy calls."
    ),
    "chain": (
        "**A chain** has nothing to pack either. Recording anew in every step is Python's work, a node for each "
        "operation; CasADi records before the clock starts and then runs its instructions in C++. By hand, "
        "nothing is recorded at all."
    ),
    "online": "**One sample a step**: as for small networks.",
    "rosenbrock": ("**Rosenbrock's gradient**: as for small networks."),
    "rosenbrock hessian": (
        "**Rosenbrock's Hessian**: CasADi returns the 298 entries that can differ from 0, without the zeros "
        "around; by hand three diagonals are written into zeros. The compiled program gathers all 10,000 entries,"
        " as results of the function, in every step."
    ),
    "digits": (
        "**Digits**: as for small networks, with batches of 32. Choosing the logit of each label (`pick`) takes "
        "longer than the rest of the forward program, and longer than the reverse one."
    ),
    "gpt": (
        "**The GPT**: most of the time is in the program's NumPy calls, on arrays of a few hundred numbers each; "
        "XLA and CasADi call nothing between two operations."
    ),
}

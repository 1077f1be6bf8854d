"""What the words on groups mean to a kernel, in whose language this is written: loops over many numbers in memory.

There are `count` of them, `step` apart, the first at `p[at]`.
"""

# ruff: noqa: F821 (the words stand for themselves)
# mypy: ignore-errors


def sum_of(p, at, step, count):
    total = p[at]
    for k in range(1, count):
        total += p[at + step * k]
    return total


def prod_of(p, at, step, count):
    total = 1.0
    for k in range(count):
        total *= p[at + step * k]
    return total


def max_of(p, at, step, count):
    top = p[at]
    for k in range(1, count):
        top = maximum(top, p[at + step * k])
    return top


def min_of(p, at, step, count):
    bottom = p[at]
    for k in range(1, count):
        bottom = minimum(bottom, p[at + step * k])
    return bottom


def outside(index, count):
    """nan for what is no index of so many numbers, else 0.0."""
    return 0.0 if (index >= 0.0) & (index < count) & (index == floor(index)) else nan


def within(index, count):
    """The index as an integer that is within bounds, whatever it was."""
    return int(minimum(maximum(index if index == index else 0.0, 0.0), count - 1))

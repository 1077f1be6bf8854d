"""Data to learn from: what is in the box and what is made, and ways to split, scale, code and batch it.

Everything is plain lists: rows of numbers `X`, and for each row its label or number `y`.
"""

from .dataset import Dataset
from .generated import circles, moons, sine, spirals, xor
from .preparation import batches, one_hot, split, standardise
from .tables import digits, iris, load_csv

__all__ = [
    "Dataset",
    "batches",
    "circles",
    "digits",
    "iris",
    "load_csv",
    "moons",
    "one_hot",
    "sine",
    "spirals",
    "split",
    "standardise",
    "xor",
]

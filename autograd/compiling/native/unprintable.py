"""Unprintable: what is raised where a program does not become machine code."""


class UnprintableError(Exception):
    """A kernel cannot be printed; the program runs as NumPy calls or lines of Python instead."""

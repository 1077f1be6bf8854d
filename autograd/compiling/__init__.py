"""Compiling: scalar code as matrix code. `compile` records a function once and replays it as a few NumPy calls."""

from . import methods as methods
from .programs.program import GuardError as GuardError
from .programs.program import Program as Program

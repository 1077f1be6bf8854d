"""Compiling: scalar code as matrix code. `compile` records a function once and replays it as a few NumPy calls."""

from ..needed import need_numpy

need_numpy("autograd.compile")  # before what imports it

from . import methods as methods  # noqa: E402
from .programs.program import GuardError as GuardError  # noqa: E402
from .programs.program import Program as Program  # noqa: E402

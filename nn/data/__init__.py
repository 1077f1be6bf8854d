"""Data to learn from: what is in the box and what is made, and ways to split, scale, code and batch it.

Everything is plain lists: rows of numbers `X`, and for each row its label or number `y`.
"""

from . import generated, preparation, tables
from .dataset import Dataset
from .generated import *  # noqa: F403
from .preparation import *  # noqa: F403
from .tables import *  # noqa: F403

__all__ = ["Dataset"]
__all__ += generated.__all__
__all__ += preparation.__all__
__all__ += tables.__all__

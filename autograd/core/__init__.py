"""The engine: reverse automatic differentiation of scalars, on the standard library alone.

Read in this order: `ops`, the table of operations; `floats`, what its words mean on numbers; `value`, a number that
remembers; `record`, what it remembers of an operation; `sweep`, the way back; `watching`, who looks on; `numeric`, what
a number is. Everything else stands on the core, and registers itself where the core must call it.
"""

from . import record as record  # with it, Values have their operations

"""Special: the rows that scientists reach for, beside the core's, and the words that they need.

The core is read in an evening; here is what else the table has. Each file says its formulas and ends in its rows. They
join the table of `core.ops` when this package is imported, and from then on nothing knows them from the core's own.
"""

from ..core.ops import ROWS, TABLE
from . import activations, inverse, normal

for _rows in (inverse, normal, activations):
    ROWS.extend(_rows.ROWS)
    TABLE.update((_row.name, _row) for _row in _rows.ROWS)

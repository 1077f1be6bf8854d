"""Special: the rows that scientists reach for, beside the core's, and the words that they need.

The core is read in an evening; here is what else the table has. Each file says its formulas and ends in its rows. They
join the table of `core.ops` when this package is imported, and from then on nothing knows them from the core's own.
"""

from ..core.ops import ROWS, TABLE, Op
from . import activations, bessel, elementary, gamma, inverse, normal, several

_files = (inverse, elementary, normal, gamma, bessel, activations, several)
OWN: dict[str, Op] = {row.name: row for file in _files for row in file.ROWS}
ROWS.extend(OWN.values())
TABLE.update(OWN)

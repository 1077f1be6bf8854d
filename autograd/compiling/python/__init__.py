"""Programs as Python: a line for each operation, or an interpreter that goes node by node."""

"""The engine: a table of operations, numbers that remember, the sweep back. Read ops, floats, value, record, sweep."""

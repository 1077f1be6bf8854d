"""The graph: what was recorded, as plain integers, and made simpler."""

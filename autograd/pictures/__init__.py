"""Pictures: a computation graph as SVG, the tape as a table, a sweep to step through, the paths of a gradient."""

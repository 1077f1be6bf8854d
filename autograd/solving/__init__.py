"""Solving: where a function is least, where it is 0, and where an equation of motion leads; all on the verbs."""

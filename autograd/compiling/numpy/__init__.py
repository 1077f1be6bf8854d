"""Programs as NumPy calls: a few whole-array calls for each block, forward and in reverse."""

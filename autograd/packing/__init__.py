"""Packing: scalar code as matrix code. `compile` records a function once and replays it as a few NumPy calls."""

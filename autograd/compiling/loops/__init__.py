"""Loops: turns of a graph that are alike, found again and run as loops."""

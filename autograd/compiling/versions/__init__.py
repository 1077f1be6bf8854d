"""Versions: the programs of one function, recorded when they are needed, kept, tried, and paid for."""

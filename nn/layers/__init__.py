"""Layers: what a network is made of, how it finds its parameters, and what it gives for many rows."""

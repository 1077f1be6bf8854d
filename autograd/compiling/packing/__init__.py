"""Packing: equal operations of a graph become blocks, and sums of products matrix products."""

"""Optimisers: how parameters change by their gradients."""

"""Checks: derivatives against differences, and where the first nan or inf came from."""

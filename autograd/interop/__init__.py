"""Interop: Values where NumPy or micrograd expects its own numbers; every file here teaches Value on its own."""

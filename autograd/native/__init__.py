"""Packed programs as machine code; imported only where numba is installed and wanted."""

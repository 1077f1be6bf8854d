"""Why another is faster where it is, found by profiling; printed with the results."""

NOTES: dict[str, str] = {}

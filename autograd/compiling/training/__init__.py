"""Training: parameters in one array, and many steps of an optimiser in one call."""

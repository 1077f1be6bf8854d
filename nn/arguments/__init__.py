"""Arguments: what they must be, and what they are called elsewhere."""

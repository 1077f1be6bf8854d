"""Pictures of a network: what is in it, and what it makes of the plane."""

"""Outside: what a function reads there, and what it does there, which a program of its operations would not."""

"""Training: what `nn.fit` runs, step by step, and who watches it."""

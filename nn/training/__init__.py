"""Training: what `nn.fit` runs, step by step, and who watches it."""

from .history import History, Step
from .steps import Stage
from .training import Training

__all__ = ["History", "Stage", "Step", "Training"]

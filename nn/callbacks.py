"""Callbacks under their name in other libraries, `nn.callbacks.EarlyStopping`; they live in `training/callbacks/`."""

from .training.callbacks import Callback, Checkpoint, EarlyStopping, RecordGradients, RecordWeights

__all__ = ["Callback", "Checkpoint", "EarlyStopping", "RecordGradients", "RecordWeights"]

"""Callbacks: who watches a training, and what they do at its moments."""

from .callback import Callback
from .early_stopping import EarlyStopping
from .recording import RecordGradients, RecordWeights
from .saving import Checkpoint

__all__ = ["Callback", "Checkpoint", "EarlyStopping", "RecordGradients", "RecordWeights"]

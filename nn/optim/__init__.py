"""Optimisers: how parameters change by their gradients."""

from .clipping import clip_grad_norm
from .optimizer import Optimizer
from .rules import SGD, Adam, AdamW, RMSProp

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSProp", "clip_grad_norm"]

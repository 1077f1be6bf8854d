"""Layers: what a network is made of, how it finds its parameters, and what it gives for many rows."""

from .dropout import Dropout
from .embedding import Embedding
from .freezing import freeze
from .module import Module
from .neurons import MLP, Dense, Layer, Neuron
from .sequential import Activation, Flatten, Sequential, Softmax

__all__ = [
    "MLP",
    "Activation",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "Layer",
    "Module",
    "Neuron",
    "Sequential",
    "Softmax",
    "freeze",
]

"""Neural networks made of scalars, on top of autograd: layers, losses, optimisers, training and data.

>>> import nn
>>> points = nn.data.moons(100, seed=0)
>>> model = nn.MLP(2, [8, 1], activation="tanh", seed=0)
>>> optimizer = nn.SGD(model.parameters(), lr=0.5, momentum=0.9)
>>> loss = nn.binary_cross_entropy_with_logits
>>> history = nn.fit(model, points.X, points.y, loss=loss, optimizer=optimizer, epochs=50, seed=0)
>>> nn.accuracy([model(x) for x in points.X], points.y)
1.0
"""

import autograd as _autograd

if not hasattr(_autograd, "Value") or not hasattr(_autograd, "Tape"):
    raise ImportError(
        f"the package `autograd` in {getattr(_autograd, '__file__', None)} is another distribution's and "
        "hides tapegrad's; run `pip uninstall autograd`, then `pip install --force-reinstall tapegrad`"
    )

from . import data, init, losses, plots, schedules
from . import moved as moved  # pickles of models may name modules as they were
from .callbacks import Callback, Checkpoint, EarlyStopping, RecordGradients, RecordWeights
from .diagnosis.diagnose import diagnose
from .diagnosis.symptoms import Finding
from .layers import (
    MLP,
    Activation,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    Module,
    Neuron,
    Sequential,
    Softmax,
    freeze,
)
from .losses import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_of_probabilities,
    hinge,
    huber,
    kl_divergence,
    mean_absolute_error,
    mean_squared_error,
    plain_error,
    squared_error,
    sum_squared_error,
)
from .losses.penalties import l1, l2
from .losses.weighting import balanced_weights
from .metrics import accuracy, confusion_matrix, predicted_class, r2
from .optim import SGD, Adam, AdamW, Optimizer, RMSProp, clip_grad_norm
from .pictures import network as network  # teaches autograd.draw what a network is
from .pictures.boundary import boundary
from .training import History, Stage, Step, Training
from .training.checkpoint import load, save
from .training.fit import fit
from .training.steps import steps

__all__ = [
    "MLP",
    "SGD",
    "Activation",
    "Adam",
    "AdamW",
    "Callback",
    "Checkpoint",
    "Dense",
    "Dropout",
    "EarlyStopping",
    "Embedding",
    "Finding",
    "Flatten",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Optimizer",
    "RMSProp",
    "RecordGradients",
    "RecordWeights",
    "Sequential",
    "Softmax",
    "Stage",
    "Step",
    "Training",
    "absolute_error",
    "accuracy",
    "balanced_weights",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "boundary",
    "clip_grad_norm",
    "confusion_matrix",
    "cross_entropy",
    "cross_entropy_of_probabilities",
    "data",
    "diagnose",
    "fit",
    "freeze",
    "hinge",
    "huber",
    "init",
    "kl_divergence",
    "l1",
    "l2",
    "load",
    "losses",
    "mean_absolute_error",
    "mean_squared_error",
    "plain_error",
    "plots",
    "predicted_class",
    "r2",
    "save",
    "schedules",
    "squared_error",
    "steps",
    "sum_squared_error",
]


def __dir__() -> list[str]:
    return __all__

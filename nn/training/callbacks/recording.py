"""What is kept of a training for pictures: its weights epoch by epoch, its gradients step by step."""

from __future__ import annotations

from autograd import fields

from ...layers.parameters import by_layer, numbers, root_mean_square
from .callback import Callback, Training


class RecordWeights(Callback):
    """Keeps the parameters as they were at the start and after each epoch, for pictures of the way they took.

    `weights[k]` are those after epoch k, in the order of `training.parameters`; `weights[0]` are the initial ones.
    """

    keeps = ("weights",)

    def __init__(self) -> None:
        self.weights: list[list[float]] = []

    def on_start(self, training: Training) -> None:
        if not training.steps:
            self.weights = [numbers(training.parameters)]

    def on_epoch(self, training: Training) -> None:
        self.weights.append(numbers(training.parameters))

    def state_kind(self, training: Training, epochs: int) -> fields.Kind:
        return fields.record(weights=fields.listed(fields.listed(fields.number, len(training.parameters))))


class RecordGradients(Callback):
    """Keeps how large the gradients of each layer were: `sizes["layer 1"][k]` is their root mean square in step k.

    >>> import nn
    >>> model, gradients = nn.MLP(1, [2, 1], seed=0), nn.RecordGradients()
    >>> history = nn.fit(model, [0, 1], [1, 2], loss=nn.mean_squared_error, epochs=5, callbacks=[gradients])
    >>> {name: len(sizes) for name, sizes in gradients.sizes.items()}
    {'layer 1': 5, 'layer 2': 5}
    """

    keeps = ("sizes",)

    def __init__(self) -> None:
        self.sizes: dict[str, list[float]] = {}

    def on_start(self, training: Training) -> None:
        if not training.steps:
            self.sizes = {name: [] for name in by_layer(training.parameters)}

    def on_gradient(self, training: Training) -> None:
        for name, parameters in by_layer(training.parameters).items():
            self.sizes[name].append(root_mean_square([parameter.grad for parameter in parameters]))

    def state_kind(self, training: Training, epochs: int) -> fields.Kind:
        return fields.record(sizes=fields.named(fields.listed(fields.number)))

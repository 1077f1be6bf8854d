"""Makes pytorch_figures.json: where PyTorch's optimisers lead a small network in 20 steps.

    python tests/references/make_pytorch_figures.py        (where torch is installed; the tests only read the file)

The network is 2-5-3-1 with tanh, the loss the mean squared error over eight points, everything in double precision.
"""

import json
import math
import platform
from itertools import pairwise
from pathlib import Path

import torch

STEPS, SIZES = 20, [2, 5, 3, 1]
POINTS = [[math.sin(1.0 + 2.0 * k), math.cos(3.0 * k)] for k in range(8)]
TARGETS = [x * y + 0.5 * x for x, y in POINTS]
OPTIMISERS = {
    "sgd": (torch.optim.SGD, {"lr": 0.1}),
    "sgd momentum": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "sgd nesterov decay": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    "adam": (torch.optim.Adam, {"lr": 0.05}),
    "adam decay": (torch.optim.Adam, {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.1}),
    "adamw": (torch.optim.AdamW, {"lr": 0.05, "weight_decay": 0.1}),
    "rmsprop": (torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9}),
}


def network() -> torch.nn.Sequential:
    """Tanh layers and a linear one; the k-th parameter, neuron by neuron with its bias last, begins at sin(k + 1)."""
    layers: list[torch.nn.Module] = []
    for before, size in pairwise(SIZES):
        layers += [torch.nn.Linear(before, size, dtype=torch.float64), torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers[:-1])
    k = 0
    with torch.no_grad():
        for layer in model[::2]:
            for row, neuron in enumerate(layer.weight):
                for column in range(len(neuron)):
                    layer.weight[row, column] = math.sin(k + 1)
                    k += 1
                layer.bias[row] = math.sin(k + 1)
                k += 1
    return model


def numbers(model: torch.nn.Sequential) -> list[float]:
    """The parameters, neuron by neuron."""
    return [x for layer in model[::2] for w, b in zip(layer.weight, layer.bias) for x in [*w.tolist(), b.item()]]


def trained(kind: type, settings: dict) -> dict:
    """The losses before each step, and the parameters after the last."""
    model = network()
    optimizer = kind(model.parameters(), **settings)
    X, y = torch.tensor(POINTS, dtype=torch.float64), torch.tensor(TARGETS, dtype=torch.float64)[:, None]
    losses = []
    for _ in range(STEPS):
        loss = torch.nn.functional.mse_loss(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"settings": settings, "losses": losses, "parameters": numbers(model)}


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    figures = {
        "made by": f"tests/references/make_pytorch_figures.py with torch {torch.__version__.split('+')[0]}, "
        f"Python {platform.python_version()}",
        "sizes": SIZES,
        "points": POINTS,
        "targets": TARGETS,
        "optimisers": {name: trained(kind, settings) for name, (kind, settings) in OPTIMISERS.items()},
    }
    path = Path(__file__).with_name("pytorch_figures.json")
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")

"""The optimisers lead a network exactly where PyTorch's lead it, from figures that PyTorch made once."""

import json
import math
from pathlib import Path

import pytest

import nn

FIGURES = json.loads((Path(__file__).parent / "references" / "pytorch_figures.json").read_text(encoding="utf-8"))
KINDS = {"sgd": nn.SGD, "adam": nn.Adam, "adamw": nn.AdamW, "rmsprop": nn.RMSProp}


every_optimiser = pytest.mark.parametrize("name", FIGURES["optimisers"])


def model_and_optimizer(name):
    """The network with the weights that PyTorch began with."""
    nin, *nouts = FIGURES["sizes"]
    model = nn.MLP(nin, nouts, "tanh")
    for k, parameter in enumerate(model.parameters()):
        parameter.data = math.sin(k + 1)
    settings = FIGURES["optimisers"][name]["settings"]
    settings = {{"alpha": "decay"}.get(key, key): x for key, x in settings.items()}
    return model, KINDS[name.split()[0]](model.parameters(), **settings)


@every_optimiser
def test_20_steps_equal_those_of_pytorch(name):
    figures = FIGURES["optimisers"][name]
    model, optimizer = model_and_optimizer(name)
    losses = []
    for _ in range(20):
        loss = nn.mean_squared_error([model(x) for x in FIGURES["points"]], FIGURES["targets"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    assert losses == pytest.approx(figures["losses"], rel=0, abs=1e-10)
    assert [p.data for p in model.parameters()] == pytest.approx(figures["parameters"], rel=0, abs=1e-10)


@every_optimiser
@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_20_steps_of_either_engine_equal_those_of_pytorch(name, engine):
    figures = FIGURES["optimisers"][name]
    model, optimizer = model_and_optimizer(name)
    history = nn.fit(
        model,
        FIGURES["points"],
        FIGURES["targets"],
        loss=nn.mean_squared_error,
        optimizer=optimizer,
        epochs=20,
        batch_size=None,
        engine=engine,
    )
    assert history.history["loss"] == pytest.approx(figures["losses"], rel=0, abs=1e-10)
    assert [p.data for p in model.parameters()] == pytest.approx(figures["parameters"], rel=0, abs=1e-10)

"""The optimisers lead a network exactly where PyTorch's lead it, from figures that PyTorch made once."""

import json
import math
from pathlib import Path

import pytest

import nn

FIGURES = json.loads((Path(__file__).parent / "references" / "pytorch_figures.json").read_text(encoding="utf-8"))
KINDS = {"sgd": nn.SGD, "adam": nn.Adam, "adamw": nn.AdamW, "rmsprop": nn.RMSProp}


@pytest.mark.parametrize("name", FIGURES["optimisers"])
def test_20_steps_equal_those_of_pytorch(name):
    figures = FIGURES["optimisers"][name]
    nin, *nouts = FIGURES["sizes"]
    model = nn.MLP(nin, nouts, "tanh")
    for k, parameter in enumerate(model.parameters()):
        parameter.data = math.sin(k + 1)
    settings = {{"alpha": "decay"}.get(key, key): x for key, x in figures["settings"].items()}
    optimizer = KINDS[name.split()[0]](model.parameters(), **settings)
    losses = []
    for _ in range(20):
        loss = nn.mean_squared_error([model(x) for x in FIGURES["points"]], FIGURES["targets"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    assert losses == pytest.approx(figures["losses"], rel=0, abs=1e-10)
    assert [p.data for p in model.parameters()] == pytest.approx(figures["parameters"], rel=0, abs=1e-10)

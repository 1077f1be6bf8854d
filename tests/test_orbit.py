"""The example of an orbit learns the rates that others found in the same data, and runs its steps as loops."""

import runpy
from pathlib import Path

import pytest

import autograd
from autograd import Value

EXAMPLE = runpy.run_path(str(Path(__file__).parent.parent / "examples" / "orbit.py"))


def test_the_orbit_has_about_the_rates_that_are_published():
    numbers, losses = EXAMPLE["fit"]()
    # medians of Carpenter's posterior, which also has priors
    assert numbers[:4] == pytest.approx([0.545, 0.028, 0.803, 0.024], rel=0.05)
    assert numbers[4:] == pytest.approx([33.96, 5.95], rel=0.05)
    assert losses[-1] < 0.1 * losses[0]


def test_its_steps_run_as_loops_and_its_gradient_is_that_of_differences():
    loss = autograd.compile(EXAMPLE["distance"])
    logs, data = [float(autograd.log(x)) for x in EXAMPLE["START"]], (EXAMPLE["HARES"], EXAMPLE["LYNXES"])
    value, slopes = loss.value_and_grad(logs, *data)
    assert loss.program.form == "loops"
    assert value == pytest.approx(EXAMPLE["distance"]([Value(x) for x in logs], *data).data, rel=1e-12)
    for k, slope in enumerate(slopes):
        ends = [EXAMPLE["distance"]([x + (j == k) * h for j, x in enumerate(logs)], *data) for h in (1e-6, -1e-6)]
        assert slope == pytest.approx((float(ends[0]) - float(ends[1])) / 2e-6, rel=1e-5, abs=1e-6)

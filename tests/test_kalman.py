"""The example of a Kalman filter finds the published variances; its likelihood is that of the flows' joint density."""

import runpy
from pathlib import Path

import numpy as np
import pytest

import autograd

EXAMPLE = runpy.run_path(str(Path(__file__).parent.parent / "examples" / "kalman.py"))


@pytest.mark.parametrize("start", [(10.0, 5.0), (6.0, 9.0)])
def test_the_variances_are_those_of_the_book(start):
    found, value, steps = EXAMPLE["fit"](start)
    assert found == pytest.approx(EXAMPLE["ANSWER"], rel=2e-4)
    assert value == pytest.approx(-632.5456, abs=1e-3)
    assert steps < 40


@pytest.mark.parametrize("logs", [(9.6, 7.3), (8.0, 8.5), (11.0, 3.0)])
def test_the_filter_gives_the_joint_density_of_all_flows(logs):
    (noise, drift), y = np.exp(logs), np.array(EXAMPLE["FLOWS"], float)
    count = np.arange(1, len(y))
    covariance = noise + drift * np.minimum.outer(count, count) + noise * np.eye(len(count))
    _, determinant = np.linalg.slogdet(2 * np.pi * covariance)
    apart = y[1:] - y[0]
    expected = -0.5 * (determinant + apart @ np.linalg.solve(covariance, apart))
    compiled = autograd.compile(EXAMPLE["likelihood"])
    assert compiled(list(logs), EXAMPLE["FLOWS"]) == pytest.approx(expected, rel=1e-10)
    assert compiled.program.form == "loops"

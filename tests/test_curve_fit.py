"""The example of a curve fit reaches the values that NIST certifies."""

import runpy
from pathlib import Path

import pytest

EXAMPLE = runpy.run_path(str(Path(__file__).parent.parent / "examples" / "curve_fit.py"))


@pytest.mark.parametrize("start", EXAMPLE["STARTS"])
def test_the_fit_agrees_with_the_certified_values_to_9_digits(start):
    found, steps = EXAMPLE["fit"](start)
    assert found == pytest.approx(EXAMPLE["CERTIFIED"], rel=1e-9, abs=0)
    assert steps < 100

"""Fixtures: machines with and without Graphviz, and NumPy's form of programs unless a test asks for another."""

import os
import shutil
from pathlib import Path

os.environ["AUTOGRAD_NATIVE"] = "0"  # machine code takes time to compile: its own tests ask for it
os.environ.setdefault("AUTOGRAD_CACHE", str(Path(__file__).parent.parent / ".pytest_cache" / "kernels"))

import pytest

from autograd.pictures import dot

LAYOUTS = ["built-in", pytest.param("graphviz", marks=pytest.mark.skipif(not shutil.which("dot"), reason="no dot"))]


@pytest.fixture(params=LAYOUTS)
def layout(request, monkeypatch):
    """Each of the two layouts, as on a machine without Graphviz and on one with it."""
    if request.param == "built-in":
        monkeypatch.setattr(dot.shutil, "which", lambda program: None)
    return request.param


@pytest.fixture
def without_graphviz(monkeypatch):
    monkeypatch.setattr(dot.shutil, "which", lambda program: None)

"""Modules by the names they once had: the same modules, imported or in a pickle."""

import importlib
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn
from autograd import Value, moved

LLVM = ("autograd.native", "autograd.compiling.native", "autograd.compiling.training.kernel")
OLD = sorted(moved._now)


@pytest.mark.parametrize("old", OLD)
def test_an_old_name_is_the_module_that_has_a_new_one(old):
    if moved._now[old].startswith(LLVM):
        pytest.importorskip("llvmlite")
    module = importlib.import_module(old)
    assert module is importlib.import_module(moved._now[old])
    assert module.__spec__.name == module.__name__ == moved._now[old]


def test_no_old_name_hides_a_module_that_there_is():
    for old in moved._now:
        path = Path(autograd.__file__).parent.parent.joinpath(*old.split("."))
        assert not path.with_suffix(".py").exists(), old
        assert not path.is_dir(), old


def test_what_is_reached_by_an_old_name_without_importing_it_is_the_same():
    assert autograd.packing.program.GuardError is autograd.GuardError
    assert autograd.packing.Program is autograd.packing.program.Program
    assert autograd.floats is autograd.core.floats


def test_a_name_that_no_module_had_is_still_none():
    for name in ("autograd.packing.nothing", "autograd.nothing", "nn.nothing"):
        with pytest.raises(ModuleNotFoundError, match=name.rpartition(".")[2]):
            importlib.import_module(name)
    with pytest.raises(AttributeError, match="module 'autograd' has no attribute 'tahn'"):
        autograd.tahn  # noqa: B018


def test_pickles_name_modules_as_they_were():
    model = nn.Sequential(nn.Layer(2, 2, seed=0), nn.Dropout(0.5, seed=1))
    old = pickle.dumps(model, protocol=0).replace(b"nn.layers.sequential", b"nn.sequential")
    assert b"nn.sequential" in old
    assert pickle.loads(old).state_dict() == model.state_dict()
    x = Value(2.0, label="x")
    assert pickle.loads(pickle.dumps(x * x, protocol=0).replace(b"autograd.core.", b"autograd.")).data == 4.0


def test_an_old_name_is_imported_first_of_all_too():
    code = "import autograd.floats as floats; from autograd.packing.program import Program; print(floats.exp(0.0))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1.0\n"

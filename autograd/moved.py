"""Moved: modules by the names they once had, for programs and pickles that say `autograd.floats` or `nn.sequential`.

An old name is the very module that has a new one: what is read or set there is read and set in both.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_now: dict[str, str] = {}  # by the old name of a module, its name
_folders: dict[str, str] = {}  # the same of folders that are no more: in them are only old names


def moved(old: str, new: str, names: str) -> None:
    """Modules once in the folder `old` are in `new`; "a>b" is one that had another name there, too."""
    for name in names.split():
        before, _, after = name.partition(">")
        _now[f"{old}.{before}"] = f"{new}.{after or before}"


def module_of(name: str) -> ModuleType:
    """The module that once had this name.

    Raises:
        AttributeError: there was none.
    """
    if name in _now or name in _folders:
        return import_module(name)
    folder, _, attribute = name.rpartition(".")
    raise AttributeError(f"module {folder!r} has no attribute {attribute!r}")


class Finder(MetaPathFinder, Loader):
    """Finds old names; Python asks it when it has found nothing else."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return ModuleSpec(name, self, is_package=name in _folders) if name in _now or name in _folders else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        if spec.name in _folders:
            return None  # an empty one
        module = import_module(_now[spec.name])
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None
        if spec.name not in _folders:
            module.__spec__ = spec.loader_state  # Python has just written the old name there
            return

        def found(name: str) -> Any:
            old = f"{spec.name}.{name}"
            return (
                module_of(old) if old in _now or old in _folders else getattr(import_module(_folders[spec.name]), name)
            )

        module.__dict__["__getattr__"] = found


_folders["autograd.packing"] = "autograd.compiling"
_folders["autograd.packing.outside"] = "autograd.compiling.outside"
_folders["autograd.native"] = "autograd.compiling.native"
moved("autograd", "autograd.core", "ops floats numeric value sweep recording>watching")
moved("autograd", "autograd.vocabularies", "functions arrays text record>recorders")
moved("autograd", "autograd.interop", "array_of_values>arrays masks micrograd")
moved("autograd.checks", "autograd", "anomaly")
moved("autograd.verbs", "autograd", "structure>trees")
moved("autograd.verbs", "autograd.verbs", "history>ancestry printed>partials")
moved("autograd.pictures", "autograd.pictures", "graph>boxes frame>page")
moved("autograd.packing", "autograd.compiling", "compiled>function methods")
moved("autograd.packing", "autograd.compiling.calls", "given>arguments arguments>flattening results static")
moved(
    "autograd.packing",
    "autograd.compiling.graph",
    "trace numbering graph nodes hashes simplify sums chains finite carried",
)
moved("autograd.packing", "autograd.compiling.graph", "saving")
moved("autograd.packing", "autograd.compiling.packing", "pack products>rectangles views>operands")
moved("autograd.packing", "autograd.compiling.python", "straight>lines rows>interpreter")
moved("autograd.packing", "autograd.compiling.numpy", "blocks source calls writer printer>names contraction runtime")
moved("autograd.packing", "autograd.compiling.programs", "program listing diagram")
moved("autograd.packing", "autograd.compiling.versions", "replay>versions quick>shortcut checking uncompiled locks")
moved("autograd.packing", "autograd.compiling.training", "flat epochs>descent rules")
moved("autograd.packing.outside", "autograd.compiling.outside", "names walk compared closure effects library")
moved("autograd.native", "autograd.compiling.native", "run>blocks straight>lines rows>interpreter")
moved("autograd.native", "autograd.vocabularies", "lines")
moved(
    "autograd.native", "autograd.compiling.native", "products>matmul source forward reverse memory groups words kernel"
)
moved("autograd.native", "autograd.compiling.native", "lower entry disk many trial assembly>library")
moved("autograd.native", "autograd.compiling.training", "epochs>kernel")

sys.meta_path.append(Finder())

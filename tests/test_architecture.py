"""The house: imports point one way, nn stands on autograd, and nothing is imported that is not needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BASE = {"core.ops", "core.floats", "vocabularies.arrays", "vocabularies.text", "core.numeric"}
MODULES = sorted((ROOT / "autograd").rglob("*.py"))


def imports(path: Path, package: str = "autograd") -> set[str]:
    """The modules of the package that a file needs to be imported, as dotted names below the package."""
    found: set[str] = set()
    at = path.relative_to(ROOT / package).with_suffix("").parts
    for node in ast.parse(path.read_text()).body:  # imports inside functions happen later, and cannot make a cycle
        if isinstance(node, ast.ImportFrom):
            if node.level:
                base = [*at[: len(at) - node.level]]
                names = [node.module] if node.module else [alias.name for alias in node.names]
                found |= {".".join([*base, name]) for name in names}
            elif (node.module or "").split(".")[0] in {"autograd", "nn"}:
                found.add(f"!{node.module}")
        elif isinstance(node, ast.Import):
            found |= {f"!{alias.name}" for alias in node.names if alias.name.split(".")[0] in {"autograd", "nn"}}
    return found


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "autograd").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_the_vocabularies_and_the_table_import_nothing_of_ours():
    for path in MODULES:
        if name_of(path) in BASE:
            assert imports(path) == set(), path


def test_imports_inside_autograd_make_no_cycle():
    modules = {name_of(path): imports(path) for path in MODULES if name_of(path)}
    # `from .value import Value` names the module, `from .packing import Program` a name in a package
    left = {name: {x if x in modules else x.rpartition(".")[0] for x in found} for name, found in modules.items()}
    while left:
        ready = [name for name, needs in left.items() if not needs & (left.keys() - {name})]
        assert ready, f"a cycle among {sorted(left)}"
        for name in ready:
            del left[name]


def test_autograd_never_imports_nn():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            assert all(name.split(".")[0] != "nn" for name in names), path


def test_nn_sees_only_the_package_autograd():
    for path in (ROOT / "nn").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom) and not node.level
                else [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            assert all(name == "autograd" or name.split(".")[0] != "autograd" for name in names), path


def test_every_file_says_in_its_first_line_what_it_is_about():
    for path in [*MODULES, *(ROOT / "nn").rglob("*.py"), *(ROOT / "tests").glob("*.py")]:
        if path.stat().st_size:
            first = ast.get_docstring(ast.parse(path.read_text()))
            assert first, path
            assert len(first.splitlines()[0]) > 20, path


@pytest.mark.parametrize("heavy", ["graphviz", "matplotlib", "hypothesis", "autograd.pictures", "autograd.compiling"])
def test_importing_autograd_does_not_load_what_only_some_need(heavy):
    code = f"import sys, autograd; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

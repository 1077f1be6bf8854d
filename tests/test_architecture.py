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


def needs(package: str) -> dict[str, set[str]]:
    """For each file of a package the files of it that it imports, wherever the import stands and for whatever it is."""
    files = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (ROOT / package).rglob("*.py")}
    files = {name.removesuffix(".__init__"): path for name, path in files.items()}
    found: dict[str, set[str]] = {}
    for name, path in files.items():
        found[name] = set()
        here = name if path.stem == "__init__" else name.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                up = here.split(".")[: len(here.split(".")) - node.level + 1] if node.level else []
                base = ".".join([*up, *([node.module] if node.module else [])])
                named = {f"{base}.{alias.name}" for alias in node.names}
                found[name] |= {one if one in files else base for one in named} & files.keys()
            elif isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names} & files.keys()
    return found


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The names that wait for one another, or none."""
    left = dict(graph)
    while ready := [name for name, before in left.items() if not before & (left.keys() - {name})]:
        for name in ready:
            del left[name]
    return sorted(left)


def circles(package: str) -> dict[str, list[str]]:
    """For each folder what in it, files and folders, waits for one another; where nothing does, no files do either."""
    files, found = needs(package), {}
    folders = {name.rsplit(".", k)[0] for name in files for k in range(1, name.count(".") + 1)}
    for folder in sorted(folders):
        below = [name for name in files if f"{name}.".startswith(f"{folder}.")]
        inside = {name: name[len(folder) + 1 :].partition(".")[0] for name in below}  # "" is the folder's __init__
        graph: dict[str, set[str]] = {part: set() for part in inside.values()}
        for name, part in inside.items():
            graph[part] |= {inside[other] for other in files[name] if other in inside}
        if waiting := circle(graph):
            found[folder] = waiting
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


def test_no_files_and_no_folders_of_nn_import_one_another_in_a_circle():
    assert circles("nn") == {}


def test_a_circle_is_found_wherever_its_imports_stand():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]
    assert needs("nn")["nn.training.fit"] >= {"nn.training.training", "nn.training.callbacks.progress"}
    assert "nn.data" in needs("nn")["nn"]


def test_the_imports_of_nn_stand_at_the_top():
    for path in (ROOT / "nn").rglob("*.py"):
        tree = ast.parse(path.read_text())
        inside = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) and node.col_offset]
        assert not inside, path


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


def test_autograd_knows_no_network_by_the_names_of_its_parts():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            assert getattr(node, "attr", getattr(node, "value", "")) not in ("layers", "neurons", "evaluating"), path


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

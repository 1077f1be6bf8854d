"""The house: imports point one way, nn stands on autograd, and nothing is imported that is not needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "autograd").rglob("*.py"))
CORE = sorted((ROOT / "autograd" / "core").glob("*.py"))
# Imports inside functions: which file, how many, and the optional or heavy thing that is imported when it is needed.
LATER = {
    "compiling.forms": (3, "machine code"),
    "compiling.native.entry": (1, "llvmlite"),
    "compiling.native.kernel": (1, "llvmlite"),
    "compiling.program": (1, "pictures"),
    "compiling.training.descent": (1, "machine code"),
    "interop.asked": (2, "NumPy"),
    "pictures.dot": (1, "graphviz"),
    "pictures.picture": (2, "graphviz"),
    "pictures.slide": (1, "matplotlib"),
    "primitive": (1, "NumPy"),
    "tape": (3, "compiling and pictures"),
    "trees": (3, "NumPy"),
    "verbs.adjoints": (1, "NumPy"),
    "verbs.matrices": (4, "NumPy"),
    "verbs.sparsity": (1, "NumPy"),
}


def imported(path: Path) -> set[str]:
    """The packages and modules of others that a file imports, wherever the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
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


def test_the_core_imports_itself_and_the_standard_library_alone():
    for path in CORE:
        assert imported(path) <= sys.stdlib_module_names, path
    for name, found in needs("autograd").items():
        if name.startswith("autograd.core"):
            assert all(other.startswith("autograd.core.") for other in found), name


def test_the_core_is_read_in_an_evening():
    assert sum(len(path.read_text().splitlines()) for path in CORE) <= 1200


def test_the_words_of_arrays_and_of_text_import_nothing_of_ours():
    graph = needs("autograd")
    assert graph["autograd.vocabularies.arrays"] == graph["autograd.vocabularies.text"] == set()
    assert imported(ROOT / "autograd" / "vocabularies" / "text.py") <= sys.stdlib_module_names


def test_no_files_of_autograd_import_one_another_in_a_circle():
    assert circle(needs("autograd")) == []


def test_imports_inside_functions_are_of_what_is_optional_or_heavy():
    found = {}
    for path in MODULES:
        functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
        inside = {node for f in functions for node in ast.walk(f) if isinstance(node, ast.Import | ast.ImportFrom)}
        if inside:
            found[name_of(path)] = len(inside)
    assert found == {name: count for name, (count, _) in LATER.items()}


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
        assert "nn" not in imported(path), path


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


@pytest.mark.parametrize(
    "heavy", ["numpy", "graphviz", "matplotlib", "hypothesis", "autograd.pictures", "autograd.compiling"]
)
def test_importing_autograd_does_not_load_what_only_some_need(heavy):
    code = f"import sys, autograd; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

"""The house: imports point one way, nn stands on autograd, and nothing is imported that is not needed."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "autograd").rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


FILES = {name_of(path): path for path in [*MODULES, *(ROOT / "nn").rglob("*.py")]}


def imported(path: Path, node: ast.AST | None = None) -> set[str]:
    """The modules that are imported in a file, or in a part of it, wherever it is said and for whatever."""
    found: set[str] = set()
    for one in ast.walk(node or parsed(path)):
        if isinstance(one, ast.ImportFrom):
            up = path.relative_to(ROOT).parts[: -one.level] if one.level else ()
            base = ".".join([*up, *([one.module] if one.module else [])])
            named = {f"{base}.{alias.name}" for alias in one.names}
            found |= {name if name in FILES else base for name in named}
        elif isinstance(one, ast.Import):
            found |= {alias.name for alias in one.names}
    return found


def late_imports(path: Path) -> set[str]:
    """What is imported inside functions."""
    functions = (x for x in ast.walk(parsed(path)) if isinstance(x, ast.FunctionDef))
    return {name for function in functions for name in imported(path, function)}


def needs(package: str) -> dict[str, set[str]]:
    """For each file of a package the files that it imports."""
    found = {name: imported(path) for name, path in FILES.items() if f"{name}.".startswith(f"{package}.")}
    return {name: needed & found.keys() for name, needed in found.items()}


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


# What files import inside functions, and why not before.
LATE = {
    "autograd.compiling.native.entry": {"llvmlite"},  # takes 0.1 s, and what is found on disk does without
    "autograd.compiling.native.kernel": {"autograd.compiling.native.lower"},  # the same
    "autograd.compiling.programs.forms": {  # where llvmlite is installed
        "autograd.compiling.native.blocks",
        "autograd.compiling.native.interpreter",
        "autograd.compiling.native.lines",
        "autograd.compiling.native.looped",
    },
    "autograd.compiling.programs.program": {"autograd.compiling.programs.diagram"},  # pictures
    "autograd.compiling.training.descent": {"autograd.compiling.training.kernel"},  # where llvmlite is installed
    "autograd.grading.process": {"resource"},  # where the system has it
    "autograd.interop.asked": {"autograd.interop.arrays"},  # NumPy
    "autograd.pictures.dot": {"graphviz"},
    "autograd.pictures.slide": {"matplotlib"},
    "autograd.primitive": {"autograd.vocabularies.arrays"},  # NumPy
    "autograd.solving.minimize": {"numpy", "scipy"},
    "autograd.tape": {"autograd.compiling.function", "autograd.pictures.table"},  # NumPy, pictures
    "autograd.trees": {"autograd.interop.arrays", "numpy"},
    "autograd.verbs.adjoints": {"numpy"},
    "autograd.verbs.matrices": {"numpy"},
    "autograd.verbs.sparsity": {"numpy"},
}


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_no_files_and_no_folders_import_one_another_in_a_circle(package):
    assert circles(package) == {}


def test_a_circle_is_found_wherever_its_imports_stand():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]
    assert needs("nn")["nn.training.fit"] >= {"nn.training.training", "nn.training.callbacks.progress"}
    assert "nn.data" in needs("nn")["nn"]


def test_the_engine_is_of_the_standard_library_alone():
    for folder, own in (("core", ("autograd.core",)), ("special", ("autograd.core", "autograd.special"))):
        for path in (ROOT / "autograd" / folder).glob("*.py"):
            for name in imported(path):
                assert name.startswith(own) or name.partition(".")[0] in sys.stdlib_module_names, (path, name)


def test_the_engine_is_read_in_an_evening():
    lines = sum(len(path.read_text().splitlines()) for path in (ROOT / "autograd" / "core").glob("*.py"))
    assert lines <= 1200  # more rows, and the words that they need, stand in `special`


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_folders_import_only_what_stands_above_them_on_the_map(package):
    table = (
        (ROOT / "docs" / "architecture.md").read_text().partition(f"| folder of `{package}/` |")[2].partition("\n\n")[0]
    )
    listed = [name for line in table.splitlines() for name in re.findall(r"`([a-z/]+)/`", line.split("|")[1])]
    order = [f"{package}.{name.replace('/', '.')}" for name in listed]
    graph = needs(package)
    assert {name for name in order if name in FILES} == {*order}
    for k, folder in enumerate(order):
        for name in graph:
            if name.startswith(f"{folder}."):
                later = {other for below in order[k + 1 :] for other in graph[name] if other.startswith(f"{below}.")}
                assert not later, name
    found = {name.rpartition(".")[0] for name in graph if name.count(".") > 1}
    assert found - {"autograd.compiling", "nn.training.callbacks"} == {*order}


def test_the_words_of_arrays_and_of_text_import_nothing_of_ours_but_words_that_are_written_once():
    assert needs("autograd")["autograd.vocabularies.arrays"] == {"autograd.special.words"}
    assert needs("autograd")["autograd.vocabularies.text"] == set()


def test_an_import_stands_in_a_function_only_where_it_is_optional_or_heavy():
    late = {name: late_imports(path) for name, path in FILES.items()}
    assert {name: found for name, found in late.items() if found} == LATE


def test_autograd_never_imports_nn():
    for path in MODULES:
        assert not any(name.partition(".")[0] == "nn" for name in imported(path)), path


def test_autograd_knows_no_network_by_the_names_of_its_parts():
    for path in MODULES:
        for node in ast.walk(parsed(path)):
            assert getattr(node, "attr", getattr(node, "value", "")) not in ("layers", "neurons", "evaluating"), path


def test_nn_sees_only_the_package_autograd():
    for path in (ROOT / "nn").rglob("*.py"):
        inside = {name for name in imported(path) if name.startswith("autograd.")}
        assert not inside - {f"autograd.{name}" for name in ("fields", "files", "moved", "pictures")}, path


def test_every_file_says_in_its_first_line_what_it_is_about():
    for path in [*MODULES, *(ROOT / "nn").rglob("*.py"), *(ROOT / "tests").glob("*.py")]:
        if path.stat().st_size:
            first = ast.get_docstring(parsed(path))
            assert first, path
            assert len(first.splitlines()[0]) > 20, path


@pytest.mark.parametrize(
    "heavy", ["numpy", "graphviz", "matplotlib", "hypothesis", "autograd.pictures", "autograd.compiling"]
)
def test_importing_autograd_does_not_load_what_only_some_need(heavy):
    code = f"import sys, autograd; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

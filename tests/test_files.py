"""What is saved is the old file or the new one, whole, and leaves nothing beside it: for everything that saves."""

import ast
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import autograd
import nn
from autograd import Value, files

posix = pytest.mark.skipif(os.name != "posix", reason="rights and links as POSIX has them")


def page():
    points, model, path = nn.data.moons(8), nn.MLP(2, [1], seed=0), nn.RecordWeights()
    nn.fit(model, points.X, points.y, loss=nn.mean_squared_error, epochs=1, callbacks=path)
    return nn.boundary(model, points.X, points.y, path, resolution=4)


def program():
    compiled = autograd.compile(lambda x: x * 2, native=False)
    compiled(1.0)
    return compiled.program


def value():
    return Value(1.0, label="x") * 2


MODEL = nn.MLP(1, [1], seed=0)
TRAINING = nn.Training(MODEL, [0, 1], [0, 1], loss=nn.mean_squared_error)
SAVERS = {
    "drawing.svg": lambda path: autograd.draw(value()).save(path),
    "drawing.dot": lambda path: autograd.draw(value()).save(path),
    "player.html": lambda path: autograd.play(value()).save(path),
    "slides.html": lambda path: autograd.slide(lambda x: autograd.draw(Value(x)), x=[1.0, 2.0]).save(path),
    "boundary.html": lambda path: page().save(path),
    "program.json": lambda path: program().save(path),
    "model.json": lambda path: nn.save(path, MODEL),
    "training.json": lambda path: TRAINING.save(path),
}


def full(*given, **named):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("name", SAVERS)
def test_whatever_saves_leaves_the_old_file_if_it_cannot_write_and_no_other(name, tmp_path, monkeypatch):
    path = tmp_path / name
    path.write_text("old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match=rf"No space left on device: .*{name}"):
            SAVERS[name](path)
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", [name])
    SAVERS[name](path)
    assert len(path.read_text()) > 40
    assert os.listdir(tmp_path) == [name]


def test_nothing_else_in_the_packages_writes_files():
    found, writing = set(), {"write_text", "write_bytes", "open", "fdopen", "mkstemp", "NamedTemporaryFile", "tofile"}
    for path in [*Path(autograd.__file__).parent.rglob("*.py"), *Path(nn.__file__).parent.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in writing:
                found.add(path.name)
    # the cache reads so, the demonstration closes its output, and what a graded class prints is led nowhere
    assert found == {"files.py", "disk.py", "demo.py", "process.py"}


@posix
def test_rights_stay_and_new_files_get_the_usual_ones(tmp_path):
    before = os.umask(0o027)
    try:
        files.write(tmp_path / "new", "text")
        (tmp_path / "old").write_text("")
        os.chmod(tmp_path / "old", 0o604)
        files.write(tmp_path / "old", "text")
    finally:
        os.umask(before)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("new", "old")] == [0o640, 0o604]


@posix
def test_what_may_not_be_written_to_is_not_replaced(tmp_path, monkeypatch):
    (tmp_path / "old").write_text("old")
    os.chmod(tmp_path / "old", 0o444)
    monkeypatch.setattr(os, "access", lambda path, how: False)  # root may do all
    with pytest.raises(PermissionError, match=r"may not be written to: .*old"):
        files.write(tmp_path / "old", "new")
    assert (tmp_path / "old").read_text() == "old"


@posix
def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path):
    (tmp_path / "folder").mkdir()
    for target in ("folder/there", "folder/not yet"):
        (tmp_path / "link").symlink_to(target)
        assert files.write(tmp_path / "link", target) == tmp_path / "link"
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / target).read_text() == target
        (tmp_path / "link").unlink()
    assert sorted(os.listdir(tmp_path / "folder")) == ["not yet", "there"]


@posix
def test_what_is_no_file_is_written_to_as_it_is(tmp_path):
    code = "import autograd, nn; autograd.files.write('/dev/stdout', 'text')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "text"
    with pytest.raises(IsADirectoryError):
        files.write(tmp_path, "text")
    with pytest.raises(FileNotFoundError, match=r"missing/file"):
        files.write(tmp_path / "missing" / "file", "text")
    with pytest.raises(UnicodeEncodeError):
        files.write(tmp_path / "file", "\ud800")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("missing", ["nothing", "O_TMPFILE", "link"])
def test_a_name_of_any_length_is_written_where_no_file_can_be_without_a_name_too(missing, tmp_path, monkeypatch):
    if missing == "link":
        monkeypatch.setattr(os, missing, full, raising=False)
    else:
        monkeypatch.delattr(os, missing, raising=False)
    name = "x" * 255
    for text in ("first", "second"):
        files.write(tmp_path / name, text)
        assert (tmp_path / name).read_text() == text
    assert os.listdir(tmp_path) == [name]


WRITER = """
import sys
from autograd import files
print("ready", flush=True)
k = 0
while True:
    k = (k + 1) % 10
    files.write(sys.argv[1], str(k) * 100_000)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
def test_kill_9_leaves_a_whole_file_and_hardly_ever_another(tmp_path):
    path, left = tmp_path / "file", 0
    for k in range(8):
        with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            while not path.exists():
                time.sleep(0.001)
            time.sleep(0.003 * k + 0.001)
            writer.kill()
        text = path.read_text()
        assert len(text) == 100_000
        assert len(set(text)) == 1
        left += len(os.listdir(tmp_path)) - 1
        for name in set(os.listdir(tmp_path)) - {"file"}:
            os.unlink(tmp_path / name)
    if hasattr(os, "O_TMPFILE"):
        assert left <= 1  # a name is there for the moment between two calls

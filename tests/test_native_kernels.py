"""Machine code is made where it can be, kept on disk, found again, and nobody has to wait for it."""

import os
import signal
import stat
import subprocess
import sys
import time

import numpy as np
import pytest

import autograd
import nn

pytest.importorskip("llvmlite")

from native_graphs import of_layers

from autograd.compiling.native import disk, is_native

PROGRAM = """
import time, numpy as np, autograd, nn
model = nn.MLP(2, [4, 1], seed=0)
f = autograd.compile(lambda x: model(list(x)), batch=0, native=True)
print(f(np.ones((3, 2))).tolist())
"""


def run(**environment):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    ).stdout


def test_machine_code_is_kept_on_disk_and_damage_to_it_is_noticed(tmp_path):
    first = run(AUTOGRAD_CACHE=str(tmp_path))
    (kept,) = tmp_path.iterdir()
    code = kept.read_bytes()
    assert run(AUTOGRAD_CACHE=str(tmp_path)) == first
    kept.write_bytes(code[: len(code) // 2])
    assert run(AUTOGRAD_CACHE=str(tmp_path)) == first
    assert kept.read_bytes()[:32] == code[:32] or len(kept.read_bytes()) > len(code) // 2
    assert run(AUTOGRAD_CACHE="") == first
    (tmp_path / "file").write_text("")
    assert run(AUTOGRAD_CACHE=str(tmp_path / "file" / "below")) == first


@pytest.mark.alone
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers")
def test_ctrl_c_does_not_wait_for_the_compiler(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    f = autograd.compile(of_layers, batch=(0, 1), native=True)
    with monkeypatch.context() as patch:
        patch.setenv("AUTOGRAD_CACHE", "")
        patch.setattr("autograd.compiling.native.kernel._functions", {})
        patch.setattr("autograd.compiling.native.kernel._compiled", lambda text, takes, gives: time.sleep(3.0))
        handler = signal.signal(signal.SIGALRM, interrupt)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            start = time.perf_counter()
            with pytest.raises(KeyboardInterrupt):
                f(np.ones((2, 3)), np.ones(2))
            assert time.perf_counter() - start < 2.0
        finally:
            signal.signal(signal.SIGALRM, handler)
    assert f(np.ones((2, 3)), np.ones(2)).shape == (2,)


@pytest.mark.alone
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers")
def test_ctrl_c_does_not_wait_for_the_compiler_of_whole_epochs(monkeypatch):
    from autograd.compiling.native import kernel

    compiled = kernel._compiled

    def interrupt(*_):
        signal.raise_signal(signal.SIGINT)

    def slow(text, *rest):
        if "order" not in text:
            return compiled(text, *rest)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        return time.sleep(3.0)

    monkeypatch.setenv("AUTOGRAD_NATIVE", "1")
    monkeypatch.setenv("AUTOGRAD_CACHE", "")
    monkeypatch.setattr(kernel, "_functions", {})
    monkeypatch.setattr(kernel, "_compiled", slow)
    model = nn.MLP(2, [3, 1], seed=0)
    training = nn.Training(
        model, [[0.0, 1.0], [1.0, 0.0]] * 8, [1.0, 0.0] * 8, loss=nn.squared_error, batch_size=4, epochs=50
    )
    handler = signal.signal(signal.SIGALRM, interrupt)
    try:
        start = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            training.run()
        assert time.perf_counter() - start < 2.8
    finally:
        signal.signal(signal.SIGALRM, handler)
    monkeypatch.setattr(kernel, "_compiled", compiled)
    assert training.run().epochs == 50


def test_what_is_recorded_again_is_not_compiled_again(monkeypatch):
    def made():
        return autograd.compile(lambda a, b: a * b + autograd.sqrt(a) * 1.25, native=True)(4.0, 3.0)

    first = made()
    monkeypatch.setattr("autograd.compiling.native.kernel._compiled", None)
    monkeypatch.setenv("AUTOGRAD_CACHE", "")
    assert first == made() == 14.5


def test_old_machine_code_makes_room(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_CACHE", str(tmp_path))
    monkeypatch.setattr("autograd.compiling.native.disk._MOST", 2)
    monkeypatch.setattr("autograd.compiling.native.kernel._functions", {})
    for k in range(4):
        f = autograd.compile(lambda x, k=k: autograd.sum([x * i for i in range(40 + k)]), batch=0, native=True)
        f([1.0, 2.0])
    assert len(list(tmp_path.iterdir())) == 2


def test_only_some_of_the_ways_through_a_function_are_compiled():
    def f(x, limits):
        return autograd.sum([(-x * k, x * k)[x > one] for k, one in enumerate(limits)])  # an index is no choice

    g = autograd.compile(f, native=True)
    limits = [float(k) for k in range(30)]
    for k in range(12):
        assert g(k + 0.5, limits) == f(k + 0.5, limits)
    assert g.cache_info().turned == 11
    assert g.program.native is None


def test_native_is_where_llvmlite_is_unless_it_is_turned_off(monkeypatch):
    monkeypatch.delenv("AUTOGRAD_NATIVE", raising=False)
    assert is_native(None)
    assert not is_native(False)
    monkeypatch.setenv("AUTOGRAD_NATIVE", "0")
    assert not is_native(None)
    assert is_native(True)


def test_without_llvmlite_it_is_missed_only_where_it_is_asked_for(monkeypatch):
    monkeypatch.delenv("AUTOGRAD_NATIVE", raising=False)
    monkeypatch.setattr("autograd.compiling.native.find_spec", lambda name: None)
    assert not is_native(None)
    assert autograd.compile(lambda x: x * x)(3.0) == 9.0
    with pytest.raises(ModuleNotFoundError, match="pip install"):
        autograd.compile(lambda x: x * x, native=True)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def key(k):
    return f"{k:040x}"


def test_the_folder_is_the_users_alone_and_what_is_in_it_is_found(cache):
    assert disk.kept(key(1), lambda: b"code") == b"code"
    assert disk.kept(key(1), None) == b"code"
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert stat.S_IMODE((cache / f"{key(1)}.o").stat().st_mode) == 0o600


def to_another_key(path):
    path.rename(path.with_name(f"{key(2)}.o"))


def by_a_link(path):
    path.rename(path.with_name("aside"))
    path.with_name(f"{key(1)}.o").symlink_to("aside")


def by_a_pipe(path):
    path.unlink()
    os.mkfifo(path)


WRONG = {
    "it is that of another key": to_another_key,
    "it is a link": by_a_link,
    "it is a pipe": by_a_pipe,
    "its group may write": lambda path: path.chmod(0o620),
    "everybody may write": lambda path: path.chmod(0o602),
    "it is damaged": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x"),
    "it is empty": lambda path: path.write_bytes(b""),
}


@pytest.mark.skipif(os.name != "posix", reason="rights and links as POSIX has them")
@pytest.mark.parametrize("why", WRONG)
def test_machine_code_is_made_again_if(why, cache):
    disk.kept(key(1), lambda: b"code")
    WRONG[why](cache / f"{key(1)}.o")
    wanted = key(2) if why == "it is that of another key" else key(1)
    assert disk.kept(wanted, lambda: b"again") == b"again"
    assert disk.kept(wanted, None) == b"again"
    assert (cache / f"{wanted}.o").is_file()
    assert not (cache / f"{wanted}.o").is_symlink()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners here")
def test_machine_code_of_somebody_else_is_made_again(cache, monkeypatch):
    disk.kept(key(1), lambda: b"code")
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    assert disk.kept(key(1), lambda: b"again") == b"again"


def test_a_link_in_the_folder_is_not_followed_when_writing(cache, tmp_path):
    cache.mkdir()
    (tmp_path / "mine").write_text("mine")
    (cache / f"{key(1)}.o").symlink_to(tmp_path / "mine")
    disk.kept(key(1), lambda: b"code")
    assert (tmp_path / "mine").read_text() == "mine"


def test_the_cache_is_bounded_in_bytes_and_rid_of_what_a_killed_program_left(cache, monkeypatch):
    monkeypatch.setattr(disk, "_MOST_BYTES", 3000)
    cache.mkdir()
    for left in (f"{key(5)}.4321", ".0123456789abcdef.unfinished"):
        (cache / left).write_bytes(b"half")
    (cache / "notes.txt").write_text("of the user")
    for k in range(5):
        disk.kept(key(k), lambda: b"x" * 900)
        os.utime(cache / f"{key(k)}.o", (k, k))
    assert sorted(path.name for path in cache.iterdir()) == [*(f"{key(k)}.o" for k in (2, 3, 4)), "notes.txt"]

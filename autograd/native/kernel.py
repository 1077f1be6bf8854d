"""Kernel: the text of loops compiled by LLVM, the words in it by numba, and the machine code kept for the next time."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from llvmlite import binding as llvm

from .assembly import assembly, known
from .entry import DATA, add_entry, function_at, prepare
from .lower import Lowering

_FORMAT = "tapegrad kernel 2"
_MOST_KEPT = 1000  # kernels on disk, of some 50 kB each; the oldest go
_DIGEST = hashlib.sha256().digest_size
_engines: list[Any] = []  # what holds the machine code in memory
_lock = threading.Lock()


def kernel(text: str, takes: str, gives: int = 0) -> Callable[..., Any]:
    """The function `run` of a text, compiled, or as it was kept.

    `takes` has a letter for each argument: "d", "q" or "b" for an array of float64, int64 or bytes in one piece, "i"
    for an integer, "f" for a float. The arguments are not looked at any closer. What it gives is what `run` returns;
    where `run` also leaves so many numbers behind its last argument, a tuple of both.
    """
    with _lock:
        prepare()
        folder = _folder()
        path = None if folder is None else folder / f"{_key(text, takes, gives)}.o"
        found = _kept(path)
        if found is None:
            found = _in_background(lambda: _compiled(text, takes, gives), text.count("\n"))
            _keep(path, found)
        return function_at(_loaded(found))


def _key(text: str, takes: str, gives: int) -> str:
    """What machine code depends on: the text, the words it calls, the compiler, the processor."""
    return hashlib.sha256("\0".join([text, takes, str(gives), *_compiler()]).encode()).hexdigest()[:40]


@cache
def _compiler() -> list[str]:
    here = Path(__file__).parent
    return [
        _FORMAT,
        *(version(name) for name in ("numba", "llvmlite")),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        str(DATA),
        *((here / f"{name}.py").read_text(encoding="utf-8") for name in ("words", "many", "lower", "entry", "kernel")),
    ]


def _folder() -> Path | None:
    """Where machine code is kept: AUTOGRAD_CACHE, or a folder for caches in the user's home; None for nowhere."""
    given = os.environ.get("AUTOGRAD_CACHE")
    if given is not None:
        return Path(given) if given else None
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "tapegrad" if base else None


def _kept(path: Path | None) -> bytes | None:
    try:
        content = path.read_bytes() if path is not None else b""
    except OSError:
        return None
    digest, code = content[:_DIGEST], content[_DIGEST:]
    return code if code and hashlib.sha256(code).digest() == digest else None


def _keep(path: Path | None, code: bytes) -> None:
    if path is None:
        return
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(hashlib.sha256(code).digest() + code)
        partial.replace(path)  # whoever reads meanwhile sees all of it or nothing
        others = sorted(path.parent.glob("*.o"), key=lambda one: one.stat().st_mtime)
        for old in others[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:  # a folder that cannot be written to: it is compiled again the next time
        return


def _compiled(text: str, takes: str, gives: int) -> bytes:
    """The object code of the function `run` and its entry."""
    many = (Path(__file__).parent / "many.py").read_text(encoding="utf-8")
    lowering = Lowering(many + text, takes + "d" * bool(gives), known().__getitem__)
    add_entry(lowering.module, lowering.run, takes, gives)
    lowering.module.triple = llvm.get_process_triple()
    module = llvm.parse_assembly(str(lowering.module))
    for name in sorted(lowering.called):
        module.link_in(llvm.parse_assembly(assembly(name)))
    for function in module.functions:
        if function.name.startswith("word.") and not function.is_declaration:
            function.linkage = "internal"
            function.add_function_attribute("alwaysinline")
    machine = _machine()
    # more (3) takes half as long again and unrolls loops over lanes that SLP then cannot turn into vectors
    tuning = llvm.create_pipeline_tuning_options(speed_level=2)
    tuning.slp_vectorization = True
    passes = llvm.create_pass_builder(machine, tuning)
    passes.getModulePassManager().run(module, passes)
    return bytes(machine.emit_object(module))


def _machine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        jit=True,
        codemodel="jitdefault",
    )


def _loaded(code: bytes) -> int:
    """The address of the entry, in memory for as long as the process lives."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    return int(engine.get_function_address("call"))


def _in_background(work: Callable[[], Any], lines: int) -> Any:
    """What `work` gives. It says so when it takes over a second, and Ctrl-C does not wait for it."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append((work(), None))
        except BaseException as error:
            found.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    start = time.perf_counter()
    thread.start()
    says = sys.stderr.isatty()
    thread.join(1.0)
    while thread.is_alive():
        if says:
            seconds = time.perf_counter() - start
            print(
                f"\rcompiling {lines:,} lines to machine code, once: {seconds:.0f} s",
                end="",
                file=sys.stderr,
                flush=True,
            )
        thread.join(1.0)
    if says and time.perf_counter() - start > 1.0:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    result, error = found[0]
    if error is not None:
        raise error
    return result

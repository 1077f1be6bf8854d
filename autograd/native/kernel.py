"""Kernel: a text compiled by LLVM, with the words in it by numba, as a function that Python calls."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llvmlite import binding as llvm

from .assembly import assembly, known
from .disk import kept, key_of
from .entry import add_entry, function_at, prepare

_LONG = 60  # lines of a word: those that compute a polynomial have more, those that choose or divide some 30
_ENDLESS = 16_000  # straight lines: to choose registers well for more takes longer than all else, and saves a third
_functions: dict[str, Callable[..., Any]] = {}  # by their keys: the same program may be recorded many times
_engines: list[Any] = []  # what holds the machine code in memory
_lock = threading.Lock()


def kernel(text: str, takes: str, gives: int = 0) -> Callable[..., Any]:
    """The function `run` of a text, compiled, or as it was kept on disk.

    `takes` has a letter for each argument: "d", "q" or "b" for an array of float64, int64 or bytes in one piece, "i"
    for an integer, "f" for a float. The arguments are not looked at any closer. What it gives is what `run` returns;
    where `run` also leaves so many numbers behind its last argument, a tuple of both.
    """
    with _lock:
        key = key_of([text, takes, str(gives)])
        if key not in _functions:
            lines = text.count("\n")
            code = kept(key, lambda: _in_background(lambda: _compiled(text, takes, gives), lines))
            _functions[key] = function_at(_loaded(code))
        return _functions[key]


def _compiled(text: str, takes: str, gives: int) -> bytes:
    """The object code of the function `run` and its entry."""
    from .lower import Lowering  # not needed for what is found on disk

    has_loops = "    for " in text
    many = (Path(__file__).parent / "many.py").read_text(encoding="utf-8")
    lowering = Lowering(many + text, takes + "d" * bool(gives), known().__getitem__)
    add_entry(lowering.module, lowering.run, takes, gives)
    lowering.module.triple = llvm.get_process_triple()
    module = llvm.parse_assembly(str(lowering.module))
    for name in sorted(lowering.called):
        word = llvm.parse_assembly(assembly(name))
        # loops become vector instructions only with all they call inside; straight lines would become endless
        is_inside = has_loops or assembly(name).count("\n") < _LONG
        word.get_function(f"word.{name}").add_function_attribute("alwaysinline" if is_inside else "noinline")
        module.link_in(word)
    for function in module.functions:  # what is inside everything that calls it is not needed by itself
        if not function.is_declaration and function.name not in ("run", "call"):
            function.linkage = "internal"
    machine = _machine(is_hasty=not has_loops and text.count("\n") > _ENDLESS)
    # more (3) takes half as long again and unrolls loops over lanes that SLP then cannot turn into vectors
    tuning = llvm.create_pipeline_tuning_options(speed_level=2)
    tuning.slp_vectorization = has_loops  # in straight lines it finds little, and takes most of the time
    passes = llvm.create_pass_builder(machine, tuning)
    passes.getModulePassManager().run(module, passes)
    return bytes(machine.emit_object(module))


def _machine(is_hasty: bool = False) -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=0 if is_hasty else 3,
        jit=True,
        codemodel="jitdefault",
    )


def _loaded(code: bytes) -> int:
    """The address of the entry, in memory for as long as the process lives."""
    prepare()
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

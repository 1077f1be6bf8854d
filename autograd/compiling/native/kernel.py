"""Kernel: a text compiled by LLVM, as a function that Python calls.

One thread at a time is inside LLVM, and holds `_lock`. A fork waits for it, because the child would wait for ever for a
thread that it does not have; so does the end of the program, which LLVM would not survive.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any
from weakref import WeakValueDictionary, finalize

from llvmlite import binding as llvm

from .disk import kept, key_of
from .entry import add_entry, function_at, prepare

_ENDLESS = 16_000  # straight lines: to choose registers well for more takes longer than all else, and saves a third
# All that straight lines need; the first finds that words have no effects, so that one of two alike may go. LLVM's own
# choice takes longer over them, and llvmlite never gives back the 57 kB that making it takes.
_STRAIGHT = (
    "post_order_function_attributes",
    *("always_inliner", "sroa", "simplify_cfg", "ipsccp", "instruction_combine", "new_gvn", "simplify_cfg"),
)
# by their keys, for as long as a program has them: the same program may be recorded many times
_functions: WeakValueDictionary[str, Callable[..., Any]] = WeakValueDictionary()
_latest: deque[Callable[..., Any]] = deque(maxlen=32)  # kept a while longer
_lock = threading.Lock()
_dropped: list[Any] = []  # engines that nothing needs
_is_ending = False


def kernel(text: str, takes: str, gives: int = 0) -> Callable[..., Any]:
    """The function `run` of a text, compiled, or as it was kept on disk.

    `takes` has a letter for each argument: "d", "q" or "b" for an array of float64, int64 or bytes in one piece, "i"
    for an integer, "f" for a float. The arguments are not looked at any closer. What it gives is what `run` returns;
    where `run` also leaves so many numbers behind its last argument, a tuple of both.
    """
    key = key_of([text, takes, str(gives)])

    def made() -> Callable[..., Any]:
        found = _functions.get(key)  # another thread may have made it meanwhile
        if found is None:
            found = _functions[key] = _loaded(kept(key, lambda: _compiled(text, takes, gives)))
            _latest.append(found)
        return found

    found = _functions.get(key)
    return _in_background(made, text.count("\n")) if found is None else found


def _compiled(text: str, takes: str, gives: int) -> bytes:
    """The object code of the function `run` and its entry."""
    module, machine = _optimised(text, takes, gives)
    _unless_ending()
    return bytes(machine.emit_object(module))


def _optimised(text: str, takes: str, gives: int) -> tuple[Any, Any]:
    """The module of that code, and the machine that it is for."""
    from .lower import Lowering  # not needed for what is found on disk

    has_loops = "    for " in text
    machine = _machine(is_hasty=not has_loops and text.count("\n") > _ENDLESS)
    lowering = Lowering(text, takes + "d" * bool(gives), has_loops)
    add_entry(lowering.module, lowering.run, takes, gives)
    lowering.module.triple, lowering.module.data_layout = machine.triple, str(machine.target_data)
    context = llvm.create_context()  # the numbers that a text mentions stay in memory as long as it does
    module = llvm.parse_assembly(str(lowering.module), context)
    # more (3) takes half as long again and unrolls loops over lanes that SLP then cannot turn into vectors
    tuning = llvm.create_pipeline_tuning_options(speed_level=2)
    tuning.slp_vectorization = has_loops  # in straight lines it finds little, and takes most of the time
    builder = llvm.create_pass_builder(machine, tuning)
    passes = llvm.create_new_module_pass_manager()
    if has_loops:
        passes = builder.getModulePassManager()
    else:
        for each in _STRAIGHT:
            getattr(passes, f"add_{each}_pass")()
    _unless_ending()
    passes.run(module, builder)
    return module, machine


@cache
def width() -> int:
    """How many float64 the processor multiplies at once."""
    features = llvm.get_host_cpu_features()
    return 8 if features.get("avx512f") else 4 if features.get("avx") else 2


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


def _loaded(code: bytes) -> Callable[..., Any]:
    """The entry, in memory for as long as somebody has it."""
    prepare()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    function = function_at(engine.get_function_address("call"))
    finalize(function, _release, engine).atexit = False
    return function


def _release(engine: Any) -> None:
    """Frees machine code: now, or when LLVM has no more to do for another thread."""
    _dropped.append(engine)
    _tidy()


def _tidy() -> None:
    if _dropped and _lock.acquire(blocking=False):
        try:
            while _dropped:
                _dropped.pop().close()
        finally:
            _lock.release()


def _in_background(work: Callable[[], Any], lines: int) -> Any:
    """What `work` gives, in a thread that has LLVM to itself.

    It says so when that takes over a second, and Ctrl-C does not wait for it.
    """
    if _is_ending:  # when no thread can be started any more
        with _lock:
            _unless_ending()
            return work()
    found: list[Any] = []

    def run() -> None:
        try:
            with _lock:
                _unless_ending()
                found.append((work(), None))
        except BaseException as error:
            found.append((None, error))
        _tidy()

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


def _unless_ending() -> None:
    """Raises where the program ends and this is not what it does last."""
    if _is_ending and threading.current_thread() is not threading.main_thread():
        raise RuntimeError("the program ends, and machine code is not compiled any more")


def _end() -> None:
    """Waits for LLVM to have done what it is at; Ctrl-C does not help."""
    global _is_ending
    _is_ending = True
    while True:
        with suppress(KeyboardInterrupt), _lock:
            return


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)

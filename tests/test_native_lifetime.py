"""Machine code lives as long as its function; a fork and the end of a program wait for the compiler, not for ever."""

import gc
import os
import random
import signal
import subprocess
import sys
import time

import pytest

import autograd

pytest.importorskip("llvmlite")

from autograd.compiling.native import kernel

STATM = "/proc/self/statm"
CHAIN = """
import os, random, threading, time
import numpy as np, autograd

def chain(xs):
    total = 0.0
    for x in xs:
        total = autograd.sin(total * random.random() + x)
    return total

def in_child(work):
    pid = os.fork()
    if not pid:
        os._exit(0 if work() == expected else 1)
    end = time.monotonic() + 60.0
    while not (ended := os.waitpid(pid, os.WNOHANG))[0]:
        if time.monotonic() > end:
            os.kill(pid, 9)
            raise SystemExit("the child hangs")
        time.sleep(0.02)
    assert ended[1] == 0
"""
WITH_POOL = """
f = autograd.compile(lambda row: autograd.sum([x * x for x in row]), batch=0, native=True, threads=2)
rows = np.ones((64, 4))
expected = f.value_and_grad(rows)[0]
in_child(lambda: f.value_and_grad(rows)[0])
"""
WHILE_COMPILING = """
from autograd.compiling.native import kernel
compiling = threading.Thread(target=lambda: autograd.compile(chain, native=True).value_and_grad([0.1] * 200))
compiling.start()
while not kernel._lock.locked():
    time.sleep(0.001)
expected = 6.0
in_child(lambda: autograd.compile(lambda x: x * 3.0, native=True)(2.0))
compiling.join()
"""
WHILE_RECORDING = """
begun, forked = threading.Event(), threading.Event()

@autograd.compile(native=False)
def f(x):
    if not begun.is_set():
        begun.set()
        forked.wait()
    return x * 3.0

recording = threading.Thread(target=lambda: f(1.0))
recording.start()
begun.wait()
expected = 6.0
in_child(lambda: f(2.0))
forked.set()
recording.join()
"""
INTERRUPTED = """
print("go", flush=True)
try:
    for k in range(200):
        autograd.compile(chain, native=True).value_and_grad([0.1] * (200 - k))
except KeyboardInterrupt:
    pass
"""


def size():
    """MB of memory that this process has."""
    gc.collect()
    with open(STATM) as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def compile_and_drop(count):
    for _ in range(count):
        factor = random.random()
        f = autograd.compile(lambda x, y, factor=factor: autograd.sin(x * factor) * y, native=True)
        f.value_and_grad(0.3, 0.4)


def run(program):
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHAIN + program], capture_output=True, text=True, timeout=180
    )


@pytest.mark.alone
@pytest.mark.skipif(not os.path.exists(STATM), reason="no /proc")
@pytest.mark.parametrize("count", [50, pytest.param(2000, marks=pytest.mark.slow)])
def test_what_was_compiled_for_a_dropped_function_leaves_the_memory(count, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_CACHE", "")
    compile_and_drop(50)
    before = size()
    compile_and_drop(count)
    assert size() - before < 5.0 + count * 0.01


def test_machine_code_is_released_with_the_last_program_that_has_it(monkeypatch):
    released = []
    monkeypatch.setattr(kernel, "_release", released.append)
    monkeypatch.setattr(kernel, "_latest", [])
    made = [autograd.compile(lambda x: autograd.exp(x) * 1.2345678, native=True) for _ in range(2)]
    assert made[0](1.0) == made[1](1.0)
    kernel._latest.clear()
    for left in (0, 1):
        made.pop()
        gc.collect()
        assert len(released) == left
    released.pop().close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize("program", [WITH_POOL, WHILE_COMPILING, WHILE_RECORDING])
def test_a_forked_child_goes_on(program):
    ended = run(program)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.alone
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for another process")
@pytest.mark.parametrize("seed", [0, *[pytest.param(k, marks=pytest.mark.slow) for k in range(1, 20)]])
def test_the_end_of_a_program_waits_for_a_compiler_that_was_interrupted(seed):
    process = subprocess.Popen(
        [sys.executable, "-c", CHAIN + INTERRUPTED],
        env=os.environ | {"AUTOGRAD_CACHE": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()
    time.sleep(0.5 + 2.0 * random.Random(seed).random())
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=120)[1] == ""
    assert process.returncode == 0


@pytest.mark.alone
def test_the_time_to_compile_grows_no_faster_than_the_number_of_comparisons(monkeypatch):
    def steps(x, count):
        total = x
        for _ in range(count):
            total = total + 0.001 * autograd.sin(total)
            if total > 1e9:
                total = total * 2.0
        return total

    monkeypatch.setenv("AUTOGRAD_CACHE", "")
    seconds = []
    for count in (10, 150, 600):  # the first imports the compiler
        start = time.process_time()
        autograd.compile(lambda x, count=count: steps(x, count), native=True).value_and_grad(1.0)
        seconds.append(time.process_time() - start)
    assert seconds[2] < 8.0 * seconds[1]  # four times as many; it was more than twelve times as long

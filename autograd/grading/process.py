"""Process: somebody's class at work in a process of its own, with limits, so that nothing it does reaches ours."""

from __future__ import annotations

import faulthandler
import importlib.util
import json
import operator
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Script = list[list[Any]]
_OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "neg": operator.neg,
    "iadd": operator.iadd,
}
MOST_LOST = 2  # processes: a class that loses more is not examined further
WRITTEN = 1 << 20  # bytes that a file may be long
LOADING = 20.0  # seconds that a file may take to be imported


@dataclass(frozen=True)
class Answer:
    """What came of a script: the numbers and gradients at each `read`, or why there are none."""

    reads: list[list[list[float]]] = field(default_factory=list)
    error: str = ""  # the kind of exception, "Timeout" or "Died"
    says: str = ""
    step: int = 0  # of the script, in which it happened


@dataclass(frozen=True)
class Limits:
    """What a class may use: seconds for each small graph, and mebibytes of memory."""

    seconds: float = 2.0
    memory: int = 1024


class Student:
    """A class, or a file that defines it, that answers scripts; a new process is begun after one that did not end."""

    def __init__(self, source: Any, name: str, limits: Limits, in_process: bool) -> None:
        if not in_process and not hasattr(os, "fork"):
            raise OSError("no process can be forked here; grade(..., in_process=True) runs the class in ours")
        self.source, self.name, self.limits, self.in_process = source, name, limits, in_process
        self.pid = self.asks = self.answers = 0
        self.folder = ""
        self.lost = 0  # processes that did not end, or died

    def __enter__(self) -> Student:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def run(self, script: Script) -> Answer:
        """Does what a script says with the class, and returns what was read."""
        if self.in_process:
            return Answer(**execute(found(self.source, self.name), script))
        if not self.pid:
            self.begin()
            loaded = self._asked([], LOADING)  # a file may import much
            if loaded.error:
                return loaded
        return self._asked(script, self.limits.seconds)

    def _asked(self, script: Script, seconds: float) -> Answer:
        try:
            os.write(self.asks, json.dumps(script).encode() + b"\n")
            line = self._line(seconds)
        except BrokenPipeError:
            line = b""
        if line is None:
            self.lost += 1
            self.end()
            return Answer(error="Timeout", says=f"it does not end within {seconds:g} seconds")
        if not line:
            self.lost += 1
            return Answer(error="Died", says=self.end() or "it ended the process in which it ran")
        return Answer(**json.loads(line))

    def begin(self) -> None:
        """Starts a process that waits for scripts."""
        self.folder = tempfile.mkdtemp(prefix="grade-")
        asked, self.asks = os.pipe()
        self.answers, answered = os.pipe()
        sys.stdout.flush()
        with warnings.catch_warnings():
            # Python warns of threads, which do not live on in the new process; it needs none
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if not self.pid:
            _live(self.source, self.name, self.limits, self.folder, asked, answered)
        os.close(asked)
        os.close(answered)

    def end(self) -> str:
        """Ends the process, and whatever it has started; says of what it died, if it had."""
        if not self.pid:
            return ""
        died = ""
        time.sleep(0.01)
        ended, status = os.waitpid(self.pid, os.WNOHANG)
        if ended and os.WIFSIGNALED(status):
            died = f"it crashed Python ({signal.Signals(os.WTERMSIG(status)).name})"
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if not ended:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.asks)
        os.close(self.answers)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.pid = 0
        return died

    def _line(self, seconds: float) -> bytes | None:
        """The next line of the process: empty if it has ended, None if it took too long."""
        until, parts = time.monotonic() + seconds, list[bytes]()
        while not (parts and parts[-1].endswith(b"\n")):
            ready, _, _ = select.select([self.answers], [], [], max(until - time.monotonic(), 0.0))
            if not ready:
                return None
            part = os.read(self.answers, 1 << 16)
            if not part:
                return b""
            parts.append(part)
        return b"".join(parts)


def _live(source: Any, name: str, limits: Limits, folder: str, asked: int, answered: int) -> None:
    """The life of a process: it never returns, whatever happens in it."""
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        faulthandler.disable()  # it would write where ours writes
        _keep_to(limits)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        # a notebook has others, which would write into it from here
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
        os.chdir(folder)
        sys.dont_write_bytecode = True
        warnings.simplefilter("ignore")
        with os.fdopen(asked) as scripts:
            for line in scripts:
                try:
                    reply = execute(found(source, name), json.loads(line))
                except BaseException as error:  # of a file that does not run
                    reply = _failure(error, 0)
                os.write(answered, json.dumps(reply).encode() + b"\n")
    finally:
        os._exit(0)


def _keep_to(limits: Limits) -> None:
    """Sets what the process may use."""
    import resource

    try:
        now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        now = 1 << 33
    most = {
        resource.RLIMIT_AS: now + limits.memory * (1 << 20),
        resource.RLIMIT_FSIZE: WRITTEN,
        resource.RLIMIT_CORE: 0,
    }
    for what, amount in most.items():
        _, hard = resource.getrlimit(what)
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))


_loaded: dict[str, Any] = {}


def found(source: Any, name: str) -> Any:
    """The class itself, or the one of that name in a file."""
    if not isinstance(source, Path):
        return source
    path = str(source)
    if path not in _loaded:
        sys.path.insert(0, str(source.parent))
        spec = importlib.util.spec_from_file_location("student", path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} is not a file of Python")
        module = importlib.util.module_from_spec(spec)
        sys.modules["student"] = module
        spec.loader.exec_module(module)
        _loaded[path] = module
    if not hasattr(_loaded[path], name):
        raise ImportError(f"{source.name} defines no {name!r}")
    return getattr(_loaded[path], name)


def execute(cls: Any, script: Script) -> dict[str, Any]:
    """Does a script with a class; whatever it raises is told, not raised."""
    nodes: list[Any] = []
    reads: list[list[list[float]]] = []
    done = 0
    try:
        for what, *of in script:
            if what == "leaf":
                nodes.append(cls(of[0]))
            elif what == "op":
                nodes.append(_applied(cls, of[0], [x[0] if isinstance(x, list) else nodes[x] for x in of[1:]]))
            elif what == "backward":
                nodes[of[0]].backward()
            elif what == "zero":
                for k in of[0]:
                    nodes[k].grad = 0.0
            elif what == "seed":
                nodes[of[0]].grad = 1.0
            else:
                reads.append([[number(node.data), number(node.grad)] for node in nodes])
            done += 1
    except BaseException as error:  # SystemExit too
        return _failure(error, done)
    return {"reads": reads}


def _applied(cls: Any, name: str, inputs: list[Any]) -> Any:
    if name in _OPERATORS:
        return _OPERATORS[name](*inputs)
    if hasattr(inputs[0], name):
        return getattr(inputs[0], name)()
    function = getattr(sys.modules.get(cls.__module__), name, None)  # exp(x) in place of x.exp()
    if function is None:
        raise AttributeError(f"{cls.__name__!r} has no {name!r}")
    return function(inputs[0])


def number(x: Any) -> float:
    """A number of theirs as one of ours; None is a gradient that has not been set."""
    while not isinstance(x, (int, float)) and hasattr(x, "data") and not hasattr(x, "item"):
        x = x.data  # a gradient that is a Value
    return 0.0 if x is None else float(x.item() if hasattr(x, "item") else x)


def _failure(error: BaseException, step: int) -> dict[str, Any]:
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != __file__ and not frame.filename.startswith("<frozen")
    ]
    place = f", in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    if isinstance(error, SyntaxError):
        place = f", in line {error.lineno}"
    says = traceback.format_exception_only(error)[-1].strip()[:300]
    return {"error": type(error).__name__, "says": f"{says}{place}", "step": step}

"""Disk: what was compiled is kept for the next time, in a folder that may be deleted at any time."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import llvmlite
from llvmlite import binding as llvm

_FORMAT = "tapegrad kernel 3"
_MOST = 1000  # files, of some 50 kB each; the oldest go
_DIGEST = hashlib.sha256().digest_size


def key_of(parts: Iterable[str]) -> str:
    """A name for what is compiled from these parts, by this version, on this processor."""
    return hashlib.sha256("\0".join([*parts, *_compiler()]).encode()).hexdigest()[:40]


def kept(key: str, make: Callable[[], bytes]) -> bytes:
    """What `make` gives, or gave the last time, for the same key."""
    folder = _folder()
    if folder is None:
        return make()
    path = folder / f"{key}.o"
    found = _read(path)
    if found is None:
        found = make()
        with suppress(OSError):  # a folder that cannot be written to: it is made again the next time
            _write(path, found)
    return found


@cache
def _compiler() -> list[str]:
    """What all machine code depends on: Python, the compilers, of which this package is one, and the processor."""
    own = (path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.py")))
    return [
        _FORMAT,
        sys.version,
        llvmlite.__version__,
        _numba(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        *own,
    ]


def _numba() -> str:
    """Which numba it is; to import it takes half a second, to ask `importlib.metadata` 10 ms."""
    spec = find_spec("numba")
    told = Path(str(spec.origin)).with_name("_version.py") if spec else Path()
    if told.is_file():
        return told.read_text(encoding="utf-8")
    from importlib.metadata import version

    return version("numba")


def _folder() -> Path | None:
    """AUTOGRAD_CACHE, or a folder for caches in the user's home; None for nowhere."""
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


def _read(path: Path) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, code = content[:_DIGEST], content[_DIGEST:]
    return code if code and hashlib.sha256(code).digest() == digest else None


def _write(path: Path, code: bytes) -> None:
    partial = path.with_suffix(f".{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial.write_bytes(hashlib.sha256(code).digest() + code)
    partial.replace(path)  # whoever reads meanwhile sees all of it or nothing
    others = sorted(path.parent.glob("*.o"), key=lambda one: one.stat().st_mtime)
    for old in others[:-_MOST]:
        old.unlink(missing_ok=True)

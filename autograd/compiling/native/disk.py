"""Disk: what was compiled is kept for the next time, in a folder that may be deleted at any time.

It is run as it is found. So it is read only from a file that is the user's own, that nobody else can write to, and that
says itself which key it was made for: whoever may rename files in the folder can at most let it be compiled again.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

import llvmlite
from llvmlite import binding as llvm

from ...files import UNFINISHED, replace

_FORMAT = "tapegrad kernel 4"
_MOST = 1000  # files, of some 50 kB each; the oldest go
_MOST_BYTES = 256 * 2**20  # of all of them
_DIGEST = hashlib.sha256().digest_size
# what a program left that was killed while it wrote, of this version and of those that named files by processes
_LEFT = re.compile(rf"\.[0-9a-f]{{16}}{re.escape(UNFINISHED)}|[0-9a-f]{{40}}\.\d+")


def key_of(parts: Iterable[str]) -> str:
    """A name for what is compiled from these parts, by this version, on this processor."""
    return hashlib.sha256("\0".join([*parts, *_compiler()]).encode()).hexdigest()[:40]


def kept(key: str, make: Callable[[], bytes]) -> bytes:
    """What `make` gives, or gave the last time, for the same key."""
    folder = _folder()
    if folder is None:
        return make()
    found = _read(folder, key)
    if found is None:
        found = make()
        with suppress(OSError):  # a folder that cannot be written to: it is made again the next time
            _write(folder, key, found)
    return found


@cache
def _compiler() -> list[str]:
    """What all machine code depends on: Python, the compiler and this package, and the processor."""
    special = Path(__file__).parents[2] / "special"  # words that are printed for kernels
    files = [*sorted(Path(__file__).parent.glob("*.py")), *sorted(special.glob("*.py"))]
    own = (path.read_text(encoding="utf-8") for path in files)
    return [
        _FORMAT,
        sys.version,
        llvmlite.__version__,
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        *own,
    ]


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


def _read(folder: Path, key: str) -> bytes | None:
    flags = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    try:
        number = os.open(folder / f"{key}.o", flags)
    except OSError:
        return None
    with os.fdopen(number, "rb") as file:
        if not _is_own(os.fstat(number)):
            return None
        content = file.read()
    digest, code = content[:_DIGEST], content[_DIGEST:]
    return code if code and _digest(key, code) == digest else None


def _is_own(found: os.stat_result) -> bool:
    """Whether it is a file in which nobody but the user could have written anything."""
    if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:
        return False
    return not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)


def _digest(key: str, code: bytes) -> bytes:
    return hashlib.sha256(key.encode() + code).digest()


def _write(folder: Path, key: str, code: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace(folder / f"{key}.o", _digest(key, code) + code, 0o600)
    found = []
    for one in os.scandir(folder):
        with suppress(FileNotFoundError):  # another process makes room too
            if _LEFT.fullmatch(one.name):
                os.unlink(one.path)
            elif one.name.endswith(".o"):
                told = one.stat(follow_symlinks=False)
                found.append((told.st_mtime, told.st_size, one.path))
    room = _MOST_BYTES
    for k, (_, size, path) in enumerate(sorted(found, reverse=True)):
        room -= size
        if k >= _MOST or room < 0:
            with suppress(FileNotFoundError):
                os.unlink(path)

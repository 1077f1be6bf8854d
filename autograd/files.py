"""Files: whoever looks, at whatever moment, finds the old file or the new one, whole, and nothing beside it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

UNFINISHED = ".unfinished"  # how the names of files end that are not whole yet


def write(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Writes a file: it takes the place of an older one only when all of it is on the disk.

    A link stays one, and what it leads to is written; the rights that an older file had stay too, and a new one gets
    those that are usual for the user. What is no file, such as /dev/stdout, is written to as it is.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    old = os.stat(path) if os.path.exists(path) else None
    if old is not None and not stat.S_ISREG(old.st_mode):
        Path(path).write_bytes(data)
    elif old is not None and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "the file that is there may not be written to", os.fspath(path))
    else:
        replace(os.path.realpath(path), data, 0o666, old)
    return Path(path)


def replace(target: str | os.PathLike[str], data: bytes, mode: int, old: os.stat_result | None = None) -> None:
    """Puts a file in the place of what has that name, a link too, with the rights and the owner of an `old` one."""
    folder = os.path.dirname(os.fspath(target)) or "."
    unfinished = os.path.join(folder, f".{os.urandom(8).hex()}{UNFINISHED}")
    try:
        if not _without_a_name(folder, unfinished, data, mode, old):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(unfinished, flags, mode), "wb") as file:
                _fill(file, unfinished, data, old)
        os.replace(unfinished, target)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(unfinished)
        if isinstance(error, OSError):
            error.filename, error.filename2 = os.fspath(target), None  # which the user knows
        raise
    with suppress(OSError), _folder(folder) as at:
        os.fsync(at)  # the new name too must outlast a power cut; not every system can say so


def _without_a_name(folder: str, name: str, data: bytes, mode: int, old: os.stat_result | None) -> bool:
    """Writes a file that gets its name when it is whole, so that a program that is killed leaves nothing behind.

    False where the system cannot do that.
    """
    try:
        number = os.open(folder, os.O_TMPFILE | os.O_WRONLY, mode)
    except (AttributeError, OSError):
        return False
    with os.fdopen(number, "wb") as file:
        _fill(file, number, data, old)
        # given the number of a folder Python follows the link from number to file, and else it does not
        with suppress(OSError), _folder(folder) as at:
            os.link(f"/proc/self/fd/{number}", os.path.basename(name), dst_dir_fd=at)
            return True
    return False


def _fill(file: Any, path: int | str, data: bytes, old: os.stat_result | None) -> None:
    file.write(data)
    file.flush()
    if old is not None:
        _keep(old, path)
    os.fsync(file.fileno())


def _keep(old: os.stat_result, file: int | str) -> None:
    new = os.stat(file)
    if hasattr(os, "chown") and (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        with suppress(OSError):  # only root may give a file to somebody else
            os.chown(file, old.st_uid, old.st_gid)
    os.chmod(file, stat.S_IMODE(old.st_mode))


@contextmanager
def _folder(folder: str) -> Iterator[int]:
    at = os.open(folder, os.O_RDONLY)
    try:
        yield at
    finally:
        os.close(at)

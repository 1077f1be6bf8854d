"""Callers: which line of the user's program is running, looked for past the frames of this package."""

from __future__ import annotations

import os
import sys
from types import CodeType, FrameType

from .vocabularies.printed import PREFIX

_OWN = (os.path.dirname(os.path.abspath(__file__)) + os.sep, PREFIX)


def caller() -> tuple[str, int]:
    """The file and the line of the user's code that is running."""
    frame = user_frame()
    return frame.f_code.co_filename, frame.f_lineno


def user_frame() -> FrameType:
    """The first frame outside this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and is_own(frame.f_code):
        frame = frame.f_back
    return frame


def codes_between(outermost: int) -> list[CodeType]:
    """The code of the user's functions that are running, down to the frame of that identity."""
    frame: FrameType | None = sys._getframe(1)
    found = []
    while frame is not None and id(frame) != outermost:
        if not is_own(frame.f_code):
            found.append(frame.f_code)
        frame = frame.f_back
    return found


def is_own(code: CodeType) -> bool:
    """Whether code is this package's, in its files or printed by it."""
    return code.co_filename.startswith(_OWN)


def shown(file: str) -> str:
    """A file as its reader knows it: a cell of a notebook by its number, as Jupyter's tracebacks name it."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    named = getattr(getattr(shell, "compile", None), "format_code_name", lambda file: None)(file)
    return " ".join(named) if named else file

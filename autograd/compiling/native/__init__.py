"""Native: packed programs as loops, compiled to machine code where llvmlite is installed."""

import os
from importlib.util import find_spec


def is_native(asked: bool | None) -> bool:
    """Whether programs are to be compiled to machine code: as asked, or where llvmlite is installed.

    The environment variable AUTOGRAD_NATIVE=0 turns it off where nothing is asked.

    Raises:
        ModuleNotFoundError: it is asked for, and llvmlite is missing.
    """
    if asked is False or (asked is None and os.environ.get("AUTOGRAD_NATIVE") == "0"):
        return False
    if find_spec("llvmlite") is not None:
        return True
    if asked:
        raise ModuleNotFoundError("native=True needs llvmlite, which the extra `fast` brings: pip install llvmlite")
    return False


def is_insisted_on(asked: bool | None) -> bool:
    """Whether machine code is to be made for the first run: as asked, or where AUTOGRAD_NATIVE=1 says so."""
    return asked is True or (asked is None and os.environ.get("AUTOGRAD_NATIVE") == "1")

"""What is needed beyond the standard library: NumPy, by some."""

from importlib.util import find_spec


def has_numpy() -> bool:
    """Whether it is installed."""
    try:
        return find_spec("numpy") is not None
    except (ImportError, ValueError):  # something hides it
        return False


def need_numpy(what: str) -> None:
    """Says that `what` needs NumPy, where it is missing.

    Raises:
        ImportError: as said.
    """
    if not has_numpy():
        raise ImportError(f"{what} needs NumPy, which is not installed: pip install numpy")

"""Pictures: a computation graph as SVG, the tape as a table, a sweep to step through, the paths of a gradient.

Here is what other packages draw with: what they register as a `drawer` paints a `Picture` with these.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .drawers import drawer

if TYPE_CHECKING:
    from . import svg
    from .lettering import clean, counted, figure, fitted
    from .naming import grad_in_full
    from .page import Page
    from .picture import Picture

__all__ = ["Page", "Picture", "clean", "counted", "drawer", "figure", "fitted", "grad_in_full", "svg"]

# Imported when first asked for: who registers a drawer may never draw.
_LAZY = {
    "Page": "page",
    "Picture": "picture",
    "clean": "lettering",
    "counted": "lettering",
    "figure": "lettering",
    "fitted": "lettering",
    "grad_in_full": "naming",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f".{_LAZY[name]}", __name__), name)
    if name == "svg":
        return import_module(".svg", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

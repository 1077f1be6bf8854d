"""Scalar automatic differentiation on a tape: write scalars, get exact derivatives.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> y = x**2 + 2 * x
    >>> y.backward()
    >>> x.grad
    8.0

`Value` is a number that remembers where it came from; every operation is a function here and a method of Value.
"""

from importlib import import_module
from typing import Any

from . import copying as copying  # teaches Value to be copied and pickled
from .anomaly import detect_anomaly
from .checks.formulas import derivative_table
from .checks.gradcheck import GradientError, gradcheck
from .checks.gradcheck import Report as Report
from .core.ops import TABLE as TABLE
from .core.ops import Op as Op
from .core.value import Value
from .interop import asked as asked  # and to answer NumPy
from .interop import micrograd as micrograd  # and those who know micrograd's
from .interop import numbers as numbers  # and NumPy's loops over objects
from .modes import no_grad, scope
from .moved import module_of
from .needed import has_numpy
from .primitive import primitive
from .repeating import repeat
from .serialisation import from_json, to_json
from .special import OWN
from .tape import Guard, Tape
from .verbs import observed as observed  # looks at sweeps where somebody wants to
from .verbs.checkpoint import checkpoint
from .verbs.derivatives import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from .verbs.hooks import Hook as Hook
from .verbs.hooks import hook
from .verbs.selected import backward, gradients
from .vocabularies import functions
from .vocabularies.functions import log_softmax, softmax

# Imported when first asked for: most programs draw nothing, and many compile nothing.
_LAZY = {
    "Compiled": "compiling.compiled",
    "Coordinates": "verbs.sparsity",
    "Explanation": "pictures.explain",
    "GuardError": "compiling.programs.program",
    "Picture": "pictures.picture",
    "Player": "pictures.player",
    "Slides": "pictures.slide",
    "UncompiledWarning": "compiling.versions.uncompiled",
    "Minimum": "solving.minimize",
    "compile": "compiling.function",
    **dict.fromkeys(
        ("cummax", "cummin", "cumprod", "cumsum", "interp", "median", "polyval", "softmin", "sort"), "lists"
    ),
    **dict.fromkeys(("divergence", "elementwise_grad", "hessian_diagonal", "laplacian"), "verbs.diagonals"),
    "draw": "pictures.drawing",
    "explain": "pictures.explain",
    "implicit": "solving.root",
    "minimize": "solving.minimize",
    "odeint": "solving.odeint",
    "play": "pictures.player",
    "root": "solving.root",
    "slide": "pictures.slide",
}


def __getattr__(name: str) -> Any:
    if name == "linalg":
        return import_module(".linalg", __name__)
    if name in OWN:
        return getattr(functions, name)
    if name in _LAZY:
        return getattr(import_module(f".{_LAZY[name]}", __name__), name)
    return module_of(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_NOT_STARRED})


for _name in TABLE.keys() - OWN.keys():
    globals()[_name] = getattr(functions, _name)

# `from autograd import *` leaves Python's own sum, max, abs, ... alone: they work on Values too. The classes of what
# functions make are there for annotations.
_NOT_STARRED = {"abs", "max", "min", "pow", "round", "sum", "__version__"}
_NOT_STARRED |= {"Coordinates", "Explanation", "Hook", "Minimum", "Op", "Picture", "Player", "Report", "Slides"}
_COMPILING = ("GuardError", "UncompiledWarning", "compile") if has_numpy() else ()
if _COMPILING:
    _NOT_STARRED.add("Compiled")
__all__ = [
    *(name for name in TABLE if name not in _NOT_STARRED),
    *_COMPILING,
    "GradientError",
    "Guard",
    "Tape",
    "Value",
    "backward",
    "checkpoint",
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "derivative_table",
    "detect_anomaly",
    "divergence",
    "draw",
    "elementwise_grad",
    "explain",
    "from_json",
    "grad",
    "gradcheck",
    "gradients",
    "hessian",
    "hessian_diagonal",
    "hook",
    "hvp",
    "implicit",
    "interp",
    "jacobian",
    "jvp",
    "laplacian",
    "linalg",
    "log_softmax",
    "median",
    "minimize",
    "no_grad",
    "odeint",
    "play",
    "polyval",
    "primitive",
    "repeat",
    "root",
    "scope",
    "slide",
    "softmax",
    "softmin",
    "sort",
    "to_json",
    "value_and_grad",
    "vjp",
]

__version__ = "0.1.0"

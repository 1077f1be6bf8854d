"""micrograd: the engine that showed how small one can be."""

from importlib.metadata import version

from micrograd.engine import Value

from .scalar_engine import Engine


def about() -> str:
    return f"micrograd {version('micrograd')}"


TASKS = Engine(Value).tasks()
_LOGARITHM = "it has no exponential and no logarithm"
for _kind in ("digits", "gpt"):
    del TASKS[_kind]
LEFT_OUT = {"digits": _LOGARITHM, "gpt": _LOGARITHM, "rosenbrock hessian": "it has first derivatives only"}

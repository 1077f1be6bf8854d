"""Random programs that read state along random paths: after random changes, compiled equals eager."""

import random
import types
from collections import deque

import numpy as np
import pytest

import autograd
from autograd import Value


class Thing:
    """An object with attributes."""

    kind = 1.5

    def __init__(self, **attributes):
        vars(self).update(attributes)

    @property
    def doubled(self):
        return self.kind * 2


class Slots:
    __slots__ = ("p", "q")


LEAVES = [
    lambda draw: draw.choice([0.0, -0.0, 1.0, 1, True, 2, 2.5, -3.0, 1e300]),
    lambda draw: Value(draw.uniform(-2, 2)),
]


def tree(draw, depth):
    """State, and the expressions of all numbers in it as text behind its name."""
    if depth == 0 or draw.random() < 0.2:
        return draw.choice(LEAVES)(draw), [""]
    parts = [tree(draw, depth - 1) for _ in range(draw.randint(1, 3))]
    contents, names = [part for part, _ in parts], "pqr"
    kind = draw.choice(["list", "tuple", "dict", "object", "namespace", "slots", "deque", "array", "module", "closure"])
    if kind in ("list", "tuple", "deque"):
        return {"list": list, "tuple": tuple, "deque": deque}[kind](contents), paths(parts, "[{}]")
    if kind == "dict":
        return dict(zip(names, contents)), paths(parts, "['{1}']")
    if kind == "array":
        made = np.array([draw.uniform(-2, 2) for _ in parts])
        return made, [f"[{k}]" for k in range(len(parts))]
    if kind == "closure":
        content = contents[0]
        return (lambda: content), [f"(){path}" for path in parts[0][1]]
    if kind == "slots":
        made = Slots()
        for name, content in zip("pq", contents):
            setattr(made, name, content)
        return made, paths(parts[:2], ".{1}")
    made = {"object": Thing, "namespace": types.SimpleNamespace}.get(kind, lambda **them: _module(them))
    more = [".doubled", ".kind"] if kind == "object" else []
    return made(**dict(zip(names, contents))), paths(parts, ".{1}") + more


def _module(attributes):
    made = types.ModuleType("settings")
    vars(made).update(attributes)
    return made


def paths(parts, form):
    return [form.format(k, "pqr"[k]) + path for k, (_, inner) in enumerate(parts) for path in inner]


def places(x):
    """All containers in some state that can be changed."""
    found, waiting, seen = [], [x], set()
    while waiting:
        x = waiting.pop()
        if id(x) in seen or isinstance(x, Value | float | int):
            continue
        seen.add(id(x))
        if isinstance(x, list | deque | dict | np.ndarray) or hasattr(x, "__dict__") or isinstance(x, Slots):
            found.append(x)
        if isinstance(x, types.FunctionType):
            waiting += [cell.cell_contents for cell in x.__closure__]
        elif isinstance(x, dict):
            waiting += x.values()
        elif isinstance(x, list | tuple | deque):
            waiting += x
        elif isinstance(x, Slots):
            waiting += [getattr(x, name) for name in "pq" if hasattr(x, name)]
        elif hasattr(x, "__dict__"):
            waiting += [content for name, content in vars(x).items() if not name.startswith("__")]
    return found


def change(draw, state):
    """Changes one thing somewhere."""
    x, new = draw.choice(places(state) or [None]), draw.choice(LEAVES)(draw)
    if isinstance(x, np.ndarray):
        x[draw.randrange(len(x))] = draw.uniform(-2, 2)
    elif isinstance(x, list | deque) and x:
        k = draw.randrange(len(x))
        draw.choice([lambda: x.__setitem__(k, new), lambda: x.reverse(), lambda: x.append(new)])()
    elif isinstance(x, dict) and x:
        x[draw.choice([*x, "new"])] = new
    elif isinstance(x, Thing) and draw.random() < 0.3:
        draw.choice([lambda: setattr(Thing, "kind", draw.uniform(1, 2)), lambda: setattr(x, "kind", new)])()
    elif isinstance(x, Slots):
        setattr(x, draw.choice("pq"), new)
    elif x is not None and not isinstance(x, types.FunctionType):
        setattr(x, draw.choice("pqr"), new)


def outcome(run, x):
    """The result, or the kind of error."""
    try:
        return run(x)
    except (TypeError, AttributeError, KeyError, IndexError) as error:
        return type(error)


@pytest.mark.parametrize("seed", [*range(60), *(pytest.param(k, marks=pytest.mark.slow) for k in range(60, 3000))])
def test_state_that_changes_is_noticed_along_any_path(seed):
    draw, Thing.kind = random.Random(seed), 1.5
    state, found = tree(draw, draw.randint(1, 4))
    chosen = [draw.choice(found) for _ in range(3)]
    form = draw.choice(
        ["{0} * x + {1} * x - {2}", "sum(a * x for a in [{0}, {1}]) + {2}", "(lambda y: {0} * y)(x) + {1}"]
    )
    source = form.format(*(f"state{path}" for path in chosen))
    names = {"state": state, "__name__": "program"}
    exec(f"def f(x):\n    return {source}", names)
    compiled = autograd.compile(names["f"], native=False)
    for _ in range(12):
        x = draw.uniform(-1, 1)
        eager = outcome(autograd.value_and_grad(names["f"]), x)
        assert same(outcome(compiled.value_and_grad, x), eager), source
        if draw.random() < 0.1:
            names["state"] = state = tree(draw, 0)[0] if draw.random() < 0.1 else state
        change(draw, state)


def same(these, those):
    if isinstance(these, type) or isinstance(those, type):
        return these is those
    return np.allclose(these, [getattr(x, "data", x) for x in those], rtol=1e-12, equal_nan=True)

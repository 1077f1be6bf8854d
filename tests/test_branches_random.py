"""Random programs with branches: compiled, one call at a time and as a batch, they give what the functions give."""

import contextlib
import math
from collections import Counter

import numpy as np
import pytest
from branchy import module, points

import autograd
from autograd import Value

pytestmark = pytest.mark.filterwarnings("ignore::autograd.UncompiledWarning", "ignore::RuntimeWarning")
EACH = 20  # programs in a module


def state(made):
    """What the functions of a module can change outside."""
    return made.G, made.STATE["count"], len(made.STATE["log"]), made.BOX.seen


def eager(made, f, point):
    """What a function gives, or which error it raises; its derivatives; and what it changed."""
    made.reset()
    given, known = [Value(x) for x in point], (*made.W, made.BOX.shift)
    try:
        y = f(*given)
    except Exception as error:
        return type(error), [], [], None
    with contextlib.suppress(ValueError):  # it depends on nothing
        if isinstance(y, Value):
            y.backward()
    number = float(y.data if isinstance(y, Value) else y)
    return number, [x.grad for x in given], [x.grad for x in known], state(made)


def compiled(made, g, point):
    """The same of a compiled function."""
    made.reset()
    try:
        number, changed = float(g(*point)), state(made)
        made.reset()
        slopes = [float(x) for x in g.value_and_grad(*point)[1]]
        made.reset()
        with contextlib.suppress(ValueError):  # there is no Value to add a gradient to
            g.backward(*point)
    except Exception as error:
        return type(error), [], [], None
    return number, slopes, [x.grad for x in (*made.W, made.BOX.shift)], changed


def alike(x, y):
    if isinstance(x, type) or isinstance(y, type):
        return x is y
    return x == y or (x != x and y != y) or (math.isfinite(x) and math.isclose(x, y, rel_tol=1e-7, abs_tol=1e-7))


def is_right(right, found):
    return (
        alike(right[0], found[0])
        and all(map(alike, right[1], found[1]))
        and all(map(alike, right[2], found[2]))
        and right[3] == found[3]
    )


def look_at(made, f, seed):
    """Compares a function at many points, and says what became of its branches."""
    given = points(seed, 16)
    g = autograd.compile(f, argnums=(0, 1, 2))
    all_right = []
    for point in given:
        right = eager(made, f, point)
        all_right.append(right)
        found = compiled(made, g, point)
        assert is_right(right, found), (made.__file__, f.__name__, point, right, found, str(g.explain_branches()))
    fine = [(point, right) for point, right in zip(given, all_right, strict=True) if not isinstance(right[0], type)]
    if fine:
        look_at_batch(made, f, fine)
    info, report = g.cache_info(), g.explain_branches()
    if not info.programs:
        return "not compiled"
    if not report.chosen:
        return "guards" if report.guards else "no branches"
    return "choices and guards" if report.guards else "choices"


def look_at_batch(made, f, fine):
    places = 0, 1, 2
    g = autograd.compile(f, batch=places, argnums=places, reduce="sum")
    columns = [np.array(column) for column in zip(*(point for point, _ in fine), strict=True)]
    for _ in range(2):
        made.reset()
        values, slopes = g(*columns), g.value_and_grad(*columns)[1]
    made.reset()
    with contextlib.suppress(ValueError):
        g.backward(*columns)
    known = [x.grad for x in (*made.W, made.BOX.shift)]
    for k, (point, right) in enumerate(fine):
        assert alike(right[0], float(values[k])), (made.__file__, f.__name__, point, right, values[k])
        assert all(alike(a, float(b[k])) for a, b in zip(right[1], slopes, strict=True)), (f.__name__, point, right)
    total = np.sum([right[2] for _, right in fine], axis=0).tolist()
    assert all(map(alike, total, known)), (made.__file__, f.__name__, total, known)


def tally(path, seed, count=EACH):
    made = module(path, seed, count)
    return Counter(look_at(made, getattr(made, f"f{k}"), 1000 * seed + k) for k in range(count))


@pytest.mark.parametrize("seed", range(1000, 1004))
def test_programs_give_what_their_functions_give_whatever_became_of_their_branches(tmp_path, seed):
    found = tally(tmp_path, seed)
    assert found["choices"] + found["choices and guards"] >= EACH // 3, found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(150))
def test_three_thousand_programs_give_what_their_functions_give(tmp_path, seed):
    tally(tmp_path, seed)


def test_a_choice_of_the_wrong_arm_would_be_found(tmp_path, monkeypatch):
    from autograd.compiling.reading import merging

    right = merging._where
    monkeypatch.setattr(merging, "_where", lambda condition, a, b: right(condition, b, a))
    monkeypatch.setattr("autograd.compiling.reading.again._is_alike", lambda *_: True)
    with pytest.raises(AssertionError):
        tally(tmp_path, 1000)

"""The words of compiled kernels are the words of `autograd.core.floats`, in vector instructions."""

import math
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("llvmlite")

from autograd.compiling.native.kernel import _optimised, kernel
from autograd.compiling.native.library import known
from autograd.core import floats
from autograd.special.words import WORDS

GROUPS = {"each", "sum", "dot", "prod", "max", "min", "norm", "logsumexp", "pick"}
INPUTS = known()
EXACT = {
    *("div", "floordiv", "mod", "sqrt", "abs", "square", "floor", "ceil", "trunc"),
    *("step", "sign", "less", "equal", "where", "defined", "gate", "beside"),
    *("safe_div", "maximum", "minimum", "fmax", "fmin"),
}
# Words with zeros where terms cancel: their digits are those of the terms, not of the result.
CANCEL = {
    *("logaddexp", "logaddexp2", "betaln", "beta", "digamma_less", "lgamma", "gamma", "digamma", "trigamma"),
    *("polygamma", "sinc", "sinc_slope", "sinc_curve", "erfcx_curve", "i1e_slope", "i1_curve"),
}
# The error of a result, in units of its last place, that the sweep over a hundred thousand inputs must stay within.
SWEEPS = {
    "exp": (1.5, [(-746.0, 710.0), (-1.0, 1.0)]),
    "expm1": (2.0, [(-746.0, 710.0), (-1.0, 1.0), (-1e-9, 1e-9)]),
    "log": (1.5, [(0.0, 1e308), (0.0, 4.0), (0.9, 1.1), (0.0, 1e-307)]),
    "log2": (1.0, [(0.0, 1e308), (0.0, 4.0), (0.9, 1.1), (0.0, 1e-307)]),
    "log10": (1.0, [(0.0, 1e308), (0.0, 4.0), (0.9, 1.1), (0.0, 1e-307)]),
    "log1p": (1.5, [(-1.0, 1e308), (-1.0, 4.0), (-0.1, 0.1), (-1e-9, 1e-9)]),
    "tanh": (1.5, [(-20.0, 20.0), (-1.0, 1.0), (-1e-9, 1e-9)]),
    "sinh": (2.0, [(-711.0, 711.0), (-1.0, 1.0), (-1e-9, 1e-9)]),
    "cosh": (1.5, [(-711.0, 711.0), (-1.0, 1.0)]),
    "sigmoid": (2.0, [(-746.0, 40.0), (-1.0, 1.0)]),
    "softplus": (2.0, [(-746.0, 40.0), (-1.0, 1.0)]),
}
PRECISE = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
}


def loops(names):
    """A kernel of `p, stride, n` that runs each word over n elements: inputs in rows 0, 1, 2, one result a row."""
    lines = ["def run(p, stride, n):"]
    for row, name in enumerate(names, start=3):
        inputs = ", ".join(f"p[{k} * stride + i]" for k in range(INPUTS[name]))
        lines += ["    for i in range(n):", f"        p[{row} * stride + i] = {name}({inputs})"]
    return "\n".join([*lines, "    return 0.0", ""])


@pytest.fixture(scope="module")
def run():
    """Every word on columns of inputs: a dict from its name to its results."""
    call = kernel(loops(INPUTS), "dii")

    def results(a, b=0.0, c=0.0):
        table = np.zeros((3 + len(INPUTS), np.size(a)))
        table[0], table[1], table[2] = a, b, c
        call(table, table.shape[1], table.shape[1])
        return dict(zip(INPUTS, table[3:]))

    return results


def apart(x, y):
    """How many floats lie between x and y, within a binade."""
    if x == y or (math.isnan(x) and math.isnan(y)):
        return 0.0
    return abs(x - y) / math.ulp(y) if math.isfinite(x) and math.isfinite(y) else math.inf


def test_the_words_are_the_scalar_words_of_floats():
    defined = {name for name, value in vars(floats).items() if callable(value) and not name.startswith("_")}
    own = {name for name in defined if vars(floats)[name].__module__ == "autograd.primitive"}  # of other tests
    scalar = defined - GROUPS - own - {"Any", "Callable", "Sequence"}
    assert scalar - {"round"} == set(INPUTS)


number = (
    st.floats() | st.floats(-3.0, 3.0) | st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 1e-310, 5e-324, 709.8, -745.2])
)


@settings(deadline=None)  # the first call prints the words that are written once
@given(st.lists(st.tuples(number, number, number), min_size=9, max_size=9))
def test_every_word_means_what_it_means_on_floats(run, rows):
    columns = np.array(rows).T
    for name, results in run(*columns).items():
        for inputs, result in zip(rows, results):
            expected = getattr(floats, name)(*inputs[: INPUTS[name]])
            if name in CANCEL:
                assert near(result, expected, inputs), (name, inputs, result, expected)
                continue
            most = 0.0 if name in EXACT else 12.0 if name in WORDS else 4.0  # of two polynomials, each right to 4 or 6
            assert apart(result, expected) <= most, (name, inputs, result, expected)
            if expected == 0.0:
                assert math.copysign(1.0, result) == math.copysign(1.0, expected), (name, inputs, result)


def near(x, y, inputs):
    """Whether two results of terms that cancel differ by no more than those are rounded by."""
    size = max(1.0, abs(y), *(abs(v) for v in inputs if math.isfinite(v)))
    return apart(x, y) <= 64.0 or abs(x - y) <= 64 * math.ulp(size)


SUMS = """
def product_1(p, n):
    for i in range(n):
        p[3 * n + i] = p[i] * p[n + i] + p[2 * n + i]


def run(p, n):
    product_1(p, n)
    for i in range(n):
        p[4 * n + i] = plus(p[i], p[n + i])
    return 0.0
"""


@pytest.fixture(scope="module")
def run_sums():
    return kernel(SUMS, "di")


@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 3), min_size=9, max_size=9))
def test_the_terms_of_sums_and_products_may_be_fused_but_keep_their_digits(run_sums, rows):
    table = np.zeros((5, len(rows)))
    table[:3] = np.array(rows).T
    run_sums(table, len(rows))
    assert list(table[4]) == [a + b for a, b, _ in rows]
    for (a, b, c), result in zip(rows, table[3]):
        assert abs(result - (a * b + c)) <= sys.float_info.epsilon * (abs(a * b) + abs(c))


wider = pytest.mark.skipif(np.finfo(np.longdouble).precision < 18, reason="no wider float to compare with")


@wider
@pytest.mark.parametrize("name", SWEEPS)
def test_a_word_keeps_its_digits_over_its_whole_range(run, name):
    limit, ranges = SWEEPS[name]
    random = np.random.default_rng(7)
    x = np.concatenate([random.uniform(low, high, 100_000) for low, high in ranges])
    with np.errstate(all="ignore"):
        exact = PRECISE.get(name, getattr(np, name, None))(x.astype(np.longdouble))
        result = run(x)[name]
        expected = exact.astype(float)
        finite = np.isfinite(expected)
        error = np.abs(result - exact)[finite] / np.spacing(np.abs(expected[finite]))
    assert np.array_equal(result[~finite], expected[~finite])
    assert error.max() <= limit


@wider
@pytest.mark.parametrize(("base", "most"), [((0.0, 10.0), 10.0), ((0.5, 2.0), 1074.0), ((1 - 1e-8, 1 + 1e-8), 1e10)])
def test_a_power_keeps_its_digits(run, base, most):
    random = np.random.default_rng(7)
    a, b = random.uniform(*base, 100_000), random.uniform(-most, most, 100_000)
    with np.errstate(all="ignore"):
        exact = np.power(a.astype(np.longdouble), b.astype(np.longdouble))
        expected = exact.astype(float)
        error = np.abs(run(a, b)["pow"] - exact) / np.spacing(expected)
    assert error[np.isfinite(expected)].max() <= 1.0


def test_powers_and_logarithms_that_are_floats_are_exact(run):
    a, b = np.array([(a, b) for a in range(-20, 21) for b in range(0, 16) if abs(a) ** b < 2**53], dtype=float).T
    assert list(run(a, b)["pow"]) == [float(int(x) ** int(y)) for x, y in zip(a, b)]
    exponents = np.arange(-1074, 1024)
    assert list(run(np.ldexp(1.0, exponents))["log2"]) == list(exponents)
    assert list(run(10.0 ** np.arange(23))["log10"]) == list(range(23))


SPECIAL = [
    0.0,
    5e-324,
    1e-310,
    1e-300,
    1 / 3,
    0.5,
    1.0 - 2**-53,
    1.0,
    1.0 + 2**-52,
    2.0,
    2.5,
    3.0,
    1023.0,
    1074.0,
    1075.0,
]
SPECIAL += [2.0**52 + 1, 2.0**53 - 1, 2.0**53, 2.0**64, 1e300, sys.float_info.max, math.inf, math.nan]
SPECIAL += [-x for x in SPECIAL]


def test_every_pair_of_special_numbers_has_the_result_of_floats(run):
    pairs = [(a, b) for a in SPECIAL for b in SPECIAL]
    for name, results in run(*np.array(pairs).T).items():
        if INPUTS[name] == 2:
            for (a, b), result in zip(pairs, results):
                expected = getattr(floats, name)(a, b)
                if name in CANCEL:
                    assert near(result, expected, (a, b)), (name, a, b, result, expected)
                    continue
                most = 0.0 if name in EXACT else 12.0 if name in WORDS else 2.0
                assert apart(result, expected) <= most, (name, a, b, result, expected)
                assert math.copysign(1.0, result) == math.copysign(1.0, expected) or result != result, (name, a, b)


def test_a_word_gives_the_same_number_in_a_line_as_in_a_loop(run):
    lines = [f"    results[{k}] = {name}({', '.join('abc'[: INPUTS[name]])})" for k, name in enumerate(INPUTS)]
    line = kernel("\n".join(["def run(a, b, c, results):", *lines, "    return 0.0", ""]), "fff", len(lines))
    a, b = np.array([(a, b) for a in SPECIAL for b in SPECIAL]).T
    found = np.array([line(*inputs)[1:] for inputs in zip(a, b, -a)]).T
    for (name, expected), results in zip(run(a, b, -a).items(), found):
        assert np.array_equal(results, expected, equal_nan=True), name


def test_loops_of_the_common_words_are_vector_instructions():
    text = str(_optimised(loops(["exp", "tanh", "log", "sigmoid", "softplus", "pow"]), "dii", 0)[0])
    assert re.search(r"fmul <\d+ x double>", text)
    assert not re.search(r"call [^\n]*@(exp|tanh|log|log1p|pow)[.\d]*\(", text)


def test_every_word_is_compiled_without_numba_where_that_is_installed(tmp_path):
    (tmp_path / "numba.py").write_text("raise AssertionError('nothing needs it')")
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from autograd.compiling.native.kernel import kernel
kernel({loops(INPUTS)!r}, "dii")
assert "numba" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], env=os.environ | {"AUTOGRAD_CACHE": ""}, check=True)

"""Measures and writes docs/accuracy.md: the largest errors of rows and their partials over random points."""

from __future__ import annotations

import sys
from math import isfinite
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from accuracy import CASES, FORMS, PROMISED, WIDER, bound, worst  # noqa: E402

COUNT = 100
HEAD = f"""# How exact values and derivatives are

The largest error that was met in {COUNT} random points for each row, in units of the last place (the distance of
neighbouring floats at the right value, also of subnormal ones), against references of mpmath with as many digits as it
takes to be sure of 20: a third of the points are spread over all magnitudes that there are, some lie at the ends of the
domain and near 1, the others where functions are used. References know functions alone; their derivatives are
differences of them. Second partials count where they are normal numbers, and, of two inputs, between 1e-30 and 1e30.

Each cell has the error of eager runs, of batches on arrays, and of machine code. `python docs/accuracy_table.py` writes
this page, and [tests/test_accuracy.py](../tests/test_accuracy.py) holds all to at most {PROMISED[0]:g} units, second
partials to {PROMISED[2]:g}, but for those that [tests/accuracy.py](../tests/accuracy.py) names as exceptions, with the
reason (marked *). "at its roots" there means that a derivative is the sum of terms that cancel: near its own root its
digits are those of the terms. A cell with † is over its bound at these points, which are more than the tests try: it is
still to be mended.

`sum`, `dot`, `mean` and `var` add up from first to last, everywhere: compiled, they are matrix products, which leave
nothing to compensate. Their error is at most n halves of a unit of the sum of the sizes of n terms. That of `logsumexp`
is relative to its largest value, where it is near 0.

| row | value | partials | second partials |
|---|---|---|---|
"""
FOOT = """
## What HIPS autograd has

Of the functions of `autograd.numpy` and `autograd.scipy.special` that make sense on single numbers, these have other
names here: `expit` is `sigmoid`, `psi` is `digamma`, `gammaln` is `lgamma`, `rgamma(x)` is `1 / gamma(x)`, `fix` is
`trunc`, `polygamma`, `beta`, `betaln`, `erfinv`, `erfcinv`, `logit`, `i0`, `i1` and `logsumexp` are themselves, and
NumPy's names of rows (`np.arctan2`, `np.logaddexp`, ...) work on Values. These are not here:

- `real`, `imag`, `angle`, `conj` of complex numbers: a Value is one real number;
- `gammainc`, `gammaincc`, `betainc`: their derivatives by the parameters have no closed form, and HIPS has none;
- `j0`, `j1`, `jn`, `y0`, `y1`, `yn`, `iv`, `ive`: oscillating functions and those of any order; of the modified ones,
  the orders 0 and 1 are here;
- `gammasgn`: `sign(gamma(x))`; `multigammaln`: a sum of `lgamma`.
"""


def cell(found: dict[tuple[str, tuple[int, ...]], float], order: int, name: str) -> str:
    """The three errors of one order."""
    each = [max((units for (one, by), units in found.items() if one == form and len(by) == order), default=0.0)
            for form in FORMS]  # fmt: skip
    shown = ", ".join(f"{units:.1f}" if units < 1e4 else f"{units:.0e}" if isfinite(units) else "∞" for units in each)
    return shown + " *" * ((name, order) in WIDER) + " †" * (max(each) > bound(name, order))


def main() -> None:
    """Measures and writes."""
    lines = []
    for name in sorted(CASES):
        found = {key: one.units for key, one in worst(name, COUNT).items()}
        lines.append(f"| `{name}` | {' | '.join(cell(found, order, name) for order in range(3))} |")
        print(lines[-1], flush=True)
    (ROOT / "docs" / "accuracy.md").write_text(HEAD + "\n".join(lines) + "\n" + FOOT, encoding="utf-8")


if __name__ == "__main__":
    main()

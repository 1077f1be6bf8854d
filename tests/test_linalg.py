"""Linear algebra on scalars: NumPy's results, its derivatives in closed form, compiled the same, and clear refusals."""

import numpy as np
import pytest

import autograd as ag
from autograd import linalg


def drawn(seed, rows=4, columns=4):
    return np.random.default_rng(seed).normal(size=(rows, columns))


def positive(seed, size=4):
    a = drawn(seed, size, size)
    return a @ a.T + size * np.eye(size)


@pytest.mark.parametrize("seed", range(8))
def test_it_is_numpys_linear_algebra(seed):
    a, b, v = drawn(seed), drawn(seed + 50, 4, 3), drawn(seed + 99, 4, 1)[:, 0]
    close = {
        "matmul": (linalg.matmul(a, b), a @ b),
        "matrix and vector": (linalg.matmul(a, v), a @ v),
        "vector and matrix": (linalg.matmul(v, b), v @ b),
        "dot": (linalg.dot(v, v), v @ v),
        "transpose": (linalg.transpose(b), b.T),
        "solve": (linalg.solve(a, v), np.linalg.solve(a, v)),
        "solve many": (linalg.solve(a, b), np.linalg.solve(a, b)),
        "inv": (linalg.inv(a), np.linalg.inv(a)),
        "det": (linalg.det(a), np.linalg.det(a)),
        "slogdet": (linalg.slogdet(a), tuple(np.linalg.slogdet(a))),
        "cholesky": (linalg.cholesky(positive(seed)), np.linalg.cholesky(positive(seed))),
        "lstsq": (linalg.lstsq(b, v), np.linalg.lstsq(b, v, rcond=None)[0]),
    }
    for name, (found, expected) in close.items():
        assert np.allclose(found, expected, rtol=1e-10, atol=1e-12), name


@pytest.mark.parametrize("seed", range(4))
def test_its_derivatives_are_those_in_closed_form(seed):
    a, v = drawn(seed), drawn(seed + 99, 4, 1)[:, 0]
    inverse = np.linalg.inv(a)
    assert np.allclose(ag.grad(linalg.det)(a), np.linalg.det(a) * inverse.T)
    assert np.allclose(ag.grad(lambda a: linalg.slogdet(a)[1])(a), inverse.T)
    x = inverse @ v
    by_a = ag.grad(lambda a: ag.sum(linalg.solve(a, v)))(a)
    assert np.allclose(by_a, -np.outer(inverse.T @ np.ones(4), x))
    b = drawn(seed, 6, 3)
    assert np.allclose(ag.jacobian(lambda y: linalg.lstsq(b, y))(drawn(seed, 6, 1)[:, 0]), np.linalg.pinv(b))
    second = ag.hessian(lambda p: linalg.slogdet([[p[0], p[1]], [p[1], p[2]]])[1])([3.0, 1.0, 2.0])
    m = np.linalg.inv([[3.0, 1.0], [1.0, 2.0]])
    assert second[0][0] == pytest.approx(-(m[0, 0] ** 2))


def test_a_singular_matrix_has_a_determinant_of_0_and_its_gradient():
    assert ag.grad(linalg.det)([[1.0, 2.0], [2.0, 4.0]]) == [[4.0, -2.0], [-2.0, 1.0]]
    assert linalg.slogdet([[1.0, 2.0], [2.0, 4.0]]) == (0.0, -np.inf)


@pytest.mark.parametrize("f", [
    lambda a: ag.sum([x for row in linalg.inv(a) for x in row]),
    linalg.det,
    lambda a: ag.sum(linalg.lstsq(a, [1.0, -2.0, 0.5])),
    lambda a: ag.sum([x for row in linalg.cholesky(linalg.matmul(a, linalg.transpose(a))) for x in row]),
])  # fmt: skip
def test_compiled_it_is_the_same_also_with_other_pivots(f):
    compiled = ag.compile(f)
    for seed in range(5):
        a = drawn(seed, 3, 3).tolist()
        value, slopes = ag.value_and_grad(f)(a)
        found, others = compiled.value_and_grad(a)
        assert found == pytest.approx(value, rel=1e-9)
        assert np.allclose(others, slopes, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("f", "sentence"), [
    (lambda: linalg.solve([[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0]), "singular: elimination leaves a zero as pivot 2 of 2"),
    (lambda: linalg.solve([[1.0, 2.0]], [1.0]), "a is square here, but it has 1 rows of 2 numbers"),
    (lambda: linalg.solve([[1.0, 2.0], [3.0, 4.0]], [1.0]), r"a has 2 rows; b.* needs 2 of them, not 1"),
    (lambda: linalg.cholesky([[1.0, 2.0], [2.0, 1.0]]), "not positive definite: pivot 2 is -3.0"),
    (lambda: linalg.lstsq([[1.0, 2.0]], [1.0]), "1 rows leave 2 unknowns open"),
    (lambda: linalg.lstsq([[0.0], [0.0]], [1.0, 2.0]), "depend on one another"),
    (lambda: linalg.matmul([[1.0, 2.0]], [[1.0, 2.0]]), "needs 2 of them, not 1"),
    (lambda: linalg.det([[1.0, 2.0], [3.0]]), r"of lengths \[1, 2\]"),
    (lambda: linalg.inv([1.0, 2.0]), "a is a matrix here, a list of rows"),
    (lambda: linalg.dot([[1.0]], [1.0]), "x is a list of numbers here, not a matrix"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_sentence(f, sentence):
    with pytest.raises(ValueError, match=sentence):
        f()

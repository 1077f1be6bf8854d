"""Linear algebra: small dense matrices of numbers or Values, written out as in a textbook.

A matrix is a list of rows, a vector a list; arrays are taken too. Everything is recorded as the scalars that it is made
of, so that derivatives of any order and `compile`, which finds the matrix products in them, need nothing more. Which
row is the pivot is decided by comparisons: a compiled function is recorded again where another one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .vocabularies import functions

m: Any = functions
Vector = list[Any]
Matrix = list[list[Any]]


def _vector(x: Any, what: str) -> Vector:
    made = list(x)
    if any(_is_row(item) for item in made):
        raise ValueError(f"{what} is a list of numbers here, not a matrix")
    return made


def _matrix(a: Any, what: str, square: bool = False) -> Matrix:
    rows = [list(row) if _is_row(row) else row for row in a]
    if not rows or not all(isinstance(row, list) for row in rows):
        raise ValueError(f"{what} is a matrix here, a list of rows, and each row a list of numbers")
    widths = {len(row) for row in rows}
    if len(widths) > 1 or 0 in widths:
        raise ValueError(f"the rows of {what} are of lengths {sorted(widths)}; give each as many numbers, and some")
    if square and widths != {len(rows)}:
        raise ValueError(f"{what} is square here, but it has {len(rows)} rows of {widths.pop()} numbers")
    return rows


def _is_row(x: Any) -> bool:
    return isinstance(x, Sequence) or getattr(x, "ndim", 0) > 0


def _same(found: int, needed: int, what: str) -> None:
    if found != needed:
        raise ValueError(f"{what} needs {needed} of them, not {found}")


def dot(x: Any, y: Any) -> Any:
    """The sum of the products x1 y1 + x2 y2 + ... of two vectors."""
    return m.dot(_vector(x, "x"), _vector(y, "y"))


def transpose(a: Any) -> Matrix:
    """The rows of a matrix as columns."""
    return [list(column) for column in zip(*_matrix(a, "a"), strict=True)]


def matmul(a: Any, b: Any) -> Any:
    """The product of two matrices, or of a matrix and a vector, or of a vector and a matrix.

    >>> from autograd import linalg
    >>> linalg.matmul([[1.0, 2.0], [3.0, 4.0]], [10.0, 1.0])
    [12.0, 34.0]
    """
    a, b = list(a), list(b)
    left, right = bool(a) and _is_row(a[0]), bool(b) and _is_row(b[0])
    if not left and not right:
        return dot(a, b)
    rows = _matrix(a, "a") if left else [_vector(a, "a")]
    columns = transpose(b) if right else [_vector(b, "b")]
    _same(len(columns[0]), len(rows[0]), "each row of a is multiplied with the numbers of a column of b, which")
    made = [[m.dot(row, column) for column in columns] for row in rows]
    return [row[0] for row in made] if not right else made if left else made[0]


def _eliminated(a: Matrix, b: Matrix) -> tuple[Matrix, Matrix, int]:
    """`a` made upper triangular by rows with the largest pivots, `b` along with it, and the sign of the exchanges."""
    a, b, sign = [row[:] for row in a], [row[:] for row in b], 1
    for k in range(len(a)):
        at = k
        for i in range(k + 1, len(a)):
            if abs(a[i][k]) > abs(a[at][k]):
                at = i
        if at != k:
            a[k], a[at], b[k], b[at], sign = a[at], a[k], b[at], b[k], -sign
        if a[k][k] == 0.0:
            continue
        for i in range(k + 1, len(a)):
            factor = m.div(a[i][k], a[k][k])
            a[i] = [*a[i][: k + 1], *(x - factor * y for x, y in zip(a[i][k + 1 :], a[k][k + 1 :], strict=True))]
            b[i] = [x - factor * y for x, y in zip(b[i], b[k], strict=True)]
    return a, b, sign


def solve(a: Any, b: Any) -> Any:
    """The x for which a x = b, a vector or, for a matrix b, a matrix: Gauss's elimination with partial pivoting.

    >>> from autograd import linalg
    >>> linalg.solve([[2.0, 1.0], [1.0, 3.0]], [3.0, 5.0])
    [0.8, 1.4]

    Raises:
        ValueError: `a` is not square, or singular, or `b` has not as many rows.
    """
    a, b = _matrix(a, "a", square=True), list(b)
    _same(len(b), len(a), f"a has {len(a)} rows; b, with a number or a row for each,")
    is_matrix = _is_row(b[0])
    rows, right, _ = _eliminated(a, _matrix(b, "b") if is_matrix else [[x] for x in _vector(b, "b")])
    for k, row in enumerate(rows):
        if row[k] == 0.0:
            raise ValueError(f"the matrix is singular: elimination leaves a zero as pivot {k + 1} of {len(rows)}")
    solved = _back(rows, right)
    return solved if is_matrix else [row[0] for row in solved]


def _back(upper: Matrix, b: Matrix) -> Matrix:
    """The solution for an upper triangular matrix, from the last row up."""
    x: Matrix = []
    for k in reversed(range(len(b))):
        known = upper[k][k + 1 : len(b)]
        sums = [m.dot(known, column) for column in zip(*x, strict=True)] if x else [0.0] * len(b[k])
        x.insert(0, [m.div(y - total if x else y, upper[k][k]) for y, total in zip(b[k], sums, strict=True)])
    return x


def inv(a: Any) -> Matrix:
    """The inverse of a matrix; to solve, `solve` is more exact and takes less."""
    rows = _matrix(a, "a", square=True)
    made: Matrix = solve(rows, [[float(i == j) for j in range(len(rows))] for i in range(len(rows))])
    return made


def det(a: Any) -> Any:
    """The determinant: the product of the pivots. Its gradient is found where it is 0, too, but by minors.

    >>> from autograd import linalg
    >>> linalg.det([[2.0, 1.0], [1.0, 3.0]])
    5.0
    """
    rows, _, sign = _eliminated(_matrix(a, "a", square=True), [[] for _ in a])
    if any(row[k] == 0.0 for k, row in enumerate(rows)):
        return _by_minors(_matrix(a, "a"))
    return m.prod([row[k] for k, row in enumerate(rows)]) * float(sign)


def _by_minors(a: Matrix) -> Any:
    if len(a) > 8:
        raise ValueError(f"a singular matrix of {len(a)} rows has a determinant of 0, but minors, for its gradient, "
                         "are for 8 rows at most")  # fmt: skip
    if len(a) == 1:
        return m.pos(a[0][0])
    minors = [_by_minors([row[:k] + row[k + 1 :] for row in a[1:]]) for k in range(len(a))]
    return m.dot([x if k % 2 == 0 else -x for k, x in enumerate(a[0])], minors)


def slogdet(a: Any) -> tuple[float, Any]:
    """The sign of the determinant and the logarithm of its size, which neither overflows nor vanishes."""
    rows, _, sign = _eliminated(_matrix(a, "a", square=True), [[] for _ in a])
    pivots = [row[k] for k, row in enumerate(rows)]
    if any(pivot == 0.0 for pivot in pivots):
        return 0.0, float("-inf")
    negative = sum(bool(pivot < 0.0) for pivot in pivots)
    return float(sign * (-1) ** negative), m.sum([m.log(m.abs(pivot)) for pivot in pivots])


def cholesky(a: Any) -> Matrix:
    """The lower triangular matrix L with L L^T = a, of a symmetric positive definite matrix; its lower half is read.

    >>> from autograd import linalg
    >>> linalg.cholesky([[4.0, 2.0], [2.0, 5.0]])
    [[2.0, 0.0], [1.0, 2.0]]

    Raises:
        ValueError: `a` is not positive definite.
    """
    lower: Matrix = []
    a = _matrix(a, "a", square=True)
    for i, row in enumerate(a):
        made: Vector = []
        for j in range(i + 1):
            known = lower[j] if j < i else made
            rest = row[j] - m.dot(made[:j], known[:j]) if j else row[j]
            if j == i and not rest > 0.0:
                raise ValueError(f"the matrix is not positive definite: pivot {i + 1} is {rest!r}, and has no root")
            made.append(m.sqrt(rest) if j == i else m.div(rest, lower[j][j]))
        lower.append(made)
    return [row + [0.0] * (len(a) - len(row)) for row in lower]


def lstsq(a: Any, b: Any) -> Vector:
    """The x for which the length of a x - b is least: by Householder's reflections, as QR (Golub & Van Loan 5.2.1).

    >>> from autograd import linalg
    >>> [round(x, 12) for x in linalg.lstsq([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], [1.0, 2.0, 3.0])]
    [1.0, 1.0]

    Raises:
        ValueError: `a` has more columns than rows, or columns that depend on one another.
    """
    a = _matrix(a, "a")
    _same(len(b), len(a), f"a has {len(a)} rows; b, with a number for each,")
    width = len(a[0])
    if len(a) < width:
        raise ValueError(f"{len(a)} rows leave {width} unknowns open; give at least as many rows as columns")
    columns, right = transpose(a), _vector(b, "b")
    upper: Matrix = [[] for _ in range(width)]
    for k in range(width):
        below = columns[k][k:]
        length = m.norm(below)
        if length == 0.0:
            raise ValueError(f"the columns depend on one another: nothing is left of column {k + 1}")
        end = -length if below[0] > 0.0 else length
        v = [below[0] - end, *below[1:]]
        scale = m.div(1.0, end * v[0])  # -2 / |v|^2

        def reflected(column: Vector, v: Vector = v, scale: Any = scale, k: int = k) -> Vector:
            factor = scale * m.dot(v, column[k:])
            return [*column[:k], *(x + factor * y for x, y in zip(column[k:], v, strict=True))]

        upper[k] = [0.0] * k + [end]
        columns[k + 1 :] = [reflected(column) for column in columns[k + 1 :]]
        right = reflected(right)
        upper[k] += [column[k] for column in columns[k + 1 :]]
    return [row[0] for row in _back(upper, [[x] for x in right[:width]])]

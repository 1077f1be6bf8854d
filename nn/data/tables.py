"""Data from files: CSV tables, read with every cell checked, and the two that are in the box."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any

from ..arguments.keywords import named
from .dataset import Dataset

__all__ = ["digits", "iris", "load_csv"]

# A compressed file may be a thousandth of its text, and be made to fill the memory; that of the digits is a fifth.
_MOST_TIMES, _LEAST_ROOM = 50, 2**20


def iris() -> Dataset:
    """150 iris flowers of three species, 50 each: the length and width of sepals and petals in centimetres.

    Measured by Edgar Anderson, published by R. A. Fisher 1936, "The use of multiple measurements in taxonomic
    problems", Annals of Eugenics 7, 179-188. The numbers are Fisher's, as in R and scikit-learn; the copy in the UCI
    Machine Learning Repository (doi 10.24432/C56C76, CC BY 4.0) has errors in its rows 35 and 38, which are here
    4.9, 3.1, 1.5, 0.2 and 4.9, 3.6, 1.4, 0.1.

    >>> flowers = iris()
    >>> flowers.X[0], flowers.classes[flowers.y[0]]
    ([5.1, 3.5, 1.4, 0.2], 'setosa')
    """
    return _table(_packaged("iris.csv"), "iris.csv", -1, None, ",")


def digits() -> Dataset:
    """1,797 handwritten digits, each 8x8 pixels row by row, from 0 for white to 16 for black, and which digit it is.

    Thirteen people wrote them. E. Alpaydin & C. Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI Machine
    Learning Repository, doi 10.24432/C50P49, CC BY 4.0: its test set, in the order in which scikit-learn has it.

    >>> numbers = digits()
    >>> for row in range(8):
    ...     print("".join(" .:#"[min(int(x / 4), 3)] for x in numbers.X[0][8 * row : 8 * row + 8]).rstrip())
      .#:
      ##:#.
      #  ::
     .#  ::
     .:  ::
     .:  #.
      #.:#
      .#:
    >>> numbers.y[0]
    0
    """
    table = _table(_packaged("digits.csv.gz"), "digits.csv.gz", -1, False, ",")
    pixels = tuple(f"pixel {row},{column}" for row in range(8) for column in range(8))
    return Dataset(table.X, table.y, pixels, tuple(map(str, range(10))))


@named
def load_csv(
    path: str | Path, target: int | str | None = -1, *, header: bool | None = None, delimiter: str = ","
) -> Dataset:
    """The table in a CSV file: every column a feature but the one of the targets.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "fruit.csv"
    ...     written = path.write_text("weight,length,fruit\\n120,6.5,apple\\n110,18,banana\\n")
    ...     fruit = load_csv(path)
    >>> fruit.X, fruit.y, fruit.classes
    ([[120.0, 6.5], [110.0, 18.0]], [0, 1], ('apple', 'banana'))

    Args:
        path: the file, in UTF-8; one that ends in .gz is decompressed.
        target: the column to predict, by its name or its place (-1 is the last); None if there is none. Names become
            labels, counted from 0 in the order in which they come; numbers stay numbers.
        header: whether the first row has the names of the columns; None looks whether its features are no numbers.
        delimiter: what is between the cells.

    Raises:
        ValueError: a cell is no number, is empty or not finite, or a row has too few or too many cells: the row is
            counted as a spreadsheet does, from 1 with the header.
    """
    path = Path(path)
    return _table(path.read_bytes(), path.name, target, header, delimiter)


def _packaged(name: str) -> bytes:
    return (files(__package__) / "files" / name).read_bytes()


def _table(content: bytes, name: str, target: int | str | None, header: bool | None, delimiter: str) -> Dataset:
    rows = _rows(content, name, delimiter)
    row, cells = rows[0]
    if header is None:
        header = isinstance(target, str) or _names_columns(
            cells, _place(target, len(cells), name), f"{name}, row {row}"
        )
    names = [cell.strip() for cell in cells] if header else [f"column {k + 1}" for k in range(len(cells))]
    if header:
        rows = rows[1:]
    if not rows:
        raise ValueError(f"{name} has a header and no rows; give at least one")
    if isinstance(target, str) and (not header or names.count(target) != 1):
        raise ValueError(f"{name} has no column {target!r}, or several; its columns are {', '.join(names)}")
    at = names.index(target) if isinstance(target, str) else _place(target, len(names), name)
    for row, cells in rows:
        if len(cells) != len(names):
            raise ValueError(f"{name}, row {row}: {len(cells)} cells where there are {len(names)} columns")
    features = [k for k in range(len(names)) if k != at]
    if not features:
        raise ValueError(f"{name} has one column, and that is the target; with target=None it is a feature")
    X = [[_number(cells[k], name, row, names[k]) for k in features] for row, cells in rows]
    y, classes = ([], ()) if at is None else _targets([(row, cells[at]) for row, cells in rows], name, names[at])
    return Dataset(X, y, tuple(names[k] for k in features), classes)


def _rows(content: bytes, name: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, each with its number."""
    try:
        text = (_decompressed(content, name) if name.endswith(".gz") else content).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{name} is not compressed as .gz files are: {error}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not UTF-8 text ({error}); save it as UTF-8 first") from None
    found = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                found.append((row, cells))
    except csv.Error as error:
        raise ValueError(f"{name}, line {reader.line_num}: {error}") from None
    if not found:
        raise ValueError(f"{name} is empty; give at least one row")
    return found


def _decompressed(content: bytes, name: str) -> bytes:
    most = _LEAST_ROOM + _MOST_TIMES * len(content)
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        found = file.read(most + 1)
    if len(found) > most:
        raise ValueError(
            f"{name} becomes more than {_MOST_TIMES} times as long when decompressed; do that first, by gunzip"
        )
    return found


def _names_columns(cells: list[str], at: int | None, where: str) -> bool:
    numbers = {_is_number(cell) for k, cell in enumerate(cells) if k != at}
    if len(numbers) > 1:  # a header, or a row with a mistake in it: to guess could lose the row
        raise ValueError(
            f"{where} has names and numbers: {', '.join(cells[:6])}; say header=True if it names the columns, "
            "else header=False"
        )
    return numbers == {False}


def _place(target: int | None, width: int, name: str) -> int | None:
    if target is None:
        return None
    if isinstance(target, bool) or not isinstance(target, int) or not -width <= target < width:
        raise ValueError(f"target is the name or the place of a column, or None, got {target!r}; {name} has {width}")
    return target % width


def _number(cell: str, name: str, row: int, column: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = None
    if number is None or "_" in cell:  # Python reads 1_000 as 1000, which nobody means here
        what = f"{cell!r} is not a number" if cell.strip() else "the cell is empty"
        raise ValueError(f"{name}, row {row}, column {column!r}: {what}; repair or drop the row")
    if not isfinite(number):
        raise ValueError(f"{name}, row {row}, column {column!r}: {cell.strip()} is not finite; repair or drop the row")
    return number


def _targets(cells: Sequence[tuple[int, str]], name: str, column: str) -> tuple[list[Any], tuple[str, ...]]:
    """Numbers if the first target is one, and then they all must be; else labels."""
    if _is_number(cells[0][1]):
        numbers = [_number(cell, name, row, column) for row, cell in cells]
        whole = all(cell.strip().lstrip("+-").isdecimal() for _, cell in cells)
        return [int(x) for x in numbers] if whole else numbers, ()
    names = [cell.strip() for _, cell in cells]
    if "" in names:
        row = cells[names.index("")][0]
        raise ValueError(f"{name}, row {row}, column {column!r}: the cell is empty; repair or drop the row")
    places = {one: k for k, one in enumerate(dict.fromkeys(names))}
    return [places[one] for one in names], tuple(places)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True

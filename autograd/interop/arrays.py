"""Arrays of Values: object arrays on which NumPy's functions are the rows of the table.

NumPy's own loops over objects know Python's operators alone: `np.maximum` of a plain array of objects compares its
elements, so nan is lost, a tie is decided, and a recorded program holds for one pattern of outcomes. Here `np.maximum`,
`np.clip`, `np.where`, `np.max`, ... record what `autograd.maximum` and the others do. What a compiled function is given
as an array is of this kind, and so is what is computed with a Value or with such an array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cmp_to_key, lru_cache, partial
from typing import Any

import numpy as np

from .. import linalg, lists
from ..core.value import Value
from ..replaying import replaying
from ..vocabularies import functions
from .masks import ROWS, Mask, is_plain, outcomes_of
from .numbers import ASKED, COMPARISONS, function_of

# Reductions that are one row: NumPy's go by two and two, and of a tie of three one would have a half.
_GROUPS = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logaddexp": "logsumexp"}
# NumPy's loops over objects do these as Python does, which is right.
_PYTHONS = {*COMPARISONS, "matmul", "matvec", "vecmat", "vecdot"}
_SEVERAL = (np.ndarray, list, tuple, Mask)
_ARITHMETIC = {"add", "subtract", "multiply", "divide"}


class ArrayOfValues(np.ndarray[Any, Any]):
    """An object array that asks the table of operations in place of NumPy's loops over objects."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if self.dtype.char != "O" and not any(map(_holds_objects, inputs)):  # what became of it, but holds numbers
            options["out"] = tuple(map(_plain, options.get("out", ()))) or None
            return getattr(ufunc, method)(*map(_plain, inputs), **options)
        return _of_arrays(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        return apply_function(function, arguments, options)

    def __repr__(self) -> str:
        return repr(_as_given(self))

    def __str__(self) -> str:
        return str(_as_given(self))

    # Order, with nan behind the numbers, as in arrays of numbers.

    def argsort(self, *arguments: Any, **options: Any) -> Any:
        return _argsort(_plain(self), *arguments, **options)

    def sort(self, axis: Any = -1, *_: Any, **__: Any) -> None:
        self[...] = np.take_along_axis(_plain(self), _argsort(_plain(self), axis), axis)

    def argpartition(self, kth: Any, axis: Any = -1, *_: Any, **__: Any) -> Any:
        return _argsort(_plain(self), axis)

    def partition(self, kth: Any, axis: Any = -1, *_: Any, **__: Any) -> None:
        self.sort(axis)

    def argmax(self, *arguments: Any, **options: Any) -> Any:
        return _last(1, _plain(self), *arguments, **options)

    def argmin(self, *arguments: Any, **options: Any) -> Any:
        return _last(-1, _plain(self), *arguments, **options)


def array_of_values(items: list[Any], sizes: tuple[int, ...]) -> ArrayOfValues:
    """An array of Values, and of numbers where some are among them, in that shape."""
    # assigning to an array would ask each whether it is one
    return np.fromiter(items, object, len(items)).reshape(sizes).view(ArrayOfValues)


def _as_given(x: Any) -> Any:
    """The array of numbers that stands here in a plain call, if its elements say so; see `compiling.calls.argument`."""
    numbers = [item.as_given() if hasattr(item, "as_given") else item for item in x.ravel().tolist()]
    return _plain(x) if any(isinstance(item, Value) for item in numbers) else np.array(numbers).reshape(x.shape)


def _argsort(x: Any, axis: Any = -1, *_: Any, **__: Any) -> Any:
    rows = x.ravel() if axis is None else np.moveaxis(x, axis, -1)
    ranks = np.empty(rows.shape, np.intp)
    for place in np.ndindex(rows.shape[:-1]):
        ranks[place] = _order(rows[place])
    return ranks if axis is None else np.moveaxis(ranks, -1, axis)


def _order(xs: Any) -> list[int]:
    return sorted(range(len(xs)), key=cmp_to_key(_comparing(xs)))


def _last(sign: int, x: Any, axis: Any = None, out: None = None, *, keepdims: bool = False) -> Any:
    def last(xs: list[Any]) -> int:
        return max(range(len(xs)), key=cmp_to_key(_comparing(xs, sign)))

    return _along(last, x, axis, keepdims).astype(np.intp)[()]


def _comparing(xs: Any, sign: int = 1) -> Callable[[int, int], int]:
    def compare(j: int, k: int) -> int:
        a, b = xs[j], xs[k]
        return -sign if a < b else sign if a > b else 0 if a == b else bool(a != a) - bool(b != b)

    return compare


def apply_ufunc(ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    """What a function of each element does where a Value is among its arguments."""
    if method == "__call__" and not options and not any(isinstance(x, _SEVERAL) for x in inputs):
        function = function_of(ufunc.__name__)
        if function is not None:
            return function(*inputs)
    return _of_arrays(ufunc, method, inputs, options)


def _of_arrays(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    name, inputs, results = ufunc.__name__, tuple(map(_plain, inputs)), options.get("out", ())
    if options:
        _check(ufunc, method, options)
        options = {name: _plain(outcomes_of(x)) for name, x in options.items()}
        if results:
            options["out"] = tuple(map(_plain, results))
    if method == "reduce" and name in _GROUPS:
        return _reduced(getattr(functions, _GROUPS[name]), *inputs, **options)
    if method == "__call__" and not options and name in ROWS and _takes_masks() and any(map(np.ndim, inputs)):
        # copies of the arrays: it is computed when it is used
        return _mask(ufunc, [np.array(x) if isinstance(x, _SEVERAL) else x for x in inputs])
    made = _each(ufunc, method, inputs, options)
    return _of_values(made) if not results else results if len(results) > 1 else results[0]


def _takes_masks() -> bool:
    return any(watcher.takes_masks for watcher in replaying())


def _mask(ufunc: np.ufunc, inputs: list[Any]) -> Mask:
    def look() -> Any:
        if not _takes_masks():
            raise TypeError(
                "a comparison of arrays is looked at after the compiled function that made it, and no program would "
                "check it; look at it within the function, as in numpy.array(mask)"
            )
        return _each(ufunc, "__call__", inputs, {})

    def compute() -> Any:
        with np.errstate(invalid="ignore"):
            return _of_values(np.frompyfunc(ROWS[ufunc.__name__], ufunc.nin, 1)(*inputs))

    return Mask(look, compute)


def _each(ufunc: np.ufunc, method: str, inputs: Iterable[Any], options: dict[str, Any]) -> Any:
    if ufunc.__name__ in _ARITHMETIC:
        return getattr(_loop(ufunc), method)(*inputs, **options)
    with np.errstate(invalid="ignore"):  # rows compare, which NumPy would report where nan is
        if ufunc.__name__.startswith("logical_"):
            return getattr(ufunc, method)(*map(_truths, inputs), **options)
        made = getattr(_loop(ufunc), method)(*inputs, **options)
    return np.asarray(made).astype(bool)[()] if ufunc.__name__ in ASKED else made


def _check(ufunc: np.ufunc, method: str, options: dict[str, Any]) -> None:
    fit = "O?" if ufunc.__name__ in COMPARISONS or ufunc.__name__ in ASKED else "O"
    kinds = [np.dtype(options["dtype"])] if options.get("dtype") is not None else []
    for kind in kinds + [x.dtype for x in options.get("out", ())]:
        if kind.char not in fit:
            raise TypeError(
                f"an array of {kind} has no place for Values, whose gradients would be lost; write x = x + v in place "
                "of x += v, leave dtype= out, or make it an array of objects with x.astype(object)"
            )
    if method == "__call__" and "out" not in options and options.get("where", True) is not True:
        raise ValueError(
            f"np.{ufunc.__name__} with where= leaves entries without a number; use np.where, or give out= too"
        )


@lru_cache(maxsize=256)  # users make functions of elements of their own
def _loop(ufunc: np.ufunc) -> Any:
    """What applies a function to each element."""
    if ufunc.__name__ in _PYTHONS or set("".join(ufunc.types)) == set("O->"):
        return ufunc
    function = function_of(ufunc.__name__)
    if function is None:
        raise TypeError(
            f"np.{ufunc.__name__} has no derivative here and no meaning on Values; use the functions of autograd, or "
            "the numbers with x.data, or define the function with autograd.primitive"
        )
    return np.frompyfunc(function, ufunc.nin, ufunc.nout)


def apply_function(function: Callable[..., Any], arguments: Any, options: Any) -> Any:
    """What any other function of NumPy does where a Value or an array of Values is among its arguments."""
    return _of_values(_FUNCTIONS.get(function, partial(_as_numpy_does, function))(*arguments, **options))


def _apply_to_masks(mask: Mask, function: Callable[..., Any], types: Any, arguments: Any, options: Any) -> Any:
    made = apply_function(function, arguments, options)
    return made.view(np.ndarray) if isinstance(made, np.ndarray) and is_plain(arguments) else made


setattr(Mask, "__array_function__", _apply_to_masks)  # noqa: B010


def _as_numpy_does(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    options = {name: outcomes_of(x) for name, x in options.items()}
    arguments = tuple([_plain(x).view(ArrayOfValues) if isinstance(x, Value) else outcomes_of(x) for x in arguments])
    try:
        return _NUMBERS.__array_function__(function, (), arguments, options)
    except (AttributeError, TypeError) as error:  # it speaks of dtypes and of attributes of arrays
        raise TypeError(f"np.{function.__name__} cannot do this with Values: {error}") from error


_NUMBERS: Any = np.empty(0)
_FLOAT = np.dtype(float)


def _holds_objects(x: Any) -> bool:
    return isinstance(x, Value | list | tuple) or getattr(x, "dtype", _FLOAT).char == "O"


def _plain(x: Any) -> Any:
    """An array of Values as NumPy's own; of a Value too, because it would come straight back to `apply_ufunc`."""
    if isinstance(x, Value):
        box = np.empty((), object)
        box[()] = x
        return box
    return _plain(x.condition) if isinstance(x, Mask) else x.view(np.ndarray) if isinstance(x, ArrayOfValues) else x


def _of_values(made: Any) -> Any:
    """What NumPy made of objects, as an array of Values or as the one object in it."""
    if type(made) is tuple:
        return tuple(map(_of_values, made))
    if type(made) is np.ndarray and made.dtype.char == "O":
        return made.view(ArrayOfValues) if made.ndim else made[()]
    return made


def _truths(x: Any) -> Any:
    x = np.asarray(x)
    return np.frompyfunc(bool, 1, 1)(x).astype(bool) if x.dtype.char == "O" else x


def _along(function: Callable[[list[Any]], Any], x: Any, axis: Any, keepdims: bool = False, where: Any = True) -> Any:
    """`function` of each of the lists of elements that lie along an axis, or along several, as an object array."""
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if where is True and axis in (None, 0, -1) and len(axes) == x.ndim:
        made = np.empty((), object)
        made[()] = function(x.ravel().tolist())
    else:
        there = np.moveaxis(np.broadcast_to(where, x.shape), axes, range(-len(axes), 0))
        x = np.moveaxis(x, axes, range(-len(axes), 0))
        made = np.empty(x.shape[: x.ndim - len(axes)], object)
        for place in np.ndindex(made.shape):
            made[place] = function(x[place][there[place]].tolist())
    return np.expand_dims(made, axes) if keepdims else made


def _reduced(
    function: Callable[[list[Any]], Any],
    x: Any,
    axis: Any = 0,
    dtype: None = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = np._NoValue,
    where: Any = True,
) -> Any:
    first = [] if initial is None or initial is np._NoValue else [initial]
    made = _along(lambda xs: function([*first, *xs]), np.asarray(x, object), axis, keepdims, where)
    if out is None:
        return _of_values(made)
    out[0][...] = made
    return out[0]


# Functions of whole arrays whose loops over objects would lose nan, or a choice.


def _where(condition: Any, *branches: Any) -> Any:
    if not branches:
        return _as_numpy_does(np.where, condition)
    return np.frompyfunc(_chosen, 3, 1)(*map(_plain, (condition, *branches)))


def _chosen(condition: Any, a: Any, b: Any) -> Any:
    return functions.where(condition, a, b) if isinstance(condition, Value) else a if condition else b


def _median(x: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    return _along(lists.median, _plain(x), axis, keepdims)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = _plain(x)
    if ord is None or (ord == 2 and (isinstance(axis, int) or x.ndim == 1)):
        return _along(functions.norm, x, axis, keepdims)
    return _as_numpy_does(np.linalg.norm, x, ord, axis, keepdims)


def _refuse(name: str, *_: Any, **__: Any) -> Any:
    raise TypeError(f"np.{name} is for arrays of plain numbers, not of Values; use np.where, np.sort or np.median")


def _var(x: Any, axis: Any = None, dtype: None = None, out: None = None, ddof: int = 0, keepdims: Any = False) -> Any:
    def var(xs: list[Any]) -> Any:
        return functions.var(xs) if not ddof else functions.var(xs) * (len(xs) / (len(xs) - ddof))

    return _along(var, _plain(x), axis, bool(keepdims) and keepdims is not np._NoValue)


def _std(x: Any, axis: Any = None, dtype: None = None, out: None = None, ddof: int = 0, keepdims: Any = False) -> Any:
    def std(xs: list[Any]) -> Any:
        return functions.std(xs) if not ddof else functions.std(xs) * (len(xs) / (len(xs) - ddof)) ** 0.5

    return _along(std, _plain(x), axis, bool(keepdims) and keepdims is not np._NoValue)


def _interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: None = None) -> Any:
    if left is not None or right is not None or period is not None:
        raise TypeError("np.interp of Values has the values at the ends beyond them; leave left=, right= and period=")
    xs, ys = np.ravel(_plain(xp)).tolist(), np.ravel(_plain(fp)).tolist()
    return np.frompyfunc(lambda each: lists.interp(each, xs, ys), 1, 1)(_plain(x))


def _of_each(name: str) -> Callable[..., Any]:
    return lambda x: np.frompyfunc(getattr(functions, name), 1, 1)(_plain(x))


def _solved(name: str) -> Callable[..., Any]:
    """What `autograd.linalg` makes of matrices, as an array."""

    def of_matrices(*matrices: Any) -> Any:
        for x in matrices:
            if np.ndim(x) > 2:
                raise TypeError(f"np.linalg.{name} of Values takes one matrix, not a stack of {np.ndim(x)} dimensions")
        made = getattr(linalg, name)(*(_plain(x).tolist() if isinstance(x, np.ndarray) else x for x in matrices))
        if name == "slogdet":
            return made
        return np.array(made, object) if isinstance(made, list) else made

    return of_matrices


_FUNCTIONS: dict[Any, Callable[..., Any]] = {np.where: _where, np.median: _median, np.linalg.norm: _norm}
_FUNCTIONS |= {np.var: _var, np.std: _std, np.interp: _interp, np.sinc: _of_each("sinc"), np.i0: _of_each("i0")}
_FUNCTIONS |= {getattr(np.linalg, name): _solved(name) for name in ("solve", "inv", "det", "slogdet", "cholesky")}
for _function in (np.nan_to_num, np.percentile, np.quantile, np.nanpercentile, np.nanquantile):
    _FUNCTIONS[_function] = partial(_refuse, _function.__name__)

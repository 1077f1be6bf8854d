"""Flat: the numbers of parameters in one array, where a compiled function reads them and an optimiser changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from ...core.value import Value
from ...core.watching import watchers
from ...verbs.hooks import hooked, hooks
from ..arguments import Arguments, Layout, given
from ..shortcut import shortcut
from .descent import Descent
from .rules import Rule

if TYPE_CHECKING:
    from ..function import Compiled
    from ..versions import Share, Version

_data = attrgetter("_data")


class FlatParameters:
    """Parameters as one array `data` and their gradient as another, `gradient`, for loops that take many steps.

    Writing a number back to each Value takes longer than a small network's whole gradient. `write_back` does it when
    somebody wants to look, `refresh` reads what somebody has changed there.

    >>> import autograd
    >>> w = autograd.Value(2.0)
    >>> flat = autograd.compile(lambda x: (w * x - 1.0) ** 2, batch=0).flat([w])
    >>> for _ in range(50):
    ...     loss = flat.backward([1.0, 2.0])
    ...     flat.data -= 0.1 * flat.gradient
    >>> w.data
    2.0
    >>> flat.write_back()
    >>> print(f"{w.data:.6f}")
    0.600000
    """

    def __init__(self, compiled: Compiled, parameters: Iterable[Value]) -> None:
        self.parameters = list(parameters)
        for parameter in self.parameters:
            if parameter.op is not None or not parameter._serial:
                raise ValueError(
                    f"{parameter!r} is a result or a constant and no parameter; give a leaf, as Value(...)"
                )
        self._compiled = compiled
        self._place = {id(parameter): k for k, parameter in enumerate(self.parameters)}
        self._places: WeakKeyDictionary[Version, tuple[Any, Any]] = WeakKeyDictionary()
        self._looked: set[Any] = set()
        self._quick: dict[int, Callable[..., Any]] = {}  # by the number of arguments
        self.alone: Version | None = None  # what ran all samples of the last call, where that is one program
        self.batch = compiled.batch  # which arguments have samples, by position and name
        self.static = compiled.static
        self._data, self._gradient = np.empty(len(self.parameters)), np.zeros(len(self.parameters))
        self.refresh()

    @property
    def data(self) -> Any:
        """The numbers of the parameters, one array that can be written to; what is assigned is copied into it."""
        return self._data

    @data.setter
    def data(self, numbers: Any) -> None:
        if numbers is not self._data:
            self._data[:] = numbers

    @property
    def gradient(self) -> Any:
        """Their gradient, an array too; what is assigned is copied into it."""
        return self._gradient

    @gradient.setter
    def gradient(self, numbers: Any) -> None:
        if numbers is not self._gradient:
            self._gradient[:] = numbers

    def backward(self, *args: Any, **options: Any) -> float:
        """The value; `gradient` is then its gradient by the parameters. Of a batch, those of the mean or the sum."""
        if not (options or watchers or hooks):
            known = self._quick.get(len(args))
            if known is not None and (value := known(*args)) is not None:
                return value  # type: ignore[no-any-return]
        call = given(self._compiled.batch, args, options, self.static)
        pieces = self._compiled.swept(call, lambda version: version.wanted(True, call.layout.nothing()), self)
        # not in the order of the recordings, which depends on the calls before: a sum then has the same last digits
        pieces.sort(key=lambda piece: int(piece.samples[0]))
        self.gradient.fill(0.0)
        for piece in pieces:
            here, there = self._placed(piece.version) if piece.version else self._places_of(piece.parameters)
            self.gradient[there] += piece.d_parameters[here]
        if hooks:
            self.gradient[:] = [hooked(*each) for each in zip(self.parameters, self.gradient.tolist(), strict=True)]
        self._prepare(call, pieces)
        return self._compiled.mean_or_sum(call, pieces)

    def _prepare(self, call: Arguments, pieces: list[Share]) -> None:
        """Lets further calls with arguments like these go straight to a printed function."""
        version = pieces[0].version
        self._quick.pop(len(call.layout.shapes), None)
        is_kept = version is not None and self._compiled.version(call.layout) is version
        self.alone = version if is_kept and len(pieces) == 1 else None
        if version is None or self.alone is None:
            return
        # kept there, and not here, so that it goes with the recording
        kind = f"backward of {id(self)}"
        if kind not in version.shortcuts:
            version.shortcuts[kind] = shortcut(version, call.layout, "backward", (), True, self.is_mean, False, self)
        found = version.shortcuts[kind]
        if found is not None:
            self._quick[len(call.layout.shapes)] = found

    def keep(self, version: Version, d: Any) -> None:
        """Makes the derivatives by a program's parameters the gradient."""
        if d is self._gradient:
            return
        here, there = self._placed(version)
        if len(there) == len(self._gradient) and here is there:
            self._gradient[:] = d[: len(here)]
            return
        self._gradient.fill(0.0)
        self._gradient[there] = d[here]

    def has_place_for(self, version: Version) -> bool:
        """Whether a program has these parameters, in this order, so that its gradient can be this one's array."""
        here, there = self._placed(version)
        return here is there and len(there) == len(self._data) == len(version.parameters)

    def epochs(self, rule: Rule, *args: Any, **options: Any) -> Descent:
        """Steps to be made by `rule`, an optimiser; arguments with samples are arrays with all of them.

        >>> import numpy as np
        >>> import autograd
        >>> class Descent:
        ...     def update(self, data, gradient):
        ...         data -= 0.01 * gradient
        >>> w = autograd.Value(2.0)
        >>> flat = autograd.compile(lambda x: (w * x - 1.0) ** 2, batch=0).flat([w])
        >>> steps = flat.epochs(Descent(), np.array([1.0, 2.0, 4.0]))
        >>> losses = steps.run(np.array([0, 1, 2]), batch_size=2)
        >>> [float(f"{loss:.4f}") for loss in losses], f"{flat.data[0]:.4f}"
        ([5.0, 45.1584], '1.3924')
        """
        return Descent(self, args, options, rule)

    def write_back(self) -> None:
        """Writes numbers and gradients to the parameters."""
        for parameter, x, slope in zip(self.parameters, self.data.tolist(), self.gradient.tolist(), strict=True):
            parameter._data, parameter._grad = x, slope

    def version(self, layout: Layout) -> Version | None:
        """What would be run first for arguments of this layout, if the function has the parameters it had then."""
        found = self._compiled.version(layout)
        return found if found is not None and self.finds(found) else None

    def there(self, version: Version) -> Any:
        """For each parameter of a program, which of these it is, or -1."""
        here, there = self._placed(version)
        found = np.full(len(version.parameters), -1)
        found[here] = there
        return found

    @property
    def is_mean(self) -> bool:
        """Whether the loss of a batch is the mean over its samples, and not the sum."""
        return self._compiled.reduce == "mean"

    def finds(self, version: Version) -> bool:
        """Whether the function has the parameters it was recorded with; looked up once after each `refresh`."""
        if version not in self._looked and version.closure.is_same():
            self._looked.add(version)
        return version in self._looked

    def look(self) -> None:
        """Notices if the function has other parameters now."""
        self._looked.clear()

    def refresh(self) -> None:
        """Reads the numbers of the parameters, and notices if the function has others now."""
        self.look()
        self.data[:] = np.fromiter(map(_data, self.parameters), float, len(self.parameters))

    def pay(self, samples: int) -> None:
        """Lets samples of steps that a program made pay for recordings."""
        self._compiled.pay(samples)

    def numbers(self, version: Version) -> Any:
        """What a program is to read as its parameters."""
        if self.has_place_for(version):
            return self._data
        here, there = self._placed(version)
        if len(here) == len(version.parameters):
            return self.data[there]
        numbers = np.fromiter(map(_data, version.parameters), float, len(version.parameters))
        numbers[here] = self.data[there]
        return numbers

    def _placed(self, version: Version) -> tuple[Any, Any]:
        """Which of a program's parameters are among these, and where."""
        found = self._places.get(version)
        if found is None:
            if version.results:
                raise ValueError(
                    f"{version.results[0]!r} was computed before the function was recorded and would never be again; "
                    "compute it inside the function"
                )
            found = self._places_of(version.parameters)
            if np.array_equal(*found):  # the same object says so without looking
                found = found[0], found[0]
            self._places[version] = found
        return found

    def _places_of(self, values: list[Value]) -> tuple[Any, Any]:
        """Which of these Values are parameters here, and where."""
        places = [self._place.get(id(x), -1) for x in values]
        here = [k for k, place in enumerate(places) if place >= 0]
        return np.array(here, dtype=int), np.array([places[k] for k in here], dtype=int)

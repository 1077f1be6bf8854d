"""Array: the numbers of parameters in one array, and the derivatives by them in another; see `store`."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np

from ...core.value import Value
from ..versions.version import Version

_data = attrgetter("_data")


def _copied_into(name: str, what: str) -> Any:
    def write(array: Any, numbers: Any) -> None:
        if numbers is not getattr(array, name):
            getattr(array, name)[:] = numbers

    return property(attrgetter(name), write, doc=f"{what}; what is assigned is copied into it.")


class ParameterArray:
    """Parameters as one array `data` and their gradient as another, `gradient`."""

    def __init__(self, parameters: Iterable[Value]) -> None:
        self.parameters = list(parameters)
        for parameter in self.parameters:
            if parameter.op is not None or not parameter._serial:
                raise ValueError(
                    f"{parameter!r} is a result or a constant and no parameter; give a leaf, as Value(...)"
                )
        self._place = {id(parameter): k for k, parameter in enumerate(self.parameters)}
        self._data, self._gradient = np.empty(len(self.parameters)), np.zeros(len(self.parameters))
        self.alone: Version | None = None  # what ran all samples for the last gradient, where that is one program
        self.looks = 0  # how often it is to be noticed if a function has other parameters
        self.refresh()

    data = _copied_into("_data", "The numbers of the parameters, one array that can be written to")
    gradient = _copied_into("_gradient", "Their gradient, an array too")

    def write_back(self) -> None:
        """Writes numbers and gradients to the parameters."""
        for parameter, x, slope in zip(self.parameters, self.data.tolist(), self.gradient.tolist(), strict=True):
            parameter._data, parameter._grad = x, slope

    def look(self) -> None:
        """Notices if the function has other parameters now."""
        self.looks += 1

    def refresh(self) -> None:
        """Reads the numbers of the parameters, and notices if the function has others now."""
        self.look()
        self.data[:] = np.fromiter(map(_data, self.parameters), float, len(self.parameters))

    def of(self, version: Version) -> Placed:
        """Where the parameters of a version are; kept there, so that it goes with the version, or else with this."""
        home: Placed | None = version.homes.get(self)
        if home is None:
            home = version.homes[self] = Placed(self, version)
        return home

    def places(self, values: list[Value]) -> tuple[Any, Any]:
        """Which of these Values are parameters here, and where."""
        places = [self._place.get(id(x), -1) for x in values]
        here = [k for k, place in enumerate(places) if place >= 0]
        return np.array(here, dtype=int), np.array([places[k] for k in here], dtype=int)


class Placed:
    """The parameters of one version, of which some are in an array."""

    def __init__(self, array: ParameterArray, version: Version) -> None:
        self.shortcuts: dict[str, Callable[..., Any] | None] = {}
        self._array: ParameterArray = weakref.proxy(array)  # a function lives longer than those who train it
        self._version = version
        self._data, self._gradient = array.data, array.gradient
        self._looked = 0  # when the function had the parameters it was recorded with

    @cached_property
    def places(self) -> tuple[Any, Any]:
        """Which of the program's parameters are in the array, and where."""
        if self._version.results:
            raise ValueError(
                f"{self._version.results[0]!r} was computed before the function was recorded and would never be again; "
                "compute it inside the function"
            )
        return self._array.places(self._version.parameters)

    @cached_property
    def _is_whole(self) -> bool:
        """Whether the first parameters are those of the array, in its order."""
        here, there = self.places
        return len(there) == len(self._data) and np.array_equal(here, there)

    @cached_property
    def place(self) -> Any:
        """The array for the gradient, where it is by the very same parameters in the same order; or None."""
        return self._gradient if self._is_whole and len(self._version.parameters) == len(self.places[0]) else None

    @property
    def there(self) -> Any:
        """For each parameter of the program, which of the array it is, or -1."""
        here, there = self.places
        found = np.full(len(self._version.parameters), -1)
        found[here] = there
        return found

    def is_same(self) -> bool:
        """Whether the function has the parameters it was recorded with; looked up once after each `look`."""
        looks: int = self._array.looks
        if self._looked != looks and self._version.is_same():
            self._looked = looks
        return self._looked == looks

    def numbers(self) -> Any:
        """What the program is to read as its parameters; those that are not in the array, from their Values."""
        data = self._data
        if self.place is not None:
            return data
        here, there = self.places
        if len(here) == len(self._version.parameters):
            return data[there]
        numbers = np.fromiter(map(_data, self._version.parameters), float, len(self._version.parameters))
        numbers[here] = data[there]
        return numbers

    def keeping(self) -> tuple[str, dict[str, Any]]:
        """The line that keeps derivatives."""
        return "keep(d)", {"keep": self._keep}

    def _keep(self, derivatives: Any) -> None:
        """Makes the derivatives by the program's parameters the gradient."""
        gradient = self._gradient
        if derivatives is gradient:
            return
        here, there = self.places
        if self._is_whole:
            gradient[:] = derivatives[: len(here)]
            return
        gradient.fill(0.0)
        gradient[there] = derivatives[here]

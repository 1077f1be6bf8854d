"""Module: something with parameters, such as a neuron, a layer or a whole network."""

from __future__ import annotations

from autograd import Value


class Module:
    """A part of a network: it finds its parameters among its attributes.

    A subclass needs no registration: Values, and Modules that hold Values, may be attributes, or stand in lists,
    tuples and dictionaries of attributes. Override `parameters` to choose them yourself.

    >>> from autograd import Value
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).backward()
    >>> [p.grad for p in line.parameters()]
    [3.0, 1.0]
    """

    def parameters(self) -> list[Value]:
        """The Values to train, in the order of the attributes, each once; results and constants are not among them."""
        found: list[Value] = []
        seen: set[int] = set()  # ids: of parameters shared by two parts, and of parts that refer to each other
        waiting: list[object] = list(reversed(vars(self).values()))
        while waiting:
            x = waiting.pop()
            if not isinstance(x, Value | Module | list | tuple | dict) or id(x) in seen:
                continue
            seen.add(id(x))
            if isinstance(x, Value):
                if x.is_leaf and not x.is_constant:
                    found.append(x)
            elif isinstance(x, Module):
                waiting.extend(reversed(x.parameters()))
            else:
                waiting.extend(reversed(list(x.values()) if isinstance(x, dict) else x))
        return found

    def zero_grad(self) -> None:
        """Forgets the gradients that `backward` added to the parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()

"""Module: something with parameters, such as a neuron, a layer or a whole network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import autograd
from autograd import Value, fields

from ..arguments.checks import as_list, rows
from ..metrics import accuracy_of, r2
from .freezing import freeze
from .outputs import eager_outputs, outputs_of
from .summary import summary

_MANY = 30  # rows: from here on compiling takes less time than it saves


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

    shape: Any = None  # (how many numbers go in, how many come out), where the module knows
    training = True  # whether parts that behave otherwise in training, such as Dropout, do so now

    def __call__(self, x: Any) -> Any:
        """The outputs for one sample."""
        raise NotImplementedError(f"{type(self).__name__} needs a __call__(self, x) that computes its outputs")

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

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The parameters with the path of attributes and places that leads to each, as in "layers.0.neurons.1.w.0"."""
        names: dict[int, str] = {}
        for name, x in _within(self):
            if isinstance(x, Value):
                names.setdefault(id(x), name)
        return [(names.get(id(p), f"parameter {k}"), p) for k, p in enumerate(self.parameters())]

    def named_modules(self) -> list[tuple[str, Module]]:
        """This module, under the name "", and all its parts and theirs, with the path that leads to each."""
        return [("", self), *((name, x) for name, x in _within(self) if isinstance(x, Module))]

    @property
    def gives_probabilities(self) -> bool:
        """Whether the outputs are probabilities, and not numbers that a loss turns into some."""
        return False

    def summary(self) -> str:
        """The layers with their shapes and how many parameters they have, as a table to print."""
        return summary(self)

    def zero_grad(self) -> None:
        """Forgets the gradients that `backward` added to the parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def freeze(self, frozen: bool = True) -> Self:
        """Keeps optimisers from changing the parameters, or lets them with `frozen=False`; returns the module."""
        freeze(self.parameters(), frozen)
        return self

    def train(self, training: bool = True) -> Self:
        """Lets parts such as Dropout behave as in training, or not, with `training=False`; returns the module."""
        for _, part in self.named_modules():
            part.training = training
            part.hold(False)
        return self

    def draw(self) -> None:
        """Draws what is random in the parts, to be the same in all calls until the next `draw`, `train` or `eval`.

        A compiled function replays operations and draws nothing by itself: before each batch somebody draws for it.
        """
        for _, part in self.named_modules():
            part.hold(True)

    def hold(self, held: bool) -> None:
        """Draws what is random in this part alone and keeps it, or lets each call draw again."""

    def eval(self) -> Self:
        """The same as `train(False)`: before predictions on new data."""
        return self.train(False)

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """In the `with` block parts such as Dropout behave as in prediction; after it, each as before."""
        before = [(part, part.training) for _, part in self.named_modules()]
        self.eval()
        try:
            yield
        finally:
            for part, training in before:
                part.training = training

    def predict(self, X: Any) -> list[Any]:
        """The outputs for each row of `X` as plain numbers; many rows run as matrix code, the same but for rounding.

        >>> import nn
        >>> nn.MLP(2, [3, 1], seed=0, init="zeros").predict([[1.0, 2.0], [3.0, 4.0]])
        [0.0, 0.0]
        """
        samples = rows("X", X)
        with self.evaluating():
            return outputs_of(self, samples) if len(samples) > _MANY else eager_outputs(self, samples)

    def predict_proba(self, X: Any) -> list[list[float]]:
        """For each row of `X` the probabilities of the classes: the softmax of the outputs.

        One output is the logit of class 1 against class 0. Outputs that are probabilities already stay as they are.
        """
        return [self._probabilities(as_list(outputs) or [outputs]) for outputs in self.predict(X)]

    def predict_class(self, X: Any) -> list[int]:
        """For each row of `X` the class of the largest probability."""
        return [max(range(len(p)), key=p.__getitem__) for p in self.predict_proba(X)]

    def score(self, X: Any, y: Any) -> float:
        """How good the predictions are: the share of right labels or, of a model with one output for numbers, R2.

        The targets of one output are labels where all are the integers 0 and 1, or -1 and 1.

        >>> import nn
        >>> nn.MLP(1, [1], init=lambda fan_in, fan_out, random: 2.0).score([0.5, 1.0, 1.5], [1.0, 2.0, 3.0])
        1.0
        """
        outputs, wanted = self.predict(X), as_list(y) or []
        labels = all(isinstance(target, int) for target in wanted) and {*wanted} in ({0, 1}, {-1, 1}, {0}, {1}, {-1})
        if as_list(outputs[0]) is None and not labels:
            return r2(outputs, wanted)
        return accuracy_of(self)(outputs, wanted)

    def _probabilities(self, outputs: list[float]) -> list[float]:
        if len(outputs) > 1:
            return outputs if self.gives_probabilities else autograd.softmax(outputs)
        (p,) = outputs
        return [1.0 - p, p] if self.gives_probabilities else [autograd.sigmoid(-p), autograd.sigmoid(p)]

    def state_dict(self) -> dict[str, Any]:
        """The numbers of the parameters by name, and what else its parts keep, as plain data."""
        state: dict[str, Any] = {name: parameter.data for name, parameter in self.named_parameters()}
        return state | {f"{name}: state": kept for name, part in self.named_modules() if (kept := part.kept())}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over what `state_dict` gave; all of it or, if it raises, nothing.

        Raises:
            ValueError: the state is damaged, or that of a network of another structure.
        """
        mine, state = self.state_dict(), fields.read(fields.STATE, state, "the state")
        for odd, what in ((mine.keys() - state.keys(), "lacks"), (state.keys() - mine.keys(), "also has")):
            if odd:
                raise ValueError(
                    f"the state {what} {', '.join(sorted(odd)[:3])}{', ...' if len(odd) > 3 else ''}; load it into a "
                    "model built as the one that was saved"
                )
        numbers = fields.record(**{name: fields.number for name, _ in self.named_parameters()})
        new, before = (
            fields.read(numbers, state, "the state"),
            [(part, part.kept()) for _, part in self.named_modules()],
        )
        try:
            for name, part in self.named_modules():
                if part.kept():
                    part.keep(state[f"{name}: state"])
        except Exception:
            for part, kept in before:
                if kept:
                    part.keep(kept)
            raise
        for name, parameter in self.named_parameters():
            parameter.data = new[name]

    def kept(self) -> Any:
        """What a part keeps from call to call besides parameters, as plain data; None if nothing."""
        return None

    def keep(self, kept: Any) -> None:
        """Takes over what `kept` gave."""


def _within(module: Module) -> Iterator[tuple[str, object]]:
    """All Values and Modules in the attributes, each with its path, once for each path that is not a detour."""
    seen = {id(module)}
    waiting: list[tuple[str, object]] = [(name, x) for name, x in reversed(vars(module).items())]
    while waiting:
        name, x = waiting.pop()
        if not isinstance(x, Value | Module | list | tuple | dict) or id(x) in seen:
            continue
        seen.add(id(x))
        if isinstance(x, Value | Module):
            yield name, x
        inner = vars(x) if isinstance(x, Module) else x
        if isinstance(inner, dict):
            waiting.extend((f"{name}.{key}", item) for key, item in reversed(inner.items()))
        elif isinstance(inner, list | tuple):
            waiting.extend((f"{name}.{k}", item) for k, item in reversed(list(enumerate(inner))))

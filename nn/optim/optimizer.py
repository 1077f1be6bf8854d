"""What every optimiser does around its rule: it gathers, clips, checks, steps whole or not at all, and remembers."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import isfinite
from typing import Any, ClassVar, TypedDict

import numpy as np

from autograd import Value, fields

from ..arguments.checks import rate
from ..arguments.keywords import named
from ..layers.freezing import is_frozen, latest_change
from .clipping import clip_by_norm, clip_by_value
from .settings import Rate, Setting, limit, rate_or_schedule

_ADDRESS = re.compile(" at 0x[0-9a-fA-F]+")
_NOT_SET = {"parameters", "steps_done", "memory", "_looked", "_frozen"}  # what is no setting of an optimiser


class Options(TypedDict, total=False):
    """What every optimiser takes besides the numbers of its rule."""

    weight_decay: float
    clip_norm: float | None
    clip_value: float | None


class Optimizer:
    """Changes parameters by their gradients, with a `rule` that a subclass gives.

    The rule is arithmetic on a parameter, its gradient and what is remembered of earlier steps. It is written for one
    number, and runs on arrays of them: `step` takes the numbers of the Values, `update` those of an array.

    Args:
        parameters: the Values to change, as from `model.parameters()`; one that is given twice is stepped once, and a
            frozen one not at all.
        lr: the learning rate, at least 0, or a schedule of `nn.schedules`.
        weight_decay: how much of itself each parameter loses, as the subclass says.
        clip_norm: where the gradient of all parameters together is longer, it is shortened to this length.
        clip_value: where the gradient of a parameter is larger, it is cut to this size.
    """

    remembers: ClassVar[tuple[str, ...]] = ()  # for each parameter, from step to step
    lr = Rate(rate_or_schedule, "The learning rate: how long a step is for a gradient of 1.")
    weight_decay = Setting(rate, "How much of itself each parameter loses.")
    clip_norm = Setting(limit, "The largest length of the gradient of all parameters together, or None.")
    clip_value = Setting(limit, "The largest gradient of one parameter, or None.")

    @named
    def __init__(
        self,
        parameters: Iterable[Value],
        lr: Any,
        *,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        self.parameters = _trainable(parameters)
        self.lr, self.weight_decay = lr, weight_decay
        self.clip_norm, self.clip_value = clip_norm, clip_value
        self.steps_done = 0  # made so far
        self.memory = {name: np.zeros(len(self.parameters)) for name in self.remembers}
        self._looked = -1
        self._frozen: Any = None

    def rule(self, x: Any, gradient: Any, *memory: Any) -> tuple[Any, ...]:
        """The next value of a parameter, then what is remembered of it: only `+ - * /` and `numpy.sqrt`."""
        raise NotImplementedError(f"{type(self).__name__} needs a rule(x, gradient, ...) that returns the next x, ...")

    def zero_grad(self) -> None:
        """Forgets the gradients, which would otherwise add up over several `backward`."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> None:
        """Changes every parameter once, by its gradient; all of them or, if it raises, none.

        Raises:
            FloatingPointError: a gradient is nan or infinite, or a parameter would become so.
        """
        data = np.array([parameter.data for parameter in self.parameters])
        gradient = np.array([parameter.grad for parameter in self.parameters])
        following, memory = self._following(data, gradient)
        self._finish(lambda: self._write(following.tolist()), memory)

    def update(self, data: Any, gradient: Any) -> None:
        """Makes the step that `step` makes, bit for bit, on an array with the numbers of the parameters, in place.

        Raises:
            FloatingPointError: as `step`; nothing has changed then.
        """
        if data.shape != (len(self.parameters),) or gradient.shape != data.shape:
            raise ValueError(
                f"update takes arrays of {len(self.parameters)} numbers, one for each parameter, got {data.shape} and "
                f"{gradient.shape}"
            )
        following, memory = self._following(data, gradient)
        self._finish(lambda: np.copyto(data, following), memory)

    def formula(self, x: Any, gradient: Any, memory: tuple[Any, ...], rate: Any, step: Any) -> tuple[Any, ...]:
        """The rule on symbols, to be printed and compiled: `rate` stands for lr, and `step` for the steps made.

        Raises:
            TypeError: an update of this optimiser is more than its rule for each parameter by itself.
        """
        if type(self).update is not Optimizer.update or type(self)._following is not Optimizer._following:
            raise TypeError(f"{type(self).__name__} has an update of its own")
        if self.clip_norm is not None:
            raise TypeError("clip_norm needs the gradients of all parameters at once")
        if self.clip_value is not None:
            gradient = np.minimum(np.maximum(gradient, -self.clip_value), self.clip_value)
        twin = copy.copy(self)
        twin.__dict__.update(lr=rate, steps_done=step)
        before = dict(twin.__dict__)
        after = self._checked(twin.rule(x, gradient, *memory))
        if twin.__dict__.keys() != before.keys() or any(twin.__dict__[name] is not old for name, old in before.items()):
            raise TypeError(f"the rule of {type(self).__name__} changes the optimiser")
        return after

    def settings(self) -> dict[str, Any] | None:
        """All that the rule reads besides symbols; None for a subclass of the user's, which may read anything."""
        if not _is_ours(type(self).__module__):
            return None
        return {name: value for name, value in self.__dict__.items() if name not in _NOT_SET}

    def rates(self, steps: int) -> Any:
        """The learning rates of so many steps to come; fewer, where a schedule has none for one of them."""
        schedule, found = self.__dict__["lr"], np.empty(steps)
        if not callable(schedule):
            found[:] = schedule
            return found
        for step in range(steps):
            try:
                found[step] = rate("lr", schedule(self.steps_done + step))
            except Exception:  # the step itself will say it
                return found[:step]
        return found

    def frozen(self) -> Any:
        """For each parameter whether it is frozen, or None where none is."""
        if self._looked != latest_change():
            self._looked = latest_change()
            frozen = np.array([is_frozen(parameter) for parameter in self.parameters])
            self._frozen = frozen if frozen.any() else None
        return self._frozen

    def _following(self, data: Any, gradient: Any) -> tuple[Any, dict[str, Any]]:
        frozen = self.frozen()
        if frozen is not None:
            gradient = np.where(frozen, 0.0, gradient)
        self._require_finite("gradient of", gradient)
        if self.clip_value is not None:
            gradient = clip_by_value(gradient, self.clip_value)
        if self.clip_norm is not None:
            gradient = clip_by_norm(gradient, self.clip_norm)
        before = tuple(self.memory.values())
        with np.errstate(all="ignore"):
            after = self._checked(self.rule(data, gradient, *before))
        if frozen is not None:
            after = tuple(np.where(frozen, old, new) for old, new in zip((data, *before), after))
        self._require_finite("next value of", after[0])
        memory = dict(zip(self.memory, after[1:]))
        for name, numbers in memory.items():
            self._require_finite(f"{name} of", numbers)
        return after[0], memory

    def _finish(self, write: Callable[[], None], memory: dict[str, Any]) -> None:
        steps = self.steps_done + 1
        try:
            write()
            self.memory, self.steps_done = memory, steps
        except KeyboardInterrupt:  # Ctrl-C never leaves half a step
            write()
            self.memory, self.steps_done = memory, steps
            raise

    def _write(self, data: list[float]) -> None:
        for parameter, x in zip(self.parameters, data):
            parameter.data = x

    def _checked(self, after: Any) -> tuple[Any, ...]:
        """What the rule gave."""
        if not isinstance(after, tuple) or len(after) != 1 + len(self.memory):
            raise TypeError(
                f"the rule of {type(self).__name__} must return a tuple: {', '.join(['the next x', *self.remembers])}"
            )
        return after

    def _require_finite(self, what: str, numbers: Any) -> None:
        with np.errstate(all="ignore"):
            if isfinite(np.add.reduce(numbers)):  # one look instead of one for each; a sum that overflows looks again
                return
        for parameter, x in zip(self.parameters, numbers.tolist()):
            if not isfinite(x):
                raise FloatingPointError(
                    f"the {what} {_name(parameter)} is {x}, so no parameter was changed; lower the learning rate "
                    f"({self.lr:g}) or scale the inputs"
                )

    def state_dict(self) -> dict[str, Any]:
        """All that the next steps depend on besides the parameters, as plain numbers, strings, lists and dicts.

        A schedule or a function in place of a number is kept as its text, to be compared and not to be restored.
        """
        return {
            "kind": type(self).__name__,
            "steps": self.steps_done,
            "settings": {name: _plain(self.__dict__[name]) for name in self._settings()},
            "memory": {name: numbers.tolist() for name, numbers in self.memory.items()},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over what `state_dict` gave, so that training goes on as if it had never stopped; all or nothing.

        Raises:
            ValueError: the state is that of another kind of optimiser, of other parameters or of another schedule.
        """
        twin = copy.copy(self)
        known = fields.read(
            fields.record(
                kind=fields.text,
                steps=fields.whole(most=2**53),
                settings=fields.named(fields.anything),
                memory=fields.named(fields.listed(fields.number)),
            ),
            state,
            "the state of an optimiser",
        )
        kind, settings, memory = known["kind"], known["settings"], known["memory"]
        if kind != type(self).__name__ or set(settings) != set(self._settings()) or set(memory) != set(self.memory):
            raise ValueError(f"the state is that of {kind}, and this is {type(self).__name__}; make the same optimiser")
        for name, x in settings.items():
            mine = self.__dict__[name]
            if callable(mine) or isinstance(x, str) or isinstance(mine, bool) is not isinstance(x, bool):
                if _plain(mine) != _plain(x) or type(_plain(mine)) is not type(x):
                    raise ValueError(f"the state was saved with {name}={x!s:.80}, and here it is {mine!r}")
                continue
            try:
                setattr(twin, name, x)
            except TypeError as error:
                raise ValueError(f"the state is damaged: {error}") from None
        for name, found in memory.items():
            if len(found) != len(self.parameters):
                raise ValueError(
                    f"the state has a {name} for {len(found)} parameters, and this optimiser has "
                    f"{len(self.parameters)}; load it into the optimiser of the same model"
                )
        twin.steps_done, twin.memory = known["steps"], {name: np.array(memory[name]) for name in self.memory}
        self.__dict__.update(twin.__dict__)

    def _settings(self) -> list[str]:
        return [name for kind in type(self).__mro__[::-1] for name, x in vars(kind).items() if isinstance(x, Setting)]

    def __repr__(self) -> str:
        given = [f"{name}={self.__dict__[name]!r}" for name in self._settings() if self.__dict__[name]]
        return f"{type(self).__name__}({', '.join([f'{len(self.parameters)} parameters', *given])})"


@cache
def _is_ours(module: str) -> bool:
    return module.split(".")[0] == __name__.split(".")[0]


def _plain(x: Any) -> Any:
    """As a file has it; of a function its text, without the address, which is another one in each process."""
    if callable(x) or isinstance(x, str):
        return _ADDRESS.sub("", x if isinstance(x, str) else repr(x))
    return list(x) if isinstance(x, tuple) else x


def _name(parameter: Value) -> str:
    return f"{parameter.scope} {parameter.label}".strip() or repr(parameter)


def _trainable(parameters: Any) -> list[Value]:
    """The parameters, each once."""
    if callable(getattr(parameters, "parameters", None)):
        raise TypeError(f"an optimiser takes the parameters of {parameters!r}; write model.parameters()")
    try:
        given = list(parameters)
    except TypeError:
        raise TypeError(f"parameters must be a list of Values, got {parameters!r}; they come before lr") from None
    for parameter in given:
        if not isinstance(parameter, Value):
            raise TypeError(f"a parameter must be a Value, got {parameter!r}; make it one with Value(...)")
        if parameter.is_constant or not parameter.is_leaf:
            raise ValueError(f"{parameter!r} is the result of an operation, not a parameter; train a leaf, Value(...)")
    if not given:
        raise ValueError("there are no parameters to train; give at least one Value")
    return list({id(parameter): parameter for parameter in given}.values())

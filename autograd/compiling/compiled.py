"""Compiled: a function that is called like the one it was made of, and runs its programs; see `compile`."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, update_wrapper
from inspect import cleandoc
from types import GenericAlias, MethodType
from typing import Any, ClassVar

from ..anomaly import looking
from ..core import sweep
from ..core.value import Value
from ..core.watching import watchers
from ..trees import NUMBER
from ..verbs.adjoints import pull_showing
from ..verbs.ancestry import history
from ..verbs.hooks import hooked, hooks
from .calls.arguments import Arguments, Layout
from .calls.flattening import ALL
from .calls.static import Name
from .programs.program import Program
from .python.lines import PythonLines
from .reading.report import Report
from .training.flat import FlatParameters
from .versions.options import Options
from .versions.shares import Share, by_arguments, mean_or_sum, rest, results
from .versions.shortcut import shortcut
from .versions.store import Asked
from .versions.version import Version
from .versions.versions import CacheInfo, Versions, is_recording

_Shortcuts = dict[int, Callable[..., Any]]


class Compiled:
    """A function that is recorded once for each arrangement of its arguments, and then replayed."""

    __class_getitem__: ClassVar[Any] = classmethod(GenericAlias)  # in annotations: its arguments, what `backward` gives
    bind: ClassVar[Callable[..., Any]]  # makes the method of an instance that has none yet; see `methods`

    def __init__(self, versions: Versions) -> None:
        self.versions, self._options = versions, versions.options
        # printed functions for calls, by the number of arguments
        self._values, self._gradients, self._backwards = _Shortcuts(), _Shortcuts(), _Shortcuts()
        self.instances: dict[int, Compiled] = {}  # by identity: the same for each, where this is a method
        update_wrapper(self, versions.wrapped, updated=())
        self.__doc__ = _described(versions.wrapped)

    @classmethod
    def of(cls, function: Callable[..., Any], options: Options) -> Compiled:
        """A function that is compiled as its options say."""
        return cls(Versions(function, options.of(function)))

    @property
    def function(self) -> Callable[..., Any]:
        """The function itself."""
        return self.versions.function

    @property
    def batch(self) -> frozenset[Name]:
        """Which arguments have samples, by position and name."""
        return self._options.batch  # type: ignore[no-any-return]

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The result in the arrangement that the function returns; of a batch, one result for each sample.

        Given a Value, or while another compiled function is being recorded, the function itself is called, and
        recorded: the verbs differentiate through it. Only a batch gives plain numbers then too.
        """
        if not options and not watchers:
            known = self._values.get(len(args))
            if known is not None and (found := known(*args)) is not None:
                return found
        if is_recording():
            return self.function(*args, **options)
        call = self.versions.call(args, options)
        if call.own is None and call.values:
            return self.function(*args, **options)
        shares = self.versions.run(Asked(call))
        if watchers and looking():
            self._look(call, sweeps=False)
        self._prepare(self._values, "value", call, shares)
        return results(call, shares, self._options.has_aux)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """A decorated method of an instance, which has programs of its own; see `methods`."""
        try:  # not kept: it keeps the instance alive
            return MethodType(self.instances[id(instance)], instance)
        except KeyError:
            return self if instance is None else self.bind(instance)

    def value_and_grad(self, *args: Any, **options: Any) -> tuple[Any, Any]:
        """The value, and the gradient by the argument that `argnums` names, arranged like it.

        For a batch both are those of the mean over the samples, or of the sum. With `has_aux`, the value is a pair.

        Raises:
            ValueError: the function returns something else than one number, or has no such argument.
        """
        if not options and not watchers:
            known = self._gradients.get(len(args))
            if known is not None and (found := known(*args)) is not None:
                return found  # type: ignore[no-any-return]
        call = self.versions.call(args, options)
        argnums, count = self._options.argnums, len(args)
        chosen = (argnums,) if isinstance(argnums, int) else argnums
        for k in chosen:
            if not -count <= k < count:
                raise ValueError(
                    f"there is no argument {k} to differentiate by: the call has {count}; argnums says which, "
                    "and backward differentiates by parameters"
                )
        chosen = tuple([k % count for k in chosen])
        shares = self.versions.swept(call, lambda version: version.wanted(False, call.layout.wanted(chosen)))
        if watchers and looking():
            self._look(call, sweeps=True)
        gradients = by_arguments(call, shares, chosen)
        self._prepare(self._gradients, "gradient", call, shares, chosen)
        return self._value(call, shares), gradients[0] if isinstance(argnums, int) else gradients

    def backward(self, *args: Any, **options: Any) -> Any:
        """Adds the gradient to the `grad` of the parameters, and of Values among the arguments; returns the value.

        For a batch both are those of the mean over the samples, or of the sum. With `has_aux`, the value is a pair.

        Raises:
            ValueError: the function returns something else than one number, or there is no Value to add a gradient to.
        """
        if not (options or watchers or hooks):
            known = self._backwards.get(len(args))
            if known is not None and (value := known(*args)) is not None:
                return value
        call = self.versions.call(args, options)
        shares = self.versions.swept(call, lambda version: version.wanted(True, call.wanted()))
        if watchers and looking():
            self._look(call, sweeps=True)
        places = [place for place, _ in call.values]
        if not places and not any(share.parameters for share in shares):
            raise ValueError(
                "backward finds no Value to add a gradient to: the function reads numbers and its arguments alone; "
                "value_and_grad gives the gradient by those"
            )
        self._prepare(self._backwards, "backward", call, shares)
        for share in shares:
            parameters = share.parameters
            before = [x for x in parameters if x.op is not None]
            gradients, leaves = share.d_parameters.tolist(), len(parameters) - len(before)
            _add_gradients(parameters[:leaves], gradients[:leaves])
            if before:  # the gradient goes on to what they were computed from
                sweep.backward(before, gradients[leaves:])
            if places:
                _add_gradients([value for _, value in call.values], share.d_shared[places].tolist())
        return self._value(call, shares)

    def flat(self, parameters: Iterable[Value]) -> FlatParameters:
        """The parameters as one array, from which the function is run: for loops that take many steps."""
        return FlatParameters(self.versions, parameters)

    def cache_info(self) -> CacheInfo:
        """How often it was called and recorded, and which comparison turned last."""
        return self.versions.info()

    def explain_branches(self) -> Report:
        """Which branches on Values became choices inside the program recorded last, which stayed guards, and why."""
        return self.versions.again.report

    @property
    def program(self) -> Program:
        """The program that ran last."""
        last = self.versions.last
        if last is None:
            raise ValueError("there is no program yet, because the function was never called; call it once")
        return last.program

    def follow(self, steps: Callable[[], int] | None) -> None:
        """Has steps of a training decide when there is to be machine code; None: its runs do."""
        self.versions.follow(steps)

    def _prepare(
        self, known: _Shortcuts, kind: str, call: Arguments, shares: list[Share], chosen: tuple[int, ...] = ()
    ) -> None:
        """Lets further calls of this kind, with arguments like these, go straight to a printed function."""
        version, count = shares[0].version, len(call.layout.trees)
        if self._options.check:
            return
        # of several shares, one would run in vain, and be run again for some of the samples
        if version is None or not version.is_kept or len(shares) > 1:
            known.pop(count, None)
            return
        if kind not in version.shortcuts:
            version.shortcuts[kind] = self._printed(kind, call.layout, version, chosen)
        found = version.shortcuts[kind]
        if found is not None:
            known[count] = found

    def _printed(
        self, kind: str, layout: Layout, version: Version, chosen: tuple[int, ...]
    ) -> Callable[..., Any] | None:
        runs, trees, options = version.program.runs, layout.trees, self._options
        is_single = isinstance(options.argnums, int)
        plain = trees and not layout.names and all(tree == NUMBER for tree in (version.result, *trees))
        if not (isinstance(runs, PythonLines) and plain and not any(layout.batched)) or kind == "backward":
            return shortcut(version, version, layout, kind, chosen, is_single, self.versions.is_mean, options.has_aux)
        wanted, result = b"", runs.name(runs.graph.outputs[0])
        if kind == "gradient":
            wanted = version.wanted(False, layout.wanted(chosen))
            slopes = [f"d{runs.graph.first_argument + k}" for k in chosen]
            result += f", {slopes[0] if is_single else '(' + ', '.join(slopes) + ',)'}"
        return runs.shortcut(version.parameters, wanted, result, version.is_same if version.closure else None)

    def _look(self, call: Arguments, sweeps: bool) -> None:
        """Runs the function itself, and sweeps back through it, where detect_anomaly sees it; hooks do not.

        Called when it is recorded, and known which numbers it needs as they are.
        """
        for sample in range(call.samples):
            _, args, options = call.example(sample)
            result = self.function(*args, **options)
            if self._options.has_aux:
                result = result[0]
            if sweeps and isinstance(result, Value):
                pull_showing(history([result], 0), {result._serial: 1.0}, lambda node, adjoint: adjoint)

    def _value(self, call: Arguments, shares: list[Share]) -> Any:
        """The results of the samples as one number, and with `has_aux` what is returned besides."""
        value = mean_or_sum(call, shares, self.versions.is_mean)
        return (value, rest(call, shares)) if self._options.has_aux else value

    # Copied and pickled like a function: by its name, or else by what it was made of; programs are not.

    def __copy__(self) -> Compiled:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Compiled:
        function = copy.deepcopy(self.function, memo)
        return self if function is self.function else Compiled.of(function, self._constants())

    def __reduce__(self) -> str | tuple[Any, ...]:
        named: Any = sys.modules.get(str(getattr(self, "__module__", None)))
        name = str(getattr(self, "__qualname__", "<none>"))
        for part in name.split("."):
            named = getattr(named, part, None)
        return name if named is self else (Compiled.of, (self.function, self._constants()))

    def _constants(self) -> Options:
        """The options, and what is constant by them or as calls have shown since."""
        modes = self.versions.static.modes
        return replace(self._options, static=[name for name, mode in modes.items() if mode == ALL])

    def __repr__(self) -> str:
        return repr(self.versions)


def _described(function: Callable[..., Any]) -> str:
    """What `help` says of it: the function's own text, and what it can do besides since it is compiled."""
    own = cleandoc(function.__doc__) if isinstance(function.__doc__, str) else ""
    return f"{own}\n\n{_besides()}".strip()


@cache
def _besides() -> str:
    text = ["Compiled by `autograd.compile`, whose help says what it does and guarantees. Besides calls it has"]
    for name in ("backward", "value_and_grad", "flat", "program", "explain_branches", "cache_info"):
        attribute = getattr(Compiled, name)
        call = "" if isinstance(attribute, property) else "(...)"
        text.append(f".{name}{call}\n    {str(attribute.__doc__).splitlines()[0]}")
    return "\n\n".join(text)


def _add_gradients(values: list[Value], gradients: list[float]) -> None:
    if hooks:
        gradients = [hooked(*each) for each in zip(values, gradients, strict=True)]
    for value, gradient in zip(values, gradients, strict=True):
        value._grad += gradient

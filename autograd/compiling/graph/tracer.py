"""Tracer: sees what a function does with Values while it runs, and keeps it until it is numbered as a `Graph`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path
from types import CodeType
from typing import Any

from ...callers import caller, codes_between, user_frame
from ...core import floats
from ...core.ops import TABLE, Op
from ...core.value import Value, new_constant
from ...core.watching import serials, watched_only_by, watching
from ...replaying import Replayer
from ...trees import Tree
from ..calls.argument import Asking, Origin, derive
from ..calls.results import flatten_result
from ..calls.static import PlainNeededError
from .carried import Carried, as_constant
from .graph import CODE_OF, DETACH, OPS
from .repetition import Turns
from .shortening import BETWEEN, Shortening

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")  # parts of the functions they stand in
_MOST_COMPARED = 1_000  # comparisons of which it is noted where they were made
_GATES = OPS[CODE_OF["gate"]], OPS[CODE_OF["beside"]]


class Tracer(Asking, Replayer):
    """Sees every operation, also those whose results keep no history, every comparison, and which numbers are read.

    A number that is read is carried through what is computed with it; or else, without `is_carrying`, the program
    holds for this very number alone. Unless it is to be whole, a long recording leaves out turns that are alike.
    """

    def __init__(
        self,
        origin: Callable[[int], Origin] | None = None,
        arguments: Sequence[Value] = (),
        is_carrying: bool = True,
        is_whole: bool = True,
    ) -> None:
        super().__init__(origin, arguments)
        self.is_carrying, self.is_open, self.is_closing = is_carrying, False, False
        self.mark = 0  # whatever the function makes has a later line
        self.reads: dict[int, tuple[Value, Value]] = {}  # by identity: Values that were read, and their numbers
        self.effects: list[str] = []
        self.readers: set[CodeType] = set()  # functions that read numbers, or compute with those that were read
        self.nodes: list[Any] = []
        self.compared: list[tuple[Any, str, Any, bool, str]] = []
        self.noted: list[Value] = []  # those with a label or a scope
        self.shortening = Shortening(self.nodes, self.compared, self.noted, arguments)
        self.is_whole = is_whole
        self._looks_at: float = inf if is_whole else BETWEEN  # how many nodes there are at the next look
        self.is_quiet: Callable[[], bool] = lambda: True  # whether the function has had no effects so far
        self.detached: dict[int, tuple[Value, Value]] = {}  # by identity: results without history, and their stand-ins
        self._outside = 0  # the identity of the frame that has the function recorded
        self.codes: dict[int, CodeType] = {}  # by identity: functions that compared, and that called those
        self.comparing: dict[int, CodeType] = {}  # those that compared
        self.keeps_leaves = False  # whether leaves that were made meanwhile are parameters, and no constants

    def run(self, function: Callable[[], Any], outputs: list[Any]) -> Tree:
        """Runs a function, gives the shape of its result and appends what is in it to `outputs`."""
        self.mark, self.is_open, self._outside = next(serials), True, id(user_frame())
        try:
            # to the end: a mask among the results is looked at when they are flattened
            with watched_only_by(()), watching(self):
                result = function()
                if self.needs:  # the function caught what told of them
                    raise PlainNeededError(self.needs)
                self.is_closing = True
                return flatten_result(result, outputs, self.mark)
        finally:
            self.is_open = self.is_closing = False

    def is_in_doubt(self) -> bool:
        """Whether a function that has to do with carried numbers also asks for the type of something."""
        return any("type" in code.co_names for code in self.readers)

    def record(self, node: Value) -> None:
        if node.op is not None:
            self.nodes.append(node)
            derive(node)
            if len(self.nodes) >= self._looks_at:
                self._look()

    def _look(self) -> None:
        before = len(self.nodes)
        if not (self.reads or self.detached):  # numbers of single turns
            self.shortening.look()
        self._looks_at = len(self.nodes) + (BETWEEN if len(self.nodes) < before else before)

    def begins_turn(self, repetition: Any, given: Any, rows: list[Any] | None) -> Any:
        """A turn of `repeat` begins: what it is given in place of its number, or None."""
        if self.is_whole or not self.is_open:
            return None
        if repetition.note is None:
            repetition.note = Turns(rows)
        return repetition.note.begin(given)

    def ended_turn(self, repetition: Any, frame: Any, ended: int, left: int) -> int | None:
        """So many turns have ended: how many of those that are left need not run."""
        turns: Turns | None = repetition.note
        if self.is_whole or turns is None or self.reads or self.detached or self.effects:
            return None
        return turns.left_out(self.shortening, frame, ended, left, self.is_quiet)

    def cut_off(self, node: Value, source: Value) -> None:
        if source is node:  # it is about to lose its inputs
            source = self._stand_in(node.op, node.inputs)
        self.detached[id(node)] = node, self._stand_in(OPS[DETACH], (source,))

    def named(self, value: Value) -> None:
        self.noted.append(value)

    def compare(self, left: Any, symbol: str, right: Any, outcome: bool) -> None:
        if self.is_open:  # a number that was kept longer is one like any other
            self._note_reader()
            self.compared.append((left, symbol, right, outcome, _place()))
            if len(self.compared) <= _MOST_COMPARED:
                codes = codes_between(self._outside)
                self.codes |= {id(code): code for code in codes}
                code = next((code for code in codes if code.co_name not in _COMPREHENSIONS), None)
                if code is not None:
                    self.comparing[id(code)] = code

    def touched(self, value: Any, what: str) -> None:
        self.effects.append(f"{what.format(getattr(value, 'label', '') or 'Value')} ({_place()})")

    # Numbers that are read.

    def read(self, value: Value) -> Any:
        if id(value) not in self.reads:
            if not self.follows(value):
                return value._data
            made = new_constant(value._data)
            if id(value) in self.detached:
                self.detached[id(made)] = made, self.detached[id(value)][1]
            else:
                self.cut_off(made, value)
            self.reads[id(value)] = value, made
        self._note_reader()
        carried = Carried(self, self.reads[id(value)][1])
        return carried if self.is_carrying else carried.plain()

    def follows(self, constant: Value) -> bool:
        if constant.op is None and not 0 < constant._serial < self.mark:
            return id(constant) in self.detached
        return True

    def made_of(self, leaf: Value, constant: Value) -> None:
        if id(constant) in self.detached:
            self.detached[id(leaf)] = leaf, self.detached[id(constant)][1]

    def computed(self, op: Op, *inputs: Any) -> Any:
        flat = op.joined(inputs)
        return self.carry(op, flat) if any(map(self._is_followed, flat)) else None

    def carry(self, op: Op, inputs: Sequence[Any], result: float | None = None) -> Carried:
        """What a row gives of numbers that are followed and others, groups unrolled."""
        values = tuple(map(as_constant, inputs))
        if result is None:
            result = op.forward(floats, *op.split([x._data for x in values]))
        self._note_reader()
        made = new_constant(float(result))
        self.detached[id(made)] = made, self._stand_in(op, values)
        return Carried(self, made)

    def pin(self, constant: Value) -> None:
        """The program holds only where this is the number that it is now."""
        number = constant._data
        if number != number:
            self.compare(constant, "!=", constant, True)
        else:
            self.compare(constant, "==", number, True)
        if self.is_open and not number:  # 0.0 or -0.0
            angle = self.carry(TABLE["atan2"], (constant, -1.0))
            self.compare(angle._constant, ">", 0.0, angle._constant._data > 0.0)

    def _note_reader(self) -> None:
        # this package compares them too, to see whether the function changed what it reads
        if self.reads and id(frame := user_frame()) != self._outside:
            self.readers.add(frame.f_code)

    def _is_followed(self, x: Any) -> bool:
        return isinstance(x, Carried) or (isinstance(x, Value) and self.follows(x))

    def is_finite(self, outputs: Sequence[Any]) -> bool:
        """Whether no gate met inf or nan, and nothing came out as one."""
        read = [x for node in self.nodes if node.op in _GATES for x in node.inputs]
        return all(math.isfinite(x._data if isinstance(x, Value) else x) for x in (*read, *outputs))

    def _stand_in(self, op: Any, inputs: tuple[Value, ...]) -> Value:
        """A node with a line, for one that has none."""
        made = new_constant(math.nan)
        made.op, made._many, made._serial = op, (inputs, ()), next(serials)
        self.nodes.append(made)
        return made


def _place() -> str:
    file, line = caller()
    return f"{Path(file).name}:{line}"

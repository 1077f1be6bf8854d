"""Writer: `Call`s as lines of Python that write into arrays made beforehand, each reused as soon as it is free."""

from __future__ import annotations

import math
from typing import Any

from .calls import Call, Verbatim

Buffer = tuple[tuple[int, ...], str, str]  # shape without samples, the axis behind it, and the type


class Writer:
    """Collects lines, and the arrays that they work in."""

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix  # of the names of its arrays
        self.lines: list[str] = []
        self.buffers: dict[str, Buffer] = {}
        self._free: dict[Buffer, list[str]] = {}
        self._count = 0

    def write(self, result: Any, out: str) -> None:
        """Lines that leave `result` in the array `out`."""
        if isinstance(result, Call) and result.arguments is not None:
            self._write(result, out)
        else:
            self.lines.append(f"np.copyto({out}, {spelled(result)})")

    def name(self, result: Any) -> tuple[str, list[str]]:
        """An expression for `result`, after lines that compute it, and the arrays to release when it has been used."""
        if isinstance(result, Call) and result.arguments is not None:
            return self._write(result, "")
        return spelled(result), []

    def release(self, names: list[str]) -> None:
        """Lets other results be written into these arrays."""
        for name in names:
            self._free.setdefault(self.buffers[name], []).append(name)

    def _take(self, call: Call) -> str:
        buffer = (call.shape, call.axis, "bool" if call.is_condition else "dtype")
        if self._free.get(buffer):
            return self._free[buffer].pop()
        name = self._new_name()
        self.buffers[name] = buffer
        return name

    def _named(self, source: str) -> str:
        name = self._new_name()
        self.lines.append(f"{name} = {source}")
        return name

    def _new_name(self) -> str:
        self._count += 1
        return f"t{self._count}{self.suffix}"

    def _write(self, result: Call, out: str) -> tuple[str, list[str]]:
        number, distinct = _numbered(result)
        last = number[result.serial]
        uses = [0] * len(distinct)
        for call in distinct:
            for x in _calls(call):
                uses[number[x.serial]] += 1
        names = [""] * len(distinct)
        kept: dict[int, str] = {}
        for this, call in enumerate(distinct):
            inputs = [names[number[x.serial]] if isinstance(x, Call) else spelled(x) for x in call.arguments or ()]
            if call.arguments is None:
                names[this] = call.head
                continue
            if call.head in ("item", "np.broadcast_to"):  # a view: the array it shows is never released
                view = f"{inputs[0]}[{inputs[1]}]" if call.head == "item" else f"np.broadcast_to({', '.join(inputs)})"
                names[this] = self._named(view)
                continue
            source = f"{call.head}({', '.join(inputs)}{call.options}"
            done = []
            for x in _calls(call):
                k = number[x.serial]
                uses[k] -= 1
                if not uses[k] and k in kept:
                    done.append(kept.pop(k))
            if not call.takes_out:
                if this == last and out:
                    self.lines.append(f"np.copyto({out}, {source}))")
                else:
                    names[this] = self._named(f"{source})")
            elif this == last and out:
                self.lines.append(f"{source}, out={out})")
            else:
                if call.is_elementwise:
                    self.release(done)
                    done = []
                names[this] = kept[this] = self._take(call)
                self.lines.append(f"{source}, out={names[this]})")
            self.release(done)
        return out or names[last], [kept[last]] if last in kept else []


def _calls(call: Call) -> list[Call]:
    return [x for x in call.arguments or () if isinstance(x, Call)]


def _numbered(result: Call) -> tuple[dict[int, int], list[Call]]:
    """A number for each call that `result` is made of, by its serial, and the distinct calls in order."""
    found = {result.serial: result}
    waiting = [result]
    while waiting:
        for x in _calls(waiting.pop()):
            if x.serial not in found:
                found[x.serial] = x
                waiting.append(x)
    number: dict[int, int] = {}
    known: dict[Any, int] = {}
    distinct: list[Call] = []
    for serial in sorted(found):
        call = found[serial]
        arguments = call.arguments and [number[x.serial] if isinstance(x, Call) else spelled(x) for x in call.arguments]
        key = (call.head, call.options, *(arguments or ()))
        number[serial] = known.setdefault(key, len(distinct))
        if number[serial] == len(distinct):
            distinct.append(call)
    return number, distinct


def spelled(x: Any) -> str:
    """An argument as Python."""
    if isinstance(x, Call):
        return x.head
    if isinstance(x, Verbatim):
        return str(x)
    if isinstance(x, int | str):
        return repr(x)
    if math.isfinite(x):
        return repr(float(x))
    return "np.nan" if x != x else "np.inf" if x > 0 else "-np.inf"

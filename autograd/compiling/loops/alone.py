"""Alone: the lines that run a looped graph on one set of numbers, or on rows of them: `run(m, a, q, weight)`."""

from __future__ import annotations

from .back import Back
from .forward import Forward
from .layout import Place
from .writing import Writing


class Alone(Writing):
    """The lines of that function."""

    def write(self, wanted: bytes) -> None:
        """Adds the lines; derivatives by the `wanted` leaves are left in `a`, where the leaves are in `m`."""
        looped, level = self.looped, self.level
        forward = Forward(self, self.cells_of_checks())
        forward.write(level, level.turns)
        outputs = [level.place(x) for x in looped.outputs]
        forward.move([(Place(self.results + k), place) for k, place in enumerate(outputs)], "0")
        if wanted:
            self.lines.add(f"{self.adjoint(outputs[0], '0')} = weight")
            Back(self).write(level, level.turns, self.needs(wanted), {looped.loop_of(looped.outputs[0])})

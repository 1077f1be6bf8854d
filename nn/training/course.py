"""Course: in which order the samples come, and how far through them the epoch is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import fields

from ..arguments.seeds import restore, state_of


class Course:
    """All samples once in each epoch, in batches; in a new order, where there are several batches.

    >>> from random import Random
    >>> course = Course(5, batch_size=2, random=Random(0))
    >>> while not course.is_done:
    ...     print(course.batch())
    ...     course.count(loss=1.0)
    [2, 1]
    [0, 4]
    [3]
    >>> course.seen, course.total
    (5, 5.0)
    """

    def __init__(self, samples: int, batch_size: int, random: Any) -> None:
        self.batch_size, self._random = batch_size, random
        self._order = list(range(samples))
        self.begin()

    def __len__(self) -> int:
        """How many samples there are."""
        return len(self._order)

    def begin(self) -> None:
        """Begins an epoch."""
        self.seen, self.total = 0, 0.0  # samples so far, and the sum of their losses
        if not self.is_whole:
            self._random.shuffle(self._order)

    @property
    def is_whole(self) -> bool:
        """Whether a batch is all samples, so that every step is an epoch."""
        return self.batch_size == len(self)

    @property
    def is_done(self) -> bool:
        """Whether all samples of the epoch were seen."""
        return self.seen == len(self)

    @property
    def steps_left(self) -> int:
        """How many steps the epoch still has."""
        return -(-(len(self) - self.seen) // self.batch_size)

    @property
    def mean(self) -> float:
        """The mean loss of the samples so far."""
        return self.total / self.seen

    def batch(self) -> Sequence[int]:
        """The samples of the next step."""
        return self._order[self.seen : self.seen + self.batch_size]

    def ahead(self, steps: int, epochs: int) -> Any:
        """The samples of so many steps to come, or of fewer; of this epoch alone, unless every step is an epoch."""
        if self.is_whole:
            return np.array(self._order * min(steps, epochs), dtype=np.int64)
        return np.array(self._order[self.seen : self.seen + steps * self.batch_size], dtype=np.int64)

    def count(self, loss: float) -> None:
        """The step of the next batch was made, and this was its mean loss."""
        samples = min(self.batch_size, len(self) - self.seen)
        self.seen += samples
        self.total += loss * samples

    def state_dict(self) -> dict[str, Any]:
        """All of it, as numbers and lists of them."""
        return {"seen": self.seen, "total": self.total, "order": self._order, "random": state_of(self._random)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes back what `state_dict` gave; all of it or, if it raises, nothing.

        Raises:
            ValueError: it is damaged, or of other samples or batches.
        """
        samples = len(self)
        place = fields.whole(most=samples - 1)
        known = fields.record(
            seen=fields.whole(most=samples),
            total=fields.number,
            order=fields.listed(place, samples),
            random=fields.anything,
        )(state)
        if len({*known["order"]}) != samples:
            raise fields.Damage("must have each sample once", ".order")
        if known["seen"] % self.batch_size and known["seen"] < samples:
            raise fields.Damage(f"must be after a batch of {self.batch_size}, got {known['seen']}", ".seen")
        restore(self._random, known["random"])
        self.seen, self.total, self._order = known["seen"], known["total"], known["order"]

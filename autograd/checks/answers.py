"""Answers: right answers and usual wrong ones, sealed in a notebook, which says which misconception an answer shows."""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

DOTS = "Write your answer in place of the dots, and run this cell again."
# What a number is off by, and what that shows: for those slips that may be made anywhere.
_FACTORS = (
    (-1.0, "The size is right, the sign is not."),
    (1 / math.log(10), "That is a logarithm to base 10; log means the natural one here, the key ln."),
    (math.log(10), "That is ln where a logarithm to base 10 is meant."),
    (math.pi / 180, "That is an angle in radians; degrees are meant."),
    (180 / math.pi, "That is an angle in degrees; radians are meant."),
    (100.0, "That is in percent; the number itself is meant, as 0.25 for 25 %."),
    (2.0, "Twice what it should be."),
    (0.5, "Half of what it should be."),
)


class Answers:
    """The answers of a notebook, which it holds sealed: not secret, but not to be read by accident either.

    >>> from autograd.checks.answers import Answers, sealed
    >>> answers = Answers(sealed({"exercise 1": {"right": -3, "slips": [[2, "That is the height."]]}}))
    >>> answers.check("exercise 1", ...)
    Write your answer in place of the dots, and run this cell again.
    >>> answers.check("exercise 1", 3)
    Not yet. The size is right, the sign is not.
    >>> answers.check("exercise 1", 2)
    Not yet. That is the height.
    >>> answers.check("exercise 1", -3)
    Right.
    """

    def __init__(self, text: str) -> None:
        self._known: dict[str, dict[str, Any]] = json.loads(zlib.decompress(base64.b64decode(text)))
        self._solved: set[str] = set()

    def __repr__(self) -> str:
        return f"<Answers: {len(self._solved)} of {len(self._known)} found>"

    def check(self, name: str, given: Any) -> None:
        """Prints whether an answer is right, or what it shows to be misunderstood; a function is called for it.

        Raises:
            KeyError: the notebook has no question of that name.
        """
        asked = self._question(name)
        try:
            answer = plain(given() if callable(given) else given)
        except Exception as error:  # whatever the reader's own code may raise
            says = f"{type(error).__name__}: {error}"
            print(DOTS if "llipsis" in says else f"Not yet. Your answer raises {says}")
            return
        if _unwritten(answer):
            print(DOTS)
        elif same(answer, asked["right"], asked.get("within", 1e-6)):
            self._solved.add(name)
            print("Right.")
        else:
            print(f"Not yet. {remark(answer, asked)}")

    def solution(self, name: str) -> None:
        """Prints the solution of an exercise, for whoever has tried."""
        print(self._question(name).get("solution", "Run the next cell: it shows the answer."))

    def _question(self, name: str) -> dict[str, Any]:
        if name not in self._known:
            raise KeyError(f"there is no {name!r} in this notebook; there are {', '.join(self._known)}")
        return self._known[name]


def sealed(questions: Mapping[str, Mapping[str, Any]]) -> str:
    """Questions with their answers, as a text that a reader cannot read at a glance."""
    return base64.b64encode(zlib.compress(json.dumps(questions, sort_keys=True).encode(), 9)).decode()


def plain(answer: Any) -> Any:
    """An answer made of plain numbers, texts and lists; a Value is its number."""
    if isinstance(answer, (bool, str)) or answer is None or answer is ...:
        return answer
    if isinstance(answer, Mapping):
        return [[plain(x), plain(y)] for x, y in answer.items()]
    if hasattr(answer, "tolist"):
        return answer.tolist()
    if isinstance(answer, Sequence):
        return [plain(x) for x in answer]
    return float(getattr(answer, "data", answer))


def _unwritten(answer: Any) -> bool:
    return answer is ... or (isinstance(answer, list) and any(map(_unwritten, answer)))


def same(one: Any, other: Any, within: float) -> bool:
    """Whether two answers are the same: numbers up to `within`, relative where large; texts by their letters."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(x, y, within) for x, y in zip(one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().casefold() == other.strip().casefold()
    if isinstance(one, (list, str)) or isinstance(other, (list, str)) or one is None or other is None:
        return False
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    return bool(one == other or abs(one - other) <= within * max(1.0, abs(other)))


def remark(answer: Any, asked: Mapping[str, Any]) -> str:
    """What a wrong answer shows."""
    right, within = asked["right"], asked.get("within", 1e-6)
    for wrong, says in asked.get("slips", []):
        if same(answer, wrong, within):
            return str(says)
    answers, rights = _flat(answer), _flat(right)
    if len(answers) != len(rights):
        return f"{len(rights)} are asked for, and {len(answers)} given." if len(rights) > 1 else "One is asked for."
    numbers = all(isinstance(x, float | int) and not isinstance(x, bool) for x in answers + rights)
    if numbers and any(rights):
        for factor, says in _FACTORS:
            if all(same(x, factor * y, within) for x, y in zip(answers, rights)):
                return says
    good = [same(x, y, within) for x, y in zip(answers, rights)]
    if numbers and len(rights) > 1 and same(sorted(answers), sorted(rights), within):
        return "These are the right numbers, in another order."
    if any(good):
        wrong = [str(k) for k, right in enumerate(good, 1) if not right]
        return f"{sum(good)} of {len(good)} are right; look again at number {', '.join(wrong)}."
    return str(asked.get("hint", "Try again."))


def _flat(answer: Any) -> list[Any]:
    return [y for x in answer for y in _flat(x)] if isinstance(answer, list) else [answer]

"""grade: says of a class like micrograd's Value what is wrong in it, on which graph, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .findings import Finding, merged
from .grades import Grade
from .operations import ALL, LOST, Operations
from .process import MOST_LOST, Limits, Student
from .walks import Walks

_ENDS = ("does not run", "does not end", "died")
_RANK = (*_ENDS, "raises", "no seed", "forward", "log base", "radians")


def grade(
    value: Any,
    *,
    name: str = "Value",
    needed: tuple[str, ...] = ("add", "mul"),
    seconds: float = 2.0,
    memory: int = 1024,
    in_process: bool = False,
) -> Grade:
    """Grades a class like micrograd's `Value`: `data`, `grad`, `backward()`, arithmetic, and what functions it has.

    `value` is the class, or the path of a file that defines one called `name`, which is imported in no process but its
    own. Each operation is asked by itself, then small graphs say how the walk back goes: what is wrong is named by the
    operation and the likely misconception, with the smallest graph found that shows it and both numbers. Operations
    that the class lacks are listed; those `needed` count against it.

    The class runs in a process of its own, which may use `seconds` for each small graph and `memory` mebibytes, writes
    in a folder that is deleted, and prints nowhere. That contains accidents, such as loops without end, recursion,
    exits and crashes; it is no prison for somebody who wants to do harm. `in_process=True` runs it in this process.

    >>> from autograd.checks import grade
    >>> class Value:
    ...     def __init__(self, data, inputs=(), partials=()):
    ...         self.data, self.grad, self.inputs, self.partials = data, 0.0, inputs, partials
    ...     def __add__(self, other):
    ...         return Value(self.data + other.data, (self, other), (1.0, 1.0))
    ...     def __mul__(self, other):
    ...         return Value(self.data * other.data, (self, other), (other.data, self.data))
    ...     def backward(self, grad=1.0):
    ...         self.grad = grad
    ...         for x, partial in zip(self.inputs, self.partials):
    ...             x.backward(grad * partial)
    >>> print(grade(Value).findings[0])
    overwrites: every operation sets the gradient of an operand with `=`, and what others gave it is lost: use `+=`
        a, b = Value(2.0), Value(3.0)
        c = a + b
        d = c + a
        d.backward()
        a.grad is 1, and should be 2

    Raises:
        FileNotFoundError: there is no such file.
        OSError: processes cannot be forked here, as on Windows.
        ValueError: an operation that is needed is not one of those known.
    """
    unknown = [one for one in needed if one not in ALL]
    if unknown:
        raise ValueError(f"needed may name {', '.join(ALL)}, not {unknown[0]!r}")
    source = value
    if isinstance(value, str | Path):
        source = Path(value).resolve()
        if not source.is_file():
            raise FileNotFoundError(f"there is no file {str(value)!r} to grade")
    called = name if isinstance(source, Path) else getattr(value, "__name__", repr(value))
    with Student(source, name, Limits(seconds, memory), in_process) as student:
        return _graded(student, called, needed)


def _graded(student: Student, name: str, needed: tuple[str, ...]) -> Grade:
    begun = _begun(student)
    operations = Operations(student)
    seed = [begun] if begun else operations.begin()
    if any(one.kind in _ENDS for one in seed):
        return Grade(name, tuple(seed), (("runs", False),))
    operations.examine()
    walks = Walks(operations)
    if student.lost <= MOST_LOST:
        walks.examine()
    missing = [one for one in needed if one in operations.absent]
    findings = merged([*seed, *operations.findings, *walks.findings])
    findings += [Finding("raises", (one,), "it is not there, and it is needed") for one in missing]
    findings.sort(key=lambda one: _RANK.index(one.kind) if one.kind in _RANK else len(_RANK))
    good = set(operations.good) - _by_convention(findings)
    checks = [("begins with 1", not seed)]
    checks += [(one, one in good) for one in ALL if one in missing or one not in operations.absent]
    checks += [(one, True) for one in walks.passed]
    checks += [(one.kind, False) for one in walks.findings]
    remarks = list(walks.remarks)
    if student.lost > MOST_LOST:
        remarks.append(f"{student.lost} processes were lost, so not all was examined")
    return Grade(name, tuple(findings), tuple(checks), tuple(operations.absent), tuple(remarks))


def _by_convention(findings: list[Finding]) -> set[str]:
    return {one for finding in findings if finding.kind == "relu at 0" for one in finding.operations}


def _begun(student: Student) -> Finding | None:
    """Why nothing can be examined, if it is so."""
    answer = student.run([["leaf", 2.0], ["read"]])
    if not answer.error:
        return None
    return Finding(LOST.get(answer.error, "does not run"), (), answer.says)

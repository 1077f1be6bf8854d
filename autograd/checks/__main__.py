"""Grading from the command line: `python -m autograd.checks student.py --json grade.json`; the exit code says how."""

from __future__ import annotations

import argparse
import sys

from ..grading.grade import grade


def main(given: list[str] | None = None) -> int:
    """Grades a file; returns 0 if every gradient is right, 1 if not, and 2 if there is no such file."""
    parser = argparse.ArgumentParser("python -m autograd.checks", description="Grades a class like micrograd's Value.")
    parser.add_argument("file", help="the file of Python that defines the class")
    parser.add_argument("--class", dest="name", default="Value", help="its name, unless that is Value")
    parser.add_argument("--json", help="a file for the grade, for programs")
    parser.add_argument("--picture", help="a file .svg for the graph of the first finding")
    parser.add_argument("--seconds", type=float, default=2.0, help="that each small graph may take")
    parser.add_argument("--memory", type=int, default=1024, help="mebibytes that it may use")
    asked = parser.parse_args(given)
    try:
        found = grade(asked.file, name=asked.name, seconds=asked.seconds, memory=asked.memory)
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    print(found)
    if asked.json:
        found.save(asked.json)
    if asked.picture and any(finding.graph is not None for finding in found.findings):
        found.save(asked.picture)
    return found.code


if __name__ == "__main__":
    sys.exit(main())

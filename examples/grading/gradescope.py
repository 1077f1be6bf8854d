"""For Gradescope: `python gradescope.py submission/value.py results/results.json` in its run_autograder.

Each check is a line of the results, with one point; what is wrong, and why, is shown to the student.
"""

import json
import sys
from pathlib import Path

from autograd.checks import grade


def main(submission: str, results: str) -> None:
    """Grades a file and writes what Gradescope reads."""
    found = grade(submission)
    tests = [{"name": name, "score": int(right), "max_score": 1} for name, right in found.checks]
    Path(results).write_text(json.dumps({"output": str(found), "tests": tests}))


if __name__ == "__main__":
    main(*sys.argv[1:])

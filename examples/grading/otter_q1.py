"""A test for Otter-Grader: tests/q1.py beside the notebook; `Value` is the student's class."""

OK_FORMAT = True

test = {
    "name": "q1",
    "points": [4, 6],
    "suites": [
        {
            "cases": [
                {
                    "code": r"""
                    >>> from autograd.checks import grade
                    >>> found = grade(Value)
                    >>> bool([right for name, right in found.checks if name in ("add", "mul") and right])
                    True
                    """,
                    "hidden": False,
                    "locked": False,
                },
                {
                    "code": r"""
                    >>> print("\n".join(map(str, found.findings)) or "right")
                    right
                    """,
                    "hidden": False,
                    "locked": False,
                },
            ],
            "scored": True,
            "setup": "",
            "teardown": "",
            "type": "doctest",
        }
    ],
}

"""A cell for nbgrader: an "Autograded tests" cell of 10 points, below the cell in which the student writes `Value`.

The last line is what nbgrader takes as partial credit: a number of points between 0 and those of the cell.
"""

from autograd.checks import grade

found = grade(Value, needed=("add", "mul", "pow", "tanh"))  # noqa: F821 (the student's class)
print(found)
round(10 * found.score, 1)

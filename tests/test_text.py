"""The text vocabulary: rows print themselves, with as few brackets and as little repetition as is exact."""

import random

import pytest

from autograd.vocabularies.text import Text, program, words


def random_expression(rng, depth):
    if depth == 0:
        return rng.choice([Text("x"), Text("y"), rng.uniform(-2, 2)])
    a, b = random_expression(rng, depth - 1), random_expression(rng, depth - 1)
    a = a if isinstance(a, Text) else Text("x")
    return rng.choice(
        [lambda: a + b, lambda: b - a, lambda: a * b, lambda: -a, lambda: words.f(a, b), lambda: a - (a - b)]
    )()


def value_of(expression, names):
    """The expression's value by walking it, without printing."""
    if not isinstance(expression, Text):
        return expression
    if expression.arguments is None:
        return names[expression.head]
    xs = [value_of(x, names) for x in expression.arguments]
    return {
        "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "neg": lambda a: -a, "f": names["f"],
    }[expression.head](*xs)  # fmt: skip


@pytest.mark.parametrize("seed", range(50))
def test_a_printed_expression_has_exactly_the_value_of_the_expression(seed):
    rng = random.Random(seed)
    names = {"x": rng.uniform(-1, 1), "y": rng.uniform(-1, 1), "f": lambda a, b: a / 3 - b}
    expressions = [random_expression(rng, 4) for _ in range(3)]
    lines, sources = program(expressions)
    exec("\n".join(lines), namespace := dict(names))
    assert [eval(source, namespace) for source in sources] == [value_of(e, names) for e in expressions]


def test_brackets_stand_only_where_they_change_the_result():
    x, y = Text("x"), Text("y")
    assert str(x + y * x - (y - x)) == "x + y * x - (y - x)"
    assert str((x + y) * -x) == "(x + y) * -x"
    assert str(-(x * y)) == "-(x * y)"
    assert str(words.exp(2.0 * x)) == "exp(2.0 * x)"


def test_a_part_used_twice_is_computed_once():
    x = Text("x")
    lines, sources = program([words.exp(x) * words.exp(x), words.exp(x) + 1.0])
    assert lines == ["t1 = exp(x)"]
    assert sources == ["t1 * t1", "t1 + 1.0"]

"""Random programs with loops for tests, as the Python that somebody might have written."""

import random

import numpy as np

import autograd
from autograd import Value

XS, SERIES = 3, 12  # numbers that a program is given one by one, and in a list that it reads turn by turn
_WORDS = (
    "sin",
    "tanh",
    "exp",
    "sqrt",
    "maximum",
    "minimum",
    "where",
    "less",
    "pick",
    "sum",
    "dot",
    "linear",
    "prod",
    "mean",
)

_FORMS = (
    "{a} + {b}",
    "{a} - 0.5 * {b}",
    "{a} * {b}",
    "sin({a} * {b} + {c})",
    "tanh({a} - {b})",
    "{a} / (1.5 + {b} * {b})",
    "exp(-{a} * {a})",
    "maximum({a}, {b})",
    "minimum({a}, 0.3 * {b})",
    "abs({a})",
    "sqrt({a} * {a} + {b} * {b})",
    "({a} if {a} > {b} else {c} * 0.9)",
    "where(less({a}, {b}), {b}, {c})",
    "pick([{a}, {b}, {c}], {i} % 3)",
    "sum([{a}, {b}, {c}, {a}])",
    "dot([{a}, {b}, 0.5], [{b}, {c}, {a}])",
    "linear([{a}, {b}], [{c}, 0.4], {a})",
    "prod([{a}, {b}, {c}])",
    "0.1 * {i} * {a}",
    "TABLE[{i} % 5] * {a}",
    "{a}",
)
_ODD = (  # what one turn, or each that comes after it, does otherwise
    "{s} = {s} * 1.5 - {b}",
    "{s}, {t} = {t}, {s}",
    "{s} = {b} + {s} * 0.25",
    "{s} = Value(0.3)",
    "{s} = {s}.detach()",
)
_ENDS = ("sum({p})", "{p}[{k}] * {p}[-1]", "dot({p}, {p}[::-1])", "maximum({p}[{k}], {p}[-2])", "mean({p}[1::2])")


class LoopProgram:
    """A random function of `XS` numbers and a list of `SERIES`, which also reads three Values of its own."""

    def __init__(self, seed, most_turns=24, breaks=True):
        self.draw, self.lines, self.depth, self.serial = random.Random(seed), [], 1, 0
        self.states, self.pasts, self.most_turns, self.breaks = [], [], most_turns, breaks
        self.known = [*(f"xs[{k}]" for k in range(XS)), *(f"w[{k}]" for k in range(3))]
        self._write()
        self.text = "\n".join(["def f(xs, series):", *self.lines, ""])
        self.parameters = [Value(self.draw.uniform(-1, 1)) for _ in range(3)]
        names = {"w": self.parameters, "Value": Value, "TABLE": [0.5, -0.25, 1.0, 0.75, 0.0]}
        for name in _WORDS:
            names[name] = getattr(autograd, name)
        exec(compile(self.text, f"<loops {seed}>", "exec"), names)
        self.function = names["f"]

    def point(self, draw, special=False):
        """Numbers to call it with."""
        numbers = (0.0, -0.0, 1.0, -1.0, 0.5, float("inf"), float("nan"), 2.0)
        drawn = [draw.uniform(-1.5, 1.5) for _ in range(XS + SERIES)]
        if special:
            drawn = [draw.choice(numbers) if draw.random() < 0.4 else x for x in drawn]
        return drawn[:XS], drawn[XS:]

    def eager(self, xs, series):
        """The value and its gradients by the numbers, by the list and by the function's own Values."""
        xs, series = ([Value(x) for x in these] for these in (xs, series))
        for one in self.parameters:
            one.zero_grad()
        result = self.function(xs, series)
        autograd.sum([result, *self.parameters]).backward()  # no constant, whatever the result is
        return (
            result.data,
            *([x.grad for x in these] for these in (xs, series)),
            [x.grad - 1.0 for x in self.parameters],
        )

    def assert_as_eager(self, compiled, points):
        """A call of the compiled function and its gradients are what the function itself gives, point by point."""
        for point in points:
            value, *expected = self.eager(*point)
            found, by_arguments = compiled.value_and_grad(*point)
            for one in self.parameters:
                one.zero_grad()
            if not compiled.program.graph.parameters:
                by_parameters = [0.0] * 3
            elif compiled.backward(*point) is not None:
                by_parameters = [one.grad for one in self.parameters]
            assert_close([found, compiled(*point)], [value, value], self.text)
            for found, slopes in zip([*by_arguments, by_parameters], expected, strict=True):
                assert_close(found, slopes, self.text, is_gradient=True)

    # The text.

    def add(self, line):
        self.lines.append("    " * self.depth + line)

    def _write(self):
        draw = self.draw
        for _ in range(draw.randint(1, 3)):
            self._new_state()
        for _ in range(draw.choice((1, 1, 2, 3))):
            self._loop(0)
        ends = [draw.choice(_ENDS).format(p=p, k=draw.randint(0, 2)) for p in self.pasts]
        self.add(f"return {' + '.join([*self.states, *ends])}")

    def _new_state(self):
        name = f"s{len(self.states)}"
        self.add(f"{name} = {self.draw.choice(self.known)} * {self.draw.choice(('0.5', 'w[0]', '1.0'))}")
        self.states.append(name)

    def _atom(self, local):
        draw = self.draw
        kind = draw.random()
        if kind < 0.45:
            return draw.choice(self.states)
        if kind < 0.65 and local:
            return draw.choice(local)
        if kind < 0.8:
            return draw.choice(self.known)
        if kind < 0.9 and self.pasts:
            return f"{draw.choice(self.pasts)}[{draw.randint(-3, -1)}]"
        return draw.choice(("0.5", "-0.3", f"series[{self.index} % {SERIES}]", f"series[{draw.randrange(SERIES)}]"))

    def _expression(self, local):
        form = self.draw.choice(_FORMS)
        # a plain number has no operations of its own; what is called for one records a Value
        first = self.draw.choice([*self.states, *local])
        return form.format(a=first, b=self._atom(local), c=self._atom(local), i=self.index)

    def _loop(self, level):
        draw = self.draw
        self.serial += 1
        index, turns = f"i{self.serial}", draw.randint(4, max(5, self.most_turns // (3**level)))
        past = None
        if draw.random() < 0.6 and level == 0:
            past = f"p{self.serial}"
            self.add(f"{past} = [{', '.join(draw.choice(self.known) for _ in range(3))}]")
            self.pasts.append(past)
        self.add(f"for {index} in range({turns}):")
        self.depth += 1
        self.index = index
        local = []
        odd = draw.randrange(turns)
        for _ in range(draw.randint(1, 4)):
            self._statement(level, turns, odd, local)
        state = draw.choice(self.states)
        self.add(f"{state} = 0.6 * {state} + 0.3 * sin({self._expression(local)})")
        if past:
            self.add(f"{past}.append({draw.choice([state, *local])})")
        if self.breaks and draw.random() < 0.1:
            self.add(f"if {state} > 0.7: break")
        self.depth -= 1

    def _statement(self, level, turns, odd, local):
        draw, kind = self.draw, self.draw.random()
        if kind < 0.1 and level < 2:
            outer = self.index
            self._loop(level + 1)
            self.index = outer
        elif kind < 0.25:
            line = draw.choice(_ODD).format(s=draw.choice(self.states), t=draw.choice(self.states), b=self._atom(local))
            self.add(f"if {self.index} {draw.choice(('==', '==', '>=', '<'))} {odd}: {line}")
        elif kind < 0.32:
            self.add(
                f"k = {draw.choice(('xs[1]', '0.25'))} if {self.index} != {odd} else {draw.choice(('xs[2]', '0.3'))}"
            )
            local.append("k")
            self.add(f"k = k * {draw.choice(self.states)}")
        elif kind < 0.4:
            many, state = draw.choice((3, 5, 20, 70, 120)) if level == 0 else 4, draw.choice(self.states)
            name = f"n{len(self.lines)}"
            form = draw.choice(
                (
                    "sum([{s} * (0.01 * k) for k in range({n})])",
                    "dot([{s}] * {n}, [w[k % 3] for k in range({n})])",
                    "linear([{s} - xs[k % 3] for k in range({n})], [0.1] * {n}, {s})",
                )
            )
            self.add(f"{name} = tanh({form.format(s=state, n=many)})")
            local.append(name)
        else:
            name = f"v{len(self.lines)}"
            self.add(f"{name} = {self._expression(local)}")
            local.append(name)


def assert_close(found, expected, text, is_gradient=False):
    """Numbers are the same but for rounding.

    Where a gradient is nan, the compiled one may be finite: the sum of adjoints of what is computed once for two may
    be where each by itself is inf - inf.
    """
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    meets = ~np.isnan(expected) if is_gradient else np.ones(expected.shape, bool)
    scale = 1.0 + np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
    same = np.isclose(found[meets], expected[meets], rtol=1e-8, atol=1e-10 * scale, equal_nan=True)
    assert same.all(), f"{found}\nand not\n{expected}\nin\n{text}"

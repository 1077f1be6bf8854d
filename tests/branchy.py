"""Random programs that branch on their numbers, as text: nested arms, early returns, loops, effects, errors in arms."""

# ruff: noqa: E501  (texts of programs)
import importlib.util
import random
import sys
from textwrap import indent

HEAD = '''"""Programs that were made at random."""
import math

from autograd import Value, exp, sigmoid, sqrt, log

W = [Value(0.7), Value(-1.3), Value(0.0)]
STATE = {"count": 0, "log": []}
G = 1.0


class Box:
    scale = 2.0

    def __init__(self):
        self.shift = Value(0.25)
        self.seen = 0

    def moved(self, a):
        if a > self.shift:
            return a - self.shift
        return self.scale * a

    @property
    def noisy(self):
        self.seen += 1
        return 1.5


BOX = Box()


def reset():
    global G
    G = 1.0
    STATE["count"] = 0
    STATE["log"].clear()
    BOX.seen = 0
    for w in (*W, BOX.shift):
        w.zero_grad()


def clamp(a, low, high):
    return low if a < low else high if a > high else a


def leaky(a):
    if a > 0:
        return a
    return 0.1 * a


def counted(a):
    STATE["count"] += 1
    return a * 2.0


def checked(a):
    if a < -5.0:
        raise ValueError("too small")
    return a + 1.0


def halved(a, k):
    if k == 0 or a < 0.1:
        return a
    return halved(a / 2.0, k - 1)
'''


class Maker:
    """Writes one function after the other."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.names: list[str] = []
        self.whole: list[str] = []
        self.effects = 0

    def pick(self, *items):
        return self.r.choice(items)

    def number(self) -> str:
        return self.pick("0.5", "1.0", "-1.0", "2.0", "0.0", "3", "0", "-2", "0.25")

    def name(self) -> str:
        return self.r.choice(self.names)

    def expression(self, depth: int = 2) -> str:
        e = self.expression
        if depth == 0:
            return self.pick(self.name(), self.name(), self.number(), "W[0]", "W[1]")
        k = self.r.randrange(30)
        if k < 12:
            return f"({e(depth - 1)} {self.pick('+', '-', '*')} {e(depth - 1)})"
        if k < 14:
            return f"{self.pick('sigmoid', 'exp', 'sqrt', 'log')}({self.name()} * 0.5)"
        if k < 17:
            return f"({e(depth - 1)} if {self.test()} else {e(depth - 1)})"
        if k < 19:
            return f"{self.pick('max', 'min')}({e(depth - 1)}, {e(depth - 1)})"
        if k == 19:
            return f"abs({e(depth - 1)})"
        if k == 20:
            return f"clamp({self.name()}, -1.0, {e(0)})"
        if k == 21:
            return f"leaky({e(depth - 1)})"
        if k == 22:
            return f"sorted([{self.name()}, {self.name()}, {e(0)}])[{self.r.randrange(3)}]"
        if k == 23:
            return f"sum(({e(0)} if v > 0 else v * 2.0) for v in (x, {self.name()}, y))"
        if k == 24:
            return f"BOX.moved({self.name()})"
        if k == 25:
            return f"({self.name()} or {e(0)})"
        if k == 26:
            return f"checked({self.name()})"
        if k == 27:
            return f"halved({self.name()}, 2)"
        if k == 28:
            return f"({self.name()} / {self.pick('2.0', '(1.0 + y * y)', 'x')})"
        return self.pick(self.name(), "W[0].data", "BOX.scale", "G")

    def test(self, depth: int = 1) -> str:
        e, k = lambda: self.expression(self.pick(0, 0, 1)), self.r.randrange(14)
        if k < 7 or depth == 0:
            return f"{e()} {self.pick('<', '<=', '>', '>=', '==', '!=')} {e()}"
        if k == 7:
            return f"{e()} < {e()} <= {e()}"
        if k == 8:
            return f"{self.test(0)} {self.pick('and', 'or')} {self.test(0)}"
        if k == 9:
            return f"not ({self.test(0)})"
        if k == 10:
            return f"{self.pick('any', 'all')}(v > {e()} for v in ({e()}, {e()}))"
        if k == 11 and self.whole:
            return f"{self.r.choice(self.whole)} > {self.pick('0', '1')}"
        if k == 12:
            return f"x != 0 and 1.0 / x > {e()}"
        return self.name()

    def block(self, depth: int, loop: bool = False, size: int = 0) -> str:
        before = list(self.names), list(self.whole)
        lines = [self.statement(depth, loop) for _ in range(size or self.r.randrange(1, 3))]
        self.names, self.whole = before
        return indent("\n".join(lines), "    ")

    def statement(self, depth: int, loop: bool) -> str:
        k = self.r.randrange(40)
        if depth and k < 13:
            text = f"if {self.test()}:\n{self.block(depth - 1, loop)}"
            if self.r.random() < 0.3:
                text += f"\nelif {self.test()}:\n{self.block(depth - 1, loop)}"
            if self.r.random() < 0.5:
                text += f"\nelse:\n{self.block(depth - 1, loop)}"
            return text
        if depth and k == 13:
            return f"for {self.pick('i', 'j')} in range({self.pick('2', '3')}):\n{self.block(depth - 1, True, 2)}"
        if depth and k == 14:
            return (
                f"for v in (x, y, {self.name()}):\n    {self.name()} = {self.name()} + v\n{self.block(depth - 1, True)}"
            )
        if k == 15 and depth < 3:
            return f"return {self.result()}"
        if k == 16 and loop:
            return self.pick("break", "continue", "continue")
        if k == 17:
            n = self.pick("n", "m")
            return f"{n} = {self.pick('0', '1', '2')}" if n not in self.whole else f"{n} += {self.pick('1', '1', '2')}"
        if k == 18 and self.whole:
            n = self.r.choice(self.whole)
            return self.pick(f"{self.name()} = table[{n} % 3]", f"{self.name()} = {self.name()} * {n}")
        if k == 19:
            return self.pick(f"xs[{self.pick('0', '1')}] = {self.expression(1)}", f"xs.append({self.name()})")
        if k == 20:
            return f"{self.name()} = xs[-1] + xs[0]"
        if k == 21:
            a, b = self.name(), self.name()
            return f"{a}, {b} = {b}, {a}"
        if k == 22:
            return f"{self.name()} = {self.pick('1 / (table_size - 3)', '[1.0][3]', 'math.sqrt(-1.0)', 'nothing', 'None + x')}"
        if k == 23 and self.r.random() < 0.25:
            self.effects += 1
            return self.pick(
                "STATE['count'] += 1",
                "STATE['log'].append(1)",
                "BOX.seen += 1",
                f"{self.name()} = counted({self.name()})",
                f"{self.name()} = BOX.noisy",
                "global_write(1)",
            )
        if k == 24:
            return f"t = {self.expression(1)}\n{self.name()} = {self.name()} + t"
        if k == 25:
            return f"best = None\nfor v in (x, y, {self.name()}):\n    if best is None or v > best:\n        best = v\n{self.name()} = best"
        if k == 26:
            return f"if (d := {self.expression(1)}) > 0:\n    {self.name()} = d"
        if k == 27:
            a = self.name()
            return (
                f"def h(q):\n    if q > {a}:\n        return q * 2.0\n    return {a}\n{self.name()} = h({self.name()})"
            )
        if k == 28:
            return f"{self.name()} = [v * 2.0 if v > 0 else v for v in (x, {self.name()})][{self.pick('0', '1')}]"
        if k == 29:
            return f"k = 0\nwhile k < {self.pick('2', '3')}:\n    k += 1\n    if {self.test()}:\n        {self.name()} = {self.name()} * 0.5"
        if k == 30:
            return (
                f"word = 'a' if {self.test()} else 'b'\n{self.name()} = {self.name()} + (1.0 if word == 'a' else 2.0)"
            )
        if k == 31:
            return f"pair = ({self.name()}, {self.name()}) if {self.test()} else ({self.name()}, 1.0)\n{self.name()} = pair[0] - pair[1]"
        if k == 32:
            return (
                f"if {self.test()}:\n    {self.name()} = {self.expression(1)}\nelse:\n    raise ValueError('no')"
                if self.r.random() < 0.3
                else "pass"
            )
        if k == 33:
            return f"try:\n    {self.name()} = {self.expression(1)}\nexcept ZeroDivisionError:\n    pass"
        name = self.pick("a", "b", "s")
        if k < 37 and name in self.names:
            text = f"{name} {self.pick('+=', '-=', '*=')} {self.expression(1)}"
        else:
            text = f"{name} = {self.expression()}"
        return text

    def result(self) -> str:
        k = self.r.randrange(8)
        return self.number() if k == 0 else self.expression(1) if k < 4 else f"{self.name()} + {self.name()} * 0.5"

    def function(self, number: int) -> str:
        """The text of one function of three numbers."""
        self.names, self.whole, self.effects = ["x", "y", "z", "a", "b", "s"], ["n", "m"], 0
        start = [
            f"s = {self.pick('0', '0.0', 'x', 'W[2]')}",
            f"a, b = {self.pick('x', 'y')}, {self.pick('1.0', 'W[1] * x', 'z')}",
            "n, m = 0, 1",
            "xs, table, table_size = [x, y, 0.5], [1.0, W[0], 3.0], 3",
        ]
        lines = [self.statement(3, False) for _ in range(self.r.randrange(3, 8))]
        body = "\n".join([*start, *lines, f"return {self.result()} + s + b + xs[0]"])
        write = (
            "" if "global_write" not in body else "\n\n    def global_write(k):\n        global G\n        G = 2.0\n"
        )
        return f"def f{number}(x, y, z):{write}\n{indent(body, '    ')}\n"


def module(path, seed: int, count: int):
    """A module with so many functions, written to a folder and imported."""
    maker = Maker(seed)
    name = f"branchy_{seed}"
    file = path / f"{name}.py"
    file.write_text("\n\n".join([HEAD, *(maker.function(k) for k in range(count))]))
    spec = importlib.util.spec_from_file_location(name, file)
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


SPECIAL = (-1.0, 0.0, 1.0, 0.5, 2.0, -2.0, 0.25)


def points(seed: int, count: int) -> list[tuple[float, float, float]]:
    """Points of which some lie at ties and kinks, and some are nan or inf."""
    r = random.Random(seed)
    rare = (float("nan"), float("inf"), -0.0, -float("inf"))

    def one() -> float:
        k = r.random()
        return r.choice(SPECIAL) if k < 0.4 else r.choice(rare) if k < 0.46 else round(r.gauss(0.0, 1.5), 3)

    return [(one(), one(), one()) for _ in range(count)]

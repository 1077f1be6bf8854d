"""Students: classes as students write them, in seven styles, right ones and ones with a mistake that is known."""

import random
from dataclasses import dataclass, field

# X and Y are the operands, Z the result, N the exponent: what is computed, and the local derivatives.
FORWARD = {
    "add": "X + Y",
    "sub": "X - Y",
    "mul": "X * Y",
    "div": "X / Y",
    "neg": "-X",
    "pow": "X ** N",
    "relu": "max(X, 0.0)",
    "tanh": "M.tanh(X)",
    "exp": "M.exp(X)",
    "log": "M.log(X)",
    "sigmoid": "1 / (1 + M.exp(-X))",
}
PARTIALS = {
    "add": ["1.0", "1.0"],
    "sub": ["1.0", "-1.0"],
    "mul": ["Y", "X"],
    "div": ["1 / Y", "-X / Y**2"],
    "neg": ["-1.0"],
    "pow": ["N * X ** (N - 1)"],
    "relu": ["float(Z > 0)"],
    "tanh": ["1 - Z**2"],
    "exp": ["Z"],
    "log": ["1 / X"],
    "sigmoid": ["Z * (1 - Z)"],
}
COMPOSED = {"neg": "self * -1", "sub": "self + (-other)", "div": "self * other ** -1"}
DUNDER = {
    "add": "__add__",
    "sub": "__sub__",
    "mul": "__mul__",
    "div": "__truediv__",
    "neg": "__neg__",
    "pow": "__pow__",
}
STYLES = ("closures", "functions", "tape", "numpy", "table", "elif", "methods")

# kind, operation, operand, and the partial that the student writes
WRONG = [
    ("wrong sign", "sub", 1, "1.0"),
    ("wrong sign", "neg", 0, "1.0"),
    ("wrong sign", "div", 1, "X / Y**2"),
    ("div", "div", 1, "-X / Y"),
    ("div", "div", 1, "-1 / Y**2"),
    ("div", "div", 0, "Y"),
    ("swapped operands", "mul", 0, "X"),
    ("swapped operands", "mul", 1, "Y"),
    ("missing local derivative", "mul", 0, "1.0"),
    ("missing local derivative", "tanh", 0, "1.0"),
    ("missing local derivative", "exp", 0, "1.0"),
    ("forgotten operand", "mul", 1, "0.0"),
    ("forgotten operand", "add", 1, "0.0"),
    ("pow", "pow", 0, "N * X ** N"),
    ("pow", "pow", 0, "X ** (N - 1)"),
    ("pow", "pow", 0, "(N - 1) * X ** (N - 1)"),
    ("pow", "pow", 0, "N * X"),
    ("relu", "relu", 0, "1.0"),
    ("relu", "relu", 0, "float(X < 0)"),
    ("relu", "relu", 0, "Z"),
    ("relu at 0", "relu", 0, "float(X >= 0)"),
    ("formula", "tanh", 0, "1 - X**2"),
    ("formula", "tanh", 0, "1 - Z"),
    ("formula", "exp", 0, "X * M.exp(X - 1)"),
    ("formula", "sigmoid", 0, "1 - Z"),
    ("formula", "log", 0, "1 / Z"),
]
FORWARD_SLIPS = [
    ("log base", "log", "M.log10(X)"),
    ("forward", "relu", "abs(X)"),
    ("forward", "tanh", "X / (1 + abs(X))"),
]
WALKS = ["at once", "unvisited", "preorder", "breadth", "forward"]


@dataclass
class Student:
    """How a class is written, and what is wrong in it."""

    seed: int
    style: str
    kind: str = ""  # of the mistake, or "" where there is none
    operation: str = ""
    partials: dict = field(default_factory=lambda: {name: list(each) for name, each in PARTIALS.items()})
    forward: dict = field(default_factory=lambda: dict(FORWARD))
    composed: bool = False
    chained: dict = field(default_factory=dict)  # operations that leave out the gradient of the result
    sets: set = field(default_factory=set)  # operations that overwrite
    walk: str = "post"
    seedless: bool = False
    equal: bool = False
    twin: bool = False
    stale: bool = False
    once: bool = False
    in_place: bool = False


def right(seed):
    """A class in which nothing is wrong."""
    dice = random.Random(seed)
    student = Student(seed, STYLES[seed % len(STYLES)])
    student.composed = dice.random() < 0.5
    student.walk = dice.choice(["post", "stack", "counted", "born"])
    return student


def wrong(seed):
    """A class with one mistake."""
    dice = random.Random(1000 + seed)
    student = right(seed)
    student.walk = "post"
    family = dice.choice(
        ["partial"] * 6 + ["chain", "chain", "sets", "sets", "walk", "walk", "state", "state", "other"]
    )
    closures = student.style in ("closures", "numpy", "elif", "methods")
    if family == "chain" and not closures:
        family = "partial"
    if family == "partial":
        student.kind, student.operation, place, partial = dice.choice(WRONG)
        student.partials[student.operation][place] = partial
        student.composed &= student.operation not in COMPOSED
    elif family == "chain":
        student.kind, student.operation = (
            "missing chain factor",
            dice.choice(["add", "mul", "pow", "tanh", "exp", "relu"]),
        )
        student.chained[student.operation] = True
    elif family == "sets":
        student.kind = "overwrites"
        if closures and dice.random() < 0.5:
            student.operation = dice.choice(["mul", "add", "pow", "tanh", "relu"])
            student.sets = {student.operation}
        else:
            student.sets = set(FORWARD)
    elif family == "walk" and student.style != "tape":
        student.kind, student.walk = "no topological order", dice.choice(WALKS)
    elif family == "state":
        if student.style == "tape":
            student.kind, student.stale = "stale grads", True
        else:
            student.kind, which = dice.choice([("stale grads", "stale"), ("repeated backward", "once")])
            setattr(student, which, True)
    else:
        student.kind = dice.choice(["no seed", "equal numbers", "in place", "forward"])
        if student.kind == "equal numbers" and student.style == "tape":
            student.kind = "no seed"
        student.seedless, student.equal = student.kind == "no seed", student.kind == "equal numbers"
        student.in_place = student.kind == "in place"
        if student.kind == "forward":
            student.kind, student.operation, formula = dice.choice(FORWARD_SLIPS)
            student.forward[student.operation] = formula
        if student.style in ("functions", "table") and student.kind == "no seed":
            student.kind, student.seedless, student.twin = "shared node", False, True
    return student


def source(student):
    """The file that the student hands in."""
    lines = ["import math", "import numpy as np", ""]
    if student.style == "functions":
        lines += _function_classes(student)
    lines += ["TAPE = []", "", "class Value:", "    count = 0"]
    if student.stale:
        lines += ["    order = []"]
    make = "np.array(float(data))" if student.style == "numpy" else "data"
    zero = "np.zeros(())" if student.style == "numpy" else dice_of(student).choice(["0", "0.0"])
    lines += [
        "    def __init__(self, data, inputs=(), op=''):",
        f"        self.data = {make}",
        f"        self.grad = {zero}",
    ]
    lines += ["        self.inputs, self.op, self.how = inputs, op, None", "        self.step = lambda: None"]
    lines += ["        Value.count += 1", "        self.born = Value.count", "        self.done = False"]
    if student.equal:
        lines += ["    def __eq__(self, other):", "        return self.data == other.data"]
        lines += ["    def __hash__(self):", "        return hash(float(self.data))"]
    for name in FORWARD:
        lines += _operation(student, name)
    lines += _reflected()
    if student.in_place:
        lines += [
            "    def __iadd__(self, other):",
            "        self.data = self.data + Value.of(other).data",
            "        return self",
        ]
    lines += ["    @staticmethod", "    def of(x):", "        return x if isinstance(x, Value) else Value(x)"]
    return "\n".join([*lines, *_step(student), *_backward(student)]) + "\n"


def dice_of(student):
    """Chance for what does not matter."""
    return random.Random(77 + student.seed)


def _reflected():
    return [
        "    def __radd__(self, other):",
        "        return self + other",
        "    def __rmul__(self, other):",
        "        return self * other",
        "    def __rsub__(self, other):",
        "        return Value(other) - self",
        "    def __rtruediv__(self, other):",
        "        return Value(other) / self",
    ]


def _words(text, x="self.data", y="other.data", z="out.data"):
    for name, instead in (("X", x), ("Y", y), ("Z", z), ("N", "n")):
        text = "".join(instead if part == name else part for part in _parts(text))
    return text


def _parts(text):
    part = ""
    for sign in text:
        if sign.isalnum() or sign in "._":
            part += sign
        else:
            yield from (part, sign)
            part = ""
    yield part


def _numbers(student, text):
    library = "np" if student.style == "numpy" else "math"
    text = text.replace("M.", f"{library}.")
    return text.replace("max(X, 0.0)", "np.maximum(X, 0.0)") if student.style == "numpy" else text


def _operation(student, name):
    binary, power = len(PARTIALS[name]) == 2, name == "pow"
    given = "self, other" if binary else "self, n" if power else "self"
    lines = [f"    def {DUNDER.get(name, name)}({given}):"]
    if student.composed and name in COMPOSED:
        return [*lines, *(["        other = Value.of(other)"] if binary else []), f"        return {COMPOSED[name]}"]
    if binary:
        lines.append("        other = Value.of(other)")
    inputs = "(self, other)" if binary else "(self,)"
    lines.append(f"        out = Value({_words(_numbers(student, student.forward[name]))}, {inputs}, {name!r})")
    partials = [_words(_numbers(student, each)) for each in student.partials[name]]
    adds = "=" if name in student.sets else "+="
    factor = "" if name in student.chained else " * out.grad"
    body = [
        f"{who}.grad {adds} ({partial}){factor}"
        for who, partial in zip(("self", "other"), partials)
        if partial != "0.0"
    ]
    if student.style in ("closures", "numpy", "methods"):
        lines += [
            "        def step():",
            *(f"            {line}" for line in body or ["pass"]),
            "        out.step = step",
        ]
    elif student.style == "functions":
        lines += [f"        out.how = {name.title()}({'n' if power else ''})"]
    elif student.style == "elif":
        lines += ["        out.n = n"] if power else []
    else:
        lines += [f"        out.how = [{', '.join(partials)}]"]
    if student.style == "tape":
        lines.append("        TAPE.append(out)")
    return [*lines, "        return out"]


def _function_classes(student):
    lines = ["class Function:", "    def __init__(self, n=None):", "        self.n = n", ""]
    for name in FORWARD:
        partials = [_words(_numbers(student, each), "x", "y", "z") for each in student.partials[name]]
        unpack = "x, y = inputs" if len(partials) == 2 else "x, = inputs"
        lines += [f"class {name.title()}(Function):", "    def backward(self, inputs, z, g):", f"        {unpack}"]
        lines += ["        n = self.n", f"        return [{', '.join(f'({each}) * g' for each in partials)}]", ""]
    return lines


def _step(student):
    """What a node does when its turn comes."""
    adds = "=" if len(student.sets) > 1 else "+="
    lines = ["    def pass_on(self):"]
    if student.style in ("closures", "numpy", "methods"):
        return [*lines, "        self.step()"]
    if student.style == "elif":
        return [*lines, *_chain(student)]
    lines += ["        if self.how is None:", "            return"]
    if student.style == "functions":
        lines += ["        data = [x.data for x in self.inputs]"]
        lines += ["        parts = self.how.backward(data, self.data, self.grad)"]
    else:
        lines += ["        parts = [p * self.grad for p in self.how]"]
    pairs = "dict(zip(self.inputs, parts)).items()" if student.twin else "zip(self.inputs, parts)"
    return [*lines, f"        for x, part in {pairs}:", f"            x.grad {adds} part"]


def _chain(student):
    lines = ["        out = self"]
    for k, (name, partials) in enumerate(student.partials.items()):
        adds = "=" if name in student.sets else "+="
        factor = "" if name in student.chained else " * out.grad"
        who = [f"out.inputs[{j}]" for j in range(len(partials))]
        texts = [_words(_numbers(student, each), f"{who[0]}.data", f"{who[-1]}.data") for each in partials]
        lines.append(f"        {'if' if not k else 'elif'} out.op == {name!r}:")
        lines += ["            n = out.n"] if name == "pow" else []
        lines += [f"            {x}.grad {adds} ({each}){factor}" for x, each in zip(who, texts)]
    return lines


WALKS_BACK = {
    "at once": """
        def go(v):
            v.pass_on()
            for x in v.inputs:
                go(x)
        go(self)""",
    "preorder": """
        def go(v):
            if v in seen:
                return
            seen.add(v)
            v.pass_on()
            for x in v.inputs:
                go(x)
        go(self)""",
    "breadth": """
        waiting = [self]
        while waiting:
            v = waiting.pop(0)
            if v in seen:
                continue
            seen.add(v)
            v.pass_on()
            waiting += v.inputs""",
    "stack": """
        stack = [(self, False)]
        while stack:
            v, ready = stack.pop()
            if ready:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack.append((v, True))
                stack += [(x, False) for x in v.inputs]
        for v in reversed(order):
            v.pass_on()""",
    "counted": """
        uses, stack = {id(self): 0}, [self]
        while stack:
            for x in stack.pop().inputs:
                if id(x) not in uses:
                    uses[id(x)] = 0
                    stack.append(x)
                uses[id(x)] += 1
        ready = [self]
        while ready:
            v = ready.pop()
            v.pass_on()
            for x in v.inputs:
                uses[id(x)] -= 1
                if not uses[id(x)]:
                    ready.append(x)""",
    "born": """
        stack = [self]
        while stack:
            v = stack.pop()
            if v not in seen:
                seen.add(v)
                stack += v.inputs
        for v in sorted(seen, key=lambda v: -v.born):
            v.pass_on()""",
}
RECURSIVE = """
        def build(v):
            if TEST:
                MARK
                for x in v.inputs:
                    build(x)
                order.append(v)
        build(self)
        for v in ORDER:
            v.pass_on()"""


def _backward(student):
    one = "np.ones(())" if student.style == "numpy" else "1.0"
    seed = [] if student.seedless else [f"        self.grad = {one}"]
    lines = ["    def backward(self):"]
    if student.style == "tape":
        keeps = student.stale or student.seedless
        clear = [] if keeps else ["        for node in TAPE:", "            node.grad = 0.0"]
        return [*lines, *clear, *seed, "        for node in reversed(TAPE):", "            node.pass_on()"]
    lines += [*seed, f"        order, seen = {'Value.order' if student.stale else '[]'}, set()"]
    if student.walk in WALKS_BACK and not student.once:
        return [*lines, WALKS_BACK[student.walk]]
    test = "not v.done" if student.once else "True" if student.walk == "unvisited" else "v not in seen"
    text = RECURSIVE.replace("TEST", test).replace("MARK", "v.done = True" if student.once else "seen.add(v)")
    return [*lines, text.replace("ORDER", "order" if student.walk == "forward" else "reversed(order)")]

"""What `simplify` does: each row is looked at once, in order, with what is known of those before it."""

from autograd.compiling.graph.graph import CODE_OF, OPS
from autograd.core import floats
from plain.rows import is_number


def simplified(rows, roots):
    """The rows that compute the roots, and the roots among them."""
    made, known, now = [], {}, {}

    def once(op, *inputs):
        key = op, *(sorted(inputs) if op in ("add", "mul") else inputs)  # a + b is b + a
        if key not in known:
            known[key] = f"@{len(made)}"
            made.append((op, *inputs))
        return known[key]

    def rewritten(op, *inputs):
        last = inputs[-1]
        if all(map(is_number, inputs)):
            row = OPS[CODE_OF[op]]
            return repr(float(row.forward(floats, *row.split([float(x) for x in inputs]))))
        if op == "pos":
            return last
        if op == "pick" and is_number(last):
            return inputs[int(float(last))]
        if op == "gate" and is_number(inputs[0]):
            return once("mul", *inputs) if float(inputs[0]) else "0.0"
        if op == "mean":
            return once("div", once("sum", *inputs), repr(float(len(inputs))))
        if op == "pow_less" and is_number(last):
            power = float(last)
            if (power - 1.0) + 1.0 == power and power - (power - 1.0) == 1.0:
                op, inputs, last = "pow", (inputs[0], repr(power - 1.0)), repr(power - 1.0)
        if op == "pow" and is_number(last):
            power = float(last)
            if power in (0.0, 1.0):
                return inputs[0] if power else "1.0"
            if power in (2.0, -1.0):
                return once("square" if power == 2.0 else "reciprocal", inputs[0])
        return once(op, *inputs)

    for k, (op, *inputs) in enumerate(rows):
        now[f"@{k}"] = rewritten(op, *(now.get(x, x) for x in inputs))
    return read(made, [now.get(x, x) for x in roots])


def read(rows, roots):
    """The rows that a root is computed from."""
    wanted = {*roots}
    for k in reversed(range(len(rows))):
        if f"@{k}" in wanted:
            wanted.update(rows[k][1:])
    kept = [k for k in range(len(rows)) if f"@{k}" in wanted]
    now = {f"@{k}": f"@{place}" for place, k in enumerate(kept)}
    return [(rows[k][0], *(now.get(x, x) for x in rows[k][1:])) for k in kept], [now.get(x, x) for x in roots]

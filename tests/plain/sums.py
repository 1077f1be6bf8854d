"""What `gather_sums` does: chains of additions become terms in a row, these few nodes, and those nodes of one kind."""

from itertools import groupby

from autograd.compiling.graph.graph import CODE_OF, OPS
from plain.chains import chains
from plain.rows import is_number


def gathered(rows, roots, batched):
    """The rows and the roots with their sums gathered; `batched` names the leaves that differ from sample to sample."""
    return by_kind(*chained(rows, roots, batched), batched)


def chained(rows, roots, batched):
    """The same with each chain as a node for each of its steps, in the place of its last row."""
    differs, now, made = differing(rows, batched), {}, []
    terms_of, taken = chains(rows, roots)

    def append(op, *inputs):
        made.append((op, *(now.get(x, x) for x in inputs)))
        return f"new @{len(made) - 1}"

    for k, (op, *inputs) in enumerate(rows):
        name, so_far = f"@{k}", None
        if name in terms_of:
            for step in steps(terms_of[name], differs):
                so_far = added(append, so_far, step, differs)
        elif name not in taken:
            so_far = append(op, *inputs)
        now[name] = now.get(so_far, so_far)
    made = [tuple(x.removeprefix("new ") for x in row) for row in made]
    return made, [now.get(x, x).removeprefix("new ") for x in roots]


def steps(terms, differs):
    """The terms in steps: a run of products, perhaps with its bias, or plain terms."""
    found, was_batched = [], False
    for k, term in enumerate(terms):
        before, step = terms[k - 1] if k else None, found[-1] if found else []
        is_batched = bool(differs & {term.left, term.right})
        if term.right:
            begins = not before or before.run != term.run
        elif before and before.right:  # a plain term behind the products that a chain begins with is their bias
            begins = term.is_subtracted or len(found) > 1
        else:
            begins = not before or bool(step[0].right) or (is_batched and not was_batched)
        if begins:
            found.append([])
        found[-1].append(term)
        was_batched = was_batched or is_batched
    return found


def added(append, so_far, step, differs):
    """The node that adds a step to the sum so far."""
    products, plain = [x for x in step if x.right], [x for x in step if not x.right]
    batched = [bool(differs & {x.left, x.right}) for x in step]
    was_shared = so_far is not None and so_far not in differs
    before = [so_far] if so_far else []
    if products:
        bias = before or [x.left for x in plain]
        so_far = append("linear" if bias else "dot", *(x.left for x in products), *(x.right for x in products), *bias)
    else:
        subtracted = any(x.is_subtracted for x in plain)
        is_mixed = any(batched) and (was_shared or not all(batched))
        if len(before) + len(plain) - 1 > 1 + subtracted + is_mixed:
            so_far = append("sum", *before, *[append("neg", x.left) if x.is_subtracted else x.left for x in plain])
        else:
            for x in plain:
                so_far = append("sub" if x.is_subtracted else "add", so_far, x.left) if so_far else x.left
    if any(batched) or (before and not was_shared):
        differs.add(so_far)
    return so_far


def differing(rows, batched):
    """The names of all that differs from sample to sample."""
    found = {*batched}
    for k, (op, *inputs) in enumerate(rows):
        if op == "lift" or not found.isdisjoint(inputs):
            found.add(f"@{k}")
    return found


def by_kind(rows, roots, batched):
    """Sums of products in groups, what all samples share first; elsewhere what is shared is lifted to its group."""
    differs, now, made = differing(rows, batched), {}, []

    def append(op, *inputs):
        made.append((op, *inputs))
        return f"@{len(made) - 1}"

    def kind(x):
        return x in differs, not is_number(x), x[0] == "@"

    for k, (op, *inputs) in enumerate(rows):
        lifts = any(OPS[CODE_OF[op]].groups) and f"@{k}" in differs
        if op not in ("dot", "linear"):
            read = [append("lift", now.get(x, x)) if lifts and x not in differs else now.get(x, x) for x in inputs]
            now[f"@{k}"] = append(op, *read)
            continue
        half = len(inputs) // 2
        pairs = [sorted(pair, key=kind) for pair in zip(inputs[:half], inputs[half : 2 * half])]
        terms = [(y in differs, 1, x in differs, is_number(x), x, y) for x, y in pairs]
        terms += [(x in differs, 0, False, False, x, "") for x in inputs[2 * half :]]
        so_far = None
        for _, group in groupby(sorted(terms, key=lambda term: term[:4]), key=lambda term: term[:4]):
            x, y = zip(*([now.get(x, x) for x in term[4:]] for term in group))
            if y[0] and len(x) > 1:
                so_far = append("linear", *x, *y, so_far) if so_far else append("dot", *x, *y)
            else:
                value = append("mul", *x, *y) if y[0] else x[0]
                so_far = append("add", so_far, value) if so_far else value
        now[f"@{k}"] = so_far
    return made, [now.get(x, x) for x in roots]

"""What `chains` does: additions that only the next one reads are the terms of one sum, from first to last."""

from collections import Counter
from itertools import groupby
from typing import NamedTuple

from plain.rows import is_number, row_of


class Term(NamedTuple):
    left: str
    right: str = ""  # the other factor, of a product that may change places with those of its run
    is_subtracted: bool = False
    run: object = None


def chains(rows, roots):
    """The terms of each chain, by the name of its last row; and the rows that are part of another's chain now."""
    uses = Counter([x for _, *inputs in rows for x in inputs] + 2 * roots)

    def joins(x):
        return uses[x] == 1 and row_of(x, rows)[0] in ("add", "sub", "sum", "dot", "linear")

    def is_difference(x):  # a - b, with which chains of subtractions begin, and others do not
        op, *inputs = row_of(x, rows)
        return op == "sub" and not joins(inputs[0])

    terms, taken = {}, set()
    for k, (op, *inputs) in enumerate(rows):
        half, before = len(inputs) // 2, None
        if op in ("dot", "linear"):
            found = [Term(*pair) for pair in zip(inputs[:half], inputs[half:])]
            found += [Term(x) for x in inputs[2 * half :] if not (is_number(x) and float(x) == 0.0)]
        elif op in ("add", "sub", "sum"):
            found = [Term(x, is_subtracted=op == "sub" and place == 1) for place, x in enumerate(inputs)]
            if joins(inputs[0]) and (op == "sub" or not is_difference(inputs[0])):
                before = 0
            elif op == "add" and joins(inputs[1]) and not is_difference(inputs[1]):
                before = 1
        else:
            continue
        if before is not None:
            taken.add(inputs[before])
            found = terms[inputs[before]] + found[:before] + found[before + 1 :]
        terms[f"@{k}"] = found
    found = {}
    for name in terms:
        if terms[name] and name not in taken:
            found[name] = in_runs(name, terms[name], rows, uses, is_difference)
    taken.update(
        old.left for name in found for old, new in zip(terms[name], found[name]) if new.right and not old.right
    )
    # a sum of products within another sum is added to what is before it, as one run
    pure = {name for name in found if uses[name] == 1 and all(term.right for term in found[name])}
    inner = {x.left for terms in found.values() for x in terms if x.left in pure and not (x.right or x.is_subtracted)}
    for name in found.keys() - inner:
        each = [found[x.left] if x.left in inner and not x.right else [x] for x in found[name]]
        found[name] = [term for terms in each for term in terms]
    return {name: terms for name, terms in found.items() if name not in inner}, taken | inner


def in_runs(name, terms, rows, uses, is_difference):
    """The terms of a chain, with the products that may change places in runs."""
    pairs = []
    for term in terms:
        op, *factors = row_of(term.left, rows)
        is_product = op == "mul" and uses[term.left] == 1 and not term.is_subtracted
        pairs.append((term.left, term.right) if term.right else factors if is_product else [])
    may, is_behind, is_bound = [], False, has_bound(pairs, rows)
    for term, pair in zip(terms, pairs):
        may.append(bool(term.right or (pair and not is_behind and not is_bound)))
        is_nonzero = is_number(term.left) and float(term.left) != 0.0
        is_behind = is_behind or (not term.right and (term.is_subtracted or is_nonzero or is_difference(term.left)))
    found = []
    for run, (is_run, group) in enumerate(groupby(zip(may, terms, pairs), key=lambda each: each[0])):
        group = [each[1:] for each in group]
        for term, pair in group:
            stays = not is_run or (not term.right and len(group) == 1)  # a single product is in no order
            found.append(term if stays else Term(*pair, run=(name, run)))
    return found


def has_bound(pairs, rows):
    """Whether a product has no factor of its own: each is a number, or in another product, it or its negative."""
    signless = [{x[1] if (x := row_of(y, rows))[0] == "neg" else y for y in pair} for pair in pairs if pair]
    count = Counter(x for pair in signless for x in pair)
    return any(all(count[x] > 1 or is_number(x) for x in pair) for pair in signless)

"""Damage: what can happen to each field of a file that holds JSON."""

import json
import random

INSTEAD = [None, True, -1, 10**12, 10**30, 0.5, float("nan"), "x", "print(1)", "__class__", [], {}, [[]], {"a": 1}]


def places(content, at=()):
    """The way to each field, and to a few of the entries of a long list."""
    keys = [*content] if isinstance(content, dict) else [*range(len(content))] if isinstance(content, list) else []
    for key in keys if isinstance(content, dict) else keys[:3] + keys[3:][-2:]:
        yield (*at, key)
        yield from places(content[key], (*at, key))


def damaged(content, seed=0, each=3):
    """For each field where it is, and the content with it replaced, deleted, nested, inflated, changed a little."""
    draw = random.Random(seed)
    for place in places(content):
        *way, last = place
        old = content
        for key in place:
            old = old[key]
        a_little = old + draw.choice([-1, 1]) if type(old) in (int, float) else not old
        larger = old * 40 if isinstance(old, str | list) else [old] * 1000
        for new in (*draw.sample(INSTEAD, each), [old], {"0": old}, larger, a_little, KeyError):
            made = json.loads(json.dumps(content))
            parent = made
            for key in way:
                parent = parent[key]
            if new is KeyError:
                del parent[last]
            else:
                parent[last] = new
            yield place, made

"""What a compiled function reads from outside: after any change it gives what the function itself gives."""

import builtins
import dataclasses
import enum
import functools
import sys
import types
import weakref
from collections import ChainMap, OrderedDict, UserDict, defaultdict, deque
from contextvars import ContextVar
from decimal import Decimal
from operator import attrgetter, methodcaller

import numpy as np
import pytest

import autograd
from autograd import Value, compile

config = types.ModuleType("config")
config.scale, config.weights = 2.0, [Value(1.0), Value(3.0)]
sys.modules["config"] = config
scale = 2.0
weight = Value(2.0)


in_context = ContextVar("in_context", default=2.0)


class Model:
    rate = 2.0
    table = types.MappingProxyType({"a": [1.0, 2.0]})

    def __init__(self):
        self.w, self.extra = Value(3.0), {"beta": 1.5, "on": True}
        self.parts = [types.SimpleNamespace(gain=2.0), types.SimpleNamespace(gain=3.0)]

    @property
    def twice(self):
        return self.w * self.rate

    def __call__(self, x):
        return self.twice * x * self.extra["beta"]

    @classmethod
    def of_class(cls, x):
        return x * cls.rate

    @staticmethod
    def of_nothing(x):
        return x * scale

    def __getitem__(self, k):
        return self.parts[k].gain

    def __len__(self):
        return len(self.parts)


class Slotted:
    __slots__ = ("gain", "other")

    def __init__(self):
        self.gain = 2.0


@dataclasses.dataclass
class Settings:
    gain: float = 2.0
    name: str = "sin"
    shape: tuple = (1, 2)


@dataclasses.dataclass(frozen=True)
class Frozen:
    inner: list


class Kind(enum.Enum):
    SINE, COSINE = "sin", "cos"


class Meta(type):
    gain = 2.0


class WithMeta(metaclass=Meta):
    pass


class Lists(enum.Enum):
    A = [1.0]  # noqa: RUF012


class Number(float):
    gain = 2.0


class Weight(Value):
    __slots__ = ("gain",)


class Array(np.ndarray):
    gain = 2.0


def with_decorator(f):
    @functools.wraps(f)
    def wrapped(*args):
        return f(*args) * scale

    return wrapped


def outer(factor):
    def inner(x):
        return x * factor * scale

    return inner


def set_global(name, x):
    globals()[name] = x


def case_of(name):
    """A function of one number, and a change of what it reads."""
    m, s, d, lists = Model(), Settings(), {"a": 1.0, "b": [2.0, {"c": 3.0}]}, [1.0, [2.0, 3.0]]
    a, slot, objects = np.array([1.0, 2.0]), Slotted(), np.array([Value(1.0), Value(2.0)])
    box = types.SimpleNamespace(f=lambda x: x * 2.0, kind=Kind.SINE, k=1, text="sin", flag=False, it=None)
    many = UserDict(gain=2.0)
    chain, default, ordered, queue = ChainMap({"g": 2.0}), defaultdict(float, g=2.0), OrderedDict(g=2.0), deque([2.0])
    n, w, names = 3, Value(2.0), ["a", "b"]

    def rebind():
        nonlocal n
        n = 5

    def rebind_value():
        nonlocal w
        w = Value(7.0)

    class Local:
        gain = 2.0

    class Child(Model):
        pass

    class Bare:
        rate = 5.0

    child, bare, held, lazy = Child(), Bare(), [Bare()], types.ModuleType("lazy")
    views, own, subarray, reference = d.keys(), Weight(3.0), np.ones(2).view(Array), weakref.ref(held[0])
    number_, gain, call, own.gain, lazy.__getattr__ = (
        Number(3.0),
        attrgetter("gain"),
        methodcaller("of"),
        2.0,
        d.__getitem__,
    )
    ufunc, vector = np.frompyfunc(of_global, 1, 1), np.vectorize(of_global, otypes=[object])
    line = np.poly1d([1.0, 2.0])
    slot.other, box.of = 1.0, lambda: box.k
    cases = {
        "global": (lambda x: x * scale, lambda: set_global("scale", 3.0)),
        "global in a generator": (lambda x: sum(weight * a for a in [x]), lambda: set_global("weight", Value(5.0))),
        "comprehension": (lambda x: sum([weight * a for a in [x]]), lambda: set_global("weight", Value(5.0))),
        "global in a lambda": (lambda x: (lambda a: a * scale)(x), lambda: set_global("scale", 4.0)),
        "dict comprehension": (lambda x: {k: x * scale * k for k in (1, 2)}[2], lambda: set_global("scale", 4.0)),
        "global in a class body": (in_class_body, lambda: set_global("scale", 4.0)),
        "global of a decorator": (with_decorator(lambda x: x * 2.0), lambda: set_global("scale", 4.0)),
        "global of an inner function": (outer(2.0), lambda: set_global("scale", 4.0)),
        "builtin": (lambda x: abs(x), lambda: set_global("abs", lambda x: x * 5.0)),
        "variable around": (lambda x: x * n, rebind),
        "value around": (lambda x: x * w, rebind_value),
        "default argument": (lambda x, d=lists: x * d[0], lambda: lists.__setitem__(0, 9.0)),
        "partial": (functools.partial(lambda d, x: x * d["a"], d), lambda: d.update(a=4.0)),
        "bound method": (m.__call__, lambda: setattr(m, "w", Value(9.0))),
        "object called": (m, lambda: m.extra.update(beta=4.0)),
        "property": (lambda x: m.twice * x, lambda: setattr(m, "rate", 5.0)),
        "class attribute": (lambda x: m.rate * x, lambda: setattr(Model, "rate", 5.0)),
        "class attribute by class": (lambda x: Model.rate * x, lambda: setattr(Model, "rate", 5.0)),
        "class attribute of a base": (lambda x: child.rate * x, lambda: setattr(Child, "rate", 5.0)),
        "class method": (Model.of_class, lambda: setattr(Model, "rate", 5.0)),
        "static method": (Model.of_nothing, lambda: set_global("scale", 5.0)),
        "method replaced": (lambda x: m(x), lambda: setattr(Model, "__call__", lambda self, x: x)),
        "local class": (lambda x: Local.gain * x, lambda: setattr(Local, "gain", 5.0)),
        "item method": (lambda x: m[1] * x, lambda: setattr(m.parts[1], "gain", 5.0)),
        "length method": (lambda x: len(m) * x, lambda: m.parts.append(1.0)),
        "entry of a table of a class": (lambda x: m.table["a"][1] * x, lambda: m.table["a"].__setitem__(1, 7.0)),
        "module attribute": (lambda x: config.scale * x, lambda: setattr(config, "scale", 5.0)),
        "module's list": (lambda x: config.weights[1] * x, lambda: config.weights.__setitem__(1, Value(5.0))),
        "imported inside": (imports_inside, lambda: setattr(config, "scale", 5.0)),
        "dataclass": (lambda x: s.gain * x, lambda: setattr(s, "gain", 5.0)),
        "dataclass text": (lambda x: getattr(autograd, s.name)(x), lambda: setattr(s, "name", "cos")),
        "dataclass tuple": (lambda x: s.shape[1] * x, lambda: setattr(s, "shape", (1, 5))),
        "frozen dataclass": (lambda x, f=Frozen([2.0]): f.inner[0] * x, None),
        "dict entry": (lambda x: d["a"] * x, lambda: d.update(a=4.0)),
        "deep entry": (lambda x: d["b"][1]["c"] * x, lambda: d["b"][1].update(c=4.0)),
        "keys": (lambda x: x * (2.0 if "z" in d else 1.0), lambda: d.update(z=None)),
        "key renamed": (lambda x: x * (2.0 if "a" in d else 1.0), lambda: d.update(q=d.pop("a"))),
        "list entry": (lambda x: lists[1][0] * x, lambda: lists[1].__setitem__(0, 4.0)),
        "list length": (lambda x: len(lists) * x, lambda: lists.append(4.0)),
        "list order": (lambda x: lists[1][0] * x, lambda: lists[1].reverse()),
        "minus zero": (lambda x: x / lists[0] if lists[0] else autograd.atan2(lists[0], -x), lambda: None),
        "array": (lambda x: a[0] * x, lambda: a.__setitem__(0, 4.0)),
        "array of values": (lambda x: objects[0] * x, lambda: objects.__setitem__(0, Value(4.0))),
        "slot": (lambda x: slot.gain * x, lambda: setattr(slot, "gain", 4.0)),
        "new slot": (lambda x: getattr(slot, "other", 1.0) * x, lambda: setattr(slot, "other", 4.0)),
        "new attribute": (lambda x: getattr(m, "more", 1.0) * x, lambda: setattr(m, "more", 4.0)),
        "attribute deleted": (lambda x: (2.0 if hasattr(m, "extra") else 1.0) * x, lambda: delattr(m, "extra")),
        "attribute by text": (lambda x: getattr(m, "".join(["ra", "te"])) * x, lambda: setattr(m, "rate", 7.0)),
        "all attributes": (lambda x: x * len(vars(m)), lambda: setattr(m, "even", 0)),
        "function in an object": (lambda x: box.f(x), lambda: setattr(box, "f", lambda x: x * 9.0)),
        "enum": (lambda x: x if box.kind is Kind.SINE else -x, lambda: setattr(box, "kind", Kind.COSINE)),
        "index": (lambda x: lists[1][box.k] * x, lambda: setattr(box, "k", 0)),
        "text": (lambda x: getattr(autograd, box.text)(x), lambda: setattr(box, "text", "exp")),
        "flag": (lambda x: x if box.flag else x * 2.0, lambda: setattr(box, "flag", True)),
        "one for true": (lambda x: x * (5.0 if box.flag is False else 1.0), lambda: setattr(box, "flag", 0)),
        "user dict": (lambda x: x * many["gain"], lambda: many.update(gain=5.0)),
        "chain map": (lambda x: x * chain["g"], lambda: chain.maps.insert(0, {"g": 5.0})),
        "default dict": (lambda x: x * default["g"], lambda: default.update(g=5.0)),
        "ordered dict": (lambda x: x * ordered["g"], lambda: ordered.update(g=5.0)),
        "deque": (lambda x: x * queue[0], lambda: queue.appendleft(5.0)),
        "set": (lambda x, s={1.0}: x * sum(s), None),
        "texts": (lambda x: sum(x * vars(m)["extra"][k] for k in ("beta",)), lambda: m.extra.update(beta=8.0)),
        "map over a global": (lambda x: sum(map(outer(3.0), [x])), lambda: set_global("scale", 5.0)),
        "sorted by a key": (lambda x: (sorted(names, key=lambda k: (k == "a") * (2 - len(d)))[0] == "a" and x * 2) or x,
                            lambda: d.update(z=9.0)),
        "recursion": (recursive, lambda: set_global("scale", 5.0)),
        "decimal": (lambda x, d={"x": Decimal("1.5")}: x * float(d["x"]), None),
        "value's place": (lambda x: x * config.weights[0], lambda: config.weights.reverse()),
        "function attribute": (lambda x: x * of_attribute.gain, lambda: setattr(of_attribute, "gain", 5.0)),
        "code": (lambda x: of_attribute(x), lambda: setattr(of_attribute, "__code__", (lambda x: x * 7.0).__code__)),
        "defaults": (lambda x: with_default(x), lambda: setattr(with_default, "__defaults__", (7.0,))),
        "context": (lambda x: x * in_context.get(), lambda: in_context.set(5.0)),
        "compiled inside": (lambda x: compiled_inside(x) * 2.0, lambda: set_global("scale", 5.0)),
        "verb inside": (lambda x: autograd.grad(lambda y: y * y * scale)(x), lambda: set_global("scale", 5.0)),
        "keyword default": (with_keyword, lambda: setattr(with_keyword, "__kwdefaults__", {"factor": 7.0})),
        "keyword default's entry": (lambda x: with_keyword(x), lambda: with_keyword.__kwdefaults__.update(factor=8.0)),
        "module imported again": (imports_inside, lambda: sys.modules.update(config=types.SimpleNamespace(scale=5.0))),
        "module's other attributes": (lambda x: lazy.a * x, lambda: d.update(a=5.0)),
        "class of a class": (lambda x: WithMeta.gain * x, lambda: setattr(Meta, "gain", 5.0)),
        "before the class of a class": (lambda x: WithMeta.gain * x, lambda: setattr(WithMeta, "gain", 6.0)),
        "other bases": (lambda x: child.rate * x, lambda: setattr(Child, "__bases__", (Bare,))),
        "new to a class": (lambda x: getattr(bare, "gain", 1.0) * x, lambda: setattr(Bare, "gain", 5.0)),
        "truth, new to a class": (lambda x: x if bare else -x, lambda: setattr(Bare, "__bool__", lambda self: False)),
        "list in an enum": (lambda x: Lists.A.value[0] * x, lambda: Lists.A.value.insert(0, 5.0)),
        "attribute getter": (lambda x: gain(slot) * x, lambda: setattr(slot, "gain", 5.0)),
        "method caller": (lambda x: call(box) * x, lambda: setattr(box, "k", 5.0)),
        "attribute in a text's form": (lambda x: float(text_of(slot)) * x, lambda: setattr(slot, "gain", 5.0)),
        "function of NumPy's by one": (lambda x: ufunc([x])[0], lambda: set_global("scale", 5.0)),
        "function of NumPy's class": (lambda x: vector([x])[0], lambda: set_global("scale", 5.0)),
        "NumPy's polynomial": (lambda x: float(line(2.0)) * x, lambda: line.__setitem__(0, 5.0)),
        "view of a dict": (lambda x: len(views) * x, lambda: d.update(c=5.0)),
        "number with attributes": (lambda x: number_ * number_.gain * x, lambda: setattr(number_, "gain", 5.0)),
        "Value with attributes": (lambda x: own * own.gain * x, lambda: setattr(own, "gain", 5.0)),
        "array with attributes": (lambda x: subarray[0] * subarray.gain * x, lambda: setattr(Array, "gain", 5.0)),
        "what nobody keeps": (lambda x: x if reference() is None else -x, held.clear),
        "new among Python's own": (lambda x: x * of_builtins, lambda: setattr(builtins, "of_builtins", 5.0)),  # noqa: F821
        "cached": (lambda x: x * cached_scale(), lambda: None),
        "cached, then computed again": (lambda x: x * cached_list()[0], cache_anew),
        "in what is cached": (lambda x: x * cached_list()[0], lambda: cached_list().insert(0, 7.0)),
    }  # fmt: skip
    return cases[name] if name else list(cases)


def in_class_body(x):
    class Holder:
        gain = x * scale

    return Holder.gain


def imports_inside(x):
    import config as settings

    return settings.scale * x


def recursive(x, depth=2):
    return recursive(x * scale, depth - 1) if depth else x


def of_attribute(x):
    return x


of_attribute.gain = 2.0


def with_default(x, factor=3.0):
    return x * factor


def text_of(x):
    return "{.gain}".format(x)  # noqa: UP032


def of_global(x):
    return x * scale


def with_keyword(x, *, factor=3.0):
    return x * factor


@autograd.compile
def compiled_inside(x):
    return x * scale


@functools.lru_cache
def cached_scale():
    return 2.0


@functools.lru_cache
def cached_list():
    return [*numbers]


numbers = (2.0,)


def cache_anew():
    set_global("numbers", (5.0,))
    cached_list.cache_clear(), cached_list()
    set_global("numbers", (2.0,))


@pytest.fixture(autouse=True)
def _as_before():
    before = {"scale": 2.0, "weight": Value(2.0)}
    code, defaults = of_attribute.__code__, with_default.__defaults__
    builtins.of_builtins = 2.0
    call, rate, table = Model.__call__, 2.0, types.MappingProxyType({"a": [1.0, 2.0]})
    yield
    globals().update(before)
    globals().pop("abs", None)
    Model.__call__, Model.rate, Model.table = call, rate, table
    config.scale, config.weights = 2.0, [Value(1.0), Value(3.0)]
    cached_list.cache_clear()
    sys.modules["config"], with_keyword.__kwdefaults__, Meta.gain = config, {"factor": 3.0}, 2.0
    WithMeta.gain, Lists.A.value[:], Array.gain = 2.0, [1.0], 2.0
    del WithMeta.gain, builtins.of_builtins
    of_attribute.gain, of_attribute.__code__, with_default.__defaults__ = 2.0, code, defaults


@pytest.mark.parametrize("name", case_of(""))
def test_what_changes_outside_is_noticed_at_the_next_call(name):
    f, change = case_of(name)
    c = compile(f)
    assert c(1.5) == c(1.5) == number(f(Value(1.5)))
    if change is not None:
        change()
    assert c(1.5) == number(f(Value(1.5)))
    assert c.value_and_grad(1.5) == autograd.value_and_grad(f)(1.5)
    assert c.cache_info().programs


def number(x):
    return x.data if isinstance(x, Value) else float(x)

"""What a program would not do again: chance, clocks, files, prints, changes outside. Refused, or run as it is."""

import cProfile
import random
import time
import warnings
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pprint import pprint
from types import CellType, FunctionType

import numpy as np
import pytest

import autograd
from autograd import UncompiledWarning, Value, compile

rng = np.random.default_rng(0)
draw = random.Random(0)
w = Value(2.0)
DRAWS = {
    "random": lambda x: x * random.random(),
    "gauss": lambda x: x * random.gauss(0.0, 1.0),
    "choice": lambda x: x * random.choice([1.0, 2.0]),
    "a generator": lambda x: x * draw.uniform(0, 1),
    "NumPy's": lambda x: x * float(np.random.rand()),  # noqa: NPY002
    "NumPy's generator": lambda x: x * float(rng.binomial(1, 0.5)),
    "shuffle": lambda x: x * sorted([1.0, 2.0], key=lambda _: random.random())[0],
    "imported inside": lambda x: x * __import__("random").random(),
}


def of_a_file():
    with open(__file__) as file:
        return len(file.readline()[:1])


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("batch", [(), 0])
def test_random_numbers_are_drawn_anew_with_a_warning_that_has_the_line(name, batch):
    c = compile(DRAWS[name], batch=batch)
    with pytest.warns(UncompiledWarning, match=r"draws .* \(test_compile_effects.py:\d+\).* draw outside"):
        found = {float(np.sum(c([1.0, 3.0] if batch == 0 else 1.0))) for _ in range(60)}
    assert len(found) > 1
    with pytest.raises(ValueError, match=r"draws .* draw outside"):
        compile(DRAWS[name], policy="raise")(1.0)


def test_random_numbers_are_drawn_as_often_as_without_compiling():
    def drawn(function):
        random.seed(1)
        rng.bit_generator.state = np.random.default_rng(1).bit_generator.state
        return [float(function(1.0)) for _ in range(5)]

    c = compile(lambda x: x * random.random() + float(rng.random()))
    with pytest.warns(UncompiledWarning):
        assert drawn(c) == drawn(c.function)


def test_whoever_profiles_goes_on_profiling_after_a_recording():
    profile = cProfile.Profile()
    profile.enable()
    with pytest.warns(UncompiledWarning):
        assert [compile(lambda x: (print(end=""), x * w)[1])(3.0) for _ in range(2)] == [6.0] * 2
    of_a_file()
    profile.disable()
    assert any("of_a_file" in str(one.code) for one in profile.getstats())


def test_numbers_drawn_from_a_seed_inside_are_always_the_same():
    c = compile(lambda x: x * random.Random(3).random() + float(np.random.default_rng(3).random()))
    assert c(2.0) == c(2.0) == c.function(2.0)
    assert c.cache_info().recordings == 1


def test_a_number_drawn_once_and_kept_is_no_reason_to_refuse():
    kept = []

    def f(x):
        if not kept:
            kept.append(random.random())
        return x * kept[0]

    c = compile(f)
    assert c(2.0) == c(2.0) == 2.0 * kept[0]


@pytest.mark.parametrize(
    ("f", "what"),
    [
        (lambda x: (print("seen"), x * w)[1], "calls print"),
        (lambda x: x * w * (time.perf_counter() > 0), "calls perf_counter"),
        (lambda x: x * w * of_a_file(), "calls open"),
    ],
)
def test_effects_run_as_they_are_with_one_warning(f, what, capsys):
    c = compile(f)
    with pytest.warns(UncompiledWarning, match=rf"runs as it is.*{what} \(test_compile_effects.py:\d+\)"):
        assert [c(3.0) for _ in range(100)] == [6.0] * 100
    printed = capsys.readouterr().out.count("seen")
    assert printed == (100 if "print" in what else 0)
    w.grad = None
    assert (c.backward(3.0), w.grad) == (6.0, 3.0)
    assert c.value_and_grad(3.0) == (6.0, 2.0)


@pytest.mark.parametrize("f", [lambda: list(map(print, ["seen"])), partial(print, "seen"), lambda: pprint("seen")])
def test_what_is_printed_by_way_of_others_is_printed_at_every_call(f):
    c = compile(lambda x: (f(), x * w)[1])
    with redirect_stdout(StringIO()) as out, pytest.warns(UncompiledWarning):
        assert [c(3.0) for _ in range(3)] == [6.0] * 3
    assert out.getvalue().count("seen") == 3


def test_a_file_is_read_by_its_path_at_every_call(tmp_path):
    path = tmp_path / "scale"
    path.write_text("2.0")
    c = compile(lambda x: x * float(path.read_text()))
    with pytest.warns(UncompiledWarning, match="runs as it is"):
        assert c(3.0) == 6.0
    path.write_text("5.0")
    assert c(3.0) == 15.0


def test_what_finds_anything_at_all_runs_as_it_is():
    f = FunctionType((lambda x: x * f.__globals__["k"]).__code__, {"k": 2.0}, "f", None, (CellType(None),))
    f.__closure__[0].cell_contents = f
    c = compile(f)
    with pytest.warns(UncompiledWarning, match="finds what it reads by __globals__"):
        assert c(3.0) == 6.0
    f.__globals__["k"] = 5.0
    assert c(3.0) == 15.0


def test_comparing_repeats_no_effect():
    seen = []
    c = compile(lambda x: (seen.append(1), x * w)[1], check=1)
    with pytest.warns(UncompiledWarning, match="changes"):
        assert [c(3.0) for _ in range(5)] == [6.0] * 5
    assert len(seen) == 5


def test_an_effect_on_one_way_alone_leaves_the_other_compiled(capsys):
    def f(x):
        if x > 10.0:
            print("large")
        return x * w

    c = compile(f)
    assert c(1.0) == 2.0
    with pytest.warns(UncompiledWarning, match="calls print"):
        assert [c(x) for x in (20.0, 1.0, 20.0, 20.0)] == [40.0, 2.0, 40.0, 40.0]
    assert capsys.readouterr().out == "large\n" * 3
    assert c.cache_info().programs == 1


class Counting:
    def __init__(self):
        self.count, self.seen, self.memory = 0, [], {}

    def annealed(self, x):
        self.count += 1
        return x * 0.5**self.count

    def noting(self, x):
        self.seen.append(1)
        return x * w

    def remembering(self, x):
        if "scale" not in self.memory:
            self.memory["scale"] = 3.0
        return x * self.memory["scale"]


def test_what_a_function_changes_outside_is_changed_at_every_call():
    one, other = Counting(), Counting()
    c = compile(one.annealed)
    with pytest.warns(UncompiledWarning, match=r"changes self\.count"):
        assert [c(1.0) for _ in range(5)] == [other.annealed(1.0) for _ in range(5)]
    c = compile(one.noting)
    with pytest.warns(UncompiledWarning, match=r"changes self\.seen"):
        assert [c(1.0) for _ in range(5)] == [2.0] * 5
    assert len(one.seen) == 5


def test_a_cache_that_the_first_run_fills_is_compiled_from_the_second_on():
    c = compile(Counting().remembering)
    assert [c(1.0) for _ in range(5)] == [3.0] * 5
    assert (c.cache_info().recordings, c.cache_info().programs) == (2, 1)


def test_a_batch_changes_what_it_changes_for_each_sample():
    one, other = Counting(), Counting()
    c = compile(one.annealed, batch=0)
    with pytest.warns(UncompiledWarning, match="changes"):
        found = [c([1.0, 2.0, 3.0]).tolist() for _ in range(3)]
    assert found == [[other.annealed(x) for x in (1.0, 2.0, 3.0)] for _ in range(3)]


def test_an_argument_that_is_changed_is_refused():
    def f(xs):
        xs[0] = xs[0] * 2.0
        return xs[0] + xs[1]

    def g(xs):
        xs.append(1.0)
        return xs[0]

    for function in (f, g):
        with pytest.raises(ValueError, match="changes its argument 0"):
            compile(function)([1.0, 2.0])


def test_values_that_are_not_found_by_names_are_read_by_the_function_itself():
    def endless():
        while True:
            yield w

    values = endless()
    c = compile(lambda x: next(values) * x)
    with pytest.warns(UncompiledWarning, match="cannot be looked into"):
        assert [c(1.0), c(2.0)] == [2.0, 4.0]


def test_what_is_too_large_to_be_looked_at_runs_as_it_is():
    table = [0.5] * 1_000_001
    c = compile(lambda x: x * table[3])
    with pytest.warns(UncompiledWarning, match=r"can read more than 1,000,000 numbers, as in table"):
        assert c(2.0) == 1.0
    table[3] = 7.0
    assert c(2.0) == 14.0


def test_attributes_that_nobody_reads_may_change_at_every_call():
    class Trainer:
        def __init__(self):
            self.steps, self.losses, self.w = 0, [], Value(2.0)

        def loss(self, x):
            return self.w * x

    trainer = Trainer()
    c = compile(trainer.loss)
    for k in range(30):
        assert c(float(k)) == 2.0 * k
        trainer.steps += 1
        trainer.losses.append(k)
        trainer.note = k
    assert c.cache_info().recordings == 1


def test_a_number_that_is_assigned_anew_and_the_same_is_no_change():
    settings = {"rate": 0.5, "shape": (1, 2)}
    c = compile(lambda x: x * settings["rate"])
    for k in range(10):
        assert c(2.0) == 1.0
        settings["rate"], settings["shape"] = (k + 1) / (2 * k + 2), (1, k // k if k else 2)
    assert c.cache_info().recordings <= 3


def test_every_nth_call_is_compared_with_the_function_itself(monkeypatch):
    c = compile(lambda x: x * w, check=3)
    assert [c(1.0) for _ in range(7)] == [2.0] * 7
    c.backward(1.0), c.value_and_grad(1.0)
    program = type(c.program.runs)
    run = program.run
    monkeypatch.setattr(program, "run", lambda *given: (run(*given)[0] + 1.0, *run(*given)[1:]))
    assert [c(1.0) for _ in range(2)] == [3.0] * 2
    with pytest.raises(RuntimeError, match=r"result, number 0: .* gives 3.0, and the function itself 2.0"):
        c(1.0)
    with pytest.raises(ValueError, match="check is a whole number"):
        compile(lambda x: x, check=-1)


@pytest.mark.parametrize("batch", [(), 0])
def test_ways_that_never_repeat_are_not_recorded_for_ever(batch):
    def branchy(xs):
        total = 0.0
        for x in xs:
            total = (total - autograd.sin(x) * w, total + x)[x > 0]  # an index is no choice
        return total

    rows = [[random.uniform(-1, 1) for _ in range(30)] for _ in range(200)]
    c = compile(branchy, native=False, batch=batch)
    with pytest.warns(UncompiledWarning, match=r"comparison with > .*test_compile_effects.py:\d+"):
        found = [c.value_and_grad([row] if batch == 0 else row) for row in rows]
    for row, (value, slopes) in zip(rows, found):
        expected, by_row = autograd.value_and_grad(branchy)(row)
        assert np.allclose(value, expected.data)
        assert np.allclose(np.ravel(slopes), [x.data for x in by_row])
    assert c.cache_info().recordings < 25


def test_texts_that_never_repeat_are_named_and_kept_in_bounds():
    c = compile(lambda x, name: x * len(name))
    with pytest.warns(UncompiledWarning, match="argument 1 is 'sample 1"):
        assert [c(1.0, f"sample {k}") for k in range(200)] == [len(f"sample {k}") for k in range(200)]
    assert c.cache_info().programs < 25


def test_ways_that_come_again_are_all_kept():
    c = compile(lambda x, n: x * sum(1 for k in range(40) if n > k))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            for n in range(12):
                for _ in range(10):
                    assert c(2.0, n + 0.5) == 2.0 * (n + 1)
    assert c.cache_info().recordings == 12


def test_parameters_in_one_array_learn_what_the_function_itself_says():
    counting = Counting()
    flat = compile(lambda x: counting.noting(x) ** 2, batch=0).flat([w])
    with pytest.warns(UncompiledWarning):
        losses = [flat.backward([1.0, 2.0]) for _ in range(4)]
    assert np.allclose([*losses, *flat.gradient], 10.0)

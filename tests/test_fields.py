"""What is loaded is looked at first: damage to any field of any kind of file ends in one sentence, or does no harm."""

import gzip
import json
import random
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from damage import damaged

import autograd
import nn
from autograd import Value, fields, from_json, to_json
from autograd.compiling import Program
from autograd.compiling.python.lines import PythonLines

POINTS = nn.data.moons(8, seed=1)


def refused(names, load, *given):
    """Whether it raises a ValueError, which names one of the fields."""
    said = ""
    try:
        load(*given)
    except ValueError as error:
        said = str(error)
    assert not said or any(str(name) in said for name in names), (names, said)
    return bool(said)


def programs():
    model = nn.MLP(2, [3, 1], seed=0)
    table = [Value(0.5 * k, label=f"row {k}") for k in range(3)]
    batch = autograd.compile(lambda x: model(list(x)) ** 2 + 0.5, batch=0)
    batch(np.ones((3, 2)))
    yield batch.program, (np.ones((4, 2)),), {}
    lines = autograd.compile(lambda x, k: autograd.pick([*table, x], k["at"]) * 2 if x > 0 else {"a": [x]})
    lines(3.0, {"at": 1.0})
    yield lines.program, (3.0, {"at": 1.0}), {}
    several = autograd.compile(lambda a, b: {"s": [x * y for x, y in zip(a, b)], "t": (a[0], "no number")}, batch="b")
    several([1.0, 2.0], b=[[3.0, 4.0]])
    yield several.program, ([1.0, 2.0],), {"b": [[3.0, 4.0], [5.0, 6.0]]}


@pytest.mark.parametrize("native", ["0", "1"])
@pytest.mark.parametrize("which", range(3))
def test_a_damaged_program_is_refused_or_runs_within_its_memory(which, native, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_NATIVE", "0")
    program, args, options = [*programs()][which]
    program.save(tmp_path / "good.json")
    monkeypatch.setenv("AUTOGRAD_NATIVE", native)
    count = 0
    for place, content in damaged(json.loads((tmp_path / "good.json").read_text()), seed=which, each=1):
        path = tmp_path / "bad.json"
        path.write_text(json.dumps(content))
        if refused([*place, *content, "not a program"], Program.load, path):
            count += 1
        elif native == "0" or count % 40 == 0:
            with np.errstate(all="ignore"):
                refused_or_ran(Program.load(path), args, options)
    assert count > 300


def refused_or_ran(program, args, options):
    for run in (program, program.value_and_gradients):
        with suppress(ValueError, IndexError):  # it is for other arguments, a comparison turns, an index is beyond
            run(*args, **options)


@pytest.mark.parametrize("field", ["parameters", "constants", "nodes"])
@pytest.mark.parametrize("change", [lambda x: x[:-1], lambda x: [*x, x[-1]]])
def test_one_entry_more_or_fewer_in_a_program_is_told_and_no_other_number(field, change, tmp_path):
    program = next(programs())[0]
    program.save(tmp_path / "p.json")
    content = json.loads((tmp_path / "p.json").read_text())
    (tmp_path / "p.json").write_text(json.dumps(content | {field: change(content[field])}))
    with pytest.raises(ValueError, match=rf"{field} must be a list of {len(content[field])}, got"):
        Program.load(tmp_path / "p.json")


@pytest.mark.parametrize(("symbol", "outcome"), [("> 0 or print() or 0 <", True), (">", "False or print()")])
def test_no_text_of_a_graph_becomes_code_even_if_it_was_not_loaded(symbol, outcome):
    compiled = autograd.compile(lambda x: (x, x * 2)[x > 0], native=False)
    compiled(1.0)
    graph = compiled.program.graph
    wrong = PythonLines(replace(graph, checks=[replace(graph.checks[0], symbol=symbol, outcome=outcome)]))
    if outcome is True:
        with pytest.raises(ValueError, match="not in tuple"):
            wrong.source()
    else:
        assert "print" not in wrong.source()


def test_an_argument_that_no_file_can_hold_is_told_when_saving(tmp_path):
    compiled = autograd.compile(lambda x, odd: x * 2)
    for odd in (object(), frozenset()):
        compiled(1.0, odd)
        with pytest.raises(TypeError, match="that no plain file can hold"):
            compiled.program.save(tmp_path / "p.json")
    compiled(1.0, None)
    compiled.program.save(tmp_path / "p.json")
    assert Program.load(tmp_path / "p.json")(2.0, None) == 4.0


def test_a_damaged_graph_is_refused_or_is_a_graph():
    x = Value(0.5, label="x")
    with autograd.scope("here"):
        y = autograd.logsumexp([autograd.sin(x) * 2, x, 1.0])
    y.backward()
    count = 0
    for place, content in damaged(json.loads(to_json({"x": [x], "y": y})), each=5):
        names = [*place, *content, "is not a graph"]  # or another that it does not fit to
        count += refused(names, from_json, json.dumps(content))
    assert count > 300


def begun(seed=0):
    model = nn.Sequential(nn.Layer(2, 2, "tanh", seed=seed), nn.Dropout(0.2, seed=seed), nn.Layer(2, 1, seed=seed))
    optimizer = nn.Adam(model.parameters(), lr=0.02, betas=(0.8, 0.9), clip_norm=1.0)
    watching = [nn.EarlyStopping(), nn.RecordWeights(), nn.RecordGradients()]
    options = {"loss": nn.mean_squared_error, "optimizer": optimizer, "callbacks": watching, "seed": seed}
    return nn.Training(model, POINTS.X, POINTS.y, batch_size=4, epochs=4, engine="eager", **options)


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_a_damaged_checkpoint_changes_nothing_in_weights_optimizer_course_and_callbacks(every, tmp_path):
    training, path = begun(), tmp_path / "run.json"
    for _ in zip(range(5), training):
        pass
    training.save(path)
    fresh = begun(seed=1)
    before, count = deepcopy(fresh.state_dict()), 0
    for place, content in islice(damaged(json.loads(path.read_text()), each=1), 0, None, every):
        path.write_text(json.dumps(content))
        names = [*place, *content, "does not fit", "no checkpoint", "no training", "samples, and here", "the state of"]
        if refused(names, fresh.load, path):
            count += 1
        else:
            fresh.load_state_dict(before)
        assert fresh.state_dict() == before, place
    assert count > 600 / every


def test_what_a_callback_of_ones_own_refuses_changes_nothing_either(tmp_path):
    class Picky(nn.Callback):
        def state_dict(self):
            return {"mood": 1}

        def load_state_dict(self, state):
            if state["mood"] != 1:
                raise RuntimeError("not today")

    def training(seed):
        model = nn.MLP(2, [1], seed=seed)
        return nn.Training(model, POINTS.X, POINTS.y, loss=nn.mean_squared_error, seed=seed, callbacks=[Picky()])

    saved, fresh = training(0), training(1)
    next(saved)
    state, before = saved.state_dict(), json.dumps(fresh.state_dict())
    state["training"]["callbacks"] = [["Picky", {"mood": 2}]]
    with pytest.raises(ValueError, match="does not fit: not today"):
        fresh.load_state_dict(state)
    assert json.dumps(fresh.state_dict()) == before


def test_a_damaged_table_is_refused_or_is_a_table(tmp_path):
    draw, count = random.Random(0), 0
    good = b"x,y,kind\n1,2.5,a\n3,-4,b\n5,6e2,a\n"
    for name, text in (("t.csv", good), ("t.csv.gz", gzip.compress(good))):
        for _ in range(400):
            bad = bytearray(text)
            for _ in range(draw.randint(1, 4)):
                at = draw.randrange(len(bad))
                bad[at : at + draw.randint(0, 3)] = draw.choice([b"", b"\0", b'"', b"\xff", b",", b"\n", b"9" * 400])
            (tmp_path / name).write_bytes(bad)
            count += refused(["t.csv"], nn.data.load_csv, tmp_path / name)
    assert count > 400


def test_a_short_file_that_would_fill_the_memory_is_refused(tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"0," * 10_000_000))
    with pytest.raises(ValueError, match=r"t\.csv\.gz becomes more than 50 times as long when decompressed"):
        nn.data.load_csv(tmp_path / "t.csv.gz")


def test_kinds_name_the_field_and_what_it_must_be():
    kind = fields.record(a=fields.listed(fields.columns(n=fields.whole(0, 9), is_so=fields.flag)))
    assert fields.read(kind, {"a": [[3, True]], "more": 1}, "it") == {"a": [(3, True)]}
    for wrong, says in (([[3]], r"a\[0\] must be a list of 2"), ([[3, 1]], r"a\[0\]\.is_so must be true or false")):
        with pytest.raises(ValueError, match=f"^it is damaged: {says}"):
            fields.read(kind, {"a": wrong}, "it")
    with pytest.raises(ValueError, match="nested too deeply"):
        fields.read(lambda x: fields.decoded(x), "[" * 100_000, "it")

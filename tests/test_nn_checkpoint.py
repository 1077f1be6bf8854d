"""Checkpoints: a resumed training is the uninterrupted one to the last bit, and a file is whole at any moment."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

import nn
from autograd import Value

POINTS = nn.data.moons(20, noise=0.2, seed=1)
OPTIMIZERS = {
    "sgd": lambda p: nn.SGD(p, lr=0.1, momentum=0.9),
    "nesterov": lambda p: nn.SGD(p, lr=nn.schedules.Cosine(0.1, steps=40), momentum=0.9, nesterov=True),
    "adam": lambda p: nn.Adam(p, lr=0.02, clip_norm=1.0),
    "adamw": lambda p: nn.AdamW(p, lr=0.02),
    "rmsprop": lambda p: nn.RMSProp(p, lr=0.02),
}


def begun(path=None, make="sgd", engine="auto", epochs=10, seed=3, **options):
    model = nn.Sequential(nn.Layer(2, 4, "tanh", seed=0), nn.Dropout(0.2, seed=5), nn.Layer(4, 1, "linear", seed=1))
    stopping = nn.EarlyStopping(patience=4)
    saving = [] if path is None else [nn.Checkpoint(path, every=options.pop("every", 1))]
    return nn.Training(
        model,
        POINTS.X,
        POINTS.y,
        loss=nn.binary_cross_entropy_with_logits,
        optimizer=OPTIMIZERS[make](model.parameters()),
        batch_size=8,
        seed=seed,
        epochs=epochs,
        engine=engine,
        validation_split=0.2,
        metrics=[nn.accuracy],
        callbacks=[stopping, nn.RecordWeights(), nn.RecordGradients(), *saving],
        **options,
    )


def outcome(training):
    for _ in training:
        pass
    return json.dumps(training.state_dict())


def test_steps_decide_when_there_is_machine_code_for_what_is_held_out_and_for_metrics(monkeypatch):
    pytest.importorskip("llvmlite")
    monkeypatch.delenv("AUTOGRAD_NATIVE")
    training = begun(engine="compiled", epochs=2)
    training.run()
    for compiled in (training.engine._judged, training.engine._outputs):
        assert compiled.program.runs.trial.steps() == training.optimizer.steps_done


@pytest.mark.parametrize("moment", ["on_start", "on_epoch"])
@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_training_that_a_callback_interrupts_in_its_last_epoch_goes_on_to_no_further_one(engine, moment):
    class Interrupting(nn.Callback):
        def act(self, training):
            if training.history.epochs == 2:
                raise KeyboardInterrupt

    setattr(Interrupting, moment, Interrupting.act)
    model = nn.MLP(2, [1], seed=0)
    options = {"loss": nn.mean_squared_error, "epochs": 2, "engine": engine, "callbacks": [Interrupting()]}
    training = nn.Training(model, POINTS.X, POINTS.y, **options)
    training.history.history["loss"] += [1.0, 1.0] if moment == "on_start" else []
    with pytest.raises(KeyboardInterrupt):
        training.run()
    assert training.run().stop_reason == "epochs done: 2"


@pytest.mark.parametrize("engine", ["eager", pytest.param("compiled", marks=pytest.mark.slow)])
@pytest.mark.parametrize("make", OPTIMIZERS)
def test_five_restarts_anywhere_in_an_epoch_give_the_uninterrupted_run_to_the_last_bit(make, engine, tmp_path):
    expected = outcome(begun(make=make, engine=engine))
    path = tmp_path / "run.json"
    for _ in range(5):
        training = begun(make=make, engine=engine, resume=path)
        for _ in zip(range(3), training):
            pass
        training.save(path)
    assert outcome(begun(make=make, engine=engine, resume=path)) == expected


@pytest.mark.parametrize("steps", [5, *[pytest.param(k, marks=pytest.mark.slow) for k in (1, 11, 17)]])
def test_a_model_that_branches_is_resumed_to_the_last_bit_too(steps, tmp_path):
    def bent(**options):
        model = nn.MLP(2, [4, 1], lambda x: x * x if x < 0.3 else 2 * x - 1 if x < 1 else x, seed=0)
        options |= {"loss": nn.binary_cross_entropy_with_logits, "batch_size": 8, "epochs": 8, "seed": 3}
        return nn.Training(model, POINTS.X, POINTS.y, engine="compiled", **options)

    training = bent()
    for _ in zip(range(steps), training):
        pass
    training.save(tmp_path / "run.json")
    assert outcome(bent(resume=tmp_path / "run.json")) == outcome(bent())


def test_a_checkpoint_of_an_epoch_is_where_a_killed_training_goes_on(tmp_path):
    path = tmp_path / "run.json"
    for _ in zip(range(7), begun(path)):  # and then nothing more of it: as if killed
        pass
    resumed = begun(path, resume=path)
    assert resumed.steps == 6
    assert outcome(resumed) == outcome(begun())


def test_the_global_generator_is_resumed_too(tmp_path):
    random.seed(9)
    expected = outcome(begun(seed=None))
    random.seed(9)
    training = begun(seed=None)
    for _ in zip(range(5), training):
        pass
    training.save(tmp_path / "run.json")
    random.seed(1)
    assert outcome(begun(seed=None, resume=tmp_path / "run.json")) == expected


@pytest.mark.parametrize("times", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_ctrl_c_at_any_line_loses_nothing(times, tmp_path):
    expected = outcome(begun(engine="compiled", epochs=2))
    path = tmp_path / "run.json"
    lines = 0

    def interrupt_at(chosen):
        nonlocal lines
        lines = 0

        def trace(frame, event, argument):
            nonlocal lines
            if "/nn/" not in frame.f_code.co_filename:
                return None
            lines += 1
            if lines == chosen:
                signal.raise_signal(signal.SIGINT)
            return trace

        return trace

    def run(training, chosen):
        before = sys.gettrace()
        sys.settrace(interrupt_at(chosen))
        try:
            if chosen % 2:
                training.run()
            else:
                for _ in training:
                    pass
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(before)
        training.finish()

    run(begun(engine="compiled", epochs=2), 0)
    for chosen in random.Random(times).sample(range(lines), times):
        path.unlink(missing_ok=True)
        training = begun(path, engine="compiled", epochs=2, every=100)
        run(training, chosen)
        assert outcome(begun(path, engine="compiled", epochs=2, resume=path)) == expected


def test_a_training_that_is_done_goes_on_when_more_epochs_are_asked_for(tmp_path):
    path = tmp_path / "run.json"
    for _ in begun(path, epochs=3):
        pass
    assert list(begun(path, epochs=3, resume=path)) == []
    assert outcome(begun(path, epochs=10, resume=path)) == outcome(begun())


def test_fit_resumes_by_the_same_call_until_it_is_done(tmp_path):
    def fitted(path, epochs):
        model = nn.MLP(2, [3, 1], seed=0)
        options = {"loss": nn.mean_squared_error, "seed": 0, "batch_size": 6, "callbacks": nn.Checkpoint(path)}
        history = nn.fit(model, POINTS.X, POINTS.y, epochs=epochs, resume=path, **options)
        return history.history, [p.data for p in model.parameters()]

    fitted(tmp_path / "twice.json", 4)
    assert fitted(tmp_path / "twice.json", 9) == fitted(tmp_path / "once.json", 9)


def test_what_fit_saved_may_be_stepped_through_and_the_other_way_round(tmp_path):
    path, model = tmp_path / "run.json", nn.MLP(2, [3, 1], seed=0)
    options = {"loss": nn.mean_squared_error, "seed": 0, "resume": path, "patience": 50}
    nn.fit(model, POINTS.X, POINTS.y, epochs=2, callbacks=nn.Checkpoint(path), **options)
    training = nn.Training(model, POINTS.X, POINTS.y, epochs=3, **options)
    assert [step.epoch for step in training] == [3]
    training.save(path)
    assert nn.fit(model, POINTS.X, POINTS.y, epochs=5, **options).epochs == 5


WRITER = """
import sys, nn
model = nn.MLP(8, [32, 32, 1], seed=0)
print("ready", flush=True)
k = 0
while True:
    k += 1
    for p in model.parameters():
        p.data = k
    nn.save(sys.argv[1], model)
"""


def test_kill_9_while_saving_leaves_a_whole_file(tmp_path):
    path, model = tmp_path / "model.json", nn.MLP(8, [32, 32, 1], seed=0)
    for k in range(5):
        with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            while not path.exists():
                time.sleep(0.001)
            time.sleep(0.003 * k + 0.001)
            writer.kill()
        nn.load(path, model)
        assert len({p.data for p in model.parameters()}) == 1


FULL = """
import resource, sys, warnings, nn
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
model = nn.MLP(2, [3, 1], seed=1)
nn.save(sys.argv[1], model)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit on the size of files here")
@pytest.mark.parametrize("room", [0, 1, 100])
def test_a_disk_that_is_full_leaves_the_old_file_and_no_other(room, tmp_path):
    path, model, twin = tmp_path / "model.json", nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=2)
    nn.save(path, model)
    ended = subprocess.run([sys.executable, "-c", FULL, path, str(room)], capture_output=True, text=True, check=False)
    assert "OSError" in ended.stderr
    assert os.listdir(tmp_path) == ["model.json"]
    nn.load(path, twin)
    assert [p.data for p in twin.parameters()] == [p.data for p in model.parameters()]


def test_a_checkpoint_that_cannot_be_written_is_a_warning_and_ends_no_training(tmp_path, monkeypatch):
    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    training = begun(tmp_path / "run.json", epochs=1)
    with pytest.warns(UserWarning, match=r"could not be written \(No space left on device\); the one written before"):
        steps = list(training)
    assert len(steps) == 2
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("folder", ["missing", "model.json"])
def test_a_folder_that_is_none_is_told_at_once(folder, tmp_path):
    nn.save(tmp_path / "model.json", nn.MLP(1, [1]))
    with pytest.raises(OSError, match=folder):
        nn.save(tmp_path / folder / "model.json", nn.MLP(1, [1]))
    with pytest.raises(FileNotFoundError, match=f"no folder .*{folder} to write checkpoints to; make it first"):
        nn.Checkpoint(tmp_path / folder / "run.json")


def test_floats_of_every_kind_come_back_exactly(tmp_path):
    exotic = [5e-324, -0.0, 0.1 + 0.2, 1.7976931348623157e308, 1 / 3, -2.2250738585072014e-308]
    model, twin = (nn.MLP(5, [1], seed=k) for k in range(2))
    for p, x in zip(model.parameters(), exotic):
        p.data = x
    nn.load(nn.save(tmp_path / "model.json", model), twin)
    assert [p.data.hex() for p in twin.parameters()] == [x.hex() for x in exotic]


def test_the_parameters_of_a_plain_function_are_kept_with_its_optimizer(tmp_path):
    w, b = Value(1.5), Value(-2.5)
    path = nn.save(tmp_path / "line.json", lambda x: w * x + b, nn.SGD([w, b]))
    w.data = b.data = 0.0
    nn.load(path, lambda x: w * x + b, nn.SGD([w, b]))
    assert (w.data, b.data) == (1.5, -2.5)


class Line:
    """A model of the user's own: no Module, but with parameters."""

    def __init__(self, w, b):
        self.w, self.b = Value(w), Value(b)

    def parameters(self):
        return [self.w, self.b]

    def __call__(self, row):
        return self.w * row[0] + self.b


def test_a_plain_class_with_parameters_is_saved_whole_with_and_without_an_optimizer(tmp_path):
    model, twin, third = Line(1.5, -2.5), Line(0.0, 0.0), Line(0.0, 0.0)
    nn.load(nn.save(tmp_path / "line.json", model), twin)
    path = nn.save(tmp_path / "both.json", model, nn.SGD([*model.parameters(), Value(3.0)], momentum=0.5))
    apart = Value(0.0)
    nn.load(path, third, nn.SGD([*third.parameters(), apart]))
    assert [(one.w.data, one.b.data) for one in (twin, third)] == [(1.5, -2.5)] * 2
    assert apart.data == 3.0
    with pytest.raises(ValueError, match="the model, with its optimizer, had 3 parameters, and has 2"):
        nn.load(path, twin)


def test_the_path_and_the_model_may_come_in_either_order(tmp_path):
    model, twin = nn.MLP(1, [1], seed=0), nn.MLP(1, [1], seed=1)
    nn.load(twin, nn.save(model, tmp_path / "model.json"))
    assert twin.state_dict() == model.state_dict()


class OfFloats:
    def parameters(self):
        return [1.0]


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ([nn.MLP(1, [1])], "has no parameters; give a model with parameters"),
        (lambda x: x, "has no parameters; give a model with parameters"),
        (nn.Sequential("relu"), "has no parameters, so there is nothing to save"),
        ("model", "nn.save takes a path, a model and perhaps its optimizer"),
        (None, "has no parameters"),
        (OfFloats(), "has 1.0 in it; a parameter must be a Value"),
    ],
)
def test_what_has_no_numbers_is_not_saved(model, says, tmp_path):
    with pytest.raises(TypeError, match=says):
        nn.save(tmp_path / "model.json", model)
    assert os.listdir(tmp_path) == []


def broken(text):
    return lambda state: text


WRONG = [
    (broken(""), "no checkpoint, or a damaged one"),
    (broken("{"), "no checkpoint, or a damaged one"),
    (broken("[1]"), "does not say that its format is"),
    (broken('{"format": "other"}'), "does not say that its format is"),
    (lambda s: json.dumps(s | {"version": 2}), "has version 2, and this program reads 1"),
    (lambda s: json.dumps(s | {"model": {}}), "does not fit: the state lacks"),
    (lambda s: json.dumps(s | {"model": s["model"] | {"layers.0.neurons.0.b": "x"}}), r"0\.b must be a number, got"),
    (lambda s: json.dumps({k: x for k, x in s.items() if k != "model"}), "is damaged: model is missing"),
    (lambda s: json.dumps(s | {"optimizer": None}), "was saved without an optimizer"),
    (lambda s: json.dumps(s | {"optimizer": {"kind": "Adam"}}), "state of an optimiser is damaged: steps is missing"),
    (lambda s: json.dumps(s | {"others": [1.0]}), "had 1 parameters, and has 0"),
]


@pytest.mark.parametrize(("change", "says"), WRONG)
def test_a_file_that_does_not_fit_is_told_in_a_sentence_and_changes_nothing(change, says, tmp_path):
    model = nn.MLP(1, [2, 1], seed=0)
    path = nn.save(tmp_path / "model.json", model, nn.SGD(model.parameters(), momentum=0.5))
    path.write_text(change(json.loads(path.read_text())))
    twin = nn.MLP(1, [2, 1], seed=1)
    before = [p.data for p in twin.parameters()]
    with pytest.raises(ValueError, match=says):
        nn.load(path, twin, nn.SGD(twin.parameters()))
    assert [p.data for p in twin.parameters()] == before


def test_a_missing_file_and_another_network_are_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no checkpoint"):
        nn.load(tmp_path / "none.json", nn.MLP(1, [1]))
    path = nn.save(tmp_path / "model.json", nn.MLP(2, [3, 1]))
    with pytest.raises(ValueError, match="does not fit: the state "):
        nn.load(path, nn.MLP(2, [4, 1]))


def test_a_training_of_other_samples_callbacks_or_metrics_is_told(tmp_path):
    path = tmp_path / "run.json"
    for _ in begun(path, epochs=1):
        pass
    model = nn.MLP(2, [1])
    options = {"loss": nn.mean_squared_error, "resume": path}
    with pytest.raises(ValueError, match="16 samples, and here are 20"):
        nn.Training(model, POINTS.X, POINTS.y, **options)
    with pytest.raises(ValueError, match="saved with the callbacks"):
        nn.Training(model, POINTS.X[:16], POINTS.y[:16], **options)
    watching = [nn.EarlyStopping(), nn.RecordWeights(), nn.RecordGradients(), nn.Checkpoint(path)]
    with pytest.raises(ValueError, match=r"val_accuracy in its history, and this training has loss;"):
        nn.Training(model, POINTS.X[:16], POINTS.y[:16], callbacks=watching, **options)
    saved = nn.save(tmp_path / "model.json", model)
    with pytest.raises(ValueError, match="holds a model and no training"):
        nn.Training(model, POINTS.X, POINTS.y, loss=nn.mean_squared_error, resume=saved)


@pytest.mark.parametrize("batch_size", [4, None])
@pytest.mark.parametrize("engine", ["eager", "auto"])
def test_the_file_of_the_best_loss_holds_the_training_that_had_it(batch_size, engine, tmp_path):
    def training(epochs=12, resume=None):
        model = nn.MLP(2, [4, 1], "tanh", seed=0)
        saving = nn.Checkpoint(tmp_path / "best.json", monitor="loss")
        options = {"loss": nn.mean_squared_error, "batch_size": batch_size, "seed": 3, "engine": engine}
        options |= {"optimizer": nn.SGD(model.parameters(), lr=0.9), "callbacks": [saving, nn.RecordWeights()]}
        return nn.Training(model, POINTS.X, POINTS.y, epochs=epochs, resume=resume, **options)

    whole = training()
    epoch, best = whole.run().best()
    twin = nn.MLP(2, [4, 1], "tanh", seed=5)
    nn.load(tmp_path / "best.json", twin)
    loss = nn.mean_squared_error([twin(x) for x in POINTS.X], POINTS.y).data
    assert batch_size or loss == pytest.approx(best, rel=1e-12)
    resumed = training(resume=tmp_path / "best.json")
    assert resumed.history.epochs == epoch - 1
    resumed.run()
    assert json.dumps(resumed.state_dict()) == json.dumps(whole.state_dict())


def test_what_is_monitored_is_a_name(tmp_path):
    for make in (nn.EarlyStopping, lambda x: nn.Checkpoint(tmp_path / "run.json", monitor=x)):
        with pytest.raises(
            TypeError, match='monitor is the name of a column of the history, such as "val_loss", got 5'
        ):
            make(5)

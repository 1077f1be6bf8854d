"""Arguments: one that is called otherwise elsewhere, misspelt or in a wrong place is told by its right name."""

import inspect

import pytest

import nn

MODEL = nn.MLP(2, [3, 1], seed=0)
WEIGHTS, X, Y, LOSS = MODEL.parameters(), [[0.0, 1.0], [1.0, 2.0]], [0.0, 1.0], nn.mean_squared_error
CALLS = [
    (lambda **k: nn.fit(MODEL, X, Y, loss=LOSS, **k), {
        "epoch": "epochs", "n_epochs": "epochs", "batch": "batch_size", "optimiser": "optimizer", "metric": "metrics",
        "callback": "callbacks", "random_state": "seed", "verbose": "progress", "val_data": "validation_data",
        "lr": r"optimizer=nn.SGD\(model.parameters\(\), lr=0.1\)", "learning_rate": "optimizer=nn.SGD",
        "weight_decay": "optimizer=nn.AdamW", "batch_sizes": "batch_size", "nothing": "it takes model, X, y, loss, opt",
    }),
    (lambda **k: nn.fit(MODEL, X, Y, **k), {"criterion": "loss", "loss_fn": "loss"}),
    (lambda **k: nn.Training(MODEL, X, Y, loss=LOSS, **k), {"max_iter": "epochs", "tol": "acceptable"}),
    (lambda **k: list(nn.steps(MODEL, X, Y, loss=LOSS, **k)), {"epoch": "epochs"}),
    (lambda **k: nn.SGD(WEIGHTS, **k), {"learning_rate": "lr", "momentun": "momentum", "nestrov": "nesterov"}),
    (lambda **k: nn.AdamW(WEIGHTS, **k), {"beta1": "betas", "epsilon": "eps", "clipnorm": "clip_norm"}),
    (lambda **k: nn.RMSProp(WEIGHTS, **k), {"alpha": "decay|lr", "rho": "decay"}),
    (lambda **k: nn.MLP(2, [3], **k), {"act": "activation", "random_state": "seed", "initializer": "init"}),
    (lambda **k: nn.MLP(2, **k), {"hidden": "nouts", "layers": "nouts"}),
    (lambda **k: nn.Layer(2, **k), {"out_features": "nout", "units": "nout"}),
    (lambda **k: nn.Dropout(**k), {"p": "rate"}),
    (lambda **k: nn.Embedding(3, **k), {"embedding_dim": "it takes count, size"}),
    (lambda **k: nn.EarlyStopping(**k), {"mode": "largest", "restore_best": "restore_best_weights"}),
    (lambda **k: nn.Checkpoint(**k), {"filepath": "path", "period": "every"}),
    (lambda **k: nn.schedules.Step(0.1, **k), {"gamma": "factor", "step_size": "every"}),
    (lambda **k: nn.schedules.Cosine(**k), {"T_max": "steps", "lr": "rate", "eta_min": "end"}),
    (lambda **k: nn.cross_entropy([1.0, 2.0], 1, **k), {"class_weight": "class_weights", "sample_weight": "weights"}),
    (lambda **k: nn.accuracy([1.0, 2.0], **k), {"y_true": "targets"}),
    (lambda **k: nn.data.split(X, Y, **k), {"test_size": "test", "random_state": "seed"}),
    (lambda **k: nn.data.moons(**k), {"n_samples": "n", "std": "noise"}),
]  # fmt: skip
WRONG = [(call, name, right) for call, names in CALLS for name, right in names.items()]


@pytest.mark.parametrize(("call", "name", "right"), WRONG, ids=[name for _, name, _ in WRONG])
def test_an_argument_called_otherwise_is_told_by_its_right_name(call, name, right):
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'.*({right})"):
        call(**{name: 1})


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: nn.fit(MODEL, X, Y, LOSS, nn.SGD(WEIGHTS)), "name the others, as in loss=..., optimizer=..."),
        (lambda: nn.fit(X, Y, MODEL, loss=LOSS), r"not \[\[0.0, 1.0\], \[1.0, 2.0\]\] \(the order is model, X, y\)"),
        (lambda: nn.fit(MODEL, X, Y), "missing 1 required keyword-only argument: 'loss'"),
        (lambda: nn.fit(MODEL, X, Y, loss=nn.SGD(WEIGHTS), optimizer=LOSS), "a loss is a function"),
        (lambda: nn.SGD(0.1, WEIGHTS), "parameters must be a list of Values, got 0.1; they come before lr"),
        (lambda: nn.EarlyStopping(5), "monitor is the name of a column"),
        (lambda: nn.Checkpoint(MODEL), "path is the name of the file"),
        (lambda: nn.Layer("relu", 2, 3), "nin must be a whole number"),
    ],
)
def test_a_wrong_order_is_told_in_a_sentence(call, says):
    with pytest.raises(TypeError, match=says):
        call()


def test_rows_and_targets_that_changed_places_are_told_where_the_model_minds():
    with pytest.raises(ValueError, match="layer 1 takes 2 inputs") as caught:
        nn.fit(MODEL, Y, X, loss=LOSS)
    assert "(said of the first row, [0.0], by the model; X comes before y)" in caught.value.__notes__


def test_an_error_within_a_call_is_its_own():
    def raising(prediction, target):
        raise TypeError("raising() got an unexpected keyword argument 'epoch'")

    with pytest.raises(TypeError, match=r"^raising\(\) got an unexpected keyword argument 'epoch'\n\(said of"):
        nn.fit(MODEL, X, Y, loss=raising)


def test_a_subclass_tells_the_arguments_that_it_leaves_to_the_class_before_it():
    class Own(nn.Optimizer):
        def __init__(self, parameters, own=1.0, **options):
            super().__init__(parameters, 0.1, **options)

    with pytest.raises(TypeError, match=r"Own\(\) got .* 'wd', which is called weight_decay here"):
        Own(WEIGHTS, wd=1.0)


def test_signatures_and_sources_are_those_of_the_functions():
    assert list(inspect.signature(nn.fit).parameters)[:4] == ["model", "X", "y", "loss"]
    assert list(inspect.signature(nn.SGD).parameters)[:3] == ["parameters", "lr", "momentum"]
    assert inspect.getsource(nn.hinge).splitlines()[1].startswith("def hinge(")
    assert nn.fit.__module__ == "nn.training.fit"

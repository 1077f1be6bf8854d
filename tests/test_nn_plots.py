"""Plots and the page of the decision boundary: what they show, that they return their Axes, and what is missing."""

import base64
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

import nn
from nn import plots

MOONS = nn.data.moons(40, noise=0.2, seed=1)


@pytest.fixture(scope="module")
def trained():
    model, path = nn.MLP(2, [6, 1], "tanh", seed=0), nn.RecordWeights()
    history = nn.fit(
        model,
        MOONS.X,
        MOONS.y,
        loss=nn.binary_cross_entropy_with_logits,
        optimizer=nn.Adam(model.parameters(), lr=0.05),
        validation_split=0.25,
        metrics=nn.accuracy,
        callbacks=path,
        epochs=12,
        seed=0,
    )
    return model, path, history


@pytest.fixture
def matplotlib():
    module = pytest.importorskip("matplotlib", reason="plots need matplotlib: pip install 'tapegrad[plots]'")
    module.use("Agg")
    yield module
    from matplotlib import pyplot

    pyplot.close("all")


def test_without_matplotlib_the_error_says_what_to_install():
    code = (
        "import sys\n"
        "for name in ('matplotlib', 'matplotlib.pyplot', 'matplotlib.colors'): sys.modules[name] = None\n"
        "import nn\n"
        "nn.plots.loss_curves(nn.History())"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr.splitlines()[-1] == (
        "ImportError: plots are drawn with matplotlib, which is not here: pip install 'tapegrad[plots]'"
    )


def test_importing_nn_does_not_load_matplotlib():
    code = "import sys, nn; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_plot_draws_into_the_axes_given_and_returns_them(matplotlib, trained):
    from matplotlib import pyplot

    model, path, history = trained
    loss = nn.binary_cross_entropy_with_logits
    for draw in (
        lambda ax: plots.loss_curves(history, ax=ax),
        lambda ax: plots.decision_boundary(model, MOONS.X, MOONS.y, resolution=20, ax=ax),
        lambda ax: plots.loss_surface(model, MOONS.X, MOONS.y, loss=loss, path=path, resolution=5, ax=ax),
        lambda ax: plots.confusion_matrix(model.predict(MOONS.X), MOONS.y, ax=ax),
    ):
        figure, ax = pyplot.subplots()
        assert draw(ax) is ax
        figure.canvas.draw()


def test_loss_curves_show_the_numbers_of_the_history_and_mark_the_best(matplotlib, trained):
    _, _, history = trained
    ax = plots.loss_curves(history)
    lines = {line.get_label(): line.get_ydata().tolist() for line in ax.lines}
    epoch, best = history.best("val_loss")
    assert lines["loss"] == history["loss"]
    assert lines["val_loss"] == history["val_loss"]
    assert lines[f"best {best:.3g}, epoch {epoch}"] == [best]
    assert plots.loss_curves(history, ["accuracy"]).get_ylabel() == "accuracy"
    assert plots.loss_curves(nn.History({"loss": [5.0, 1.0, 0.01]})).get_yscale() == "log"
    plots.loss_curves(nn.History()).figure.canvas.draw()


@pytest.mark.parametrize("classes", [2, 3])
def test_the_misclassified_points_are_marked_and_no_others(matplotlib, classes):
    flowers = nn.data.iris()
    X, y = [row[2:] for row in flowers.X], [min(label, classes - 1) for label in flowers.y]
    model = nn.MLP(2, [4, 1 if classes == 2 else 3], "tanh", seed=0)
    wrong = {tuple(x) for x, label, said in zip(X, y, model.predict_class(X)) if label != said}
    ax = plots.decision_boundary(model, X, y, classes=flowers.classes[:classes], resolution=15)
    crosses = next(c for c in ax.collections if c.get_label() == "misclassified")
    assert {tuple(at) for at in crosses.get_offsets().tolist()} == wrong
    assert ax.get_title() == f"{sum(a == b for a, b in zip(y, model.predict_class(X)))} of 150 right"


def test_histograms_have_one_axes_a_layer_and_count_every_parameter(matplotlib, trained):
    model, _, _ = trained
    for axes in (plots.weight_histograms(model), plots.gradient_histograms(model)):
        assert [ax.get_title("left") for ax in axes] == ["layer 1 (18)", "layer 2 (7)"]
    weights = plots.weight_histograms(model)
    assert [sum(bar.get_height() for bar in ax.patches) for ax in weights] == [18, 7]
    plots.weight_histograms(nn.MLP(1, [1], init="zeros"))[0].figure.canvas.draw()
    with pytest.raises(ValueError, match="all gradients are 0"):
        plots.gradient_histograms(nn.MLP(1, [1]))


def test_the_surface_is_the_loss_and_leaves_the_weights_as_they_were(matplotlib):
    w, b = nn.MLP(1, [1], seed=0), nn.RecordWeights()
    X, y = [0.0, 1.0, 2.0], [1.0, 3.0, 5.0]
    nn.fit(w, X, y, loss=nn.mean_squared_error, epochs=5, batch_size=None, callbacks=b)
    before = [p.data for p in w.parameters()]
    ax = plots.loss_surface(w, X, y, loss=nn.mean_squared_error, path=b, resolution=7)
    assert [p.data for p in w.parameters()] == before
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("w1", "b")
    assert ax.lines[0].get_xydata().tolist() == b.weights


def test_the_plane_of_the_descent_contains_its_ends(trained):
    from nn.pictures.plane import plane_of

    model, path, _ = trained
    plane = plane_of(path.weights, model.parameters())
    assert plane.weights(*plane.path[-1]) == pytest.approx(path.weights[-1])
    straight = [[k * x for x in range(1, 26)] for k in (1.0, 3.0)]
    for weights, at in zip(straight, plane_of(straight, model.parameters()).path):
        assert plane_of(straight, model.parameters()).weights(*at) == pytest.approx(weights)


def test_the_confusion_matrix_shows_the_counts(matplotlib):
    ax = plots.confusion_matrix([[2.0, 0.0], [0.0, 1.0], [3.0, 0.0]], [0, 1, 1], classes=["no", "yes"])
    assert [text.get_text() for text in ax.texts] == ["1", "0", "1", "1"]
    assert ax.get_title() == "2 of 3 right: accuracy 66.7%"


def test_the_confusion_matrix_takes_predicted_labels_and_has_a_row_for_each_name(matplotlib):
    ax = plots.confusion_matrix([0, 1, 0], [0, 1, 1], classes=["no", "yes", "never"])
    assert [text.get_text() for text in ax.texts] == ["1", "0", "0", "1", "1", "0", "0", "0", "0"]
    assert ax.get_title() == "2 of 3 right: accuracy 66.7%"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda m: plots.decision_boundary(m, [[1.0, 2.0, 3.0]], [0]), "X has 3; choose two columns"),
        (lambda m: plots.decision_boundary(m, [[1.0, 2.0]], [0.5]), r"y\[0\] is 0.5"),
        (lambda m: plots.confusion_matrix([[1.0, 0.0]], [0], classes=["a"]), "2 classes, and there are to be 1"),
        (lambda m: plots.loss_surface(m, [[0, 0]], [0], loss=nn.hinge, path=[]), "weights of a nn.RecordWeights"),
        (lambda m: nn.boundary(m, [[0, 0]], [0], []), "got 0 epochs"),
        (lambda m: nn.boundary(m, [[0, 0]], [0], [[1.0]]), "got 1 epochs of 1"),
        (lambda m: nn.boundary(m, [[0]], [0], []), "X has 1; choose two columns"),
    ],
)
def test_wrong_arguments_are_told_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call(nn.MLP(2, [2, 1], seed=0))


def page_data(html):
    return json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', html, re.S)[1])


def test_the_page_has_a_frame_an_epoch_with_the_points_that_were_wrong_in_it(trained):
    model, path, history = trained
    page = nn.boundary(model, MOONS.X, MOONS.y, path, history, classes=["<b>", "</script>"], resolution=8)
    data = page_data(page.html)
    assert page.epochs == list(range(13))
    assert [frame["loss"] for frame in data["frames"]] == [None, *history["loss"]]
    assert data["classes"] == ["<b>", "</script>"]
    wrong = [k for k, (said, y) in enumerate(zip(model.predict_class(MOONS.X), MOONS.y)) if said != y]
    assert data["frames"][-1]["wrong"] == wrong
    cells = np.frombuffer(base64.b64decode(data["frames"][-1]["cells"]), np.uint8)
    assert len(cells) == 2 * 8 * 8
    assert not re.search(r"(src|href)=|https?://(?!www\.w3\.org/2000/svg)", page.html)


def test_of_many_epochs_some_are_shown_the_first_and_the_last_among_them():
    model = nn.MLP(2, [1], seed=0)
    page = nn.boundary(model, MOONS.X, MOONS.y, [[k, 1.0, 0.0] for k in range(500)], frames=20, resolution=4)
    assert (page.epochs[0], page.epochs[-1]) == (0, 499)
    assert len(page.epochs) <= 20
    assert page.epochs[1] - page.epochs[0] < page.epochs[-1] - page.epochs[-2]


def test_the_page_is_saved_as_html_and_shown_in_a_frame(trained, tmp_path):
    model, path, _ = trained
    page = nn.boundary(model, MOONS.X, MOONS.y, path, resolution=4)
    assert page.save(tmp_path / "b.html").read_text(encoding="utf-8") == page.html
    assert "<iframe" in page._repr_mimebundle_()["text/html"]
    with pytest.raises(ValueError, match=r"saved as \.html"):
        page.save(tmp_path / "b.txt")


@pytest.mark.skipif(not shutil.which("node"), reason="no node to check the script with")
def test_the_script_of_the_page_is_valid(trained, tmp_path):
    model, path, _ = trained
    html = nn.boundary(model, MOONS.X, MOONS.y, path, resolution=4).html
    script = tmp_path / "page.js"
    script.write_text(html.split("<script>")[1].split("</script>")[0])
    assert subprocess.run(["node", "--check", script], check=False).returncode == 0

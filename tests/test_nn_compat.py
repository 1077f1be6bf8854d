"""micrograd's spellings of neurons, layers and networks, and an `autograd` that is another distribution's."""

import pickle
import random
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Value
from nn import MLP, Layer, Module, Neuron


def test_the_constructors_and_attributes_of_micrograd():
    neuron = Neuron(3, nonlin=False)
    assert len(neuron.w) == 3
    assert isinstance(neuron.b, Value)
    assert neuron.parameters() == [*neuron.w, neuron.b]
    assert (Neuron(2).nonlin, neuron.nonlin, Neuron(2, False).nonlin) == (True, False, False)
    assert [n.nonlin for n in Layer(2, 3, nonlin=False).neurons] == [False] * 3
    assert len(MLP(nin=3, nouts=[4, 4, 1]).layers) == 3
    assert len(MLP(3, [4, 4, 1]).parameters()) == 41


def test_python_random_seeds_a_network_as_in_micrograd():
    random.seed(1337)
    first = [p.data for p in MLP(2, [3, 1]).parameters()]
    random.seed(1337)
    assert [p.data for p in MLP(2, [3, 1]).parameters()] == first


def test_a_loop_with_squared_errors_and_steps_by_hand():
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    random.seed(0)
    n = MLP(3, [4, 4, 1])
    for _ in range(200):
        ypred = [n(x) for x in xs]
        loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred))
        for p in n.parameters():
            p.grad = 0.0
        loss.backward()
        for p in n.parameters():
            p.data += -0.02 * p.grad
    assert loss.data < 0.1


def test_numpy_batches_hinge_and_regularisation():
    points = nn.data.moons(60, noise=0.1, seed=1)
    X, y = np.array(points.X), np.array(points.y) * 2 - 1
    np.random.seed(1)  # noqa: NPY002  as such programs draw
    random.seed(1)
    model = MLP(2, [8, 8, 1])

    def loss(batch_size=20):
        ri = np.random.permutation(X.shape[0])[:batch_size]  # noqa: NPY002
        Xb, yb = X[ri], y[ri]
        inputs = [list(map(Value, xrow)) for xrow in Xb]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(yb, scores)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(yb, scores)]
        return data_loss + reg_loss, sum(accuracy) / len(accuracy)

    for k in range(80):
        total, _ = loss()
        model.zero_grad()
        total.backward()
        learning_rate = 0.5 - 0.4 * k / 80
        for p in model.parameters():
            p.data -= learning_rate * p.grad
    assert loss(60)[1] >= 0.95


def test_a_module_written_in_micrograds_way_with_layers_of_its_own():
    class Sine(Module):
        def __init__(self, nin, nout, **kwargs):
            self.hidden = Layer(nin, 4, **kwargs)
            self.out = [Neuron(4, nonlin=False) for _ in range(nout)]

        def __call__(self, x):
            act = [h.sin() for h in self.hidden(x)]
            return [n(act) for n in self.out]

        def parameters(self):
            return self.hidden.parameters() + [p for n in self.out for p in n.parameters()]

    model = Sine(2, 3, nonlin=False)
    sum(model([1.0, -2.0])).backward()
    assert len(model.parameters()) == len(Module.parameters(model)) == 3 * 4 + 3 * 5
    assert all(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


@pytest.mark.parametrize("module", ["", "def grad(f): ...\n"])
def test_an_autograd_of_another_distribution_is_told_in_a_sentence(tmp_path, module):
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text(module)
    house = str(Path(nn.__file__).parent.parent)
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {house!r}]; import nn"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "ImportError: the package `autograd` in" in ended.stderr
    assert "pip uninstall autograd" in ended.stderr


def test_dir_lists_what_is_public_and_nothing_else():
    assert dir(nn) == sorted(nn.__all__)
    assert all(hasattr(nn, name) for name in nn.__all__)


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("layers", "MLP Activation Dense Dropout Embedding Flatten Layer Module Neuron Sequential Softmax"),
        ("losses", "binary_cross_entropy cross_entropy hinge huber mean_squared_error"),
        ("optim", "SGD Adam AdamW Optimizer RMSProp clip_grad_norm"),
        ("callbacks", "Callback Checkpoint EarlyStopping RecordGradients RecordWeights"),
        ("training", "History Stage Step Training"),
        ("metrics", "accuracy confusion_matrix predicted_class r2"),
    ],
)
def test_what_nn_has_is_found_in_the_folder_where_other_libraries_have_it(folder, names):
    for name in names.split():
        assert getattr(getattr(nn, folder), name) is getattr(nn, name)
        assert getattr(import_module(f"nn.{folder}"), name) is getattr(nn, name)


@pytest.mark.parametrize("name", ["layers.MLP", "layers.Neuron", "optim.Adam", "callbacks.EarlyStopping"])
def test_a_pickle_written_before_there_were_folders_is_read(name):
    module, _, found = name.rpartition(".")
    assert pickle.loads(f"cnn.{module}\n{found}\n.".encode()) is getattr(nn, found)

"""PREDICT: neurons, layers of neurons and the multi-layer perceptron: linear combination, bias, activation."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import Value, linear

from ..arguments.checks import as_list, data, whole
from ..arguments.keywords import named
from ..arguments.seeds import generator
from ..init import Initialiser, initialiser
from .activations import activation as activation_of
from .module import Module


class Neuron(Module):
    """f(w1 x1 + w2 x2 + ... + b): a weighted sum of the inputs plus a bias, and an activation f.

    The bias may also be seen as the weight of one more input that is always 1. The sum is a single node of the graph.

    >>> neuron = Neuron(2, "tanh", seed=0)
    >>> neuron
    Neuron(2, 'tanh')
    >>> y = neuron([1.0, -2.0])
    >>> y.op.name, y.inputs[0].op.name, len(neuron.parameters())
    ('tanh', 'linear', 3)

    Args:
        nin: how many inputs.
        activation: the name of any operation of one input ("relu", "tanh", ...; "linear" for none), or a function.
        nonlin: micrograd's spelling: True is "relu", False is "linear".
        init: how the weights are drawn, a name or a function of `nn.init`; None takes what suits the activation.
        seed: a whole number for weights of their own; None draws from Python's global `random`.
        scope: where pictures show it.
        nout: how many neurons share the inputs; some initialisers ask for it.
    """

    @named
    def __init__(
        self,
        nin: int,
        activation: str | Callable[[Any], Any] = "relu",
        *,
        nonlin: bool | None = None,
        init: str | Initialiser | None = None,
        seed: Any = None,
        scope: str = "neuron",
        nout: int = 1,
    ) -> None:
        nin, nout, random = whole("nin", nin), whole("nout", nout), generator(seed)
        self.activation, self._activate = activation_of(activation if nonlin is None else nonlin)
        self._is_row = self._activate is getattr(autograd, self.activation, None)
        draw = initialiser(init, self.activation)
        self.w = [Value(draw(nin, nout, random), label=f"w{k + 1}") for k in range(nin)]
        self.b = Value(0.0, label="b")
        self.shape = nin, 1
        self.place(scope)

    def __call__(self, x: Any) -> Value:
        """The output, from a list of as many numbers or Values as the neuron has inputs."""
        try:
            out: Value = linear(x, self.w, self.b)
        except ValueError:
            inputs(x, len(self.w), self.scope)  # says so if there are too many or too few
            raise
        out.within(self.scope)
        if self._activate is None:
            return out
        if self._is_row:
            out = self._activate(out)
            out.within(self.scope)
            return out
        with autograd.scope(self.scope):  # a function of the user's may record several operations
            out = self._activate(out)
            return out

    def place(self, scope: str) -> None:
        """Says where pictures show it."""
        self.scope = scope
        for parameter in (*self.w, self.b):
            parameter.scope = scope

    def parameters(self) -> list[Value]:
        """The weights, then the bias."""
        return [*self.w, self.b]

    @property
    def gives_probabilities(self) -> bool:
        """Whether the output is that of a sigmoid."""
        return self.activation == "sigmoid"

    @property
    def nonlin(self) -> bool:
        """Whether there is an activation."""
        return self._activate is not None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.w)}, {self.activation!r})"


class Layer(Module):
    """Neurons side by side: all read the same inputs, and each gives one output. Also called a dense layer.

    >>> layer = Layer(2, 3, "tanh", seed=0)
    >>> layer
    Layer(2, 3, 'tanh')
    >>> len(layer([1.0, -2.0])), len(layer.parameters())
    (3, 9)

    A layer of one neuron returns its output, not a list of one. The arguments are those of `Neuron`.
    """

    @named
    def __init__(
        self,
        nin: int,
        nout: int,
        activation: str | Callable[[Any], Any] = "relu",
        *,
        nonlin: bool | None = None,
        init: str | Initialiser | None = None,
        seed: Any = None,
        scope: str = "layer",
    ) -> None:
        random = generator(seed)
        nout = whole("nout", nout)
        self.scope = scope
        self.neurons = [
            Neuron(nin, activation, nonlin=nonlin, init=init, seed=random, scope=f"{scope}/neuron {k + 1}", nout=nout)
            for k in range(nout)
        ]
        self.shape = len(self.neurons[0].w), nout

    def __call__(self, x: Any) -> Any:
        """The outputs of all neurons as a list, or the output of the only one."""
        x = inputs(x, len(self.neurons[0].w), self.scope)
        out = [neuron(x) for neuron in self.neurons]
        return out if len(out) > 1 else out[0]

    def place(self, scope: str) -> None:
        """Says where pictures show it."""
        self.scope = scope
        for k, neuron in enumerate(self.neurons):
            neuron.place(f"{scope}/neuron {k + 1}")

    def parameters(self) -> list[Value]:
        """Those of the neurons, one neuron after the other."""
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]

    @property
    def gives_probabilities(self) -> bool:
        """Whether the outputs are those of sigmoids."""
        return self.neurons[0].gives_probabilities

    def __repr__(self) -> str:
        first = self.neurons[0]
        return f"{type(self).__name__}({len(first.w)}, {len(self.neurons)}, {first.activation!r})"


Dense = Layer  # as Keras calls it


class MLP(Module):
    """A multi-layer perceptron: layers in a row, each reading the outputs of the one before.

    >>> model = MLP(2, [16, 16, 1], activation="relu", seed=0)
    >>> model
    MLP(2, [16, 16, 1], 'relu')
    >>> len(model.parameters())
    337
    >>> model([1.0, -2.0]).backward()

    The last layer is linear: its outputs are any numbers, which the loss turns into what they mean. One output comes
    back as a Value, several as a list.

    Args:
        nin: how many inputs.
        nouts: how many neurons each layer has; the last number is the number of outputs.
        activation, init, seed: as in `Neuron`; the activation is that of all layers but the last.
    """

    @named
    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Callable[[Any], Any] = "relu",
        *,
        init: str | Initialiser | None = None,
        seed: Any = None,
    ) -> None:
        sizes = as_list(nouts)
        if not sizes:
            raise ValueError(f"nouts lists the sizes of the layers, as in [16, 16, 1]; got {nouts!r}")
        random = generator(seed)
        self.activation, _ = activation_of(activation)
        self.layers = [
            Layer(
                before,
                size,
                "linear" if k == len(sizes) else activation,
                init=init,
                seed=random,
                scope=f"layer {k}",
            )
            for k, (before, size) in enumerate(zip([nin, *sizes], sizes), start=1)
        ]

    def __call__(self, x: Any) -> Any:
        """The outputs for one sample, a list of as many numbers or Values as the network has inputs."""
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Value]:
        """Those of the layers, one layer after the other."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def __repr__(self) -> str:
        nin = len(self.layers[0].neurons[0].w)
        return f"{type(self).__name__}({nin}, {[len(layer.neurons) for layer in self.layers]}, {self.activation!r})"


def inputs(x: Any, expected: int, where: str) -> list[Any]:
    """The inputs of a layer as a list of Values: turned into Values here once, and not by each of its neurons."""
    given = x if type(x) is list else as_list(x)
    if given is None:
        given = [x]
    if len(given) == expected and isinstance(given[0], Value):
        return given
    if len(given) != expected or as_list(given[0]) is not None:
        raise ValueError(
            f"{where} takes {expected} inputs, got {len(given)}: {reprlib.repr([data(x) for x in given])}; give one "
            f"sample at a time, a list of {expected} numbers or Values"
        )
    return [x if isinstance(x, Value) else Value(x).detach() for x in given]

"""INIT: how the weights are drawn before training.

An initialiser is a function `(fan_in, fan_out, random) -> float` that draws one weight: `fan_in` is the number of
inputs of the neuron, `fan_out` the number of neurons that share them, `random` has the methods of Python's `random`.

Weights must differ, or the neurons of a layer would stay copies of one another. And their size must fit: a neuron adds
up `fan_in` products, so with weights of variance v its output has `fan_in * v` times the variance of its inputs. The
rules below keep signals from fading or exploding from layer to layer. Biases start at 0.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

from .arguments.checks import rate, real
from .arguments.keywords import named

Initialiser = Callable[[int, int, Any], float]


def glorot_uniform(fan_in: int, fan_out: int, random: Any) -> float:
    """Uniform in [-r, r], r = sqrt(6 / (fan_in + fan_out)): for tanh, sigmoid and linear units; also called Xavier.

    The variance 2 / (fan_in + fan_out) is the compromise between keeping the size of the signals going forward and
    that of the gradients coming back. Source: Glorot & Bengio 2010, equation 16.
    """
    r = sqrt(6.0 / (fan_in + fan_out))
    return float(random.uniform(-r, r))


def glorot_normal(fan_in: int, fan_out: int, random: Any) -> float:
    """Normal with mean 0 and variance 2 / (fan_in + fan_out). Source: Glorot & Bengio 2010, equation 12."""
    return float(random.gauss(0.0, sqrt(2.0 / (fan_in + fan_out))))


def he_uniform(fan_in: int, fan_out: int, random: Any) -> float:
    """Uniform in [-r, r], r = sqrt(6 / fan_in), which has the variance of `he_normal`; also called Kaiming."""
    r = sqrt(6.0 / fan_in)
    return float(random.uniform(-r, r))


def he_normal(fan_in: int, fan_out: int, random: Any) -> float:
    """Normal with mean 0 and variance 2 / fan_in: for ReLU and its relatives; also called Kaiming.

    Twice the variance that linear units need, because a ReLU passes on only half of its input. Source: He, Zhang, Ren
    & Sun 2015, "Delving deep into rectifiers", equation 10.
    """
    return float(random.gauss(0.0, sqrt(2.0 / fan_in)))


def lecun_normal(fan_in: int, fan_out: int, random: Any) -> float:
    """Normal with mean 0 and variance 1 / fan_in: for SELU. Source: Klambauer et al. 2017; LeCun et al. 1998."""
    return float(random.gauss(0.0, sqrt(1.0 / fan_in)))


def zeros(fan_in: int, fan_out: int, random: Any) -> float:
    """Always 0: for biases, and to see that a network whose neurons are all alike cannot learn to be otherwise."""
    return 0.0


@named
def uniform(low: float = -1.0, high: float = 1.0) -> Initialiser:
    """An initialiser that draws uniformly between `low` and `high`, whatever the size of the layer."""
    low, high = real("low", low), real("high", high)
    return lambda fan_in, fan_out, random: float(random.uniform(low, high))


@named
def normal(mean: float = 0.0, deviation: float = 1.0) -> Initialiser:
    """An initialiser that draws from the normal distribution, whatever the size of the layer."""
    mean, deviation = real("mean", mean), rate("deviation", deviation)
    return lambda fan_in, fan_out, random: float(random.gauss(mean, deviation))


INITIALISERS: dict[str, Initialiser] = {
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_normal": lecun_normal,
    "uniform": uniform(),
    "normal": normal(),
    "zeros": zeros,
}

# The activations that pass on about half of their input.
_HALVING = {"relu", "leaky_relu", "elu", "gelu", "gelu_tanh", "silu", "softplus"}


def initialiser(choice: str | Initialiser | None, activation: str) -> Initialiser:
    """The initialiser of that name, or the function itself; None for the one that suits the activation."""
    if choice is None:
        return he_normal if activation in _HALVING else lecun_normal if activation == "selu" else glorot_uniform
    if isinstance(choice, str):
        if choice not in INITIALISERS:
            raise ValueError(f"there is no initialiser {choice!r}; choose one of {', '.join(INITIALISERS)}")
        return INITIALISERS[choice]
    if not callable(choice):
        raise TypeError(f"init is a name or a function (fan_in, fan_out, random) -> float, not {choice!r}")
    return choice

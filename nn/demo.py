"""The demonstration: a network of scalars learns to tell three species of iris apart, stage by stage; then digits.

Run it with `make demo`, or `python -m nn.demo --seed 1` for other random weights and another held-out third.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import nn
from autograd import Tape, Value, draw, no_grad, play, softmax
from nn.demo_digits import more, read_digits, say

OUT = Path("out")
HIDDEN, LR, MOMENTUM, BATCH, EPOCHS, ACCEPTABLE = 8, 0.03, 0.9, 10, 80, 0.06


@dataclass(frozen=True)
class Problem:
    """The flowers: those to learn from and those held out, measured in cm and standardised."""

    names: tuple[str, ...]
    train_cm: list[list[float]]
    test_cm: list[list[float]]
    train: list[list[float]]
    test: list[list[float]]
    train_labels: list[int]
    test_labels: list[int]


def main(arguments: list[str] | None = None) -> int:
    """Runs the demonstration and returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nn.demo", description="Train a classifier on the iris flowers.")
    parser.add_argument("--seed", type=int, default=0, help="of the weights and of the split (default 0)")
    seed = parser.parse_args(arguments).seed
    if seed < 0:
        parser.error(f"--seed must be at least 0, got {seed}")
    problem = flowers(seed)
    model = nn.MLP(4, [HIDDEN, len(problem.names)], activation="tanh", seed=seed)
    optimizer = nn.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)
    print("\nA network learns to tell three species of iris apart, from scalars that remember where they come from.\n")
    say("DATA", "150 flowers, 4 measurements each (R. A. Fisher, 1936), shuffled:")
    more(f"{len(problem.train)} to learn from, {len(problem.test)} held out to judge it by.")
    one_step(problem, model, optimizer, seed)
    more(f"Now the same over and over, {BATCH} flowers to a step, all {len(problem.train)} in an epoch:\n")
    start = perf_counter()
    history = learn(problem, model, optimizer, seed)
    show_training(history, perf_counter() - start)
    judge(problem, model)
    show_pictures(problem, model)
    read_digits(seed)
    say("NEXT", "README.md       what else there is, in ten lines of code")
    more("notebooks/      how neural networks learn, in ten steps; `make lab` opens them")
    more("nn/demo.py      this program; `python -m nn.demo --seed 1` draws other weights and another split")
    more("autograd/core/  the engine: ops.py has every operation and its derivative, one row each\n")
    return 0


def flowers(seed: int) -> Problem:
    """The data, shuffled and split; the held-out third is scaled as the rest is."""
    data = nn.data.iris()
    train_cm, test_cm, train_labels, test_labels = nn.data.split(data.X, data.y, test=1 / 3, seed=seed)
    train, test = nn.data.standardise(train_cm, test_cm)
    return Problem(data.classes, train_cm, test_cm, train, test, train_labels, test_labels)


def learn(problem: Problem, model: nn.MLP, optimizer: nn.SGD, seed: int) -> nn.History:
    """The whole training, in batches."""
    return nn.fit(
        model,
        problem.train,
        problem.train_labels,
        loss=nn.cross_entropy,
        optimizer=optimizer,
        epochs=EPOCHS,
        batch_size=BATCH,
        seed=seed,
        acceptable=ACCEPTABLE,
    )


def one_step(problem: Problem, model: nn.MLP, optimizer: nn.SGD, seed: int) -> None:
    """The stages INIT to STEP, once, with the first flower: what the training then does over and over."""
    x, label = problem.train[0], problem.train_labels[0]
    species = problem.names[label]
    say("1 INIT", f"{model}: {len(model.parameters())} weights and biases, random (seed {seed}).")

    with Tape() as tape:
        outputs = model(x)
        loss = nn.cross_entropy(outputs, label)
    say("2 PREDICT", f"The first flower, {described(problem.train_cm[0])}, is a {species};")
    more(f"the untrained network says {shares(problem, outputs)}.")

    p = softmax(outputs)[label].data
    say("3 LOSS", f"Cross-entropy: -log({p:.3f}) = {loss.data:.3f}, computed by {len(tape)} recorded operations.")

    optimizer.zero_grad()
    loss.backward()
    bias = model.layers[-1].neurons[label].b
    say("4 GRADIENT", "One sweep back over them finds how the loss changes with every weight and bias;")
    more(f"with the bias of the output {species!r}, for one: {bias.grad:.3f}.")

    before = bias.data
    optimizer.step()
    say("5 STEP", "new = old - rate * gradient, for every weight and bias; that one becomes")
    more(f"{before:g} - {LR} * {bias.grad:.3f} = {bias.data:.4f};")
    more(f"the loss of this flower goes from {loss.data:.3f} to {nn.cross_entropy(model(x), label).data:.3f}.")


def show_training(history: nn.History, seconds: float) -> None:
    """How the loss fell, and the stage STOP: why it ended."""
    losses = history.history["loss"]
    shown = [epoch for epoch in (1, 2, 3, 5, 8, 12, 18, 27, 40, 60) if epoch < len(losses)] + [len(losses)]
    for epoch in shown if losses else ():
        loss = losses[epoch - 1]
        print(f"{'':12}epoch {epoch:3}   loss {loss:.3f}  {'#' * max(1, round(40 * loss / max(losses)))}")
    print()
    say("6 STOP", f"{history.stop_reason[0].upper()}{history.stop_reason[1:]}, in {seconds:.1f} seconds.")


def judge(problem: Problem, model: nn.MLP) -> None:
    """What the trained network says of flowers it has never seen."""
    with no_grad():
        predictions = [model(x) for x in problem.test]
    accuracy = nn.accuracy(predictions, problem.test_labels)
    right = round(accuracy * len(predictions))
    say("RESULT", f"Of the {len(predictions)} held-out flowers {right} are named right: accuracy {accuracy:.1%}.")
    # of another species than the flower of the stages above
    k = next(k for k, label in enumerate(problem.test_labels) if label != problem.train_labels[0])
    say("EXAMPLE", f"A held-out flower, {described(problem.test_cm[k])}, is a {problem.names[problem.test_labels[k]]};")
    more(f"the network says {shares(problem, predictions[k])}.\n")


def show_pictures(problem: Problem, model: nn.MLP) -> None:
    """The trained network, and inside it the first neuron with its gradients, drawn and to step through."""
    flower, neuron = problem.test[0], model.layers[0].neurons[0]
    names = ["sepal length", "sepal width", "petal length", "petal width"]
    inputs = [Value(x, label=name) for x, name in zip(flower, names)]
    weights = [Value(w.data, label=w.label) for w in neuron.w]  # the network keeps its gradients
    z = sum((w * x for w, x in zip(weights, inputs)), start=Value(neuron.b.data, label="b"))
    z.label = "z"
    y = z.tanh()
    y.label = "y"
    y.backward()
    try:
        network = draw(model, inputs=flower).save(OUT / "network.svg")
        say("PICTURES", f"{network}    the network, reading a held-out flower")
        more(f"{draw(y).save(OUT / 'neuron.svg')}     its first neuron, every operation with its gradient")
        more(f"{play(y).save(OUT / 'backward.html')}  the same to step through, forward and back")
        more("Open them in a browser.\n")
    except OSError as error:
        say("PICTURES", f"They could not be written to {OUT.resolve()}: {error.strerror}.\n")


def described(row: list[float]) -> str:
    """A flower by its measurements."""
    return f"sepal {row[0]} x {row[1]} cm, petal {row[2]} x {row[3]} cm"


def shares(problem: Problem, outputs: list[Any]) -> str:
    """The probabilities of the species, from the outputs of the network."""
    with no_grad():
        p = softmax(outputs)
    return ", ".join(f"{name} {share.data:.1%}" for name, share in zip(problem.names, p))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nInterrupted.")
    except BrokenPipeError:  # as with `| head`: whoever read has gone, and the flush at exit must not find that out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

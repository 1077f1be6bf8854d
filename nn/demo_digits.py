"""The demonstration's second half: handwritten digits, at matrix speed, from the same scalars."""

from __future__ import annotations

from time import perf_counter

import autograd
import nn

HIDDEN, LR, BATCH, EPOCHS = 48, 0.01, 32, 40


def read_digits(seed: int) -> None:
    """Trains on 8 x 8 images of digits, and says how many scalar operations became how many blocks."""
    data = nn.data.digits()
    X, held_out, y, labels = nn.data.split([[x / 16 for x in row] for row in data.X], data.y, seed=seed)
    model = nn.MLP(64, [HIDDEN, 10], "relu", seed=seed)
    say("DIGITS", f"{len(data.y):,} handwritten digits of 8 x 8 pixels (E. Alpaydin and C. Kaynak, 1998), shuffled:")
    more(f"{len(y):,} to learn from, {len(labels)} held out; {model!r}, {len(model.parameters()):,} weights.")
    loss = autograd.compile(lambda x, label: nn.cross_entropy(model(x), label), batch=(0, 1))
    loss.backward(X, y)
    operations, *_, blocks = str(loss.program).splitlines()[0].split(", ")
    scalars = 2 * sum(len(neuron.w) for layer in model.layers for neuron in layer.neurons)
    more(f"The loss of one digit, {operations} on single numbers (in them {scalars:,} products and sums),")
    more(f"was recorded once and runs over any number of digits {blocks} of arrays.")
    steps = EPOCHS * -(-len(y) // BATCH)
    optimizer = nn.Adam(model.parameters(), lr=nn.schedules.Cosine(LR, steps=steps))
    start = perf_counter()
    history = nn.fit(
        model, X, y, loss=nn.cross_entropy, optimizer=optimizer, epochs=EPOCHS, batch_size=BATCH, seed=seed
    )
    seconds = perf_counter() - start
    losses = history.history["loss"]
    more(f"Loss {losses[0]:.3f} after the first epoch, {losses[-1]:.4f} after {len(losses)}, in {seconds:.1f} seconds.")
    right = round(model.score(held_out, labels) * len(labels))
    more(f"Of the {len(labels)} held-out digits {right} are read right: accuracy {right / len(labels):.1%}.\n")


def say(stage: str, text: str) -> None:
    """A line that begins a stage."""
    print(f"{stage:12}{text}")


def more(text: str) -> None:
    """A line that continues it."""
    print(f"{'':12}{text}")

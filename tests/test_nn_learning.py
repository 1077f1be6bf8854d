"""Networks learn: every problem from five seeds, judged by samples they have not seen where there are any."""

import pytest

import nn
from nn import data

SEEDS = range(5)


def trained(model, X, y, loss, seed, lr, epochs, batch_size=32):
    optimizer = nn.AdamW(model.parameters(), lr=lr)
    nn.fit(model, X, y, loss=loss, optimizer=optimizer, epochs=epochs, batch_size=batch_size, seed=seed)
    return model


@pytest.mark.parametrize("seed", SEEDS)
def test_xor_is_learned_by_eight_neurons(seed):
    square = data.xor()
    model = nn.MLP(2, [8, 1], "tanh", seed=seed)
    trained(model, square.X, square.y, nn.binary_cross_entropy_with_logits, seed, 0.05, 300, batch_size=None)
    assert model.score(square.X, square.y) == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_moons_are_told_apart(seed):
    points, others = data.moons(200, seed=seed), data.moons(1000, seed=100 + seed)
    model = nn.MLP(2, [16, 16, 1], "relu", seed=seed)
    trained(model, points.X, points.y, nn.binary_cross_entropy_with_logits, seed, 0.01, 200)
    assert model.score(points.X, points.y) >= 0.99
    assert model.score(others.X, others.y) >= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_circles_are_told_apart(seed):
    points, others = data.circles(200, seed=seed), data.circles(1000, seed=100 + seed)
    model = nn.MLP(2, [8, 1], "tanh", seed=seed)
    trained(model, points.X, points.y, nn.binary_cross_entropy_with_logits, seed, 0.05, 100)
    assert model.score(others.X, others.y) >= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_three_spirals_are_told_apart(seed):
    points, others = data.spirals(300, seed=seed), data.spirals(600, seed=100 + seed)
    model = nn.MLP(2, [24, 24, 3], "tanh", seed=seed)
    trained(model, points.X, points.y, nn.cross_entropy, seed, 0.01, 200)
    assert model.score(others.X, others.y) >= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_sine_is_found_under_its_noise(seed):
    noisy, curve = data.sine(100, noise=0.1, seed=seed), data.sine(500, noise=0.0)
    model = nn.MLP(1, [16, 1], "tanh", seed=seed)
    trained(model, noisy.X, noisy.y, nn.mean_squared_error, seed, 0.02, 300)
    assert model.score(curve.X, curve.y) >= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_held_out_irises_are_named(seed):
    flowers = data.iris()
    X, held_out, y, labels = data.split(flowers.X, flowers.y, seed=seed)
    X, held_out = data.standardise(X, held_out)
    model = nn.MLP(4, [8, 3], "tanh", seed=seed)
    trained(model, X, y, nn.cross_entropy, seed, 0.02, 100)
    assert model.score(held_out, labels) >= 0.9  # of 50 flowers, where two of the species overlap


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_held_out_handwritten_digits_are_read(seed):
    numbers = data.digits()
    pixels = [[x / 16 for x in row] for row in numbers.X]
    X, held_out, y, labels = data.split(pixels, numbers.y, seed=seed)
    model = nn.MLP(64, [48, 10], "relu", seed=seed)
    trained(model, X, y, nn.cross_entropy, seed, nn.schedules.Cosine(0.01, steps=40 * 38), 40)
    assert model.score(held_out, labels) >= 0.96


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_dropout_and_embeddings_learn_too(seed):
    # whether two letters of eight are the same, from their embeddings alone
    pairs = [[a, b] for a in range(8) for b in range(8)]
    same = [int(a == b) for a, b in pairs]
    model = nn.Sequential(
        nn.Embedding(8, 8, seed=seed),
        nn.Layer(16, 48, "relu", seed=seed),
        nn.Dropout(0.1, seed=seed),
        nn.Layer(48, 1, "linear", seed=seed),
    )
    loss = nn.binary_cross_entropy_with_logits
    weights = nn.balanced_weights(same)
    trained(model, pairs, same, lambda p, t: loss(p, t, class_weights=weights), seed, 0.02, 300, batch_size=16)
    assert model.score(pairs, same) == 1.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "lr"),
    [
        (nn.SGD, 0.5),
        (lambda ps, lr: nn.SGD(ps, lr, momentum=0.9, nesterov=True), 0.02),
        (nn.Adam, 0.01),
        (nn.RMSProp, 0.01),
        (lambda ps, lr: nn.Adam(ps, nn.schedules.WarmUp(50, nn.schedules.Linear(lr, 1350)), clip_norm=1.0), 0.02),
    ],
)
def test_every_optimiser_learns_the_moons(make, lr):
    points = data.moons(200, seed=0)
    model = nn.MLP(2, [16, 16, 1], "relu", seed=0)
    loss = nn.binary_cross_entropy_with_logits
    nn.fit(model, points.X, points.y, loss=loss, optimizer=make(model.parameters(), lr), epochs=200, seed=0)
    assert model.score(points.X, points.y) >= 0.99

"""Losses: their values from the formulas, their gradients by differences, and what they refuse."""

import math
import random

import numpy as np
import pytest

import nn
from autograd import Tape, Value, softmax

nan = math.nan
MEANS = [nn.mean_squared_error, nn.mean_absolute_error, nn.hinge, nn.binary_cross_entropy_with_logits]
LABELS = {nn.hinge: [-1, 1], nn.binary_cross_entropy_with_logits: [0, 1, 0.3]}


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


FORMULAS = {
    nn.sum_squared_error: lambda p, t: (p - t) ** 2,
    nn.mean_squared_error: lambda p, t: (p - t) ** 2,
    nn.mean_absolute_error: lambda p, t: abs(p - t),
    nn.hinge: lambda p, t: max(0.0, 1 - t * p),
    nn.binary_cross_entropy_with_logits: lambda z, t: -t * math.log(sigmoid(z)) - (1 - t) * math.log(1 - sigmoid(z)),
}


def sample(loss, n, rng):
    """Predictions away from the kinks, and targets."""
    targets = [rng.choice(LABELS[loss]) if loss in LABELS else rng.uniform(-1, 1) for _ in range(n)]
    return [t + rng.choice([-1, 1]) * rng.uniform(0.1, 0.9) for t in targets], targets


@pytest.mark.parametrize("loss", FORMULAS)
def test_a_loss_is_its_formula_of_one_output_of_one_sample_and_of_several(loss):
    rng = random.Random(1)
    P, T = zip(*(sample(loss, 3, rng) for _ in range(4)))
    each = [[FORMULAS[loss](p, t) for p, t in zip(ps, ts)] for ps, ts in zip(P, T)]
    of_sample = [sum(one) / (1 if loss is nn.sum_squared_error else 3) for one in each]
    assert loss(P[0][0], T[0][0]) == pytest.approx(each[0][0])
    assert loss(P[0], T[0]) == pytest.approx(of_sample[0])
    assert loss(P, T) == pytest.approx(sum(of_sample) / 4)
    assert loss(np.array(P), np.array(T)) == pytest.approx(loss(P, T))


@pytest.mark.parametrize("loss", [*FORMULAS, nn.cross_entropy])
def test_gradients_agree_with_central_differences(loss):
    rng = random.Random(2)
    p, t = ([0.3, -0.8, 1.2], 2) if loss is nn.cross_entropy else sample(loss, 3, rng)
    values = [Value(x) for x in p]
    loss(values, t).backward()
    for k, value in enumerate(values):
        up, down = ([x + s * (j == k) for j, x in enumerate(p)] for s in (1e-5, -1e-5))
        assert value.grad == pytest.approx((loss(up, t) - loss(down, t)) / 2e-5, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("loss", MEANS)
def test_a_flat_list_means_the_same_as_one_sample_or_as_samples_of_one_output(loss):
    p, t = sample(loss, 5, random.Random(3))
    assert loss(p, t) == pytest.approx(loss([[x] for x in p], [[x] for x in t]))
    assert loss(p, t) == pytest.approx(loss([[x] for x in p], t))


def test_cross_entropy_is_minus_the_log_of_the_softmax_at_the_label():
    z = [0.3, -0.8, 1.2]
    p = softmax(z)
    for label in range(3):
        one_hot = [float(k == label) for k in range(3)]
        assert nn.cross_entropy(z, label) == pytest.approx(-math.log(p[label]))
        assert nn.cross_entropy(z, one_hot) == pytest.approx(nn.cross_entropy(z, label))
        assert nn.cross_entropy(z, np.int64(label)) == nn.cross_entropy(z, float(label)) == nn.cross_entropy(z, label)
    t = [0.2, 0.5, 0.3]
    assert nn.cross_entropy(z, t) == pytest.approx(-sum(a * math.log(b) for a, b in zip(t, p)))
    assert nn.cross_entropy([z, z], [0, 2]) == pytest.approx((nn.cross_entropy(z, 0) + nn.cross_entropy(z, 2)) / 2)
    assert nn.cross_entropy([z, z], [t, t]) == pytest.approx(nn.cross_entropy(z, t))


def test_the_gradient_of_cross_entropy_is_probability_minus_target():
    z = [Value(x) for x in (0.3, -0.8, 1.2)]
    nn.cross_entropy(z, 1).backward()
    expected = [p.data - (k == 1) for k, p in enumerate(softmax(z))]
    assert [value.grad for value in z] == pytest.approx(expected)


def test_huge_logits_give_exact_losses_and_gradients():
    z = Value(1000.0)
    loss = nn.cross_entropy([z, Value(0.0)], 1)
    loss.backward()
    assert (loss.data, z.grad) == (1000.0, 1.0)
    assert nn.binary_cross_entropy_with_logits(1000.0, 0) == 1000.0
    assert nn.binary_cross_entropy_with_logits(-1000.0, 0) == 0.0
    right = Value(40.0)
    nn.binary_cross_entropy_with_logits(right, 1).backward()
    assert right.grad == pytest.approx(-math.exp(-40.0), rel=1e-12)  # sigmoid(40) - 1 would be 0


def test_a_class_of_probability_0_has_no_say_even_at_minus_infinity():
    z = [Value(0.0), Value(-math.inf)]
    loss = nn.cross_entropy(z, [1.0, 0.0])
    loss.backward()
    assert loss.data == 0.0
    assert [value.grad for value in z] == [0.0, 0.0]


def test_targets_may_be_values_and_agree_with_numbers():
    for loss, t in [(nn.mean_squared_error, 0.5), (nn.hinge, -1.0), (nn.binary_cross_entropy_with_logits, 1.0)]:
        assert loss(0.3, Value(t)).data == pytest.approx(loss(0.3, t))
    assert nn.cross_entropy([0.3, 0.1], Value(1.0)).data == pytest.approx(nn.cross_entropy([0.3, 0.1], 1))
    assert nn.cross_entropy([0.3, 0.1], [Value(0.25), 0.75]).data == pytest.approx(
        nn.cross_entropy([0.3, 0.1], [0.25, 0.75])
    )


def test_checking_the_targets_leaves_no_guards_on_a_tape():
    with Tape() as tape:
        nn.hinge(Value(0.5), Value(1.0))
        nn.cross_entropy([Value(0.5), Value(0.1)], Value(1.0))
        nn.cross_entropy([Value(0.5), Value(0.1)], [Value(1.0), Value(0.0)])
        nn.binary_cross_entropy_with_logits(Value(0.5), Value(1.0))
    assert tape.guards == []


def test_graphs_stay_small():
    z = [Value(float(k)) for k in range(10)]
    with Tape() as tape:
        nn.cross_entropy(z, 3)
    assert [node.op.name for node in tape] == ["logsumexp", "pick", "sub"]
    with Tape() as tape:
        nn.binary_cross_entropy_with_logits(z[0], 1)
    assert [node.op.name for node in tape] == ["neg", "softplus"]


BAD = [
    (nn.mean_squared_error, [1.0, 2.0], [1.0], "2 predictions need as many targets, got 1"),
    (nn.mean_squared_error, [1.0, 2.0], 1.0, "2 predictions need as many targets"),
    (nn.mean_squared_error, 1.0, [1.0, 2.0], "1 predictions need as many targets, got 2"),
    (nn.mean_squared_error, [[1.0], [2.0]], [[1.0]], "2 samples need as many targets, got 1"),
    (nn.mean_squared_error, [[1.0, 2.0]], [[1.0]], "2 predictions need as many targets, got 1"),
    (nn.mean_squared_error, [[1.0, 2.0]], 1.0, "2 predictions need as many targets, got 1"),
    (nn.mean_squared_error, [], [], "there are no predictions"),
    (nn.mean_squared_error, [[]], [[]], "there are no predictions"),
    (nn.mean_squared_error, [1.0], [nan], "a target is nan"),
    (nn.mean_squared_error, [1.0], [Value(nan)], "a target is nan"),
    (nn.mean_squared_error, [1.0], ["a"], "a target must be a number, got 'a'"),
    (nn.mean_squared_error, ["a"], [1.0], "a prediction must be a number, got 'a'"),
    (nn.mean_squared_error, [1.0, [2.0]], [1.0, 2.0], r"a prediction must be a number, got \[2.0\]"),
    (nn.mean_squared_error, None, 1.0, "a prediction must be a number, got None"),
    (nn.mean_squared_error, 1.0, 10**400, "a target is beyond the range"),
    (nn.hinge, 0.5, 0, "labels of hinge are -1 and 1, got 0"),
    (nn.binary_cross_entropy_with_logits, 0.5, -1, "got -1"),
    (nn.cross_entropy, [0.1, 0.2], 2, "label 2 is not one of the 2 classes"),
    (nn.cross_entropy, [0.1, 0.2], -1, "label -1 is not one of the 2 classes"),
    (nn.cross_entropy, [0.1, 0.2], 0.5, "label 0.5 is not one"),
    (nn.cross_entropy, [0.1, 0.2], math.inf, "label inf is not one"),
    (nn.cross_entropy, [0.1, 0.2], nan, "a target is nan"),
    (nn.cross_entropy, [0.1, 0.2], [0.5, 0.6], "add up to 1"),
    (nn.cross_entropy, [0.1, 0.2], [1.5, -0.5], "at least 0"),
    (nn.cross_entropy, [0.1, 0.2], [1.0], "2 predictions need as many probabilities"),
    (nn.cross_entropy, [[0.1, 0.2]], [0, 1], "1 samples need as many targets, got 2"),
    (nn.cross_entropy, [[0.1, 0.2], [0.3, 0.4]], 0, "2 samples need as many targets, got 1"),
    (nn.cross_entropy, [], 0, "a prediction for each class"),
    (nn.mean_squared_error, [[[1.0]]], [[[1.0]]], r"a prediction must be a number, got \[1.0\]"),
    (nn.cross_entropy, 0.5, 0, "a prediction for each class"),
]


@pytest.mark.parametrize(("loss", "predictions", "targets", "says"), BAD)
def test_what_does_not_fit_is_told_in_a_sentence(loss, predictions, targets, says):
    with pytest.raises((TypeError, ValueError), match=says):
        loss(predictions, targets)

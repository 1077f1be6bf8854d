"""Losses: their values from the formulas, their gradients by differences, and what they refuse."""

import math
import random

import numpy as np
import pytest

import autograd
import nn
from autograd import Tape, Value, softmax

nan = math.nan
inf = math.inf
MEANS = [
    nn.plain_error,
    nn.mean_squared_error,
    nn.mean_absolute_error,
    nn.huber,
    nn.hinge,
    nn.binary_cross_entropy_with_logits,
    nn.binary_cross_entropy,
]
LABELS = {
    nn.hinge: [-1, 1],
    nn.binary_cross_entropy_with_logits: [0, 1, 0.3],
    nn.binary_cross_entropy: [0, 1, 0.3],
}
OF_CLASSES = [nn.cross_entropy, nn.cross_entropy_of_probabilities]


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


FORMULAS = {
    nn.plain_error: lambda p, t: p - t,
    nn.sum_squared_error: lambda p, t: (p - t) ** 2,
    nn.mean_squared_error: lambda p, t: (p - t) ** 2,
    nn.mean_absolute_error: lambda p, t: abs(p - t),
    nn.huber: lambda p, t: (p - t) ** 2 / 2 if abs(p - t) <= 1 else abs(p - t) - 0.5,
    nn.hinge: lambda p, t: max(0.0, 1 - t * p),
    nn.binary_cross_entropy: lambda p, t: -t * math.log(p) - (1 - t) * math.log(1 - p),
    nn.binary_cross_entropy_with_logits: lambda z, t: -t * math.log(sigmoid(z)) - (1 - t) * math.log(1 - sigmoid(z)),
}


def sample(loss, n, rng):
    """Predictions away from the kinks, and targets."""
    targets = [rng.choice(LABELS[loss]) if loss in LABELS else rng.uniform(-1, 1) for _ in range(n)]
    if loss is nn.binary_cross_entropy:
        return [rng.uniform(0.1, 0.9) for _ in range(n)], targets
    if loss is nn.huber:
        return [
            t + rng.choice([-1, 1]) * rng.choice([rng.uniform(0.1, 0.9), rng.uniform(1.1, 3)]) for t in targets
        ], targets
    return [t + rng.choice([-1, 1]) * rng.uniform(0.1, 0.9) for t in targets], targets


def test_every_loss_is_asked_and_public():
    asked = {*FORMULAS, *MEANS, *OF_CLASSES, nn.kl_divergence, nn.absolute_error, nn.squared_error}
    assert {getattr(nn.losses, name) for name in nn.losses.__all__} == asked
    assert all(getattr(nn, loss.__name__) is loss and loss.__name__ in nn.__all__ for loss in asked)


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


def case(loss):
    """One sample for any loss, and its target."""
    if loss is nn.cross_entropy:
        return [0.3, -0.8, 1.2], 2
    if loss is nn.cross_entropy_of_probabilities:
        return [0.3, 0.6, 0.1], 2
    if loss is nn.kl_divergence:
        return [0.3, 0.6, 0.1], [0.2, 0.8, 0.0]
    return sample(loss, 3, random.Random(2))


@pytest.mark.parametrize("loss", [*FORMULAS, *OF_CLASSES, nn.kl_divergence])
def test_gradients_agree_with_central_differences(loss):
    p, t = case(loss)
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


@pytest.mark.parametrize(("loss", "formula"), [(nn.absolute_error, 3.0), (nn.squared_error, 9.0)])
def test_errors_of_one_output_refuse_several(loss, formula):
    assert loss(2.0, 5.0) == loss([2.0], [5.0]) == loss([[2.0], [8.0]], [5.0, 5.0]) == formula
    with pytest.raises(ValueError, match=f"{loss.__name__} is of one output, got 2; of several there is mean_"):
        loss([1.0, 2.0], [1.0, 2.0])


@pytest.mark.parametrize("delta", [0.1, 1.0, 7.0])
def test_huber_and_its_slope_are_continuous_where_its_two_formulas_meet(delta):
    for sign in (-1, 1):
        p = Value(sign * delta)
        loss = nn.huber(p, 0.0, delta=delta)
        loss.backward()
        assert loss.data == pytest.approx(delta**2 / 2)
        assert p.grad == pytest.approx(sign * delta)
    assert nn.huber(inf, 0.0) == inf


def test_losses_of_probabilities_are_those_of_logits_after_softmax_and_sigmoid():
    rng = random.Random(5)
    for _ in range(20):
        z = [rng.gauss(0, 2) for _ in range(4)]
        t = softmax([rng.gauss(0, 1) for _ in range(4)])
        for target in (rng.randrange(4), t):
            expected = nn.cross_entropy(z, target)
            assert nn.cross_entropy_of_probabilities(softmax(z), target) == pytest.approx(expected)
        entropy = -sum(p * math.log(p) for p in t)
        assert nn.kl_divergence(softmax(z), t) == pytest.approx(nn.cross_entropy(z, t) - entropy)
        target = rng.choice([0, 1, 0.3])
        expected = nn.binary_cross_entropy_with_logits(z[0], target)
        assert nn.binary_cross_entropy(sigmoid(z[0]), target) == pytest.approx(expected)


def test_a_right_class_of_probability_0_has_an_infinite_loss_and_slope_and_no_floor():
    p = [Value(0.0), Value(1.0)]
    loss = nn.cross_entropy_of_probabilities(p, 0)
    loss.backward()
    assert (loss.data, p[0].grad, p[1].grad) == (inf, -inf, 0.0)
    assert nn.binary_cross_entropy(1.0, 0) == nn.kl_divergence([0.0, 1.0], [0.5, 0.5]) == inf
    assert nn.binary_cross_entropy(1e-300, 1) == pytest.approx(300 * math.log(10))


def test_certainty_that_is_right_has_no_loss_and_no_gradient_that_is_nan():
    for loss, p, t in [
        (nn.binary_cross_entropy, [1.0], [1]),
        (nn.binary_cross_entropy, [0.0], [0]),
        (nn.cross_entropy_of_probabilities, [0.0, 1.0], [0, 1]),
        (nn.kl_divergence, [0.0, 1.0], [0, 1]),
    ]:
        values = [Value(x) for x in p]
        found = loss(values, t)
        found.backward()
        assert found.data == 0.0
        assert all(math.isfinite(value.grad) for value in values)


@pytest.mark.parametrize("loss", [*MEANS, nn.sum_squared_error, *OF_CLASSES, nn.kl_divergence])
def test_sample_weights_make_the_mean_a_weighted_one(loss):
    cases = [case(loss), case(loss)] if loss not in FORMULAS else [sample(loss, 2, random.Random(k)) for k in (7, 8)]
    (P, T), (Q, S) = cases
    expected = (3 * loss(P, T) + 1 * loss(Q, S)) / 4
    assert loss([P, Q], [T, S], [3, 1]) == pytest.approx(expected)
    assert loss([P, Q], [T, S], weights=np.array([1.5, 0.5])) == pytest.approx(expected)
    assert loss([P, Q], [T, S], [Value(3.0), Value(1.0)]).data == pytest.approx(expected)
    assert loss([P, Q], [T, S], [1, 0]) == pytest.approx(loss(P, T))


@pytest.mark.parametrize(
    ("loss", "labels", "predictions"),
    [
        (nn.hinge, (-1, 1), (0.2, 0.7)),
        (nn.binary_cross_entropy_with_logits, (0, 1), (0.2, 0.7)),
        (nn.binary_cross_entropy, (0, 1), (0.2, 0.7)),
        (nn.cross_entropy, (0, 1), ([0.2, 0.7], [1.0, -1.0])),
        (nn.cross_entropy, ([1, 0], [0, 1]), ([0.2, 0.7], [1.0, -1.0])),
        (nn.cross_entropy_of_probabilities, (0, 1), ([0.2, 0.8], [0.6, 0.4])),
        (nn.cross_entropy_of_probabilities, ([1, 0], [0, 1]), ([0.2, 0.8], [0.6, 0.4])),
    ],
)
def test_class_weights_multiply_the_losses_of_their_classes(loss, labels, predictions):
    for k, factor in enumerate((2.0, 0.5)):
        expected = factor * loss(predictions[k], labels[k])
        assert loss(predictions[k], labels[k], class_weights=[2.0, 0.5]) == pytest.approx(expected)
        if not isinstance(labels[k], list):
            found = loss(predictions[k], Value(float(labels[k])), class_weights=[2.0, 0.5])
            assert found.data == pytest.approx(expected)
    parts = [loss(predictions[k], labels[k], class_weights=[2.0, 0.5]) for k in (0, 1)]
    assert loss([*map(aslist, predictions)], [*labels], class_weights=[2.0, 0.5]) == pytest.approx(sum(parts) / 2)


def aslist(x):
    return x if isinstance(x, list) else [x]


def test_balanced_weights_let_every_class_count_the_same():
    labels = [0] * 7 + [1] * 2 + [2]
    weights = nn.balanced_weights(labels)
    assert [weights[k] * labels.count(k) for k in range(3)] == pytest.approx([10 / 3] * 3)
    with pytest.raises(ValueError, match="no sample of class 1"):
        nn.balanced_weights([0, 2])
    with pytest.raises(ValueError, match="give at least one"):
        nn.balanced_weights([])


@pytest.mark.parametrize("loss", [*MEANS, nn.squared_error, nn.sum_squared_error, *OF_CLASSES, nn.kl_divergence])
def test_compiled_losses_take_other_predictions_and_targets(loss):
    rng = random.Random(4)
    if loss is nn.cross_entropy:
        P, T = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(9)], [k % 3 for k in range(9)]
    elif loss in (nn.cross_entropy_of_probabilities, nn.kl_divergence):
        P = [softmax([rng.gauss(0, 1) for _ in range(3)]) for _ in range(9)]
        T = [k % 3 for k in range(9)] if loss is not nn.kl_divergence else P[::-1]
    else:
        P, T = sample(loss, 9, rng)
    found = autograd.compile(lambda p, t: loss(p, t), batch=(0, 1))(P, T)
    assert found == pytest.approx([loss(p, t) for p, t in zip(P, T)], rel=1e-12)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: nn.huber(1.0, 2.0, delta=0), "delta must be above 0, got 0"),
        (lambda: nn.mean_squared_error([[1.0], [2.0]], [1, 2], [1.0]), "2 samples need as many weights, got 1"),
        (lambda: nn.mean_squared_error([[1.0]], [1], [-1.0]), "a weight must be at least 0"),
        (lambda: nn.mean_squared_error([[1.0]], [1], [0.0]), "all weights are 0"),
        (lambda: nn.mean_squared_error(1.0, 1, [2.0]), "weights are for several samples"),
        (lambda: nn.cross_entropy([1.0, 2.0], 0, class_weights=[1]), "class_weights are a list of 2 numbers"),
        (lambda: nn.hinge(1.0, 1, class_weights=2.0), "class_weights are a list of 2 numbers"),
        (lambda: nn.cross_entropy([1.0, 2.0], 0, class_weights=[1, -1]), "a class weight must be at least 0"),
    ],
)
def test_weights_that_do_not_fit_are_told_in_a_sentence(make, says):
    with pytest.raises((TypeError, ValueError), match=says):
        make()


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
    (nn.binary_cross_entropy, 1.5, 1, "from 0 to 1, got 1.5; for logits use binary_cross_entropy_with_logits"),
    (nn.binary_cross_entropy, 0.5, -1, "a target of binary_cross_entropy is 0, 1"),
    (nn.cross_entropy_of_probabilities, [0.7, -0.1], 1, "from 0 to 1, got -0.1; for logits use cross_entropy"),
    (nn.cross_entropy_of_probabilities, [0.7, 0.7], 1, "add up to 1, not 1.4"),
    (nn.cross_entropy_of_probabilities, [0.5, 0.5], 2, "label 2 is not one of the 2 classes"),
    (nn.cross_entropy_of_probabilities, 0.5, 1, "a prediction for each class"),
    (nn.kl_divergence, [0.5, 0.5], 1, "2 predictions need as many probabilities"),
    (nn.kl_divergence, [0.5, 0.5], [0.5, 0.6], "add up to 1"),
]


@pytest.mark.parametrize(("loss", "predictions", "targets", "says"), BAD)
def test_what_does_not_fit_is_told_in_a_sentence(loss, predictions, targets, says):
    with pytest.raises((TypeError, ValueError), match=says):
        loss(predictions, targets)


@pytest.mark.parametrize(
    ("loss", "right", "wrong"),
    [
        (nn.hinge, [1.0, -1.0, 1.0], 0.0),
        (nn.mean_squared_error, [0.5, -7.0, 3.0], nan),
        (nn.binary_cross_entropy_with_logits, [0.0, 0.3, 1.0], 1.5),
        (lambda p, t: nn.cross_entropy([p, -p, 0.5], t), [0.0, 1.0, 2.0], 3.0),
    ],
)
def test_a_compiled_loss_takes_every_target_it_may_in_one_program_and_refuses_others(loss, right, wrong):
    compiled = autograd.compile(lambda p, t: loss(2.0 * p, t), native=False)
    for target in right:
        assert compiled(0.25, target) == pytest.approx(loss(0.5, target), rel=1e-12)
    assert compiled.cache_info().recordings == 1
    with pytest.raises((ValueError, IndexError)):
        compiled(0.25, wrong)


def test_a_compiled_loss_of_probabilities_refuses_what_has_become_none():
    w = Value(0.5)
    compiled = autograd.compile(lambda x: nn.binary_cross_entropy(w * x, 1), native=False)
    assert compiled(1.0) == pytest.approx(math.log(2.0))
    w.data = 1.5
    with pytest.raises(ValueError, match=r"from 0 to 1, got 1\.5"):
        compiled(1.0)


def test_a_metric_returned_with_a_compiled_loss_is_that_of_each_call():
    w = Value(1.0)
    both = autograd.compile(
        lambda x, t: (nn.hinge(w * x, t), nn.accuracy([w * x], [t]), nn.predicted_class([w * x, 0.5])), native=False
    )
    for number, expected in ((1.0, (0.0, 1.0, 0)), (-2.0, (3.0, 0.0, 1)), (3.0, (0.0, 1.0, 0))):
        w.data = number
        assert both(1.0, 1.0) == expected

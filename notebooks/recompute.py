"""Recomputes numbers in the notebooks' prose with NumPy alone: `python notebooks/recompute.py`.

A claim is a piece of the prose with {} where a number stands, and what that number is by arithmetic that has nothing to
do with this package. It must be the number there, rounded to the digits that are shown. What trainings gave (a loss, a
share of right answers) is not here: it is shown by the cells, and `make notebooks` runs those again.
"""

from __future__ import annotations

import random
import re
import sys
from math import ceil, e, log, log10, sqrt
from pathlib import Path

import numpy as np

SOURCES = Path(__file__).parent / "src"
GUIDES = Path(__file__).parent.parent / "docs"
_NUMBER = r"([-−–]?\d[\d,]*(?:\.\d+)?)"
Claim = tuple[str, list[float]]


def slope(f, x, h=1e-6):
    """A slope by central differences."""
    return (f(x + h) - f(x - h)) / (2 * h)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def profit(x):
    return -2 * x**2 + 12 * x - 10


def climbed(rate, steps, x=1.0):
    for _ in range(steps):
        x = x + rate * (-4 * x + 12)
    return x


def first(condition, most=100_000):
    """The first whole number of which it is true."""
    return next(k for k in range(most) if condition(k))


def ball(gradient, start, rate, alpha, steps):
    """The path of a ball with momentum."""
    position = np.array(start, float)
    velocity, path = 0 * position, [position]
    for _ in range(steps):
        velocity = alpha * velocity - rate * gradient(position)
        position = position + velocity
        path.append(position)
    return np.array(path)


def pushed(gradients, alpha, rate):
    """The velocities of a ball, one by one."""
    found = [0.0]
    for gradient in gradients:
        found.append(alpha * found[-1] - rate * gradient)
    return found[1:]


def ravine(p):
    return p[..., 0] ** 2 / 100 + p[..., 1] ** 2


def ravine_slope(p):
    return np.array([p[0] / 50, 2 * p[1]])


def dropped(bounciness, height=1.0, seconds=1.0, g=9.81):
    """How high a ball is that has bounced once, by the formulas for free fall."""
    falls = sqrt(2 * height / g)
    rest = seconds - falls
    return bounciness * g * falls * rest - g * rest**2 / 2


def settled(alpha):
    """After how many steps the loss in the ravine stays below 0.01."""
    losses = ravine(ball(ravine_slope, [-10.0, 1.5], 0.9, alpha, 700))
    return int(np.flatnonzero(losses > 0.01)[-1]) + 1


def valley_end(start, alpha, steps=300):
    return float(ball(lambda x: x**3 - x + 0.3, [start], 0.1, alpha, steps)[-1, 0])


def walker_end(start):
    x = start
    for _ in range(200):
        x -= 0.02 * (4 * x**3 - 8 * x + 1)
    return x


WEEKS, HEIGHTS = np.array([1.0, 2, 3, 4]), np.array([2.0, 3, 5, 6])
BEST = np.linalg.lstsq(np.stack([WEEKS, np.ones(4)], 1), HEIGHTS, rcond=None)[0]
CURVATURE = float(np.linalg.eigvalsh(2 * np.array([[np.mean(WEEKS**2), WEEKS.mean()], [WEEKS.mean(), 1]]))[-1])
SLIP = np.linalg.lstsq(np.stack([[*WEEKS, 2.5], np.ones(5)], 1), [*HEIGHTS, 12], rcond=None)[0]
SHARES = np.exp([2, 1, 0]) / np.exp([2, 1, 0]).sum()
PULLS = np.array([-2 * x * y for x, y in [(1, 2), (2, 3), (3, 7), (4, 8)]])
_chance = random.Random(6)
_xs = [round(-2 + 4 * k / 23, 2) for k in range(24)]
NOISY = _xs, [round(1.5 * x + 0.5 + _chance.gauss(0, 0.6), 1) for x in _xs]
PAIRS = [(a + b) / 2 for k, a in enumerate(PULLS) for b in PULLS[k + 1 :]]


def claims() -> dict[str, list[Claim]]:
    """The claims, by the beginning of the source's name."""
    a, b, c = 3.0, 4.0, 5.0
    v = a * b - c
    s10 = float(sigmoid(-10.0) * (1 - sigmoid(-10.0)))
    p5 = float(sigmoid(-5.0))
    return {
        "01": [
            ("my_guess = {}, {}, {} # the profit", [profit(x) for x in (1, 3, 5)]),
            ("my_guess = {}, {}, {} # the slopes", [(profit(1 + h) - profit(1)) / h for h in (1, 0.1, 0.01)]),
            ("{} euros an hour at a price of {}", [profit(3), 3]),
            ("which is {} at $x = 1$, exactly. At the top, $x = 3$, it is {}", [slope(profit, 1), 0]),
            (r"= {} - 2h.$$", [slope(profit, 1)]),
            (r"1 + 0.1 \times {} = {}, \qquad {} + 0.1 \times {} = {}", [8, 1.8, 1.8, -4 * 1.8 + 12, climbed(0.1, 2)]),
            (
                "| 0.01 | {} | too low: {} % of the way in each step; it takes {} steps",
                [1 - 0.04, 4, ceil(log(0.5) / log(0.96))],
            ),
            ("| 0.1 | {} |", [1 - 0.4]),
            ("| 0.25 | {} |", [1 - 1.0]),
            ("| 0.5 | {} |", [1 - 2.0]),
            ("| 0.55 | {} |", [1 - 2.2]),
            ("The perfect rate, {},", [1 / 4]),
            ("and at 2 that is $12 - 24 + 9 = {}$", [slope(lambda x: x**3 - 6 * x**2 + 9 * x, 2)]),
            ("is 0 at $x = {}$, and with $d = x - 2$ it is ${}d$", [20 / 10, -10]),
            (r"which is 0 for a rate of {}.", [1 / 10]),
        ],
        "02": [
            ("my_guess = {}, {}, {} # u, v", [a * b, v, v * v]),
            ("my_guess = {}, {}, {}, {}, {} # the gradients", [2 * v, 2 * v, -2 * v, 2 * v * b, 2 * v * a]),
            ("$u$ grows by {} times as much, because $b$ is {}. If $b$ grows, $u$ grows by {}", [b, b, a]),
            ("And $y = v \\times v$ has {} for its left factor, and {} for its right one", [v, v]),
            (r"turns $4 \times 1 \times 7 = {}$", [b * v]),
            ("products are added:** $28 + 28 = {}$", [2 * b * v]),
            ("from one walk over three lines: {}, {} and {}.", [2 * v * b, 2 * v * a, -2 * v]),
            ("Since $c = 2b = 4a$, the derivative of $c$ by $a$ is {}", [2 * 2]),
            (r"| by the weight | $-2 \times h = {}$ | $-1 \times x = {}$", [2 * (3 - 4) * 6, 2 * (3 - 4) * 0.5 * 2]),
            (r"| by the input | $-2 \times w_2 = {}$ | $-1 \times w_1 = {}$", [-2 * 0.5, -1 * 3]),
            ("The prediction is {}, so the loss is {} and grows by {} for each unit", [3, 1, -2]),
            ("a single walk through it find a thousand", []),
        ],
        "03": [
            ("my_guess = {}, {} # z,", [0.5 * 2 - 1, float(sigmoid(0.0))]),
            ("my_guess = {}, {}, {} # the new", [0.5 + 0.5, -1 + 0.25, 0 + 0.25]),
            (r"$(\hat y - 1)^2 = (-0.5)^2 = {}$", [0.25]),
            (r"the loss by the prediction: $2\,(\hat y - 1) = {}$", [2 * (0.5 - 1)]),
            ("gives the loss by $z$: ${}$", [-0.25]),
            (r"the loss by the weights: $-0.25 \times 2 = {}$ and $-0.25 \times 1 = {}$", [-0.5, -0.25]),
            (r"$1 \times 2 - 0.75 \times 1 + 0.25 = {}$, and $\sigma(1.5) \approx {}$", [1.5, float(sigmoid(1.5))]),
            ("at -10 that slope is {}", [s10]),
            (r"by the weights $0.25 \times 1$ and $0.25 \times (-1)$, by the bias {}", [0.25]),
            (r"The line $x_1 + x_2 = {}$ has $(1, 1)$", [1.5]),
        ],
        "04": [
            (
                "my_guess = {}, {}, {}, {}, {}, {} # plain",
                [
                    total(x - HEIGHTS)
                    for x in (WEEKS + 1, np.full(4, 4.0))
                    for total in (np.sum, lambda e: abs(e).sum(), lambda e: (e**2).sum())
                ],
            ),
            ("my_guess = {}, {} # w and b", [0.02 * 13.5, 2 + 0.02 * 4]),
            (r"$\hat y = x + 1$ the errors are ${}, {}, {}, {}$", [*(WEEKS + 1 - HEIGHTS)]),
            (
                r"The errors are ${}, {}, {}, {}$, the loss is ${} / 4 = {}$",
                [*(2 - HEIGHTS), float(np.sum((2 - HEIGHTS) ** 2)), float(np.mean((2 - HEIGHTS) ** 2))],
            ),
            (r"{2\,(0 - 2 - 9 - 16)}{4} = {}", [float(np.mean(2 * (2 - HEIGHTS) * WEEKS))]),
            (r"{2\,(0 - 1 - 3 - 4)}{4} = {}.$$", [float(np.mean(2 * (2 - HEIGHTS)))]),
            (
                "is at $w = {}$ and $b = {}$ with a loss of {}",
                [*BEST, float(np.mean((BEST[0] * WEEKS + BEST[1] - HEIGHTS) ** 2))],
            ),
            ("(Check it: the errors of $1.4x + 0.5$ are ${}, {}, {}, {}$.)", [*(1.4 * WEEKS + 0.5 - HEIGHTS)]),
            ("is lifted by {} cm", [float(SLIP[0] * 2.5 + SLIP[1] - BEST[0] * 2.5 - BEST[1])]),
            (r"changes by {} for each unit, and $2 / {} \approx {}$", [CURVATURE, CURVATURE, 2 / CURVATURE]),
            ("The squares are smallest for the *mean*, $20 / 5 = {}$", [np.mean([1, 2, 2, 3, 12])]),
            ("the guess in the middle, {}.", [float(np.median([1, 2, 2, 3, 12]))]),
        ],
        "05": [
            (r"makes the distance to the bottom $1 - 0.1 \times 2 = {}$ times as long", [1 - 0.2]),
            ("the best line of all had a loss of {},", [float(np.mean((BEST[0] * WEEKS + BEST[1] - HEIGHTS) ** 2))]),
            ("a mean squared error of about $0.4^2 = {}$", [0.4**2]),
            ("my_guess = {}  # steps", [first(lambda k: (3 * 0.8**k) ** 2 <= 0.01)]),
        ],
        "06": [
            ("my_guess = {}, {}, {}, {} # the four", list(PULLS)),
            ("the best $w$ is {}.", [float(np.polyfit(*NOISY, 1)[0])]),
            ("10 epochs ({} steps)", [10 * 24]),
            (r"$\tfrac14(-4 - 12 - 42 - 64) = {}$", [float(PULLS.mean())]),
            ("the mean of the six is {} again", [float(np.mean(PAIRS))]),
            ("from {} to {}, then from {} to {}, then", [min(PULLS), max(PULLS), min(PAIRS), max(PAIRS)]),
            ("There are six pairs", []),
            ("{} steps, {} steps, {} steps. Now look", [4 * 24, 4 * 4, 4 * 1]),
            (r"\text{the new error is } e - 4e = {}e", [1 - 0.8 * (2**2 + 1)]),
        ],
        "07": [
            (
                "my_guess = {}, {}, {}, {}, {}, {} # three",
                [x for pushes in ([1, 1, 1], [1, -1, 1]) for x in pushed(pushes, 0.9, 0.1)],
            ),
            (r"${}$, then $0.9 \cdot (-0.1) - 0.1 = {}$, then ${}$", [-0.1, -0.19, -0.271]),
            (r"The gradient, $({}, {})$, points uphill", [*ravine_slope(np.array([-10.0, 1.5]))]),
            (r"multiplies $y$ by $1 - 0.9 \cdot 2 = {}$", [1 - 1.8]),
            ("and $x$ by $1 - 0.9/50 = {}$", [1 - 0.018]),
            (
                "From {} steps down to {}, and up again to {}",
                [settled(0.0), min(map(settled, (0.0, 0.5, 0.8, 0.9, 0.95, 0.99))), settled(0.99)],
            ),
            ("Without momentum the ball stops at {}.", [valley_end(1.9, 0.0, 200)]),
            ("in the deeper valley, at {}.", [valley_end(1.9, 0.9, 200)]),
            (r"$v = 0.99\,v - 0.1 \cdot 2$, so $0.01\,v = {}$", [-0.2]),
            ("top_speed = {} ```", [-0.2 / 0.01]),
        ],
        "08": [
            ("my_guess = {}, {}, {} # the three probabilities", list(SHARES)),
            ("my_guess = {}, {}, {} # the three losses", list(-np.log(SHARES))),
            ("my_guess = {}, {}, {} # the gradient", [SHARES[0] - 1, SHARES[1], SHARES[2]]),
            (r"with $e \approx {}$ and $e^2 \approx {}$", [e, e**2]),
            (
                "a factor of $e$ in the probability: {} is {} times {}, and that is {} times {}",
                [SHARES[0], e, SHARES[1], e, SHARES[2]],
            ),
            (r"halving $p$ always adds the same, $\log 2 = {}$", [log(2)]),
            ("which is the same for all labels ({})", [log(sum(np.exp([2.0, 1, 0])))]),
            (
                "of the scores: {}, {}, {}, which is {} − 1, {} − 0, {} − 0",
                [SHARES[0] - 1, SHARES[1], SHARES[2], *SHARES],
            ),
            (
                "$e^{1000}$ has {} digits, and the largest floating-point number has {}",
                [int(1000 * log10(e)) + 1, int(log10(sys.float_info.max)) + 1],
            ),
            ("floating-point numbers end at about $e^{{}}$", [log(2.0**-537) + log(2.0**-538)]),
            ("the gradient $p - 1 = {} - 1$", [p5]),
            ("it pulls {} times more feebly", [(1 - p5) / (2 * (1 - p5) ** 2 * p5)]),
            ("first_loss = log(10)  # {}", [log(10)]),
        ],
        "09": [
            (
                "my_guess = {}, {}, {}, {} # its height",
                [max(x, 0) - 2 * max(x - 1, 0) + max(x - 2, 0) for x in range(4)],
            ),
            (r"The loss is $\log 2 = {}$", [log(2)]),
            ("| (0, 0) | {} | {} | {} | same |", [0, 0, 0 - 0 - 0.5]),
            ("| (0, 1) and (1, 0) | {} | {} | {} | different |", [1, 0, 1 - 0 - 0.5]),
            ("| (1, 1) | {} | {} | {} | same |", [2, 1, 2 - 2 - 0.5]),
            ("{} parameters, and not better than a coin", [(2 * 8 + 8) + (8 * 8 + 8) + (8 + 1)]),
            ("in $3(2x + 1) + 4 = {}x + {}$", [3 * 2, 3 + 4]),
            ("The noise in the points has a variance of $0.1^2 = {}$", [0.01]),
            ("misreads fewer of {} digits", [1797 / 3]),
        ],
        "10": [
            ("{} operations for a neuron, {} neurons, {} samples: {}.", [4 + 3 + 1, 3, 5, 8 * 3 * 5]),
            ("{} operations have become two", [120]),
            ("All right: {}, {}, {}, {}, from one recording", [1, 9, 2, 5]),
            (r"$\log 10 = {}$: it guesses", [log(10)]),
            ("that slope is at most {}/4", [1]),
            ("A neuron has {} products, {} additions and {} tanh, which are {}", [8, 7, 1, 16]),
            ("operations = {} ```", [16 * 10 * 6]),
            ("Twenty passes over {} images", [1797 - 1797 // 3]),
        ],
        "12": [
            ("my_guess = {}  # the mean squared error of the true numbers", [0.03**2]),
            ("my_guess = {}  # operations, roughly", [9 * 1000]),
            ("-> that ends at {} m: is the loss", [dropped(0.8)]),
            ("One second later it has bounced once, and is at {} m", [dropped(0.7515)]),
            ("# {}, or 2 pi, is a year", [2 * np.pi]),
        ],
        "13": [
            ("my_guess = {}, {}, {} # w1, w2", [3 / 10, 1 / 10, 1 / 10]),
            ("my_guess = {}  # x after 300 steps", [(1 - 0.0015 / 1000) ** 300]),
            ("which must be below $2/{}$", [1000]),
            ("my_guess = {}  # times as long", [0.1 / sqrt(0.001)]),
            ("my_guess = {} # steps within 0.02", [ceil(log(0.5) / log(0.99))]),
            ("(With both it says {}, too little", [2 / 3]),
            ("what reaches the last layer is a thirtieth", []),
            (r"$\hat m / \sqrt{\hat v} = -0.02 / 0.02 = {}$, so the step is $+{}$", [-1, 0.01]),
            ("new_weight = {} ```", [3 + 0.01]),
        ],
    }


def guides() -> dict[str, list[Claim]]:
    """The claims of the guide for teachers, by file."""
    scores = np.exp([3.0, 3, 0])
    shares = scores / scores.sum()
    return {
        "teaching_solutions.md": [
            ("$p = {}$ with the partials", [2 * -1]),
            ("$q = {}$ with 1 and 1; $y = {}$ with", [-1 + 4, -2 * 3]),
            (
                r"By $p$: {}. By $q$: {}. By $a$: $3 \times (-1) = {}$."
                r" By $b$: $3 \times 2 + (-2) \times 1 = {}$. By $c$: {}.",
                [
                    3,
                    -2,
                    slope(lambda a: a * -1 * 3, 2),
                    slope(lambda b: 2 * b * (b + 4), -1),
                    slope(lambda c: -2 * (-1 + c), 4),
                ],
            ),
            (
                r"$\hat y = {}$, the error is {}, the loss {}. By $w$: $2 \times 2 \times 3 = {}$. By $b$: {}.",
                [3, 2, 4, slope(lambda w: (3 * w - 1) ** 2, 1), slope(lambda b: (3 + b - 1) ** 2, 0)],
            ),
            ("$w = 1 - 0.6 = {}$ and $b = {}$", [1 - 0.05 * 12, -0.05 * 4]),
            ("so each step makes $x$ $1 - 0.8 = {}$ times as large: {}, {}, {}.", [0.2, 0.2, 0.04, 0.008]),
            ("The loss is $4x^2$: {}, {}:", [4 * 0.2**2, 4 * 0.04**2]),
            ("{}, then $-0.3 - 0.6 = {}$, then $-0.45 - 0.6 = {}$", [-0.6, -0.9, -1.05]),
            ("$20.09 / 41.17 = {}$, {} and $1 / 41.17 = {}$", [*shares]),
            ("{} and {}: three more", [-log(shares[0]), -log(shares[2])]),
            ("{}, {} and {}. They add up to 0", [shares[0], shares[1], shares[2] - 1]),
            (
                "$0.9^{21} = {}$ and $0.9^{22} = {}$, so after {} steps",
                [0.9**21, 0.9**22, first(lambda k: 0.9**k < 0.1)],
            ),
            ("a standard deviation of $1/{}$", [sqrt(98 / 2)]),
            ("{}, since $4 / 0.8 = {}$", [4 / 0.8, 4 / 0.8]),
        ],
    }


def faults(text: str, claim: Claim) -> list[str]:
    """What is wrong in a claim about a text: nothing, or that it is not there, or that a number is another."""
    piece, numbers = claim
    pattern = r"\s+".join(_NUMBER.join(re.escape(part) for part in word.split("{}")) for word in piece.split())
    found = re.search(pattern, text)
    if not found:
        return [f"{piece!r} is not in the text"]
    wrong = []
    for shown, number in zip(found.groups(), numbers, strict=True):
        plain = shown.replace(",", "").replace("−", "-").replace("–", "-")
        unit = 10.0 ** -len(plain.partition(".")[2])
        if abs(float(plain) - number) > 0.5001 * unit:
            wrong.append(f"{piece!r} says {shown}, and it is {number:.10g}")
    return wrong


def texts() -> list[tuple[str, str, list[Claim]]]:
    """Each text with its name and its claims."""
    found = []
    for path in sorted(SOURCES.glob("*.py")):
        text = re.sub(r"^# ?", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found.append((path.name, text, claims().get(path.name[:2], [])))
    return found + [(name, (GUIDES / name).read_text(encoding="utf-8"), mine) for name, mine in guides().items()]


def main() -> int:
    """Says what is wrong; returns 0 if nothing is."""
    wrong = 0
    for name, text, mine in texts():
        found = [fault for claim in mine for fault in faults(text, claim)]
        wrong += len(found)
        print(f"{name}: {sum(len(numbers) for _, numbers in mine)} numbers recomputed, {len(found)} wrong")
        for fault in found:
            print(f"    {fault}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

# %% [markdown]
# # 6. Online, mini-batch, full batch
#
# **The question: how many samples should the network look at before it takes a step?**
#
# One, and it learns at once from everything it meets. All of them, and every step is well considered. Until now we
# took all of them, because the data sets were small. Somebody with a million photographs has to choose.
#
# - *online*: one sample for each step,
# - *mini-batch*: a handful for each step,
# - *full batch*: all the samples for each step.
#
# An *epoch* is one pass over all the samples, whatever the number of steps taken on the way.

# %% [markdown]
# ## Four samples, one weight
#
# Begin with something that fits on the back of an envelope: the model $\hat y = w x$ with a single weight, which
# starts at $w = 0$. The loss of one sample is $(w x - y)^2$, and its derivative is
#
# $$\frac{d}{dw}(w x - y)^2 = 2x\,(w x - y), \qquad\text{at } w = 0: \quad -2xy.$$
#
# **Predict** the four derivatives before you run the cell.

# %% tags=["predict"]
my_guess = -4, -12, -42, -64  # the four derivatives at w = 0
# slip -2, -6, -21, -32 -> the square brings down a factor 2.
# slip -4, -6, -14, -16 -> the inner derivative is x: multiply by it.
# slip 4, 9, 49, 64 -> these are the losses; how fast do they change with w?

# %%
from autograd import Value

samples = [(1.0, 2.0), (2.0, 3.0), (3.0, 7.0), (4.0, 8.0)]
w = Value(0.0, label="w")
gradients = []
for x, y in samples:
    w.zero_grad()
    loss = (w * x - y) ** 2
    loss.backward()
    gradients.append(w.grad)
print(gradients)

# %% [markdown]
# Every sample pulls in the same direction here (a negative derivative says: make $w$ larger), but the fourth pulls
# sixteen times as hard as the first.
#
# The full batch goes by the *mean* loss. The derivative of a sum is the sum of the derivatives, so the derivative of
# the mean loss has to be the mean of those four numbers:
# $\tfrac14(-4 - 12 - 42 - 64) = -30.5$. Let the tape confirm it.

# %%
w.zero_grad()
mean_loss = sum((w * x - y) ** 2 for x, y in samples) / 4
mean_loss.backward()
print("derivative of the mean:   ", w.grad)
print("mean of the derivatives:  ", sum(gradients) / 4)

# %% [markdown]
# ## What a part of the data knows
#
# A mini-batch of two goes by the mean of two of the four numbers. Which two is left to chance. There are six pairs,
# and each is an *estimate* of the number that the full batch would have found.

# %%
from itertools import combinations

pairs = [(a + b) / 2 for a, b in combinations(gradients, 2)]
print("one sample:    ", sorted(gradients))
print("two samples:   ", sorted(pairs), "   their mean:", sum(pairs) / 6)
print("four samples:  ", [sum(gradients) / 4])

# %% [markdown]
# There are two things to see, and they are the whole theory of this notebook:
#
# - The estimates are right **on average**: the mean of the six is −30.5 again.
# - The larger the batch, the **closer together** they lie: from −64 to −4, then from −53 to −8, then a single number.
#
# A step from a small batch is cheap and roughly right. A step from a large batch is dear and exactly right.

# %% [markdown]
# ## Twenty-four samples, two weights
#
# Now a line $\hat y = w x + b$ through 24 points. They were made with $w = 1.5$ and $b = 0.5$, plus some noise.

# %%
import random

noise = random.Random(6)
xs = [round(-2 + 4 * k / 23, 2) for k in range(24)]
data = [(x, round(1.5 * x + 0.5 + noise.gauss(0, 0.6), 1)) for x in xs]
data[:4]

# %%
import matplotlib.pyplot as plt

plt.plot(*zip(*data), "o", label="samples")
plt.plot([-2, 2], [-2.5, 3.5], label="the line they were made from")
plt.xlabel("x")
plt.ylabel("y")
plt.legend()
plt.show()

# %% [markdown]
# The loss of a line on a batch is the mean over the batch:


# %%
def mean_loss(line, batch):
    w, b = line
    return sum((w * x + b - y) ** 2 for x, y in batch) / len(batch)


print("at w = 0, b = 0:", round(mean_loss([0.0, 0.0], data), 2))

# %% [markdown]
# And here is training with batches of any `size`, written out. In each epoch the samples come in a new order, and
# each is used once. `grad(mean_loss)` is the function that gives the two derivatives, by $w$ and by $b$.

# %%
from autograd import grad


def train(size, rate, epochs):
    order, path = random.Random(0), [[0.0, 0.0]]
    for _ in range(epochs):
        shuffled = order.sample(data, len(data))
        for first in range(0, len(data), size):
            w, b = path[-1]
            by_w, by_b = grad(mean_loss)([w, b], shuffled[first : first + size])
            path.append([w - rate * by_w, b - rate * by_b])
    return path


# %% [markdown]
# **Predict:** how many steps are taken in 4 epochs online, with batches of 6, and with the full batch?

# %% tags=["predict"]
my_guess = 96, 16, 4  # steps: online, with batches of 6, with the full batch
# slip 24, 4, 1 -> that is for one epoch; here are four.
# slip 4, 16, 96 -> online, each sample is a step.
# slip 24, 6, 1 -> how many batches of 6 are there in 24 samples? And there are four epochs.

# %%
paths = {size: train(size, rate=0.05, epochs=4) for size in (1, 6, 24)}
for size, path in paths.items():
    w, b = path[-1]
    print(f"batches of {size:2}: {len(path) - 1:2} steps, and then w = {w:.2f}, b = {b:.2f}")

# %% [markdown]
# The same four passes over the same data: 96 steps, 16 steps, 4 steps. Now look at the steps themselves, on a map of
# the mean loss. Every point of the map is a line ($w$, $b$); the rings join lines of equal loss; the cross is the
# best line there is.

# %%
import numpy as np

W, B = np.meshgrid(np.linspace(-0.2, 2.4, 80), np.linspace(-0.4, 1.0, 80))
L = mean_loss([W, B], data)
best_w, best_b = np.polyfit(*zip(*data), 1)
print(f"the best line: w = {best_w:.2f}, b = {best_b:.2f}")

# %%
plt.figure(figsize=(8, 4.6))
plt.contour(W, B, L, levels=[0.36, 0.5, 0.8, 1.3, 2, 3], colors="#b8bfc8", linewidths=1)
for size, path in paths.items():
    plt.plot(*zip(*path), ".-", linewidth=1, label=f"batches of {size}: {len(path) - 1} steps")
plt.plot(best_w, best_b, "X", color="black", markersize=9)
plt.xlabel("w")
plt.ylabel("b")
plt.legend(loc="lower right")
plt.show()

# %% [markdown]
# The full batch takes the straight road, and after four steps it is only half-way. Online training wanders like
# somebody who asks a different passer-by at each corner, but it has asked 96 times, and it arrives first. The
# mini-batch lies between.
#
# And then? Online training does *not* stop when it has arrived. Each sample pulls towards itself, and at the best
# line the 24 pulls only cancel **on average**. So it keeps circling around the cross.

# %% [markdown]
# ## Per epoch, per update
#
# "Which is faster?" has two answers, because there are two things to count. Draw the loss over the whole data set
# after each step: once against the number of passes over the data (the work), once against the number of updates.

# %%
_, (by_epoch, by_update) = plt.subplots(1, 2, figsize=(9.6, 3.4), sharey=True)
for size, path in paths.items():
    losses = [mean_loss(line, data) for line in path]
    by_epoch.plot([k * size / 24 for k in range(len(path))], losses, label=f"batches of {size}")
    further = train(size, rate=0.05, epochs=2 * size)
    by_update.plot([mean_loss(line, data) for line in further[:41]])
by_epoch.set(xlabel="epochs (passes over the data)", ylabel="mean loss", yscale="log")
by_epoch.set_yticks([0.35, 0.5, 1, 2, 4], [0.35, 0.5, 1, 2, 4], minor=False)
by_update.set_xlabel("updates (steps)")
by_epoch.minorticks_off()
by_epoch.legend()
plt.show()

# %% [markdown]
# - On the left, for the same *work*, small batches win by far: after one epoch online training is nearly there.
# - On the right, step for step, it is the other way round: all go down at about the same pace, and the larger the
#   batch, the smoother and the deeper the curve. The online curve trembles, and stays above.
#
# This is why the mini-batch has won in practice. The first samples of a batch teach much, the later ones mostly
# repeat what the first have said. Suppose every sample were in the data twice: the full-batch gradient would be
# *exactly the same*, at twice the price. A mini-batch simply would not notice.

# %% [markdown]
# ## How large is the noise?
#
# Stand still at $w = b = 0$ and draw a thousand batches of each size. Each batch gives a gradient, a point in a
# plane: the derivative by $w$ across, by $b$ upwards.

# %%
chance, clouds = random.Random(1), {}
by_sample = [grad(mean_loss)([0.0, 0.0], [sample]) for sample in data]
for size in (1, 4, 16):
    drawn = [chance.choices(by_sample, k=size) for _ in range(1000)]
    clouds[size] = [[sum(by) / size for by in zip(*batch)] for batch in drawn]

# %%
from statistics import mean, stdev

_, axes = plt.subplots(1, 3, figsize=(9.6, 3.4), sharex=True, sharey=True)
for plot, (size, cloud) in zip(axes, clouds.items()):
    by_w = [point[0] for point in cloud]
    print(f"batches of {size:2}: by w {mean(by_w):.1f}, give or take {stdev(by_w):.1f}")
    plot.plot(*zip(*cloud), "o", markersize=3, alpha=0.4, markeredgewidth=0)
    plot.set(title=f"batches of {size}", xlabel="derivative by w")
axes[0].set_ylabel("derivative by b")
plt.show()

# %% [markdown]
# The middle of the cloud stays where it is. What changes is its width, the "give or take" (the standard deviation):
# **four times as many samples halve it.** That is the law $1/\sqrt{\text{size}}$ of all averages, and a poor bargain:
# four times the work for half the noise. It is why small batches give so much for their price. (On the left are only
# 24 points, because there are only 24 samples.)

# %% [markdown]
# ## A failure on purpose
#
# The full batch can take a rate as high as 0.4, eight times that of before. Will online training with the same rate
# gain as much? **Predict**, then run.

# %% tags=["predict"]
my_guess = "no"  # will online training gain as much?
# slip "yes" -> what is good for the mean of 24 samples may be much too long for one of them.

# %%
for size in (24, 1):
    path = train(size, rate=0.4, epochs=12)
    after = [path[epochs * 24 // size][0] for epochs in (1, 2, 4, 8, 12)]
    print(f"batches of {size:2}: w after 1, 2, 4, 8, 12 epochs:", [round(w, 2) for w in after])

# %% [markdown]
# Online training is thrown to and fro; the best $w$ is 1.50. You can find the reason with a pencil. Take a sample
# with $x = 2$ and an error $e = wx + b - y$. One step changes $w$ by $-0.4 \cdot 2 e x$ and $b$ by $-0.4 \cdot 2e$,
# so the error of *this sample* changes by
#
# $$-0.8\,e\,(x^2 + 1) = -4\,e: \qquad\text{the new error is } e - 4e = -3e.$$
#
# The step overshoots to the other side, three times as far. Gentle samples ($x$ near 0) are in every batch of 24 to
# soften the blow; alone with the sample at the edge, nothing does.
# **Small batches need small rates.** Four such steps in a row:

# %%
w, b, edge = 0.0, 0.0, [(2.0, 3.5)]
for _ in range(4):
    print(f"error of the sample at the edge: {w * 2.0 + b - 3.5:7.2f}")
    by_w, by_b = grad(mean_loss)([w, b], edge)
    w, b = w - 0.4 * by_w, b - 0.4 * by_b

# %% [markdown]
# ## In one line
#
# `nn.fit` has the loop inside, and `batch_size` says which of the three it is: `1`, a number, or `None` for the full
# batch.

# %%
import nn

inputs, targets = zip(*data)
for size in (1, 6, None):
    line = nn.MLP(1, [1], init="zeros")
    w, b = line.parameters()
    sgd = nn.SGD([w, b], lr=0.05)
    loss = nn.mean_squared_error
    nn.fit(line, inputs, targets, loss=loss, optimizer=sgd, epochs=4, batch_size=size, seed=0)
    print(f"batch_size={size!s:4}  w = {w.data:.2f}, b = {b.data:.2f}")

# %% [markdown]
# ## Exercises
#
# **1. Count.** How many steps does training take? The last batch of an epoch may be smaller than the others, and it
# counts.


# %%
def updates(samples, size, epochs):
    return ...


# %%
if updates(24, 24, 4) is not ...:
    assert updates(24, 24, 4) == 4
    assert updates(24, 1, 4) == 96
    assert updates(100, 32, 1) == 4, "three batches of 32, and one of the last 4"
    print("Right.")

# %% tags=["check"]
[updates(24, 24, 4), updates(24, 1, 4), updates(100, 32, 1), updates(7, 3, 5), updates(6, 3, 2)]
# slip updates = lambda samples, size, epochs: epochs * (samples // size) -> the last batch counts, if smaller.
# slip updates = lambda samples, size, epochs: samples // size -> that is one epoch.
# slip updates = lambda samples, size, epochs: -(-epochs * samples // size) -> no batch runs on into the next epoch.
# slip updates = lambda samples, size, epochs: epochs * (samples // size + 1) -> sometimes it comes out even.

# %% [markdown]
# <details><summary>Solution</summary>
#
# Round up: `-(-n // k)` is the smallest whole number that is at least `n / k`.
#
# ```python
# def updates(samples, size, epochs):
#     return epochs * -(-samples // size)
# ```
# </details>
#
# **2. Come to rest.** Online training circles around the best line because its steps stay as long as they were. Let
# the rate fall instead: `nn.SGD` takes for `lr` also a function of the number of steps made so far. Find one with
# which 10 epochs (240 steps) online end within 0.03 of the best $w$ and the best $b$.


# %%
def rate(step):
    return ...


# %%
line = nn.MLP(1, [1], init="zeros")
w, b = line.parameters()
if rate(0) is not ...:
    sgd = nn.SGD([w, b], lr=rate)
    nn.fit(line, inputs, targets, loss=loss, optimizer=sgd, epochs=10, batch_size=1, seed=0)
    print(f"w = {w.data:.3f} (best {best_w:.3f}), b = {b.data:.3f} (best {best_b:.3f})")
    assert abs(w.data - best_w) < 0.03
    assert abs(b.data - best_b) < 0.03
    print("Right: it has come to rest.")

# %% tags=["check"]
import nn

line = nn.MLP(1, [1], init="zeros")
w, b = line.parameters()
sgd = nn.SGD([w, b], lr=rate)
nn.fit(line, inputs, targets, loss=loss, optimizer=sgd, epochs=10, batch_size=1, seed=0)
[w.data, b.data]
# within 0.03
# right [best_w, best_b]
# slip rate = lambda step: 0.05 -> a rate that does not fall goes on circling.
# slip rate = lambda step: 0.001 -> it has not arrived: begin with longer steps.
# slip rate = lambda step: 0.05 / (1 + step) -> it falls too fast: the steps are short before it has arrived.

# %% [markdown]
# <details><summary>Solution</summary>
#
# Any rate that begins near 0.05 and falls far enough will do. The classic falls like 1 / step (Robbins & Monro 1951,
# "A stochastic approximation method"):
#
# ```python
# def rate(step):
#     return 0.1 / (1 + step / 20)
# ```
# </details>

# %% [markdown]
# ## Recap
#
# - The gradient of the mean loss is the mean of the gradients; a batch estimates it, rightly on average.
# - Online, mini-batch, full batch: from many rough steps to few exact ones. Four times the samples halve the noise.
# - Compare per epoch (work) *and* per update (steps), or you will be fooled by one of the two.
# - Small batches need small rates, and rates that fall if they are to come to rest.
#
# The online path zigzagged because each sample pulled its own way. But zigzags come also from the *shape* of the
# valley, even with the full batch. What helps against both is to remember where one was going:
# [7. Momentum](07_momentum.ipynb).

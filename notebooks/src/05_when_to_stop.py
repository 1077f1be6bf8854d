# %% [markdown]
# # 5. When to stop
#
# **The question: with every step the loss gets smaller. Why would one ever stop?**
#
# Training is a loop, and a loop needs an end. There are three good reasons to end it: the result is good enough; it no
# longer gets better; or, the surprising one, it *seems* to get better and in truth gets worse.

# %% [markdown]
# ## Good enough
#
# Somebody walks down into the valley $f(x) = (x - 3)^2$, starting at $x = 0$, with a rate of 0.1. The slope is $2\,(x -
# 3)$, so each step makes the distance to the bottom $1 - 0.1 \times 2 = 0.8$ times as long. After $k$ steps it is $3
# \times 0.8^k$. When is the walker *at* the bottom? Never: a fifth of the way is always taken, and four fifths always
# remain.
#
# So we have to say what is good enough. **Predict**: after how many steps is the loss at most 0.01, that is, the
# distance at most 0.1? (How often must 3 be multiplied by 0.8? You may use logarithms.)

# %% tags=["predict"]
my_guess = 16  # steps
# within 0.001
# slip 15 -> nearly: after 15 steps the distance is 3 × 0.8^15 = 0.106.
# slip 17 -> nearly: look at the distance after 16 steps.
# slip 26 -> that is for a distance of 0.01; the loss is its square.
# slip 11 -> the distance begins at 3, not at 1.

# %%
from autograd import Value

x = Value(0.0, label="x")
places = []
while not places or places[-1][1] > 0.01:
    loss = (x - 3) ** 2
    places.append((x.data, loss.data))
    x.zero_grad()
    loss.backward()
    x.data -= 0.1 * x.grad
print(f"after {len(places) - 1} steps the walker is at {places[-1][0]:.3f}, with a loss of {places[-1][1]:.4f}")

# %%
import matplotlib.pyplot as plt
import numpy as np

xs = np.linspace(0, 6, 121)
figure, axes = plt.subplots()
axes.plot(xs, (xs - 3) ** 2, color="#b8c0ca")
axes.plot(*zip(*places), "o", markersize=9, markeredgecolor="white")
axes.set(xlabel="x", ylabel="loss")
plt.show()

# %% [markdown]
# The steps get shorter as the ground gets level. This is the first reason to stop: **the loss is acceptable**. What is
# acceptable, the purpose says: a forecast of tomorrow's temperature that is off by half a degree will do.
#
# ## A failure: asking for too much
#
# In the [last notebook](04_fitting_a_line.ipynb) the best line of all had a loss of 0.05, because no straight line goes
# through those four points. **Predict** what happens if we ask for a loss of 0.01.

# %%
import nn

weeks, heights = [1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 5.0, 6.0]


def train(**when_to_stop):
    line = nn.Neuron(1, "linear", seed=0)
    optimizer = nn.SGD(line.parameters(), lr=0.1)
    options = {"loss": nn.mean_squared_error, "optimizer": optimizer, "batch_size": None}
    return nn.fit(line, weeks, heights, **options, **when_to_stop)


# %% tags=["predict"]
my_guess = "never"  # after how many epochs is it reached? A number, or "never"
# slip 3000 -> look at the loss with which it has stopped.

# %%
history = train(acceptable=0.01, epochs=3000)
print(history.stop_reason, "with a loss of", round(history["loss"][-1], 4))

# %% [markdown]
# Three thousand epochs, nearly all of them in vain. (An *epoch* is one pass over all the data.) The goal was out of
# reach, and only the limit on the epochs has saved us from waiting for ever. The second reason to stop is that **the
# loss no longer improves**. How long to wait for an improvement is called the *patience*.

# %%
history = train(patience=10, min_delta=1e-6, epochs=3000)
print(history.stop_reason)

# %% [markdown]
# ## Level is not the same as lowest
#
# Before the third reason, a warning. The walker stops where the ground is level. Is that the lowest place there is?
# Here is a land with two valleys, $f(x) = x^4 - 4x^2 + x$. **Predict** where a walker ends who starts at -2, and one
# who starts at 2.


# %%
def land(x):
    return x**4 - 4 * x**2 + x


# %% tags=["predict"]
my_guess = "left", "right"  # the valley in which each ends: "left" or "right"
# slip "left", "left" -> the left valley is deeper. But does the walker from 2 know of it?

# %%
ends = []
for start in [-2.0, 2.0]:
    x = Value(start)
    for _ in range(200):
        x.zero_grad()
        land(x).backward()
        x.data -= 0.02 * x.grad
    ends.append(x.data)
    print(f"from {start:+} to {x.data:+.3f}, where the height is {land(x.data):.3f} and the slope {x.grad:.3f}")

# %%
xs = np.linspace(-2.15, 2.15, 121)
figure, axes = plt.subplots()
axes.plot(xs, land(xs), color="#b8c0ca")
axes.plot([-2, 2], [land(-2), land(2)], "o", fillstyle="none", label="start")
axes.plot(ends, [land(x) for x in ends], "o", markersize=10, label="end")
axes.set(xlabel="x", ylabel="loss")
axes.legend(loc="lower right")
plt.show()

# %% [markdown]
# Both have come to rest, and one of them in the wrong valley. "No longer improves" says that *this* descent is over; it
# does not say that there is no better place. One can start from several places and keep the best end. (Notebook 7 puts
# a ball in the place of the walker: it has momentum, and may roll on out of a shallow valley.)
#
# ## What a loss does not see
#
# Now the third reason. Somebody measured a wave at twelve places, not very precisely: each measurement is off by about
# 0.4. A network with two hidden layers of 16 neurons shall learn the wave from these twelve points. (What hidden layers
# can do is the subject of notebook 9. Here it is enough that they can bend.)
#
# We hold back 40 other measurements from between the twelve. The network **never learns** from them. We only use them
# to ask how it would do on points that it has not seen. They are the *validation* data. And 20 more lie *beyond* the
# last of the twelve points, where the network is asked about something that it was never told anything of.

# %%
from math import sin
from random import Random


def measure(xs, seed):
    random = Random(seed)
    return [[x] for x in xs], [sin(x) + random.gauss(0, 0.4) for x in xs]


# %%
chance = Random(100)
X, y = measure([-3 + 6 * k / 11 for k in range(12)], seed=25)
held_back = measure([chance.uniform(-3, 3) for _ in range(40)], seed=101)
beyond = measure([chance.uniform(3, 4) for _ in range(20)], seed=102)

# %% [markdown]
# **Predict** two curves for 2,000 epochs: the loss on the twelve points, and the loss on the forty. `nn.fit` records
# both. From time to time we also keep what the network thinks the wave looks like. (The *momentum* makes training
# faster; notebook 7 shows how.)

# %%
model = nn.MLP(1, [16, 16, 1], activation="tanh", seed=0)
optimizer = nn.SGD(model.parameters(), lr=0.04, momentum=0.9)
options = {"loss": nn.mean_squared_error, "optimizer": optimizer, "batch_size": None}
options["validation_data"] = held_back

# %% tags=["predict"]
my_guess = "falls", "rises"  # near the end of training: what does the loss do on the 12 points, and on the 40?
# slip "falls", "falls" -> what can still be learned from twelve points, when the wave has been learned?
# slip "rises", "rises" -> on the twelve points the loss is what training makes small.

# %%
grid, marks = np.linspace(-3, 4, 141), [5, 21, 50, 100, 200, 500, 1000, 1300, 1600, 2000]
training, validation, waves, outside = [], [], {}, {}
for mark in marks:
    history = nn.fit(model, X, y, epochs=mark - len(training), **options)
    training += history["loss"]
    validation += history["val_loss"]
    waves[mark] = [model([x]).data for x in grid]
    outside[mark] = nn.mean_squared_error([model(x) for x in beyond[0]], beyond[1]).data

# %%
best_epoch = 1 + int(np.argmin(validation))
figure, axes = plt.subplots()
epochs = range(1, len(training) + 1)
axes.semilogx(epochs, training, label="training: the 12 points")
axes.semilogx(epochs, validation, label="validation: 40 between them")
axes.axvline(best_epoch, color="#7b8494", linestyle=":", label=f"best on validation, epoch {best_epoch}")
axes.set(xlabel="epoch", ylabel="mean squared error", ylim=(0, 0.7))
axes.legend(loc="upper right", fontsize=9)
plt.show()
print(f"training {training[-1]:.5f}, validation {validation[best_epoch - 1]:.3f}, at last {validation[-1]:.3f}")

# %% [markdown]
# The training loss falls and falls, in the end to nothing at all. The validation loss falls with it at first, then
# turns, and ends at more than twice what it was at its best. What has happened? Slide through the epochs and look.


# %%
def wave_at(epoch):
    figure, axes = plt.subplots(figsize=(5.6, 3.4))
    axes.plot(grid, np.sin(grid), ":", color="#7b8494", label="the true wave")
    axes.plot(*held_back, "o", *beyond, "o", color="#e3b48f", markersize=3)
    axes.plot(X, y, "o", color="#0072b2", label="the 12 points")
    axes.plot(grid, waves[epoch], color="black", label="the network")
    axes.axvspan(3, 4, color="#eef0f3")
    losses = f"training {training[epoch - 1]:.3f}, validation {validation[epoch - 1]:.3f}"
    axes.set(ylim=(-2.6, 2.6), title=f"after {epoch} epochs: {losses}")
    axes.legend(loc="lower right", fontsize=8)
    return figure


# %%
from autograd import slide

slide(wave_at, epoch=marks)

# %% [markdown]
# First the network learns the wave. Then there is nothing more to learn from twelve points *about the wave*, but still
# something about the twelve points: by how much each was measured wrong. The curve bends towards every single one of
# them, until it runs through all twelve, and between them it goes up and down as no wave ever did. It has learned by
# heart. This is **overfitting**. The training loss cannot see it. To the training loss it is progress.
#
# The grey strip on the right is another matter. There the network has no points at all, and what it says there was
# never worth much. Keep the two apart: *between* the points it was spoiled by training; *beyond* them it only guesses.

# %%
for mark in [21, 1000, 2000]:
    print(f"after {mark:4} epochs: between the points {validation[mark - 1]:.2f}, beyond them {outside[mark]:.2f}")

# %% [markdown]
# So here is the third reason to stop: **the loss on data not learned from no longer improves**.
#
# ## Early stopping, by hand
#
# After each epoch, look at the validation loss. If it is the best so far, keep a copy of the weights. If it has not
# been beaten for 100 epochs, stop.

# %%
from autograd import no_grad

model = nn.MLP(1, [16, 16, 1], activation="tanh", seed=0)
optimizer = nn.SGD(model.parameters(), lr=0.04, momentum=0.9)
best, best_epoch, epoch = float("inf"), 0, 0


def error_on(X, y):
    return nn.mean_squared_error([model(x) for x in X], y)


# %%
while epoch - best_epoch < 100:
    epoch += 1
    optimizer.zero_grad()
    error_on(X, y).backward()
    optimizer.step()
    with no_grad():
        now = error_on(*held_back).data
    if now < best:
        best, best_epoch, kept = now, epoch, [p.data for p in model.parameters()]
print(f"stopped after epoch {epoch}; the best was epoch {best_epoch}")

# %% [markdown]
# The last weights come 100 epochs too late. That was the price of being sure. But we kept a copy:

# %%
print(f"validation loss of the last weights {error_on(*held_back).data:.4f}")
for parameter, weight in zip(model.parameters(), kept):
    parameter.data = weight
print(f"... and with the best ones restored {error_on(*held_back).data:.4f}")

# %% [markdown]
# In `nn` this is a *callback*, something that `fit` does besides learning.

# %%
model = nn.MLP(1, [16, 16, 1], activation="tanh", seed=0)
options["optimizer"] = nn.SGD(model.parameters(), lr=0.04, momentum=0.9)
stopping = nn.EarlyStopping(patience=100, restore_best_weights=True)
history = nn.fit(model, X, y, epochs=2000, callbacks=[stopping], **options)
print(history.stop_reason)
print(f"after it the validation loss is {error_on(*held_back).data:.4f}")

# %% [markdown]
# One honest remark. The forty points have not been learned from, but they have *chosen the epoch*, so their verdict is
# a little flattering. Who wants to know how good the result really is asks a third set of points, once, at the very
# end.

# %%
fresh = measure([chance.uniform(-3, 3) for _ in range(200)], seed=500)
print(f"on 200 fresh points: {error_on(*fresh).data:.3f}")

# %% [markdown]
# Since each measurement is off by 0.4, even the true wave has a mean squared error of about $0.4^2 = 0.16$ on them.
#
# ## Exercises
#
# **1. Patience.** The validation losses of eleven epochs are below. With a patience of 3, after which epoch does
# training stop, and from which epoch are the weights that are kept? (Count epochs from 1.)

# %%
losses = [9.0, 7.0, 6.0, 6.5, 6.2, 5.0, 5.5, 5.2, 5.1, 4.9, 4.0]
stopped_after, kept_from = ..., ...

# %%
if stopped_after is not ...:
    assert kept_from != 3, "epoch 6 is better than epoch 3, and it came in time"
    assert kept_from != 11, "training does not get as far as that"
    assert (stopped_after, kept_from) == (9, 6)
    print("Right. And with more patience, something better would have been found: patience is a choice too.")

# %% tags=["check"]
[stopped_after, kept_from]
# slip stopped_after, kept_from = 6, 3 -> epoch 6 is better than epoch 3: the count begins anew.
# slip stopped_after, kept_from = 8, 5 -> the first epoch is number 1.
# slip stopped_after, kept_from = 9, 9 -> it stops after 9, but which weights were the best?
# slip stopped_after, kept_from = 8, 6 -> three epochs without an improvement: 7, 8 and 9.
# slip stopped_after, kept_from = 10, 6 -> after the third epoch in vain it stops at once.
# slip stopped_after, kept_from = 11, 11 -> epoch 11 is never reached.

# %% [markdown]
# <details><summary>Solution</summary>
#
# The best so far is 6.0 in epoch 3. Epochs 4 and 5 are no better, but epoch 6 is: the count begins anew. Epochs 7, 8
# and 9 do not beat 5.0. That makes three, so training stops after epoch 9 with the weights of epoch 6.
#
# ```python
# stopped_after, kept_from = 9, 6
# ```
# </details>
#
# **2. The rule as a function.** Write `stop(losses, patience)`, which returns both numbers of exercise 1 for any list.
# If the list ends before patience does, training stops after its last epoch.


# %%
def stop(losses, patience):
    return ...


# %%
if stop([1.0], 1) is not ...:
    assert stop(losses, 3) == (9, 6)
    assert stop(losses, 4) == (11, 11)
    assert stop([3.0, 2.0, 1.0], 1) == (3, 3)
    assert stop([1.0, 2.0, 3.0], 1) == (2, 1)
    assert stop([1.0, 1.0, 1.0], 2) == (3, 1), "as good as the best is no improvement"
    print("Right.")

# %% tags=["check"]
cases = [(losses, 3), (losses, 4), ([3.0, 2.0, 1.0], 1), ([1.0, 2.0, 3.0], 1), ([1.0, 1.0, 1.0], 2)]
[list(stop(given, patience)) for given, patience in cases]
# slip stop = lambda losses, patience: (len(losses), 1 + losses.index(min(losses))) -> it waits for the end of the list.

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def stop(losses, patience):
#     best = 1
#     for epoch in range(1, len(losses) + 1):
#         if losses[epoch - 1] < losses[best - 1]:
#             best = epoch
#         if epoch - best >= patience:
#             break
#     return epoch, best
# ```
# </details>
#
# ## Recap
#
# - Stop when the loss is acceptable, when it no longer improves, or no longer on data that was held back.
# - Level ground is the floor of a valley, and not always of the deepest one.
# - The training loss cannot see overfitting. Data that was held back can.
# - Wait with patience, and restore the best weights; judge the result by data that had no say in it at all.
#
# **Next: [6. Online, mini-batch, full batch](06_online_mini_batch_full_batch.ipynb)**: how many samples to look at
# before taking a step.

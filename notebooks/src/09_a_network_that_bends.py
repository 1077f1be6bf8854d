# %% [markdown]
# # 9. A network that bends
#
# **The question: what can a network with a hidden layer do that a single layer cannot?**
#
# One layer weighs its inputs, adds them up, and asks whether the sum is above 0. The border between yes and no is
# where the sum is exactly 0, and that is a straight line. In this notebook the border will bend.

# %% [markdown]
# ## Four points that defeat a line
#
# The smallest crooked question there is: *are the two inputs different?* It is called XOR, "one or the other, but not
# both". **Predict:** can you separate the blue circles from the orange squares with one straight line?

# %% tags=["predict"]
my_guess = "no"  # can one straight line separate them?
# slip "yes" -> draw it, and look on which side each of the four lies.

# %%
import matplotlib.pyplot as plt

X = [[0, 0], [0, 1], [1, 0], [1, 1]]
y = [0, 1, 1, 0]
plt.figure(figsize=(3.4, 3.4))
plt.plot([0, 1], [0, 1], "o", markersize=14, label="same: 0")
plt.plot([0, 1], [1, 0], "s", markersize=14, label="different: 1")
plt.xlabel("x1")
plt.ylabel("x2")
plt.legend(loc="center")
plt.show()

# %% [markdown]
# Nobody can. Suppose some $w_1, w_2, b$ did it, so that $w_1 x_1 + w_2 x_2 + b$ is positive just for the squares:
#
# | point | must be | that is |
# |---|---|---|
# | (0, 0) | negative | $b < 0$ |
# | (0, 1) | positive | $w_2 + b > 0$ |
# | (1, 0) | positive | $w_1 + b > 0$ |
# | (1, 1) | negative | $w_1 + w_2 + b < 0$ |
#
# Add the second and the third line: $w_1 + w_2 + 2b > 0$. Add the first and the fourth: $w_1 + w_2 + 2b < 0$. Both
# cannot be. (Minsky and Papert made this argument famous in 1969, and for years it was held against neural networks.)
#
# What does gradient descent do with a problem that has no solution? **Predict** the four probabilities it ends with.

# %% tags=["predict"]
my_guess = 0.5, 0.5, 0.5, 0.5  # the four probabilities
# slip 0, 1, 1, 0 -> so it should be; but no weights give that.

# %%
import nn
from autograd import sigmoid

loss = nn.binary_cross_entropy_with_logits
line = nn.MLP(2, [1], seed=0)
optimizer = nn.SGD(line.parameters(), lr=0.5)
history = nn.fit(line, X, y, loss=loss, optimizer=optimizer, epochs=300, batch_size=None)
print("loss", round(history.history["loss"][-1], 4))
print([round(sigmoid(line(x)).data, 2) for x in X])

# %% [markdown]
# One half, four times: "I have no idea." The loss is $\log 2 = 0.6931$, that of a coin. It is the best that a line
# can do.

# %% [markdown]
# ## Two neurons in between
#
# Now let two neurons look first, and the last one look at *them*. We set the weights by hand. Both hidden neurons add
# up the inputs, the second one less 1, and cut off what is negative:
#
# $$h_1 = \text{relu}(x_1 + x_2), \qquad h_2 = \text{relu}(x_1 + x_2 - 1), \qquad \text{out} = h_1 - 2h_2 - 0.5.$$
#
# | point | $h_1$ | $h_2$ | out | says |
# |---|---|---|---|---|
# | (0, 0) | 0 | 0 | −0.5 | same |
# | (0, 1) and (1, 0) | 1 | 0 | 0.5 | different |
# | (1, 1) | 2 | 1 | −0.5 | same |

# %%
network = nn.MLP(2, [2, 1], activation="relu")
by_hand = [1, 1, 0, 1, 1, -1, 1, -2, -0.5]
for parameter, number in zip(network.parameters(), by_hand):
    parameter.data = number
[network(x).data for x in X]

# %% [markdown]
# Here is the network as it reads the point (1, 1). Every circle is a neuron with its output, every line a weight.

# %%
from autograd import draw

draw(network, inputs=[1.0, 1.0])

# %% [markdown]
# How can it do what no line can? The last neuron still draws a straight line, but not on the paper where the four
# points are. It draws on another sheet, the one of $h_1$ and $h_2$. There the points lie differently:

# %%
hidden = [[neuron(x).data for neuron in network.layers[0].neurons] for x in X]
_, (before, after) = plt.subplots(1, 2, figsize=(9.6, 3.4))
for plot, points in ((before, X), (after, hidden)):
    for (a, b), label in zip(points, y):
        plot.plot(a, b, "so"[label == 0], color=["#0072b2", "#d55e00"][label], markersize=12)
after.plot([0.3, 2.1], [-0.1, 0.8], color="black")
before.set(title="what goes in", xlabel="x1", ylabel="x2")
after.set(title="what the hidden layer makes of it", xlabel="h1", ylabel="h2")
plt.show()

# %% [markdown]
# The two squares have come to lie on top of each other, and the sheet is folded: now a line does it,
# $h_1 - 2h_2 = 0.5$. **A hidden layer moves the points until a line is enough.** Seen on the original
# paper, that one line has become two borders, the edges of a strip:

# %%
plot = nn.plots.decision_boundary(network, X, y)
plot.set(xlabel="x1", ylabel="x2")
plot.grid(False)
plot.get_legend().set(loc="center", frame_on=True)
plt.show()

# %% [markdown]
# ## Can it learn that?
#
# We found the weights by thinking. Gradient descent has to find them by rolling downhill, from random ones.
# **Predict:** of ten starts, how many succeed with 2 hidden neurons? With 4? With 8?

# %% tags=["predict"]
my_guess = 8  # the number of hidden neurons with which most starts succeed
# within 0.001
# slip 2 -> two are able to do it. But do they learn it?
# slip 4 -> better than two; but the more there are, the more of them start well.

# %%
for width in (2, 4, 8):
    solved = 0
    for seed in range(10):
        model = nn.MLP(2, [width, 1], activation="relu", seed=seed)
        sgd = nn.SGD(model.parameters(), lr=0.5)
        history = nn.fit(model, X, y, loss=loss, optimizer=sgd, epochs=200, batch_size=None)
        solved += history.history["loss"][-1] < 0.1
    print(f"{width} hidden neurons: {solved} of 10 starts succeed")

# %% [markdown]
# Two neurons are *able* to do it, and hardly ever *learn* it: whoever starts in the wrong place slides into a hollow
# and stays there. With eight, there are nearly always two among them that start well. Networks are made larger than
# necessary, because larger ones are easier to train.

# %% [markdown]
# ## A failure on purpose: more layers, no bend
#
# Is it the number of layers that does it? Take three layers, with 8, 8 and 1 neurons, but leave out the relu, so that
# every neuron is just a weighted sum. **Predict** the loss.

# %% tags=["predict"]
my_guess = 0.693  # the loss
# slip 0 -> put one weighted sum into another: what do you get?
# slip 0.301 -> that is log 2 to base 10; the natural logarithm is meant.

# %%
straight = nn.MLP(2, [8, 8, 1], activation="linear", seed=0)
sgd = nn.SGD(straight.parameters(), lr=0.1)
history = nn.fit(straight, X, y, loss=loss, optimizer=sgd, epochs=300, batch_size=None)
print(f"{len(straight.parameters())} parameters, loss {history.history['loss'][-1]:.4f}")

# %% [markdown]
# 105 parameters, and not better than a coin. A weighted sum of weighted sums is a weighted sum: in
# $3(2x + 1) + 4 = 6x + 7$ two layers have become one. **It is the bend of the activation that counts**; without it a
# hundred layers are one.

# %% [markdown]
# ## Moons
#
# A larger crooked question: two half-moons that reach into each other. Watch what the number of hidden neurons does.

# %%
moons = nn.data.moons(120, noise=0.12, seed=1)
trained = {}
for layers in ([1], [2, 1], [4, 1], [8, 8, 1]):
    model = nn.MLP(2, layers, activation="tanh", seed=1)
    sgd = nn.SGD(model.parameters(), lr=0.3, momentum=0.9)
    nn.fit(model, moons.X, moons.y, loss=loss, optimizer=sgd, epochs=200, batch_size=None)
    trained[str(layers)] = model

# %%
_, axes = plt.subplots(2, 2, figsize=(9.6, 6.4))
for plot, (layers, model) in zip(axes.flat, trained.items()):
    nn.plots.decision_boundary(model, moons.X, moons.y, ax=plot)
    plot.set_title(f"layers {layers}: {plot.get_title()}")
    plot.grid(False)
    plot.get_legend().remove()
plt.show()

# %% [markdown]
# One layer cuts straight through. Each hidden neuron can bend the border once; two have not made much of it, four are
# enough.
#
# Here is the last of the four while it learns. The border begins as good as straight, and folds itself around the
# moons:

# %%
_, axes = plt.subplots(1, 4, figsize=(9.6, 2.8), sharey=True)
for plot, epochs in zip(axes, (2, 20, 50, 100)):
    model = nn.MLP(2, [8, 8, 1], activation="tanh", seed=1)
    sgd, watch = nn.SGD(model.parameters(), lr=0.3, momentum=0.9), nn.RecordWeights()
    how = {"loss": loss, "optimizer": sgd, "epochs": epochs, "batch_size": None}
    history = nn.fit(model, moons.X, moons.y, callbacks=watch, **how)
    nn.plots.decision_boundary(model, moons.X, moons.y, ax=plot)
    plot.set_title(f"after {epochs} epochs")
    plot.grid(False)
    plot.get_legend().remove()
plt.show()

# %% [markdown]
# And here are all the epochs, with a slider. Crosses mark the points that are on the wrong side.

# %%
nn.boundary(model, moons.X, moons.y, watch, history, frames=30)

# %% [markdown]
# ## Any curve at all
#
# How far can bending go? All the way, and you can see why with three neurons. **Predict** the shape of
# $\text{relu}(x) - 2\,\text{relu}(x - 1) + \text{relu}(x - 2)$: what is it at 0, 1, 2 and 3?

# %% tags=["predict"]
my_guess = 0, 1, 0, 0  # its height at 0, 1, 2 and 3
# slip 0, 1, 2, 3 -> that is the first relu alone.
# slip 0, 1, 0, -1 -> from 2 on the third relu lifts it again.
# slip 0, 1, 1, 1 -> the second relu counts twice.

# %%
from autograd import relu


def tent(x):
    return relu(x) - 2 * relu(x - 1) + relu(x - 2)


[tent(x) for x in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)]

# %%
import numpy as np

xs = np.linspace(-1, 4, 251)
for part in (relu, lambda x: -2 * relu(x - 1), lambda x: relu(x - 2)):
    plt.plot(xs, [part(x) for x in xs], color="#c9ced6")
plt.plot(xs, [tent(x) for x in xs])
plt.ylim(-3, 3)
plt.show()

# %% [markdown]
# A tent: 0, up to 1, down to 0, and flat from there on. (The grey lines are the three neurons.) Now pitch one tent
# beside the other, each as high as the curve is at its top. Where two tents overlap they add up to the straight line
# between the two tops. So *tents are a polygon through as many points of the curve as we like*:

# %%
from math import pi, sin


def camp(x, tents):
    width = 2 * pi / tents
    return sum(sin(k * width) * tent(x / width - k + 1) for k in range(tents + 1))


xs = np.linspace(0, 2 * pi, 201)
for tents in (4, 8, 16, 32):
    error = max(abs(camp(x, tents) - sin(x)) for x in xs)
    print(f"{tents:2} tents: wrong by at most {error:.4f}")

# %%
_, axes = plt.subplots(1, 3, figsize=(9.6, 2.8), sharey=True)
for plot, tents in zip(axes, (4, 8, 16)):
    plot.plot(xs, np.sin(xs), color="#c9ced6", linewidth=5)
    plot.plot(xs, [camp(x, tents) for x in xs])
    plot.set_title(f"{tents} tents")
plt.show()

# %% [markdown]
# Twice as many tents, soon a quarter of the error. There is nothing special about the sine: every continuous curve
# can be approached as closely as you like with enough hidden neurons. That is the **universal approximation theorem**
# (Cybenko 1989; Hornik, Stinchcombe & White 1989), and you have just seen its proof for one input.
#
# It says that good weights *exist*. It does not say that gradient descent finds them. Let us see what it finds, with
# 1, 2, 4 and 16 relus. (`Adam` takes steps like `SGD` with momentum, and gives each weight a rate of its own.
# [Notebook 13](13_adam_weight_decay_dropout_initialisation.ipynb) takes it apart.)

# %%
sine = nn.data.sine(60, noise=0.1, seed=0)
_, axes = plt.subplots(1, 4, figsize=(9.6, 2.8), sharey=True)
for plot, width in zip(axes, (1, 2, 4, 16)):
    model = nn.MLP(1, [width, 1], activation="relu", seed=1)
    adam = nn.Adam(model.parameters(), lr=0.03)
    how = {"loss": nn.mean_squared_error, "optimizer": adam, "epochs": 600, "batch_size": None}
    history = nn.fit(model, sine.X, sine.y, **how)
    plot.plot([x for (x,) in sine.X], sine.y, ".", color="#b8bfc8")
    plot.plot(xs - pi, [model([x - pi]).data for x in xs])
    plot.set_title(f"width {width}: loss {history.history['loss'][-1]:.3f}")
plt.show()

# %% [markdown]
# Every corner is a neuron that switches on. The noise in the points has a variance of $0.1^2 = 0.01$, and no curve
# that ignores the noise can have a smaller loss than about that.

# %% [markdown]
# ## What hidden neurons look for
#
# In notebook 8 one layer read handwritten digits. Give it 32 hidden neurons, which look first. **Predict** which of the
# two misreads fewer of 599 digits that it has never seen.

# %% tags=["predict"]
my_guess = "hidden"  # which misreads fewer: the "single" layer, or the one with "hidden" neurons
# slip "single" -> a digit is written in many ways; one weighted sum has to do for all of them.

# %%
digits = nn.data.digits()
pixels = [[shade / 16 for shade in image] for image in digits.X]
images, unseen, labels, unseen_labels = nn.data.split(pixels, digits.y, test=1 / 3, seed=0)
readers = {"single": nn.MLP(64, [10], seed=0), "hidden": nn.MLP(64, [32, 10], activation="relu", seed=0)}
misread = {}
for name, reader in readers.items():
    sgd = nn.SGD(reader.parameters(), lr=0.3)
    nn.fit(reader, images, labels, loss=nn.cross_entropy, optimizer=sgd, epochs=30, seed=0)
    read = reader.predict_class(unseen)
    misread[name] = [(k, digit) for k, digit in enumerate(read) if digit != unseen_labels[k]]
    print(f"{name}: {len(misread[name])} of {len(unseen)} misread")

# %% [markdown]
# Here is everything that either of them has misread, a wall of digits. Orange: only the single layer was wrong. Blue:
# only the one with hidden neurons. Black: both, where "3 as 8/2" says what each has read.

# %%
wrong = {name: dict(found) for name, found in misread.items()}
both = sorted(wrong["single"].keys() | wrong["hidden"].keys())
rows = -(-len(both) // 12)

# %%
_, axes = plt.subplots(rows, 12, figsize=(9.6, 1.02 * rows))
for plot in axes.flat:
    plot.set_axis_off()
for plot, k in zip(axes.flat, both):
    colour = (
        "black" if all(k in found for found in wrong.values()) else "#d55e00" if k in wrong["single"] else "#0072b2"
    )
    plot.imshow(np.reshape(unseen[k], (8, 8)), cmap="gray_r")
    read = "/".join(str(found[k]) for found in wrong.values() if k in found)
    plot.set_title(f"{unseen_labels[k]} as {read}", fontsize=8, color=colour, pad=2)
plt.show()

# %% [markdown]
# And here is what the hidden neurons look for: the 64 weights of each, laid out as pixels.

# %%
_, axes = plt.subplots(4, 8, figsize=(9.6, 4.9))
for plot, neuron in zip(axes.flat, readers["hidden"].layers[0].neurons):
    plot.imshow(np.reshape([w.data for w in neuron.w], (8, 8)), cmap="PuOr", vmin=-1, vmax=1)
    plot.set_axis_off()
plt.show()

# %% [markdown]
# Not one of them looks like a digit. Each asks for something smaller: a stroke here and none beside it, an edge, an
# arc. It is the last layer that puts digits together from their answers.

# %% [markdown]
# ## Exercises
#
# **1. Both.** Choose weights for a network of two inputs and two relus that says 1 for (1, 1) and 0 for the other
# three corners, *and* is never negative. The order is as above: $w_1, w_2, b$ of the first hidden neuron, the same of
# the second, then of the output.

# %%
weights = ...

# %%
both = nn.MLP(2, [2, 1], activation="relu")
if weights is not ...:
    for parameter, number in zip(both.parameters(), weights, strict=True):
        parameter.data = number
    assert [both(x).data for x in X] == [0.0, 0.0, 0.0, 1.0]
    assert all(both([a / 5, b / 5]).data >= 0 for a in range(-9, 9) for b in range(-9, 9))
    print("Right: it says yes to both alone.")

# %% tags=["check"]
both = nn.MLP(2, [2, 1], activation="relu")
for parameter, number in zip(both.parameters(), weights, strict=True):
    parameter.data = number
lowest = min(both([a / 5, b / 5]).data for a in range(-9, 9) for b in range(-9, 9))
[[both(x).data for x in X], lowest >= 0]
# slip weights = [1, 1, -1, 0, 0, 0, 1, 0, -0.5] -> with a bias in the output it is not 0 for the other corners.
# slip weights = [1, 1, 0, 0, 0, 0, 1, 0, 0] -> that is OR, and more: the bias must hold it at 0 for one input alone.
# slip weights = [1, 1, 0, 1, 1, -1, 1, -2, 0] -> that is XOR: (1, 1) is what is wanted here.

# %% [markdown]
# <details><summary>Solution</summary>
#
# One relu is enough: $\text{relu}(x_1 + x_2 - 1)$, which is 0 below the line through (0, 1) and (1, 0). The other
# neuron is given the weight 0.
#
# ```python
# weights = [1, 1, -1, 0, 0, 0, 1, 0, 0]
# ```
# </details>
#
# **2. A flat roof.** Build a `plateau(x)` from four relus: 0 up to 0, rising to 1 at $x = 1$, staying 1 up to
# $x = 3$, and back at 0 from $x = 4$ on.


# %%
def plateau(x):
    return ...


# %%
if plateau(0.0) is not ...:
    assert [plateau(x) for x in (-1.0, 0.0, 0.5, 1.0)] == [0.0, 0.0, 0.5, 1.0]
    assert [plateau(x) for x in (2.0, 3.0, 3.5, 4.0, 9.0)] == [1.0, 1.0, 0.5, 0.0, 0.0]
    print("Right: two neurons for each edge.")

# %% tags=["check"]
[plateau(x) for x in (-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 3.5, 4.0, 9.0)]
# slip plateau = lambda x: relu(x) - relu(x - 1) -> it rises and stays; two more relus bring it down.
# slip plateau = lambda x: relu(x) - relu(x - 1) - relu(x - 3) -> it goes down for ever: something must stop it at 4.
# slip plateau = lambda x: relu(x) - 2 * relu(x - 1) + relu(x - 2) -> that is the tent.

# %% [markdown]
# <details><summary>Solution</summary>
#
# Each relu changes the slope from its corner on: by +1 at 0, by −1 at 1, by −1 at 3, by +1 at 4.
#
# ```python
# def plateau(x):
#     return relu(x) - relu(x - 1) - relu(x - 3) + relu(x - 4)
# ```
# </details>

# %% [markdown]
# ## Recap
#
# - One layer draws a straight border. XOR cannot be had with it, and a proof of that fits in two lines.
# - A hidden layer moves the points until a straight border is enough. Its bend is what counts, not its depth.
# - Able to represent is not able to learn: wider networks succeed from more starting points.
# - With enough relus, any continuous curve can be approached: they are the corners of a polygon.
#
# All this was done number by number, and you could look at each of them. Real networks have thousands and millions.
# How can that be fast, and what goes wrong when it is that large? [10. Write scalars, run
# matrices](10_write_scalars_run_matrices.ipynb)
